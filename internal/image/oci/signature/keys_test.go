package signature_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha512" // Ed25519's digest, and that of longer curves
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

func newECDSA(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// publicKey returns a public key in PEM.
func publicKey(t testing.TB, key crypto.Signer) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// signedWith returns a signature of a message. A hash of 0 signs the message itself.
func signedWith(t *testing.T, key crypto.Signer, message []byte, hash crypto.Hash, options crypto.SignerOpts) []byte {
	t.Helper()
	digest := message
	if hash != 0 {
		sum := hash.New()
		sum.Write(message)
		digest = sum.Sum(nil)
	}
	signed, err := key.Sign(rand.Reader, digest, options)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// inEveryForm returns verdicts on a key's signature as a bundle, and as cosign's first form for images and attestations.
func inEveryForm(t *testing.T, trust *signature.Trust, sign func(message []byte) []byte) map[string]image.Statement {
	t.Helper()
	const kind = "application/vnd.in-toto+json"
	message := fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(kind), kind, len(signedImage), signedImage)
	envelope := map[string]any{"payloadType": kind, "payload": signedImage,
		"signatures": []any{map[string]any{"sig": sign(message)}}}
	inJSON := func(value any) []byte {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	payload := signaturetest.Payload(subject.String())
	return map[string]image.Statement{
		"a bundle": verified(t, inJSON(map[string]any{"mediaType": signaturetest.BundleV03, "dsseEnvelope": envelope,
			"verificationMaterial": map[string]any{"publicKey": map[string]any{"hint": "x"}}}), trust),
		"an attestation": attested(inJSON(envelope), nil, trust),
		"a signature": cosigned(payload, map[string]string{
			"dev.cosignproject.cosign/signature": base64.StdEncoding.EncodeToString(sign(payload))}, trust),
	}
}

// Tools sign with SHA-256 whatever the curve, or with the hash of the curve's length; Ed25519 as it is, or by a digest.
func TestVerify_keysOfEveryKindSignInEveryForm(t *testing.T) {
	t.Parallel()
	middle, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	long, wrong := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	number, failed := rsa.GenerateKey(rand.Reader, 2048)
	_, edwards, broken := ed25519.GenerateKey(rand.Reader)
	if err != nil || wrong != nil || failed != nil || broken != nil {
		t.Fatal(err, wrong, failed, broken)
	}
	for name, test := range map[string]struct {
		key     crypto.Signer
		hash    crypto.Hash
		options crypto.SignerOpts
	}{
		"P-256":               {newECDSA(t), crypto.SHA256, crypto.SHA256},
		"P-384 with SHA-256":  {middle, crypto.SHA256, crypto.SHA256},
		"P-384 with SHA-384":  {middle, crypto.SHA384, crypto.SHA384},
		"P-521 with SHA-512":  {long, crypto.SHA512, crypto.SHA512},
		"RSA":                 {number, crypto.SHA256, crypto.SHA256},
		"RSA-PSS":             {number, crypto.SHA256, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto, Hash: crypto.SHA256}},
		"Ed25519":             {edwards, 0, crypto.Hash(0)},
		"Ed25519 of a digest": {edwards, crypto.SHA512, &ed25519.Options{Hash: crypto.SHA512}},
	} {
		trust := trusting(t, signature.Verify{PublicKeys: []string{publicKey(t, newECDSA(t)), publicKey(t, test.key)}})
		stranger := trusting(t, signature.Verify{PublicKeys: []string{publicKey(t, newECDSA(t))}})
		sign := func(message []byte) []byte { return signedWith(t, test.key, message, test.hash, test.options) }
		for form, got := range inEveryForm(t, trust, sign) {
			want(t, name+", "+form, got, "")
			if !strings.HasPrefix(text(got.Matched), "public_keys[1] sha256:") || got.Signer != nil {
				t.Errorf("%s, %s: matched %s, signer %v", name, form, text(got.Matched), got.Signer)
			}
		}
		for form, got := range inEveryForm(t, stranger, sign) {
			want(t, name+", "+form+", another key", got, image.ReasonUntrusted)
		}
		for form, got := range inEveryForm(t, trust, func(message []byte) []byte { return sign(append(message, ' ')) }) {
			want(t, name+", "+form+", of something else", got, image.ReasonUntrusted)
		}
	}
}

// A bundle that names its key, and that this key did not sign, was changed.
func TestVerify_changedSignatureOfANamedKeyIsTampered(t *testing.T) {
	t.Parallel()
	instance, key := signaturetest.New(t), newECDSA(t)
	trust := trusting(t, signature.Verify{PublicKeys: []string{publicKey(t, key)}})
	for name, s := range map[string]signaturetest.Signing{"logged": {Key: key}, "not logged": {Key: key, NoLog: true}} {
		want(t, name, verified(t, instance.Bundle(t, signedImage, s), trust), "")
		s.Change = func(b map[string]any) {
			at(b, "dsseEnvelope")["payload"] = signaturetest.Statement(subject.String(), image.PredicateCosignSign, "[]")
		}
		want(t, name+", changed", verified(t, instance.Bundle(t, signedImage, s), trust), image.ReasonTampered)
	}
}

// A key alone is trusted, also if no log has its signature, unless that is said to be required.
func TestVerify_keyNeedsALogEntryOnlyIfThatIsSaid(t *testing.T) {
	t.Parallel()
	instance, stranger, key := signaturetest.New(t), signaturetest.New(t), newECDSA(t)
	keys := []string{publicKey(t, key)}
	both := signature.Verify{PublicKeys: keys, TrustedRoots: []string{instance.Root(t)},
		Identities: []signature.Identity{release}}
	required, optional, forTheLog := both, both, both
	required.Require, optional.Require = &signature.Require{Log: new(int64(1))}, &signature.Require{Log: new(int64(0))}
	forTheLog.Require, forTheLog.Identities = required.Require, nil // nobody may sign with a certificate
	logged := instance.Bundle(t, signedImage, signaturetest.Signing{Key: key})
	bare := instance.Bundle(t, signedImage, signaturetest.Signing{Key: key, NoLog: true})
	elsewhere := stranger.Bundle(t, signedImage, signaturetest.Signing{Key: key})
	for name, test := range map[string]struct {
		given  signature.Verify
		bundle []byte
		reason string
	}{
		"not said, logged":           {both, logged, ""},
		"not said, not logged":       {both, bare, ""},
		"not required, not logged":   {optional, bare, ""},
		"required, logged":           {required, logged, ""},
		"required, not logged":       {required, bare, image.ReasonNotLogged},
		"required, logged elsewhere": {required, elsewhere, image.ReasonUntrusted},
		"no identities, logged":      {forTheLog, logged, ""},
		"no identities, not logged":  {forTheLog, bare, image.ReasonNotLogged},
		"no identities, keyless": {forTheLog, instance.Bundle(t, signedImage, signaturetest.Signing{}),
			image.ReasonIdentity},
	} {
		got := verified(t, test.bundle, trusting(t, test.given))
		want(t, name, got, test.reason)
		if (got.LogIndex != nil) != (name == "required, logged" || name == "no identities, logged") {
			t.Errorf("%s: the index is shown %t", name, got.LogIndex != nil)
		}
	}
	payload := signaturetest.Payload(subject.String())
	for noLog, reason := range map[bool]string{false: "", true: image.ReasonNotLogged} {
		got := cosigned(payload, instance.Cosign(t, payload, signaturetest.Signing{Key: key, NoLog: noLog}),
			trusting(t, required))
		want(t, fmt.Sprintf("cosign's first form, not logged %t", noLog), got, reason)
	}
}

// A key may have signed what also has a certificate, or a log entry that cannot be read.
func TestVerify_keyCountsBesideWhateverElseThereIs(t *testing.T) {
	t.Parallel()
	key, payload := newECDSA(t), signaturetest.Payload(subject.String())
	annotations := signaturetest.New(t).Cosign(t, payload, signaturetest.Signing{Key: key})
	annotations["dev.sigstore.cosign/certificate"] = "junk"
	annotations["dev.sigstore.cosign/bundle"] = "junk"
	want(t, "junk", cosigned(payload, annotations, trusting(t, signature.Verify{PublicKeys: []string{publicKey(t, key)}})), "")
}

func TestParseKeys_readsAllKeysOfAText(t *testing.T) {
	t.Parallel()
	first, second := newECDSA(t), newECDSA(t)
	together := "# the old one\n" + publicKey(t, first) + "\n# the new one\n" + publicKey(t, second)
	trust := trusting(t, signature.Verify{PublicKeys: []string{together}})
	for _, key := range []crypto.Signer{first, second} {
		got := verified(t, signaturetest.New(t).Bundle(t, signedImage, signaturetest.Signing{Key: key}), trust)
		want(t, "one of two", got, "")
		keys, err := signature.ParseKeys(publicKey(t, key))
		if err != nil || len(keys) != 1 || text(got.Matched) != "public_keys[0] "+keys[0].Fingerprint {
			t.Errorf("matched %s: %v", text(got.Matched), err)
		}
	}
}

func TestParseKeys_refusesWhatIsNoPublicKeyAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	good := publicKey(t, newECDSA(t))
	private, err := x509.MarshalPKCS8PrivateKey(newECDSA(t))
	if err != nil {
		t.Fatal(err)
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // too short on purpose
	if err != nil {
		t.Fatal(err)
	}
	inPEM := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	for name, test := range map[string]struct{ text, words string }{
		"nothing":                   {"", "not in PEM"},
		"a word":                    {"hunter2", "not in PEM"},
		"a private key":             {inPEM("PRIVATE KEY", private), "no public key"},
		"a private key beside":      {good + inPEM("PRIVATE KEY", private), "no public key"},
		"a private key of cosign's": {inPEM("ENCRYPTED SIGSTORE PRIVATE KEY", []byte("hunter2")), "no public key"},
		"a short RSA key":           {publicKey(t, short), "1024 bits"},
		"a short RSA key beside":    {good + publicKey(t, short), "1024 bits"},
		"an empty block":            {inPEM("PUBLIC KEY", nil), "cannot be read"},
		"a block of junk":           {inPEM("PUBLIC KEY", []byte("hunter2")), "cannot be read"},
		"a certificate of junk":     {inPEM("CERTIFICATE", []byte("hunter2")), "cannot be read"},
		"a block that is cut":       {good + good[:60], "not in PEM"},
		"a block that is changed":   {strings.Replace(good, "\nM", "\n!", 1), "not in PEM"},
	} {
		_, err := signature.ParseKeys(test.text)
		if err == nil || !strings.Contains(err.Error(), test.words) || strings.Contains(err.Error(), "hunter2") ||
			strings.Contains(err.Error(), "MIG") {
			t.Errorf("%s: %v", name, err)
		}
	}
	curve, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signature.ParseKeys(publicKey(t, curve)); err == nil {
		t.Error("a key of P-224 is taken")
	}
}
