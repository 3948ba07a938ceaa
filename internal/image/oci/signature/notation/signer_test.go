package notation

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"github.com/notaryproject/notation-core-go/signature"
	"github.com/notaryproject/tspclient-go"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// now is when the tests verify.
var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const (
	day = 24 * time.Hour

	manifestType = ocispec.MediaTypeImageManifest
	anIdentity   = "x509.subject: C=DE, ST=BE, O=Example, CN=app.example.com"
)

var (
	mediaTypes = []string{MediaTypeJWS, MediaTypeCOSE}

	image = ocispec.Descriptor{MediaType: manifestType, Digest: digest.FromString("image"), Size: 5}
	name  = pkix.Name{
		Country: []string{"DE"}, Province: []string{"BE"}, Organization: []string{"Example"},
		CommonName: "app.example.com",
	}
)

// A party has a key and a chain of certificates, its own first.
type party struct {
	key   crypto.Signer
	chain []*x509.Certificate
}

func (p party) pem() string { return toPEM(p.chain[len(p.chain)-1]) }

func toPEM(certificate *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}))
}

// root returns a certificate authority.
func root(t testing.TB, commonName string) party {
	t.Helper()
	return certify(t, nil, nil, rootTemplate(commonName))
}

// rootTemplate is valid for as long as the library asks the clock, which it does when a time stamp is made.
func rootTemplate(commonName string) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: commonName, Organization: []string{"Example"}}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: now.Add(-100 * day), NotAfter: now.AddDate(100, 0, 0),
	}
}

// leaf returns a party to whom an authority gave a certificate.
func leaf(t testing.TB, issuer *party, subject pkix.Name, from, to time.Time) party {
	t.Helper()
	return certify(t, issuer, nil, leafTemplate(subject, from, to))
}

func leafTemplate(subject pkix.Name, from, to time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject: subject, KeyUsage: x509.KeyUsageDigitalSignature, NotBefore: from, NotAfter: to,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
	}
}

// fixedKey returns a key that is the same in all processes of a fuzz test.
func fixedKey(t testing.TB, number byte) crypto.Signer {
	t.Helper()
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{number}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certify makes a certificate that the issuer signs, or itself if there is none. With the keys, the certificate is
// the same.
func certify(t testing.TB, issuer *party, key crypto.Signer, template *x509.Certificate) party {
	t.Helper()
	if key == nil {
		var err error
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	serial := sha256.Sum256(public)
	template.SerialNumber = new(big.Int).SetBytes(serial[:8])
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.chain[0], issuer.key
	}
	der, err := x509.CreateCertificate(nil, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	chain := []*x509.Certificate{certificate}
	if issuer != nil {
		chain = append(chain, issuer.chain...)
	}
	return party{key, chain}
}

// An option changes what is signed.
type option func(*signature.SignRequest)

// sign returns an envelope about the image.
func sign(t testing.TB, mediaType string, by party, options ...option) []byte {
	t.Helper()
	signer, err := signature.NewLocalSigner(by.chain, by.key)
	if err != nil {
		t.Fatal(err)
	}
	described := image
	described.Annotations = map[string]string{"build": "42"}
	payload, err := json.Marshal(map[string]any{"targetArtifact": described})
	if err != nil {
		t.Fatal(err)
	}
	request := &signature.SignRequest{
		Payload:       signature.Payload{ContentType: mediaTypePayload, Content: payload},
		Signer:        signer,
		SigningTime:   now.Add(-time.Hour),
		SigningScheme: signature.SigningSchemeX509,
		SigningAgent:  "a test",
	}
	for _, change := range options {
		change(request)
	}
	envelope, err := signature.NewEnvelope(mediaType)
	if err != nil {
		t.Fatal(err)
	}
	text, err := envelope.Sign(request)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func bySigningAuthority(r *signature.SignRequest) {
	r.SigningScheme = signature.SigningSchemeX509SigningAuthority
}

func signedAt(when time.Time) option { return func(r *signature.SignRequest) { r.SigningTime = when } }

func expiringAt(when time.Time) option { return func(r *signature.SignRequest) { r.Expiry = when } }

func withPayload(contentType, payload string) option {
	return func(r *signature.SignRequest) {
		r.Payload = signature.Payload{ContentType: contentType, Content: []byte(payload)}
	}
}

func withAttribute(key any, critical bool) option {
	return func(r *signature.SignRequest) {
		r.ExtendedSignedAttributes = append(r.ExtendedSignedAttributes,
			signature.Attribute{Key: key, Critical: critical, Value: "a value"})
	}
}

// A stamper is a time-stamp authority that says what time the test wants.
type stamper struct {
	party
	when time.Time
}

// newStamper returns a time-stamp authority, and its root.
func newStamper(t testing.TB, when time.Time) (stamper, party) {
	t.Helper()
	authority := root(t, "Stamps Root")
	return stamper{certify(t, &authority, nil, stamperTemplate(t)), when}, authority
}

func stamperTemplate(t testing.TB) *x509.Certificate {
	t.Helper()
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: "Stamps"}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: now.Add(-90 * day), NotAfter: now.AddDate(100, 0, 0),
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}},
	}
}

// Timestamp answers a request, as tspclient.Timestamper.
func (s stamper) Timestamp(_ context.Context, request *tspclient.Request) (*tspclient.Response, error) {
	encoded, err := request.MarshalBinary()
	if err != nil {
		return nil, err
	}
	asked, err := timestamp.ParseRequest(encoded)
	if err != nil {
		return nil, err
	}
	answer := timestamp.Timestamp{
		HashAlgorithm: asked.HashAlgorithm, HashedMessage: asked.HashedMessage, Nonce: asked.Nonce, Time: s.when,
		Accuracy: time.Second, Policy: asn1.ObjectIdentifier{1, 2, 3}, AddTSACertificate: true, Certificates: s.chain[1:],
	}
	der, err := answer.CreateResponseWithOpts(s.chain[0], s.key, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var response tspclient.Response
	return &response, response.UnmarshalBinary(der)
}

// stampedBy has a time-stamp authority stamp the signature.
func stampedBy(s stamper) option {
	return func(r *signature.SignRequest) {
		r.Timestamper = s
		r.TSARootCAs = x509.NewCertPool()
		r.TSARootCAs.AddCert(s.chain[len(s.chain)-1])
	}
}
