package openshift_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
)

// Digests of the objects under testdata.
const (
	ofSchema1 = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	ofList    = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
	ofAMD64   = "sha256:3333333333333333333333333333333333333333333333333333333333333333"
	ofARM64   = "sha256:4444444444444444444444444444444444444444444444444444444444444444"
	ofSigned  = "sha256:5555555555555555555555555555555555555555555555555555555555555555"
	ofNone    = "sha256:9999999999999999999999999999999999999999999999999999999999999999"
)

func object(t testing.TB, name string) openshifttest.Object {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var o openshifttest.Object
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return o
}

// objects returns the objects under testdata.
func objects(t testing.TB) []openshifttest.Object {
	t.Helper()
	return []openshifttest.Object{object(t, "schema1"), object(t, "list"), object(t, "list-amd64"), object(t, "signed")}
}

func read(t *testing.T, client *openshift.Client, name string, options openshift.Options) *image.Image {
	t.Helper()
	found, err := client.Image(t.Context(), name, options)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestImage_isFoundByDigestAndByPullSpec(t *testing.T) {
	t.Parallel()
	api := openshifttest.New(t, objects(t)...)
	client := newClient(t, api)
	for _, name := range []string{
		ofSigned,
		"image-registry.openshift-image-registry.svc:5000/demo/ship@" + ofSigned,
		"elsewhere.example.com/mirror/ship@" + ofSigned,
		"registry.example.com/demo/ship:1.2.3@" + ofSigned,
	} {
		if found := read(t, client, name, openshift.Options{}); *found.Digest != ofSigned {
			t.Errorf("%s gives %s", name, *found.Digest)
		}
	}
	if requests := len(api.Requests()); requests != 4 {
		t.Errorf("4 images by their digests took %d requests", requests)
	}
	if found := read(t, client, "registry.example.com/old/ship:0.1", openshift.Options{}); *found.Digest != ofSchema1 {
		t.Errorf("the pull spec with a tag gives %s", *found.Digest)
	}
}

func TestImage_ofAPullSpecThatSeveralHaveListsThem(t *testing.T) {
	t.Parallel()
	one, other := object(t, "schema1"), object(t, "signed")
	other["dockerImageReference"] = one["dockerImageReference"]
	_, err := newClient(t, openshifttest.New(t, one, other)).Image(t.Context(), "registry.example.com/old/ship:0.1",
		openshift.Options{})
	if err == nil || !strings.Contains(err.Error(), ofSchema1+", "+ofSigned) {
		t.Errorf("error: %v", err)
	}
	if errors.Is(err, image.ErrNotFound) {
		t.Error("two are taken for none")
	}
}

func TestImage_thatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	client := newClient(t, openshifttest.New(t, objects(t)...))
	for _, name := range []string{ofNone, "registry.example.com/demo/ship@" + ofNone, "registry.example.com/demo/none:1"} {
		if _, err := client.Image(t.Context(), name, openshift.Options{}); !errors.Is(err, image.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestImage_refusesNamesThatCanBeNone(t *testing.T) {
	t.Parallel()
	api := openshifttest.New(t)
	client := newClient(t, api)
	for name, want := range map[string]string{
		"":                                  "no image is named",
		"sha256:123":                        `"sha256:123" is no digest`,
		"sha256:" + strings.Repeat("Z", 64): "64 digits of 0 to 9 and a to f",
		strings.Repeat("a", 64):             "write it as sha256:" + strings.Repeat("a", 64),
		"demo/ship@sha256:123":              "is no pull spec",
		"Demo/Ship:1":                       "in lower case",
		"https://example.com/ship":          "leave out the scheme",
	} {
		if _, err := client.Image(t.Context(), name, openshift.Options{}); err == nil || !strings.Contains(err.Error(),
			want) {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
	if _, err := client.Image(t.Context(), ofNone, openshift.Options{Platform: "amd64"}); err == nil ||
		!strings.Contains(err.Error(), "no platform") {
		t.Errorf("platform: %v", err)
	}
	if _, err := client.Image(t.Context(), ofNone, openshift.Options{Include: []string{"everything"}}); err == nil ||
		!strings.Contains(err.Error(), "there is raw") {
		t.Errorf("include: %v", err)
	}
	if requests := api.Requests(); len(requests) > 0 {
		t.Errorf("asked nevertheless: %v", requests)
	}
}

func TestImage_ofSchema1HasItsLayersAndHistoryLowestFirst(t *testing.T) {
	t.Parallel()
	found := read(t, newClient(t, openshifttest.New(t, object(t, "schema1"))), ofSchema1,
		openshift.Options{Include: []string{openshift.IncludeRaw}})
	platform := found.Platforms[0]
	if platform.Platform != "linux/amd64" || *found.OpenShift.FactsFrom != "manifest" {
		t.Errorf("platform %s from %s", platform.Platform, *found.OpenShift.FactsFrom)
	}
	var layers []string
	for _, layer := range platform.Layers {
		layers = append(layers, *layer.Digest)
	}
	if difference := cmp.Diff([]string{"sha256:" + strings.Repeat("a", 64), "sha256:" + strings.Repeat("b", 64)},
		layers); difference != "" {
		t.Errorf("layers, want (-) and got (+):\n%s", difference)
	}
	var steps []string
	for _, step := range platform.History {
		steps = append(steps, *step.CreatedBy)
	}
	if difference := cmp.Diff([]string{"/bin/sh -c #(nop) ADD file:base in /", `/bin/sh -c #(nop) CMD ["/ship"]`},
		steps); difference != "" {
		t.Errorf("history, want (-) and got (+):\n%s", difference)
	}
	if *found.Catalogue.Cmd != `["/ship"]` || *found.Catalogue.Tag != "0.1" || *found.Catalogue.Name != "old/ship" {
		t.Errorf("catalogue: %+v", found.Catalogue)
	}
	if found.ConfigDigest != nil {
		t.Errorf("schema 1 has no configuration, and yet its digest is %s", *found.ConfigDigest)
	}
	if *platform.Size != 4242 {
		t.Errorf("size %d, want that of the metadata: the layers' were not counted", *platform.Size)
	}
	own := found.OpenShift
	if len(own.DockerSignatures) != 1 || *own.MetadataVersion != "pre012" || *own.DockerVersion != "1.9.1" ||
		*own.ParentID == "" || *own.ContainerID == "" ||
		*own.Comment != "made up" || own.Metadata == nil || own.Manifest == nil || own.Config != nil {
		t.Errorf("what only OpenShift knows: %+v", own)
	}
}

func TestImage_ofSeveralPlatformsReadsTheWantedOne(t *testing.T) {
	t.Parallel()
	api := openshifttest.New(t, objects(t)...)
	client := newClient(t, api)
	found := read(t, client, ofList, openshift.Options{})
	var platforms []string
	for _, platform := range found.Platforms {
		platforms = append(platforms, platform.Platform)
	}
	if difference := cmp.Diff([]string{"linux/amd64", "linux/arm64/v8"}, platforms); difference != "" {
		t.Errorf("platforms, want (-) and got (+):\n%s", difference)
	}
	if *found.Platform != "linux/amd64" || *found.Digest != ofList || *found.Platforms[0].Digest != ofAMD64 {
		t.Errorf("digest %s, platform %s with %s", *found.Digest, *found.Platform, *found.Platforms[0].Digest)
	}
	if found.Catalogue == nil || *found.Catalogue.Entrypoint != `["/ship"]` || len(found.Catalogue.BuildPlatforms) != 2 {
		t.Errorf("catalogue: %+v", found.Catalogue)
	}
	if len(found.Attestations) != 1 || len(found.OpenShift.Manifests) != 3 {
		t.Errorf("%d attestations of %d manifests", len(found.Attestations), len(found.OpenShift.Manifests))
	}

	var warnings []image.Warning
	found = read(t, client, ofList, openshift.Options{Platform: "linux/arm64",
		Warn: func(w image.Warning) { warnings = append(warnings, w) }})
	if *found.Platforms[1].Digest != ofARM64 || found.Catalogue != nil || len(warnings) != 1 ||
		!strings.Contains(warnings[0].Detail, ofARM64) {
		t.Errorf("of a platform that the cluster has no image of: catalogue %+v, warnings %v", found.Catalogue, warnings)
	}
	_, err := client.Image(t.Context(), ofList, openshift.Options{Platform: "linux/s390x"})
	if err == nil || !strings.Contains(err.Error(), "linux/amd64, linux/arm64/v8: ask for one of these") {
		t.Errorf("a platform that is not there: %v", err)
	}
}

func TestImage_whoseMetadataMakesNoSenseIsAnError(t *testing.T) {
	t.Parallel()
	for field, value := range map[string]any{
		"dockerImageMetadata":        "a text",
		"dockerImageMetadataVersion": "2.0",
		"dockerImageManifest":        "{",
		"dockerImageConfig":          `[]`,
	} {
		o := object(t, "list-amd64")
		o[field] = value
		client := newClient(t, openshifttest.New(t, o, object(t, "signed")))
		_, err := client.Image(t.Context(), ofAMD64, openshift.Options{})
		if err == nil || !strings.Contains(err.Error(), "its "+strings.TrimSuffix(field, "Version")) ||
			!strings.Contains(err.Error(), "oc get image "+ofAMD64) {
			t.Errorf("%s: %v", field, err)
		}
		var warnings []image.Warning
		listed, err := client.Images(t.Context(),
			openshift.ListOptions{Warn: func(w image.Warning) { warnings = append(warnings, w) }})
		if err != nil || len(listed) != 2 || len(warnings) != 1 || listed[0].Catalogue != nil || listed[1].Catalogue == nil {
			t.Errorf("%s: one image that makes no sense costs the list: %v, %d images, warnings %v", field, err, len(listed),
				warnings)
		}
	}
}

// The cluster's own rule for objects that do not say in which order their layers are.
func TestImage_putsLayersInOrder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ order, mediaType, lowest string }{
		{"ascending", "application/vnd.docker.distribution.manifest.v2+json", "a"},
		{"descending", "application/vnd.docker.distribution.manifest.v2+json", "b"},
		{"", "application/vnd.docker.distribution.manifest.v2+json", "b"},
		{"", "application/vnd.docker.distribution.manifest.v1+prettyjws", "a"},
		{"", "application/vnd.oci.image.manifest.v1+json", "a"},
	} {
		o := object(t, "list-amd64")
		metadata := o["metadata"].(map[string]any)
		metadata["annotations"] = map[string]any{"image.openshift.io/dockerLayersOrder": test.order}
		o["dockerImageManifestMediaType"] = test.mediaType
		found := read(t, newClient(t, openshifttest.New(t, o)), ofAMD64, openshift.Options{})
		if lowest := *found.Platforms[0].Layers[0].Digest; lowest != "sha256:"+strings.Repeat(test.lowest, 64) {
			t.Errorf("order %q of %s: the lowest is %s", test.order, test.mediaType, lowest)
		}
	}
}
