package drift_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/drift"
)

const workflow = "https://github.com/example/app/.github/workflows/release.yml"

// signedBy returns a verified signature of a workflow at a tag.
func signedBy(workflow string) image.Statement {
	return image.Statement{Kind: "signature", Verified: new(true), Matched: new("identities[0] " + workflow),
		Signer: &image.Signer{SubjectAlternativeName: new(workflow + "@refs/tags/v1"),
			BuildSignerURI:      new(workflow + "@refs/tags/v1"),
			SourceRepositoryURI: new("https://github.com/example/app")}}
}

func signedByKey(fingerprint string) image.Statement {
	return image.Statement{Kind: "signature", Verified: new(true), Matched: new("public_keys[0] sha256:" + fingerprint)}
}

func TestCompare_signerIsKnownByAnyOfItsNames(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("ab", 32)
	for name, signature := range map[string]image.Statement{
		workflow + "@refs/tags/v1":             signedBy(workflow),
		workflow:                               signedBy(workflow), // at whichever tag
		" " + strings.ToUpper(workflow) + "\n": signedBy(workflow),
		"https://github.com/example/app":       signedBy(workflow),
		"https://github.com/example/app/":      signedBy(workflow),
		"sha256:" + key:                        signedByKey(key),
		strings.ToUpper(key):                   signedByKey(key),
		"CN=release,O=Example,ST=BE,C=DE": {Verified: new(true), Matched: new("notation[0] x509.subject: C=DE, ST=BE, O=Example"),
			Signer: &image.Signer{SubjectAlternativeName: new("CN=release,O=Example,ST=BE,C=DE")}},
	} {
		entry, live := entry(), live()
		entry.SignedBy, live.Signatures = name, []image.Statement{signature}
		got := drift.Compare(entry, live, nil)
		if !got.InSync() || !slices.Contains(got.Compared, "signed_by") {
			t.Errorf("%q: differences %v, undecided %v", name, got.Differences, got.Undecided)
		}
	}
}

func TestCompare_signerThatIsAnotherOneIsADifference(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("ab", 32)
	for name, test := range map[string]struct {
		signatures []image.Statement
		live       string
	}{
		"another workflow": {[]image.Statement{signedBy("https://github.com/example/other/.github/workflows/release.yml")},
			"https://github.com/example/other/.github/workflows/release.yml@refs/tags/v1"},
		"a workflow whose name starts alike": {[]image.Statement{signedBy(workflow + ".old")}, workflow + ".old@refs/tags/v1"},
		"a key":                              {[]image.Statement{signedByKey(key)}, "sha256:" + key},
		"two others, beside one that is not verified": {[]image.Statement{signedByKey(key), signedByKey("00"),
			{Verified: new(false), Claimed: signedBy(workflow).Signer}}, "sha256:00, sha256:" + key},
	} {
		entry, live := entry(), live()
		entry.SignedBy, live.Signatures = workflow, test.signatures
		want := []drift.Difference{{"signed_by", new(workflow), new(test.live), drift.SignerDiffers}}
		if diff := cmp.Diff(want, drift.Compare(entry, live, nil).Differences); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCompare_oneOfSeveralSignersIsEnough(t *testing.T) {
	t.Parallel()
	entry, live := entry(), live()
	entry.SignedBy, live.Signatures = workflow, []image.Statement{{Kind: "signature", Verified: new(false)},
		signedByKey("00"), signedBy(workflow)}
	if got := drift.Compare(entry, live, nil); !got.InSync() {
		t.Errorf("differences %v, undecided %v", got.Differences, got.Undecided)
	}
}

// What a signature that is not valid claims is no fact.
func TestCompare_claimOfASignerIsNone(t *testing.T) {
	t.Parallel()
	entry, live := entry(), live()
	entry.SignedBy, live.Signatures = workflow, []image.Statement{{Kind: "signature", Verified: new(false),
		Error: new("its log is none of the trusted root's"), Claimed: signedBy(workflow).Signer}}
	want := []drift.Difference{{"signature_verified", new("true"),
		new("not verified: its log is none of the trusted root's"), drift.SignatureLost}}
	if diff := cmp.Diff(want, drift.Compare(entry, live, nil).Differences); diff != "" { // it is said once
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An engine may know that a signature is valid, and not whose it is.
func TestCompare_signerWithoutANameIsUndecided(t *testing.T) {
	t.Parallel()
	for _, beside := range [][]image.Statement{nil, {signedByKey("00")}} {
		entry, live := entry(), live()
		entry.SignedBy, live.Signatures = workflow, append(beside, image.Statement{Kind: "signature", Verified: new(true)})
		got := drift.Compare(entry, live, nil)
		if len(got.Differences) > 0 || !slices.Equal(openFields(got), []string{"signed_by"}) {
			t.Errorf("differences %v, undecided %v", got.Differences, got.Undecided)
		}
	}
}

// An index lists its platforms by digest, so that its signature is one of each of them.
func TestCompare_signatureOfTheIndexCoversItsPlatforms(t *testing.T) {
	t.Parallel()
	for _, digest := range []string{index, amd64, arm64, arm64Config} {
		entry, live := entry(), live()
		entry.Digest, live.Signatures[0].Subject = digest, new(index)
		if got := drift.Compare(entry, live, nil); !got.InSync() {
			t.Errorf("%s: differences %v, undecided %v", digest, got.Differences, got.Undecided)
		}
	}
}

// A list that cannot be read must not pass for one with a good signature.
func TestCompare_unreadSignaturesAreUndecided(t *testing.T) {
	t.Parallel()
	for _, looked := range []bool{true, false} {
		entry, live := entry(), live()
		entry.SignatureVerified, entry.SignedBy, entry.SignaturesUnread, live.Signatures = true, workflow, looked, nil
		got := drift.Compare(entry, live, nil)
		if got.InSync() == looked || len(got.Differences) > 0 || looked != (len(got.Undecided) == 2) {
			t.Errorf("looked for: %v: differences %v, undecided %v", looked, got.Differences, got.Undecided)
		}
		if got = drift.Compare(entry, live, []string{"signature_verified", "signed_by"}); !got.InSync() {
			t.Errorf("ignored: %v", got.Undecided)
		}
	}
}

// What a subject of a certificate looks like makes it no key.
func TestCompare_subjectThatLooksLikeAKeyIsNone(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("ab", 32)
	entry, live := entry(), live()
	entry.SignedBy, live.Signatures = key, []image.Statement{{Verified: new(true), Matched: new("identities[0] x sha256:" + key),
		Signer: &image.Signer{SubjectAlternativeName: new("x sha256:" + key)}}}
	if got := drift.Compare(entry, live, nil); got.InSync() {
		t.Errorf("%+v", got)
	}
}
