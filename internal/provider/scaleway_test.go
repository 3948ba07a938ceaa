package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

func TestDrift_takesAScalewayImage(t *testing.T) {
	t.Parallel()
	tenant, server := providertest.New(t, emulator.Options{}), scalewaytest.New(t)
	server.AddImage(scalewaytest.Image{
		Name: "web", NamespaceID: server.AddNamespace(scalewaytest.Namespace{Name: "shop"}).ID,
		Tags: []scalewaytest.Tag{{Name: "v1", Digest: "sha256:" + strings.Repeat("a", 64)}},
	})
	if _, err := tenant.Seed(
		map[string]any{"entity": entity.DockerRegistry.Code, "id": harborID, "name": "Scaleway", "url": "rg.fr-par.scw.cloud",
			"status": "1", "registryType": "2"},
		map[string]any{"entity": entity.DockerImage.Code, "id": nginxID, "name": "shop/web", "tag": "v1",
			"registry": harborID, "status": "1"},
	); err != nil {
		t.Fatal(err)
	}
	tenant.Edit(nginxID, map[string]any{"imageId": "sha256:" + strings.Repeat("a", 64)})
	settings := fmt.Sprintf("provider \"demandflow\" {\n  scaleway = {\n    access_key = %q\n    secret_key = %q\n    "+
		"region     = \"fr-par\"\n    api_url    = %q\n  }\n",
		scalewaytest.AccessKey, scalewaytest.SecretKey, server.URL)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: strings.Replace(tenant.Config(`
resource "demandflow_scaleway_image" "web" {
  name       = "web"
  visibility = "private"
}
data "demandflow_scaleway_image" "web" {
  image_id = demandflow_scaleway_image.web.image_id
}
data "demandflow_docker_image_drift" "web" {
  docker_image_id = "`+nginxID+`"
  live            = data.demandflow_scaleway_image.web
}`), "provider \"demandflow\" {\n", settings, 1),
		ConfigStateChecks: []statecheck.StateCheck{
			expect("data.demandflow_scaleway_image.web", "exists", knownvalue.Bool(true)),
			expect("data.demandflow_docker_image_drift.web", "in_sync", knownvalue.Bool(true)),
			expectAt("data.demandflow_docker_image_drift.web", knownvalue.StringExact("digest"), "compared", 0),
		},
	}}})
}
