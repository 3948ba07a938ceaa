package catalogue_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const imageCode = "DOCKERIMAGE"

// unusual is a tenant whose administrators renamed an option, added one, required a field, removed one, re-typed one,
// made one read-only, and added fields of their own.
func unusual(t *testing.T) *providertest.Tenant {
	t.Helper()
	tenant := providertest.New(t, emulator.Options{})
	tenant.EditField(imageCode, "status", map[string]any{"options": []any{
		map[string]any{"id": "1", "text": "Live"}, map[string]any{"id": "2", "text": "Deprecated"},
		map[string]any{"id": "3", "text": "Archived"},
		map[string]any{"id": "17", "text": "Quarantined"},
	}})
	tenant.EditField(imageCode, "license", map[string]any{"required": true})
	tenant.EditField(imageCode, "shell", nil)
	tenant.EditField(imageCode, "user", map[string]any{"type": "number"})
	tenant.EditField(imageCode, "version", map[string]any{"readonly": true})
	tenant.EditField(imageCode, "costCenter", map[string]any{"type": "text", "name": "Cost Center"})
	tenant.EditField(imageCode, "tiers", map[string]any{"type": "multiselect",
		"options": []any{map[string]any{"id": "a", "text": "Gold"}, map[string]any{"id": "b", "text": "Silver"}}})
	return tenant
}

func imageWith(arguments string) string {
	return fmt.Sprintf("resource \"demandflow_docker_image\" \"api\" {\n  name = \"team/api\"\n  tag = \"1.0.0\"\n%s\n}",
		arguments)
}

func TestDefinition_labelsAreTheTenants(t *testing.T) {
	t.Parallel()
	tenant := unusual(t)
	status := func(label string) resource.TestStep {
		return resource.TestStep{
			Config: imageWith(`status = "` + label + `"` + "\nlicense = \"MIT\""),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(image, tfjsonpath.New("status"),
				knownvalue.StringExact(label))},
		}
	}
	tenant.Run(t, status("Live"), status("Quarantined"), resource.TestStep{
		PreConfig:        editImage(t, tenant, map[string]any{"status": "3"}),
		Config:           imageWith("status = \"archived\"\nlicense = \"MIT\""),
		ConfigPlanChecks: emptyPlanAfterSpelling,
	})
}

// emptyPlanAfterSpelling: what the refresh brought is what the configuration says in another case.
var emptyPlanAfterSpelling = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

