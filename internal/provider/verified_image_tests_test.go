package provider_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// provenanceOf is SLSA's provenance of a build of a repository at a ref.
func provenanceOf(repository, ref string) string {
	return fmt.Sprintf(`{"buildDefinition": {"buildType": "https://actions.github.io/buildtypes/workflow/v1",
  "externalParameters": {"workflow": {"repository": %[1]q, "ref": %[2]q, "path": ".github/workflows/release.yml"}},
  "resolvedDependencies": [{"uri": "git+%[1]s@%[2]s", "digest": {"gitCommit": "0123456789abcdef0123456789abcdef01234567"}}]},
 "runDetails": {"builder": {"id": "https://github.com/actions/runner/github-hosted"}}}`, repository, ref)
}

// scanOf is the report of a scan at a time with a number of critical findings, as cosign keeps it.
func scanOf(at time.Time, criticals int) string {
	var findings []string
	for n := range criticals {
		findings = append(findings, fmt.Sprintf(
			`{"VulnerabilityID": "CVE-2026-%d", "PkgName": "a", "InstalledVersion": "1", "Severity": "CRITICAL"}`, n+1))
	}
	return fmt.Sprintf(`{"scanner": {"uri": "trivy", "version": "0.60.0", "result": {"SchemaVersion": 2, "Results": [{"Target": "app",
  "Vulnerabilities": [%s]}]}}, "metadata": {"scanFinishedOn": %q}}`, strings.Join(findings, ", "),
		at.UTC().Format(time.RFC3339))
}

// serveVerifiedImages starts the registry of the module's tests, and tells them of it. Its images are the same, but for
// what is said of them.
func serveVerifiedImages(t *testing.T, w *workspace) signedRegistry {
	t.Helper()
	live := newSignedRegistry(t)
	images := map[string]string{}
	image := func(name string) (repository, digest string) {
		repository = "web/" + name
		digest = live.push(t, repository+":1", twoPlatforms())
		images[name] = live.host + "/" + repository + "@" + digest
		return repository, digest
	}
	const frontendSource = "https://github.com/example/frontend"
	image("bare")
	repository, digest := image("signed")
	live.sign(t, repository, digest)
	index, _ := live.pushPartlySigned(t, "web/partly:1")
	images["partly_signed"] = live.host + "/web/partly@" + index
	repository, digest = image("keyless")
	live.attest(t, repository, digest, predicateSignature, "{}", signaturetest.Signing{By: signaturetest.Identity{
		Subject: frontendSource + "/.github/workflows/release.yml@refs/heads/main",
		Issuer:  signaturetest.Release.Issuer, SourceRepository: frontendSource}})
	repository, digest = image("built")
	live.attest(t, repository, digest, predicateProvenance, provenanceOf(frontendSource, "refs/heads/main"), live.byKey())
	yesterday := time.Now().Add(-24 * time.Hour)
	repository, digest = image("scanned")
	live.attest(t, repository, digest, predicateScan, scanOf(yesterday, 1), live.byKey())
	live.attest(t, repository, digest, predicateScan, scanOf(yesterday.Add(-24*time.Hour), 3), live.byKey())
	repository, digest = image("scanned_in_the_future")
	live.attest(t, repository, digest, predicateScan, scanOf(yesterday.AddDate(1, 0, 0), 0), live.byKey())
	repository, digest = image("scanned_unreadably")
	live.attest(t, repository, digest, predicateScan, fmt.Sprintf(
		`{"scanner": {"uri": "trivy", "result": "lost"}, "metadata": {"scanFinishedOn": %q}}`,
		yesterday.UTC().Format(time.RFC3339)), live.byKey())
	for name, platform := range map[string]int{"this_platform_attested": 0, "other_platform_attested": 1} {
		images[name] = live.host + "/web/" + name + "@" + live.pushAttested(t, "web/"+name, platform, map[string]string{
			predicateProvenance: provenanceOf(frontendSource, "refs/heads/main"), predicateScan: scanOf(yesterday, 0)})
	}
	_, another := newPublicKey(t)
	w.write(t, filepath.Join(modulesFolder, "verified-image", "tests", "registry", "registry.json"), string(encoded(t,
		map[string]any{"host": live.host, "images": images, "public_key": live.publicKey, "another_key": another,
			"trusted_root": live.instance.Root(t)})))
	w.write(t, filepath.Join(modulesFolder, "verified-image", "registry_of_the_test.tf"), insecureRegistry(live.host))
	return live
}

