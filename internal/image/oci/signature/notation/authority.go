package notation

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Keys that are shorter, in bits, are no longer secure.
const (
	minRSA = 2048
	minEC  = 256
)

// An Authority is trusted to sign images, and to stamp the time at which they were signed.
type Authority struct {
	certificates []authorityCertificate
	identities   []identity
}

// An authorityCertificate remembers where it was given, for messages.
type authorityCertificate struct {
	*x509.Certificate
	index int
}

// NewAuthority returns an authority.
//
// Each text of certificates has one or more certificates in PEM. As in the trust stores of the Notary Project, each is
// that of a certificate authority, or one that signs images and itself. They stand for all three kinds of trust store:
// "ca", "signingAuthority" and "tsa". One for time stamps alone (by its extended key usage) is trusted for these only.
// Certificates that have expired are accepted, because a signature may prove that it was made before: see Expired.
//
// Trusted identities are those of the Notary Project's trust policy, such as "x509.subject: C=DE, ST=BE, O=Example", or
// "*" for any. Errors are of type *InputError.
func NewAuthority(certificates, trustedIdentities []string) (Authority, error) {
	var a Authority
	if len(certificates) == 0 {
		return Authority{}, &InputError{ListCertificates, -1, errors.New("at least one certificate is needed")}
	}
	for i, text := range certificates {
		parsed, err := parseCertificates(text)
		if err != nil {
			return Authority{}, &InputError{ListCertificates, i, err}
		}
		for _, certificate := range parsed {
			a.certificates = append(a.certificates, authorityCertificate{certificate, i})
		}
	}
	var err error
	if a.identities, err = parseIdentities(trustedIdentities); err != nil {
		return Authority{}, err
	}
	return a, nil
}

// Expired returns an *InputError about the first certificate that is not valid at a time, or nil. Such a certificate
// verifies only what is proven to be signed while it was valid.
func (a Authority) Expired(now time.Time) error {
	for _, certificate := range a.certificates {
		if err := validAt(certificate.Certificate, now, now); err != nil {
			return &InputError{ListCertificates, certificate.index, err}
		}
	}
	return nil
}

// parseCertificates reads certificates from PEM. Its errors never repeat the text, which may hold a private key.
func parseCertificates(text string) ([]*x509.Certificate, error) {
	var certificates []*x509.Certificate
	// A block that is cut off would be skipped, and with it an authority.
	if begun := strings.Count(text, "-----BEGIN "); begun != strings.Count(text, "-----END ") {
		return nil, errors.New("it has a block of PEM without an end, or an end without a block: " +
			"a certificate starts with -----BEGIN CERTIFICATE----- and ends with -----END CERTIFICATE-----")
	}
	begun := strings.Count(text, "-----BEGIN ")
	rest := []byte(text)
	for blocks := 1; ; blocks++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			if blocks-1 != begun {
				return nil, fmt.Errorf("%d of its %d blocks cannot be read as PEM", begun-blocks+1, begun)
			}
			break
		}
		if block.Type != "CERTIFICATE" {
			if strings.Contains(block.Type, "PRIVATE KEY") {
				return nil, errors.New("it has a private key, which must stay secret: give the certificate alone")
			}
			return nil, errors.New("it has a block that is no certificate: one starts with -----BEGIN CERTIFICATE-----")
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("its certificate %d cannot be read: %w", blocks, err)
		}
		if err := checkAuthority(certificate); err != nil {
			return nil, fmt.Errorf("its certificate %d (%s) %w", blocks, oneLine(certificate.Subject.String()), err)
		}
		certificates = append(certificates, certificate)
	}
	if len(certificates) == 0 {
		return nil, errors.New("it has no certificate in PEM: one starts with -----BEGIN CERTIFICATE-----")
	}
	return certificates, nil
}

// checkAuthority returns an error unless a certificate can be trusted as that of an authority.
func checkAuthority(certificate *x509.Certificate) error {
	switch key := certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < minRSA {
			return fmt.Errorf("has an RSA key of %d bits: less than %d are too few to be trusted", key.N.BitLen(), minRSA)
		}
	case *ecdsa.PublicKey:
		if size := key.Curve.Params().BitSize; size < minEC {
			return fmt.Errorf("has an ECDSA key of %d bits: less than %d are too few to be trusted", size, minEC)
		}
	}
	if certificate.BasicConstraintsValid && certificate.IsCA {
		return nil
	}
	if !signedByItself(certificate) {
		return errors.New("is neither that of a certificate authority nor signed by itself: give that of its issuer")
	}
	return nil
}

// trusts reports whether a chain has a certificate of the authority.
func (a Authority) trusts(chain []*x509.Certificate) bool {
	return slices.ContainsFunc(a.certificates, func(trusted authorityCertificate) bool {
		return !onlyStamps(trusted.Certificate) && slices.ContainsFunc(chain, trusted.Equal)
	})
}

// onlyStamps reports whether a certificate is restricted to time stamps.
func onlyStamps(certificate *x509.Certificate) bool {
	return len(certificate.ExtKeyUsage) > 0 && len(certificate.UnknownExtKeyUsage) == 0 &&
		!slices.ContainsFunc(certificate.ExtKeyUsage, func(usage x509.ExtKeyUsage) bool {
			return usage != x509.ExtKeyUsageTimeStamping
		})
}

// stampRoots returns the certificates to which the chain of a time stamp must lead: roots alone.
func (a Authority) stampRoots() *x509.CertPool {
	pool := x509.NewCertPool()
	for _, certificate := range a.certificates {
		if certificate.IsCA && signedByItself(certificate.Certificate) {
			pool.AddCert(certificate.Certificate)
		}
	}
	return pool
}

func signedByItself(certificate *x509.Certificate) bool {
	return bytes.Equal(certificate.RawSubject, certificate.RawIssuer) && certificate.CheckSignature(
		certificate.SignatureAlgorithm, certificate.RawTBSCertificate, certificate.Signature) == nil
}

// validAt returns an error unless a certificate is valid from a time to another.
func validAt(certificate *x509.Certificate, from, to time.Time) error {
	switch subject := oneLine(certificate.Subject.String()); {
	case from.Before(certificate.NotBefore):
		return fmt.Errorf("the certificate of %s is not valid before %s", subject, rfc3339(certificate.NotBefore))
	case to.After(certificate.NotAfter):
		return fmt.Errorf("the certificate of %s expired at %s", subject, rfc3339(certificate.NotAfter))
	}
	return nil
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
