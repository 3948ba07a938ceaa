package oci

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// What an index does not say of an entry is in the entry: its manifest, its configuration, or an index of its own.
func TestIndex_entriesThatSayLittleAreLookedInto(t *testing.T) {
	t.Parallel()
	const config = ocispec.MediaTypeImageConfig
	for _, test := range []struct {
		name      string
		entries   func(*testing.T, *documents) []ocispec.Descriptor
		platform  string
		platforms []string
		command   string
		requests  int
	}{
		{"named platforms take no look", func(t *testing.T, d *documents) []ocispec.Descriptor {
			return []ocispec.Descriptor{on("linux/arm64", d.image(t, "a", "linux/arm64")),
				on("linux/amd64", d.image(t, "b", "linux/amd64")), attesting(d.image(t, "x", "unknown/unknown"))}
		}, "", []string{"linux/arm64", "linux/amd64"}, `["b"]`, 3},
		{"no platform", func(t *testing.T, d *documents) []ocispec.Descriptor {
			return []ocispec.Descriptor{d.image(t, "a", "linux/arm64/v8")}
		}, "", []string{"linux/arm64/v8"}, `["a"]`, 3},
		{"an empty platform", func(t *testing.T, d *documents) []ocispec.Descriptor {
			return []ocispec.Descriptor{on("", d.image(t, "a", "linux/amd64"))}
		}, "", []string{"linux/amd64"}, `["a"]`, 3},
		{"half a platform", func(t *testing.T, d *documents) []ocispec.Descriptor {
			return []ocispec.Descriptor{on("linux", d.image(t, "a", "linux/aarch64"))}
		}, "linux/arm64", []string{"linux/arm64"}, `["a"]`, 3},
		{"no platform, and an artifact type that every image has", func(t *testing.T, d *documents) []ocispec.Descriptor {
			return []ocispec.Descriptor{typed(config, d.image(t, "a", "linux/amd64")),
				typed(config, d.image(t, "b", "linux/arm64"))}
		}, "linux/arm64", []string{"linux/amd64", "linux/arm64"}, `["b"]`, 5},
		{"unknown/unknown without the mark of an attestation", func(t *testing.T, d *documents) []ocispec.Descriptor {
			return []ocispec.Descriptor{on("unknown/unknown", d.image(t, "a", "linux/amd64"))}
		}, "", []string{"linux/amd64"}, `["a"]`, 3},
		{"indexes in the index", func(t *testing.T, d *documents) []ocispec.Descriptor {
			nested := func(name, platform string) ocispec.Descriptor {
				return on(platform, d.index(t, "", on(platform, d.image(t, name, platform)),
					attesting(d.image(t, name+"x", "unknown/unknown"))))
			}
			return []ocispec.Descriptor{nested("a", "linux/arm64"), nested("b", "linux/amd64")}
		}, "", []string{"linux/arm64", "linux/amd64"}, `["b"]`, 5},
		{"indexes whose entries have no platform", func(t *testing.T, d *documents) []ocispec.Descriptor {
			return []ocispec.Descriptor{on("linux/arm64", d.index(t, "", d.image(t, "a", ""))),
				on("linux/amd64", d.index(t, "", d.image(t, "b", "linux/amd64")))}
		}, "linux/arm64", []string{"linux/arm64", "linux/amd64"}, `["a"]`, 7},
		{"an attestation without its mark, in an index for a platform", func(t *testing.T,
			d *documents) []ocispec.Descriptor {
			return []ocispec.Descriptor{on("linux/amd64", d.index(t, "", d.image(t, "x", "unknown/unknown"),
				on("unknown/unknown", d.image(t, "y", "")), on("linux/amd64", d.image(t, "a", "linux/amd64"))))}
		}, "", []string{"linux/amd64"}, `["a"]`, 8},
		{"an index without a platform", func(t *testing.T, d *documents) []ocispec.Descriptor {
			return []ocispec.Descriptor{d.index(t, "", on("linux/amd64", d.image(t, "a", "linux/amd64")),
				on("linux/s390x", d.image(t, "b", "linux/s390x")))}
		}, "linux/s390x", []string{"linux/amd64", "linux/s390x"}, `["b"]`, 4},
		{"three levels", func(t *testing.T, d *documents) []ocispec.Descriptor {
			return []ocispec.Descriptor{d.index(t, "", d.index(t, "", d.image(t, "a", "linux/amd64")))}
		}, "", []string{"linux/amd64"}, `["a"]`, 5},
		{"an index that is listed as an image", func(t *testing.T, d *documents) []ocispec.Descriptor {
			nested := on("linux/amd64", d.index(t, "", on("linux/amd64", d.image(t, "a", "linux/amd64"))))
			nested.MediaType = ""
			return []ocispec.Descriptor{nested}
		}, "", []string{"linux/amd64"}, `["a"]`, 4},
		{"one index twice", func(t *testing.T, d *documents) []ocispec.Descriptor {
			nested := d.index(t, "", on("linux/amd64", d.image(t, "a", "linux/amd64")))
			return []ocispec.Descriptor{nested, nested}
		}, "", []string{"linux/amd64"}, `["a"]`, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			registry := serveDocuments(t)
			registry.index(t, "1", test.entries(t, registry)...)
			warn, warnings := collect()
			got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
				Options{Include: []string{IncludeConfig}, Platform: test.platform, Warn: warn})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(names(got), test.platforms) || command(got) != test.command || len(got.Nameless) > 0 ||
				len(*warnings) > 0 {
				t.Errorf("platforms %v, command %s, nameless %v, warnings %v", names(got), command(got), got.Nameless, *warnings)
			}
			if asked := registry.asked(); len(asked) != test.requests {
				t.Errorf("%d requests, want %d: %v", len(asked), test.requests, asked)
			}
		})
	}
}

