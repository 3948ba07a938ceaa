package notation

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestNewAuthority_whatIsNoAuthorityIsAnErrorAtItsPlace(t *testing.T) {
	good := root(t, "Root")
	signer := leaf(t, &good, name, now.Add(-day), now.Add(day))
	key, err := x509.MarshalPKCS8PrivateKey(good.key)
	if err != nil {
		t.Fatal(err)
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	public, err := x509.MarshalPKIXPublicKey(good.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
	weakKey, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weak := certify(t, nil, weakKey, &x509.Certificate{Subject: name, IsCA: true, BasicConstraintsValid: true})
	smallKey, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	small := certify(t, nil, smallKey, &x509.Certificate{Subject: name, IsCA: true, BasicConstraintsValid: true})
	// It has the name of its issuer, and not its key.
	issuer := party{good.key, []*x509.Certificate{{RawSubject: signer.chain[0].RawSubject, Subject: name}}}
	noCA := certify(t, &issuer, nil, &x509.Certificate{Subject: name})
	tests := map[string]struct{ text, says string }{
		"nothing":               {"", "no certificate in PEM"},
		"no PEM":                {"hunter2", "no certificate in PEM"},
		"a path":                {"/etc/ca.pem", "no certificate in PEM"},
		"a private key":         {private, "private key"},
		"and a private key":     {good.pem() + private, "private key"},
		"a public key":          {publicPEM, "no certificate"},
		"junk":                  {"-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----\n", "cannot be read"},
		"cut off":               {good.pem() + good.pem()[:200], "without an end"},
		"broken":                {good.pem() + strings.Replace(good.pem(), "MII", "M*I", 1), "cannot be read as PEM"},
		"a signer's":            {toPEM(signer.chain[0]), "neither"},
		"a signer's own name":   {toPEM(noCA.chain[0]), "neither"},
		"a short RSA key":       {weak.pem(), "1024 bits"},
		"a short key of ECDSA":  {small.pem(), "224 bits"},
		"a signer's after a CA": {good.pem() + toPEM(signer.chain[0]), "certificate 2"},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			_, err := NewAuthority([]string{good.pem(), test.text}, []string{anIdentity})
			input, ok := errors.AsType[*InputError](err)
			if !ok || input.List != ListCertificates || input.Index != 1 || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("error is %v, want one about certificates[1] that says %q", err, test.says)
			}
			for _, secret := range []string{"hunter2", "aHVudGVyMg", "/etc/", strings.Split(private, "\n")[1]} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("error repeats the text: %v", err)
				}
			}
		})
	}
	_, err = NewAuthority(nil, []string{anIdentity})
	if input, ok := errors.AsType[*InputError](err); !ok || input.List != ListCertificates || input.Index >= 0 {
		t.Errorf("no certificates: %v", err)
	}
}

func TestNewAuthority_signersOwnCertificateIsAccepted(t *testing.T) {
	signer := leaf(t, nil, name, now.Add(-day), now.Add(day))
	got, err := Verify(sign(t, MediaTypeCOSE, signer), MediaTypeCOSE, image, trusting(t, []string{signer.pem()}), now)
	if err != nil || got.Issuer != got.Subject {
		t.Errorf("%v, %+v", err, got)
	}
}

func TestNewAuthority_certificateForTimeStampsIsNotTrustedToSign(t *testing.T) {
	authority := certify(t, nil, nil, &x509.Certificate{
		Subject: pkix.Name{CommonName: "Stamps"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
		NotBefore: now.Add(-day), NotAfter: now.Add(day),
	})
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	text := sign(t, MediaTypeJWS, signer)
	_, err := Verify(text, MediaTypeJWS, image, trusting(t, []string{authority.pem()}, "*"), now)
	wantReason(t, err, ReasonUntrusted)
}

func TestAuthority_expiredNamesTheCertificate(t *testing.T) {
	old := leaf(t, nil, name, now.Add(-2*day), now.Add(-day))
	authority := trusting(t, []string{root(t, "Root").pem(), old.pem()})[0]
	input, ok := errors.AsType[*InputError](authority.Expired(now))
	says := "certificates[1]: the certificate of CN=app.example.com"
	if !ok || input.Index != 1 || !strings.Contains(input.Error(), says) {
		t.Errorf("error is %v", input)
	}
	if err := authority.Expired(now.Add(-day - time.Hour)); err != nil {
		t.Errorf("while all are valid: %v", err)
	}
}
