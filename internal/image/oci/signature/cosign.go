package signature

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"github.com/opencontainers/go-digest"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Annotations of a layer of cosign's first form.
const (
	annotationSignature   = "dev.cosignproject.cosign/signature"
	annotationCertificate = "dev.sigstore.cosign/certificate"
	annotationLogEntry    = "dev.sigstore.cosign/bundle"
	annotationTimestamp   = "dev.sigstore.cosign/rfc3161timestamp"
)

// typeCosignSignature is what the payload of an image's signature says that it is.
const typeCosignSignature = "cosign container image signature"

// mediaTypeFirstBundle is the first version of bundles, whose proofs are those of cosign's first form.
const mediaTypeFirstBundle = "application/vnd.dev.sigstore.bundle+json;version=0.1"

// ReadCosign reads a layer of cosign's first form: the payload of an image's signature, which is that of Red Hat's
// simple signing. The signature and its proofs are in annotations. It becomes a bundle, so that all forms are verified
// in one way.
func ReadCosign(payload []byte, annotations map[string]string) (*Signed, *Failure) {
	var stated struct {
		Critical struct {
			Type  string `json:"type"`
			Image struct {
				Digest digest.Digest `json:"docker-manifest-digest"`
			} `json:"image"`
		} `json:"critical"`
		Optional map[string]any `json:"optional"`
	}
	if isCrowded(payload) {
		return nil, crowded(payload)
	}
	if err := json.Unmarshal(payload, &stated); err != nil {
		return nil, fails(image.ReasonUnreadable, "what is signed is not in JSON: %s", said(err))
	}
	// A key may sign other things with a digest.
	if stated.Critical.Type != typeCosignSignature {
		return nil, fails(image.ReasonUnsupported, "what is signed is a %q, and no %q", oneLine(stated.Critical.Type),
			typeCosignSignature)
	}
	var read content
	if subject := stated.Critical.Image.Digest; subject.Validate() == nil {
		// The repository in it is not checked, because images are copied with their signatures.
		read.subjects = []about{{map[string]string{subject.Algorithm().String(): subject.Encoded()}, texts(stated.Optional)}}
	}
	signed, err := base64.StdEncoding.DecodeString(annotations[annotationSignature])
	if err != nil || len(signed) == 0 {
		return nil, fails(image.ReasonUnreadable, "it has no signature in base64")
	}
	sum := sha256.Sum256(payload)
	return firstForm(&protobundle.Bundle{Content: &protobundle.Bundle_MessageSignature{
		MessageSignature: &protocommon.MessageSignature{Signature: signed, MessageDigest: &protocommon.HashOutput{
			Algorithm: protocommon.HashAlgorithm_SHA2_256, Digest: sum[:]}},
	}}, payload, read, annotations)
}

// ReadEnvelope reads a layer of cosign's first form that is an attestation: an envelope (DSSE). Its proofs are in
// annotations. What it returns beside a failure can be described, and not verified.
func ReadEnvelope(text []byte, annotations map[string]string) (*Signed, *Failure) {
	var given struct {
		PayloadType string   `json:"payloadType"`
		Payload     anyBytes `json:"payload"`
		Signatures  []struct {
			KeyID     string   `json:"keyid"`
			Signature anyBytes `json:"sig"`
		} `json:"signatures"`
	}
	if isCrowded(text) {
		return nil, crowded(text)
	}
	if err := json.Unmarshal(text, &given); err != nil {
		return nil, fails(image.ReasonUnreadable, "it is no signed envelope: %s", said(err))
	}
	read, failure := readStatement(given.PayloadType, given.Payload)
	if failure != nil {
		return nil, failure
	}
	if len(given.Signatures) != 1 {
		return &Signed{entity: &bundle.Bundle{Bundle: &protobundle.Bundle{}}, content: read}, fails(image.ReasonUnsupported,
			"its envelope has %d signatures: an attestation has exactly one", len(given.Signatures))
	}
	return firstForm(&protobundle.Bundle{Content: &protobundle.Bundle_DsseEnvelope{DsseEnvelope: &protodsse.Envelope{
		PayloadType: given.PayloadType, Payload: given.Payload,
		Signatures: []*protodsse.Signature{{Sig: given.Signatures[0].Signature, Keyid: given.Signatures[0].KeyID}},
	}}}, nil, read, annotations)
}