// What cannot be told is said, and hinders no other platform.
func TestIndex_whatCannotBeToldIsAWarning(t *testing.T) {
	t.Parallel()
	nested := func(t *testing.T, d *documents, levels int) ocispec.Descriptor {
		entry := d.image(t, "deep", "linux/s390x")
		for range levels {
			entry = d.index(t, "", entry)
		}
		return entry
	}
	for _, test := range []struct {
		name     string
		entry    func(*testing.T, *documents) ocispec.Descriptor
		nameless int
		words    string
	}{
		{"a configuration without a platform", func(t *testing.T, d *documents) ocispec.Descriptor {
			return d.image(t, "x", "")
		}, 1, "configurations name none either"},
		{"a manifest that is lost", func(*testing.T, *documents) ocispec.Descriptor {
			return ocispec.Descriptor{MediaType: ocispec.MediaTypeImageManifest, Digest: digestOfNothing}
		}, 1, "404"},
		{"an index that is lost", func(*testing.T, *documents) ocispec.Descriptor {
			return ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: digestOfNothing}
		}, 1, "404"},
		{"a configuration that is lost", func(t *testing.T, d *documents) ocispec.Descriptor {
			return d.put(t, ocispec.MediaTypeImageManifest, `{"config":{"mediaType":"`+ocispec.MediaTypeImageConfig+
				`","digest":"`+digestOfNothing+`"},"layers":[]}`)
		}, 1, "the image configuration cannot be read"},
		{"other content than the digest says", func(t *testing.T, d *documents) ocispec.Descriptor {
			d.stored[digestOfNothing] = document{ocispec.MediaTypeImageIndex, `{"manifests":[]}`}
			return ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: digestOfNothing}
		}, 1, "the content is refused"},
		{"a digest that is none", func(*testing.T, *documents) ocispec.Descriptor {
			return ocispec.Descriptor{MediaType: ocispec.MediaTypeImageManifest, Digest: "../../../token"}
		}, 1, `digest "../../../token"`},
		{"an empty index", func(t *testing.T, d *documents) ocispec.Descriptor { return d.index(t, "") }, 1,
			"an index without entries"},
		{"seven levels", func(t *testing.T, d *documents) ocispec.Descriptor { return nested(t, d, 7) }, 1,
			"not read as a whole"},
		{"a lost index for a platform", func(*testing.T, *documents) ocispec.Descriptor {
			return on("linux/s390x", ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: digestOfNothing})
		}, 0, "What 127.0.0.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			registry := serveDocuments(t)
			registry.index(t, "1", test.entry(t, registry), on("linux/amd64", registry.image(t, "a", "linux/amd64")))
			warn, warnings := collect()
			got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
				Options{Include: []string{IncludeConfig}, Warn: warn})
			if err != nil {
				t.Fatal(err)
			}
			if command(got) != `["a"]` || len(got.Nameless) != test.nameless {
				t.Errorf("command %s, nameless %v", command(got), got.Nameless)
			}
			if said := fmt.Sprint(*warnings); !strings.Contains(said, test.words) {
				t.Errorf("the warnings do not say %q: %s", test.words, said)
			}
			for _, asked := range registry.asked() {
				if strings.Contains(asked, "token") {
					t.Errorf("an address was made of a digest: %s", asked)
				}
			}
			_, err = registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Platform: "linux/riscv64"})
			if !errors.Is(err, image.ErrNoPlatform) {
				t.Errorf("of another platform: %v", err)
			}
		})
	}
}

