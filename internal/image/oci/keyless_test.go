package oci

import (
	"slices"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

const slsa, vuln = "https://slsa.dev/provenance/v1", "https://cosign.sigstore.dev/attestation/vuln/v1"

// trustingRelease returns the trust in the release workflow of an instance, whose certificates have it.
func trustingRelease(t *testing.T, instance *signaturetest.Instance) *signature.Trust {
	t.Helper()
	trust, wrong := signature.NewTrust(signature.Verify{TrustedRoots: []string{instance.Root(t)},
		Identities: []signature.Identity{{Issuer: &signaturetest.Release.Issuer, Subject: &signaturetest.Release.Subject}}})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	return trust
}

// bundled stores a keyless bundle with a statement about an image, and lists nothing.
func (d *documents) bundled(t *testing.T, instance *signaturetest.Instance, about ocispec.Descriptor, predicateType,
	predicate string, how signaturetest.Signing) ocispec.Descriptor {
	t.Helper()
	return typed(bundleV03, d.attachment(t, about, bundleV03, ocispec.MediaTypeEmptyJSON, d.put(t, bundleV03,
		string(instance.Bundle(t, signaturetest.Statement(about.Digest.String(), predicateType, predicate), how)))))
}

// underTag stores a manifest of cosign's first form under the tag of an image.
func (d *documents) underTag(t *testing.T, about ocispec.Descriptor, form string, layers ...ocispec.Descriptor) {
	t.Helper()
	d.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{MediaType: ocispec.MediaTypeImageManifest, Layers: layers},
		cosignTag(about.Digest)+form)
}

// signedLayer stores a keyless signature of cosign's first form.
func (d *documents) signedLayer(t *testing.T, instance *signaturetest.Instance, about digest.Digest,
	how signaturetest.Signing) ocispec.Descriptor {
	t.Helper()
	payload := signaturetest.Payload(about.String())
	stored := d.put(t, layerCosignSignature, string(payload))
	stored.Annotations = instance.Cosign(t, payload, how)
	return stored
}

// read reads an image with options.
func (d *documents) read(t *testing.T, options Options) (*image.Image, []image.Warning) {
	t.Helper()
	warn, warnings := collect()
	options.Warn = warn
	got, err := d.client(t).Image(t.Context(), d.host+"/app:1", options)
	if err != nil {
		t.Fatal(err)
	}
	return got, *warnings
}

// twoPlatforms stores an index under the tag 1.
func (d *documents) twoPlatforms(t *testing.T) (index, amd64, arm64 ocispec.Descriptor) {
	t.Helper()
	amd64, arm64 = d.image(t, "a", "linux/amd64"), d.image(t, "b", "linux/arm64")
	return d.index(t, "1", on("linux/amd64", amd64), on("linux/arm64", arm64)), amd64, arm64
}

func TestKeyless_signaturesAreVerifiedInEveryFormAndPlace(t *testing.T) {
	t.Parallel()
	for _, api := range []bool{true, false} {
		registry, instance := serveDocuments(t), signaturetest.New(t)
		app, _, _ := registry.twoPlatforms(t)
		envelope, annotations := instance.Envelope(t, signaturetest.Statement(app.Digest.String(), slsa, "{}"),
			signaturetest.Signing{})
		attestation := registry.put(t, layerEnvelope, string(envelope))
		attestation.Annotations = annotations
		registry.underTag(t, app, formSignature, registry.signedLayer(t, instance, app.Digest, signaturetest.Signing{}))
		registry.underTag(t, app, formAttestation, attestation)
		bundle := registry.bundled(t, instance, app, image.PredicateCosignSign, "{}", signaturetest.Signing{Stamped: true})
		if api {
			registry.behave(listing(ocispec.MediaTypeImageIndex, app, bundle))
		} else {
			registry.index(t, tagFor(app.Digest), bundle)
		}
		got, warnings := registry.read(t, Options{Trust: trustingRelease(t, instance)})
		wantStatements(t, "signatures", short(got.Signatures), "signature bundle: "+good, "signature cosign: "+good)
		wantStatements(t, "attestations", short(got.Attestations), "attestation cosign: "+good)
		for _, one := range append(slices.Clone(got.Signatures), got.Attestations...) {
			if one.Signer == nil || text(one.Signer.SubjectAlternativeName) != signaturetest.Release.Subject ||
				one.LogIndex == nil || one.SignedAt == nil || one.Claimed != nil ||
				text(one.Matched) != "identities[0] "+signaturetest.Release.Subject {
				t.Errorf("%+v", one)
			}
		}
		if len(warnings) > 0 {
			t.Errorf("API %v: warnings %v", api, warnings)
		}
		got, _ = registry.read(t, Options{Trust: trustingRelease(t, signaturetest.New(t))})
		for _, one := range append(slices.Clone(got.Signatures), got.Attestations...) {
			if *one.Verified || text(one.Reason) != image.ReasonUntrusted || one.Signer != nil || one.Claimed == nil {
				t.Errorf("of another instance: %+v", one)
			}
		}
	}
}

