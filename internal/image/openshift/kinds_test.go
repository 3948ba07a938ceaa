package openshift_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
)

// Clusters from before there was dockerImageManifests kept the list itself, if they took it at all.
func TestImage_ofAListKeptAsItsManifestHasItsPlatforms(t *testing.T) {
	t.Parallel()
	o := object(t, "list")
	delete(o, "dockerImageManifests")
	delete(o, "dockerImageManifestMediaType")
	o["dockerImageManifest"] = `{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "annotations": {"made": "up"}, "manifests": [
		{"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 10, "digest": "` + ofAMD64 + `",
			"platform": {"os": "windows", "architecture": "amd64", "os.version": "10.0.20348", "os.features": ["win32k"]}},
		{"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 10, "digest": "` + ofNone + `", "platform": {"os": "unknown", "architecture": "unknown"},
			"annotations": {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": "` + ofAMD64 + `"}}]}`
	images, err := newClient(t, openshifttest.New(t, o)).Images(t.Context(), openshift.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	found := images[0]
	want := []image.Platform{{
		Platform: "windows/amd64", OS: "windows", Architecture: "amd64", OSVersion: new("10.0.20348"),
		OSFeatures: []string{"win32k"},
		Digest:     new(ofAMD64), MediaType: new("application/vnd.oci.image.manifest.v1+json"),
	}}
	if difference := cmp.Diff(want, found.Platforms); difference != "" {
		t.Errorf("platforms, want (-) and got (+):\n%s", difference)
	}
	if difference := cmp.Diff([]image.Statement{{Kind: "attestation", Format: new("buildkit"), Digest: new(ofNone),
		Subject: new(ofAMD64)}}, found.Attestations); difference != "" {
		t.Errorf("attestations, want (-) and got (+):\n%s", difference)
	}
	if *found.MediaType != "application/vnd.oci.image.index.v1+json" || found.Annotations["made"] != "up" {
		t.Errorf("media type %s, annotations %v", *found.MediaType, found.Annotations)
	}
}

func TestImage_thatIsNoContainerImageHasNoPlatform(t *testing.T) {
	t.Parallel()
	o := object(t, "list-amd64")
	o["dockerImageMetadata"] = map[string]any{"kind": "DockerImage", "apiVersion": "image.openshift.io/1.0", "Id": "",
		"ContainerConfig": map[string]any{}, "Size": 12}
	o["dockerImageConfig"] = `{"name": "chart", "version": "1.2.3"}`
	found := read(t, newClient(t, openshifttest.New(t, o)), ofAMD64, openshift.Options{})
	if len(found.Platforms) != 0 || found.Catalogue != nil || found.OpenShift.FactsFrom != nil ||
		*found.Digest != ofAMD64 {
		t.Errorf("platforms %v, catalogue %v", found.Platforms, found.Catalogue)
	}
	if _, err := newClient(t, openshifttest.New(t, o)).Image(t.Context(), ofAMD64,
		openshift.Options{Platform: "linux/amd64"}); err == nil ||
		!strings.Contains(err.Error(), "it is not there for linux/amd64, or for any platform") {
		t.Errorf("a platform of it: %v", err)
	}
}

func TestImage_ofSchema1WithoutAListOfLayersHasThoseOfItsManifest(t *testing.T) {
	t.Parallel()
	o := object(t, "schema1")
	o["dockerImageLayers"] = nil
	found := read(t, newClient(t, openshifttest.New(t, o)), ofSchema1, openshift.Options{})
	want := []image.Layer{{Digest: new("sha256:" + strings.Repeat("a", 64))},
		{Digest: new("sha256:" + strings.Repeat("b", 64))}}
	if difference := cmp.Diff(want, found.Platforms[0].Layers); difference != "" {
		t.Errorf("want (-) and got (+):\n%s", difference)
	}
}

// The manifest's layers are gone with the manifest, and so is the history: those of the metadata's image stay.
func TestImage_ofSchema1WithoutItsManifestComesFromItsMetadata(t *testing.T) {
	t.Parallel()
	o := object(t, "schema1")
	delete(o, "dockerImageManifest")
	found := read(t, newClient(t, openshifttest.New(t, o)), ofSchema1, openshift.Options{})
	if *found.OpenShift.FactsFrom != "metadata" || *found.Catalogue.Cmd != `["/ship"]` ||
		len(found.Platforms[0].Layers) != 2 || found.ConfigDigest != nil {
		t.Errorf("from %s: %+v", *found.OpenShift.FactsFrom, found.Catalogue)
	}
}

func TestImage_isNamedInFull(t *testing.T) {
	t.Parallel()
	for pullSpec, want := range map[string]string{
		"ship:1":                        "docker.io/library/ship:1",
		"demo/ship@" + ofAMD64:          "docker.io/demo/ship@" + ofAMD64,
		"registry.example.com/a/ship:1": "registry.example.com/a/ship:1",
		"No Spec":                       "No Spec",
		"":                              "",
	} {
		o := object(t, "list-amd64")
		o["dockerImageReference"] = pullSpec
		found := read(t, newClient(t, openshifttest.New(t, o)), ofAMD64, openshift.Options{})
		if found.Reference != want {
			t.Errorf("%q is %q, want %q", pullSpec, found.Reference, want)
		}
		if valid := strings.Contains(want, "ship"); (found.PinnedReference != nil) != valid ||
			(found.Catalogue.Name != nil) != valid {
			t.Errorf("%q: pinned %v, name %v", pullSpec, found.PinnedReference, found.Catalogue.Name)
		}
	}
}

func TestImage_ofAListWithADigestThatIsNoneAsksForNothingElse(t *testing.T) {
	t.Parallel()
	o := object(t, "list")
	o["dockerImageManifests"].([]any)[0].(map[string]any)["digest"] = "../../../../api/v1/secrets"
	api := openshifttest.New(t, o)
	if _, err := newClient(t, api).Image(t.Context(), ofList, openshift.Options{}); err == nil ||
		!strings.Contains(err.Error(), "dockerImageManifests name for linux/amd64") {
		t.Errorf("error: %v", err)
	}
	if requests := api.Requests(); len(requests) != 1 {
		t.Errorf("requests: %v", requests)
	}
}
