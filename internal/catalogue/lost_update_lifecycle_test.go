package catalogue_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

var described = imageWith("status = \"Active\"\n  description = \"mine\"")

var updateFails = regexp.MustCompile(`Cannot update docker (image|registry)`)

// How an update fails that DemandFlow has carried out. Every attempt does: max_retries is 1 in these tests.
var carriedOut = map[string]emulator.Fault{
	"500":                {Status: 500},
	"503, twice":         {Status: 503, Times: 2, Header: http.Header{"Retry-After": {"0"}}},
	"dropped, twice":     {Drop: true, Times: 2},
	"refused by a proxy": {Status: 403},
	"a web page":         {Status: 502, Times: 2, Body: "<html>Bad gateway</html>"},
}

// lose has the next update fail, carried out or not.
func lose(tenant *providertest.Tenant, fault emulator.Fault, committed bool) func() {
	return func() {
		fault.Method, fault.Commit = http.MethodPatch, committed
		tenant.Fail(fault)
		tenant.ResetRequests()
	}
}

func TestOwnership_survivesALostAnswer(t *testing.T) {
	t.Parallel()
	for name, fault := range carriedOut {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			without := resource.TestStep{
				PreConfig: tenant.ResetRequests, Config: imageWith(`status = "Active"`),
				Check: resource.ComposeTestCheckFunc(patched(t, tenant, map[string]any{"description": nil}),
					stored(t, tenant, "description", nil)),
			}
			steps := []resource.TestStep{
				{Config: imageWith(`status = "Active"`)},
				{PreConfig: lose(tenant, fault, true), Config: described, ExpectError: updateFails},
			}
			if fault.Drop { // an apply in between, which finds nothing to do
				steps = append(steps, resource.TestStep{Config: described, ConfigPlanChecks: emptyPlan})
			}
			tenant.Run(t, append(steps, without)...)
		})
	}
}

// What the update gives up is Terraform's until DemandFlow has confirmed that it is cleared.
func TestOwnership_ofWhatIsGivenUpSurvivesAnUpdateThatDidNotHappen(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{PreConfig: lose(tenant, emulator.Fault{Status: 500}, false), Config: imageWith(`status = "Active"`),
			ExpectError: updateFails},
		resource.TestStep{PreConfig: tenant.ResetRequests, Config: imageWith(`status = "Active"`),
			Check: patched(t, tenant, map[string]any{"description": nil})},
	)
}

// What was never sent was never Terraform's: the people's value stays.
func TestOwnership_isNotClaimedByAnUpdateThatWasNotSent(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	before, _ := run.create(imageType, api(nil))
	editImage(t, tenant, map[string]any{"description": "Theirs."})()
	before = run.refresh(imageType, before)
	change := api(arguments{"description": "mine"})
	planned := run.plan(imageType, before, change)
	// that before the PATCH
	tenant.Fail(emulator.Fault{Method: http.MethodGet, Entity: imageCode, Path: "/v1/objects/",
		Status: http.StatusForbidden})
	failed, _ := run.failedUpdate(before, change, planned)
	after := run.plan(imageType, failed, api(nil))
	if got := after.text("description"); got != "Theirs." {
		t.Errorf("the description is planned as %q", got)
	}
}

// failedUpdate is an update of an image that must fail. It returns the state all the same, and the error.
func (c *conversation) failedUpdate(before holding, config arguments, planned holding) (holding, string) {
	c.Helper()
	response, err := c.server.ApplyResourceChange(c.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: imageType, Config: c.wire(c.object(c.schemas[imageType], config)), PriorState: c.wire(before.value),
		PlannedState: c.wire(planned.value), PlannedPrivate: planned.private,
	})
	c.check(err)
	if len(response.Diagnostics) != 1 || response.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
		c.Fatalf("the update does not fail: %+v", response.Diagnostics)
	}
	return holding{c.value(imageType, response.NewState), response.Private}, response.Diagnostics[0].Detail
}

// After an update that fails the state is what DemandFlow has, without a refresh.
func TestUpdate_thatFailsLeavesTheStateThatDemandFlowHas(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault     emulator.Fault
		committed bool
		has, says string
	}{
		"carried out": {emulator.Fault{Status: 500}, true, "New.",
			"has the change all the same, and so has the state"},
		"carried out and dropped": {emulator.Fault{Drop: true}, true, "New.",
			"has the change all the same, and so has the state"},
		"not carried out": {emulator.Fault{Status: 500}, false, "",
			"does not have the change. The state has what it has now."},
		"refused": {emulator.Fault{Status: 400}, false, "", "DemandFlow refuses what was sent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			run := converse(t, tenant)
			before, _ := run.create(imageType, api(nil))
			change := api(arguments{"description": "New."})
			planned := run.plan(imageType, before, change)
			lose(tenant, test.fault, test.committed)()
			after, said := run.failedUpdate(before, change, planned)
			if got := after.text("description"); got != test.has || !strings.Contains(said, test.says) {
				t.Errorf("the state has the description %q, want %q, and the error is\n%s", got, test.has, said)
			}
		})
	}
}

