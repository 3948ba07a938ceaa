package provider_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/synthetic"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A liveRegistry is an OCI registry in this process that counts what it is asked.
type liveRegistry struct {
	host string

	mu       sync.Mutex
	requests []string
}

// newLiveRegistry starts one. Around it, a test can put what makes trouble.
func newLiveRegistry(t *testing.T, around func(http.Handler) http.Handler) *liveRegistry {
	t.Helper()
	handler := registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0)))
	if around != nil {
		handler = around(handler)
	}
	live := &liveRegistry{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		live.mu.Lock()
		live.requests = append(live.requests, r.Method+" "+r.URL.Path)
		live.mu.Unlock()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	live.host = strings.Replace(strings.TrimPrefix(server.URL, "http://"), "127.0.0.1", "localhost", 1)
	return live
}

// push puts an image there and says its digest.
func (l *liveRegistry) push(t *testing.T, repository string, d synthetic.Description) string {
	t.Helper()
	digest, err := synthetic.Push(l.host+"/"+repository, d, nil)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// counted are the requests since the last call.
func (l *liveRegistry) counted() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	requests := l.requests
	l.requests = nil
	return requests
}

var frontend = synthetic.Description{
	Platforms: []string{"linux/amd64", "linux/arm64/v8", "linux/s390x"},
	Author:    "web@example.com",
	Config: v1.Config{
		Entrypoint: []string{"/docker-entrypoint.sh"}, Cmd: []string{"nginx", "-g", "daemon off;"}, WorkingDir: "/srv",
		User: "101:101",
		Env:  []string{"PATH=/usr/bin", "MODE=a=b"}, ExposedPorts: map[string]struct{}{"8080/tcp": {}, "443/tcp": {}},
		Volumes: map[string]struct{}{"/cache": {}}, StopSignal: "SIGQUIT",
		Healthcheck: &v1.HealthConfig{Test: []string{"CMD", "curl", "-f", "localhost"}, Interval: 30e9, Retries: 3},
		Labels: map[string]string{
			"org.opencontainers.image.version": "1.4.2", "org.opencontainers.image.licenses": "MPL-2.0", "team": "web",
			"org.opencontainers.image.source": "https://git.example.com/web/frontend",
		},
	},
}

// insecure is the provider's configuration for a registry without TLS.
func insecure(tenant *providertest.Tenant, host, hcl string) string {
	return fmt.Sprintf(`
provider "demandflow" {
  endpoint    = %q
  token       = %q
  max_retries = 1
  oci         = { registries = { %q = { insecure = true } } }
}
%s`, tenant.URL, emulator.DefaultToken, host, hcl)
}

// fillEverything is a resource with all that a live image tells.
const fillEverything = `
resource "demandflow_docker_image" "x" {
  name   = data.demandflow_oci_image.x.catalogue.name
  tag    = data.demandflow_oci_image.x.catalogue.tag
  status = "Active"

  description     = data.demandflow_oci_image.x.catalogue.description
  base_image      = data.demandflow_oci_image.x.catalogue.base_image
  architecture    = data.demandflow_oci_image.x.catalogue.architecture
  os              = data.demandflow_oci_image.x.catalogue.os
  build_platforms = data.demandflow_oci_image.x.catalogue.build_platforms
  entrypoint      = data.demandflow_oci_image.x.catalogue.entrypoint
  cmd             = data.demandflow_oci_image.x.catalogue.cmd
  working_dir     = data.demandflow_oci_image.x.catalogue.working_dir
  user            = data.demandflow_oci_image.x.catalogue.user
  shell           = data.demandflow_oci_image.x.catalogue.shell
  env             = data.demandflow_oci_image.x.catalogue.env
  exposed_ports   = data.demandflow_oci_image.x.catalogue.exposed_ports
  volumes         = data.demandflow_oci_image.x.catalogue.volumes
  healthcheck     = data.demandflow_oci_image.x.catalogue.healthcheck
  labels          = data.demandflow_oci_image.x.catalogue.labels
  maintainer      = data.demandflow_oci_image.x.catalogue.maintainer
  version         = data.demandflow_oci_image.x.catalogue.version
  license         = data.demandflow_oci_image.x.catalogue.license
  git_repo        = data.demandflow_oci_image.x.catalogue.git_repo
}
`

