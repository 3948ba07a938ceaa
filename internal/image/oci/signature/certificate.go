package signature

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Extensions of Fulcio's certificates that hold the OIDC issuer: the first one is bare text, the second one ASN.1.
var (
	extensionIssuer   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 1}
	extensionIssuerV2 = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 8}
)

// signerOf returns the subject of a certificate.
func signerOf(certificate *x509.Certificate) *string {
	var names []string
	names = append(names, certificate.EmailAddresses...)
	for _, uri := range certificate.URIs {
		names = append(names, uri.String())
	}
	names = append(names, certificate.DNSNames...)
	names = append(names, certificate.Subject.CommonName)
	first := slices.IndexFunc(names, func(name string) bool { return name != "" })
	if first < 0 {
		return nil
	}
	return new(oneLine(names[first]))
}

// issuerOf returns the OIDC issuer, else the issuer of the certificate.
func issuerOf(certificate *x509.Certificate) *string {
	issuer := ""
	for _, extension := range certificate.Extensions {
		switch {
		case extension.Id.Equal(extensionIssuerV2):
			var text string
			if rest, err := asn1.Unmarshal(extension.Value, &text); err == nil && len(rest) == 0 {
				return image.Known(oneLine(text))
			}
		case extension.Id.Equal(extensionIssuer):
			issuer = string(extension.Value)
		}
	}
	if issuer == "" {
		issuer = certificate.Issuer.CommonName
	}
	return image.Known(oneLine(issuer))
}
