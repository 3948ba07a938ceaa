package oci

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"

// Images that are unlike what build tools make today, and are images all the same.
func TestImage_thatIsOddIsRead(t *testing.T) {
	t.Parallel()
	manifestOf := func(t *testing.T, d *documents, config string, layers ...ocispec.Descriptor) ocispec.Manifest {
		return ocispec.Manifest{Config: d.put(t, ocispec.MediaTypeImageConfig, config),
			Layers: append([]ocispec.Descriptor{}, layers...)}
	}
	all := []string{IncludeConfig, IncludeHistory, IncludeLayers}
	for _, test := range []struct {
		name   string
		stored func(*testing.T, *documents)
		want   func(*image.Image) bool
	}{
		{"two images for one platform: the first", func(t *testing.T, d *documents) {
			d.index(t, "1", on("linux/amd64", d.image(t, "a", "linux/amd64")), on("linux/amd64", d.image(t, "b",
				"linux/amd64")), attesting(d.image(t, "x", "unknown/unknown")))
		}, func(i *image.Image) bool {
			return command(i) == `["a"]` && slices.Equal(names(i), []string{"linux/amd64", "linux/amd64"})
		}},
		{"no media type in the content", func(t *testing.T, d *documents) {
			one := d.put(t, ocispec.MediaTypeImageManifest, manifestOf(t, d, `{"os":"linux","architecture":"amd64"}`))
			d.put(t, ocispec.MediaTypeImageIndex, fmt.Sprintf(`{"schemaVersion":2,"manifests":[{"digest":%q,"size":1,
				"platform":{"os":"linux","architecture":"amd64"}}]}`, one.Digest), "1")
		}, func(i *image.Image) bool {
			return text(i.MediaType) == ocispec.MediaTypeImageIndex && i.Catalogue != nil
		}},
		{"Docker's media type for an OCI manifest", func(t *testing.T, d *documents) {
			d.put(t, dockerManifest, manifestOf(t, d, `{"os":"linux","architecture":"amd64"}`), "1")
		}, func(i *image.Image) bool { return i.Catalogue != nil && text(i.MediaType) == dockerManifest }},
		{"no time of creation", func(t *testing.T, d *documents) {
			d.put(t, dockerManifest, manifestOf(t, d, `{"os":"linux","architecture":"amd64",
				"history":[{"created_by":"WORKDIR /app","empty_layer":true}]}`), "1")
		}, func(i *image.Image) bool {
			step := i.Platforms[0].History[0]
			return i.CreatedAt == nil && step.CreatedAt == nil && text(step.CreatedBy) == "WORKDIR /app"
		}},
		{"no history, and no layers' digests", func(t *testing.T, d *documents) {
			d.put(t, dockerManifest, manifestOf(t, d, `{"created":null,"os":"linux","architecture":"amd64","history":null}`),
				"1")
		}, func(i *image.Image) bool { return i.CreatedAt == nil && len(i.Platforms[0].History) == 0 }},
		{"layers of every kind", func(t *testing.T, d *documents) {
			d.put(t, dockerManifest, manifestOf(t, d, `{"os":"linux","architecture":"amd64"}`,
				ocispec.Descriptor{MediaType: "application/vnd.oci.image.layer.v1.tar+zstd", Digest: digestOfNothing, Size: 100},
				ocispec.Descriptor{MediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
					Digest: digestOfNothing, Size: 1000, URLs: []string{"https://example.com/x"}},
				ocispec.Descriptor{MediaType: ocispec.MediaTypeImageLayer, Digest: digestOfNothing, Size: 1, Data: []byte("d")}),
				"1")
		}, func(i *image.Image) bool { return i.Size != nil && *i.Size == 1101 && len(i.Platforms[0].Layers) == 3 }},
		{"Windows alone", func(t *testing.T, d *documents) {
			d.index(t, "1", on("windows/amd64", d.image(t, "a", "windows/amd64")))
		}, func(i *image.Image) bool { return text(i.Catalogue.OS) == "windows" }},
		{"WebAssembly alone", func(t *testing.T, d *documents) {
			d.index(t, "1", on("wasip1/wasm", d.image(t, "a", "wasip1/wasm")))
		}, func(i *image.Image) bool { return text(i.Catalogue.OS) == "wasip1" }},
		{"ARM alone", func(t *testing.T, d *documents) {
			d.index(t, "1", on("linux/arm64", d.image(t, "a", "linux/arm64")))
		}, func(i *image.Image) bool { return command(i) == `["a"]` && text(i.Platform) == "linux/arm64" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			registry := serveDocuments(t)
			test.stored(t, registry)
			got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: all})
			if err != nil {
				t.Fatal(err)
			}
			if !test.want(got) {
				t.Errorf("%+v\nplatforms %+v", got, got.Platforms)
			}
		})
	}
}

