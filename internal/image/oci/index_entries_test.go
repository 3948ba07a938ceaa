package oci

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A digest becomes part of an address and of a tag: one that is none is an error, and no request.
func TestIndex_digestThatIsNoneIsNeverAskedFor(t *testing.T) {
	t.Parallel()
	for _, none := range []string{"x", "", "latest", "sha256:abc", "../../token"} {
		registry := serveDocuments(t)
		entry := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageManifest, Digest: digest.Digest(none)}
		registry.index(t, "1", on("linux/amd64", entry), attesting(entry))
		registry.image(t, "other", "linux/amd64")
		_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeReferrers}})
		mention(t, err, "its manifest for linux/amd64", fmt.Sprintf("the index gives it the digest %q", none))
		_, err = registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Sought: digestOfNothing})
		if err != nil {
			t.Errorf("%q: %v", none, err)
		}
		for _, asked := range registry.asked() {
			if !strings.HasSuffix(asked, "/manifests/1") {
				t.Errorf("%q: %s", none, asked)
			}
		}
	}
}

// BuildKit's cache is an index of layers and of a configuration of its own. They take no request.
func TestIndex_layersAreArtifactsAndNotLookedInto(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	layer := registry.put(t, ocispec.MediaTypeImageLayerGzip, "layer")
	const cache = "application/vnd.buildkit.cacheconfig.v0"
	registry.index(t, "1", layer, on("unknown/unknown", layer), registry.put(t, cache, "{}"))
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
		Options{Include: []string{IncludeConfig}, Warn: warn})
	if err != nil || len(registry.asked()) != 1 || len(got.Nameless) > 0 || len(*warnings) != 1 ||
		(*warnings)[0].Summary != "Not a container image" {
		t.Errorf("%v, requests %v, nameless %v, warnings %v", err, registry.asked(), got.Nameless, *warnings)
	}
	if len(got.Attestations) != 3 || got.Attestations[1].Format != nil ||
		text(got.Attestations[2].ArtifactType) != cache {
		t.Errorf("%+v", got.Attestations)
	}
}

// What is refused of one entry hinders no other platform; a registry that cannot be asked is an error.
func TestIndex_entryThatIsRefusedIsAWarning(t *testing.T) {
	t.Parallel()
	for _, nameless := range []bool{true, false} {
		for status, isContent := range map[int]bool{403: true, 404: true, 410: true, 412: true, 451: true, 401: false,
			400: false, 405: false, 408: false, 429: false, 500: false, 502: false, 503: false} {
			registry := serveDocuments(t)
			entry := registry.image(t, "b", "linux/arm64")
			if !nameless {
				entry = on("linux/arm64", registry.index(t, "", on("linux/arm64", entry)))
			}
			registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")), entry)
			registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
				return strings.HasSuffix(r.URL.Path, entry.Digest.String()) && refuse(w, status, "", "")
			})
			warn, warnings := collect()
			got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
				Options{Include: []string{IncludeConfig}, Warn: warn})
			if !isContent {
				mention(t, err, fmt.Sprint(status))
				continue
			}
			said := fmt.Sprint(*warnings)
			if err != nil || command(got) != `["a"]` || len(*warnings) != 1 || !strings.Contains(said, fmt.Sprint(status)) ||
				strings.Contains(said, "check the repository's name and the tag") {
				t.Errorf("%d: %v, %s, warnings %v", status, err, command(got), said)
			}
		}
	}
}

// A connection that breaks and a redirect that is refused say nothing of the content.
func TestIndex_entryThatCannotBeAskedForIsAnError(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]http.HandlerFunc{
		"broken off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		},
		"a redirect in a circle": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
		},
	} {
		registry := serveDocuments(t)
		entry := registry.image(t, "b", "linux/arm64")
		registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")), entry)
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			isEntry := strings.HasSuffix(r.URL.Path, entry.Digest.String())
			if isEntry {
				how(w, r)
			}
			return isEntry
		})
		got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Platform: "linux/amd64"})
		if err == nil {
			t.Errorf("%s is no error: %+v", name, got)
		}
	}
}