const modulesFolder = "modules" // in a workspace

// insecureRegistry is the provider's block that a registry without TLS needs.
func insecureRegistry(host string) string {
	return fmt.Sprintf("provider \"demandflow\" {\n  oci = { registries = { %q = { insecure = true } } }\n}\n", host)
}

// An error says what was found, and what to do.
func TestVerifiedImage_saysWhatWasFound(t *testing.T) {
	t.Parallel()
	w := newModuleWorkspace(t, providertest.New(t, emulator.Options{}), filepath.Base(verifiedImage))
	live := serveVerifiedImages(t, w)
	var registry struct {
		Images      map[string]string `json:"images"`
		AnotherKey  string            `json:"another_key"`
		TrustedRoot string            `json:"trusted_root"`
	}
	known := filepath.Join(modulesFolder, filepath.Base(verifiedImage), "tests", "registry", "registry.json")
	if err := json.Unmarshal([]byte(w.read(t, known)), &registry); err != nil {
		t.Fatal(err)
	}
	w.folder = ""
	if err := os.Remove(filepath.Join(w.dir(), modulesFolder, filepath.Base(verifiedImage), "registry_of_the_test.tf")); err != nil {
		t.Fatal(err) // a module that is called gets the provider of its caller
	}
	w.write(t, "cosign.pub", live.publicKey)
	w.write(t, "another.pub", registry.AnotherKey)
	w.write(t, "trusted_root.json", registry.TrustedRoot)
	const (
		signed = "rules = { allowed_registry = false }\n"
		facts  = "rules = { allowed_registry = false, signed = false }\n"
		key    = "public_keys = [file(\"cosign.pub\")]\n"
		other  = "public_keys = [file(\"another.pub\")]\n"
		source = "built_from = { repository = \"https://github.com/example/frontend\" }\n"
	)
	identity := func(subject string) string {
		return "verify = {\n trusted_roots = [file(\"trusted_root.json\")]\n identities = [{ issuer = " +
			"\"https://token.actions.githubusercontent.com\", subject_regex = \"" + subject + "\" }]\n}\n"
	}
	for _, test := range []struct {
		image, arguments string
		says             []string // nothing for a plan without an error
	}{
		{"signed", signed + key, nil},
		{"signed", signed + "verify = { public_keys = [file(\"cosign.pub\")] }\n", nil},
		{"signed", signed + other, []string{"is by one of the public keys: 1 found; untrusted: it was not made with",
			"Sign this digest, or trust its signer."}},
		{"signed", signed + identity("https://github.com/example/.*"),
			[]string{"is by one of those that verify trusts: 1 found; untrusted: it was made with a key"}},
		{"keyless", signed + identity("https://github.com/example/.*"), nil},
		{"keyless", signed + identity("https://github.com/example"), []string{
			"1 found; identity: it was signed by https://github.com/example/frontend/.github/workflows/release.yml@refs/heads/main (issuer"}},
		{"signed", signed, []string{"give public_keys or verify (the provider's oci.verify is not used here), or set rules = { signed = false }."}},
		{"built", facts + key + source, nil},
		{"built", facts + key + "built_from = { repository = \"https://github.com/example/frontend.git/\", ref = null }\n",
			nil},
		{"built", facts + key + "built_from = { repository = \"https://github.com/example/backend\" }\n", []string{
			"is not verifiably built from https://github.com/example/backend: 1 of 1 statements about its build are by one of " +
				"the public keys; verified is https://github.com/example/frontend at refs/heads/main. Build it with provenance"}},
		{"built", facts + key + "built_from = { repository = \"https://github.com/example/frontend\", ref = \"main\" }\n",
			[]string{"from https://github.com/example/frontend at main: 1 of 1", "at refs/heads/main."}},
		{"built", facts + other + source, []string{
			"0 of 1 statements", "not verified is https://github.com/example/frontend at refs/heads/main; untrusted: it was"}},
		{"signed", facts + key + source, []string{"0 of 0 statements about its build"}},
		{"built", facts + source, []string{"Nothing says whose statements about", "give public_keys or verify."}},
		{"built", "rules = { allowed_registry = false, signed = false, built_from = true }\n" + key, []string{
			"Nothing says from which repository", "give built_from, or leave it out of rules."}},
		{"built", facts + key + "built_from = \"https://github.com/example/frontend\"\n",
			[]string{"built_from is not an object with a repository."}},
		{"scanned", facts + key + "scanned = { max_critical = 1, max_age = \"168h\" }\n", nil},
		{"scanned", facts + key + "scanned = { max_critical = \"1\", max_age = null }\n", nil},
		{"scanned", facts + key + "scanned = { max_critical = 0, max_age = \"1h\" }\n", []string{
			"is not scanned as it must be (at most 0 critical findings, not older than 1h, by one of the public keys): 2 found; " +
				"verified is one by trivy of ", "with 1 critical findings; verified is one by trivy", "with 3 critical findings. Scan"}},
		{"scanned", facts + other + "scanned = {}\n", []string{"2 found; not verified is one by trivy of", "untrusted: it was"}},
		{"signed", facts + key + "scanned = {}\n", []string{"(by one of the public keys): 0 found. Scan it again and sign"}},
		{"scanned_unreadably", facts + key + "scanned = {}\n", []string{"with an unknown number of critical findings"}},
		{"other_platform_attested", facts + key + "scanned = {}\n", []string{"is not scanned as it must be"}},
		{"other_platform_attested", facts + key + "platform = \"linux/arm64\"\nscanned = {}\n" + source, nil},
		{"scanned", "rules = { allowed_registry = false, signed = false, scanned = true }\n" + key, []string{
			"Nothing says what a scan of", "give scanned, or leave it out of rules."}},
		{"scanned", facts + key + "scanned = { max_critical = -1 }\n", []string{"max_critical of scanned is a whole number"}},
		{"scanned", facts + key + "scanned = { max_age = \"-1h\" }\n", []string{"max_age of scanned is a duration"}},
		{"scanned", facts + key + "scanned = 0\n", []string{"scanned is not an object"}},
		{"signed", signed + "verify = [file(\"cosign.pub\")]\n", []string{"verify is not an object"}},
		{"signed", signed + key + "verify = { public_keys = [file(\"cosign.pub\")] }\n", []string{
			"leave it out, and give its keys in verify."}},
	} {
		configuration := fmt.Sprintf("module \"x\" {\nsource = \"./modules/verified-image\"\nreference = %q\n%s}\n",
			registry.Images[test.image], test.arguments)
		w.write(t, "main.tf", insecureRegistry(live.host)+configuration)
		w.mustRun(t, "init")
		printed, ok := w.run(t, "plan", "-no-color")
		printed = unwrapped(printed)
		if ok != (test.says == nil) || !ok && strings.Count(printed, "Error: ") != 1 {
			t.Errorf("%s\nshould have one error: %q\n%s", configuration, test.says, printed)
		}
		for _, says := range test.says {
			if !strings.Contains(printed, says) {
				t.Errorf("%s\nshould say %q:\n%s", configuration, says, printed)
			}
		}
	}
}
