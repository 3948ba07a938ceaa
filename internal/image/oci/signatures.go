package oci

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const (
	kindSignature   = "signature"
	kindAttestation = "attestation"
	kindSBOM        = "sbom"
	kindArtifact    = "artifact"

	formatCosign = "cosign"
	formatBundle = "bundle"

	predicateCosignSign = "https://sigstore.dev/cosign/sign/v1"
	typeCosignSignature = "cosign container image signature"

	annotationSignature   = "dev.cosignproject.cosign/signature"
	annotationCertificate = "dev.sigstore.cosign/certificate"
	annotationLogEntry    = "dev.sigstore.cosign/bundle"
	annotationPredicate   = "predicateType"
	annotationContent     = "dev.sigstore.bundle.predicateType"

	maxEnvelope = 8 << 20 // the SBOM of a large image has several MiB
	maxLayers   = 100     // signatures in one manifest
)

// Warnings of facts that are not verified here.
const (
	warnCertificate = "The certificate was not verified: the signer and issuer are those that it names itself."
	warnLogEntry    = "The transparency log's entry was not verified: the time is the one that it names."
)

// cosign reads a manifest of cosign's first form, under a tag or as an artifact. Each layer is one signature,
// attestation or SBOM.
func (r *reader) cosign(ctx context.Context, subject digest.Digest, m *manifest, form string,
	keys []publicKey) ([]image.Statement, error) {
	if m.image == nil {
		return nil, nil
	}
	layers := r.firstLayers(m, maxLayers)
	return inParallel(ctx, layers, func(ctx context.Context, layer ocispec.Descriptor) ([]image.Statement, error) {
		s := image.Statement{
			Kind: kindSBOM, Format: new(formatCosign), Digest: new(m.digest.String()), Subject: new(subject.String()),
			ArtifactType: image.Known(layer.MediaType),
		}
		if form == formSBOM {
			return []image.Statement{s}, nil // it is not signed
		}
		s.Kind = kindSignature
		if form == formAttestation {
			predicate := layer.Annotations[annotationPredicate]
			s.Kind, s.PredicateType = kindOfPredicate(predicate), image.Known(predicate)
		}
		noteCertificate(&s, []byte(layer.Annotations[annotationCertificate]))
		noteLogEntry(&s, layer.Annotations[annotationLogEntry])
		if len(keys) == 0 {
			return []image.Statement{s}, nil
		}
		text, err := r.blob(ctx, layer, maxEnvelope, "the signed content")
		if err != nil {
			return failing(ctx, s, keys, err)
		}
		if form == formAttestation {
			var signed *envelope
			if signed, err = parseEnvelope(text); err == nil {
				err = signed.verify(&s, subject, keys)
			}
		} else {
			err = verifyPayload(&s, text, layer.Annotations[annotationSignature], subject, keys)
		}
		s.Verified = new(err == nil)
		if err != nil {
			s.Error = new(r.secrets.Redact(err.Error()))
		}
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

// A payload is the signed content of cosign's first form, which is that of Red Hat's simple signing.
type payload struct {
	Critical struct {
		Type  string `json:"type"`
		Image struct {
			Digest string `json:"docker-manifest-digest"`
		} `json:"image"`
	} `json:"critical"`
}

// verifyPayload checks that a key has signed the payload, that the payload is for an image signature (a key may sign
// other things with a digest), and that it is about the subject: a valid signature of another image may be under this
// tag. The repository in it is not checked, because images are copied with their signatures.
func verifyPayload(s *image.Statement, text []byte, signature string, subject digest.Digest, keys []publicKey) error {
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || len(raw) == 0 {
		return errors.New("it has no signature in base64")
	}
	if err := signedBy(s, keys, func(key publicKey) bool { return key.signed(text, raw) }); err != nil {
		return err
	}
	var signed payload
	if err := json.Unmarshal(text, &signed); err != nil {
		return fmt.Errorf("what is signed is not in JSON: %w", err)
	}
	if signed.Critical.Type != typeCosignSignature {
		return fmt.Errorf("what is signed is a %q, and no %q", oneLine(signed.Critical.Type), typeCosignSignature)
	}
	if signed.Critical.Image.Digest != subject.String() {
		return fmt.Errorf("it is a signature of another image, %s", oneLine(signed.Critical.Image.Digest))
	}
	return nil
}

// signedBy sets the key of a signature.
func signedBy(s *image.Statement, keys []publicKey, signed func(publicKey) bool) error {
	for _, key := range keys {
		if signed(key) {
			s.Signer, s.Issuer = &key.fingerprint, nil
			return nil
		}
	}
	return errors.New("it was not made with any of the given public keys")
}

// noteCertificate sets signer and issuer from a certificate in PEM or DER.
func noteCertificate(s *image.Statement, text []byte) {
	if block, _ := pem.Decode(text); block != nil {
		text = block.Bytes
	}
	certificate, err := x509.ParseCertificate(text)
	if err != nil {
		return // there is none that can be read
	}
	s.Signer, s.Issuer = signerOf(certificate), issuerOf(certificate)
	s.Warnings = append(s.Warnings, warnCertificate)
}

// noteLogEntry sets the time from the entry of a transparency log.
func noteLogEntry(s *image.Statement, text string) {
	var entry struct {
		Payload struct {
			IntegratedTime int64 `json:"integratedTime"`
		} `json:"Payload"`
	}
	if json.Unmarshal([]byte(text), &entry) == nil {
		noteTime(s, entry.Payload.IntegratedTime)
	}
}

func noteTime(s *image.Statement, seconds int64) {
	if seconds > 0 {
		s.SignedAt = image.Instant(time.Unix(seconds, 0))
		s.Warnings = append(s.Warnings, warnLogEntry)
	}
}

// failing returns a statement with the reason why it cannot be read: a broken one must not hide the others. The end of
// the context is an error of the whole call.
func failing(ctx context.Context, s image.Statement, keys []publicKey, err error) ([]image.Statement, error) {
	if ctx.Err() != nil {
		return nil, err
	}
	if len(keys) > 0 {
		s.Verified = new(false)
	}
	s.Error = new(err.Error())
	return []image.Statement{s}, nil
}

func kindOfPredicate(predicate string) string {
	switch {
	case predicate == predicateCosignSign:
		return kindSignature
	case kindOfArtifact(predicate) == kindSBOM:
		return kindSBOM
	}
	return kindAttestation
}

func kindOfArtifact(artifactType string) string {
	lower := strings.ToLower(artifactType)
	for _, sbom := range []string{"spdx", "cyclonedx", "syft"} {
		if strings.Contains(lower, sbom) {
			return kindSBOM
		}
	}
	if strings.Contains(lower, "in-toto") {
		return kindAttestation
	}
	return kindArtifact
}
