package signature_test

import (
	"regexp"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

// What verifies is what was signed: a changed form of it may still be valid, and never anything else.
func FuzzRead(f *testing.F) {
	instance, key := signaturetest.Named(f, "ours"), signaturetest.Key(f, "ours")
	trust := trusting(f, signature.Verify{PublicKeys: []string{publicKey(f, key)}, TrustedRoots: []string{instance.Root(f)},
		Identities: []signature.Identity{release}})
	const logEntry, certificate = "dev.sigstore.cosign/bundle", "dev.sigstore.cosign/certificate"
	payload := signaturetest.Payload(subject.String())
	for _, s := range []signaturetest.Signing{{}, {Stamped: true}, {Key: key}, {Key: key, NoLog: true}} {
		f.Add(instance.Bundle(f, signedImage, s), "", "", "")
		annotations := instance.Cosign(f, payload, s)
		f.Add(payload, annotations["dev.cosignproject.cosign/signature"], annotations[certificate], annotations[logEntry])
		envelope, annotations := instance.Envelope(f, signedImage, s)
		f.Add(envelope, "", annotations[certificate], annotations[logEntry])
	}
	f.Add([]byte(`{"payloadType":"","payload":"e30","signatures":[{}]}`), "AA==", "", `{"Payload":{"logIndex":-1}}`)
	f.Fuzz(func(t *testing.T, given []byte, signed, certified, logged string) {
		annotations := map[string]string{"dev.cosignproject.cosign/signature": signed, certificate: certified,
			logEntry: logged}
		for form, read := range map[string]func() (*signature.Signed, *signature.Failure){
			"a bundle":    func() (*signature.Signed, *signature.Failure) { return signature.ReadBundle(given) },
			"a signature": func() (*signature.Signed, *signature.Failure) { return signature.ReadCosign(given, annotations) },
			"an envelope": func() (*signature.Signed, *signature.Failure) { return signature.ReadEnvelope(given, annotations) },
		} {
			known, failure := read()
			if failure != nil && (failure.Reason == "" || len(failure.Error()) > 1000) {
				t.Errorf("%s: %q, %s", form, failure.Reason, failure)
			}
			if known == nil {
				continue
			}
			var s image.Statement
			known.Describe(&s)
			if failure != nil {
				continue
			}
			known.Verify(&s, subject, trust)
			predicateType, predicate := known.Predicate()
			isSigned := predicateType == image.PredicateCosignSign && string(predicate) == "{}" ||
				form == "a signature" && predicateType == "" && string(given) == string(payload)
			switch {
			case s.Verified == nil, *s.Verified && !isSigned, *s.Verified != (s.Matched != nil), *s.Verified != (s.Reason == nil):
				t.Errorf("%s: %+v", form, s)
			case len(text(s.Error)) > 1000:
				t.Errorf("%s: %s", form, *s.Error)
			}
		}
	})
}

// Whatever a root is, it is read or refused in a few words, and a root that is read can be verified with.
func FuzzRoots(f *testing.F) {
	instance := signaturetest.Named(f, "theirs")
	bundle := signaturetest.Named(f, "ours").Bundle(f, signedImage, signaturetest.Signing{})
	f.Add(instance.Root(f))
	f.Add(instance.Root(f) + "\n" + instance.Root(f))
	f.Add(signature.PublicGood)
	f.Add(signingConfig)
	f.Add(`{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[{}]}`)
	f.Add("[[[[")
	f.Fuzz(func(t *testing.T, text string) {
		trust, wrong := signature.NewTrust(signature.Verify{TrustedRoots: []string{text},
			Identities: []signature.Identity{release}})
		if (trust == nil) != (len(wrong) > 0) || len(wrong) > 1 || len(wrong) == 1 && len(wrong[0].Error()) > 1000 {
			t.Fatalf("%v", wrong)
		}
		if trust == nil {
			return
		}
		if got := verified(t, bundle, trust); got.Verified == nil || *got.Verified {
			t.Errorf("%+v", got)
		}
	})
}

// A regular expression matches the whole subject or nothing, whatever is in it.
func FuzzIdentity(f *testing.F) {
	instance, signer := signaturetest.Named(f, "ours"), signaturetest.Release
	root, bundle := instance.Root(f), instance.Bundle(f, signedImage, signaturetest.Signing{})
	f.Add(".+")
	f.Add("https://github.com/example/app/.+")
	f.Add("https://github.com/|refs/tags/v1")
	f.Add("a)|(?:.*")
	f.Add("(?m)^https.*$")
	f.Add(`https.*?\z|`)
	f.Add("(?i)HTTPS://GITHUB.COM/.*")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		trust, wrong := signature.NewTrust(signature.Verify{TrustedRoots: []string{root},
			Identities: []signature.Identity{{Issuer: &signer.Issuer, SubjectRegex: &text}}})
		regex, err := regexp.Compile(text)
		if isGood := err == nil && text != ""; isGood != (len(wrong) == 0) {
			t.Fatalf("%q: %v", text, wrong)
		}
		if trust == nil {
			return
		}
		regex.Longest()
		at := regex.FindStringIndex(signer.Subject)
		isWhole := at != nil && at[0] == 0 && at[1] == len(signer.Subject)
		if got := verified(t, bundle, trust); *got.Verified != isWhole {
			t.Errorf("%q: %+v", text, got)
		}
	})
}
