package imagedata

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/synthetic"
)

const webData = "data.demandflow_scaleway_image.web"

func TestScalewayImageData_givesImageAndTag(t *testing.T) {
	t.Parallel()
	server, image := newScalewayShop(t)
	digest := "sha256:" + strings.Repeat("a", 64)
	check := resource.ComposeAggregateTestCheckFunc(
		resource.TestCheckResourceAttr(webData, "source", "scaleway"),
		resource.TestCheckResourceAttr(webData, "exists", "true"),
		resource.TestCheckResourceAttr(webData, "reference", "rg.fr-par.scw.cloud/shop/web:v1"),
		resource.TestCheckResourceAttr(webData, "pinned_reference", "rg.fr-par.scw.cloud/shop/web@"+digest),
		resource.TestCheckResourceAttr(webData, "image_id", image.ID),
		resource.TestCheckResourceAttr(webData, "region", "fr-par"),
		resource.TestCheckResourceAttr(webData, "scaleway.visibility", "inherit"),
		resource.TestCheckResourceAttr(webData, "scaleway.public", "false"),
		resource.TestCheckResourceAttr(webData, "scaleway.tags.#", "2"),
		resource.TestCheckResourceAttr(webData, "scaleway.tags.1.digest", digest),
		resource.TestCheckNoResourceAttr(webData, "catalogue"),
	)
	runScaleway(t, server, nil,
		resource.TestStep{Check: check, Config: `
data "demandflow_scaleway_image" "web" {
  namespace = "shop"
  name      = "web"
  tag       = "v1"
}`},
		resource.TestStep{Check: check, Config: fmt.Sprintf(`
data "demandflow_scaleway_image" "web" {
  region   = "fr-par"
  image_id = %q
  tag      = "v1"
}`, image.ID)},
	)
}

func TestScalewayImageData_mayBeMissing(t *testing.T) {
	t.Parallel()
	server, _ := newScalewayShop(t)
	missing := `
data "demandflow_scaleway_image" "web" {
  name          = "wbe"
  allow_missing = %t
}`
	runScaleway(t, server, nil,
		resource.TestStep{Config: fmt.Sprintf(missing, true), Check: resource.ComposeAggregateTestCheckFunc(
			resource.TestCheckResourceAttr(webData, "exists", "false"), resource.TestCheckNoResourceAttr(webData, "digest"))},
		resource.TestStep{Config: fmt.Sprintf(missing, false),
			ExpectError: inLines("find the image wbe in region fr-par: Scaleway has none of this name that the key may see")},
		resource.TestStep{Config: `
data "demandflow_scaleway_image" "web" {
  name = "web"
  tag  = "v9"
}`, ExpectError: inLines("the image has no such tag: there are latest, v1.")},
	)
}

func TestScalewayImagesData_bringsEveryImageInOrder(t *testing.T) {
	t.Parallel()
	server := scalewaytest.New(t)
	namespaces := map[string]string{}
	for _, region := range []string{"fr-par", "nl-ams"} {
		namespaces[region] = server.AddNamespace(scalewaytest.Namespace{Name: "shop-" + region, Region: region}).ID
	}
	for n := range 250 {
		server.AddImage(scalewaytest.Image{
			Name: fmt.Sprintf("app-%d", n%7), NamespaceID: namespaces[[]string{"fr-par", "nl-ams"}[n%2]],
			CreatedAt: time.Date(2026, 1, 1+n%3, 0, 0, 0, 0, time.UTC),
		})
	}
	const list = "data.demandflow_scaleway_images.all"
	runScaleway(t, server, nil,
		resource.TestStep{Config: `data "demandflow_scaleway_images" "all" { order_by = "size" }`,
			ExpectError: inLines("Attribute order_by value must be one of:")},
		resource.TestStep{Config: `data "demandflow_scaleway_images" "all" { regions = ["mars"] }`,
			ExpectError: inLines(`"mars" is no region of Scaleway`)},
		resource.TestStep{
			Config: `
data "demandflow_scaleway_images" "all" {
  regions  = ["fr-par", "nl-ams"]
  order_by = "name_desc"
}`,
			Check: resource.ComposeAggregateTestCheckFunc(resource.TestCheckResourceAttr(list, "images.#", "250"),
				resource.TestCheckResourceAttr(list, "images.0.scaleway.name", "app-6"), resource.TestCheckResourceAttr(list,
					"images.0.scaleway.id", scalewaytest.ID(7)),
				resource.TestCheckResourceAttr(list, "images.249.scaleway.name", "app-0")),
		},
		resource.TestStep{
			Config: `
data "demandflow_scaleway_images" "all" {
  namespace = "shop-fr-par"
  name      = "app-3"
  limit     = 2
}`,
			Check: resource.ComposeAggregateTestCheckFunc(resource.TestCheckResourceAttr(list, "images.#", "2"),
				resource.TestCheckResourceAttr(list, "images.1.scaleway.namespace", "shop-fr-par")),
		},
		resource.TestStep{
			Config: `data "demandflow_scaleway_images" "all" { name = "none" }`,
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(list, tfjsonpath.New("images"),
				knownvalue.ListExact(nil))},
		},
	)
}

