package catalogue_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

func TestDefinitionDataSource_showsWhatIsInForce(t *testing.T) {
	t.Parallel()
	unusual(t).Run(t,
		resource.TestStep{
			Config: `
data "demandflow_definition" "image" { entity = "DOCKERIMAGE" }
locals { fields = { for field in data.demandflow_definition.image.fields : field.name => field } }
output "what" { value = "${data.demandflow_definition.image.name} ${data.demandflow_definition.image.plural} ${data.demandflow_definition.image.level} ${length(jsondecode(data.demandflow_definition.image.json)) > 0}" }
output "status" { value = join(" ", local.fields.status.options[*].label) }
output "custom" { value = "${local.fields.costCenter.label} ${local.fields.costCenter.type}" }
output "registry" { value = "${local.fields.registry.references} ${local.fields.registry.section} ${local.fields.fullImageName.read_only} ${local.fields.license.required}" }
output "removed" { value = tostring(contains(keys(local.fields), "shell")) }`,
			ConfigStateChecks: []statecheck.StateCheck{
				output("what", "Docker Image Docker Images 420 true"), output("status", "Live Deprecated Archived Quarantined"),
				output("custom", "Cost Center text"),
				output("registry", "DOCKERREGISTRY Image Information true true"), output("removed", "false"),
			},
		},
		resource.TestStep{Config: `data "demandflow_definition" "none" { entity = "NOSUCH" }`,
			ExpectError: regexp.MustCompile(
				`(?s)Cannot read definition.*Terraform\s+tried\s+to\s+read\s+the\s+tenant's\s+definition\s+of\s+NOSUCH\..*404.*no\s+entity\s+with\s+this\s+code`)},
		resource.TestStep{Config: `data "demandflow_definition" "none" { entity = "docker image" }`,
			ExpectError: regexp.MustCompile(`(?s)is not the code of an entity`)},
		resource.TestStep{Config: `# nothing`},
	)
}

// The resources fall back on the default definition; who asks for the definition itself hears why there is none.
func TestDefinitionDataSource_saysWhyThereIsNothingToShow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault emulator.Fault
		says  string
	}{
		"a revoked token": {emulator.Fault{Status: http.StatusForbidden,
			Body: `{"error":"Forbidden","message":"token was revoked"}`}, `403.*token\s+was\s+revoked.*not\s+revoked`},
		"not a form": {emulator.Fault{Status: http.StatusOK, Body: `{"id":"DOCKERIMAGE","definition":"{}"}`},
			`definition\s+has\s+no\s+field`},
		"a server error": {emulator.Fault{Status: http.StatusInternalServerError}, `500`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			test.fault.Entity, test.fault.Times = entity.DefinitionCode, -1
			tenant.Fail(test.fault)
			tenant.Run(t, resource.TestStep{
				Config:      `data "demandflow_definition" "image" { entity = "DOCKERIMAGE" }`,
				ExpectError: regexp.MustCompile(`(?s)Cannot read definition.*definition\s+of\s+DOCKERIMAGE\..*` + test.says),
			})
		})
	}
}
