package oci

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

// scanAt returns the content of a scan that has found nothing.
func scanAt(at string) string {
	return fmt.Sprintf(`{"scanner":{"uri":"https://scanner.example.com","result":{"matches":[]}},"metadata":{"scanFinishedOn":%q}}`,
		at)
}

func provenanceOf(commit, finished string) string {
	return fmt.Sprintf(`{"buildDefinition":{"resolvedDependencies":[{"uri":"git+https://github.com/example/app",`+
		`"digest":{"gitCommit":%q}}]},"runDetails":{"metadata":{"finishedOn":%q}}}`, commit, finished)
}

const spdx = `{"spdxVersion":"SPDX-2.3","creationInfo":{"created":"2026-01-01T00:00:00Z"},` +
	`"packages":[{"name":"musl","versionInfo":"1.2.5"}]}`

// Facts come from every place of statements, the newest first, and each has the verdict on its statement.
func TestFacts_areSortedAndNameTheirStatements(t *testing.T) {
	t.Parallel()
	registry, instance, stranger := serveDocuments(t), signaturetest.New(t), signaturetest.New(t)
	app, _, _ := registry.twoPlatforms(t)
	const spdxType, vexType = "https://spdx.dev/Document", "https://openvex.dev/ns/v0.2.0"
	var nothing signaturetest.Signing
	middle := registry.bundled(t, instance, app, vuln, scanAt("2026-05-02T00:30:00+02:00"), nothing)
	later := registry.bundled(t, instance, app, vuln, scanAt("2026-05-01T22:30:00.5Z"), nothing)
	newest := registry.bundled(t, stranger, app, vuln, scanAt("2026-05-02T00:00:00Z"), nothing)
	timeless := registry.bundled(t, instance, app, vuln, scanAt(""), nothing)
	oldest := registry.bundled(t, instance, app, vuln, scanAt("2026-05-01T22:29:59.5Z"), nothing)
	built := registry.bundled(t, instance, app, slsa, provenanceOf("aaaa", "2026-01-01T00:00:00Z"), nothing)
	rebuilt := registry.bundled(t, instance, app, slsa, provenanceOf("bbbb", "2026-01-01T00:00:01Z"), nothing)
	listed := registry.bundled(t, instance, app, spdxType, spdx, nothing)
	affects := registry.bundled(t, instance, app, vexType, `{"@id":"https://example.com/vex","timestamp":"2026-01-01T00:00:00Z",`+
		`"statements":[{"vulnerability":{"name":"CVE-2026-1"},"status":"fixed"}]}`, nothing)
	// A statement about another image does not count for this one, signed or not.
	other := registry.image(t, "other", "linux/amd64")
	foreign := typed(bundleV03, registry.attachment(t, app, bundleV03, ocispec.MediaTypeEmptyJSON, registry.put(t, bundleV03,
		string(instance.Bundle(t, signaturetest.Statement(other.Digest.String(), vuln, scanAt("2027-01-01T00:00:00Z")),
			nothing)))))
	registry.index(t, tagFor(app.Digest), middle, later, newest, timeless, oldest, built, rebuilt, listed, affects, foreign)

	for _, trust := range []*signature.Trust{trustingRelease(t, instance), nil} {
		got, warnings := registry.read(t, Options{Include: []string{IncludeStatements}, Trust: trust})
		if len(warnings) > 0 {
			t.Errorf("warnings %v", warnings)
		}
		check := func(what string, index int, statement *string, verified *bool, want ocispec.Descriptor) {
			t.Helper()
			isValid := want.Digest != newest.Digest
			if text(statement) != want.Digest.String() || (verified == nil) != (trust == nil) ||
				verified != nil && *verified != isValid {
				t.Errorf("%s %d is of %s, verified %v", what, index, text(statement), verified)
			}
		}
		if len(got.Scans) != 5 || len(got.Provenance) != 2 || len(got.SBOMs) != 1 || len(got.VEX) != 1 {
			t.Fatalf("%+v, %+v, %+v, %+v", got.Scans, got.Provenance, got.SBOMs, got.VEX)
		}
		for index, want := range []ocispec.Descriptor{newest, later, middle, oldest, timeless} {
			check("scan", index, got.Scans[index].Statement, got.Scans[index].Verified, want)
		}
		for index, want := range []ocispec.Descriptor{rebuilt, built} {
			check("build", index, got.Provenance[index].Statement, got.Provenance[index].Verified, want)
		}
		check("SBOM", 0, got.SBOMs[0].Statement, got.SBOMs[0].Verified, listed)
		check("VEX", 0, got.VEX[0].Statement, got.VEX[0].Verified, affects)
		if got.SBOMs[0].Packages != nil || *got.SBOMs[0].PackageCount != 1 {
			t.Errorf("packages that were not requested: %+v", got.SBOMs[0])
		}
	}
	got, _ := registry.read(t, Options{Include: []string{IncludePackages}})
	if len(got.SBOMs) != 1 || len(got.SBOMs[0].Packages) != 1 || text(got.SBOMs[0].Packages[0].Name) != "musl" {
		t.Errorf("requested packages: %+v", got.SBOMs)
	}
	got, _ = registry.read(t, Options{Include: []string{IncludeReferrers}})
	if got.Scans != nil || got.Provenance != nil || got.SBOMs != nil || got.VEX != nil || len(got.Attestations) != 10 {
		t.Errorf("facts that were not requested: %+v", got)
	}
}

