package oci

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/opencontainers/go-digest"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
)

const (
	payloadInToto       = "application/vnd.in-toto+json"
	annotationSignature = "dev.cosignproject.cosign/signature"
)

// trusting returns the trust in keys; nil without any.
func trusting(t *testing.T, keys ...string) *signature.Trust {
	t.Helper()
	if len(keys) == 0 {
		return nil
	}
	trust, wrong := signature.NewTrust(signature.Verify{PublicKeys: keys})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	return trust
}

// A signer signs as cosign does with a key of its own.
type signer struct {
	key    crypto.Signer
	public string // PEM
}

func newSigner(t *testing.T, key crypto.Signer, err error) signer {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return signer{key, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))}
}

func newECDSA(t *testing.T) signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return newSigner(t, key, err)
}

func (s signer) sign(t *testing.T, message []byte) []byte {
	t.Helper()
	sum, hash := sha256.Sum256(message), crypto.SHA256
	digest := sum[:]
	if _, ok := s.key.(ed25519.PrivateKey); ok {
		digest, hash = message, 0
	}
	signature, err := s.key.Sign(rand.Reader, digest, hash)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func payloadFor(digest string) []byte {
	return fmt.Appendf(nil, `{"critical":{"identity":{"docker-reference":"app"},"image":{"docker-manifest-digest":%q},"type":"cosign container image signature"},"optional":null}`, digest)
}

// envelopeFor returns a signed in-toto statement about a digest.
func (s signer) envelopeFor(t *testing.T, digest, predicate string) []byte {
	t.Helper()
	return s.envelopeOf(t, payloadInToto, statementFor("https://in-toto.io/Statement/v1", digest, predicate))
}

func statementFor(kind, digest, predicate string) []byte {
	_, encoded, _ := strings.Cut(digest, ":")
	return fmt.Appendf(nil, `{"_type":%q,"subject":[{"name":"app","digest":{"sha256":%q}}],"predicateType":%q,"predicate":{}}`, kind, encoded, predicate)
}

// envelopeOf returns a signed payload of any type.
func (s signer) envelopeOf(t *testing.T, payloadType string, payload []byte) []byte {
	t.Helper()
	message := fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(payload), payload)
	text, _ := json.Marshal(map[string]any{
		"payloadType": payloadType, "payload": payload, "signatures": []any{map[string]any{"sig": s.sign(t, message)}},
	})
	return text
}

func (s signer) bundleFor(t *testing.T, digest, predicate string) string {
	t.Helper()
	return fmt.Sprintf(`{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"x"}},"dsseEnvelope":%s}`,
		s.envelopeFor(t, digest, predicate))
}

// bundleAbout returns a bundle of a statement about a digest of any algorithm.
func (s signer) bundleAbout(t *testing.T, subject digest.Digest) string {
	t.Helper()
	statement := fmt.Appendf(nil, `{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{%q:%q}}],"predicateType":%q}`,
		subject.Algorithm(), subject.Encoded(), image.PredicateCosignSign)
	return fmt.Sprintf(`{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"x"}},"dsseEnvelope":%s}`,
		s.envelopeOf(t, payloadInToto, statement))
}

// messageBundleFor returns a bundle that signs the manifest as a file, as cosign sign-blob does.
func (s signer) messageBundleFor(t *testing.T, manifest []byte) string {
	t.Helper()
	sum := sha256.Sum256(manifest)
	return fmt.Sprintf(`{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"x"}},"messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":%q},"signature":%q}}`,
		base64.StdEncoding.EncodeToString(sum[:]), base64.StdEncoding.EncodeToString(s.sign(t, manifest)))
}

func artifact(t *testing.T, configType types.MediaType, layers ...mutate.Addendum) v1.Image {
	t.Helper()
	img, err := mutate.Append(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), configType),
		layers...)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func layer(content, mediaType string, annotations map[string]string) mutate.Addendum {
	return mutate.Addendum{Layer: static.NewLayer([]byte(content), types.MediaType(mediaType)), Annotations: annotations}
}

func signatureLayer(t *testing.T, s signer, payload []byte) mutate.Addendum {
	t.Helper()
	return layer(string(payload), "application/vnd.dev.cosign.simplesigning.v1+json",
		map[string]string{annotationSignature: base64.StdEncoding.EncodeToString(s.sign(t, payload))})
}

// refer pushes an artifact that refers to a manifest.
func (s *served) refer(t *testing.T, repository string, subject interface {
	Digest() (v1.Hash, error)
	MediaType() (types.MediaType, error)
	Size() (int64, error)
}, img v1.Image, annotations map[string]string) {
	t.Helper()
	described, err := partial.Descriptor(subject)
	if err != nil {
		t.Fatal(err)
	}
	// The subject last: whatever is changed after it makes it forgotten.
	referring, ok := mutate.Subject(mutate.Annotations(img, annotations), *described).(v1.Image)
	if !ok {
		t.Fatal("an artifact is no image")
	}
	s.push(t, repository+"@"+digestOf(t, referring), referring)
}

func bundleArtifact(t *testing.T, content string) v1.Image {
	t.Helper()
	return artifact(t, "application/vnd.dev.sigstore.bundle.v0.3+json",
		layer(content, "application/vnd.dev.sigstore.bundle.v0.3+json", nil))
}

// signaturesOf reads the signatures of an image, in short.
func signaturesOf(t *testing.T, registry *served, reference string, keys ...string) []string {
	t.Helper()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/"+reference,
		Options{Include: []string{IncludeReferrers}, Trust: trusting(t, keys...)})
	if err != nil {
		t.Fatal(err)
	}
	return short(got.Signatures)
}

func short(statements []image.Statement) []string {
	all := []string{}
	for _, s := range statements {
		verified := "not looked at"
		if s.Verified != nil {
			verified = fmt.Sprint(*s.Verified)
		}
		all = append(all, fmt.Sprintf("%s %s: %s, %s", s.Kind, text(s.Format), verified, text(s.Error)))
	}
	slices.Sort(all)
	return all
}

func wantStatements(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if len(want) == 0 {
		want = []string{}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}
