package provider_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

func TestDrift_ofAnImageThatIsGoneIsMissingUpstream(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	if _, err := tenant.Seed(
		map[string]any{"entity": entity.DockerRegistry.Code, "id": harborID, "name": "Harbor", "url": live.host,
			"status": "1", "registryType": "2"},
		map[string]any{"entity": entity.DockerImage.Code, "id": nginxID, "name": "web/frontend", "tag": "9",
			"registry": harborID, "status": "1"},
	); err != nil {
		t.Fatal(err)
	}
	live.push(t, "web/frontend:1", frontend)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, fmt.Sprintf(`
# By the entry's own full name.
data "demandflow_docker_image_drift" "x" {
  docker_image_id = %q
}
data "demandflow_oci_image" "gone" {
  reference     = "%s/web/frontend:9"
  allow_missing = true
}
data "demandflow_docker_image_drift" "given" {
  docker_image_id = %[1]q
  live            = data.demandflow_oci_image.gone
}
`, nginxID, live.host)),
		ConfigStateChecks: []statecheck.StateCheck{
			expect("data.demandflow_docker_image_drift.x", "reference", knownvalue.StringExact(live.host+"/web/frontend:9")),
			expectAt("data.demandflow_docker_image_drift.x", knownvalue.StringExact("missing_upstream"), "differences", 0,
				"class"),
			expectAt("data.demandflow_docker_image_drift.given", knownvalue.StringExact("missing_upstream"), "differences", 0,
				"class"),
			expect("data.demandflow_docker_image_drift.given", "in_sync", knownvalue.Bool(false)),
		},
	}}})
}

// frontendDrift compares the entry nginxID with web/frontend:1 of a registry, with more arguments.
func frontendDrift(live *liveRegistry, arguments ...string) string {
	return fmt.Sprintf(`
data "demandflow_docker_image_drift" "x" {
  docker_image_id = %q
  reference       = "%s/web/frontend:1"
  ignore          = ["digest"]
  %s
}
`, nginxID, live.host, strings.Join(arguments, "\n"))
}

// A tenant may call its options what it likes.
func TestDrift_readsOptionsUnderTheTenantsLabels(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	live.push(t, "web/frontend:1", frontend)
	tenant.EditField(entity.DockerImage.Code, "os", map[string]any{"type": "indexedSelect", "name": "OS", "options": []any{
		map[string]any{"id": "linux", "text": "GNU/Linux"}, map[string]any{"id": "2", "text": "Windows"},
	}})
	if _, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "id": nginxID, "name": "web/frontend",
		"tag": "1", "status": "1", "os": "linux", "entrypoint": "/docker-entrypoint.sh"}); err != nil {
		t.Fatal(err)
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, frontendDrift(live)),
		ConfigStateChecks: []statecheck.StateCheck{
			expect("data.demandflow_docker_image_drift.x", "compared", knownvalue.ListExact(texts("os", "entrypoint"))),
			expect("data.demandflow_docker_image_drift.x", "differences", knownvalue.ListSizeExact(0)),
		},
	}}})
}

func TestDrift_refusesTwoLiveImages(t *testing.T) {
	t.Parallel()
	providertest.New(t, emulator.Options{}).Run(t, resource.TestStep{
		Config: `
data "demandflow_docker_image_drift" "x" {
  docker_image_id = "3e0d6a1c-58f7-4c0b-8f0e-6a4b1d2c9e57"
  reference       = "nginx"
  live            = { digest = "sha256:11" }
}
`,
		ExpectError: regexp.MustCompile(`Contradictory arguments`),
	})
}

// Signatures are asked for only where the catalogue has some, and then must be by the keys that are given.
func TestDrift_findsSignaturesThatAreLost(t *testing.T) {
	tenant, place := providertest.New(t, emulator.Options{}), newDocumentedPlace(t)
	place.sign(t, "web/frontend", place.digestOf(place.host+"/web/frontend:1.4.2"))
	stranger := newDocumentedPlace(t).publicKey
	if _, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "id": nginxID, "name": "web/frontend",
		"tag": "1", "status": "1"}); err != nil {
		t.Fatal(err)
	}
	hcl := fmt.Sprintf(`
data "demandflow_docker_image_drift" "x" {
  docker_image_id = %q
  reference       = "%s/web/frontend:1.4.2"
  ignore          = ["digest"]
  public_keys     = [var.key]
}
variable "key" {
  default = <<EOT
%%sEOT
}
`, nginxID, place.host)
	compared := func(fields ...string) statecheck.StateCheck {
		return expect("data.demandflow_docker_image_drift.x", "compared", knownvalue.ListExact(texts(fields...)))
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{
		{
			Config:            insecure(tenant, place.host, fmt.Sprintf(hcl, stranger)),
			ConfigStateChecks: []statecheck.StateCheck{compared()},
		},
		{
			PreConfig: func() { tenant.Edit(nginxID, map[string]any{"signatureVerified": true}) },
			Config:    insecure(tenant, place.host, fmt.Sprintf(hcl, place.publicKey)),
			ConfigStateChecks: []statecheck.StateCheck{
				compared("signature_verified"), expect("data.demandflow_docker_image_drift.x", "in_sync", knownvalue.Bool(true)),
			},
		},
		{
			Config: insecure(tenant, place.host, fmt.Sprintf(hcl, stranger)),
			ConfigStateChecks: []statecheck.StateCheck{
				compared("signature_verified"),
				expectAt("data.demandflow_docker_image_drift.x", knownvalue.StringExact("signature_lost"), "differences", 0,
					"class"),
			},
		},
	}})
}