// Nobody can tell where not even the read after it is answered; the state stays what it was.
func TestUpdate_thatFailsAndCannotBeReadSaysSo(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	before, _ := run.create(imageType, api(nil))
	change := api(arguments{"description": "New."})
	planned := run.plan(imageType, before, change)
	tenant.Fail(emulator.Fault{Method: http.MethodPatch, Commit: true, Drop: true})
	tenant.Fail(emulator.Fault{Method: http.MethodGet, Path: "/v1/objects/", Entity: imageCode, After: 1, Status: 500})
	after, said := run.failedUpdate(before, change, planned)
	if after.text("description") != "" ||
		!strings.Contains(said, "is not known, because it could not be read afterwards") {
		t.Errorf("the state has the description %q, and the error is\n%s", after.text("description"), said)
	}
	now := run.refresh(imageType, after)
	if given := run.plan(imageType, now, api(nil)); now.text("description") != "New." || given.text("description") != "" {
		t.Errorf("DemandFlow has %q, and without the argument %q is planned", now.text("description"),
			given.text("description"))
	}
}

// The kinds of secrets: each must be sent once more, or cleared, since nobody knows whether DemandFlow has it.
func TestOwnership_ofASecretSurvivesALostAnswer(t *testing.T) {
	t.Parallel()
	const none, plain = "", `password = "s-one"`
	writeOnly := func(secret, version string) string {
		return fmt.Sprintf("password_wo = %q\n  password_wo_version = %s", secret, version)
	}
	for name, test := range map[string]struct {
		before, lost, after string
		sent                any // as the password
	}{
		"a write-only one is sent again":               {none, writeOnly("s-one", "1"), writeOnly("s-one", "1"), "s-one"},
		"a write-only one that is given up is cleared": {none, writeOnly("s-one", "1"), none, nil},
		"one that goes back to its version is sent": {writeOnly("s-one", "1"), writeOnly("s-two", "2"),
			writeOnly("s-one", "1"), "s-one"},
		"a plain one is sent again":                      {none, plain, plain, "s-one"},
		"a plain one that is given up is cleared":        {none, plain, none, nil},
		"a plain one that gives way to a write-only one": {none, plain, writeOnly("s-two", "1"), "s-two"},
		"a write-only one that is to be cleared":         {writeOnly("s-one", "1"), none, none, nil},
	} {
		for _, committed := range []bool{true, false} { // and hidden, or not
			t.Run(fmt.Sprintf("%s, carried out %t", name, committed), func(t *testing.T) {
				t.Parallel()
				tenant := providertest.New(t, emulator.Options{Answers: emulator.Answers{HideSecrets: committed}})
				tenant.Run(t,
					resource.TestStep{Config: registryWith(test.before)},
					resource.TestStep{PreConfig: lose(tenant, emulator.Fault{Status: 500}, committed), Config: registryWith(test.lost),
						ExpectError: updateFails},
					resource.TestStep{RefreshState: true, ExpectNonEmptyPlan: true}, // which knows no more of it
					resource.TestStep{
						PreConfig: tenant.ResetRequests, Config: registryWith(test.after), ConfigPlanChecks: updates(registry),
						Check: patchedRegistry(tenant, map[string]any{"password": test.sent}),
					},
				)
			})
		}
	}
}

func TestOwnership_ofACustomFieldSurvivesALostAnswer(t *testing.T) {
	t.Parallel()
	for _, committed := range []bool{true, false} {
		t.Run(fmt.Sprintf("carried out %t", committed), func(t *testing.T) {
			t.Parallel()
			tenant := withCustomFields(t)
			none := imageWith(`status = "Active"`)
			tenant.Run(t,
				resource.TestStep{Config: none},
				resource.TestStep{PreConfig: lose(tenant, emulator.Fault{Status: 500}, committed),
					Config: custom(`factor = jsonencode(1.5)`), ExpectError: updateFails},
				resource.TestStep{PreConfig: tenant.ResetRequests, Config: none,
					Check: patched(t, tenant, map[string]any{"factor": nil})},
				resource.TestStep{Config: none, ConfigPlanChecks: emptyPlan, ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(image, tfjsonpath.New("custom_fields"), knownvalue.Null()),
				}},
			)
		})
	}
}

func TestOwnership_ofACustomFieldThatWasNotSetIsSetAgain(t *testing.T) {
	t.Parallel()
	tenant := withCustomFields(t)
	tenant.Run(t,
		resource.TestStep{Config: custom(`riskClass = jsonencode("1")`)},
		resource.TestStep{PreConfig: lose(tenant, emulator.Fault{Status: 500}, false),
			Config: custom(`riskClass = jsonencode("1"), factor = jsonencode(1.5)`), ExpectError: updateFails},
		resource.TestStep{
			PreConfig: tenant.ResetRequests, Config: custom(`riskClass = jsonencode("1"), factor = jsonencode(1.5)`),
			Check: patched(t, tenant, map[string]any{"factor": 1.5}),
		},
	)
}
