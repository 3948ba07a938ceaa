package notation

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/notaryproject/notation-core-go/signature"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// trusting returns an authority, with an identity of the signer if none is given.
func trusting(t testing.TB, certificates []string, identities ...string) []Authority {
	t.Helper()
	if len(identities) == 0 {
		identities = []string{anIdentity}
	}
	authority, err := NewAuthority(certificates, identities)
	if err != nil {
		t.Fatal(err)
	}
	return []Authority{authority}
}

// wantReason checks the reason of an error and what it says.
func wantReason(t *testing.T, err error, reason Reason, says ...string) {
	t.Helper()
	refusal, ok := errors.AsType[*Error](err)
	if !ok || refusal.Reason != reason {
		t.Fatalf("reason is %v, want %s", err, reason)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q does not say %q", err, text)
		}
	}
	if strings.ContainsAny(err.Error(), "\n\r\x1b") {
		t.Errorf("error is not on one line: %q", err)
	}
}

// inBoth runs a test with each kind of envelope.
func inBoth(t *testing.T, test func(t *testing.T, mediaType string)) {
	for _, mediaType := range mediaTypes {
		t.Run(mediaType, func(t *testing.T) { test(t, mediaType) })
	}
}

func TestVerify_trustedSignatureIsVerified(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	inBoth(t, func(t *testing.T, mediaType string) {
		text := sign(t, mediaType, signer, expiringAt(now.Add(time.Hour)))
		got, err := Verify(text, mediaType, image, trusting(t, []string{signer.pem()}), now)
		if err != nil {
			t.Fatal(err)
		}
		if got.Target.Digest != image.Digest || got.Target.Annotations["build"] != "42" {
			t.Errorf("target is %+v", got.Target)
		}
		if got.Scheme != "notary.x509" || !got.Time.Equal(now.Add(-time.Hour)) || !got.Expiry.Equal(now.Add(time.Hour)) {
			t.Errorf("scheme and times are %+v", got)
		}
		if !got.SignedAt.IsZero() || got.Timestamps != nil {
			t.Errorf("its own time counts as proven: %+v", got)
		}
		if got.Subject != "CN=app.example.com,O=Example,ST=BE,C=DE" || got.Issuer != "CN=Root,O=Example" ||
			got.Identity != anIdentity || got.SigningAgent != "a test" {
			t.Errorf("signer is %+v", got)
		}
		claims, err := Read(text, mediaType)
		if err != nil {
			t.Fatal(err)
		}
		claims.SigningAgent = got.SigningAgent
		if fmt.Sprint(claims) != fmt.Sprint(got.Claims) {
			t.Errorf("Read returns %+v, and Verify %+v", claims, got.Claims)
		}
	})
}

func TestVerify_everyAlgorithmIsVerified(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		authority := root(t, "Root")
		signer := certify(t, &authority, key, &x509.Certificate{
			Subject: name, KeyUsage: x509.KeyUsageDigitalSignature, NotBefore: now.Add(-day), NotAfter: now.Add(day),
		})
		inBoth(t, func(t *testing.T, mediaType string) {
			_, err := Verify(sign(t, mediaType, signer), mediaType, image, trusting(t, []string{signer.pem()}), now)
			if err != nil {
				t.Errorf("%s: %v", curve.Params().Name, err)
			}
		})
	}
	for _, bits := range []int{2048, 3072} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		signer := certify(t, nil, key, &x509.Certificate{
			Subject: name, KeyUsage: x509.KeyUsageDigitalSignature, NotBefore: now.Add(-day), NotAfter: now.Add(day),
		})
		inBoth(t, func(t *testing.T, mediaType string) {
			_, err := Verify(sign(t, mediaType, signer), mediaType, image, trusting(t, []string{signer.pem()}), now)
			if err != nil {
				t.Errorf("RSA, signed by itself: %v", err)
			}
		})
	}
}