func TestDefinition_whatItForbidsIsAnErrorInThePlan(t *testing.T) {
	t.Parallel()
	tenant := unusual(t)
	var steps []resource.TestStep
	for _, test := range []struct{ arguments, says string }{
		{"status = \"Active\"\nlicense = \"MIT\"",
			`(?s)Invalid status.*"Active" is not a valid option in this tenant\.\s+Did\s+you\s+mean\s+"Live"\?\s+The\s+option\s+was\s+renamed:\s+its\s+id\s+is\s+still\s+1\..*The\s+options\s+are\s+Live,\s+Deprecated,\s+Archived,\s+Quarantined`},
		{"status = \"Scanning\"\nlicense = \"MIT\"",
			`(?s)"Scanning" is not a valid option in this tenant\.\s+The\s+options\s+are\s+Live.*validate_definition`},
		{"status = \"Quarantine\"\nlicense = \"MIT\"", `(?s)Did you mean\s+"Quarantined"\?`},
		{`status = "Live"`, `(?s)Invalid license.*The tenant's definition requires this field`},
		{"status = \"Live\"\nlicense = \"\"", `(?s)Invalid license.*requires this field`},
		{"status = \"Live\"\nlicense = \"MIT\"\nshell = \"/bin/sh\"",
			`(?s)Invalid shell.*has no field\s+"shell"\s+any\s+more`},
		{"status = \"Live\"\nlicense = \"MIT\"\nuser = \"root\"", `(?s)Invalid user.*made the field "user" a\s+number`},
		{"status = \"Live\"\nlicense = \"MIT\"\nversion = \"1\"", `(?s)Invalid version.*read-only`},
		{"status = \"Live\"\nlicense = \"MIT\"\ncustom_fields = { costcenter = jsonencode(\"x\") }",
			`(?s)Invalid custom_fields.*has\s+no\s+such\s+field\.\s+Did\s+you\s+mean\s+"costCenter"\?`},
		{"status = \"Live\"\nlicense = \"MIT\"\ncustom_fields = { gitRepo = jsonencode(\"x\") }",
			`(?s)built-in\s+field:\s+set\s+the\s+attribute\s+git_repo`},
		{"status = \"Live\"\nlicense = \"MIT\"\ncustom_fields = { git_repo = jsonencode(\"x\") }",
			`(?s)built-in\s+field:\s+set\s+the\s+attribute\s+git_repo`},
		{"status = \"Live\"\nlicense = \"MIT\"\ncustom_fields = { comboKey = jsonencode(\"x\") }",
			`(?s)DemandFlow\s+keeps\s+itself`},
		{"status = \"Live\"\nlicense = \"MIT\"\ncustom_fields = { costCenter = \"CC-1\" }",
			`(?s)Its\s+value\s+is\s+not\s+JSON`},
	} {
		steps = append(steps, resource.TestStep{Config: imageWith(test.arguments), PlanOnly: true,
			ExpectError: regexp.MustCompile(test.says)})
	}
	tenant.Run(t, steps...)
	if writes := tenant.Writes(); len(writes) > 0 {
		t.Errorf("%d writes were sent, want none", len(writes))
	}
}

func TestDefinition_aFieldThatThePeopleFilledIsNotMissing(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: func() {
				editImage(t, tenant, map[string]any{"license": "MIT"})()
				tenant.EditField(imageCode, "license", map[string]any{"required": true})
			},
			Config:           plainImage,
			ConfigPlanChecks: emptyPlan,
		},
		resource.TestStep{
			PreConfig:   editImage(t, tenant, map[string]any{"license": nil}),
			Config:      plainImage,
			ExpectError: regexp.MustCompile(`(?s)Invalid license.*requires this field`),
		},
		resource.TestStep{PreConfig: func() { tenant.EditField(imageCode, "license", map[string]any{"required": false}) },
			Config: plainImage},
	)
}

func TestDefinition_whichMayNotBeReadLeavesTheDefaultOne(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*providertest.Tenant){
		"403": func(tenant *providertest.Tenant) {
			tenant.AddToken(emulator.DefaultSubscription, emulator.DefaultToken,
				emulator.Rights{Deny: []string{entity.DefinitionCode}})
		},
		"404": func(tenant *providertest.Tenant) {
			tenant.Fail(emulator.Fault{Method: "GET", Entity: entity.DefinitionCode, Times: -1, Status: http.StatusNotFound})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			prepare(tenant)
			tenant.Run(t,
				resource.TestStep{Config: imageWith(`status = "Activ"`),
					ExpectError: regexp.MustCompile(`(?s)"Activ" is not a valid option\.\s+Did\s+you\s+mean\s+"Active"`)},
				resource.TestStep{Config: imageWith("status = \"Active\"\ncustom_fields = {}")},
			)
		})
	}
}

func TestDefinition_isReadOncePerEntity(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: `resource "demandflow_docker_image" "many" {
  count  = 6
  name   = "image-${count.index}"
  tag    = "1"
  status = "Active"
}`},
		resource.TestStep{RefreshState: true},
	)
	// plugin-testing starts the provider anew for each command of terraform; each may read the definition once.
	reads, starts := 0, 0
	seen := map[string]int{}
	for _, request := range tenant.Requests() {
		if request.Query.Get("entity") == entity.DefinitionCode {
			reads++
			starts++
		} else if request.Method == http.MethodGet {
			seen[request.Path]++
		}
	}
	if reads == 0 || reads > 8 {
		t.Errorf("%d reads of the definition in a handful of runs with %d images", reads, len(seen))
	}
}

