package oci

import (
	"context"
	"fmt"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
)

const (
	formatCosign = "cosign"
	formatBundle = "bundle"

	annotationSignature   = "dev.cosignproject.cosign/signature"
	annotationCertificate = "dev.sigstore.cosign/certificate"
	annotationLogEntry    = "dev.sigstore.cosign/bundle"
	annotationPredicate   = "predicateType"
	annotationContent     = "dev.sigstore.bundle.predicateType"

	maxEnvelope = 8 << 20 // the SBOM of a large image has several MiB
)

// cosign reads a manifest of cosign's first form, under a tag or as an artifact. Each layer is one signature,
// attestation or SBOM.
func (r *reader) cosign(ctx context.Context, subject digest.Digest, m *manifest, form string,
	keys []signature.Key) ([]image.Statement, error) {
	if m.image == nil {
		return nil, nil
	}
	layers := r.firstLayers(m, signature.MaxSignatures)
	return inParallel(ctx, layers, func(ctx context.Context, layer ocispec.Descriptor) ([]image.Statement, error) {
		s := image.Statement{
			Kind: image.KindSBOM, Format: new(formatCosign), Digest: new(m.digest.String()), Subject: new(subject.String()),
			ArtifactType: image.Known(layer.MediaType),
		}
		if form == formSBOM {
			return []image.Statement{s}, nil // it is not signed
		}
		s.Kind = image.KindSignature
		if form == formAttestation {
			predicate := layer.Annotations[annotationPredicate]
			s.Kind, s.PredicateType = image.KindOfPredicate(predicate), image.Known(predicate)
		}
		signature.NoteCertificate(&s, []byte(layer.Annotations[annotationCertificate]))
		signature.NoteLogEntry(&s, layer.Annotations[annotationLogEntry])
		if len(keys) == 0 {
			return []image.Statement{s}, nil
		}
		text, err := r.blob(ctx, layer, maxEnvelope, "the signed content")
		if err != nil {
			return lost(s, keys, err)
		}
		if form == formAttestation {
			var signed *signature.Envelope
			if signed, err = signature.ParseEnvelope(text); err == nil {
				err = signed.Verify(&s, subject, keys)
			}
		} else {
			err = signature.VerifyPayload(&s, text, layer.Annotations[annotationSignature], subject, keys)
		}
		r.noteVerified(&s, err)
		return []image.Statement{s}, nil
	})
}

// firstLayers returns the layers of a manifest that are read, and remarks if there are more.
func (r *reader) firstLayers(m *manifest, most int) []ocispec.Descriptor {
	layers := m.image.Layers
	if len(layers) <= most {
		return layers
	}
	r.remark(image.Warning{
		Summary: "More statements than are read",
		Detail: fmt.Sprintf("%s of %s has %d signatures or attestations. The first %d are read.", m.digest, r.repository,
			len(layers), most),
	})
	return layers[:most]
}

// bundle reads an artifact that holds a Sigstore bundle.
func (r *reader) bundle(ctx context.Context, subject digest.Digest, s image.Statement, m *manifest,
	keys []signature.Key) ([]image.Statement, error) {
	if predicate := m.image.Annotations[annotationContent]; predicate != "" {
		s.PredicateType, s.Kind = &predicate, image.KindOfPredicate(predicate)
	}
	text, err := r.blob(ctx, m.image.Layers[0], maxEnvelope, "the bundle")
	if err != nil {
		return lost(s, keys, err)
	}
	bundle, err := signature.ParseBundle(text)
	if err != nil {
		return failing(s, keys, err), nil
	}
	bundle.Describe(&s)
	if len(keys) == 0 {
		return []image.Statement{s}, nil
	}
	r.noteVerified(&s, bundle.Verify(&s, subject, keys))
	return []image.Statement{s}, nil
}

// noteVerified sets what came of a verification.
func (r *reader) noteVerified(s *image.Statement, err error) {
	s.Verified = new(err == nil)
	if err != nil {
		s.Error = new(r.secrets.Redact(err.Error()))
	}
}

// lost returns a statement whose content is lost or refused. A registry that fails is an error of the whole call: its
// statements may be good.
func lost(s image.Statement, keys []signature.Key, err error) ([]image.Statement, error) {
	if err = ofPart(err); !isLost(err) {
		return nil, err
	}
	return failing(s, keys, err), nil
}

// failing returns a statement with the reason why it cannot be read: a broken one must not hide the others.
func failing(s image.Statement, keys []signature.Key, err error) []image.Statement {
	if len(keys) > 0 {
		s.Verified = new(false)
	}
	s.Error = new(err.Error())
	return []image.Statement{s}
}