// newScalewayRegistry puts the registry at the API's address, which wants Scaleway's key. It holds an image for a
// namespace.
func newScalewayRegistry(t *testing.T, api *scalewaytest.Server) (host, digest string) {
	t.Helper()
	images := registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0)))
	api.ServeRegistry(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if username, password, ok := r.BasicAuth(); !ok || username != "nologin" || password != scalewaytest.SecretKey {
			w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		images.ServeHTTP(w, r)
	}))
	host = strings.TrimPrefix(api.URL, "http://")
	digest, err := synthetic.Push(host+"/shop/web:v1", synthetic.Description{
		Platforms: []string{"linux/amd64", "linux/arm64"},
		Config: v1.Config{Entrypoint: []string{"/web"}, User: "101",
			Labels:       map[string]string{"org.opencontainers.image.licenses": "MIT"},
			ExposedPorts: map[string]struct{}{"8080/tcp": {}}},
	}, loggedIn{http.DefaultTransport})
	if err != nil {
		t.Fatal(err)
	}
	return host, digest
}

type loggedIn struct{ http.RoundTripper }

func (l loggedIn) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.SetBasicAuth("nologin", scalewaytest.SecretKey)
	return l.RoundTripper.RoundTrip(r)
}

// The environment turns verification of the registry's certificate off, so this test runs by itself.
func TestScalewayImageData_hasTheCatalogueOfTheRegistry(t *testing.T) {
	t.Setenv("SCW_INSECURE", "true")
	server := scalewaytest.New(t)
	host, digest := newScalewayRegistry(t, server)
	server.AddImage(scalewaytest.Image{
		Name: "web", NamespaceID: server.AddNamespace(scalewaytest.Namespace{Name: "shop", Endpoint: host + "/shop"}).ID,
		Tags: []scalewaytest.Tag{{Name: "v1", Digest: digest}, {Name: "v2", Digest: digest}},
	})
	client, err := oci.New(oci.Config{})
	if err != nil {
		t.Fatal(err)
	}
	login := &oci.Registry{Username: "nologin", Password: scalewaytest.SecretKey, Insecure: true}
	want, err := client.Image(t.Context(), host+"/shop/web:v1", oci.Options{Platform: "linux/arm64",
		Include: []string{oci.IncludeConfig}, Registry: login})
	if err != nil {
		t.Fatal(err)
	}
	web := func(tag string) string {
		return fmt.Sprintf(`
data "demandflow_scaleway_image" "web" {
  name     = "web"%s
  platform = "linux/arm64"
  include  = ["config"]
}`, tag)
	}
	runScaleway(t, server, nil,
		resource.TestStep{Config: web(""), ExpectError: inLines(`The registry is asked for one tag of ` + host +
			`/shop/web, but the image has several`)},
		resource.TestStep{Config: web("\n  tag = \"v1\""), Check: resource.ComposeAggregateTestCheckFunc(
			resource.TestCheckResourceAttr(webData, "source", "scaleway"),
			resource.TestCheckResourceAttr(webData, "reference", host+"/shop/web:v1"),
			resource.TestCheckResourceAttr(webData, "digest", *want.Digest),
			resource.TestCheckResourceAttr(webData, "config_digest", *want.ConfigDigest),
			resource.TestCheckResourceAttr(webData, "platforms.#", "2"),
			resource.TestCheckResourceAttr(webData, "tags.#", "2"),
			resource.TestCheckResourceAttr(webData, "scaleway.name", "web"),
			func(state *terraform.State) error {
				got := state.RootModule().Resources[webData].Primary.Attributes
				for name, value := range map[string]*string{
					"tag": want.Catalogue.Tag, "name": want.Catalogue.Name, "entrypoint": want.Catalogue.Entrypoint,
					"user": want.Catalogue.User, "labels": want.Catalogue.Labels,
					"exposed_ports": want.Catalogue.ExposedPorts, "license": want.Catalogue.License, "os": want.Catalogue.OS,
				} {
					if value == nil || got["catalogue."+name] != *value {
						return fmt.Errorf("catalogue.%s: %s", name, cmp.Diff(value, got["catalogue."+name]))
					}
				}
				return nil
			},
		)},
	)
}

func TestScaleway_thatNobodyUsesCostsNothing(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("SCW_PROFILE", "none") // would be an error, if somebody looked
	server := scalewaytest.New(t)
	runScaleway(t, server, nil,
		resource.TestStep{Config: `
provider "demandflow" {}
data "demandflow_scaleway_images" "all" {
  count = 0
}
output "x" { value = "y" }`},
		resource.TestStep{Config: `
provider "demandflow" {}
data "demandflow_scaleway_images" "all" {}`, ExpectError: inLines("there is no file " + home + "/scw/config.yaml, which SCW_CONFIG_PATH and profiles are about.")},
	)
}

func TestScaleway_settingsAreCheckedInThePlan(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{
		`region = "mars"`:                        `"mars" is no region of Scaleway`,
		`secret_key = "hunter2"`:                 `There is a secret key without its access key`,
		`api_url = "https://me:pw@example.com"`:  `The address of the API is not an http or https URL without user`,
		`project_id = "mine"`:                    `"mine" is no id of Scaleway's`,
		`access_key = "SCW", secret_key = "abc"`: `The access key does not have the form of one`,
	} {
		runScaleway(t, scalewaytest.New(t), nil, resource.TestStep{
			Config: fmt.Sprintf("provider \"demandflow\" {\n  scaleway = { %s }\n}\ndata \"demandflow_scaleway_images\" "+
				"\"all\" {}", setting), ExpectError: inLines(want),
		})
	}
}
