package catalogue_test

import (
	"maps"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const (
	prodID    = "11111111-1111-4111-8111-111111111111"
	stagingID = "22222222-2222-4222-8222-222222222222"
)

// catalogue is a small tenant: two registries, and one image that stands in both under the same name.
func catalogue(t *testing.T, options emulator.Options) *providertest.Tenant {
	t.Helper()
	tenant := providertest.New(t, options)
	registry := func(id, name, url, kind, status string) map[string]any {
		return map[string]any{"entity": entity.DockerRegistry.Code, "id": id, "name": name, "url": url, "registryType": kind, "status": status, "namespace": "team"}
	}
	image := func(id, name, tag, status, registry string, more map[string]any) map[string]any {
		object := map[string]any{"entity": entity.DockerImage.Code, "id": id, "name": name, "tag": tag, "status": status}
		if registry != "" {
			object["registry"] = registry
		}
		maps.Copy(object, more)
		return object
	}
	_, err := tenant.Seed(
		registry(prodID, "prod", "https://registry.example.com/", "2", "1"),
		registry(stagingID, "staging", "staging.example.com", "9", "3"),
		image("33333333-3333-4333-8333-333333333333", "api", "1.0", "1", prodID, map[string]any{"architecture": []any{"amd64", "arm64"}, "labels": `{"team":"a","tier":1}`}),
		image("44444444-4444-4444-8444-444444444444", "api", "1.0", "2", stagingID, map[string]any{"architecture": []any{"amd64"}, "labels": `{"team":"b"}`}),
		image("55555555-5555-4555-8555-555555555555", "web", "2.1", "1", "", map[string]any{"labels": "not JSON"}),
		image("66666666-6666-4666-8666-666666666666", "web", "2.2-rc1", "4", prodID, nil),
	)
	if err != nil {
		t.Fatal(err)
	}
	return tenant
}

func TestImport_byIDAndByNaturalKeyThenPlansNothing(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	for _, test := range []struct{ id, hcl string }{
		{prodID, `resource "demandflow_docker_registry" "it" {
  name          = "prod"
  url           = "https://registry.example.com/"
  registry_type = "Harbor"
  status        = "Active"
  namespace     = "team"
}`},
		{"staging", `resource "demandflow_docker_registry" "it" {
  name          = "staging"
  url           = "staging.example.com"
  registry_type = "Quay.io"
  status        = "Maintenance"
}`},
		{"registry.example.com", `resource "demandflow_docker_registry" "it" {
  name          = "prod"
  url           = "https://registry.example.com/"
  registry_type = "harbor"
  status        = "1"
}`},
		{"registry.example.com/team/api:1.0", `resource "demandflow_docker_image" "it" {
  name         = "api"
  tag          = "1.0"
  status       = "Active"
  registry_id  = "` + prodID + `"
  architecture = ["arm64", "amd64"]
  labels       = jsonencode({ tier = 1, team = "a" })
}`},
		{"web:2.1", `resource "demandflow_docker_image" "it" {
  name   = "web"
  tag    = "2.1"
  status = "Active"
}`},
	} {
		t.Run(test.id, func(t *testing.T) {
			address := regexp.MustCompile(`"(demandflow_\w+)"`).FindStringSubmatch(test.hcl)[1] + ".it"
			tenant.Run(t,
				resource.TestStep{Config: test.hcl, ResourceName: address, ImportState: true, ImportStateId: test.id, ImportStatePersist: true},
				resource.TestStep{Config: test.hcl, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
				resource.TestStep{Config: `removed {
  from = ` + address + `
  lifecycle { destroy = false }
}`},
			)
		})
	}
}

func TestImport_ofNoneOrSeveralSaysWhichThereAre(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	const imageHCL = `resource "demandflow_docker_image" "it" {
  name   = "api"
  tag    = "1.0"
  status = "Active"
}`
	for id, says := range map[string]string{
		"api:1.0":                              `(?s)More than one docker image found.*registry.example.com/team/api:1.0.*staging.example.com/team/api:1.0`,
		"ap:1.0":                               `(?s)No such docker image.*The nearest are:.*api:1.0 \(id (3333|4444)`,
		"77777777-7777-4777-8777-777777777777": `(?s)Cannot import non-existent remote object`,
	} {
		t.Run(id, func(t *testing.T) {
			tenant.Run(t, resource.TestStep{
				Config: imageHCL, ResourceName: "demandflow_docker_image.it", ImportState: true, ImportStateId: id, ExpectError: regexp.MustCompile(says),
			})
		})
	}
}
