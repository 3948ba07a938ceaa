package signature_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

// at returns a part of a document in JSON.
func at(document map[string]any, keys ...string) map[string]any {
	for _, key := range keys {
		switch value := document[key].(type) {
		case map[string]any:
			document = value
		case []any:
			document, _ = value[0].(map[string]any)
		}
	}
	return document
}

func entryOf(bundle map[string]any) map[string]any {
	return at(bundle, "verificationMaterial", "tlogEntries")
}

// Each fault has its reason, and each reason comes about by some fault.
func TestVerify_everyReasonIsThatOfItsFault(t *testing.T) {
	t.Parallel()
	instance, stranger := signaturetest.New(t), signaturetest.New(t)
	trust, now := trustingRelease(t, instance), time.Now()
	another := signaturetest.Statement(subject.String(), image.PredicateCosignSign, `{"a":1}`)
	changing := func(change func(map[string]any)) signaturetest.Signing { return signaturetest.Signing{Change: change} }
	signed := map[string]any{} // a good bundle, whose parts are taken for others
	if err := json.Unmarshal(instance.Bundle(t, another, signaturetest.Signing{}), &signed); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for name, test := range map[string]struct {
		statement []byte
		how       signaturetest.Signing
		reason    string
	}{
		"another payload": {signedImage, changing(func(b map[string]any) { at(b, "dsseEnvelope")["payload"] = another }),
			image.ReasonTampered},
		"another signature": {signedImage, changing(func(b map[string]any) {
			at(b, "dsseEnvelope")["signatures"] = at(signed, "dsseEnvelope")["signatures"]
		}), image.ReasonTampered},
		"another log entry": {signedImage, changing(func(b map[string]any) {
			at(b, "verificationMaterial")["tlogEntries"] = at(signed, "verificationMaterial")["tlogEntries"]
		}), image.ReasonTampered},
		"another promise of the log": {signedImage, changing(func(b map[string]any) {
			entryOf(b)["inclusionPromise"] = entryOf(signed)["inclusionPromise"]
		}), image.ReasonTampered},
		"another proof of the log": {signedImage, changing(func(b map[string]any) {
			entryOf(b)["inclusionProof"] = entryOf(signed)["inclusionProof"]
		}), image.ReasonTampered},
		"another certificate of the same identity": {signedImage, changing(func(b map[string]any) {
			at(b, "verificationMaterial")["certificate"] = at(signed, "verificationMaterial")["certificate"]
		}), image.ReasonTampered},
		"another index in the log": {signedImage, changing(func(b map[string]any) { entryOf(b)["logIndex"] = 8 }),
			image.ReasonTampered},
		"another subject": {signaturetest.Statement("sha256:"+strings.Repeat("2", 64), image.PredicateCosignSign, "{}"),
			signaturetest.Signing{}, image.ReasonOtherSubject},
		"no subject": {[]byte(`{"_type":"https://in-toto.io/Statement/v1","subject":[]}`), signaturetest.Signing{},
			image.ReasonOtherSubject},
		"the digest of another algorithm": {[]byte(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha512":"` +
			subject.Encoded() + `"}}]}`), signaturetest.Signing{}, image.ReasonOtherSubject},
		"a certificate that no log of certificates has": {signedImage, signaturetest.Signing{NoCertificateLog: true},
			image.ReasonUntrusted},
		"a key": {signedImage, signaturetest.Signing{Key: newECDSA(t)}, image.ReasonUntrusted},
		"another identity": {signedImage, signaturetest.Signing{By: signaturetest.Identity{Subject: "https://example.com/other",
			Issuer: signaturetest.Release.Issuer}}, image.ReasonIdentity},
		"another issuer": {signedImage, signaturetest.Signing{By: signaturetest.Identity{
			Subject: signaturetest.Release.Subject, Issuer: "https://accounts.example.com"}}, image.ReasonIdentity},
		"no log entry, and a time stamp": {signedImage, signaturetest.Signing{NoLog: true, Stamped: true}, image.ReasonNotLogged},
		"no log entry, and no time":      {signedImage, signaturetest.Signing{NoLog: true}, image.ReasonNotLogged},
		"a log entry after the certificate expired": {signedImage, signaturetest.Signing{LoggedAt: now.Add(time.Hour)},
			image.ReasonExpired},
		"a log entry before the certificate": {signedImage, signaturetest.Signing{LoggedAt: now.Add(-time.Hour)},
			image.ReasonExpired},
		"a bundle of a version to come": {signedImage, changing(func(b map[string]any) {
			b["mediaType"] = "application/vnd.dev.sigstore.bundle.v9.9+json"
		}), image.ReasonUnsupported},
		"a bundle without a type": {signedImage, changing(func(b map[string]any) { delete(b, "mediaType") }),
			image.ReasonUnsupported},
		"two signatures": {signedImage, changing(func(b map[string]any) {
			one := at(b, "dsseEnvelope", "signatures")
			at(b, "dsseEnvelope")["signatures"] = []any{one, one}
		}), image.ReasonUnsupported},
		"no signature": {signedImage, changing(func(b map[string]any) { at(b, "dsseEnvelope")["signatures"] = []any{} }),
			image.ReasonUnsupported},
		"the signature of a file": {signedImage, changing(func(b map[string]any) {
			delete(b, "dsseEnvelope")
			b["messageSignature"] = map[string]any{"signature": []byte("x"), "messageDigest": map[string]any{
				"algorithm": "SHA2_256", "digest": []byte(strings.Repeat("x", 32))}}
		}), image.ReasonUnsupported},
		"a payload that is no statement": {signedImage, changing(func(b map[string]any) {
			at(b, "dsseEnvelope")["payloadType"] = "application/json"
		}), image.ReasonUnsupported},
		"a statement of another type": {[]byte(`{"_type":"https://example.com/Order/v1"}`), signaturetest.Signing{},
			image.ReasonUnsupported},
		"too many subjects": {manySubjects(1025), signaturetest.Signing{}, image.ReasonTooLarge},
		"a log entry without a proof": {signedImage, changing(func(b map[string]any) { delete(entryOf(b), "inclusionProof") }),
			image.ReasonUnreadable},
		"a log entry that is junk": {signedImage, changing(func(b map[string]any) {
			entryOf(b)["canonicalizedBody"] = []byte("{}")
		}), image.ReasonUnreadable},
		"a certificate that is junk": {signedImage, changing(func(b map[string]any) {
			at(b, "verificationMaterial", "certificate")["rawBytes"] = []byte("junk")
		}), image.ReasonUnreadable},
		"no proof at all":       {signedImage, changing(func(b map[string]any) { delete(b, "verificationMaterial") }), image.ReasonUnreadable},
		"nothing signed":        {signedImage, changing(func(b map[string]any) { delete(b, "dsseEnvelope") }), image.ReasonUnreadable},
		"a field that is none":  {signedImage, changing(func(b map[string]any) { b["more"] = 1 }), image.ReasonUnreadable},
		"a statement of junk":   {[]byte("junk"), signaturetest.Signing{}, image.ReasonUnreadable},
		"a statement in a list": {[]byte("[]"), signaturetest.Signing{}, image.ReasonUnreadable},
	} {
		want(t, name, verified(t, instance.Bundle(t, test.statement, test.how), trust), test.reason)
		seen[test.reason] = true
	}
	want(t, "another instance", verified(t, stranger.Bundle(t, signedImage, signaturetest.Signing{}), trust),
		image.ReasonUntrusted, "no trusted root has its log")
	for _, junk := range []string{"", "null", "[]", "{}", `{"mediaType":5}`, "\xff", strings.Repeat("[", 100_000),
		strings.Repeat(`{"a":`, 20_000)} {
		got := verified(t, []byte(junk), trust)
		if got.Verified == nil || *got.Verified || text(got.Reason) != image.ReasonUnreadable && text(got.Reason) !=
			image.ReasonUnsupported || len(text(got.Error)) > 1000 {
			t.Errorf("%.20q: %s, %s", junk, text(got.Reason), text(got.Error))
		}
	}
	timeless := trusting(t, signature.Verify{TrustedRoots: []string{instance.Root(t)},
		Identities: []signature.Identity{release}, Require: &signature.Require{Log: new(int64(0))}})
	want(t, "no time", verified(t, instance.Bundle(t, signedImage, signaturetest.Signing{NoLog: true}), timeless),
		image.ReasonNoTime)
	want(t, "a time stamp of another authority", verified(t, foreignStamp(t, instance, stranger), timeless),
		image.ReasonNoTime)
	seen[image.ReasonNoTime] = true
	if missing := slices.DeleteFunc(image.Reasons(), func(r string) bool { return seen[r] }); len(missing) > 0 {
		t.Errorf("%v were not reached, only %v", missing, slices.Sorted(maps.Keys(seen)))
	}
}

func manySubjects(count int) []byte {
	one := fmt.Sprintf(`{"digest":{"sha256":%q}}`, subject.Encoded())
	return fmt.Appendf(nil, `{"_type":"https://in-toto.io/Statement/v1","subject":[%s],"predicateType":%q}`,
		strings.Join(slices.Repeat([]string{one}, count), ","), image.PredicateCosignSign)
}

// foreignStamp returns a bundle that is not logged, with a time stamp of another instance's.
func foreignStamp(t *testing.T, instance, stranger *signaturetest.Instance) []byte {
	t.Helper()
	var foreign map[string]any
	if err := json.Unmarshal(stranger.Bundle(t, signedImage, signaturetest.Signing{Stamped: true}), &foreign); err != nil {
		t.Fatal(err)
	}
	return instance.Bundle(t, signedImage, signaturetest.Signing{NoLog: true, Change: func(b map[string]any) {
		at(b, "verificationMaterial")["timestampVerificationData"] = at(foreign, "verificationMaterial",
			"timestampVerificationData")
	}})
}

// More than a bundle may have is refused before it is verified.
func TestVerify_tooManyProofsAreRefused(t *testing.T) {
	t.Parallel()
	instance := signaturetest.New(t)
	for count, isValid := range map[int]bool{1: true, 33: false, 1000: false} { // 32 are the limit, and the log has one
		got := verified(t, instance.Bundle(t, signedImage, signaturetest.Signing{Change: func(b map[string]any) {
			entry := entryOf(b)
			entries := []any{entry}
			for index := 1; index < count; index++ {
				copied := maps.Clone(entry)
				copied["logIndex"] = 1000 + index
				entries = append(entries, copied)
			}
			at(b, "verificationMaterial")["tlogEntries"] = entries
		}}), trustingRelease(t, instance))
		if got.Verified == nil || *got.Verified != isValid {
			t.Errorf("%d: %s, %s", count, text(got.Reason), text(got.Error))
		} else if !isValid && text(got.Reason) != image.ReasonTooLarge {
			t.Errorf("%d: the reason is %s: %s", count, text(got.Reason), text(got.Error))
		}
	}
}

// What a signature must come with is for the instance to say: some have no log, or no log of certificates.
func TestVerify_requiresTheProofsThatItIsTold(t *testing.T) {
	t.Parallel()
	instance, old := signaturetest.New(t), time.Now().Add(-48*time.Hour)
	none := new(int64(0))
	for name, test := range map[string]struct {
		require signature.Require
		how     signaturetest.Signing
		reason  string
	}{
		"no log, with a time stamp": {signature.Require{Log: none}, signaturetest.Signing{At: old, NoLog: true, Stamped: true}, ""},
		"no log, with a log entry":  {signature.Require{Log: none}, signaturetest.Signing{At: old}, image.ReasonNoTime},
		"no log of certificates": {signature.Require{CertificateLog: none}, signaturetest.Signing{At: old,
			NoCertificateLog: true}, ""},
		"no time, of now":       {signature.Require{Time: none}, signaturetest.Signing{}, ""},
		"no time, of yesterday": {signature.Require{Time: none}, signaturetest.Signing{At: old}, image.ReasonExpired},
		"none":                  {signature.Require{Log: none, Time: none, CertificateLog: none}, signaturetest.Signing{NoLog: true, NoCertificateLog: true}, ""},
		"none, of yesterday":    {signature.Require{Log: none, Time: none}, signaturetest.Signing{At: old, NoLog: true}, image.ReasonExpired},
		"two logs":              {signature.Require{Log: new(int64(2))}, signaturetest.Signing{}, image.ReasonNotLogged},
		"two times, with one":   {signature.Require{Time: new(int64(2))}, signaturetest.Signing{}, image.ReasonNoTime},
		"two times, with two":   {signature.Require{Time: new(int64(2))}, signaturetest.Signing{Stamped: true}, ""},
		"two logs of certificates": {signature.Require{CertificateLog: new(int64(2))}, signaturetest.Signing{},
			image.ReasonUntrusted},
	} {
		trust := trusting(t, signature.Verify{TrustedRoots: []string{instance.Root(t)},
			Identities: []signature.Identity{release}, Require: &test.require})
		got := verified(t, instance.Bundle(t, signedImage, test.how), trust)
		want(t, name, got, test.reason)
		if test.how.NoLog && got.LogIndex != nil {
			t.Errorf("%s has the index %d", name, *got.LogIndex)
		}
	}
}

// As many time stamps as a bundle may have are read, and no more.
func TestVerify_tooManyTimeStampsAreRefused(t *testing.T) {
	t.Parallel()
	instance := signaturetest.New(t)
	for count, reason := range map[int]string{32: "", 33: image.ReasonTooLarge} {
		bundle := instance.Bundle(t, signedImage, signaturetest.Signing{Stamped: true, Change: func(b map[string]any) {
			stamp := at(b, "verificationMaterial", "timestampVerificationData", "rfc3161Timestamps")
			at(b, "verificationMaterial", "timestampVerificationData")["rfc3161Timestamps"] = slices.Repeat([]any{stamp}, count)
		}})
		want(t, fmt.Sprintf("%d time stamps", count), verified(t, bundle, trustingRelease(t, instance)), reason)
	}
}

// What is signed says what it is also where it cannot be verified.
func TestRead_severalSignaturesHideNotWhatIsSigned(t *testing.T) {
	t.Parallel()
	instance, statement := signaturetest.New(t), signaturetest.Statement(subject.String(), slsa, "{}")
	twice := func(envelope map[string]any) {
		one := at(envelope, "signatures")
		envelope["signatures"] = []any{one, one}
	}
	bundle := instance.Bundle(t, statement, signaturetest.Signing{Change: func(b map[string]any) { twice(at(b, "dsseEnvelope")) }})
	content, annotations := instance.Envelope(t, statement, signaturetest.Signing{})
	var envelope map[string]any
	if err := json.Unmarshal(content, &envelope); err != nil {
		t.Fatal(err)
	}
	twice(envelope)
	content, err := json.Marshal(envelope)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]image.Statement{"a bundle": verified(t, bundle, trustingRelease(t, instance)),
		"cosign's first form": attested(content, annotations, trustingRelease(t, instance))} {
		want(t, name, got, image.ReasonUnsupported, "2 signatures")
		if got.Kind != image.KindAttestation || text(got.PredicateType) != slsa {
			t.Errorf("%s is a %q of %s", name, got.Kind, text(got.PredicateType))
		}
	}
}
