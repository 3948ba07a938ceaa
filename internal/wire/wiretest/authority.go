package wiretest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"
)

// An Authority issues certificates. Its own is good for a server on this machine, too.
type Authority struct {
	Certificate *x509.Certificate
	Key         *ecdsa.PrivateKey
}

// NewAuthority returns an authority with a new key.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	a := &Authority{}
	a.Certificate, a.Key = a.sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "made-up authority"}, IsCA: true, BasicConstraintsValid: true,
		DNSNames: []string{"localhost"},
		NotAfter: time.Now().Add(48 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	})
	return a
}

// PEM returns the authority's own certificate.
func (a *Authority) PEM() string { return inPEM("CERTIFICATE", a.Certificate.Raw) }

// KeyPEM returns the authority's own key.
func (a *Authority) KeyPEM(t testing.TB) string { return keyInPEM(t, a.Key) }

// Issue returns a certificate for a user, or for a server on this machine, and its key, in PEM.
func (a *Authority) Issue(t testing.TB, name string, until time.Time) (certificate, key string) {
	t.Helper()
	issued, own := a.sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
	return inPEM("CERTIFICATE", issued.Raw), keyInPEM(t, own)
}

// sign completes and signs a certificate for a new key: with the authority's key, or with the new one where the
// authority has none yet.
func (a *Authority) sign(t testing.TB, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber, template.NotBefore = big.NewInt(time.Now().UnixNano()), time.Now().Add(-48*time.Hour)
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	parent, signer := a.Certificate, a.Key
	if signer == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, key
}

func keyInPEM(t testing.TB, key *ecdsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return inPEM("PRIVATE KEY", der)
}

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
