package signaturetest

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"math/big"
	"net/url"
	"testing"
	"time"
)

// An Identity is what a certificate says of a signer.
type Identity struct {
	Subject, Issuer                                   string
	SourceRepository, SourceRef, SourceCommit, Runner string
}

// Release is the identity that certificates have if a test gives none.
var Release = Identity{
	Subject:          "https://github.com/example/app/.github/workflows/release.yml@refs/tags/v1",
	Issuer:           "https://token.actions.githubusercontent.com",
	SourceRepository: "https://github.com/example/app", SourceRef: "refs/tags/v1",
	SourceCommit: "0123456789abcdef0123456789abcdef01234567", Runner: "github-hosted",
}

// certificate returns a certificate for ten minutes around a time, with the proof of the certificate log in it.
func (i *Instance) certificate(t testing.TB, key *ecdsa.PrivateKey, s Signing) *x509.Certificate {
	t.Helper()
	subject, err := url.Parse(s.By.Subject)
	fail(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: s.At.Add(-5 * time.Minute), NotAfter: s.At.Add(5 * time.Minute),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
		URIs: []*url.URL{subject},
	}
	for number, text := range map[int]string{8: s.By.Issuer, 11: s.By.Runner, 12: s.By.SourceRepository,
		13: s.By.SourceCommit, 14: s.By.SourceRef} {
		if text == "" {
			continue
		}
		value, err := asn1.MarshalWithParams(text, "utf8")
		fail(t, err)
		template.ExtraExtensions = append(template.ExtraExtensions,
			pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, number}, Value: value})
	}
	bare := certify(t, template, i.authority, &key.PublicKey, i.authorityKey)
	if s.NoCertificateLog {
		return bare
	}
	template.ExtraExtensions = append(template.ExtraExtensions, i.listed(t, bare, s.At))
	return certify(t, template, i.authority, &key.PublicKey, i.authorityKey)
}

// listed returns the extension of a certificate that the certificate log has (RFC 6962, 3.2 and 3.3).
func (i *Instance) listed(t testing.TB, bare *x509.Certificate, at time.Time) pkix.Extension {
	t.Helper()
	moment := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli())) //nolint:gosec // after 1970
	issuer := sha256.Sum256(i.authority.RawSubjectPublicKeyInfo)
	message := append([]byte{0, 0}, moment...)
	message = append(message, 0, 1) // a certificate without this extension
	message = append(message, issuer[:]...)
	size := len(bare.RawTBSCertificate)
	message = append(message, byte(size>>16), byte(size>>8), byte(size))
	message = append(message, bare.RawTBSCertificate...)
	message = append(message, 0, 0)
	signed := sign(t, i.certificateLogKey, message)

	stamp := append([]byte{0}, idOf(t, i.certificateLogKey)...)
	stamp = append(stamp, moment...)
	stamp = append(stamp, 0, 0, 4, 3) // no extensions; SHA-256, ECDSA
	stamp = append(sized(stamp, len(signed)), signed...)
	list := append(sized(nil, len(stamp)+2), sized(nil, len(stamp))...)
	value, err := asn1.Marshal(append(list, stamp...))
	fail(t, err)
	return pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: value}
}

// sized appends a length in two bytes.
func sized(text []byte, length int) []byte {
	return binary.BigEndian.AppendUint16(text, uint16(length)) //nolint:gosec // short
}
