package oci

import (
	"context"
	"fmt"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/predicate"
)

const (
	formatCosign   = "cosign"
	formatBundle   = "bundle"
	formatNotation = "notation"

	annotationPredicate = "predicateType"
	annotationContent   = "dev.sigstore.bundle.predicateType"

	maxEnvelope = 32 << 20 // the SBOM of a large image has several MiB
	// maxLarge is how many bytes of contents larger than minLarge are read of one image: hundreds of large envelopes,
	// which may be one blob, would take longer than a plan waits. Signatures are smaller.
	maxLarge, minLarge = 1 << 30, 64 << 10

	minLayers = 10 // that are read of each of many manifests
)

// A statement is a statement in the shape, with what it says where facts are requested.
type statement struct {
	image.Statement
	facts predicate.Facts
}

// cosign reads a manifest of cosign's first form, under a tag or as an artifact. Each layer is one signature,
// attestation or SBOM; cosign adds the newest one at the end. The manifest is one among others.
func (r *reader) cosign(ctx context.Context, request *imageRequest, subject digest.Digest, m *manifest,
	form string, among int) ([]statement, error) {
	if m.image == nil {
		return nil, nil
	}
	layers := r.lastLayers(m, among)
	return inParallel(ctx, layers, func(ctx context.Context, layer ocispec.Descriptor) ([]statement, error) {
		s := statement{Statement: image.Statement{
			Kind: image.KindSBOM, Format: new(formatCosign), Digest: new(m.digest.String()), Subject: new(subject.String()),
			ArtifactType: image.Known(oneLine(layer.MediaType)),
		}}
		if form == formSBOM {
			return unsigned(s, request), nil
		}
		read := signature.ReadCosign
		s.Kind = image.KindSignature
		if form == formAttestation {
			claimed := layer.Annotations[annotationPredicate]
			s.Kind, s.PredicateType, read = attestationKind(claimed), image.Known(r.line(claimed)), signature.ReadEnvelope
		}
		return r.signed(ctx, request, subject, s, layer, func(text []byte) (*signature.Signed, *signature.Failure) {
			return read(text, layer.Annotations)
		})
	})
}

// attestationKind returns the kind of an attestation whose type is not signed: that makes no signature.
func attestationKind(claimed string) string {
	if kind := image.KindOfPredicate(claimed); kind != image.KindSignature {
		return kind
	}
	return image.KindAttestation
}

// lastLayers returns the layers of a manifest that are read, the newest ones, and remarks if there are more. Manifests
// share what is read: a thousand with a thousand layers are a million requests.
func (r *reader) lastLayers(m *manifest, among int) []ocispec.Descriptor {
	layers, most := m.image.Layers, max(maxReferrers/max(among, 1), minLayers)
	if len(layers) <= most {
		return layers
	}
	r.remark(image.Warning{
		Summary: "More statements than are read",
		Detail: fmt.Sprintf("%s of %s has %d signatures or attestations. The last %d are read.", m.digest, r.repository,
			len(layers), most),
	})
	return layers[len(layers)-most:]
}

// signed reads what is signed, verifies it, and reads what it says.
func (r *reader) signed(ctx context.Context, request *imageRequest, subject digest.Digest, s statement,
	content ocispec.Descriptor, read func([]byte) (*signature.Signed, *signature.Failure)) ([]statement, error) {
	isTrusting := request.trust != nil
	if content.Size > maxEnvelope {
		s.Fails(image.ReasonTooLarge, fmt.Sprintf("it has %d bytes: %d are read", content.Size, maxEnvelope), isTrusting)
		return []statement{s}, nil
	}
	raw, release, err := r.large(ctx, content, "the signed content")
	if err != nil {
		return lost(s, request, err)
	}
	defer release()
	known, failure := read(raw)
	if known != nil {
		known.Describe(&s.Statement)
	}
	if failure != nil {
		s.Fails(failure.Reason, r.secrets.Redact(failure.Error()), isTrusting)
		return []statement{s}, nil
	}
	known.Verify(&s.Statement, subject, request.trust)
	if s.Error != nil {
		s.Error = new(r.secrets.Redact(*s.Error))
	}
	predicateType, said := known.Predicate()
	r.say(&s, request, predicateType, said)
	return []statement{s}, nil
}

// notation reads an artifact that holds a signature of Notation's.
func (r *reader) notation(ctx context.Context, request *imageRequest, subject digest.Digest, s statement,
	content ocispec.Descriptor) ([]statement, error) {
	text, release, err := r.large(ctx, content, "the signature")
	if err != nil {
		return lost(s, request, err)
	}
	defer release()
	signature.VerifyNotation(&s.Statement, text, content.MediaType, subject, request.trust)
	if s.Error != nil {
		s.Error = new(r.secrets.Redact(*s.Error))
	}
	return []statement{s}, nil
}

// large reads a blob that may be large. Many are read at once, so that it waits until there is memory for it, which
// release gives back.
func (r *reader) large(ctx context.Context, d ocispec.Descriptor, what string) (content []byte, release func(),
	err error) {
	weight := int64(maxEnvelope)
	if d.Size > 0 {
		weight = min(d.Size, maxEnvelope)
	}
	if weight > minLarge && r.read.Add(weight) > maxLarge {
		return nil, nil, &contentError{fmt.Errorf("%s is not read: %d MiB of statements have been", what, maxLarge>>20)}
	}
	if err := r.memory.Acquire(ctx, weight); err != nil {
		return nil, nil, err
	}
	content, err = r.blob(ctx, d, weight, what) // no more than it says, for which there is memory
	if err != nil {
		r.memory.Release(weight)
		return nil, nil, err
	}
	return content, func() { r.memory.Release(weight) }, nil
}

// say reads the facts of a statement, where they are requested. Those of another image do not count for this one.
func (r *reader) say(s *statement, request *imageRequest, predicateType string, said []byte) {
	if !request.facts || image.ValueOf(s.Reason) == image.ReasonOtherSubject {
		return
	}
	var remarks []string
	s.facts, remarks = predicate.Read(predicateType, said, predicate.Options{Packages: request.packages})
	for _, remark := range remarks {
		s.Warnings = append(s.Warnings, remark)
		r.remark(image.Warning{Summary: "Not all of a statement is read", Detail: fmt.Sprintf("The statement %s about %s: %s",
			image.ValueOf(s.Digest), image.ValueOf(s.Subject), remark)})
	}
}

// unsigned returns a statement that nobody has signed: it is not verified where anybody is trusted.
func unsigned(s statement, request *imageRequest) []statement {
	if request.trust != nil {
		s.Verified = new(false)
	}
	return []statement{s}
}

// lost returns a statement whose content is lost or refused. A registry that fails is an error of the whole call: its
// statements may be good.
func lost(s statement, request *imageRequest, err error) ([]statement, error) {
	if err = ofPart(err); !isLost(err) {
		return nil, err
	}
	return failing(s, request, err), nil
}

// failing returns a statement with the reason why it cannot be read: a broken one must not hide the others.
func failing(s statement, request *imageRequest, err error) []statement {
	s.Fails(image.ReasonUnreadable, err.Error(), request.trust != nil)
	return []statement{s}
}
