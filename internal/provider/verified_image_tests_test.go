package provider_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
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
