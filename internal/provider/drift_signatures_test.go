package provider_test

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// signedImages are images of a registry by what is wrong with their signatures.
func signedImages(t *testing.T, live signedRegistry) {
	t.Helper()
	push := func(name string) string {
		description := frontend
		description.Seed = name
		return live.push(t, "web/"+name+":1", description)
	}
	by := signaturetest.Signing{By: documentedSigner}
	live.attest(t, "web/good", push("good"), predicateSignature, "{}", by)
	push("unsigned")
	stranger := signedRegistry{live.liveRegistry, nil, "", signaturetest.New(t)}
	stranger.attest(t, "web/junk", push("junk"), predicateSignature, "{}", by) // as good as it looks
	copied, other := push("copied"), push("copied_from")
	live.refer(t, "web/copied", copied, signaturetest.BundleV03, "application/vnd.oci.empty.v1+json",
		signaturetest.BundleV03, live.instance.Bundle(t, signaturetest.Statement(other, predicateSignature, "{}"), by))
	somebody := documentedSigner
	somebody.Subject = strings.Replace(somebody.Subject, "/frontend/", "/backend/", 1)
	somebody.SourceRepository = "https://github.com/example/backend"
	live.attest(t, "web/other", push("other"), predicateSignature, "{}", signaturetest.Signing{By: somebody})
	live.sign(t, "web/key", push("key"))
	report := push("report") // which is signed with the key, and no signature of the image
	live.attest(t, "web/report", report, predicateScan, scanOf(time.Now(), 0), live.byKey())
}

// What nobody has verified is undecided, and what is verified is compared with who has signed.
func TestDrift_comparesWhoHasSigned(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newSignedRegistry(t)
	signedImages(t, live)
	block, _ := pem.Decode([]byte(live.publicKey))
	if _, err := x509.ParsePKIXPublicKey(block.Bytes); err != nil {
		t.Fatal(err)
	}
	fingerprint := fmt.Sprintf("sha256:%x", sha256.Sum256(block.Bytes))
	for id, signer := range map[string]string{nginxID: strings.TrimSuffix(documentedSigner.Subject, "@refs/heads/main"),
		hubID: fingerprint} {
		if _, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "id": id, "name": "web/" + id, "tag": "1",
			"status": "1"}); err != nil {
			t.Fatal(err)
		}
		tenant.Edit(id, map[string]any{"signatureVerified": true, "signedBy": signer})
	}
	const (
		nobody     = ""
		key        = "public_keys = [local.key]"
		identities = `verify = {
    trusted_roots = [local.root]
    identities = [{
      issuer            = "https://token.actions.githubusercontent.com"
      source_repository = "https://github.com/example/frontend"
    }]
  }`
		organization = `verify = {
    trusted_roots = [local.root]
    identities = [{
      issuer_regex  = "https://token\\.actions\\.githubusercontent\\.com"
      subject_regex = "https://github\\.com/example/.*"
    }]
  }`
		open = "undecided"
		lost = "signature_lost"
		who  = "signer_differs"
	)
	configuration := fmt.Sprintf("locals {\n  key  = %q\n  root = %q\n}\n", live.publicKey,
		strings.ReplaceAll(live.instance.Root(t), "${", "$${"))
	var checks []statecheck.StateCheck
	for index, test := range []struct{ image, id, trusts, signature, signer string }{ // "" is the same
		{"good", nginxID, nobody, open, open},
		{"good", nginxID, identities, "", ""},
		{"good", nginxID, organization, "", ""},
		{"good", nginxID, key, lost, ""}, // it is said once
		{"unsigned", nginxID, nobody, lost, ""},
		{"unsigned", nginxID, identities, lost, ""},
		{"junk", nginxID, nobody, open, open},
		{"junk", nginxID, identities, lost, ""},
		{"copied", nginxID, nobody, lost, ""},
		{"copied", nginxID, identities, lost, ""},
		{"other", nginxID, nobody, open, open},
		{"other", nginxID, identities, lost, ""},
		{"other", nginxID, organization, "", who},
		{"key", nginxID, nobody, open, open},
		{"key", nginxID, key, "", who},
		{"key", hubID, key, "", ""},
		{"key", hubID, identities, lost, ""},
		{"report", nginxID, nobody, lost, ""},
		{"report", nginxID, key, lost, ""},
	} {
		name := fmt.Sprintf("case_%d_%s", index, test.image)
		configuration += fmt.Sprintf(`
data "demandflow_docker_image_drift" %q {
  docker_image_id = %q
  reference       = "%s/web/%s:1"
  ignore          = ["digest"]
  %s
}
`, name, test.id, live.host, test.image, test.trusts)
		address := "data.demandflow_docker_image_drift." + name
		var differences, undecided []knownvalue.Check
		for _, one := range [][2]string{{"signature_verified", test.signature}, {"signed_by", test.signer}} {
			switch one[1] {
			case "":
			case open:
				undecided = append(undecided, knownvalue.ObjectPartial(map[string]knownvalue.Check{
					"field": knownvalue.StringExact(one[0])}))
			default:
				differences = append(differences, knownvalue.ObjectPartial(map[string]knownvalue.Check{
					"field": knownvalue.StringExact(one[0]), "class": knownvalue.StringExact(one[1])}))
			}
		}
		checks = append(checks, expect(address, "differences", knownvalue.ListExact(differences)),
			expect(address, "undecided", knownvalue.ListExact(undecided)),
			expect(address, "in_sync", knownvalue.Bool(len(differences)+len(undecided) == 0)))
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, configuration), ConfigStateChecks: checks,
	}}})
}

