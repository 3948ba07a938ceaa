package signature_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

// Several instances may be trusted: the one that has issued the certificate counts.
func TestVerify_oneOfSeveralRootsIsEnough(t *testing.T) {
	t.Parallel()
	first, second, third := signaturetest.New(t), signaturetest.New(t), signaturetest.New(t)
	bundle := second.Bundle(t, signedImage, signaturetest.Signing{})
	late := second.Bundle(t, signedImage, signaturetest.Signing{LoggedAt: time.Now().Add(time.Hour)})
	for name, roots := range map[string][]string{
		"in two texts":          {first.Root(t), second.Root(t)},
		"in JSON lines":         {first.Root(t) + "\n" + second.Root(t) + "\n"},
		"beside the public one": {signature.PublicGood, second.Root(t)},
	} {
		trust := trusting(t, signature.Verify{TrustedRoots: roots, Identities: []signature.Identity{release}})
		want(t, name, verified(t, bundle, trust), "")
		want(t, name+", too late", verified(t, late, trust), image.ReasonExpired) // the reason is that of the root that fits
		want(t, name+", of neither", verified(t, third.Bundle(t, signedImage, signaturetest.Signing{}), trust),
			image.ReasonUntrusted)
	}
}

func TestVerify_oneOfSeveralIdentitiesIsEnough(t *testing.T) {
	t.Parallel()
	instance := signaturetest.New(t)
	other := signature.Identity{Issuer: new("https://accounts.example.com"), Subject: new("me@example.com")}
	trust := trusting(t, signature.Verify{TrustedRoots: []string{instance.Root(t)},
		Identities: []signature.Identity{other, release}})
	got := verified(t, instance.Bundle(t, signedImage, signaturetest.Signing{}), trust)
	want(t, "the second one", got, "")
	if text(got.Matched) != "identities[1] "+signaturetest.Release.Subject {
		t.Errorf("matched %s", text(got.Matched))
	}
}

func TestVerify_identityMustMatchInAllItSays(t *testing.T) {
	t.Parallel()
	instance := signaturetest.New(t)
	bundle := instance.Bundle(t, signedImage, signaturetest.Signing{})
	signer := signaturetest.Release
	for name, test := range map[string]struct {
		identity signature.Identity
		isValid  bool
	}{
		"issuer and subject":      {signature.Identity{Issuer: &signer.Issuer, Subject: &signer.Subject}, true},
		"issuer and repository":   {signature.Identity{Issuer: &signer.Issuer, SourceRepository: &signer.SourceRepository}, true},
		"two regular expressions": {signature.Identity{IssuerRegex: new("https://.+"), SubjectRegex: new(".+@refs/tags/v.+")}, true},
		"alternatives": {signature.Identity{IssuerRegex: new("x|" + signer.Issuer), SubjectRegex: new("x|" +
			signer.Subject + "|y")}, true},
		"all": {signature.Identity{Issuer: &signer.Issuer, Subject: &signer.Subject, SourceRepository: &signer.SourceRepository,
			SourceRef: &signer.SourceRef, RunnerEnvironment: &signer.Runner}, true},
		"a text with all its signs": {signature.Identity{Issuer: &signer.Issuer, SubjectRegex: new(`\Q` + signer.Subject)}, true},
		"another issuer":            {signature.Identity{Issuer: new("https://accounts.example.com"), Subject: &signer.Subject}, false},
		"another subject":           {signature.Identity{Issuer: &signer.Issuer, Subject: new("https://github.com/example/app")}, false},
		"the beginning of the subject": {signature.Identity{Issuer: &signer.Issuer,
			SubjectRegex: new("https://github.com/example/app/")}, false},
		"the end of the subject": {signature.Identity{Issuer: &signer.Issuer, SubjectRegex: new("@refs/tags/v1")}, false},
		"a part of the subject, as an alternative": {signature.Identity{Issuer: &signer.Issuer,
			SubjectRegex: new("https://github.com/|refs/tags/v1")}, false},
		"a part of the issuer": {signature.Identity{IssuerRegex: new("token"), Subject: &signer.Subject}, false},
		"another repository": {signature.Identity{Issuer: &signer.Issuer,
			SourceRepository: new("https://github.com/example/other")}, false},
		"another ref": {signature.Identity{Issuer: &signer.Issuer, Subject: &signer.Subject,
			SourceRef: new("refs/heads/main")}, false},
		"another runner": {signature.Identity{Issuer: &signer.Issuer, Subject: &signer.Subject,
			RunnerEnvironment: new("self-hosted")}, false},
	} {
		trust := trusting(t, signature.Verify{TrustedRoots: []string{instance.Root(t)},
			Identities: []signature.Identity{test.identity}})
		if test.isValid {
			want(t, name, verified(t, bundle, trust), "")
		} else {
			want(t, name, verified(t, bundle, trust), image.ReasonIdentity, signer.Subject, signer.Issuer)
		}
	}
}

