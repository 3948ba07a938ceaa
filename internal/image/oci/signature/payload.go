// Package signature verifies what a key has signed about an image: cosign's payloads, envelopes (DSSE) and Sigstore's
// bundles. It also shows who certificates and logs say has signed, which it does not verify. It imports internal/image
// and internal/wire, and reads nothing over a network.
package signature

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/opencontainers/go-digest"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const (
	// MaxSignatures is how many signatures of one manifest or envelope are verified.
	MaxSignatures = 100

	maxSaid = 300 // characters of foreign text that an error repeats
)

func oneLine(text string) string { return wire.Cut(wire.OneLine(text), maxSaid) }

// typeCosignSignature is what the payload of an image's signature says that it is, in cosign's first form.
const typeCosignSignature = "cosign container image signature"

// Warnings of facts that are not verified here.
const (
	WarnCertificate = "The certificate was not verified: the signer and issuer are those that it names itself."
	WarnLogEntry    = "The transparency log's entry was not verified: the time is the one that it names."
)

// A payload is the signed content of cosign's first form, which is that of Red Hat's simple signing.
type payload struct {
	Critical struct {
		Type  string `json:"type"`
		Image struct {
			Digest string `json:"docker-manifest-digest"`
		} `json:"image"`
	} `json:"critical"`
}

// VerifyPayload checks that a key has signed the payload, that the payload is for an image signature (a key may sign
// other things with a digest), and that it is about the subject: a valid signature of another image may be under this
// tag. The repository in it is not checked, because images are copied with their signatures.
func VerifyPayload(s *image.Statement, text []byte, signature string, subject digest.Digest, keys []Key) error {
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || len(raw) == 0 {
		return errors.New("it has no signature in base64")
	}
	if err := signedBy(s, keys, func(key Key) bool { return key.signed(text, raw) }); err != nil {
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
func signedBy(s *image.Statement, keys []Key, signed func(Key) bool) error {
	for _, key := range keys {
		if signed(key) {
			s.Signer, s.Issuer = &key.Fingerprint, nil
			return nil
		}
	}
	return errors.New("it was not made with any of the given public keys")
}

// NoteCertificate sets signer and issuer from a certificate in PEM or DER.
func NoteCertificate(s *image.Statement, text []byte) {
	if block, _ := pem.Decode(text); block != nil {
		text = block.Bytes
	}
	certificate, err := x509.ParseCertificate(text)
	if err != nil {
		return // there is none that can be read
	}
	s.Signer, s.Issuer = signerOf(certificate), issuerOf(certificate)
	s.Warnings = append(s.Warnings, WarnCertificate)
}

// NoteLogEntry sets the time from the entry of a transparency log.
func NoteLogEntry(s *image.Statement, text string) {
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
		s.Warnings = append(s.Warnings, WarnLogEntry)
	}
}
