package oci

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
)

const (
	artifactCosign   = "application/vnd.dev.cosign.artifact." // and sig, att or sbom, and a version
	artifactNotation = "application/vnd.cncf.notary.signature"
	artifactBundle   = "application/vnd.dev.sigstore.bundle" // and its version

	// Forms of cosign's statements, which are the ends of their tags.
	formSignature   = ".sig"
	formAttestation = ".att"
	formSBOM        = ".sbom"

	layerCosignSignature = "application/vnd.dev.cosign.simplesigning.v1+json"
	layerEnvelope        = "application/vnd.dsse.envelope.v1+json"
)

// referrer returns the statements of one entry in a list of referrers. Its manifest says what it is: lists that clients
// keep under a tag may name no type, or another one (https://github.com/sigstore/cosign/issues/4422). It reads bundles
// and signatures of cosign.
func (r *reader) referrer(ctx context.Context, request *imageRequest, subject digest.Digest,
	entry ocispec.Descriptor, among int) ([]statement, error) {
	if err := entry.Digest.Validate(); err != nil {
		return failing(listedAs(subject, entry), request, fmt.Errorf("the list gives it the digest %q: %w",
			r.line(string(entry.Digest)), err)), nil
	}
	m, err := r.manifest(ctx, entry.Digest.String())
	if err != nil {
		return lost(listedAs(subject, entry), request, err)
	}
	if err := refersTo(m, subject); err != nil {
		return failing(listedAs(subject, entry), request, err), nil
	}
	kind := typeOf(m)
	s := statementOf(subject, entry.Digest, kind, m.annotations())
	isBundle := strings.HasPrefix(kind, artifactBundle)
	form, isCosign := cosignForm(kind)
	switch {
	case (isBundle || isCosign || kind == artifactNotation) && len(m.layers()) == 0:
		return failing(s, request, errors.New("it has no content")), nil
	case isBundle:
		return r.signed(ctx, request, subject, s, m.image.Layers[0], signature.ReadBundle)
	case isCosign:
		return r.cosign(ctx, request, subject, m, form, among)
	case kind == artifactNotation:
		return r.notation(ctx, request, subject, s, m.image.Layers[0])
	}
	return unsigned(s, request), nil
}

// listedAs describes an entry that cannot be read as the list does.
func listedAs(subject digest.Digest, entry ocispec.Descriptor) statement {
	return statementOf(subject, entry.Digest, entry.ArtifactType, entry.Annotations)
}

// statementOf describes an artifact by its type and annotations.
func statementOf(subject, artifact digest.Digest, artifactType string, annotations map[string]string) statement {
	s := statement{Statement: image.Statement{
		Kind: image.KindOfArtifact(artifactType), Digest: new(artifact.String()), Subject: new(subject.String()),
		ArtifactType: image.Known(oneLine(artifactType)),
	}}
	for _, name := range []string{annotationContent, annotationPredicateType, annotationPredicate} {
		if predicate := annotations[name]; predicate != "" {
			s.PredicateType = image.Known(oneLine(predicate))
			s.Kind = image.KindOfPredicate(predicate)
		}
	}
	form, known := cosignForm(artifactType)
	switch {
	case strings.HasPrefix(artifactType, artifactBundle):
		s.Format = new(formatBundle)
		if s.Kind == image.KindArtifact {
			s.Kind = image.KindAttestation
		}
	case known:
		s.Format = new(formatCosign)
		if form == formSignature {
			s.Kind = image.KindSignature
		}
	case artifactType == artifactNotation:
		s.Kind, s.Format = image.KindSignature, new(formatNotation)
	case s.Kind == image.KindSignature:
		s.Kind = image.KindAttestation // an annotation alone makes no signature
	}
	return s
}

// signatureRank returns 0 for an entry of a list that says that it is a signature, 1 for one that may be one, and 2 for
// others. A list may say anything, so that this decides nothing but the order.
func signatureRank(entry ocispec.Descriptor) int {
	said := cmp.Or(entry.Annotations[annotationContent], entry.Annotations[annotationPredicateType],
		entry.Annotations[annotationPredicate])
	switch {
	case said != "" && image.KindOfPredicate(said) == image.KindSignature:
		return 0
	case said != "":
		return 2
	case isSignatureType(entry.ArtifactType), saysNothing(entry.ArtifactType):
		return 1
	}
	return 2
}

// isSignatureType reports whether artifacts of a type are signatures, or may be.
func isSignatureType(artifactType string) bool {
	_, known := cosignForm(artifactType)
	return known || artifactType == artifactNotation || strings.HasPrefix(artifactType, artifactBundle)
}

// refersTo checks that a manifest refers to the subject itself: anyone with push rights can write the list under a tag.
func refersTo(m *manifest, subject digest.Digest) error {
	if about := m.subject(); about == nil || about.Digest != subject {
		return errors.New("it is listed with this image, but does not refer to it itself")
	}
	return nil
}

// typeOf returns the type of an artifact: that of its manifest, else of its configuration, else of its content, where
// the others say nothing.
func typeOf(m *manifest) string {
	if m.index != nil {
		return m.index.ArtifactType
	}
	for _, artifactType := range []string{m.image.ArtifactType, m.image.Config.MediaType} {
		if !saysNothing(artifactType) {
			return artifactType
		}
	}
	if len(m.image.Layers) > 0 {
		content := m.image.Layers[0].MediaType
		if isSignatureType(content) || image.KindOfArtifact(content) != image.KindArtifact {
			return content
		}
	}
	return cmp.Or(m.image.ArtifactType, m.image.Config.MediaType)
}

// cosignForm returns which of cosign's forms a type is of; false if it is of none.
func cosignForm(artifactType string) (string, bool) {
	switch artifactType {
	case layerCosignSignature:
		return formSignature, true
	case layerEnvelope:
		return formAttestation, true
	}
	form, ok := strings.CutPrefix(artifactType, artifactCosign)
	form, _, _ = strings.Cut("."+form, ".v")
	return form, ok && slices.Contains([]string{formSignature, formAttestation, formSBOM}, form)
}

// saysNothing reports whether a type says nothing of an artifact: an empty one, or that of any image.
func saysNothing(artifactType string) bool {
	lower := strings.ToLower(artifactType)
	return image.IsConfig(lower) || slices.Contains([]string{"", ocispec.MediaTypeEmptyJSON,
		ocispec.MediaTypeImageManifest, ocispec.MediaTypeImageIndex, image.MediaTypeDockerManifest,
		"application/vnd.unknown.config.v1+json", "application/json", "application/octet-stream"}, lower)
}

func (m *manifest) subject() *ocispec.Descriptor {
	if m.index != nil {
		return m.index.Subject
	}
	return m.image.Subject
}

func (m *manifest) annotations() map[string]string {
	if m.index != nil {
		return m.index.Annotations
	}
	return m.image.Annotations
}

func (m *manifest) layers() []ocispec.Descriptor {
	if m.index != nil {
		return nil
	}
	return m.image.Layers
}