// What is newer than the root that is built in is not known by it.
func TestVerify_unknownLogOfPublicGoodSaysHowOldTheRootIs(t *testing.T) {
	t.Parallel()
	trust := trusting(t, signature.Verify{TrustedRoots: []string{signature.PublicGood},
		Identities: []signature.Identity{release}})
	bundle := signaturetest.New(t).Bundle(t, signedImage, signaturetest.Signing{})
	want(t, "an unknown log", verified(t, bundle, trust), image.ReasonUntrusted, signature.PublicGoodDate,
		"newer trusted_root.json")
	own := signaturetest.New(t)
	if got := verified(t, bundle, trustingRelease(t, own)); strings.Contains(text(got.Error), signature.PublicGoodDate) {
		t.Errorf("of another root: %s", text(got.Error))
	}
}

// An entry of an unknown log is left out, and may say anything.
func TestVerify_logIndexIsThatOfAVerifiedEntry(t *testing.T) {
	t.Parallel()
	instance, stranger, key := signaturetest.New(t), signaturetest.New(t), newECDSA(t)
	var foreign map[string]any
	if err := json.Unmarshal(stranger.Bundle(t, signedImage, signaturetest.Signing{}), &foreign); err != nil {
		t.Fatal(err)
	}
	trust := trusting(t, signature.Verify{PublicKeys: []string{publicKey(t, key)}, TrustedRoots: []string{instance.Root(t)},
		Identities: []signature.Identity{release}, Require: &signature.Require{Log: new(int64(1))}})
	for name, s := range map[string]signaturetest.Signing{"a certificate": {}, "a key": {Key: key}} {
		s.Change = func(b map[string]any) {
			unknown := entryOf(foreign)
			unknown["logIndex"] = 99
			at(b, "verificationMaterial")["tlogEntries"] = []any{unknown, entryOf(b)}
		}
		got := verified(t, instance.Bundle(t, signedImage, s), trust)
		want(t, name, got, "")
		if got.LogIndex == nil || *got.LogIndex != signaturetest.LogIndex {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A statement may be about several images, each with annotations of its own.
func TestVerify_annotationsAreThoseOfTheImage(t *testing.T) {
	t.Parallel()
	instance := signaturetest.New(t)
	about := func(digest, annotations string) string {
		return fmt.Sprintf(`{"digest":{"sha256":%q},"annotations":%s}`, digest, annotations)
	}
	statement := fmt.Sprintf(`{"_type":"https://in-toto.io/Statement/v1","predicateType":%q,"predicate":{},"subject":[%s,%s]}`,
		image.PredicateCosignSign, about(strings.Repeat("2", 64), `{"env":"test"}`),
		about(subject.Encoded(), `{"team":"ships","level":3}`))
	got := verified(t, instance.Bundle(t, []byte(statement), signaturetest.Signing{}), trustingRelease(t, instance))
	want(t, "two subjects", got, "")
	if difference := gocmp.Diff(map[string]string{"team": "ships", "level": "3"}, got.Annotations); difference != "" {
		t.Errorf("want (-) and got (+):\n%s", difference)
	}
}
