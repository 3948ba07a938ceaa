package catalogue_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

func custom(fields string) string {
	return imageWith("status = \"Active\"\n  custom_fields = { " + fields + " }")
}

// withCustomFields is a tenant that has a risk class (1 Low, 2 High) and a cost factor.
func withCustomFields(t *testing.T) *providertest.Tenant {
	t.Helper()
	tenant := providertest.New(t, emulator.Options{})
	risk := options("1", "Low", "2", "High")
	risk["type"] = "indexedSelect"
	tenant.EditField(imageCode, "riskClass", risk)
	tenant.EditField(imageCode, "factor", map[string]any{"type": "number"})
	return tenant
}

func TestCustomFields_wrongValuesAreErrorsInThePlan(t *testing.T) {
	t.Parallel()
	tenant := withCustomFields(t)
	tenant.Run(t,
		resource.TestStep{
			Config: custom(`riskClass = jsonencode("High")`), PlanOnly: true,
			ExpectError: regexp.MustCompile(
				`(?s)Invalid custom_fields.*"riskClass":\s+"High"\s+is\s+not\s+the\s+id\s+of\s+an\s+option\.\s+Did\s+you\s+mean\s+"2",\s+the\s+id\s+of\s+"High"\?.*1\s+\(Low\),\s+2\s+\(High\)`),
		},
		resource.TestStep{
			Config: custom(`factor = jsonencode("1.5")`), PlanOnly: true,
			ExpectError: regexp.MustCompile(
				`(?s)"factor":\s+Its\s+value\s+is\s+a\s+text,\s+and\s+the\s+field's\s+type\s+in\s+the\s+tenant's\s+definition\s+is\s+number`),
		},
		resource.TestStep{Config: custom(`factor = jsonencode(1.5), riskClass = jsonencode("2")`),
			Check: stored(t, tenant, "riskClass", "2")},
	)
}

func TestCustomFields_theSpellingOfANumberNeverPlans(t *testing.T) {
	t.Parallel()
	tenant := withCustomFields(t)
	tenant.Run(t,
		resource.TestStep{Config: custom(`factor = "1.50"`), Check: sent(tenant, `POST `+createWith(`"factor":1.5`))},
		resource.TestStep{PreConfig: tenant.ResetRequests, Config: custom(`factor = "15e-1"`), ConfigPlanChecks: emptyPlan,
			Check: sent(tenant)},
		resource.TestStep{Config: custom(`factor = "1.51"`), Check: patched(t, tenant, map[string]any{"factor": 1.51})},
	)
}

// createWith is the body of a create of the image with one field more, in the order of JSON's keys.
func createWith(field string) string {
	return `{"comboKey":"SUB:` + emulator.DefaultSubscription + `|ENT:","entity":"DOCKERIMAGE",` + field +
		`,"level":420,"name":"team/api","status":"1","tag":"1.0.0"}`
}

// DemandFlow would refuse to clear it, in the apply.
func TestCustomFields_oneThatIsRequiredCannotBeGivenUp(t *testing.T) {
	t.Parallel()
	tenant := withCustomFields(t)
	tenant.EditField(imageCode, "riskClass", map[string]any{"required": true})
	missing := regexp.MustCompile(`(?s)Invalid custom_fields.*requires\s+the\s+field\s+"riskClass"`)
	tenant.Run(t,
		resource.TestStep{Config: custom(`riskClass = jsonencode("2"), factor = jsonencode(1)`)},
		resource.TestStep{PreConfig: tenant.ResetRequests, Config: custom(`factor = jsonencode(1)`), PlanOnly: true,
			ExpectError: missing},
		resource.TestStep{Config: imageWith(`status = "Active"`), PlanOnly: true, ExpectError: missing},
		resource.TestStep{Config: custom(`riskClass = jsonencode("2")`),
			Check: patched(t, tenant, map[string]any{"factor": nil})},
	)
}

// The plan asks to remove the key of a field that has become read-only, and DemandFlow would refuse to clear it.
func TestCustomFields_oneThatIsMadeReadOnlyGoesWithoutAWrite(t *testing.T) {
	t.Parallel()
	tenant := withCustomFields(t)
	tenant.Run(t,
		resource.TestStep{Config: custom(`riskClass = jsonencode("2")`)},
		resource.TestStep{
			PreConfig: func() {
				tenant.EditField(imageCode, "riskClass", map[string]any{"readonly": true})
				tenant.ResetRequests()
			},
			Config: custom(`riskClass = jsonencode("2")`), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)"riskClass":\s+The\s+tenant's\s+definition\s+has\s+made\s+it\s+read-only`),
		},
		resource.TestStep{
			Config:           imageWith(`status = "Active"`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{changesOnly(image, "custom_fields")}},
			Check:            resource.ComposeTestCheckFunc(sent(tenant), stored(t, tenant, "riskClass", "2")),
		},
	)
}

func TestOptions_withOneLabelAreToldApartByTheirIDs(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.EditField(imageCode, "status", options("1", "Active", "3", "Other", "9", "Other", "4", "5", "5", "Six"))
	status := func(written, stands string) resource.TestStep {
		return resource.TestStep{
			Config: imageWith(`status = "` + written + `"`), Check: stored(t, tenant, "status", stands),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(image, tfjsonpath.New("status"),
				knownvalue.StringExact(written))},
		}
	}
	tenant.Run(t,
		status("9", "9"), // and the plan that follows is empty
		resource.TestStep{ // the label alone would be a guess
			Config: imageWith(`status = "Other"`), PlanOnly: true,
			ExpectError: saying("Invalid status", `"Other" is the label of several options, with the ids 3, 9. Write the id`),
		},
		status("3", "3"), status("4", "4"), status("Six", "5"),
		resource.TestStep{
			Config: imageWith(`status = "5"`), PlanOnly: true,
			ExpectError: regexp.MustCompile(
				`(?s)Invalid status.*"5"\s+is\s+the\s+label\s+of\s+the\s+option\s+with\s+the\s+id\s+4,\s+and\s+itself\s+the\s+id\s+of\s+the\s+option\s+"Six"\.\s+Write\s+"4"\s+for\s+the\s+one\s+or\s+"Six"`),
		},
	)
}

// The import reads what nobody has written yet.
func TestOptions_withOneLabelAreReadAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.EditField(entity.DockerRegistry.Code, "registryType", options("3", "Other", "9", "Other"))
	_, err := tenant.Seed(map[string]any{"id": prodID, "entity": entity.DockerRegistry.Code, "name": "prod",
		"url": "https://registry.example.com", "registryType": "9", "status": "1"})
	if err != nil {
		t.Fatal(err)
	}
	tenant.Run(t, resource.TestStep{
		Config: `data "demandflow_docker_registry" "it" { id = "` + prodID + `" }` +
			"\noutput \"type\" { value = data.demandflow_docker_registry.it.registry_type }",
		ConfigStateChecks: []statecheck.StateCheck{output("type", "9")},
	})
}

// The value may be a secret, so the error points at the resource and not at the line.
func TestCustomFields_thatAreNoJSONSayWhere(t *testing.T) {
	t.Parallel()
	providertest.New(t, emulator.Options{}).Run(t, resource.TestStep{Config: `
resource "demandflow_docker_registry" "bad" {
  name          = "prod"
  url           = "registry.example.com"
  registry_type = "Harbor"
  status        = "Active"
  custom_fields = { risk = "high" }
}`, PlanOnly: true, ExpectError: saying("Invalid custom_fields", `"risk": Its value is not JSON (line 1, character 1: invalid character 'h' looking for beginning of value).`)})
}
