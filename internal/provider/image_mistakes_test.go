package provider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A mistake is said where it stands: what the configuration says in itself by `terraform validate` already.
func TestOCIImage_saysWhichArgumentIsToBlame(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	live.push(t, "web/frontend:1.4.2", frontend)
	for argument, test := range map[string]struct{ hcl, want string }{
		"reference": {`data "demandflow_oci_image" "x" { reference = "https://registry.example.com/x" }`,
			"Not an image reference"},
		"platform": {"data \"demandflow_oci_image\" \"x\" {\n  reference = \"" + live.host +
			"/web/frontend:1.4.2\"\n  platform = \"linux/riscv64\"\n}", "linux/amd64, linux/arm64/v8"},
		"public_keys": {"data \"demandflow_oci_image\" \"x\" {\n  reference = \"nginx\"\n  public_keys = [\"x\"]\n}",
			"Cannot trust this"},
		"repository": {`data "demandflow_oci_tags" "x" { repository = "nginx:1" }`, "Not a repository"},
		"semver": {"data \"demandflow_oci_tags\" \"x\" {\n  repository = \"nginx\"\n  semver = \"~> x\"\n}",
			"Not a version constraint"},
		"regex": {"data \"demandflow_oci_tags\" \"x\" {\n  repository = \"nginx\"\n  regex = \"(\"\n}",
			"Not a regular expression"},
	} {
		t.Run(argument, func(t *testing.T) {
			t.Parallel()
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(),
				Steps: []resource.TestStep{{
					Config: insecure(tenant, live.host, test.hcl), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)` + argument +
						` *=.*` + test.want + `|` + test.want + `.*` + argument + ` *=.*`),
				}}})
		})
	}
}

// What is wrong with the settings of a place is said where it stands, by `terraform validate`.
func TestProvider_refusesMalformedSettingsOfLiveImages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ setting, want string }{
		"certificate of a registry": {`oci = { registries = { "registry.example.com" = { ca_certificate = "x" } } }`,
			`(?s)Invalid settings of a registry.*CA certificate`},
		"name of a registry": {`oci = { registries = { "https://registry.example.com" = {} } }`,
			`(?s)Invalid settings of a registry.*https`},
		"user without a password": {`oci = { registries = { "registry.example.com" = { username = "me" } } }`,
			`(?s)Invalid settings of a registry.*password`},
		"certificate of an engine": {`docker_engine = { host = "tcp://engine.example.com:2376", ca_certificate = "x" }`,
			`(?s)Invalid docker_engine`},
		"address of an engine": {`docker_engine = { host = "engine" }`, `(?s)Invalid docker_engine.*host`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(),
				Steps: []resource.TestStep{{
					Config: fmt.Sprintf("provider \"demandflow\" {\n  token = \"df_pat_x\"\n  %s\n}\ndata "+
						"\"demandflow_docker_registries\" \"x\" {}\n", test.setting), PlanOnly: true,
					ExpectError: regexp.MustCompile(test.want),
				}}})
		})
	}
}

// Settings of one registry that are known only after an apply hinder those data sources alone that need them.
func TestProvider_waitsForSettingsOfLiveImagesUntilTheyAreUsed(t *testing.T) {
	t.Parallel()
	tenant, live := providertest.New(t, emulator.Options{}), newLiveRegistry(t, nil)
	live.push(t, "web/frontend:1.4.2", frontend)
	hcl := fmt.Sprintf(`
provider "demandflow" {
  endpoint = %q
  token    = %q
  oci = { registries = {
    "registry.example.com" = { username = "robot", password = terraform_data.vault.output }
    %q                     = { insecure = true }
  } }
}
resource "terraform_data" "vault" { input = "secret" }
data "demandflow_docker_registries" "x" {}
data "demandflow_oci_image" "other" { reference = "%[3]s/web/frontend:1.4.2" }
`, tenant.URL, emulator.DefaultToken, live.host)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), Steps: []resource.TestStep{
		{
			Config:      hcl + "data \"demandflow_oci_image\" \"x\" { reference = \"registry.example.com/x:1\" }\n",
			ExpectError: regexp.MustCompile(`(?s)oci\.registries\["registry\.example\.com"\]\.password.*-target`),
		},
		{Config: hcl},
	}})
}
