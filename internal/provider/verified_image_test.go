package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/synthetic"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const verifiedImage = "modules/verified-image"

// Each rule stops a plan, and one that is turned off does not.
func TestVerifiedImage_holdsEachRuleThatIsOn(t *testing.T) {
	place := newDocumentedPlace(t)
	good := place.push(t, "web/good:1.0", frontend)
	place.sign(t, "web/good", good)
	bare := place.push(t, "web/bare:1.0", synthetic.Description{Config: v1.Config{User: "0:0",
		Healthcheck: &v1.HealthConfig{Test: []string{"NONE"}}}})
	place.push(t, "web/bare:latest", synthetic.Description{})
	zero := place.push(t, "web/zero:1.0", synthetic.Description{Config: v1.Config{User: "00:0"}})
	index, platform := place.pushPartlySigned(t, "web/partly:1.0")
	run := newVerifiedImageRun(t)

	pinned := "registry.example.com/web/good@" + good
	trusted := `allowed_registries = ["registry.example.com"]`
	signed := fmt.Sprintf("%s\n  public_keys = [<<EOT\n%sEOT\n]", trusted, place.publicKey)
	for _, test := range []struct{ name, reference, arguments, want string }{
		{"an image that keeps to all of them", pinned, signed, ""},
		{"a tag beside the digest", "registry.example.com/web/good:1.0@" + good, signed, ""},
		{"another registry", pinned, strings.ReplaceAll(signed, `["registry`, `["other-registry`),
			"and images may come from: other-registry"},
		{"another registry, allowed", pinned, strings.ReplaceAll(signed, trusted, "rules = { allowed_registry = false }"),
			""},
		{"no registry", pinned, strings.ReplaceAll(signed, `["registry.example.com"]`, "[]"),
			"and allowed_registries is empty."},
		{"a short name", "nginx", trusted, "nginx comes from docker.io"},
		{"an old name of Docker Hub", "index.docker.io/library/nginx:1", trusted, "comes from docker.io"},
		{"a scheme", "https://registry.example.com/web/good:1.0", trusted, "is no reference of an image"},
		{"no digest", "registry.example.com/web/good:1.0", signed, "has no digest"},
		{"no digest, allowed", "registry.example.com/web/good:1.0", signed + "\n  rules = { digest_pinned = false }", ""},
		{"the latest", "registry.example.com/web/bare:latest", trusted, "whatever was pushed last"},
		{"no tag", "registry.example.com/web/bare", trusted, "whatever was pushed last"},
		{"the latest, allowed", "registry.example.com/web/bare:latest", trusted +
			"\n  rules = { digest_pinned = false, no_latest = false, signed = false, non_root = false, healthcheck = false }",
			""},
		{"no key", pinned, trusted, "give public_keys"},
		{"no signature", "registry.example.com/web/bare@" + bare, signed, "by one of the public keys: 0 found"},
		{"root", "registry.example.com/web/bare@" + bare, trusted + "\n  rules = { signed = false, healthcheck = false }",
			"runs as root"},
		{"root by another number", "registry.example.com/web/zero@" + zero, trusted +
			"\n  rules = { signed = false, healthcheck = false }", "runs as root"},
		{"one platform signed", "registry.example.com/web/partly@" + index, signed, "No signature of " + index +
			", which is"},
		{"one platform signed, by its name", "registry.example.com/web/partly@" + index, signed, "0 found; signed is only " +
			platform + ","},
		{"a digest by SHA-512", "registry.example.com/web/good@sha512:" + strings.Repeat("0", 128), signed, "No such image"},
		{"no healthcheck", "registry.example.com/web/bare@" + bare, trusted +
			"\n  rules = { signed = false, non_root = false }", "has no healthcheck"},
		{"neither, allowed", "registry.example.com/web/bare@" + bare, trusted +
			"\n  rules = { signed = false, non_root = false, healthcheck = false }", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			configuration := fmt.Sprintf("module \"x\" {\n  source    = \"./%s\"\n  reference = %q\n  %s\n}\noutput \"x\" {\n "+
				" value = module.x.pinned_reference\n}\n", verifiedImage, test.reference, test.arguments)
			printed := run.plan(t, place.local(configuration)+place.settings(configuration))
			printed = place.documented(unwrapped(printed))
			if test.want == "" && strings.Contains(printed, "Error:") || !strings.Contains(printed, test.want) {
				t.Errorf("the plan of\n%s\nshould say %q, and says\n%s", configuration, test.want, printed)
			}
			if test.want == "" && !strings.Contains(printed, "@sha256:") {
				t.Errorf("the plan shows no pinned reference:\n%s", printed)
			}
		})
	}
}