// The provider's setting is the default of the data sources, and one of theirs takes its place.
func TestDrift_trustsWhomTheProviderDoes(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newSignedRegistry(t)
	signedImages(t, live)
	if _, err := tenant.Seed(map[string]any{"entity": entity.DockerImage.Code, "id": nginxID, "name": "web/key", "tag": "1",
		"status": "1"}); err != nil {
		t.Fatal(err)
	}
	tenant.Edit(nginxID, map[string]any{"signatureVerified": true})
	_, another := newPublicKey(t)
	drift := "data.demandflow_docker_image_drift."
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: fmt.Sprintf(`
provider "demandflow" {
  endpoint = %q
  token    = %q
  oci = {
    registries = { %[3]q = { insecure = true } }
    verify     = { public_keys = [%[4]q] }
  }
}
data "demandflow_docker_image_drift" "default" {
  docker_image_id = %[5]q
  reference       = "%[3]s/web/key:1"
  ignore          = ["digest"]
}
data "demandflow_docker_image_drift" "another" {
  docker_image_id = %[5]q
  reference       = "%[3]s/web/key:1"
  ignore          = ["digest"]
  verify          = { public_keys = [%[6]q] }
}
`, tenant.URL, emulator.DefaultToken, live.host, live.publicKey, nginxID, another),
		ConfigStateChecks: []statecheck.StateCheck{
			expect(drift+"default", "in_sync", knownvalue.Bool(true)),
			expectAt(drift+"another", knownvalue.StringExact("signature_lost"), "differences", 0, "class"),
		},
	}}})
}

// What is wrong is said at its place, before anything is read.
func TestVerify_refusesWhatTrustsNobody(t *testing.T) {
	t.Parallel()
	for arguments, says := range map[string]string{
		`public_keys = [null]`:                `public_keys\[0\]: it is null: leave it out, or give its text`,
		`public_keys = [""]`:                  `public_keys\[0\]: `,
		`verify = {}`:                         `verify: it names no public key, no root and no authority`,
		`verify = { public_keys = [] }`:       `verify: it names no public key, no root and no authority`,
		`verify = { public_keys = [null] }`:   `verify\.public_keys\[0\]: it is null`,
		`verify = { identities = [null] }`:    `verify\.identities\[0\]: it is null: leave it out`,
		`verify = { notation = [null] }`:      `verify\.notation\[0\]: it is null: leave it out`,
		`verify = { trusted_roots = ["{}"] }`: `verify\.trusted_roots\[0\]: it is no trusted root`,
		`verify = { trusted_roots = ["public-good"], identities = [{ issuer = "https://a.example.com", subject_regex = "(" }] }`: `verify\.identities\[0\]\.subject_regex: it is no regular expression`,
		`verify = { trusted_roots = ["public-good"], identities = [{ issuer = "a", issuer_regex = "a", subject = "b" }] }`:       `verify\.identities\[0\]\.issuer: there are issuer and issuer_regex`,
		"public_keys = []\n  verify = { public_keys = [] }":                                                                      `Contradictory arguments|it names no public key`,
	} {
		for _, block := range []string{
			"data \"demandflow_oci_image\" \"x\" {\n  reference = \"registry.example.com/web/frontend:1\"\n  %s\n}\n",
			"data \"demandflow_docker_image_drift\" \"x\" {\n  docker_image_id = \"" + nginxID + "\"\n  %s\n}\n",
		} {
			configuration := fmt.Sprintf(block, arguments)
			t.Run(configuration, func(t *testing.T) {
				t.Parallel()
				resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(),
					Steps: []resource.TestStep{{Config: configuration, PlanOnly: true,
						ExpectError: regexp.MustCompile(strings.ReplaceAll(says, " ", `\s+`))}}})
			})
		}
	}
}

// A key that another resource makes is known in the apply, and the image is read then.
func TestVerify_waitsForWhatIsUnknown(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newSignedRegistry(t)
	signedImages(t, live)
	const image = "data.demandflow_oci_image."
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{{
		Config: insecure(tenant, live.host, fmt.Sprintf(`
resource "terraform_data" "key" {
  input = %q
}
data "demandflow_oci_image" "key" {
  reference   = "%[2]s/web/key:1"
  public_keys = [terraform_data.key.output]
}
data "demandflow_oci_image" "verify" {
  reference = "%[2]s/web/key:1"
  verify = {
    public_keys = [terraform_data.key.output]
    identities  = terraform_data.key.output == "" ? [{ issuer = "https://ci.example.com", subject = "x" }] : []
  }
}
`, live.publicKey, live.host)),
		ConfigStateChecks: []statecheck.StateCheck{
			expectAt(image+"key", knownvalue.Bool(true), "signatures", 0, "verified"),
			expectAt(image+"verify", knownvalue.Bool(true), "signatures", 0, "verified"),
		},
	}}})
}