// A manifest may have 8 MiB, and an index many entries: their texts are not kept.
func TestIndex_textsOfEntriesAreNotKept(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	registry.index(t, "1", registry.index(t, "", registry.image(t, "a", "linux/amd64")))
	named, err := reference.ParseNormalizedNamed(registry.host + "/app:1")
	if err != nil {
		t.Fatal(err)
	}
	r, err := registry.client(t).read(named, nil)
	if err != nil {
		t.Fatal(err)
	}
	root, err := r.manifest(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	read, err := r.readIndex(t.Context(), root)
	if err != nil || len(root.text) == 0 {
		t.Fatalf("%v, %d bytes of the root", err, len(root.text))
	}
	for level := read.entries; len(level) > 0; level = level[0].entries {
		if level[0].manifest == nil || len(level[0].manifest.text) > 0 {
			t.Errorf("%+v", level[0].manifest)
		}
	}
}

// Entries that are listed as images and are indexes take a limited number of requests, as all others do.
func TestIndex_entriesListedAsImagesAreReadWithinBounds(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	nested := registry.index(t, "", on("linux/arm64", registry.image(t, "a", "linux/arm64")))
	nested.MediaType = ocispec.MediaTypeImageManifest
	registry.index(t, "1", slices.Repeat([]ocispec.Descriptor{on("linux/amd64", nested)}, 200)...)
	_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
		Options{Include: []string{IncludeConfig}, Platform: "linux/amd64"})
	mention(t, err, "only 50 entries are looked into")
	if asked := registry.asked(); len(asked) > maxEntriesRead+2 {
		t.Errorf("%d requests", len(asked))
	}
}

// An index of any length is listed within bounds, and says so once.
func TestIndex_ofAnyLengthHasOneWarningOfEachKind(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	lost := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: digestOfNothing}
	registry.index(t, "1", slices.Repeat([]ocispec.Descriptor{on("linux/s390x", lost)}, maxEntries+1)...)
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Platform: "linux/s390x", Warn: warn})
	said := fmt.Sprint(*warnings)
	if err != nil || len(got.Platforms) != maxEntries || len(*warnings) != 3 ||
		!strings.Contains(said, "more than 10000 entries") || !strings.Contains(said, "9999 others") {
		t.Errorf("%v, warnings %s", err, said)
	}
}

// The platform of an entry is a foreign text.
func TestIndex_platformInAWarningIsOneLine(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")),
		on("linux/a\nb", ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: digestOfNothing}))
	warn, warnings := collect()
	_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Platform: "linux/amd64", Warn: warn})
	if err != nil || len(*warnings) != 1 || strings.Contains((*warnings)[0].Detail, "\n") {
		t.Errorf("%v, warnings %q", err, *warnings)
	}
}

// unknown/unknown without BuildKit's mark may be an image. A lost one is not taken for an attestation.
func TestIndex_lostEntryWithoutAMarkIsNoAttestation(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	lost := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageManifest, Digest: digestOfNothing}
	registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")), on("unknown/unknown", lost))
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Platform: "linux/amd64", Warn: warn})
	if err != nil || len(got.Attestations) > 0 || len(got.Nameless) != 1 || len(*warnings) != 1 {
		t.Errorf("%v, %+v, nameless %v, warnings %v", err, got.Attestations, got.Nameless, *warnings)
	}
}

// The content of a tag has a digest by every algorithm.
func TestImage_soughtBySHA512IsFound(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	one := registry.image(t, "a", "linux/amd64")
	for tag, stored := range map[string]ocispec.Descriptor{"1": one, "2": registry.index(t, "", on("linux/amd64", one))} {
		registry.stored[tag] = registry.stored[stored.Digest.String()]
		sought := digest.SHA512.FromString(registry.stored[tag].text).String()
		got, err := registry.client(t).Image(t.Context(), registry.host+"/app:"+tag, Options{Sought: sought})
		if err != nil || !slices.Contains(got.RepoDigests, registry.host+"/app@"+sought) || len(got.RepoDigests) != 2 ||
			!slices.IsSorted(got.RepoDigests) {
			t.Errorf("%s: %v, %v", tag, got, err)
		}
	}
}

// Half a platform is none: it has no name, and no request matches it.
func TestImage_halfAPlatformHasNoName(t *testing.T) {
	t.Parallel()
	for _, half := range []string{`{"architecture":"amd64"}`, `{"os":"linux"}`} {
		registry := serveDocuments(t)
		registry.put(t, dockerManifest, ocispec.Manifest{Config: registry.put(t, ocispec.MediaTypeImageConfig, half),
			Layers: []ocispec.Descriptor{}}, "1")
		warn, warnings := collect()
		got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
			Options{Include: []string{IncludeConfig}, Warn: warn})
		if err != nil || got.Platforms[0].Platform != "" || got.Platforms[0].OS+got.Platforms[0].Architecture == "" ||
			len(*warnings) != 1 || (*warnings)[0].Summary != "Image for an unknown platform" {
			t.Errorf("%s: %v, %+v, warnings %v", half, err, got, *warnings)
		}
		_, err = registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Platform: "linux/amd64"})
		if !errors.Is(err, image.ErrNoPlatform) {
			t.Errorf("%s: %v", half, err)
		}
	}
}
