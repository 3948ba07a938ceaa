// Package signaturetest is a Sigstore instance in memory, for tests: a certificate authority with a certificate log, a
// transparency log of Rekor's first version, and a time stamp authority. It writes bundles and cosign's first form.
package signaturetest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"math/big"
	"testing"
	"time"
)

// Host is the name of an instance's log.
const Host = "log.example.com"

// An Instance is a Sigstore instance.
type Instance struct {
	authority, stamps         *x509.Certificate // certificates of authorities
	stamper                   *x509.Certificate
	authorityKey, stamperKey  *ecdsa.PrivateKey
	logKey, certificateLogKey *ecdsa.PrivateKey
}

// New returns an instance with keys of its own.
func New(t testing.TB) *Instance {
	t.Helper()
	return Named(t, rand.Text())
}

// Named returns an instance whose keys are always the same for a name: a fuzz target runs in several processes.
func Named(t testing.TB, name string) *Instance {
	t.Helper()
	key := func(purpose string) *ecdsa.PrivateKey { return Key(t, name+" "+purpose) }
	i := &Instance{authorityKey: key("authority"), stamperKey: key("stamper"), logKey: key("log"),
		certificateLogKey: key("certificate log")}
	stampsKey := key("stamps")
	i.authority = certify(t, authority("Signers"), nil, &i.authorityKey.PublicKey, i.authorityKey)
	i.stamps = certify(t, authority("Time stamps"), nil, &stampsKey.PublicKey, stampsKey)
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	fail(t, err)
	template := authority("A stamper")
	template.IsCA, template.KeyUsage = false, x509.KeyUsageDigitalSignature
	template.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}}
	i.stamper = certify(t, template, i.stamps, &i.stamperKey.PublicKey, stampsKey)
	return i
}

// Root returns the text of the instance's trusted_root.json.
func (i *Instance) Root(t testing.TB) string {
	t.Helper()
	valid := map[string]any{"start": i.authority.NotBefore.Format(time.RFC3339)}
	log := func(key *ecdsa.PrivateKey) []any {
		return []any{map[string]any{
			"baseUrl": "https://" + Host, "hashAlgorithm": "SHA2_256", "logId": map[string]any{"keyId": idOf(t, key)},
			"publicKey": map[string]any{"rawBytes": encoded(t, key), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": valid},
		}}
	}
	issuer := func(uri string, chain ...*x509.Certificate) []any {
		certificates := []any{}
		for _, certificate := range chain {
			certificates = append(certificates, map[string]any{"rawBytes": certificate.Raw})
		}
		return []any{map[string]any{"uri": uri, "validFor": valid, "certChain": map[string]any{"certificates": certificates}}}
	}
	return inJSON(t, map[string]any{
		"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
		"tlogs":     log(i.logKey), "ctlogs": log(i.certificateLogKey),
		"certificateAuthorities": issuer("https://ca.example.com", i.authority),
		"timestampAuthorities":   issuer("https://time.example.com", i.stamper, i.stamps),
	})
}

func authority(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"Example"}},
		NotBefore: time.Now().Add(-30 * 24 * time.Hour).UTC().Truncate(time.Second), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
}

// certify returns a certificate; without a parent, one that is signed with its own key.
func certify(t testing.TB, template, parent *x509.Certificate, public crypto.PublicKey,
	key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	fail(t, err)
	certificate, err := x509.ParseCertificate(der)
	fail(t, err)
	return certificate
}

// Key returns a key that is always the same for a name. It protects nothing.
func Key(t testing.TB, name string) *ecdsa.PrivateKey {
	t.Helper()
	sum := sha256.Sum256([]byte(name))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:])
	fail(t, err)
	return key
}

func encoded(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	fail(t, err)
	return der
}

// idOf returns the id of a log with a key.
func idOf(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	sum := sha256.Sum256(encoded(t, key))
	return sum[:]
}

func sign(t testing.TB, key crypto.Signer, message []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(message)
	signed, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	fail(t, err)
	return signed
}

func inJSON(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	fail(t, err)
	return string(text)
}

func fail(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