// What an artifact is, what it signs says: its annotations and its list can be written by anybody.
func TestKeyless_scanThatIsLabelledAsASignatureIsNone(t *testing.T) {
	t.Parallel()
	registry, s := serveDocuments(t), newECDSA(t)
	app, _, _ := registry.twoPlatforms(t)
	labels := map[string]string{annotationContent: image.PredicateCosignSign, annotationPredicateType: image.PredicateCosignSign,
		annotationPredicate: image.PredicateCosignSign}
	labelled := func(content ocispec.Descriptor) ocispec.Descriptor {
		content.Annotations = labels
		manifest := registry.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{ArtifactType: content.MediaType,
			Config: registry.put(t, ocispec.MediaTypeEmptyJSON, "{}"), Layers: []ocispec.Descriptor{content}, Subject: &app,
			Annotations: labels})
		manifest.Annotations = labels
		return typed(content.MediaType, manifest)
	}
	report := s.envelopeFor(t, app.Digest.String(), vuln)
	registry.index(t, tagFor(app.Digest), labelled(registry.put(t, bundleV03, s.bundleFor(t, app.Digest.String(), vuln))),
		labelled(registry.put(t, layerEnvelope, string(report))))
	tagged := registry.put(t, layerEnvelope, string(report))
	tagged.Annotations = labels
	registry.underTag(t, app, formAttestation, tagged)
	for _, keys := range [][]string{{s.public}, nil} {
		got, _ := registry.read(t, Options{Include: []string{IncludeReferrers}, Trust: trusting(t, keys...)})
		if len(got.Signatures) > 0 || len(got.Attestations) != 3 {
			t.Errorf("signatures %q, others %q", short(got.Signatures), short(got.Attestations))
		}
		for _, one := range got.Attestations {
			if one.Kind != image.KindAttestation || text(one.PredicateType) != vuln ||
				(one.Verified != nil) != (keys != nil) {
				t.Errorf("%+v", one)
			}
		}
		if keys == nil {
			continue
		}
		for _, platform := range got.Platforms {
			if *platform.Signed {
				t.Errorf("%s is signed by a scan", platform.Platform)
			}
		}
	}
}

// An index lists its platforms and BuildKit's attestations by digest, so that its signature is theirs.
func TestKeyless_signatureOfTheIndexCoversItsMembers(t *testing.T) {
	t.Parallel()
	instance := signaturetest.New(t)
	for name, test := range map[string]struct {
		signed          int // which of index, amd64, arm64; -1 for none
		how             signaturetest.Signing
		amd64, arm64    bool
		covers, without bool
	}{
		"the index":    {signed: 0, amd64: true, arm64: true, covers: true},
		"one platform": {signed: 1, amd64: true},
		"another one":  {signed: 2, arm64: true},
		"nothing":      {signed: -1},
		"the index, by somebody else": {signed: 0, how: signaturetest.Signing{By: signaturetest.Identity{
			Subject: "https://example.com", Issuer: "https://example.com"}}},
		"the index, and nobody is trusted": {signed: 0, without: true},
	} {
		registry := serveDocuments(t)
		amd64, arm64 := registry.image(t, "a", "linux/amd64"), registry.image(t, "b", "linux/arm64")
		content := registry.put(t, "application/vnd.in-toto+json",
			string(signaturetest.Statement(amd64.Digest.String(), slsa, `{"runDetails":{"builder":{"id":"https://b"}}}`)))
		content.Annotations = map[string]string{annotationPredicateType: slsa}
		inner := registry.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{
			Config: registry.put(t, ocispec.MediaTypeImageConfig, "{}"), Layers: []ocispec.Descriptor{content}})
		inner = attesting(inner)
		inner.Annotations[image.AnnotationReferenceDigest] = amd64.Digest.String()
		app := registry.index(t, "1", on("linux/amd64", amd64), on("linux/arm64", arm64), inner)
		var signed string
		if test.signed >= 0 {
			about := []ocispec.Descriptor{app, amd64, arm64}[test.signed]
			entry := registry.bundled(t, instance, about, image.PredicateCosignSign, "{}", test.how)
			registry.index(t, tagFor(about.Digest), entry)
			signed = entry.Digest.String()
		}
		options := Options{Subjects: SubjectsAll, Include: []string{IncludeStatements}, Trust: trustingRelease(t, instance)}
		if test.without {
			options.Trust = nil
		}
		got, _ := registry.read(t, options)
		for index, isSigned := range []bool{test.amd64, test.arm64} {
			switch platform := got.Platforms[index]; {
			case test.without && platform.Signed != nil:
				t.Errorf("%s: %s is said to be signed, or not", name, platform.Platform)
			case !test.without && (platform.Signed == nil || *platform.Signed != isSigned):
				t.Errorf("%s: %s is signed %v", name, platform.Platform, platform.Signed)
			}
		}
		if len(got.Attestations) != 1 || (text(got.Attestations[0].CoveredBy) == signed) != test.covers ||
			(got.Attestations[0].CoveredBy != nil) != test.covers {
			t.Fatalf("%s: %+v", name, got.Attestations)
		}
		if len(got.Provenance) != 1 || test.without != (got.Provenance[0].Verified == nil) ||
			!test.without && *got.Provenance[0].Verified != test.covers {
			t.Errorf("%s: %+v", name, got.Provenance)
		}
	}
}
