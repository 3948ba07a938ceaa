package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/synthetic"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// What is documented reads live images from registry.example.com, and from the engine, the cluster and the Scaleway
// that the environment names.
const documentedRegistry = "registry.example.com"

// documentedImages are what is documented reads. An example or guide that needs more adds it here.
var documentedImages = map[string]synthetic.Description{
	"web/frontend:1.4.1":   {Seed: "1.4.1"},
	"web/frontend:1.4.2":   frontend,
	"library/nginx:1.27.3": {Platforms: []string{"linux/amd64", "linux/arm64"}, Config: frontend.Config},
}

// A documentedPlace is where the images of what is documented are during a test.
type documentedPlace struct{ signedRegistry }

func newDocumentedPlace(t *testing.T) documentedPlace {
	t.Helper()
	live := newSignedRegistry(t)
	for repository, description := range documentedImages {
		live.push(t, repository, description)
	}
	t.Setenv("DOCKER_HOST", newRecordedEngine(t).host)
	documentCluster(t, live.host)
	documentScaleway(t)
	return documentedPlace{live}
}

// pushed puts an image there that is described in JSON.
func (p documentedPlace) pushed(t *testing.T, repository, description string) {
	t.Helper()
	var d synthetic.Description
	if err := json.Unmarshal([]byte(description), &d); err != nil {
		t.Fatal(err)
	}
	p.push(t, repository, d)
}

// digestOf is what DemandFlow knows of an image there by its full name.
func (p documentedPlace) digestOf(fullName string) string {
	reference, err := name.ParseReference(fullName)
	if err != nil || reference.Context().RegistryStr() != p.host {
		return ""
	}
	head, err := remote.Head(reference)
	if err != nil {
		return ""
	}
	return head.Digest.String()
}

// local is a documented text with the registry of this test, documented the other way round. What
// Sigstore's public instance has certified is made up here, so that its root is that of the test.
func (p documentedPlace) local(text string) string {
	return strings.NewReplacer(documentedRegistry+"/", p.host+"/", documentedRegistry+"\"", p.host+"\"",
		`"public-good"`, `file("public-good.json")`, "oci = {\n    verify", fmt.Sprintf(
			"oci = {\n    registries = { %q = { insecure = true } }\n    verify", p.host)).Replace(text)
}

// trusted are the files that documented configurations read of whom they trust.
func (p documentedPlace) trusted(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{"cosign.pub": p.publicKey, "public-good.json": p.instance.Root(t)}
}

func (p documentedPlace) writeTrusted(t *testing.T, directory string) {
	t.Helper()
	for name, text := range p.trusted(t) {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (p documentedPlace) documented(text string) string {
	return strings.ReplaceAll(text, p.host, documentedRegistry)
}

// tenant is what a documented tenant has, with the registry of this test.
func (p documentedPlace) tenant(objects []map[string]any) []map[string]any {
	var local []map[string]any
	for _, object := range objects {
		object = maps.Clone(object)
		if object["url"] == documentedRegistry {
			object["url"] = p.host
		}
		local = append(local, object)
	}
	return local
}

// settings are the provider's block that a registry without TLS needs, for a configuration that has none of its own.
func (p documentedPlace) settings(configuration string) string {
	if strings.Contains(configuration, `provider "demandflow"`) || p.local(configuration) == configuration &&
		!strings.Contains(configuration, "demandflow_docker_image_drift") {
		return ""
	}
	return insecureRegistry(p.host)
}

// withLiveImages puts the registry of this test into a configuration that is documented.
func withLiveImages(t *testing.T, place documentedPlace, texts map[string]string) map[string]string {
	t.Helper()
	var whole strings.Builder
	for name, text := range texts {
		skipActions(t, text)
		whole.WriteString(text)
		texts[name] = place.local(text)
	}
	trusted := strings.Contains(whole.String(), `"public-good"`)
	if settings := place.settings(whole.String()); settings != "" {
		texts["live_images.tf"] = settings
	}
	if trusted {
		maps.Copy(texts, place.trusted(t))
	}
	return texts
}

// skipActions skips what the engine has no actions for.
func skipActions(t *testing.T, configuration string) {
	t.Helper()
	if strings.Contains(configuration, "action \"") {
		providertest.Needs(t, providertest.Actions)
	}
}
