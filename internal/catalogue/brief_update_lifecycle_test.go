package catalogue_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A success that has less than the object is completed by a GET. The state is the plan, and nothing is null that
// DemandFlow knows.
func TestUpdate_thatIsAnsweredWithLessThanTheObjectIsCompleted(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"204":                       {Status: 204},
		"202":                       {Status: 202, Body: " "},
		"200 and nothing":           {Status: 200, Body: " "},
		"200 and a word":            {Status: 200, Body: "OK"},
		"200 and no id":             {Status: 200, Body: `{"status":"ok"}`},
		"200 and a list":            {Status: 200, Body: `[{"id":"1"}]`},
		"200 and another object":    {Status: 200, Body: `{"id":"97acc09a-89cb-4c45-8b75-207be248b202"}`},
		"200 and a page of a proxy": {Status: 200, Body: "<html>Welcome</html>"},
		"200 that breaks off":       {Truncate: 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			tenant.Run(t,
				resource.TestStep{Config: imageWith(`status = "Active"`)},
				resource.TestStep{
					PreConfig: lose(tenant, fault, true), Config: strings.Replace(described, "1.0.0", "1.0.1", 1),
					Check: patched(t, tenant, map[string]any{"description": "mine", "tag": "1.0.1"}),
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(image, tfjsonpath.New("object_version"), knownvalue.Int64Exact(1)),
						statecheck.ExpectKnownValue(image, tfjsonpath.New("full_image_name"), knownvalue.StringExact("team/api:1.0.1")),
						statecheck.ExpectKnownValue(image, tfjsonpath.New("updated_at"), knownvalue.NotNull()),
					},
				},
				resource.TestStep{PreConfig: tenant.ResetRequests, Config: imageWith(`status = "Active"`),
					Check: patched(t, tenant, map[string]any{"description": nil, "tag": "1.0.0"})},
			)
		})
	}
}

// A page under 200 is a proxy's: where the object does not have the change, it is none.
func TestUpdate_thatAProxyAnswersWithAPageIsAnErrorWhereNothingHasChanged(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: imageWith(`status = "Active"`)},
		resource.TestStep{
			PreConfig: lose(tenant, emulator.Fault{Status: 200, Body: "<html>Sign in</html>"}, false), Config: described,
			ExpectError: regexp.MustCompile(`(?s)Cannot update docker image.*web page.*does\s+not\s+have\s+the\s+change`),
		},
	)
}

// An update that is only accepted, and that DemandFlow carries out later.
func TestUpdate_thatIsAcceptedAndNotDoneIsAWarning(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	before, _ := run.create(imageType, api(nil))
	change := api(arguments{"description": "New."})
	planned := run.plan(imageType, before, change)
	tenant.Fail(emulator.Fault{Method: http.MethodPatch, Status: http.StatusAccepted, Body: " "})
	after, warnings := run.apply(imageType, before, change, planned)
	mustSay(t, warnings, "The update of the docker image is not done yet", "202 Accepted", "Plan again in a while")
	if got := after.text("description"); got != "New." {
		t.Errorf("the state has the description %q, want what was planned", got)
	}
	editImage(t, tenant, map[string]any{"description": "New."})()
	if warnings := run.planWarnings(imageType, run.refresh(imageType, after), change); len(warnings) > 0 {
		t.Errorf("afterwards: %q", warnings)
	}
}
