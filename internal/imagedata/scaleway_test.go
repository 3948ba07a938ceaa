package imagedata

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

const (
	publicWeb = `
resource "demandflow_scaleway_image" "web" {
  namespace  = "shop"
  name       = "web"
  visibility = "public"
}`
	web = "demandflow_scaleway_image.web"
)

// expecting returns a check that one thing is planned for the image.
func expecting(what plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(web, what)}}
}

func TestScalewayImage_isSetCorrectedImportedAndLeft(t *testing.T) {
	t.Parallel()
	server, image := newScalewayShop(t)
	seen := 0
	left := func() error {
		if found := server.Find(image.ID); found == nil || found.Visibility != "private" {
			return fmt.Errorf("a destroy did something to the image: %+v", found)
		}
		return wrote(server, &seen)(nil)
	}
	runScaleway(t, server, left,
		resource.TestStep{
			Config: publicWeb, ConfigPlanChecks: expecting(plancheck.ResourceActionCreate),
			Check: resource.ComposeAggregateTestCheckFunc(wrote(server, &seen, `PATCH {"visibility":"public"}`),
				resource.TestCheckResourceAttr(web, "id", "fr-par/"+image.ID), resource.TestCheckResourceAttr(web, "image_id",
					image.ID),
				resource.TestCheckResourceAttr(web, "region", "fr-par"), resource.TestCheckResourceAttr(web, "delete_on_destroy",
					"false"),
				resource.TestCheckResourceAttr(web, "namespace_id", image.NamespaceID), resource.TestCheckResourceAttr(web,
					"repository", "rg.fr-par.scw.cloud/shop/web")),
		},
		resource.TestStep{ // somebody pushes: nothing of it is in a plan
			PreConfig: func() {
				server.Edit(image.ID, func(i *scalewaytest.Image) {
					i.Size, i.UpdatedAt = 77, i.UpdatedAt.Add(3600e9)
					i.Tags = append(i.Tags, scalewaytest.Tag{ID: scalewaytest.ID(7), Name: "v2"})
				})
			},
			Config: publicWeb, ConfigPlanChecks: expecting(plancheck.ResourceActionNoop), Check: wrote(server, &seen),
		},
		resource.TestStep{ // somebody hides it
			PreConfig: func() { server.Edit(image.ID, func(i *scalewaytest.Image) { i.Visibility = "inherit" }) },
			Config:    publicWeb, ConfigPlanChecks: expecting(plancheck.ResourceActionUpdate), Check: wrote(server, &seen,
				`PATCH {"visibility":"public"}`),
		},
		resource.TestStep{ // the namespace in another spelling
			Config:           strings.Replace(publicWeb, `"shop"`, `"`+image.NamespaceID+`"`, 1),
			ConfigPlanChecks: expecting(plancheck.ResourceActionUpdate), Check: wrote(server, &seen),
		},
		resource.TestStep{
			Config:           strings.Replace(publicWeb, `"public"`, `"private"`, 1),
			ConfigPlanChecks: expecting(plancheck.ResourceActionUpdate),
			Check:            wrote(server, &seen, `PATCH {"visibility":"private"}`),
		},
		resource.TestStep{ResourceName: web, ImportState: true, ImportStateId: "fr-par/" + strings.ToUpper(image.ID),
			ImportStateVerify: true},
	)
}

func TestScalewayImage_isTakenOverAsItIs(t *testing.T) {
	t.Parallel()
	server, image := newScalewayShop(t)
	seen := 0
	runScaleway(t, server, nil, resource.TestStep{
		Config: fmt.Sprintf(`
resource "demandflow_scaleway_image" "web" {
  image_id   = %q
  visibility = "inherit"
}`, strings.ToUpper(image.ID)),
		Check: resource.ComposeAggregateTestCheckFunc(wrote(server, &seen), resource.TestCheckResourceAttr(web, "namespace",
			"shop"), resource.TestCheckResourceAttr(web, "name", "web")),
	})
}

