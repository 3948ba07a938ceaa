package oci

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const bundleV03 = "application/vnd.dev.sigstore.bundle.v0.3+json"

// signedBundle stores what cosign 3 attaches to an image, with the types that a test gives it.
func (d *documents) signedBundle(t *testing.T, s signer, subject ocispec.Descriptor, artifactType,
	configType string) ocispec.Descriptor {
	t.Helper()
	return d.attachment(t, subject, artifactType, configType,
		d.put(t, bundleV03, s.bundleFor(t, subject.Digest.String(), image.PredicateCosignSign)))
}

// simpleSignature stores a layer with a signature of cosign's first form.
func (d *documents) simpleSignature(t *testing.T, s signer, subject ocispec.Descriptor) ocispec.Descriptor {
	t.Helper()
	payload := payloadFor(subject.Digest.String())
	content := d.put(t, layerCosignSignature, string(payload))
	content.Annotations = map[string]string{annotationSignature: base64.StdEncoding.EncodeToString(s.sign(t, payload))}
	return content
}

// statementsOf reads signatures and attestations, in short.
func statementsOf(t *testing.T, registry *served, reference string, keys ...string) (signatures, others []string) {
	t.Helper()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/"+reference,
		Options{Include: []string{IncludeReferrers}, Trust: trusting(t, keys...)})
	if err != nil {
		t.Fatal(err)
	}
	return short(got.Signatures), short(got.Attestations)
}