func TestFacts_ofAnImageWithoutStatementsAreEmpty(t *testing.T) {
	t.Parallel()
	registry := serveDocuments(t)
	registry.twoPlatforms(t)
	got, _ := registry.read(t, Options{Include: []string{IncludeStatements}})
	if got.Scans == nil || got.Provenance == nil || got.SBOMs == nil || got.VEX == nil ||
		len(got.Scans)+len(got.Provenance)+len(got.SBOMs)+len(got.VEX) > 0 {
		t.Errorf("%+v", got)
	}
}

// What cosign attested under a tag says as much as a bundle, and BuildKit's is read where it is.
func TestFacts_areReadInEveryForm(t *testing.T) {
	t.Parallel()
	registry, s := serveDocuments(t), newECDSA(t)
	amd64 := registry.image(t, "a", "linux/amd64")
	content := registry.put(t, "application/vnd.in-toto+json", string(signaturetest.Statement(amd64.Digest.String(),
		"https://spdx.dev/Document", spdx)))
	content.Annotations = map[string]string{annotationPredicateType: "https://spdx.dev/Document"}
	stray := registry.put(t, "application/vnd.in-toto+json", string(signaturetest.Statement("sha256:"+strings.Repeat("2", 64),
		"https://spdx.dev/Document", spdx)))
	stray.Annotations = content.Annotations
	inner := attesting(registry.put(t, ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Config: registry.put(t, ocispec.MediaTypeImageConfig, "{}"), Layers: []ocispec.Descriptor{content, stray}}))
	inner.Annotations[image.AnnotationReferenceDigest] = amd64.Digest.String()
	app := registry.index(t, "1", on("linux/amd64", amd64), inner)
	envelope := registry.put(t, layerEnvelope, string(s.envelopeOf(t, payloadInToto,
		signaturetest.Statement(app.Digest.String(), vuln, scanAt("2026-05-02T00:00:00Z")))))
	registry.underTag(t, app, formAttestation, envelope)
	got, _ := registry.read(t, Options{Include: []string{IncludeStatements}, Trust: trusting(t, s.public)})
	if len(got.Scans) != 1 || !*got.Scans[0].Verified || len(got.SBOMs) != 1 || *got.SBOMs[0].Verified {
		t.Errorf("scans %+v, SBOMs %+v", got.Scans, got.SBOMs)
	}
	reasons := []string{}
	for _, one := range got.Attestations {
		reasons = append(reasons, text(one.Reason))
	}
	if slices.Sort(reasons); !slices.Equal(reasons, []string{"(null)", "(null)", image.ReasonOtherSubject}) {
		t.Errorf("reasons %v", reasons)
	}
}
