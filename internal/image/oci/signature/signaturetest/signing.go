package signaturetest

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
)

// Media types of bundles.
const (
	BundleV01 = "application/vnd.dev.sigstore.bundle+json;version=0.1"
	BundleV03 = "application/vnd.dev.sigstore.bundle.v0.3+json"
)

// A Signing is how something is signed. The zero value is a good signature of Release, of now.
type Signing struct {
	By       Identity
	Key      crypto.Signer // signs in place of a certificate's key
	At       time.Time
	LoggedAt time.Time // else At
	Stamped  bool      // by the time stamp authority, at At

	NoLog, NoCertificateLog bool
	// Change changes a bundle, which is JSON, after it was signed.
	Change func(bundle map[string]any)
}

// Statement returns a statement of in-toto about a digest of SHA-256.
func Statement(digest, predicateType, predicate string) []byte {
	return fmt.Appendf(nil, `{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":%q}}],`+
		`"predicateType":%q,"predicate":%s}`, digest[len("sha256:"):], predicateType, predicate)
}

// Payload returns what cosign's first form signs of an image.
func Payload(digest string) []byte {
	return fmt.Appendf(nil, `{"critical":{"identity":{"docker-reference":"app"},"image":{"docker-manifest-digest":%q},`+
		`"type":"cosign container image signature"},"optional":{"team":"ships"}}`, digest)
}

// payloadType is that of statements of in-toto.
const payloadType = "application/vnd.in-toto+json"

// signed is a signature with its proofs.
type signed struct {
	signature   []byte
	certificate *x509.Certificate // nil for a key
	verifier    []byte            // the certificate or the key, in PEM
	stamp       []byte
}

func (i *Instance) sign(t testing.TB, message []byte, s *Signing) signed {
	t.Helper()
	if s.By == (Identity{}) {
		s.By = Release
	}
	if s.At.IsZero() {
		s.At = time.Now()
	}
	if s.LoggedAt.IsZero() {
		s.LoggedAt = s.At
	}
	var made signed
	if s.Key != nil {
		made.signature = sign(t, s.Key, message)
		made.verifier = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: encoded(t, s.Key)})
	} else {
		key := Key(t, rand.Text())
		made.certificate = i.certificate(t, key, *s)
		made.signature = sign(t, key, message)
		made.verifier = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made.certificate.Raw})
	}
	if s.Stamped {
		made.stamp = i.stamp(t, made.signature, s.At)
	}
	return made
}

// Bundle returns a bundle with a statement.
func (i *Instance) Bundle(t testing.TB, statement []byte, s Signing) []byte {
	t.Helper()
	made := i.sign(t, authenticated(statement), &s)
	material := map[string]any{}
	if made.certificate != nil {
		material["certificate"] = map[string]any{"rawBytes": made.certificate.Raw}
	} else {
		material["publicKey"] = map[string]any{"hint": base64.StdEncoding.EncodeToString(idOf(t, s.Key))}
	}
	if !s.NoLog {
		material["tlogEntries"] = []any{i.entry(t, attested(statement, made), s)}
	}
	if made.stamp != nil {
		material["timestampVerificationData"] = map[string]any{"rfc3161Timestamps": []any{
			map[string]any{"signedTimestamp": made.stamp}}}
	}
	text := map[string]any{"mediaType": BundleV03, "verificationMaterial": material,
		"dsseEnvelope": enveloped(statement, made)}
	if s.Change != nil {
		s.Change(text)
	}
	return []byte(inJSON(t, text))
}

// Cosign returns the annotations of cosign's first form for the signature of a payload.
func (i *Instance) Cosign(t testing.TB, payload []byte, s Signing) map[string]string {
	t.Helper()
	made := i.sign(t, payload, &s)
	sum := sha256.Sum256(payload)
	return i.annotations(t, made, inLog("hashedrekord", map[string]any{
		"data":      map[string]any{"hash": map[string]any{"algorithm": "sha256", "value": hex.EncodeToString(sum[:])}},
		"signature": map[string]any{"content": made.signature, "publicKey": map[string]any{"content": made.verifier}},
	}), s)
}

// Envelope returns an attestation of cosign's first form, and its annotations.
func (i *Instance) Envelope(t testing.TB, statement []byte, s Signing) ([]byte, map[string]string) {
	t.Helper()
	made := i.sign(t, authenticated(statement), &s)
	annotations := i.annotations(t, made, attested(statement, made), s)
	annotations["dev.cosignproject.cosign/signature"] = ""
	return []byte(inJSON(t, enveloped(statement, made))), annotations
}

// authenticated returns what is signed of a statement in an envelope.
func authenticated(statement []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(statement), statement)
}

func enveloped(statement []byte, made signed) map[string]any {
	return map[string]any{"payloadType": payloadType, "payload": statement,
		"signatures": []any{map[string]any{"sig": made.signature}}}
}

func (i *Instance) annotations(t testing.TB, made signed, body map[string]any, s Signing) map[string]string {
	t.Helper()
	annotations := map[string]string{
		"dev.cosignproject.cosign/signature": base64.StdEncoding.EncodeToString(made.signature)}
	if made.certificate != nil {
		annotations["dev.sigstore.cosign/certificate"] = string(made.verifier)
	}
	if made.stamp != nil {
		annotations["dev.sigstore.cosign/rfc3161timestamp"] = inJSON(t, map[string]any{"SignedRFC3161Timestamp": made.stamp})
	}
	if s.NoLog {
		return annotations
	}
	content := i.content(t, body, s)
	annotations["dev.sigstore.cosign/bundle"] = inJSON(t, map[string]any{
		"SignedEntryTimestamp": i.promise(t, content), "Payload": content})
	return annotations
}

// stamp returns a time stamp (RFC 3161).
func (i *Instance) stamp(t testing.TB, signature []byte, at time.Time) []byte {
	t.Helper()
	request, err := timestamp.CreateRequest(bytes.NewReader(signature), &timestamp.RequestOptions{Hash: crypto.SHA256,
		Certificates: true})
	fail(t, err)
	asked, err := timestamp.ParseRequest(request)
	fail(t, err)
	stamp := timestamp.Timestamp{HashAlgorithm: asked.HashAlgorithm, HashedMessage: asked.HashedMessage, Time: at,
		Policy: []int{1, 3, 6, 1, 4, 1, 57264, 2}, AddTSACertificate: true}
	response, err := stamp.CreateResponseWithOpts(i.stamper, i.stamperKey, crypto.SHA256)
	fail(t, err)
	return response
}
