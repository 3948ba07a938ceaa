package openshift_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
)

func TestImage_saysOfEverySignatureWhetherItWasVerified(t *testing.T) {
	t.Parallel()
	found := read(t, newClient(t, openshifttest.New(t, object(t, "signed"))), ofSigned, openshift.Options{})
	wants := []struct {
		name     string
		verified *bool
		why      string
		remarks  []string
	}{
		{"complete", nil, "", nil},
		{"not-complete", new(false), "Complete is False: NoKey, there is no key", nil},
		{"complete-unknown", nil, "", []string{"Complete is Unknown: Pending"}},
		{"failed", new(false), "Failed is True: BadDigest, the digest does not match", nil},
		{"not-failed", nil, "", nil},
		{"failed-unknown", nil, "", []string{"Failed is Unknown"}},
		{"trusted", new(true), "", nil},
		{"not-trusted", new(false), "Trusted is False: KeyUnknown", nil},
		{"for-another", new(false), "ForImage is False", nil},
		{"expired", new(false), "Expired is True", nil},
		{"revoked", new(false), "Revoked is True", nil},
		{"for-image", nil, "", nil},
		{"nobody-looked", nil, "", nil},
	}
	if len(found.Signatures) != len(wants) || len(found.OpenShift.Signatures) != len(wants) {
		t.Fatalf("%d and %d signatures, want %d", len(found.Signatures), len(found.OpenShift.Signatures), len(wants))
	}
	for index, want := range wants {
		if name := *found.OpenShift.Signatures[index].Name; !strings.HasSuffix(name, "@"+want.name) {
			t.Errorf("signature %d is %s, want %s", index, name, want.name)
		}
		statement := found.Signatures[index]
		got := image.Statement{Verified: statement.Verified, Error: statement.Error, Warnings: statement.Warnings}
		if difference := cmp.Diff(image.Statement{Verified: want.verified, Error: image.Known(want.why),
			Warnings: want.remarks}, got); difference != "" {
			t.Errorf("%s, want (-) and got (+):\n%s", want.name, difference)
		}
	}
}

func TestImage_keepsAllOfASignature(t *testing.T) {
	t.Parallel()
	found := read(t, newClient(t, openshifttest.New(t, object(t, "signed"))), ofSigned, openshift.Options{})
	want := image.OpenShiftSignature{
		Name: new(ofSigned + "@complete"), UID: new("5-complete"), CreatedAt: new("2026-01-04T00:00:00Z"),
		Labels: map[string]string{"team": "ships"}, Annotations: map[string]string{"note": "made up"},
		Type: new("AtomicImageV1"), Content: new("bWFkZSB1cA=="),
		Conditions: []image.OpenShiftCondition{{
			Type: new("Complete"), Status: new("True"), ProbedAt: new("2026-01-05T00:00:00Z"),
			TransitionedAt: new("2026-01-05T00:00:01Z"),
		}},
		ImageIdentity: new("registry.example.com/demo/ship:1.2.3"),
		SignedClaims: map[string]string{"docker-manifest-digest": ofSigned,
			"docker-reference": "registry.example.com/demo/ship"},
		SignedAt: new("2026-01-03T12:00:00Z"),
		IssuedBy: &image.OpenShiftParty{Organization: new("Example"), CommonName: new("openshift-signing-service")},
		IssuedTo: &image.OpenShiftParty{Organization: new("Example"), CommonName: new("Team Ships"),
			PublicKeyID: new("0x685ebe62bf278440")},
	}
	if difference := cmp.Diff(want, found.OpenShift.Signatures[0]); difference != "" {
		t.Errorf("want (-) and got (+):\n%s", difference)
	}
	statement := image.Statement{
		Kind: "signature", Format: new("AtomicImageV1"), Subject: new(ofSigned), SignedAt: new("2026-01-03T12:00:00Z"),
		Claimed: &image.Signer{SubjectAlternativeName: new("Team Ships"),
			CertificateIssuer: new("openshift-signing-service")}, // no condition is about the signer
	}
	if difference := cmp.Diff(statement, found.Signatures[0]); difference != "" {
		t.Errorf("statement, want (-) and got (+):\n%s", difference)
	}
	if difference := cmp.Diff(map[string]string{"tier": "one"}, found.OpenShift.Labels); difference != "" {
		t.Errorf("labels, want (-) and got (+):\n%s", difference)
	}
}