func TestScalewayImage_isDeletedOnlyWhenThatIsAskedFor(t *testing.T) {
	t.Parallel()
	server, image := newScalewayShop(t)
	seen := 0
	gone := func() error {
		if server.Find(image.ID) != nil {
			return fmt.Errorf("the image is still there")
		}
		return wrote(server, &seen, "DELETE")(nil)
	}
	runScaleway(t, server, gone,
		resource.TestStep{Config: publicWeb, Check: wrote(server, &seen, `PATCH {"visibility":"public"}`)},
		resource.TestStep{
			Config:           strings.Replace(publicWeb, "}", "  delete_on_destroy = true\n}", 1),
			ConfigPlanChecks: expecting(plancheck.ResourceActionUpdate), Check: wrote(server, &seen),
		},
	)
}

// What a plan does not know yet may be what it was. A replacement would delete the image before anybody sees that it
// is.
func TestScalewayImage_ofAnIDThatIsNotKnownYetIsNotDeleted(t *testing.T) {
	t.Parallel()
	server, image := newScalewayShop(t)
	seen := 0
	config := func(input string) string {
		return fmt.Sprintf(`
resource "terraform_data" "before" { input = %q }

data "demandflow_scaleway_image" "web" {
  namespace  = "shop"
  name       = "web"
  depends_on = [terraform_data.before]
}

resource "demandflow_scaleway_image" "web" {
  image_id          = data.demandflow_scaleway_image.web.image_id
  visibility        = "public"
  delete_on_destroy = true
}`, input)
	}
	runScaleway(t, server, nil,
		resource.TestStep{Config: config("one"), Check: wrote(server, &seen, `PATCH {"visibility":"public"}`)},
		resource.TestStep{
			Config: config("two"), ConfigPlanChecks: expecting(plancheck.ResourceActionUpdate),
			Check: resource.ComposeAggregateTestCheckFunc(wrote(server, &seen), resource.TestCheckResourceAttr(web, "image_id",
				image.ID)),
		},
	)
}

func TestScalewayImage_ofAnotherNameIsAnotherImage(t *testing.T) {
	t.Parallel()
	server, image := newScalewayShop(t)
	other := server.AddImage(scalewaytest.Image{Name: "db", NamespaceID: image.NamespaceID})
	runScaleway(t, server, nil,
		resource.TestStep{Config: publicWeb},
		resource.TestStep{
			Config: strings.Replace(publicWeb, `"web"
  visibility`, `"db"
  visibility`, 1), ConfigPlanChecks: expecting(plancheck.ResourceActionReplace),
			Check: resource.TestCheckResourceAttr(web, "id", "fr-par/"+other.ID),
		},
	)
	if server.Find(image.ID) == nil {
		t.Error("the first image was deleted")
	}
}

func TestScalewayImage_thatIsGoneIsLookedForAgain(t *testing.T) {
	t.Parallel()
	server, image := newScalewayShop(t)
	again := scalewaytest.ID(4711)
	runScaleway(t, server, nil,
		resource.TestStep{Config: publicWeb},
		resource.TestStep{
			PreConfig: func() { server.Remove(image.ID) },
			Config:    publicWeb, ExpectError: inLines("No such image"),
		},
		resource.TestStep{
			PreConfig: func() {
				server.AddImage(scalewaytest.Image{ID: again, Name: "web", NamespaceID: image.NamespaceID})
			},
			Config: publicWeb, ConfigPlanChecks: expecting(plancheck.ResourceActionCreate),
			Check: resource.TestCheckResourceAttr(web, "image_id", again),
		},
	)
}

