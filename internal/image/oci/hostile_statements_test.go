package oci

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/distribution/reference"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

// Hostile content neither hides a good signature, nor fails the plan, nor fills the memory.
func TestStatements_hostileOnesHideNoGoodOne(t *testing.T) {
	t.Parallel()
	registry, instance := serveDocuments(t), signaturetest.New(t)
	app, _, _ := registry.twoPlatforms(t)
	signed := registry.bundled(t, instance, app, image.PredicateCosignSign, "{}", signaturetest.Signing{})
	refers := func(content ocispec.Descriptor, more ...ocispec.Descriptor) ocispec.Descriptor {
		return typed(content.MediaType, registry.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{
			ArtifactType: content.MediaType, Config: registry.put(t, ocispec.MediaTypeEmptyJSON, "{}"),
			Layers: append([]ocispec.Descriptor{content}, more...), Subject: &app,
			Annotations: map[string]string{annotationPredicate: strings.Repeat("x\n", 100_000)},
		}))
	}
	lying := registry.put(t, bundleV03, strings.Repeat(" ", 1000))
	lying.Size = 10
	junk := registry.put(t, layerCosignSignature, "{}")
	hostile := []ocispec.Descriptor{
		refers(lying), refers(junk, slices.Repeat([]ocispec.Descriptor{junk}, 500)...),
		refers(ocispec.Descriptor{MediaType: strings.Repeat("long\n", 10_000), Digest: junk.Digest, Size: junk.Size}),
		typed(bundleV03, registry.put(t, ocispec.MediaTypeImageManifest, `{"mediaType":"`+ocispec.MediaTypeImageManifest+
			`","config":{},"layers":[`+strings.Repeat("{},", maxObjects)+"{}]}")),
	}
	for filler := range 96 { // so that each may have ten
		hostile = append(hostile, refers(registry.put(t, "application/x", strconv.Itoa(filler))))
	}
	registry.behave(listing(ocispec.MediaTypeImageIndex, app, append(hostile, signed)...))
	got, warnings := registry.read(t, Options{Trust: trustingRelease(t, instance)})
	var good []string
	for _, one := range slices.Concat(got.Signatures, got.Attestations) {
		if *one.Verified {
			good = append(good, one.Kind)
		}
		for _, said := range []*string{one.ArtifactType, one.PredicateType, one.Error} {
			if len(text(said)) > 1000 || strings.Contains(text(said), "\n") {
				t.Errorf("%d characters: %.300q", len(text(said)), *said)
			}
		}
	}
	if !slices.Equal(good, []string{image.KindSignature}) || len(got.Signatures) != 1+minLayers {
		t.Errorf("good %q of %d signatures", good, len(got.Signatures))
	}
	if len(warnings) != 1 || warnings[0].Summary != "More statements than are read" {
		t.Errorf("%v", warnings)
	}
	errors := fmt.Sprint(short(got.Attestations))
	for _, says := range []string{"larger than 10 bytes", fmt.Sprintf("more than %d objects", maxObjects)} {
		if !strings.Contains(errors, says) {
			t.Errorf("%q is not in %.2000s", says, errors)
		}
	}
}

// A large blob may be that of a thousand artifacts. Small ones are read all the same: signatures are.
func TestReader_hasBoundsForAllStatementsOfAnImage(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	named, err := reference.ParseNormalizedNamed(registry.host + "/app")
	if err != nil {
		t.Fatal(err)
	}
	r, err := registry.client(t).read(named, nil)
	if err != nil {
		t.Fatal(err)
	}
	for number := range 2 * maxAlike {
		r.remark(image.Warning{Summary: "Not all of a statement is read", Detail: strconv.Itoa(number)})
	}
	if len(r.warnings) != maxAlike {
		t.Errorf("%d warnings of one kind", len(r.warnings))
	}
	r.read.Store(maxLarge)
	for length, isRead := range map[int]bool{minLarge: true, minLarge + 1: false} {
		stored := registry.put(t, bundleV03, strings.Repeat(" ", length))
		_, release, err := r.large(t.Context(), stored, "it")
		if (err == nil) != isRead || err != nil && !isLost(err) {
			t.Errorf("%d: %v", length, err)
		}
		if err == nil {
			release()
		}
	}
}

// A registry may send without a length.
func TestStatements_tooLargeContentWithoutALengthFailsNoPlan(t *testing.T) {
	t.Parallel()
	registry, instance := serveDocuments(t), signaturetest.New(t)
	app, _, _ := registry.twoPlatforms(t)
	large := registry.bundled(t, instance, app, image.PredicateCosignSign, "{}", signaturetest.Signing{})
	registry.index(t, tagFor(app.Digest), large)
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/"+large.Digest.String()) {
			return false
		}
		w.Header().Set("Content-Type", ocispec.MediaTypeImageManifest)
		for range maxManifest>>20 + 1 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
		return true
	})
	got, _ := registry.read(t, Options{Trust: trustingRelease(t, instance)})
	if len(got.Attestations) != 1 || !strings.Contains(text(got.Attestations[0].Error), "larger than 8 MiB") {
		t.Errorf("%+v", got.Attestations)
	}
}
