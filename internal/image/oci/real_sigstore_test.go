package oci

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

const (
	issuerOfWorkflows = "https://token.actions.example.com"
	workflow          = "https://git.example.com/team/app/.github/workflows/release.yml@refs/tags/v1.2.3"
)

// A sigstoreInstance is a Sigstore instance for the real cosign: an authority that certifies whom a token names, as
// Fulcio does, and one that makes time stamps (RFC 3161). It has no logs.
type sigstoreInstance struct {
	server             *httptest.Server
	authority, stamper identity
	stamping           identity
}

// An identity is a certificate with its key.
type identity struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// certify returns a certificate from a template, signed by an authority; by itself without one.
func certify(t *testing.T, template *x509.Certificate, by *identity) identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer := identity{template, key}
	if by != nil {
		signer = *by
	}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	der, err := x509.CreateCertificate(rand.Reader, template, signer.certificate, key.Public(), signer.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return identity{certificate, key}
}

func startSigstore(t *testing.T) *sigstoreInstance {
	t.Helper()
	authority := func(name string) *x509.Certificate {
		return &x509.Certificate{Subject: pkix.Name{CommonName: name, Organization: []string{"example.com"}}, IsCA: true,
			BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	}
	critical, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}}) // time stamping
	if err != nil {
		t.Fatal(err)
	}
	s := &sigstoreInstance{authority: certify(t, authority("fulcio"), nil), stamper: certify(t, authority("tsa"), nil)}
	s.stamping = certify(t, &x509.Certificate{Subject: pkix.Name{CommonName: "stamps", Organization: []string{"example.com"}},
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: critical}}}, &s.stamper)
	routes := http.NewServeMux()
	routes.HandleFunc("POST /api/v2/signingCert", func(w http.ResponseWriter, r *http.Request) { s.sign(t, w, r) })
	routes.HandleFunc("POST /stamp", func(w http.ResponseWriter, r *http.Request) { s.stamp(t, w, r) })
	s.server = httptest.NewServer(routes)
	t.Cleanup(s.server.Close)
	return s
}

// sign certifies a key for the workflow, whatever the token says: that is not what is tested.
func (s *sigstoreInstance) sign(t *testing.T, w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Request struct {
			Key struct {
				Content string `json:"content"`
			} `json:"publicKey"`
		} `json:"publicKeyRequest"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		t.Error(err)
	}
	block, _ := pem.Decode([]byte(asked.Request.Key.Content))
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Error(err)
	}
	subject, _ := url.Parse(workflow)
	issuer, _ := asn1.Marshal(issuerOfWorkflows)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Minute),
		NotAfter: time.Now().Add(10 * time.Minute), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}, URIs: []*url.URL{subject},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 8}, Value: issuer}},
	}, s.authority.certificate, key, s.authority.key)
	if err != nil {
		t.Error(err)
	}
	var chain []string
	for _, one := range [][]byte{der, s.authority.certificate.Raw} {
		chain = append(chain, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: one})))
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"signedCertificateEmbeddedSct": map[string]any{
		"chain": map[string]any{"certificates": chain}}})
}

func (s *sigstoreInstance) stamp(t *testing.T, w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	asked, err := timestamp.ParseRequest(body)
	if err != nil {
		t.Error(err)
		return
	}
	stamp := timestamp.Timestamp{HashAlgorithm: asked.HashAlgorithm, HashedMessage: asked.HashedMessage, Time: time.Now(),
		Policy: asn1.ObjectIdentifier{1, 2, 3}, SerialNumber: big.NewInt(time.Now().UnixNano()), Nonce: asked.Nonce,
		AddTSACertificate: true}
	der, err := stamp.CreateResponseWithOpts(s.stamping.certificate, s.stamping.key, crypto.SHA256)
	if err != nil {
		t.Error(err)
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(der)
}

// trustedRoot is what verifiers trust of the instance.
func (s *sigstoreInstance) trustedRoot(t *testing.T) string {
	t.Helper()
	from := time.Now().Add(-time.Hour)
	known, err := root.NewTrustedRoot(root.TrustedRootMediaType01,
		[]root.CertificateAuthority{&root.FulcioCertificateAuthority{Root: s.authority.certificate, ValidityPeriodStart: from,
			URI: s.server.URL}}, nil,
		[]root.TimestampingAuthority{&root.SigstoreTimestampingAuthority{Root: s.stamper.certificate,
			Leaf: s.stamping.certificate, ValidityPeriodStart: from, URI: s.server.URL + "/stamp"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return inJSON(t, known)
}

// signingConfig tells cosign where to sign.
func (s *sigstoreInstance) signingConfig(t *testing.T) string {
	t.Helper()
	service := func(address string) []root.Service {
		return []root.Service{{URL: address, MajorAPIVersion: 1, ValidityPeriodStart: time.Now().Add(-time.Hour),
			Operator: "example.com"}}
	}
	exact := root.ServiceConfiguration{Selector: 1} // all of them
	config, err := root.NewSigningConfig(root.SigningConfigMediaType02, service(s.server.URL), nil, nil, exact,
		service(s.server.URL+"/stamp"), exact)
	if err != nil {
		t.Fatal(err)
	}
	return inJSON(t, config)
}

func inJSON(t *testing.T, what json.Marshaler) string {
	t.Helper()
	text, err := what.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// identityToken returns an identity token as CI systems make them. The instance does not check its signature.
func identityToken(subject string) string {
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	return part(`{"alg":"none"}`) + "." + part(`{"iss":"`+issuerOfWorkflows+`","aud":"sigstore","sub":"`+subject+
		`","exp":4102444800,"iat":1700000000}`) + "." + part("none")
}

