package catalogue_test

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
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
		return map[string]any{"entity": entity.DockerRegistry.Code, "id": id, "name": name, "url": url, "registryType": kind,
			"status": status, "namespace": "team"}
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
		image("33333333-3333-4333-8333-333333333333", "api", "1.0", "1", prodID,
			map[string]any{"architecture": []any{"amd64", "arm64"}, "labels": `{"team":"a","tier":1}`}),
		image("44444444-4444-4444-8444-444444444444", "api", "1.0", "2", stagingID,
			map[string]any{"architecture": []any{"amd64"}, "labels": `{"team":"b"}`}),
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
				resource.TestStep{Config: test.hcl, ResourceName: address, ImportState: true, ImportStateId: test.id,
					ImportStatePersist: true},
				resource.TestStep{Config: test.hcl,
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
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
		"api:1.0":                              `More than one docker image found.*registry.example.com/team/api:1.0.*Active, created 20.*staging.example.com/team/api:1.0.*Deprecated, created 20`,
		"ap:1.0":                               `No such docker image.*The nearest are:.*api:1.0 \(id (3333|4444)`,
		"77777777-7777-4777-8777-777777777777": `Cannot import non-existent remote object`,
		prodID:                                 `No such docker image.*is the id of a docker registry, not of a docker image.*Import it into a resource of its own type`,
		"web":                                  `No docker image matches "web"\. It has no tag\. A docker image is imported by its id \(a UUID\), full_image_name or name:tag\. The nearest are:.*web:2.1 \(id 5555`,
		"registry.example.com:5000/team/web":   `It has no tag.*The nearest are:.*web:2`,
		"web@sha256:" + hexOf64:                `It is a name with a digest.*The nearest are:.*web:2.1`,
		"registry.example.com/team/web:2.1":    `The nearest are:.*web:2\.`,
		"postgres:17":                          `The tenant has 4, and none of a similar name`,
		":1.27":                                `":1.27" has no name\. A docker image is imported by its id`,
		"@sha256:" + hexOf64:                   `has no name\. A docker image is imported by its id`,
		"web:":                                 `"web:" has no tag\. A docker image is imported by its id`,
		"web@":                                 `It is a name with a digest.*The nearest are:.*web:2.1`,
		" ":                                    `The import id is empty\. A docker image is imported by its id`,
	} {
		t.Run(id, func(t *testing.T) {
			tenant.Run(t, resource.TestStep{
				Config: imageHCL, ResourceName: "demandflow_docker_image.it", ImportState: true, ImportStateId: id,
				ExpectError: regexp.MustCompile(`(?s)` + strings.ReplaceAll(says, " ", `[\s│]+`)),
			})
		})
	}
}

var hexOf64 = strings.Repeat("0f", 32)

// Versions of what was asked for come before names that merely look alike.
func TestImport_candidatesOfTheSameRepositoryComeFirst(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	image := func(name, tag string) map[string]any {
		return map[string]any{"entity": entity.DockerImage.Code, "name": name, "tag": tag, "status": "1"}
	}
	if _, err := tenant.Seed(image("team/apis", "latest"), image("team/api", "2024.11.27-build.4711"),
		image("other/api", "latest"), image("zebra", "latest")); err != nil {
		t.Fatal(err)
	}
	run := converse(t, tenant)
	for _, id := range []string{"team/api", "team/api:latest", "team/api@sha256:" + hexOf64} {
		imported, err := run.server.ImportResourceState(t.Context(),
			&tfprotov6.ImportResourceStateRequest{TypeName: imageType, ID: id})
		run.check(err)
		if len(imported.Diagnostics) != 1 {
			t.Fatalf("%s: %v", id, imported.Diagnostics)
		}
		_, candidates, _ := strings.Cut(imported.Diagnostics[0].Detail, "The nearest are:\n")
		if !strings.HasPrefix(candidates, "  team/api:2024.11.27-build.4711 (id ") || !strings.Contains(candidates,
			"team/apis:latest") || strings.Contains(candidates, "zebra") {
			t.Errorf("%s: the candidates are\n%s", id, candidates)
		}
	}
}

func TestDataSource_byTheIDOfAnotherEntitySaysSo(t *testing.T) {
	t.Parallel()
	catalogue(t, emulator.Options{}).Run(t, resource.TestStep{
		Config: `data "demandflow_docker_image" "it" { id = "` + prodID + `" }`,
		ExpectError: regexp.MustCompile(
			`(?s)No such docker image.*has\s+no\s+docker\s+image\s+with\s+the\s+id.*It\s+is\s+the\s+id\s+of\s+a\s+docker\s+registry`),
	})
}
