package catalogue_test

import (
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

const (
	image    = "demandflow_docker_image.api"
	registry = "demandflow_docker_registry.prod"

	plainImage = `
resource "demandflow_docker_image" "api" {
  name        = "team/api"
  tag         = "1.0.0"
  status      = "Active"
  description = "The API."
}`
)

// onlyImage is the one image of the tenant as DemandFlow stores it.
func onlyImage(t *testing.T, tenant *providertest.Tenant) map[string]any {
	t.Helper()
	images := tenant.Objects(entity.DockerImage.Code)
	if len(images) != 1 {
		t.Fatalf("the tenant has %d images, want 1", len(images))
	}
	return images[0]
}

func editImage(t *testing.T, tenant *providertest.Tenant, changes map[string]any) func() {
	return func() { tenant.Edit(onlyImage(t, tenant)["id"].(string), changes) }
}

var emptyPlan = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

func TestDockerImage_anUndeclaredEditInTheUIPlansNothingAndIsSeen(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: editImage(t, tenant, map[string]any{"maintainer": "Ann", "os": "1", "scanEnabled": true,
				"architecture": []any{"amd64"}}),
			Config:           plainImage,
			ConfigPlanChecks: emptyPlan,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(image, tfjsonpath.New("maintainer"), knownvalue.StringExact("Ann")),
				statecheck.ExpectKnownValue(image, tfjsonpath.New("os"), knownvalue.StringExact("linux")),
				statecheck.ExpectKnownValue(image, tfjsonpath.New("scan_enabled"), knownvalue.Bool(true)),
			},
		},
	)
}

func TestDockerImage_driftIsCorrectedByAPatchOfThatFieldAlone(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: func() {
				editImage(t, tenant, map[string]any{"description": "Theirs.", "maintainer": "Ann"})()
				tenant.ResetRequests()
			},
			Config: plainImage,
			Check:  patched(t, tenant, map[string]any{"description": "The API."}),
		},
	)
}

func TestDockerImage_updateSendsOnlyChangedFieldsAndShowsLittleElse(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config: `
resource "demandflow_docker_image" "api" {
  name        = "team/api"
  tag         = "1.0.0"
  status      = "deprecated"
  description = "The API."
}`,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				changesOnly(image, "status", "updated_at", "object_version"),
			}},
			Check: patched(t, tenant, map[string]any{"status": "2"}),
		},
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config: `
resource "demandflow_docker_image" "api" {
  name        = "team/api"
  tag         = "1.0.1"
  status      = "deprecated"
  description = "The API."
}`,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				changesOnly(image, "tag", "full_image_name", "image_id", "digest", "pinned_reference", "updated_at",
					"object_version"),
			}},
			Check: patched(t, tenant, map[string]any{"tag": "1.0.1"}),
		},
	)
}

func TestDockerImage_removingAnArgumentClearsTheFieldOnceAndThenItIsThePeoples(t *testing.T) {
	t.Parallel()
	const without = `
resource "demandflow_docker_image" "api" {
  name   = "team/api"
  tag    = "1.0.0"
  status = "Active"
}`
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config:    without,
			Check:     patched(t, tenant, map[string]any{"description": nil}),
		},
		resource.TestStep{
			PreConfig:        editImage(t, tenant, map[string]any{"description": "Theirs."}),
			Config:           without,
			ConfigPlanChecks: emptyPlan,
		},
	)
}

// A field that people emptied while the configuration gave it up at the same time has nothing left to clear. When they
// fill it again, it is theirs.
func TestDockerImage_aFieldThatWasClearedElsewhereIsNotClearedAgainLater(t *testing.T) {
	t.Parallel()
	const without = `
resource "demandflow_docker_image" "api" {
  name   = "team/api"
  tag    = "1.0.0"
  status = "Active"
}`
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig:        editImage(t, tenant, map[string]any{"description": nil}),
			Config:           without,
			ConfigPlanChecks: emptyPlan,
		},
		resource.TestStep{RefreshState: true},
		resource.TestStep{
			PreConfig:        editImage(t, tenant, map[string]any{"description": "Theirs."}),
			Config:           without,
			ConfigPlanChecks: emptyPlan,
		},
	)
}

func TestDockerImage_aMetricThatMovesWhileWritingIsNoInconsistency(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{}) // its pullCount moves with every read
	tenant.Run(t,
		resource.TestStep{Config: plainImage},
		resource.TestStep{
			PreConfig: func() {
				tenant.Fail(emulator.Fault{Method: "PATCH", Conflict: map[string]any{"pullCount": 4711, "size": 12}})
			},
			Config: `
resource "demandflow_docker_image" "api" {
  name        = "team/api"
  tag         = "1.0.0"
  status      = "Active"
  description = "Another."
}`,
		},
	)
}

func TestDockerImage_spellingNeverPlans(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	spelling := func(status, labels, architecture string) string {
		return `
resource "demandflow_docker_image" "api" {
  name         = "team/api"
  tag          = "1.0.0"
  status       = ` + status + `
  labels       = ` + labels + `
  architecture = ` + architecture + `
}
resource "demandflow_docker_registry" "prod" {
  name               = "prod"
  url                = "registry.example.com"
  registry_type      = "Harbor"
  status             = ` + status + `
  credentials_expiry = ` + map[bool]string{true: `"2027-01-01T00:00:00Z"`, false: `"2027-01-01T02:00:00+02:00"`}[status == `"Active"`] + `
}`
	}
	tenant.Run(t,
		resource.TestStep{Config: spelling(`"Active"`, `jsonencode({ a = 1, b = "x" })`, `["amd64", "arm64"]`)},
		resource.TestStep{
			Config:           spelling(`"1"`, `"{ \"b\": \"x\",  \"a\": 1 }"`, `["arm64", "amd64"]`),
			ConfigPlanChecks: emptyPlan,
		},
		resource.TestStep{
			Config:           spelling(`"ACTIVE"`, `"{\"b\":\"x\",\n\"a\":1}"`, `["arm64", "amd64"]`),
			ConfigPlanChecks: emptyPlan,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(image, tfjsonpath.New("status"), knownvalue.StringExact("Active")),
			},
		},
	)
}

func TestDockerRegistry_theUsersSpellingStaysInState(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{Answers: emulator.Answers{EnumsAsNumbers: true}})
	tenant.Run(t, resource.TestStep{
		Config: `
resource "demandflow_docker_registry" "prod" {
  name               = "prod"
  url                = "registry.example.com"
  registry_type      = "7"
  status             = "aCtIvE"
  namespace          = ""
  allowed_users      = []
  credentials_expiry = "2027-01-01T02:00:00+02:00"
  webhooks           = "{ \"b\": 1,   \"a\": 2 }"
}`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(registry, tfjsonpath.New("registry_type"), knownvalue.StringExact("7")),
			statecheck.ExpectKnownValue(registry, tfjsonpath.New("status"), knownvalue.StringExact("aCtIvE")),
			statecheck.ExpectKnownValue(registry, tfjsonpath.New("namespace"), knownvalue.StringExact("")),
			statecheck.ExpectKnownValue(registry, tfjsonpath.New("credentials_expiry"),
				knownvalue.StringExact("2027-01-01T02:00:00+02:00")),
			statecheck.ExpectKnownValue(registry, tfjsonpath.New("webhooks"), knownvalue.StringExact(`{ "b": 1,   "a": 2 }`)),
		},
	})
}
