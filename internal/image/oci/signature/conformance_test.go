package signature

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/sigstore/sigstore-go/pkg/bundle"
)

// conformance is the environment variable for the folder bundle-verify of https://github.com/sigstore/sigstore-conformance
// (test/assets), which is not kept here.
const conformance = "SIGSTORE_CONFORMANCE"

// Every bundle of Sigstore's conformance suite is answered as the suite wants: those in folders that end in _fail are
// refused, all others are valid. Bundles of the suite may be signatures of files, which are not an image's, so that the
// verification is called without the check of the content.
func TestConformance_everyBundleIsAnsweredAsTheSuiteWants(t *testing.T) {
	t.Parallel()
	folder := os.Getenv(conformance)
	if folder == "" {
		t.Skipf("%s names no folder: clone the suite and give its test/assets/bundle-verify", conformance)
	}
	cases, err := filepath.Glob(filepath.Join(folder, "*", "bundle.sigstore.json"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("there are no bundles in %s: %v", folder, err)
	}
	for _, path := range cases {
		name := filepath.Base(filepath.Dir(path))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failure := verifyOfSuite(t, filepath.Dir(path))
			if mustFail := strings.HasSuffix(name, "_fail"); (failure != nil) != mustFail {
				t.Errorf("%v", failure)
			}
			if failure != nil {
				t.Logf("%s: %s", failure.Reason, failure)
			}
		})
	}
}

// verifyOfSuite verifies a case's bundle with what the case brings, else with the public root and the suite's identity.
func verifyOfSuite(t *testing.T, folder string) *Failure {
	read := func(name string) string {
		for _, place := range []string{folder, filepath.Dir(folder)} {
			if text, err := os.ReadFile(filepath.Join(place, name)); err == nil {
				return string(text)
			}
		}
		return ""
	}
	given := Verify{TrustedRoots: []string{PublicGood}, Identities: []Identity{{
		Issuer: new("https://token.actions.githubusercontent.com"),
		Subject: new("https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/" +
			"extremely-dangerous-oidc-beacon.yml@refs/heads/main"),
	}}}
	if root := read("trusted_root.json"); root != "" {
		given.TrustedRoots = []string{root}
	}
	if strings.Contains(filepath.Base(folder), "managed-key") {
		given.Identities, given.TrustedRoots = nil, nil
		if key := read("key.pub"); key != "" {
			given.PublicKeys = []string{key}
		}
	}
	trust, wrong := NewTrust(given)
	if len(wrong) > 0 {
		return &Failure{Reason: "trust", Err: wrong[0]}
	}
	entity := &bundle.Bundle{}
	if err := entity.UnmarshalJSON([]byte(read("bundle.sigstore.json"))); err != nil {
		return &Failure{Reason: "bundle", Err: err}
	}
	artifact := read("artifact")
	if artifact == "" {
		artifact = read("a.txt")
	}
	s := &Signed{entity: entity}
	if entity.GetMessageSignature() != nil {
		s.artifact = []byte(artifact)
	}
	_, failure := trust.verify(s, digest.FromBytes(bytes.Clone([]byte(artifact))))
	return failure
}