// firstForm adds the proofs in annotations to a bundle. Where they cannot be read, there is a bundle without them,
// which a key may have signed.
func firstForm(b *protobundle.Bundle, artifact []byte, read content, annotations map[string]string) (*Signed,
	*Failure) {
	b.MediaType = mediaTypeFirstBundle
	signed := &Signed{artifact: artifact, content: read}
	material, err := proofs(annotations)
	bare := &protobundle.VerificationMaterial{Content: material.Content} // the certificate says who claims to have signed
	if err == nil {
		b.VerificationMaterial = material
		signed.entity, err = bundle.NewBundle(b)
	}
	if err != nil {
		signed.proofs = fails(image.ReasonUnreadable, "its certificate or log entry cannot be read: %s", said(err))
		b.VerificationMaterial = bare
		if signed.entity, err = bundle.NewBundle(b); err != nil {
			return nil, fails(image.ReasonUnreadable, "it cannot be read: %s", said(err))
		}
	}
	return signed, nil
}

// proofs reads a certificate, a log entry and a time stamp, as far as there are. It returns what it could read also
// with an error.
func proofs(annotations map[string]string) (*protobundle.VerificationMaterial, error) {
	material := &protobundle.VerificationMaterial{Content: &protobundle.VerificationMaterial_PublicKey{
		PublicKey: &protocommon.PublicKeyIdentifier{}}}
	if text := annotations[annotationCertificate]; text != "" {
		block, _ := pem.Decode([]byte(text))
		if block == nil {
			return material, errors.New("the certificate is not in PEM")
		}
		material.Content = &protobundle.VerificationMaterial_Certificate{
			Certificate: &protocommon.X509Certificate{RawBytes: block.Bytes}}
	}
	if text := annotations[annotationLogEntry]; text != "" {
		entry, err := logEntry(text)
		if err != nil {
			return material, fmt.Errorf("the log entry: %w", err)
		}
		material.TlogEntries = []*protorekor.TransparencyLogEntry{entry}
	}
	if text := annotations[annotationTimestamp]; text != "" {
		var stamp struct {
			Signed []byte `json:"SignedRFC3161Timestamp"`
		}
		if err := json.Unmarshal([]byte(text), &stamp); err != nil {
			return material, fmt.Errorf("the time stamp: %w", err)
		}
		material.TimestampVerificationData = &protobundle.TimestampVerificationData{
			Rfc3161Timestamps: []*protocommon.RFC3161SignedTimestamp{{SignedTimestamp: stamp.Signed}}}
	}
	return material, nil
}

// logEntry reads an entry of Rekor's first version, with the log's promise to include it.
func logEntry(text string) (*protorekor.TransparencyLogEntry, error) {
	var entry struct {
		Promise []byte `json:"SignedEntryTimestamp"`
		Payload struct {
			Body           []byte `json:"body"`
			IntegratedTime int64  `json:"integratedTime"`
			LogIndex       int64  `json:"logIndex"`
			LogID          string `json:"logID"`
		} `json:"Payload"`
	}
	if err := json.Unmarshal([]byte(text), &entry); err != nil {
		return nil, err
	}
	var kind struct {
		Kind    string `json:"kind"`
		Version string `json:"apiVersion"`
	}
	if err := json.Unmarshal(entry.Payload.Body, &kind); err != nil {
		return nil, fmt.Errorf("its body: %w", err)
	}
	id, err := hex.DecodeString(entry.Payload.LogID)
	if err != nil {
		return nil, fmt.Errorf("the id of its log: %w", err)
	}
	return &protorekor.TransparencyLogEntry{
		LogIndex: entry.Payload.LogIndex, LogId: &protocommon.LogId{KeyId: id},
		KindVersion:    &protorekor.KindVersion{Kind: kind.Kind, Version: kind.Version},
		IntegratedTime: entry.Payload.IntegratedTime, CanonicalizedBody: entry.Payload.Body,
		InclusionPromise: &protorekor.InclusionPromise{SignedEntryTimestamp: entry.Promise},
	}, nil
}

// anyBytes are bytes in base64 of either alphabet, as DSSE allows.
type anyBytes []byte

// UnmarshalJSON decodes a string in base64.
func (b *anyBytes) UnmarshalJSON(text []byte) error {
	var encoded string
	if err := json.Unmarshal(text, &encoded); err != nil {
		return err
	}
	encodings := []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding}
	if !slices.ContainsFunc(encodings, func(encoding *base64.Encoding) bool {
		decoded, err := encoding.DecodeString(encoded)
		*b = decoded
		return err == nil
	}) {
		return errors.New("it is not in base64")
	}
	return nil
}