func TestOCIImage_fillsACatalogueEntryThatThenHasNoDrift(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	digest := live.push(t, "web/frontend:1.4.2", frontend)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, fmt.Sprintf(`
data "demandflow_oci_image" "x" {
  reference = "%s/web/frontend:1.4.2"
}
%s
# The emulator makes the digest up.
data "demandflow_docker_image_drift" "read" {
  docker_image_id = demandflow_docker_image.x.id
  reference       = data.demandflow_oci_image.x.reference
  ignore          = ["digest"]
}
data "demandflow_docker_image_drift" "moved" {
  docker_image_id = demandflow_docker_image.x.id
  reference       = data.demandflow_oci_image.x.reference
}
# It may be that of a configuration, which this data source reads for one platform alone.
data "demandflow_docker_image_drift" "given" {
  docker_image_id = demandflow_docker_image.x.id
  live            = data.demandflow_oci_image.x
}
`, live.host, fillEverything)),
		ConfigStateChecks: []statecheck.StateCheck{
			expect("data.demandflow_oci_image.x", "digest", knownvalue.StringExact(digest)),
			expect("data.demandflow_oci_image.x", "exists", knownvalue.Bool(true)),
			expect("data.demandflow_oci_image.x", "platform", knownvalue.StringExact("linux/amd64")),
			expect("data.demandflow_oci_image.x", "platforms", knownvalue.ListSizeExact(3)),
			expect("data.demandflow_oci_image.x", "pinned_reference", knownvalue.StringExact(live.host+"/web/frontend@"+digest)),
			expect("demandflow_docker_image.x", "cmd", knownvalue.StringExact(`["nginx","-g","daemon off;"]`)),
			expect("demandflow_docker_image.x", "exposed_ports", knownvalue.StringExact(`["443/tcp","8080/tcp"]`)),
			expect("demandflow_docker_image.x", "maintainer", knownvalue.StringExact("web@example.com")),
			expect("data.demandflow_docker_image_drift.read", "in_sync", knownvalue.Bool(true)),
			expect("data.demandflow_docker_image_drift.read", "compared", knownvalue.ListExact(texts(
				"architecture", "build_platforms", "os", "entrypoint", "cmd", "working_dir", "user", "env", "exposed_ports",
				"volumes",
				"healthcheck", "labels", "maintainer", "version", "license", "git_repo"))),
			expect("data.demandflow_docker_image_drift.read", "undecided", knownvalue.ListSizeExact(0)),
			expect("data.demandflow_docker_image_drift.moved", "differences", knownvalue.ListSizeExact(1)),
			expectAt("data.demandflow_docker_image_drift.moved", knownvalue.StringExact("moved_tag"), "differences", 0, "class"),
			expectAt("data.demandflow_docker_image_drift.moved", knownvalue.StringExact(digest), "differences", 0, "live"),
			expect("data.demandflow_docker_image_drift.given", "differences", knownvalue.ListSizeExact(0)),
			expectAt("data.demandflow_docker_image_drift.given", knownvalue.StringExact("digest"), "undecided", 0, "field"),
			expect("data.demandflow_docker_image_drift.given", "in_sync", knownvalue.Bool(false)),
		},
	}}})
}

func TestOCIImage_asksForNoMoreThanWhatIsIncluded(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	digest := live.push(t, "web/frontend:1.4.2", frontend)
	live.counted()
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, fmt.Sprintf(`
data "demandflow_oci_image" "x" {
  reference = "%s/web/frontend:1.4.2"
  include   = []
}
`, live.host)),
		ConfigStateChecks: []statecheck.StateCheck{
			expect("data.demandflow_oci_image.x", "digest", knownvalue.StringExact(digest)),
			expect("data.demandflow_oci_image.x", "catalogue", knownvalue.Null()),
		},
	}}})
	for _, request := range live.counted() {
		if request != "GET /v2/" && request != "HEAD /v2/web/frontend/manifests/1.4.2" {
			t.Errorf("a digest alone costs the request %s", request)
		}
	}
}

