package signature_test

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/opencontainers/go-digest"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

const (
	subject = digest.Digest("sha256:1111111111111111111111111111111111111111111111111111111111111111")
	slsa    = "https://slsa.dev/provenance/v1"
)

var signedImage = signaturetest.Statement(subject.String(), image.PredicateCosignSign, "{}")

// release is the identity that signs in these tests.
var release = signature.Identity{Issuer: new(signaturetest.Release.Issuer),
	SubjectRegex: new("https://github.com/example/app/.+")}

// trusting returns the trust in what is given.
func trusting(t testing.TB, given signature.Verify) *signature.Trust {
	t.Helper()
	trust, wrong := signature.NewTrust(given)
	if len(wrong) > 0 {
		t.Fatal(wrong[0])
	}
	return trust
}

// trustingRelease returns the trust in the release workflow of an instance.
func trustingRelease(t testing.TB, instance *signaturetest.Instance) *signature.Trust {
	t.Helper()
	return trusting(t, signature.Verify{TrustedRoots: []string{instance.Root(t)}, Identities: []signature.Identity{release}})
}

// verified reads a bundle and verifies it.
func verified(t testing.TB, bundle []byte, trust *signature.Trust) image.Statement {
	t.Helper()
	return verdict(signature.ReadBundle, bundle, trust)
}

func verdict(read func([]byte) (*signature.Signed, *signature.Failure), text []byte,
	trust *signature.Trust) image.Statement {
	var s image.Statement
	known, failure := read(text)
	if known != nil {
		known.Describe(&s)
	}
	if failure != nil {
		s.Fails(failure.Reason, failure.Error(), trust != nil)
		return s
	}
	known.Verify(&s, subject, trust)
	return s
}

func text(known *string) string {
	if known == nil {
		return "(null)"
	}
	return *known
}

// want checks whether a statement is valid, and why not. Only a valid one has facts.
func want(t *testing.T, what string, s image.Statement, reason string, words ...string) {
	t.Helper()
	isValid := reason == ""
	if s.Verified == nil || *s.Verified != isValid || text(s.Reason) != cmp.Or(reason, "(null)") ||
		(s.Error == nil) != isValid || (s.Matched == nil) == isValid {
		t.Errorf("%s: want %q, got %q: %s", what, reason, text(s.Reason), text(s.Error))
	}
	if !isValid && (s.Signer != nil || s.Timestamps != nil || s.SignedAt != nil || s.LogIndex != nil ||
		s.Annotations != nil) || isValid && s.Claimed != nil {
		t.Errorf("%s shows as facts what is none: %+v", what, s)
	}
	for _, word := range words {
		if !strings.Contains(text(s.Error), word) {
			t.Errorf("%s: %q is not in %q", what, word, text(s.Error))
		}
	}
}

func TestVerify_bundleOfATrustedIdentityIsValidAndSaysWhoSigned(t *testing.T) {
	t.Parallel()
	instance, at := signaturetest.New(t), time.Now().Add(-48*time.Hour).UTC().Truncate(time.Second)
	got := verified(t, instance.Bundle(t, signedImage, signaturetest.Signing{At: at}), trustingRelease(t, instance))
	want(t, "a bundle", got, "")
	moment := at.Format(time.RFC3339)
	expected := image.Statement{
		Kind: image.KindSignature, PredicateType: new(image.PredicateCosignSign), Verified: new(true),
		Matched: new("identities[0] " + signaturetest.Release.Subject), LogIndex: new(int64(signaturetest.LogIndex)),
		SignedAt:   new(moment),
		Timestamps: []image.Timestamp{{Type: "Tlog", URI: "https://" + signaturetest.Host, Timestamp: new(moment)}},
		Signer: &image.Signer{
			CertificateIssuer: new("CN=Signers,O=Example"), SubjectAlternativeName: new(signaturetest.Release.Subject),
			Issuer: new(signaturetest.Release.Issuer), RunnerEnvironment: new("github-hosted"),
			SourceRepositoryURI:    new("https://github.com/example/app"),
			SourceRepositoryDigest: new(signaturetest.Release.SourceCommit), SourceRepositoryRef: new("refs/tags/v1"),
		},
	}
	if difference := gocmp.Diff(expected, got); difference != "" {
		t.Errorf("want (-) and got (+):\n%s", difference)
	}
}

