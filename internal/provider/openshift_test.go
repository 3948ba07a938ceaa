package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// clusterImage is what a cluster has of an image that runs as the front end does. No two have the same layers, nor
// digest.
func clusterImage(t *testing.T, reference string, form openshifttest.Form) openshifttest.Object {
	t.Helper()
	img, err := random.Image(64, 1)
	if err != nil {
		t.Fatal(err)
	}
	file, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Author, file.Config = "linux", "amd64", frontend.Author, frontend.Config
	if img, err = mutate.ConfigFile(img, file); err != nil {
		t.Fatal(err)
	}
	return openshifttest.Describe(t, img, reference, form)
}

// onCluster is a configuration of the provider for a cluster.
func onCluster(tenant *providertest.Tenant, api *openshifttest.API, hcl string) string {
	return withCluster(tenant, fmt.Sprintf("{ host = %q, token = %q, ca_certificate = %q }", api.URL, openshifttest.Token,
		api.CACertificate), hcl)
}

func withCluster(tenant *providertest.Tenant, cluster, hcl string) string {
	return strings.Replace(tenant.Config(hcl), "provider \"demandflow\" {\n", "provider \"demandflow\" {\n  openshift = "+
		cluster+"\n", 1)
}

func runOnCluster(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: steps})
}

func TestOpenShiftImage_isReadByDigestAndByPullSpec(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	o := clusterImage(t, "registry.example.com/web/frontend:1.4.2", openshifttest.Whole)
	api := openshifttest.New(t, o)
	checks := func(address string) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			expect(address, "exists", knownvalue.Bool(true)), expect(address, "source", knownvalue.StringExact("openshift")),
			expect(address, "digest", knownvalue.StringExact(o.Name())), expect(address, "platform",
				knownvalue.StringExact("linux/amd64")),
			expect(address, "pinned_reference", knownvalue.StringExact("registry.example.com/web/frontend@"+o.Name())),
			expectAt(address, knownvalue.StringExact("config"), "openshift", "facts_from"),
			expectAt(address, knownvalue.StringExact("registry.example.com/web/frontend:1.4.2"), "openshift", "pull_spec"),
			expectAt(address, knownvalue.StringExact(`["nginx","-g","daemon off;"]`), "catalogue", "cmd"),
			expectAt(address, knownvalue.StringExact("1.4.2"), "catalogue", "version"),
		}
	}
	const one, raw = "data.demandflow_openshift_image.digest", "data.demandflow_openshift_image.raw"
	runOnCluster(t, resource.TestStep{
		Config: onCluster(tenant, api, fmt.Sprintf(`
data "demandflow_openshift_image" "digest" {
  name = %[1]q
}
data "demandflow_openshift_image" "pinned" {
  name = "elsewhere.example.com/web/frontend@%[1]s"
}
data "demandflow_openshift_image" "raw" {
  name    = "registry.example.com/web/frontend:1.4.2"
  include = ["raw"]
}
`, o.Name())),
		ConfigStateChecks: slices.Concat(checks(one), checks("data.demandflow_openshift_image.pinned"), checks(raw),
			[]statecheck.StateCheck{
				expectAt(one, knownvalue.Null(), "openshift", "config"),
				expectAt(raw, knownvalue.StringExact(o["dockerImageConfig"].(string)), "openshift", "config"),
			}),
	})
}

func TestOpenShiftImage_mayBeMissingIfToldSo(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	api := openshifttest.New(t, clusterImage(t, "registry.example.com/web/frontend:1.4.2", openshifttest.Whole))
	missing := func(name string, allowed bool) string {
		return onCluster(tenant, api, fmt.Sprintf("data \"demandflow_openshift_image\" \"x\" {\n  name          = %q\n  "+
			"allow_missing = %t\n}\n", name, allowed))
	}
	gone := []statecheck.StateCheck{
		expect("data.demandflow_openshift_image.x", "exists", knownvalue.Bool(false)),
		expect("data.demandflow_openshift_image.x", "digest", knownvalue.Null()),
	}
	byDigest, byTag := "sha256:"+strings.Repeat("9", 64), "registry.example.com/web/frontend:2.0.0"
	runOnCluster(t,
		resource.TestStep{Config: missing(byDigest, false), ExpectError: regexp.MustCompile(`(?s)No such image.*name *=`)},
		resource.TestStep{Config: missing(byTag, false),
			ExpectError: regexp.MustCompile(`(?s)No such image.*oc\s+get\s+istag`)},
		resource.TestStep{Config: missing(byDigest, true), ConfigStateChecks: gone},
		resource.TestStep{Config: missing(byTag, true), ConfigStateChecks: gone},
	)
}

// Only what says for certain that there is no such image lets it be missing.
func TestOpenShiftImage_thatIsNotShownIsNotMissing(t *testing.T) {
	t.Parallel()
	tenant, api := providertest.New(t, emulator.Options{}), openshifttest.New(t)
	api.Answer(func(w http.ResponseWriter, _ *http.Request) bool {
		openshifttest.Refuse(w, http.StatusForbidden, "Forbidden",
			`images.image.openshift.io is forbidden: User "nobody" cannot get resource "images"`, nil)
		return true
	})
	runOnCluster(t, resource.TestStep{
		Config: onCluster(tenant, api, "data \"demandflow_openshift_image\" \"x\" {\n  name          = \"sha256:"+
			strings.Repeat("9", 64)+"\"\n  allow_missing = true\n}\n"),
		ExpectError: regexp.MustCompile(`(?s)Cannot read the image.*User\s+"nobody"\s+cannot.*add-cluster-role-to-user`),
	})
}