func TestOCIImage_mayBeMissingIfToldSo(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	live.push(t, "web/frontend:1.4.2", frontend)
	hcl := `
data "demandflow_oci_image" "x" {
  reference     = "%s/web/frontend:2.0.0"
  allow_missing = %t
}
`
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{
		{
			Config:      insecure(tenant, live.host, fmt.Sprintf(hcl, live.host, false)),
			ExpectError: regexp.MustCompile(`No such image[\s\S]*reference[\s\S]*web/frontend:2\.0\.0`),
		},
		{
			Config: insecure(tenant, live.host, fmt.Sprintf(hcl, live.host, true)),
			ConfigStateChecks: []statecheck.StateCheck{
				expect("data.demandflow_oci_image.x", "exists", knownvalue.Bool(false)),
				expect("data.demandflow_oci_image.x", "digest", knownvalue.Null()),
				expect("data.demandflow_oci_image.x", "platforms", knownvalue.ListSizeExact(0)),
			},
		},
	}})
}

// A registry that fails takes nothing from what another one says.
func TestOCIImage_ofAFailingRegistryHidesNoOther(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	live.push(t, "web/frontend:1.4.2", frontend)
	broken := newLiveRegistry(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	})
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, fmt.Sprintf(`
data "demandflow_oci_image" "good" {
  reference = "%s/web/frontend:1.4.2"
  lifecycle {
    postcondition {
      condition     = self.digest == ""
      error_message = "The good one was read: ${self.catalogue.version}"
    }
  }
}
data "demandflow_oci_image" "bad" {
  reference = "%s/web/frontend:1.4.2"
  registry  = { insecure = true }
}
`, live.host, broken.host)),
		ExpectError: regexp.MustCompile(
			`(?s)(The good one was read: 1\.4\.2.*Cannot read the image|Cannot read the image.*The good one was read: 1\.4\.2)`),
	}}})
}

func TestOCITags_areChosenAndInOrder(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	for _, tag := range []string{"1.9.0", "1.10.0", "2.0.0", "latest", "1.10.0-rc1"} {
		live.push(t, "web/frontend:"+tag, synthetic.Description{Seed: tag})
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{
		{
			Config: insecure(tenant, live.host, fmt.Sprintf(`
data "demandflow_oci_tags" "ones" {
  repository = "%[1]s/web/frontend"
  semver     = "~> 1.9"
}
data "demandflow_oci_tags" "none" {
  repository = "%[1]s/web/frontend"
  regex      = "^3"
}
data "demandflow_oci_tags" "one" {
  repository = "%[1]s/web/frontend"
  order_by   = "semver"
  limit      = 1
}
`, live.host)),
			ConfigStateChecks: []statecheck.StateCheck{
				expect("data.demandflow_oci_tags.ones", "tags", knownvalue.ListExact(texts("1.10.0", "1.9.0"))),
				expect("data.demandflow_oci_tags.ones", "latest", knownvalue.StringExact("1.10.0")),
				expect("data.demandflow_oci_tags.none", "tags", knownvalue.ListSizeExact(0)),
				expect("data.demandflow_oci_tags.none", "latest", knownvalue.Null()),
				expect("data.demandflow_oci_tags.one", "tags", knownvalue.ListExact(texts("2.0.0"))),
			},
		},
		{
			Config: insecure(tenant, live.host,
				fmt.Sprintf("data \"demandflow_oci_tags\" \"x\" {\n  repository = \"%s/web/nothing\"\n}\n", live.host)),
			ExpectError: regexp.MustCompile(`No such repository`),
		},
	}})
}
