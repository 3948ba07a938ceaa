package oci

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

func TestKeyless_signaturesMayBeInAnotherRepository(t *testing.T) {
	t.Parallel()
	images, signatures, instance := serveDocuments(t), serveDocuments(t), signaturetest.New(t)
	app, _, _ := images.twoPlatforms(t)
	signatures.underTag(t, app, formSignature, signatures.signedLayer(t, instance, app.Digest, signaturetest.Signing{}))
	signatures.behave(nil)
	client := newClient(t, map[string]Registry{images.host: {Insecure: true}, signatures.host: {Insecure: true}})
	options := Options{Trust: trustingRelease(t, instance), SignatureRepository: signatures.host + "/signatures/all"}
	got, err := client.Image(t.Context(), images.host+"/app:1", options)
	if err != nil {
		t.Fatal(err)
	}
	wantStatements(t, "signatures", short(got.Signatures), "signature cosign: "+good)
	if asked := images.asked(); slices.ContainsFunc(asked, func(r string) bool {
		return strings.Contains(r, "/referrers/") || strings.HasSuffix(r, formSignature)
	}) {
		t.Errorf("the image's own repository was asked: %v", asked)
	}
	for _, request := range signatures.asked() {
		if !strings.Contains(request, "/v2/signatures/all/") {
			t.Errorf("%s was asked for", request)
		}
	}
	options.SignatureRepository = "Not a name"
	_, err = client.Image(t.Context(), images.host+"/app:1", options)
	mention(t, err, "the repository of signatures", "Not a name")
}

// Signatures of every platform are read if that is said, else those of the one that is chosen.
func TestKeyless_subjectsMayBeAllPlatforms(t *testing.T) {
	t.Parallel()
	registry, instance := serveDocuments(t), signaturetest.New(t)
	_, amd64, arm64 := registry.twoPlatforms(t)
	for _, platform := range []ocispec.Descriptor{amd64, arm64} {
		registry.underTag(t, platform, formSignature, registry.signedLayer(t, instance, platform.Digest, signaturetest.Signing{}))
	}
	for subjects, want := range map[string][]string{
		"": {arm64.Digest.String()}, SubjectsChosen: {arm64.Digest.String()},
		SubjectsAll: {amd64.Digest.String(), arm64.Digest.String()},
	} {
		got, _ := registry.read(t, Options{Trust: trustingRelease(t, instance), Platform: "linux/arm64", Subjects: subjects})
		var about []string
		for _, one := range got.Signatures {
			about = append(about, text(one.Subject))
			if !*one.Verified {
				t.Errorf("%q: %+v", subjects, one)
			}
		}
		slices.Sort(about)
		slices.Sort(want)
		if !slices.Equal(about, want) || *got.Platforms[0].Signed != (len(want) == 2) || !*got.Platforms[1].Signed {
			t.Errorf("%q: of %v, platforms %+v", subjects, about, got.Platforms)
		}
	}
}

// Nightly scans are signed as an image is, in bundles of the same type. The list says which is which.
func TestKeyless_signatureBehindManyAttestationsIsRead(t *testing.T) {
	t.Parallel()
	registry, s := serveDocuments(t), newECDSA(t)
	app, _, _ := registry.twoPlatforms(t)
	signed := typed(bundleV03, registry.signedBundle(t, s, app, bundleV03, ocispec.MediaTypeEmptyJSON))
	signed.Annotations = map[string]string{annotationContent: image.PredicateCosignSign}
	newest := typed(bundleV03, registry.attachment(t, app, bundleV03, ocispec.MediaTypeEmptyJSON, registry.put(t, bundleV03,
		s.bundleFor(t, app.Digest.String(), vuln))))
	newest.Annotations = map[string]string{annotationContent: vuln, ocispec.AnnotationCreated: "2026-05-02T00:00:00+02:00"}
	entries := []ocispec.Descriptor{}
	for number := range maxReferrers + 10 {
		entry := typed(bundleV03, ocispec.Descriptor{Digest: digest.FromString(fmt.Sprint(number))})
		entry.Annotations = map[string]string{annotationContent: vuln, ocispec.AnnotationCreated: "2026-05-01T21:00:00Z"}
		entries = append(entries, entry)
	}
	registry.behave(listing(ocispec.MediaTypeImageIndex, app, append(entries, newest, signed)...))
	got, warnings := registry.read(t, Options{Trust: trusting(t, s.public)})
	wantStatements(t, "signatures", short(got.Signatures), "signature bundle: "+good)
	isRead := slices.ContainsFunc(got.Attestations, func(one image.Statement) bool {
		return text(one.Digest) == newest.Digest.String() && *one.Verified
	})
	if len(got.Attestations) != maxReferrers-1 || !isRead || len(warnings) != 1 ||
		warnings[0].Summary != "More referrers than are read" {
		t.Errorf("%d others, the newest is read %t, warnings %v", len(got.Attestations), isRead, warnings)
	}
}