// The page's blocks are there to be copied. The images of others are not in this registry.
func TestVerifiedImage_pageApplies(t *testing.T) {
	place := newDocumentedPlace(t)
	run := newVerifiedImageRun(t)
	place.sign(t, "web/frontend", place.digestOf(place.host+"/web/frontend:1.4.2"))
	source := "https://github.com/example/backend"
	by := signaturetest.Signing{By: signaturetest.Identity{Subject: source + "/.github/workflows/release.yml@refs/heads/main",
		Issuer: signaturetest.Release.Issuer, SourceRepository: source}}
	backend := place.push(t, "web/backend:1.4.2", frontend)
	place.attest(t, "web/backend", backend, predicateSignature, "{}", by)
	place.attest(t, "web/backend", backend, predicateProvenance, provenanceOf(source, "refs/heads/main"), by)
	place.attest(t, "web/backend", backend, predicateScan, scanOf(time.Now(), 0), by)
	place.push(t, "prometheus/node-exporter:v1.8.2", frontend)
	blocks := regexp.MustCompile("(?s)```terraform\n(module .*?)(\n\nresource .*?)?```").FindAllStringSubmatch(
		moduleText(t, filepath.Base(verifiedImage), "README.md"), -1)
	if len(blocks) != 3 {
		t.Fatalf("the page has %d blocks with a module", len(blocks))
	}
	for _, block := range blocks {
		configuration := strings.ReplaceAll(block[1], "quay.io", documentedRegistry)
		configuration = strings.ReplaceAll(configuration, "backend:1.4.2@sha256:…", "backend:1.4.2@"+backend)
		configuration = strings.ReplaceAll(configuration, "@sha256:…", "@"+
			place.digestOf(place.host+"/web/frontend:1.4.2"))
		place.writeTrusted(t, run.directory)
		printed := run.plan(t, place.local(configuration)+"\n"+place.settings(configuration))
		if strings.Contains(printed, "Error:") || strings.Contains(printed, "Warning:") {
			t.Errorf("%s\n%s", configuration, printed)
		}
	}
}

// A verifiedImageRun is a directory that has the module.
type verifiedImageRun struct{ engineRun }

func newVerifiedImageRun(t *testing.T) verifiedImageRun {
	t.Helper()
	run := verifiedImageRun{newEngineRun(t, providertest.New(t, emulator.Options{}), map[string]string{}, nil)}
	files, err := filepath.Glob(filepath.Join(examplesDir, verifiedImage, "*.tf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the module has no files: %v", err)
	}
	directory := filepath.Join(run.directory, verifiedImage)
	if err := os.MkdirAll(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(directory, filepath.Base(file)), []byte(exampleText(t, file)),
			0o600); err != nil {
			t.Fatal(err)
		}
	}
	return run
}

// plan plans a configuration, and says what the engine prints.
func (run verifiedImageRun) plan(t *testing.T, configuration string) string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(run.directory, "main.tf"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	var printed printout
	run.engine.SetStdout(&printed.output)
	run.engine.SetStderr(&printed.errors)
	if err := run.engine.Init(t.Context(), run.reattach); err != nil {
		t.Fatalf("%s\n%s", err, printed.String())
	}
	printed.Reset()
	if _, err := run.engine.Plan(t.Context(), run.reattach); err != nil {
		return printed.String() + "\nError: " + err.Error()
	}
	return printed.String()
}