// An image that does not say what it runs on may run, but not everywhere.
func TestImage_thatNamesNoPlatformIsReadAloud(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	registry.stored["1"] = registry.stored[registry.image(t, "a", "").Digest.String()]
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig},
		Warn: warn})
	if err != nil || command(got) != `["a"]` || len(*warnings) != 1 ||
		(*warnings)[0].Summary != "Image for an unknown platform" {
		t.Errorf("%s, %v, warnings %v", command(got), err, *warnings)
	}
}

func TestImage_configurationThatCannotBeReadIsAnErrorThatSaysSo(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	config := registry.put(t, ocispec.MediaTypeImageConfig, `["run it"]`)
	registry.put(t, dockerManifest, ocispec.Manifest{Config: config, Layers: []ocispec.Descriptor{}}, "1")
	_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}})
	mention(t, err, "the image configuration "+config.Digest.String()+" cannot be read")
}

// Artifacts of any form have a digest and annotations.
func TestImage_artifactsOfEveryFormHaveADigest(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	empty := registry.put(t, ocispec.MediaTypeEmptyJSON, "{}")
	annotations := map[string]string{"org.opencontainers.image.title": "x"}
	registry.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{ArtifactType: "application/vnd.example+json",
		Config: empty, Layers: []ocispec.Descriptor{empty}, Annotations: annotations}, "empty")
	registry.put(t, "application/vnd.oci.artifact.manifest.v1+json", map[string]any{"blobs": []any{},
		"artifactType": "application/vnd.example+json", "annotations": annotations}, "old")
	for _, tag := range []string{"empty", "old"} {
		warn, warnings := collect()
		got, err := registry.client(t).Image(t.Context(), registry.host+"/app:"+tag,
			Options{Include: []string{IncludeConfig}, Warn: warn})
		if err != nil {
			t.Fatal(err)
		}
		if got.Digest == nil || len(got.Annotations) != 1 || len(*warnings) != 1 ||
			!strings.Contains((*warnings)[0].Detail, "application/vnd.example+json") {
			t.Errorf("%s: %+v, warnings %v", tag, got, *warnings)
		}
	}
}

// SHA-512 is a digest as good as another, of manifests and configurations.
func TestImage_isReadByItsSHA512(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	config := `{"os":"linux","architecture":"amd64","config":{"Cmd":["a"]}}`
	described := registry.put(t, ocispec.MediaTypeImageConfig, config)
	described.Digest = digest.SHA512.FromString(config)
	one := registry.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{Config: described,
		Layers: []ocispec.Descriptor{}})
	long := digest.SHA512.FromString(registry.stored[one.Digest.String()].text).String()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app@"+long, Options{Include: []string{IncludeConfig}})
	if err != nil || *got.Digest != long || command(got) != `["a"]` ||
		text(got.ConfigDigest) != described.Digest.String() {
		t.Errorf("%+v, %v", got, err)
	}
}

// The digest of one platform takes the index alone.
func TestImage_digestOfAPlatformTakesOneRequest(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	arm := registry.image(t, "b", "linux/arm64")
	registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")), on("linux/arm64", arm))
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Platform: "linux/arm64/v8"})
	if err != nil || text(got.Platforms[1].Digest) != arm.Digest.String() || text(got.Platform) != "linux/arm64" ||
		len(registry.asked()) != 1 {
		t.Errorf("%+v, %v, %v", got, err, registry.asked())
	}
}