func TestDefinition_checksCanBeTurnedOffAndLabelsStay(t *testing.T) {
	t.Parallel()
	tenant := unusual(t)
	config := func(arguments string) string {
		return fmt.Sprintf("provider \"demandflow\" {\n  endpoint = %q\n  token = %q\n  validate_definition = false\n}\n%s",
			tenant.URL, emulator.DefaultToken, imageWith(arguments))
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{
		{Config: config(`status = "Nonsense"`), ExpectError: regexp.MustCompile(`(?s)Cannot create docker image.*400`)},
		{
			Config: config("status = \"Live\"\nlicense = \"MIT\""),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(image, tfjsonpath.New("status"),
				knownvalue.StringExact("Live"))},
		},
	}})
}

func TestCustomFields_onlyDeclaredKeysAreManaged(t *testing.T) {
	t.Parallel()
	tenant := unusual(t)
	with := func(custom string) string { return imageWith("status = \"Live\"\nlicense = \"MIT\"\n" + custom) }
	tenant.Run(t,
		resource.TestStep{Config: with(`custom_fields = { costCenter = jsonencode("CC-1"), tiers = jsonencode(["a", "b"]) }`),
			Check: stored(t, tenant, "costCenter", "CC-1")},
		// white space beside a change is not sent; alone it plans nothing, says TestPlans_anotherSpelling… of
		// internal/provider
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config:    with(`custom_fields = { costCenter = jsonencode("CC-2"), tiers = "[\"a\",   \"b\"]" }`),
			Check:     patched(t, tenant, map[string]any{"costCenter": "CC-2"}),
		},
		resource.TestStep{ // drift is corrected, alone
			PreConfig: func() { editImage(t, tenant, map[string]any{"costCenter": "theirs"})(); tenant.ResetRequests() },
			Config:    with(`custom_fields = { costCenter = jsonencode("CC-1"), tiers = jsonencode(["a", "b"]) }`),
			Check:     patched(t, tenant, map[string]any{"costCenter": "CC-1"}),
		},
		resource.TestStep{ // a cleared key is set again
			PreConfig: func() { editImage(t, tenant, map[string]any{"costCenter": nil})(); tenant.ResetRequests() },
			Config:    with(`custom_fields = { costCenter = jsonencode("CC-1"), tiers = jsonencode(["a", "b"]) }`),
			Check:     patched(t, tenant, map[string]any{"costCenter": "CC-1"}),
		},
		resource.TestStep{ // a removed key is cleared
			PreConfig: tenant.ResetRequests,
			Config:    with(`custom_fields = { tiers = jsonencode(["a", "b"]) }`),
			Check:     patched(t, tenant, map[string]any{"costCenter": nil}),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{changesOnly(image, "custom_fields",
				"updated_at", "object_version")}},
		},
		resource.TestStep{ // an undeclared key is the people's
			PreConfig:        editImage(t, tenant, map[string]any{"costCenter": "theirs"}),
			Config:           with(`custom_fields = { tiers = jsonencode(["a", "b"]) }`),
			ConfigPlanChecks: emptyPlan,
		},
		resource.TestStep{
			Config: with(`custom_fields = { tiers = jsonencode(["a", "b"]) }`) + `
data "demandflow_docker_image" "seen" { id = demandflow_docker_image.api.id }
output "seen" { value = jsonencode(data.demandflow_docker_image.seen.custom_fields) }`,
			ConfigStateChecks: []statecheck.StateCheck{output("seen", `{"costCenter":"\"theirs\"","tiers":"[\"a\",\"b\"]"}`)},
		},
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config:    with(""),
			Check:     patched(t, tenant, map[string]any{"tiers": nil}),
		},
	)
}

func stored(t *testing.T, tenant *providertest.Tenant, field string, want any) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if got := onlyImage(t, tenant)[field]; got != want {
			return fmt.Errorf("DemandFlow has %s = %v, want %v", field, got, want)
		}
		return nil
	}
}