func TestOpenShiftImages_areChosenAndInOrder(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	var all []openshifttest.Object
	for index := range 230 {
		name := fmt.Sprintf("sha256:%064d", index)
		all = append(all, openshifttest.Object{
			"kind": "Image", "apiVersion": "image.openshift.io/v1", "metadata": map[string]any{"name": name},
			"dockerImageReference": fmt.Sprintf("registry.example.com/web/ship%d@%s", index%2, name),
		})
	}
	api := openshifttest.New(t, all...)
	const list = "data.demandflow_openshift_images."
	at := func(address string, index, number int) statecheck.StateCheck {
		return expectAt(list+address, knownvalue.StringExact(fmt.Sprintf("sha256:%064d", number)), "images", index,
			"openshift", "name")
	}
	runOnCluster(t, resource.TestStep{
		Config: onCluster(tenant, api, `
data "demandflow_openshift_images" "all" {}
data "demandflow_openshift_images" "odd" {
  repository = "registry.example.com/web/ship1"
}
data "demandflow_openshift_images" "three" {
  reference      = "/ship0@sha256:0*[1-9]"
  label_selector = "team=web"
  limit          = 3
}
data "demandflow_openshift_images" "none" {
  reference = "^quay"
}
`),
		ConfigStateChecks: []statecheck.StateCheck{
			expect(list+"all", "images", knownvalue.ListSizeExact(230)), at("all", 0, 0), at("all", 229, 229),
			expect(list+"odd", "images", knownvalue.ListSizeExact(115)), at("odd", 114, 229),
			expect(list+"three", "images", knownvalue.ListSizeExact(3)), at("three", 0, 2), at("three", 2, 6),
			expect(list+"none", "images", knownvalue.ListSizeExact(0)),
		},
		Check: func(*terraform.State) error {
			for _, request := range api.Requests() {
				if strings.Contains(request, "labelSelector=team%3Dweb") {
					return nil
				}
			}
			return fmt.Errorf("the cluster was not asked for the labels: %v", api.Requests())
		},
	})
}

func TestDrift_takesAnOpenShiftImage(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	o := clusterImage(t, "registry.example.com/web/frontend:1.4.2", openshifttest.Metadata10)
	api := openshifttest.New(t, o)
	if _, err := tenant.Seed(map[string]any{
		"entity": entity.DockerImage.Code, "id": nginxID, "name": "web/frontend", "tag": "1.4.2", "status": "1",
		"cmd": "nginx -g 'daemon off;'", "user": "root",
		"healthcheck": `{"test":["CMD","true"]}`, // the cluster's metadata cannot tell
	}); err != nil {
		t.Fatal(err)
	}
	tenant.Edit(nginxID, map[string]any{"imageId": o.Name()})
	runOnCluster(t, resource.TestStep{
		Config: onCluster(tenant, api, fmt.Sprintf(`
data "demandflow_openshift_image" "x" {
  name = %q
}
data "demandflow_openshift_images" "x" {
  repository = "registry.example.com/web/frontend"
}
data "demandflow_docker_image_drift" "one" {
  docker_image_id = %q
  live            = data.demandflow_openshift_image.x
}
data "demandflow_docker_image_drift" "listed" {
  docker_image_id = %[2]q
  live            = data.demandflow_openshift_images.x.images[0]
}
`, o.Name(), nginxID)),
		ConfigStateChecks: slices.Concat(driftOfUser("one"), driftOfUser("listed")),
	})
}

// driftOfUser is that digest and command agree, and the user does not.
func driftOfUser(name string) []statecheck.StateCheck {
	address := "data.demandflow_docker_image_drift." + name
	return []statecheck.StateCheck{
		expect(address, "compared", knownvalue.ListExact(texts("digest", "cmd", "user"))), expect(address, "differences",
			knownvalue.ListSizeExact(1)),
		expectAt(address, knownvalue.StringExact("config_changed"), "differences", 0, "class"),
		expectAt(address, knownvalue.StringExact("101:101"), "differences", 0, "live"),
	}
}

// Every description of the same image fills an entry in the same way.
func TestOpenShiftImage_fillsACatalogueEntryThatThenHasNoDrift(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	o := clusterImage(t, "registry.example.com/web/frontend:1.4.2", openshifttest.Whole)
	filled := strings.ReplaceAll(fillEverything, "data.demandflow_oci_image.x", "data.demandflow_openshift_image.x")
	runOnCluster(t, resource.TestStep{
		Config: onCluster(tenant, openshifttest.New(t, o), fmt.Sprintf(`
data "demandflow_openshift_image" "x" {
  name = %q
}
%s
# The emulator makes the digest up.
data "demandflow_docker_image_drift" "x" {
  docker_image_id = demandflow_docker_image.x.id
  live            = data.demandflow_openshift_image.x
  ignore          = ["digest"]
}
`, o.Name(), filled)),
		ConfigStateChecks: []statecheck.StateCheck{
			expect("demandflow_docker_image.x", "name", knownvalue.StringExact("web/frontend")),
			expect("demandflow_docker_image.x", "tag", knownvalue.StringExact("1.4.2")),
			expect("demandflow_docker_image.x", "exposed_ports", knownvalue.StringExact(`["443/tcp","8080/tcp"]`)),
			expect("data.demandflow_docker_image_drift.x", "in_sync", knownvalue.Bool(true)),
		},
	})
}