// Repositories have up to 255 characters, and tags 128, of more kinds than most.
func TestImage_oddNamesAndTagsAreAskedForAsTheyAre(t *testing.T) {
	t.Parallel()
	registry, repository := serveDocuments(t), "a/b/c/d__e/f---g/h.i/j0/k"
	for _, tag := range []string{strings.Repeat("t", 128), "UPPER", "_first", "1.0-rc.1_x"} {
		registry.index(t, tag, on("linux/amd64", registry.image(t, tag, "linux/amd64")))
		got, err := registry.client(t).Image(t.Context(), registry.host+"/"+repository+":"+tag,
			Options{Include: []string{IncludeConfig}})
		if err != nil || command(got) != `["`+tag+`"]` ||
			!slices.Contains(registry.asked(), "GET /v2/"+repository+"/manifests/"+tag) {
			t.Errorf("%s: %s, %v", tag, command(got), err)
		}
	}
}

// A registry that redirects to another one, as registry.k8s.io does, has what that has. Only its words in a registry's
// form count: storage and web servers answer 404, too.
func TestErrNotFound_isWhatARegistryElsewhereSays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		how  http.HandlerFunc
		gone bool
	}{
		{"no such tag", func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "unknown")
		}, true},
		{"no such repository", func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "unknown")
		}, true},
		{"a page", http.NotFound, false},
		{"a page of something that is called a registry", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
			http.NotFound(w, r)
		}, false},
		{"storage", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`<Error><Code>NoSuchKey</Code></Error>`))
		}, false},
		{"hidden", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "DENIED", "") }, false},
		{"forbidden", func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusForbidden, "MANIFEST_UNKNOWN", "")
		}, false},
	} {
		behind := httptest.NewServer(test.how)
		t.Cleanup(behind.Close)
		front := serve(t)
		front.behave(func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, "/v2/app/") {
				http.Redirect(w, r, behind.URL+r.URL.Path, http.StatusTemporaryRedirect)
				return true
			}
			return false
		})
		for _, include := range [][]string{nil, {IncludeConfig}} {
			_, err := front.client(t).Image(t.Context(), front.host+"/app:1", Options{Include: include})
			if mention(t, err, "app:1"); errors.Is(err, image.ErrNotFound) != test.gone {
				t.Errorf("%s: %v", test.name, err)
			}
		}
		if _, err := front.client(t).Tags(t.Context(), front.host+"/app", TagOptions{}); errors.Is(err,
			image.ErrNotFound) != test.gone {
			t.Errorf("tags, %s: %v", test.name, err)
		}
	}
}

// A registry without the referrers API answers in many ways. What may not be read is an error.
func TestReferrers_apiThatIsNotThereHidesNoSignature(t *testing.T) {
	t.Parallel()
	for status, absent := range map[int]bool{http.StatusNotFound: true, http.StatusBadRequest: true,
		http.StatusMethodNotAllowed: true, http.StatusNotAcceptable: true, http.StatusNotImplemented: true,
		http.StatusForbidden: false, http.StatusInternalServerError: false} {
		registry, s := serveDocuments(t), newECDSA(t)
		app := registry.image(t, "a", "linux/amd64")
		registry.stored["1"] = registry.stored[app.Digest.String()]
		registry.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{
			Layers: []ocispec.Descriptor{registry.simpleSignature(t, s, app)}}, cosignTag(app.Digest)+formSignature)
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/referrers/") {
				return false
			}
			http.Error(w, "<html>no</html>", status)
			return true
		})
		got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Trust: trusting(t, s.public)})
		switch {
		case !absent:
			mention(t, err, fmt.Sprint(status), "/referrers/")
		case err != nil:
			t.Errorf("%d: %v", status, err)
		default:
			wantStatements(t, fmt.Sprint(status), short(got.Signatures), "signature cosign: "+good)
		}
	}
}