// An entry without a registry is not one of Docker Hub.
func TestDrift_asksNobodyForAnEntryWithoutARegistry(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	if _, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "id": nginxID, "name": "web/frontend",
		"tag": "1", "status": "1"}); err != nil {
		t.Fatal(err)
	}
	tenant.Run(t, resource.TestStep{
		Config: fmt.Sprintf("data \"demandflow_docker_image_drift\" \"x\" { docker_image_id = %q }\n", nginxID),
		ExpectError: regexp.MustCompile(
			`(?s)docker_image_id = .*The entry web/frontend:1 names no registry: set reference\.`),
	})
}

// The platform that is compared may be gone. That is what there is to say, and no error.
func TestDrift_ofAPlatformThatWentIsADifference(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	live.push(t, "web/frontend:1", frontend)
	if _, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "id": nginxID, "name": "web/frontend",
		"tag": "1", "status": "1", "cmd": "another"}); err != nil {
		t.Fatal(err)
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, frontendDrift(live, `platform = "linux/riscv64"`)),
		ConfigStateChecks: []statecheck.StateCheck{
			expect("data.demandflow_docker_image_drift.x", "in_sync", knownvalue.Bool(false)),
			expect("data.demandflow_docker_image_drift.x", "differences", knownvalue.ListSizeExact(1)),
			expectAt("data.demandflow_docker_image_drift.x", knownvalue.StringExact("platform_removed"), "differences", 0,
				"class"),
			expectAt("data.demandflow_docker_image_drift.x", knownvalue.StringExact("linux/riscv64"), "differences", 0,
				"catalogue"),
		},
	}}})
}

// The tag may have become a Helm chart, or an index that says nothing. Nothing was compared then, which is no agreement.
func TestDrift_ofWhatIsNoImageIsUndecided(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	live := newLiveRegistry(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			_, _ = w.Write([]byte(`{"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json"}}`))
		})
	})
	if _, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "id": nginxID, "name": "web/frontend",
		"tag": "1", "status": "1", "cmd": "nginx", "user": "101"}); err != nil {
		t.Fatal(err)
	}
	const address = "data.demandflow_docker_image_drift.x"
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, frontendDrift(live)),
		ConfigStateChecks: []statecheck.StateCheck{
			expect(address, "in_sync", knownvalue.Bool(false)), expect(address, "compared", knownvalue.ListSizeExact(0)),
			expect(address, "differences", knownvalue.ListSizeExact(0)),
			expectAt(address, knownvalue.StringExact("cmd"), "undecided", 0, "field"),
			expectAt(address, knownvalue.StringExact("user"), "undecided", 1, "field"),
		},
	}}})
}

// What is null because it is malformed is not absent, whichever data source has read the image.
func TestDrift_ofAMalformedValueIsUndecided(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	const config = `{"os":"linux","architecture":"amd64","config":{"Cmd":"nginx","User":101}}`
	live := newLiveRegistry(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			if strings.Contains(r.URL.Path, "/blobs/") {
				_, _ = w.Write([]byte(config))
				return
			}
			fmt.Fprintf(w, `{"schemaVersion":2,"layers":[],"config":{"mediaType":"application/vnd.oci.image.config.v1+json",`+
				`"size":%d,"digest":"sha256:%x"}}`, len(config), sha256.Sum256([]byte(config)))
		})
	})
	if _, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "id": nginxID, "name": "web/frontend",
		"tag": "1", "status": "1", "cmd": `["nginx"]`, "user": "101"}); err != nil {
		t.Fatal(err)
	}
	var checks []statecheck.StateCheck
	for _, address := range []string{"data.demandflow_docker_image_drift.x", "data.demandflow_docker_image_drift.given"} {
		checks = append(checks, expect(address, "compared", knownvalue.ListExact(texts("cmd"))),
			expect(address, "differences", knownvalue.ListSizeExact(0)), expect(address, "in_sync", knownvalue.Bool(false)),
			expectAt(address, knownvalue.StringExact("user"), "undecided", 0, "field"))
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, frontendDrift(live)+fmt.Sprintf(`
data "demandflow_oci_image" "x" {
  reference = "%s/web/frontend:1"
}
data "demandflow_docker_image_drift" "given" {
  docker_image_id = %q
  live            = data.demandflow_oci_image.x
  ignore          = ["digest"]
}
`, live.host, nginxID)),
		ConfigStateChecks: append(checks,
			expect("data.demandflow_oci_image.x", "unread", knownvalue.ListExact(texts("config.User")))),
	}}})
}