// cosign adds a signature at the end, so that the newest are there.
func TestKeyless_ofTooManyLayersTheLastAreRead(t *testing.T) {
	t.Parallel()
	registry, instance := serveDocuments(t), signaturetest.New(t)
	app, _, _ := registry.twoPlatforms(t)
	junk := registry.put(t, layerCosignSignature, "{}")
	registry.underTag(t, app, formSignature, append(slices.Repeat([]ocispec.Descriptor{junk}, maxReferrers),
		registry.signedLayer(t, instance, app.Digest, signaturetest.Signing{}))...)
	got, warnings := registry.read(t, Options{Trust: trustingRelease(t, instance)})
	valid := slices.DeleteFunc(slices.Clone(got.Signatures), func(s image.Statement) bool { return !*s.Verified })
	if len(got.Signatures) != maxReferrers || len(valid) != 1 || len(warnings) != 1 ||
		!strings.Contains(warnings[0].Detail, fmt.Sprintf("The last %d are read", maxReferrers)) {
		t.Errorf("%d of %d are valid, warnings %v", len(valid), len(got.Signatures), warnings)
	}
}

// What is too large or lost is told with a reason, and hides nothing else.
func TestKeyless_contentThatCannotBeReadHasAReason(t *testing.T) {
	t.Parallel()
	registry, instance := serveDocuments(t), signaturetest.New(t)
	app, _, _ := registry.twoPlatforms(t)
	large := registry.signedLayer(t, instance, app.Digest, signaturetest.Signing{})
	large.Size = maxEnvelope + 1
	lost := registry.signedLayer(t, instance, app.Digest, signaturetest.Signing{})
	lost.Digest = digestOfNothing
	unsigned := registry.signedLayer(t, instance, app.Digest, signaturetest.Signing{})
	delete(unsigned.Annotations, annotationSignature)
	broken := registry.signedLayer(t, instance, app.Digest, signaturetest.Signing{})
	broken.Annotations[annotationSignature] = base64.StdEncoding.EncodeToString([]byte("x"))
	registry.underTag(t, app, formSignature, large, lost, unsigned, broken,
		registry.signedLayer(t, instance, app.Digest, signaturetest.Signing{}))
	for _, trust := range []*signature.Trust{trustingRelease(t, instance), nil} {
		got, _ := registry.read(t, Options{Include: []string{IncludeReferrers}, Trust: trust})
		reasons := []string{}
		for _, one := range got.Signatures {
			reasons = append(reasons, text(one.Reason))
			if (one.Verified == nil) != (trust == nil) {
				t.Errorf("%+v", one)
			}
		}
		want := []string{image.ReasonTooLarge, image.ReasonUnreadable, image.ReasonUnreadable, image.ReasonTampered, "(null)"}
		if trust == nil {
			want[3] = "(null)" // nothing was compared
		}
		if !slices.Equal(reasons, want) {
			t.Errorf("reasons %v, want %v", reasons, want)
		}
	}
}
