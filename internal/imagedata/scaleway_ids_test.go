package imagedata

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

func TestScalewayImage_ofAnIDWithItsRegionIsTheSame(t *testing.T) {
	t.Parallel()
	server, image := newScalewayShop(t)
	hcl := func(id string) string {
		return fmt.Sprintf(`
resource "demandflow_scaleway_image" "web" {
  image_id   = %q
  visibility = "public"
}`, id)
	}
	named := func(namespace string) string {
		return fmt.Sprintf(`
resource "demandflow_scaleway_image" "web" {
  namespace  = %q
  name       = "web"
  visibility = "public"
}`, namespace)
	}
	seen := 0
	runScaleway(t, server, nil,
		resource.TestStep{
			Config: hcl("fr-par/" + image.ID), ConfigPlanChecks: expecting(plancheck.ResourceActionCreate),
			Check: resource.ComposeAggregateTestCheckFunc(wrote(server, &seen, `PATCH {"visibility":"public"}`),
				resource.TestCheckResourceAttr(web, "id", "fr-par/"+image.ID), resource.TestCheckResourceAttr(web, "image_id",
					"fr-par/"+image.ID), resource.TestCheckResourceAttr(web, "region", "fr-par")),
		},
		resource.TestStep{Config: hcl("fr-par/" + image.ID), ConfigPlanChecks: expecting(plancheck.ResourceActionNoop)},
		resource.TestStep{Config: hcl(image.ID), ConfigPlanChecks: expecting(plancheck.ResourceActionUpdate),
			Check: wrote(server, &seen)},
		resource.TestStep{Config: named("fr-par/" + image.NamespaceID),
			ConfigPlanChecks: expecting(plancheck.ResourceActionUpdate), Check: wrote(server, &seen)},
		resource.TestStep{Config: named("nl-ams/" + image.NamespaceID), PlanOnly: true, ExpectNonEmptyPlan: true},
	)
}

func TestScalewayIDs_thatAreNoneAreErrorsOfTheirArguments(t *testing.T) {
	t.Parallel()
	server, image := newScalewayShop(t)
	for _, test := range []struct{ hcl, at, want string }{
		{`data "demandflow_scaleway_images" "x" { namespace = "fr-par/shop" }`, "namespace", `"fr-par/shop" is no id of Scaleway's`},
		{`data "demandflow_scaleway_images" "x" { project_id = "12" }`, "project_id", `"12" is no id of Scaleway's`},
		{`data "demandflow_scaleway_images" "x" { name = "web:v1" }`, "name", "give the image's name alone"},
		{fmt.Sprintf(`data "demandflow_scaleway_images" "x" {
  regions   = ["nl-ams"]
  namespace = "fr-par/%s"
}`, image.NamespaceID), "namespace", "is one of the region fr-par, and the region that is given is nl-ams"},
		{`data "demandflow_scaleway_image" "x" {
  namespace = "fr-par/shop"
  name      = "web"
}`, "namespace", `"fr-par/shop" is no id of Scaleway's`},
		{`data "demandflow_scaleway_image" "x" {
  image_id      = "fr-par/12"
  allow_missing = true
}`, "image_id", `"fr-par/12" is no id of Scaleway's`},
		{fmt.Sprintf(`data "demandflow_scaleway_image" "x" {
  region   = "nl-ams"
  image_id = "fr-par/%s"
}`, image.ID), "image_id", "is one of the region fr-par, and the region that is given is nl-ams"},
		{fmt.Sprintf(`resource "demandflow_scaleway_image" "x" {
  region     = "nl-ams"
  image_id   = "fr-par/%s"
  visibility = "public"
}`, image.ID), "image_id", "is one of the region fr-par, and the region that is given is nl-ams"},
		{`resource "demandflow_scaleway_image" "x" {
  namespace  = "fr-par/shop"
  name       = "web"
  visibility = "public"
}`, "namespace", `"fr-par/shop" is no id of Scaleway's`},
	} {
		at := regexp.MustCompile(`(?s)on \S+ line \d+, in [^\n]*\n\s*\d+:[^\n]*\b` + test.at + `\b`)
		runScaleway(t, server, nil,
			resource.TestStep{Config: test.hcl, ExpectError: at},
			resource.TestStep{Config: test.hcl, ExpectError: inLines(test.want)})
	}
	if requests := server.Requests(); len(requests) > 0 {
		t.Errorf("asked nevertheless: %v", requests)
	}
}

func TestScalewayData_takesIDsAsScalewaysProviderHasThem(t *testing.T) {
	t.Parallel()
	server, image := newScalewayShop(t)
	runScaleway(t, server, nil, resource.TestStep{
		Config: fmt.Sprintf(`
data "demandflow_scaleway_images" "all" { namespace = "fr-par/%[2]s" }
data "demandflow_scaleway_images" "any" {
  namespace = ""
  name      = ""
}
data "demandflow_scaleway_image" "by_id" { image_id = "fr-par/%[1]s" }
data "demandflow_scaleway_image" "by_name" {
  namespace = "fr-par/%[2]s"
  name      = "web"
}`, image.ID, image.NamespaceID),
		Check: resource.ComposeAggregateTestCheckFunc(
			resource.TestCheckResourceAttr("data.demandflow_scaleway_images.all", "images.#", "1"),
			resource.TestCheckResourceAttr("data.demandflow_scaleway_images.any", "images.#", "1"),
			resource.TestCheckResourceAttr("data.demandflow_scaleway_image.by_id", "scaleway.id", image.ID),
			resource.TestCheckResourceAttr("data.demandflow_scaleway_image.by_id", "region", "fr-par"),
			resource.TestCheckResourceAttr("data.demandflow_scaleway_image.by_name", "scaleway.id", image.ID),
		),
	})
}