// A list under a tag is what its writers made of it: cosign 3.0 wrote the type of the empty configuration for every
// bundle, and cosign's experiments wrote none. The manifest counts.
func TestReferrers_manifestSaysWhatItIsWhateverTheListSays(t *testing.T) {
	t.Parallel()
	const emptyType, spdx = ocispec.MediaTypeEmptyJSON, "application/spdx+json"
	bundle := func(artifactType, configType string) func(*testing.T, *documents, signer,
		ocispec.Descriptor) ocispec.Descriptor {
		return func(t *testing.T, d *documents, s signer, app ocispec.Descriptor) ocispec.Descriptor {
			return d.signedBundle(t, s, app, artifactType, configType)
		}
	}
	simple := func(artifactType, configType string) func(*testing.T, *documents, signer,
		ocispec.Descriptor) ocispec.Descriptor {
		return func(t *testing.T, d *documents, s signer, app ocispec.Descriptor) ocispec.Descriptor {
			return d.attachment(t, app, artifactType, configType, d.simpleSignature(t, s, app))
		}
	}
	for _, test := range []struct {
		name   string
		listed string // the list's type
		stored func(*testing.T, *documents, signer, ocispec.Descriptor) ocispec.Descriptor
		want   string
		other  string
	}{
		{"a bundle under its type", bundleV03, bundle(bundleV03, emptyType), "signature bundle: " + good, ""},
		{"a bundle listed as empty", emptyType, bundle(bundleV03, emptyType), "signature bundle: " + good, ""},
		{"a bundle listed without a type", "", bundle(bundleV03, emptyType), "signature bundle: " + good, ""},
		{"a bundle listed as something else", spdx, bundle(bundleV03, emptyType), "signature bundle: " + good, ""},
		{"a bundle by the type of its configuration", emptyType, bundle("", bundleV03), "signature bundle: " + good, ""},
		{"a bundle by the type of its content", emptyType, bundle("", emptyType), "signature bundle: " + good, ""},
		{"a bundle by the type of its content, in an image", "", bundle("", ocispec.MediaTypeImageConfig),
			"signature bundle: " + good, ""},
		{"cosign's experiment", "", simple("", artifactCosign+"sig.v1+json"), "signature cosign: " + good, ""},
		{"cosign's experiment, listed as its configuration", artifactCosign + "sig.v1+json",
			simple("", artifactCosign+"sig.v1+json"), "signature cosign: " + good, ""},
		{"a signature by the type of its content", "", simple("", ocispec.MediaTypeImageConfig),
			"signature cosign: " + good, ""},
		{"an attestation by the type of its content", "", func(t *testing.T, d *documents, s signer,
			app ocispec.Descriptor) ocispec.Descriptor {
			return d.attachment(t, app, "", emptyType, d.put(t, layerEnvelope, string(s.envelopeFor(t, app.Digest.String(),
				"https://slsa.dev/provenance/v1"))))
		}, "", "attestation cosign: " + good},
		{"an SBOM listed as a bundle", bundleV03, func(t *testing.T, d *documents, _ signer,
			app ocispec.Descriptor) ocispec.Descriptor {
			return d.attachment(t, app, spdx, emptyType, d.put(t, spdx, "{}"))
		}, "", "sbom (null): " + unsignedOne},
		{"an SBOM by the type of its content", emptyType, func(t *testing.T, d *documents, _ signer,
			app ocispec.Descriptor) ocispec.Descriptor {
			return d.attachment(t, app, "", emptyType, d.put(t, "application/vnd.cyclonedx+json", "{}"))
		}, "", "sbom (null): " + unsignedOne},
		{"an annotation of a signature alone", "", func(t *testing.T, d *documents, _ signer,
			app ocispec.Descriptor) ocispec.Descriptor {
			return d.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{ArtifactType: "a/b", Subject: &app,
				Annotations: map[string]string{annotationContent: image.PredicateCosignSign}, Layers: []ocispec.Descriptor{}})
		}, "", "attestation (null): " + unsignedOne},
		{"an index that refers to the image", "", func(t *testing.T, d *documents, _ signer,
			app ocispec.Descriptor) ocispec.Descriptor {
			return d.put(t, ocispec.MediaTypeImageIndex, ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2},
				ArtifactType: spdx, Subject: &app, Manifests: []ocispec.Descriptor{}})
		}, "", "sbom (null): " + unsignedOne},
		{"a manifest of ORAS, before OCI 1.1", "", func(t *testing.T, d *documents, _ signer,
			app ocispec.Descriptor) ocispec.Descriptor {
			return d.put(t, "application/vnd.oci.artifact.manifest.v1+json",
				fmt.Sprintf(`{"mediaType":"application/vnd.oci.artifact.manifest.v1+json","artifactType":%q,"blobs":[],`+
					`"subject":{"digest":%q,"size":1}}`, spdx, app.Digest))
		}, "", "sbom (null): " + unsignedOne},
		{"a bundle that is not about the image", bundleV03, func(t *testing.T, d *documents, s signer,
			_ ocispec.Descriptor) ocispec.Descriptor {
			return d.signedBundle(t, s, d.image(t, "other", "linux/arm64"), bundleV03, emptyType)
		}, "", "attestation bundle: false, it is listed with this image, but does not refer to it itself"},
		{"a manifest that is lost", spdx, func(*testing.T, *documents, signer,
			ocispec.Descriptor) ocispec.Descriptor {
			return ocispec.Descriptor{Digest: digestOfNothing}
		}, "", "404"},
		{"a digest that is none", spdx, func(*testing.T, *documents, signer,
			ocispec.Descriptor) ocispec.Descriptor {
			return ocispec.Descriptor{Digest: "../../token"}
		}, "", `"../../token"`},
	} {
		for _, api := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, API %v", test.name, api), func(t *testing.T) {
				t.Parallel()
				registry, s := serveDocuments(t), newECDSA(t)
				app := registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")))
				entry := typed(test.listed, test.stored(t, registry, s, app))
				if api {
					registry.behave(listing("application/vnd.oci.image.index.v1+json", app, entry))
				} else {
					registry.index(t, tagFor(app.Digest), entry)
				}
				signatures, others := statementsOf(t, registry.served, "app:1", s.public)
				if !slices.Equal(signatures, nonEmpty(test.want)) || len(others) != len(nonEmpty(test.other)) ||
					len(others) > 0 && !strings.Contains(others[0], test.other) {
					t.Errorf("signatures %q, others %q", signatures, others)
				}
			})
		}
	}
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}

// listing makes a registry answer for the referrers of a subject with a list of some type.
func listing(mediaType string, subject ocispec.Descriptor,
	entries ...ocispec.Descriptor) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/referrers/") {
			return false
		}
		if !strings.HasSuffix(r.URL.Path, subject.Digest.String()) {
			entries = []ocispec.Descriptor{}
		}
		w.Header().Set("Content-Type", mediaType)
		text := asJSON(ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, Manifests: entries})
		_, _ = w.Write([]byte(text))
		return true
	}
}

