package signature

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/opencontainers/go-digest"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// PayloadInToto is the type of an envelope's payload that is a statement of in-toto.
const PayloadInToto = "application/vnd.in-toto+json"

// statementsInToto are the types of a statement in the versions of in-toto.
var statementsInToto = []string{"https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"}

// A Bundle is a signature with what is needed to verify it, in the JSON of Sigstore's protocol buffers. It has
// only the fields that are used here.
type Bundle struct {
	Material struct {
		Certificate *rawBytes `json:"certificate"`
		Chain       *struct {
			Certificates []rawBytes `json:"certificates"`
		} `json:"x509CertificateChain"`
		LogEntries []struct {
			IntegratedTime json.Number `json:"integratedTime"`
		} `json:"tlogEntries"`
	} `json:"verificationMaterial"`
	Envelope *Envelope `json:"dsseEnvelope"`
	Message  *struct {
		Digest struct {
			Algorithm string   `json:"algorithm"`
			Digest    anyBytes `json:"digest"`
		} `json:"messageDigest"`
		Signature anyBytes `json:"signature"`
	} `json:"messageSignature"`
}

type rawBytes struct {
	Raw anyBytes `json:"rawBytes"`
}

// An Envelope is DSSE's: a payload, its type, and signatures of the two.
type Envelope struct {
	PayloadType string   `json:"payloadType"`
	Payload     anyBytes `json:"payload"`
	Signatures  []struct {
		Signature anyBytes `json:"sig"`
	} `json:"signatures"`
}

// An inToto is the part of an in-toto statement that names its type and subject.
type inToto struct {
	Type          string `json:"_type"`
	PredicateType string `json:"predicateType"`
	Subject       []struct {
		Digest map[string]string `json:"digest"`
	} `json:"subject"`
}

// anyBytes are bytes in base64 of either alphabet, as DSSE allows.
type anyBytes []byte

func (b *anyBytes) UnmarshalJSON(text []byte) error {
	var encoded string
	if err := json.Unmarshal(text, &encoded); err != nil {
		return err
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding,
		base64.RawURLEncoding} {
		if decoded, err := encoding.DecodeString(encoded); err == nil {
			*b = decoded
			return nil
		}
	}
	return errors.New("it is not in base64")
}

// ParseBundle reads a bundle from its JSON.
func ParseBundle(text []byte) (*Bundle, error) {
	bundle := &Bundle{}
	if err := json.Unmarshal(text, bundle); err != nil {
		return nil, fmt.Errorf("it is no Sigstore bundle: %w", err)
	}
	if (bundle.Envelope == nil) == (bundle.Message == nil) {
		return nil, errors.New("it is no Sigstore bundle: one holds either an envelope or a message's signature")
	}
	return bundle, nil
}

// ParseEnvelope reads an envelope from its JSON.
func ParseEnvelope(text []byte) (*Envelope, error) {
	signed := &Envelope{}
	if err := json.Unmarshal(text, signed); err != nil {
		return nil, fmt.Errorf("it is no signed envelope: %w", err)
	}
	return signed, nil
}

// Describe adds to a statement what the bundle claims, without verifying it.
func (b *Bundle) Describe(s *image.Statement) {
	switch {
	case b.Material.Certificate != nil:
		NoteCertificate(s, b.Material.Certificate.Raw)
	case b.Material.Chain != nil && len(b.Material.Chain.Certificates) > 0:
		NoteCertificate(s, b.Material.Chain.Certificates[0].Raw)
	}
	for _, entry := range b.Material.LogEntries {
		if seconds, err := entry.IntegratedTime.Int64(); err == nil && s.SignedAt == nil {
			noteTime(s, seconds)
		}
	}
	if b.Message != nil {
		s.Kind = image.KindSignature // an attestation is always in an envelope
		return
	}
	var stated inToto
	if json.Unmarshal(b.Envelope.Payload, &stated) == nil && stated.PredicateType != "" {
		s.PredicateType, s.Kind = new(oneLine(stated.PredicateType)), image.KindOfPredicate(stated.PredicateType)
	}
}

// Verify checks that a key has signed the content of the bundle, and that it is about the subject.
func (b *Bundle) Verify(s *image.Statement, subject digest.Digest, keys []Key) error {
	if b.Envelope != nil {
		return b.Envelope.Verify(s, subject, keys)
	}
	known := []struct {
		name      string
		algorithm digest.Algorithm
		hash      crypto.Hash
	}{{"SHA2_256", digest.SHA256, crypto.SHA256}, {"SHA2_384", digest.SHA384, crypto.SHA384}, {"SHA2_512", digest.SHA512,
		crypto.SHA512}}
	for _, k := range known {
		if k.name != b.Message.Digest.Algorithm {
			continue
		}
		if signed := digest.NewDigestFromBytes(k.algorithm, b.Message.Digest.Digest); signed != subject {
			return fmt.Errorf("it is a signature of something else, %s", oneLine(signed.String()))
		}
		return signedBy(s, keys, func(key Key) bool {
			return key.signedDigest(k.hash, b.Message.Digest.Digest, b.Message.Signature)
		})
	}
	return fmt.Errorf("it is over a digest of unknown kind, %q", oneLine(b.Message.Digest.Algorithm))
}

// Verify checks that a key has signed the envelope, and that the statement in it is about the subject.
func (e *Envelope) Verify(s *image.Statement, subject digest.Digest, keys []Key) error {
	// The signature covers the type and all lengths, so that no part can be taken for another one.
	message := fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(e.PayloadType), e.PayloadType, len(e.Payload))
	message = append(message, e.Payload...)
	signatures := e.Signatures[:min(len(e.Signatures), MaxSignatures)]
	err := signedBy(s, keys, func(key Key) bool {
		for _, signature := range signatures {
			if key.signed(message, signature.Signature) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return err
	}
	var stated inToto
	if e.PayloadType != PayloadInToto {
		return fmt.Errorf("what is signed is a %q, whose subject is unknown", oneLine(e.PayloadType))
	}
	if err := json.Unmarshal(e.Payload, &stated); err != nil {
		return fmt.Errorf("what is signed is not in JSON: %w", err)
	}
	if !slices.Contains(statementsInToto, stated.Type) {
		return fmt.Errorf("what is signed is a %q, and no statement of in-toto's", oneLine(stated.Type))
	}
	for _, about := range stated.Subject {
		if about.Digest[subject.Algorithm().String()] == subject.Encoded() {
			// The signed type counts, not that of an annotation.
			s.PredicateType, s.Kind = image.Known(oneLine(stated.PredicateType)), image.KindOfPredicate(stated.PredicateType)
			return nil
		}
	}
	return errors.New("it is about another image")
}