// Without trust, all that a certificate says is a claim.
func TestVerify_withoutTrustNothingIsAFactAndTheSubjectIsChecked(t *testing.T) {
	t.Parallel()
	instance := signaturetest.New(t)
	got := verified(t, instance.Bundle(t, signedImage, signaturetest.Signing{}), nil)
	if got.Verified != nil || got.Reason != nil || got.Error != nil || got.Signer != nil || got.Matched != nil ||
		got.SignedAt != nil || got.LogIndex != nil || got.Annotations != nil || got.Claimed == nil ||
		text(got.Claimed.SubjectAlternativeName) != signaturetest.Release.Subject {
		t.Errorf("%+v", got)
	}
	other := signaturetest.Statement("sha256:"+strings.Repeat("2", 64), image.PredicateCosignSign, "{}")
	got = verified(t, instance.Bundle(t, other, signaturetest.Signing{}), nil)
	if got.Verified != nil || text(got.Reason) != image.ReasonOtherSubject {
		t.Errorf("%+v", got)
	}
}

// A time stamp proves the time beside a log, or in place of it.
func TestVerify_timeStampOfATrustedAuthorityIsATime(t *testing.T) {
	t.Parallel()
	instance, at := signaturetest.New(t), time.Now().Add(-48*time.Hour)
	got := verified(t, instance.Bundle(t, signedImage, signaturetest.Signing{At: at, Stamped: true}),
		trustingRelease(t, instance))
	want(t, "both", got, "")
	kinds := []string{}
	for _, stamp := range got.Timestamps {
		kinds = append(kinds, stamp.Type+" "+stamp.URI)
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, []string{"TimestampAuthority https://time.example.com", "Tlog https://" + signaturetest.Host}) {
		t.Errorf("times of %v", kinds)
	}
}

func TestVerify_cosignsFirstFormIsValidWithTheSameProofs(t *testing.T) {
	t.Parallel()
	instance, other := signaturetest.New(t), signaturetest.New(t)
	trust, payload := trustingRelease(t, instance), signaturetest.Payload(subject.String())
	for name, s := range map[string]signaturetest.Signing{"logged": {}, "logged and stamped": {Stamped: true}} {
		annotations := instance.Cosign(t, payload, s)
		got := cosigned(payload, annotations, trust)
		want(t, name, got, "")
		if text(got.Signer.SubjectAlternativeName) != signaturetest.Release.Subject || *got.LogIndex != signaturetest.LogIndex ||
			got.Annotations["team"] != "ships" || got.PredicateType != nil {
			t.Errorf("%s: %+v", name, got)
		}
		want(t, name+", of another instance", cosigned(payload, annotations, trustingRelease(t, other)), image.ReasonUntrusted)
		changed := append(bytes.Clone(payload), ' ')
		want(t, name+", changed", cosigned(changed, annotations, trust), image.ReasonTampered)

		envelope, annotations := instance.Envelope(t, signaturetest.Statement(subject.String(), slsa, "{}"), s)
		got = attested(envelope, annotations, trust)
		want(t, name+", an attestation", got, "")
		if got.Kind != image.KindAttestation || text(got.PredicateType) != slsa {
			t.Errorf("%s: %+v", name, got)
		}
		want(t, name+", an attestation of another instance", attested(envelope, annotations, trustingRelease(t, other)),
			image.ReasonUntrusted)
	}
	for name, change := range map[string]func(map[string]string){
		"a log entry that is junk": func(a map[string]string) { a["dev.sigstore.cosign/bundle"] = "{" },
		"a log entry without a body": func(a map[string]string) {
			a["dev.sigstore.cosign/bundle"] = `{"SignedEntryTimestamp":"eA==","Payload":{"body":"e30=","logID":"00"}}`
		},
		"a time stamp that is junk":  func(a map[string]string) { a["dev.sigstore.cosign/rfc3161timestamp"] = "x" },
		"a certificate that is junk": func(a map[string]string) { a["dev.sigstore.cosign/certificate"] = "x" },
		"a certificate in PEM that is junk": func(a map[string]string) {
			a["dev.sigstore.cosign/certificate"] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
		},
	} {
		annotations := instance.Cosign(t, payload, signaturetest.Signing{})
		change(annotations)
		want(t, name, cosigned(payload, annotations, trust), image.ReasonUnreadable)
	}
}

// cosigned reads and verifies a signature of cosign's first form.
func cosigned(payload []byte, annotations map[string]string, trust *signature.Trust) image.Statement {
	return verdict(func(text []byte) (*signature.Signed, *signature.Failure) {
		return signature.ReadCosign(text, annotations)
	}, payload, trust)
}

// attested reads and verifies an attestation of cosign's first form.
func attested(envelope []byte, annotations map[string]string, trust *signature.Trust) image.Statement {
	return verdict(func(text []byte) (*signature.Signed, *signature.Failure) {
		return signature.ReadEnvelope(text, annotations)
	}, envelope, trust)
}