// A signature counts once, however often it is listed, and an image does not refer to itself.
func TestReferrers_areDistinct(t *testing.T) {
	t.Parallel()
	registry, s := serveDocuments(t), newECDSA(t)
	app := registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")))
	signed := registry.signedBundle(t, s, app, bundleV03, ocispec.MediaTypeEmptyJSON)
	registry.behave(listing(ocispec.MediaTypeImageIndex, app, typed(bundleV03, signed), signed, app, typed("a/b", signed)))
	signatures, others := statementsOf(t, registry.served, "app:1", s.public)
	wantStatements(t, "signatures", signatures, "signature bundle: "+good)
	wantStatements(t, "others", others)
	others = registry.asked()
	read := slices.DeleteFunc(others, func(r string) bool { return !strings.HasSuffix(r, signed.Digest.String()) })
	if len(read) != 1 {
		t.Errorf("the signature was read %d times", len(read))
	}
}

// Of more referrers than are read the signatures come first.
func TestReferrers_ofTooManyTheSignaturesAreRead(t *testing.T) {
	t.Parallel()
	registry, s := serveDocuments(t), newECDSA(t)
	app := registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")))
	entries := []ocispec.Descriptor{registry.signedBundle(t, s, app, bundleV03, ocispec.MediaTypeEmptyJSON)}
	for number := range maxReferrers + 50 {
		entries = append(entries, typed("a/b", ocispec.Descriptor{Digest: digest.FromString(fmt.Sprint(number))}))
	}
	registry.behave(listing(ocispec.MediaTypeImageIndex, app, entries...))
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Trust: trusting(t, s.public),
		Warn: warn})
	if err != nil {
		t.Fatal(err)
	}
	wantStatements(t, "signatures", short(got.Signatures), "signature bundle: "+good)
	if len(got.Attestations) != maxReferrers-1 || len(*warnings) != 1 ||
		!strings.Contains((*warnings)[0].Detail, fmt.Sprintf("%d artifacts", maxReferrers+51)) {
		t.Errorf("%d others, warnings %v", len(got.Attestations), *warnings)
	}
}

// Signatures that share one manifest are not cut in silence either.
func TestReferrers_ofOneManifestWithTooManyAreCutAloud(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	app := registry.image(t, "a", "linux/amd64")
	registry.stored["1"] = registry.stored[app.Digest.String()]
	layers := slices.Repeat([]ocispec.Descriptor{{MediaType: layerCosignSignature, Digest: digestOfNothing}}, maxReferrers+1)
	registry.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{Layers: layers}, cosignTag(app.Digest)+formSignature)
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeReferrers},
		Warn: warn})
	if err != nil || len(got.Signatures) != maxReferrers || len(*warnings) != 1 ||
		(*warnings)[0].Summary != "More statements than are read" {
		t.Errorf("%v, warnings %v", err, *warnings)
	}
}

// A signature of an image that needs as many requests as before: the image, its signature, the bundle, and a look for
// each of cosign's tags and lists.
func TestReferrers_ofASignedImageForTwoPlatformsTakeTwelveRequests(t *testing.T) {
	t.Parallel()
	registry, s := serveDocuments(t), newECDSA(t)
	app := registry.index(t, "1", on("linux/amd64", registry.image(t, "a", "linux/amd64")),
		on("linux/arm64", registry.image(t, "b", "linux/arm64")))
	registry.index(t, tagFor(app.Digest), typed(bundleV03, registry.signedBundle(t, s, app, bundleV03,
		ocispec.MediaTypeEmptyJSON)))
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Trust: trusting(t, s.public)})
	if err != nil || len(got.Signatures) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	// The index; the referrers API, once; a list under a tag, and three tags of cosign, for each of two digests; the
	// signature and its bundle.
	if asked := registry.asked(); len(asked) != 12 {
		t.Errorf("%d requests: %v", len(asked), asked)
	}
}