const digestOfNothing = "sha256:7777777777777777777777777777777777777777777777777777777777777777"

// A registry that fails is not one that has lost something.
func TestIndex_registryThatFailsIsAnError(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	inner := registry.index(t, "", on("linux/amd64", registry.image(t, "a", "linux/amd64")))
	registry.index(t, "1", on("linux/amd64", inner))
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, inner.Digest.String()) && refuse(w, http.StatusForbidden, "DENIED", "")
	})
	_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}})
	mention(t, err, "403", inner.Digest.String())
}

// A requested platform that is lost is an error, and another one's is not.
func TestIndex_requestedPlatformThatIsLostIsAnError(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")),
		on("linux/arm64", ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: digestOfNothing}))
	_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
		Options{Include: []string{IncludeConfig}, Platform: "linux/arm64"})
	mention(t, err, "linux/arm64", "push it again")
}

// Indexes of any size and shape take a limited number of requests.
func TestIndex_isReadWithinBounds(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	entries := []ocispec.Descriptor{on("linux/amd64", registry.image(t, "a", "linux/amd64"))}
	for number := range 2 * maxEntriesRead {
		entries = append(entries, registry.index(t, "", registry.image(t, fmt.Sprint(number), "linux/arm64")))
	}
	registry.index(t, "1", entries...)
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
		Options{Include: []string{IncludeConfig}, Warn: warn})
	if err != nil {
		t.Fatal(err)
	}
	if asked := registry.asked(); command(got) != `["a"]` || len(asked) > 2*maxEntriesRead+3 ||
		len(got.Nameless) < maxEntriesRead {
		t.Errorf("command %s after %d requests, %d nameless", command(got), len(asked), len(got.Nameless))
	}
	if said := fmt.Sprint(*warnings); !strings.Contains(said, "not read as a whole") {
		t.Errorf("the warnings do not say that something was left out: %s", said)
	}
}

// An image that names its platform nowhere runs all the same, if it is the only one.
func TestIndex_onlyImageNeedsNoPlatform(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	only := registry.image(t, "only", "")
	registry.index(t, "1", typed(ocispec.MediaTypeImageConfig, only))
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
		Options{Include: []string{IncludeConfig}, Warn: warn})
	if err != nil {
		t.Fatal(err)
	}
	if command(got) != `["only"]` || text(got.Platforms[0].Digest) != only.Digest.String() || len(*warnings) != 1 {
		t.Errorf("command %s of %v, warnings %v", command(got), got.Platforms, *warnings)
	}
	_, err = registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Platform: "linux/amd64"})
	mention(t, err, "it is not there for linux/amd64, or for any other platform")
}

// Artifacts in an index are no platforms, and are listed.
func TestIndex_artifactsAreListedAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	content := registry.put(t, "application/spdx+json", "{}")
	app := on("linux/amd64", registry.image(t, "a", "linux/amd64"))
	sbom := registry.attachment(t, app, "application/spdx+json", ocispec.MediaTypeEmptyJSON, content)
	registry.index(t, "1", app, sbom, typed("application/vnd.oci.image.config.v1+json", sbom))
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1",
		Options{Include: []string{IncludeConfig, IncludeReferrers}, Warn: warn})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Attestations) != 2 || got.Attestations[0].Kind != image.KindSBOM || len(got.Nameless)+len(*warnings) > 0 ||
		text(got.Attestations[0].Subject) != app.Digest.String() {
		t.Errorf("attestations %+v, nameless %v, warnings %v", got.Attestations, got.Nameless, *warnings)
	}
	registry.index(t, "2", sbom)
	if _, err = registry.client(t).Image(t.Context(), registry.host+"/app:2", Options{Include: []string{IncludeConfig},
		Warn: warn}); err != nil || len(*warnings) != 1 || !strings.Contains((*warnings)[0].Detail, "no container image") {
		t.Errorf("an index of artifacts alone: %v, %v", err, *warnings)
	}
}

// A digest that somebody has of the image may be that of an index in its index.
func TestIndex_digestsOfIndexesInItAreKnown(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	inner := registry.index(t, "", on("linux/amd64", registry.image(t, "a", "linux/amd64")))
	root := registry.index(t, "1", on("linux/amd64", inner))
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}})
	want := []string{registry.host + "/app@" + root.Digest.String(), registry.host + "/app@" + inner.Digest.String()}
	slices.Sort(want)
	if err != nil || !slices.Equal(got.RepoDigests, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}