// The real cosign signs without a key of its own, with a certificate for what its token names. Who that is decides, and
// not that the authority has certified it.
func TestServers_cosignSignsWithoutAKey(t *testing.T) {
	t.Parallel()
	instance := startSigstore(t)
	trust := func(issuer, subject string) *signature.Trust {
		none := int64(0)
		known, wrong := signature.NewTrust(signature.Verify{TrustedRoots: []string{instance.trustedRoot(t)},
			Identities: []signature.Identity{{Issuer: &issuer, SubjectRegex: &subject}},
			Require:    &signature.Require{Log: &none, CertificateLog: &none}})
		if len(wrong) > 0 {
			t.Fatal(wrong[0])
		}
		return known
	}
	refused := "signature bundle: false, it was signed by " + workflow + " (issuer " + issuerOfWorkflows +
		"), and none of the identities is that: identities[0]: expected "
	for name, server := range openRegistries(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tools, index := newToolbox(t), indexOf(t, "linux/amd64", "linux/arm64")
			server.push(t, index, "keyless/app:1")
			for file, text := range map[string]string{"signing.json": instance.signingConfig(t),
				"root.json": instance.trustedRoot(t), "token": identityToken("repo:team/app")} {
				wiretest.WriteFile(t, filepath.Join(tools.directory, file), text)
			}
			tools.run(t, "cosign", "sign", "--signing-config", "signing.json", "--trusted-root", "root.json",
				"--identity-token", "token", "--allow-http-registry", server.host+"/keyless/app@"+digestOf(t, index))
			for _, test := range []struct{ issuer, subject, want string }{
				{issuerOfWorkflows, "https://git.example.com/team/app/.+", "signature bundle: " + good},
				{issuerOfWorkflows, "https://git.example.com/team/app/", refused},
				{"https://accounts.example.com", ".+", refused},
			} {
				got, err := newClient(t, map[string]Registry{server.host: {Insecure: true}}).Image(t.Context(),
					server.host+"/keyless/app:1", Options{Trust: trust(test.issuer, test.subject)})
				if err != nil {
					t.Fatal(err)
				}
				if found := short(got.Signatures); len(found) != 1 || !strings.HasPrefix(found[0], test.want) {
					t.Errorf("%s: %q, want %q", test.subject, found, test.want)
				}
			}
		})
	}
}