func TestScalewayImage_staysInStateInDoubt(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]scalewaytest.Answer{
		"not allowed":    {Status: 403, Body: `{"message":"insufficient permissions","type":"permissions_denied"}`},
		"a proxy's page": {Status: 404, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>not found</html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := newScalewayShop(t)
			runScaleway(t, server, nil,
				resource.TestStep{Config: publicWeb},
				resource.TestStep{
					PreConfig: func() { server.Fault(func(*http.Request) *scalewaytest.Answer { return &fault }) },
					Config:    publicWeb, ExpectError: inLines("Nothing was removed from the state."),
				},
				resource.TestStep{
					PreConfig: func() { server.Fault(nil) },
					Config:    publicWeb, ConfigPlanChecks: expecting(plancheck.ResourceActionNoop),
				},
			)
		})
	}
}

func TestScalewayImage_saysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hcl     string
		secret  string
		prepare func(*scalewaytest.Server, scalewaytest.Image)
		want    string
	}{
		"a key that only reads": {secret: scalewaytest.ReadOnlyKey, hcl: publicWeb,
			want: "Scaleway answered 403 Forbidden: insufficient permissions: write registry_image. The key's owner needs a " +
				"policy"},
		"a key that is unknown": {secret: "0d5ea5e0-5ec2-4e7b-8a1e-c0ffee00000f", hcl: publicWeb,
			want: "401 Unauthorized: denied authentication: API key does not exist. The key is unknown"},
		"a key of another kind": {secret: "hunter2", hcl: publicWeb,
			want: "The secret key does not have the form of one, a UUID"},
		"an image that is locked": {hcl: publicWeb, want: "Scaleway answered 423 Locked",
			prepare: func(s *scalewaytest.Server, i scalewaytest.Image) {
				s.Edit(i.ID, func(i *scalewaytest.Image) { i.Status = "locked" })
			}},
		"a name of several": {hcl: strings.Replace(publicWeb, `  namespace  = "shop"`, "", 1),
			want: "2 images have this name:", prepare: func(s *scalewaytest.Server, _ scalewaytest.Image) {
				s.AddImage(scalewaytest.Image{Name: "web", NamespaceID: s.AddNamespace(scalewaytest.Namespace{Name: "office"}).ID})
			}},
		"an image that is not there": {hcl: strings.Replace(publicWeb, `"web"
  visibility`, `"wbe"
  visibility`, 1), want: "Terraform takes over images that are there, and pushes none: push it first."},
		"an unknown region": {hcl: strings.Replace(publicWeb, "{", "{\n  region = \"fr-pra\"", 1),
			want: `"fr-pra" is no region of Scaleway: they are fr-par, nl-ams, pl-waw, it-mil`},
		"a malformed id": {hcl: `resource "demandflow_scaleway_image" "web" {
  image_id   = "12"
  visibility = "public"
}`, want: `"12" is no id of Scaleway's`},
		"an unknown visibility": {hcl: strings.Replace(publicWeb, `"public"`, `"secret"`, 1),
			want: `value must be one of: ["public" "private" "inherit"]`},
		"neither id nor name": {hcl: `resource "demandflow_scaleway_image" "web" { visibility = "public" }`,
			want: "Exactly one of these attributes must be configured: [image_id,name]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, image := newScalewayShop(t)
			if test.prepare != nil {
				test.prepare(server, image)
			}
			secret := test.secret
			if secret == "" {
				secret = scalewaytest.SecretKey
			}
			runScaleway(t, server, nil, resource.TestStep{Config: scalewayHCL(server, secret, test.hcl),
				ExpectError: inLines(test.want)})
		})
	}
}

func TestScalewayImage_importSaysWhatItTakes(t *testing.T) {
	t.Parallel()
	server, image := newScalewayShop(t)
	for _, id := range []string{image.ID, "fr-pra/" + image.ID, "fr-par/web", "fr-par/" + image.ID + "/x"} {
		runScaleway(t, server, nil, resource.TestStep{
			Config: publicWeb, ResourceName: web, ImportState: true, ImportStateId: id,
			ExpectError: inLines("Give region/image_id, such as fr-par/97acc09a-89cb-4c45-8b75-207be248b202."),
		})
	}
}
