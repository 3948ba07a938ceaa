package provider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// readsLive reads live images of all sources.
const readsLive = `
data "demandflow_oci_image" "x" {
  reference = "registry.example.com/web/frontend:1.4.2"
}
data "demandflow_oci_tags" "x" {
  repository = "registry.example.com/web/frontend"
}
data "demandflow_docker_engine_images" "x" {}
data "demandflow_openshift_images" "x" {}
data "demandflow_scaleway_images" "x" {}
output "short" {
  value = data.demandflow_oci_image.x.digest
}
`

// A user of live images alone may have no account of DemandFlow.
func TestProvider_liveImagesNeedNoToken(t *testing.T) {
	noEnvironment(t)
	place := newDocumentedPlace(t)
	live := place.settings(place.documented(readsLive)) + place.local(readsLive)
	later := fmt.Sprintf("resource \"terraform_data\" \"later\" {}\nprovider \"demandflow\" {\n"+
		"  token = terraform_data.later.id\n  oci   = { registries = { %q = { insecure = true } } }\n}\n", place.host)
	run(t,
		resource.TestStep{Config: live},
		resource.TestStep{Config: live, PlanOnly: true},
		resource.TestStep{Config: later + place.local(readsLive)}, // a token that is not known yet
	)
}

func TestProvider_functionsNeedNoToken(t *testing.T) {
	noEnvironment(t)
	run(t, resource.TestStep{
		Config: `
output "x" {
  value = provider::demandflow::normalize_image_reference("nginx")
}`,
		Check: resource.TestCheckOutput("x", "docker.io/library/nginx:latest"),
	})
}

// The first of those that need DemandFlow says what is missing, in full, and each of them fails.
func TestProvider_whatNeedsDemandFlowSaysThatTheTokenIsMissing(t *testing.T) {
	noEnvironment(t)
	place := newDocumentedPlace(t)
	live := place.settings(place.documented(readsLive)) + place.local(readsLive)
	missing := regexp.MustCompile(`(?s)Missing token.*needs\s+DemandFlow,\s+and\s+the\s+provider\s+has\s+no\s+token.*DEMANDFLOW_TOKEN`)
	for name, needs := range map[string]string{
		"data source":        lookUp,
		"plural data source": "data \"demandflow_docker_images\" \"all\" {}",
		"definition":         "data \"demandflow_definition\" \"x\" {\n  entity = \"DOCKERIMAGE\"\n}",
		"workloads": "data \"demandflow_docker_image_workloads\" \"x\" {\n" +
			"  docker_image_id = \"7f8d2c1e-0000-4000-8000-000000000001\"\n}",
		"drift": "data \"demandflow_docker_image_drift\" \"x\" {\n" +
			"  docker_image_id = \"7f8d2c1e-0000-4000-8000-000000000001\"\n}",
		"resource": "resource \"demandflow_docker_registry\" \"x\" {\n  name = \"x\"\n  url = \"x.example.com\"\n" +
			"  registry_type = \"Harbor\"\n  status = \"Active\"\n}",
		"import": "import {\n  to = demandflow_docker_image.x\n  id = \"7f8d2c1e-0000-4000-8000-000000000001\"\n}\n" +
			"resource \"demandflow_docker_image\" \"x\" {\n  name = \"x\"\n  tag = \"1\"\n  status = \"Active\"\n}",
	} {
		t.Run(name, func(t *testing.T) {
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(),
				Steps: []resource.TestStep{{Config: live + needs, ExpectError: missing}}})
		})
	}
	t.Run("the error of many is said once in full", func(t *testing.T) {
		run(t, resource.TestStep{Config: "data \"demandflow_docker_images\" \"all\" {\n  count = 3\n}",
			ExpectError: regexp.MustCompile(`Another\s+error\s+of\s+this\s+run\s+says\s+what\s+to\s+do`)})
	})
}