func TestVerify_anyCertificateOfTheChainCanBeTrusted(t *testing.T) {
	authority := root(t, "Root")
	between := certify(t, &authority, nil, &x509.Certificate{
		Subject: pkix.Name{CommonName: "Between"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: now.Add(-day), NotAfter: now.Add(day),
	})
	signer := leaf(t, &between, name, now.Add(-day), now.Add(day))
	for _, trusted := range signer.chain[1:] {
		inBoth(t, func(t *testing.T, mediaType string) {
			several := "# comment\n" + root(t, "A").pem() + toPEM(trusted)
			authorities := trusting(t, []string{root(t, "Other").pem(), several}, "*")
			got, err := Verify(sign(t, mediaType, signer), mediaType, image, authorities, now)
			if err != nil || got.Identity != "*" {
				t.Errorf("trusting %s: %v, %q", trusted.Subject, err, got.Identity)
			}
		})
	}
}

func TestVerify_signatureOfAnotherImageIsRefusedWithoutTrust(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	subjects := map[string]ocispec.Descriptor{
		"digest": {MediaType: manifestType, Digest: digest.FromString("other"), Size: 5},
		"type":   {MediaType: ocispec.MediaTypeImageIndex, Digest: image.Digest, Size: 5},
		"size":   {MediaType: manifestType, Digest: image.Digest, Size: 6},
	}
	inBoth(t, func(t *testing.T, mediaType string) {
		text := sign(t, mediaType, signer)
		for what, subject := range subjects {
			_, err := Verify(text, mediaType, subject, nil, now)
			t.Log(what)
			wantReason(t, err, ReasonOtherSubject, "it is a signature of ")
		}
		if _, err := Verify(text, mediaType, ocispec.Descriptor{Digest: image.Digest},
			trusting(t, []string{signer.pem()}), now); err != nil {
			t.Errorf("the digest alone is not enough: %v", err)
		}
	})
}

func TestVerify_untrustedSignatureNamesItsIssuer(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	sameName := root(t, "Root")
	inBoth(t, func(t *testing.T, mediaType string) {
		text := sign(t, mediaType, signer)
		_, err := Verify(text, mediaType, image, trusting(t, []string{sameName.pem()}, "*"), now)
		wantReason(t, err, ReasonUntrusted, "issued by CN=Root,O=Example")
		_, err = Verify(text, mediaType, image, nil, now)
		wantReason(t, err, ReasonUntrusted, "none of its authorities is trusted")
	})
}

func TestVerify_trustedCertificateThatDidNotIssueTheSignersIsNoTrust(t *testing.T) {
	trusted, other := root(t, "Root"), root(t, "Root")
	signer := leaf(t, &other, name, now.Add(-day), now.Add(day))
	good := leaf(t, &trusted, name, now.Add(-day), now.Add(day))
	inBoth(t, func(t *testing.T, mediaType string) {
		text := replaceChain(t, mediaType, sign(t, mediaType, signer), signer.chain[0], good.chain[1])
		_, err := Verify(text, mediaType, image, trusting(t, []string{trusted.pem()}), now)
		wantReason(t, err, ReasonUntrusted, "chain")
		// What the certificate of another signer is put to was not made with its key.
		text = replaceChain(t, mediaType, sign(t, mediaType, signer), good.chain...)
		_, err = Verify(text, mediaType, image, trusting(t, []string{trusted.pem()}), now)
		wantReason(t, err, ReasonTampered)
	})
}

func TestVerify_certificateForNoTrustedIdentityIsRefused(t *testing.T) {
	authority := root(t, "Root")
	subjects := map[string]func(*pkix.Name){
		"another name": func(n *pkix.Name) { n.CommonName = "other.example.com" },
		"less":         func(n *pkix.Name) { n.CommonName = "" },
		"case":         func(n *pkix.Name) { n.Organization = []string{"example"} },
		"no state":     func(n *pkix.Name) { n.Province = nil },
		"two units":    func(n *pkix.Name) { n.OrganizationalUnit = []string{"a", "b"} },
		"an e-mail address": func(n *pkix.Name) {
			email := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
			n.ExtraNames = []pkix.AttributeTypeAndValue{{Type: email, Value: "a@example.com"}}
		},
		"an attribute in another's value": func(n *pkix.Name) {
			n.CommonName, n.Organization = "", []string{"Example,CN=app.example.com"}
		},
	}
	for what, change := range subjects {
		t.Run(what, func(t *testing.T) {
			subject := name
			change(&subject)
			signer := leaf(t, &authority, subject, now.Add(-day), now.Add(day))
			text := sign(t, MediaTypeJWS, signer)
			_, err := Verify(text, MediaTypeJWS, image, trusting(t, []string{authority.pem()}), now)
			wantReason(t, err, ReasonIdentity, "is from a trusted authority")
			if _, err := Verify(text, MediaTypeJWS, image, trusting(t, []string{authority.pem()}, "*"), now); err != nil {
				t.Errorf("any identity: %v", err)
			}
		})
	}
}

func TestVerify_ofSeveralAuthoritiesOneIsEnough(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	elsewhere := trusting(t, []string{root(t, "Other").pem()}, "*")
	others := trusting(t, []string{authority.pem()}, "x509.subject: C=FR, ST=IDF, O=Other")
	right := trusting(t, []string{authority.pem()}, "x509.subject: O=Example, S=BE, C=DE")
	text := sign(t, MediaTypeJWS, signer)
	got, err := Verify(text, MediaTypeJWS, image, append(append(elsewhere, others...), right...), now)
	if err != nil || got.Identity != "x509.subject: O=Example, S=BE, C=DE" {
		t.Errorf("%v, %q", err, got.Identity)
	}
	_, err = Verify(text, MediaTypeJWS, image, append(elsewhere, others...), now)
	wantReason(t, err, ReasonIdentity)
}

func TestVerify_expiredSignatureIsRefused(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	inBoth(t, func(t *testing.T, mediaType string) {
		for _, scheme := range []option{func(*signature.SignRequest) {}, bySigningAuthority} {
			text := sign(t, mediaType, signer, scheme, expiringAt(now))
			_, err := Verify(text, mediaType, image, trusting(t, []string{authority.pem()}), now)
			wantReason(t, err, ReasonExpired, "the signature expired at ")
			// Trust and identity come before.
			_, err = Verify(text, mediaType, image, trusting(t, []string{root(t, "Root").pem()}), now)
			wantReason(t, err, ReasonUntrusted)
			before := now.Add(-time.Second)
			if _, err := Verify(text, mediaType, image, trusting(t, []string{authority.pem()}), before); err != nil {
				t.Errorf("a second before: %v", err)
			}
		}
	})
}

func TestVerify_expiredCertificateNeedsAProvenTime(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-10*day), now.Add(-day))
	inBoth(t, func(t *testing.T, mediaType string) {
		authorities := trusting(t, []string{authority.pem()})
		during := signedAt(now.Add(-2 * day))
		_, err := Verify(sign(t, mediaType, signer, during), mediaType, image, authorities, now)
		wantReason(t, err, ReasonExpired, "CN=app.example.com", "expired at ", "no time stamp")
		got, err := Verify(sign(t, mediaType, signer, during, bySigningAuthority), mediaType, image, authorities, now)
		if err != nil || !got.SignedAt.Equal(now.Add(-2*day)) || got.Scheme != "notary.x509.signingAuthority" {
			t.Errorf("by a signing authority: %v, %+v", err, got)
		}
	})
	future := leaf(t, &authority, name, now.Add(day), now.Add(2*day))
	_, err := Verify(sign(t, MediaTypeJWS, future, signedAt(now.Add(day))), MediaTypeJWS, image,
		trusting(t, []string{authority.pem()}), now)
	wantReason(t, err, ReasonExpired, "is not valid before ")
}

func TestVerify_certificateMustBeValidWhenASigningAuthoritySigned(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	for _, mediaType := range mediaTypes {
		// The library does not sign so: another certificate of the same key is put into the envelope.
		late := certify(t, &authority, signer.key, &x509.Certificate{
			Subject: name, KeyUsage: x509.KeyUsageDigitalSignature, NotBefore: now.Add(-time.Minute), NotAfter: now.Add(day),
		})
		text := replaceChain(t, mediaType, sign(t, mediaType, signer, bySigningAuthority), late.chain...)
		_, err := Verify(text, mediaType, image, trusting(t, []string{authority.pem()}), now)
		wantReason(t, err, ReasonExpired, "when it was signed")
	}
}
