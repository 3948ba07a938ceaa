package catalogue_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const otherSubscription = "00000000-0000-4000-8000-00000000dead"

// hasIdentity checks that a resource's identity is its id and its tenant.
func hasIdentity(address string) []statecheck.StateCheck {
	return []statecheck.StateCheck{
		statecheck.ExpectIdentity(address, map[string]knownvalue.Check{
			"id":              knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f-]{36}$`)),
			"subscription_id": knownvalue.StringExact(emulator.DefaultSubscription),
		}),
		statecheck.ExpectIdentityValueMatchesState(address, tfjsonpath.New("id")),
	}
}

func TestIdentity_isThereAfterACreateAndAnUpdateAndImportsTheResource(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ address, before, after string }{
		{"demandflow_docker_image.api", `resource "demandflow_docker_image" "api" {
  name   = "api"
  tag    = "1.0"
  status = "Active"
}`, `resource "demandflow_docker_image" "api" {
  name    = "api"
  tag     = "1.0"
  status  = "Active"
  license = "MIT"
}`},
		{"demandflow_docker_registry.hub", `resource "demandflow_docker_registry" "hub" {
  name          = "hub"
  url           = "docker.io"
  registry_type = "Docker Hub"
  status        = "Active"
}`, `resource "demandflow_docker_registry" "hub" {
  name          = "hub"
  url           = "docker.io"
  registry_type = "Docker Hub"
  status        = "Maintenance"
}`},
	} {
		t.Run(test.address, func(t *testing.T) {
			t.Parallel()
			providertest.New(t, emulator.Options{}).RunWith(t, providertest.ImportByIdentity,
				resource.TestStep{Config: test.before, ConfigStateChecks: hasIdentity(test.address)},
				resource.TestStep{Config: test.after, ConfigStateChecks: hasIdentity(test.address)},
				resource.TestStep{ResourceName: test.address, ImportState: true,
					ImportStateKind: resource.ImportBlockWithResourceIdentity},
			)
		})
	}
}

const apiHCL = `
resource "demandflow_docker_image" "web" {
  name   = "web"
  tag    = "2.1"
  status = "Active"
}`

func webImport(identity string) string {
	return `import {
  to = demandflow_docker_image.web
  identity = {
` + identity + `
  }
}
` + apiHCL
}

func TestIdentity_importTakesTheObjectOver(t *testing.T) {
	t.Parallel()
	for name, identity := range map[string]string{
		"by id alone": `id = "55555555-5555-4555-8555-555555555555"`,
		"by id and tenant": "id = \"55555555-5555-4555-8555-555555555555\"\n    subscription_id = \"" +
			emulator.DefaultSubscription + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := catalogue(t, emulator.Options{})
			tenant.RunWith(t, providertest.ImportByIdentity, resource.TestStep{
				Config: webImport(identity),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(
					"demandflow_docker_image.web", plancheck.ResourceActionNoop)}},
				ConfigStateChecks: hasIdentity("demandflow_docker_image.web"),
			})
			for _, write := range tenant.Writes() {
				if write.Method != "DELETE" {
					t.Errorf("the import wrote: %s %s", write.Method, write.Path)
				}
			}
		})
	}
}

func TestIdentity_importThatCannotBeSaysWhy(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	for _, test := range []struct{ identity, says string }{
		{"id = \"55555555-5555-4555-8555-555555555555\"\n    subscription_id = \"" + otherSubscription + `"`,
			`(?s)Wrong subscription.*` + otherSubscription + `.*the\s+provider's\s+token\s+is\s+of\s+` +
				emulator.DefaultSubscription},
		{`id = "web:2.1"`, `(?s)Invalid id.*"web:2.1"\s+is\s+not\s+a\s+UUID`},
		{"id = \"55555555-5555-4555-8555-555555555555\"\n    subscription_id = \"mine\"",
			`(?s)Invalid subscription_id.*"mine"\s+is\s+not\s+a\s+UUID`},
		{`id = "77777777-7777-4777-8777-777777777777"`, `Cannot import non-existent remote object`},
	} {
		tenant.RunWith(t, providertest.ImportByIdentity, resource.TestStep{Config: webImport(test.identity),
			ExpectError: regexp.MustCompile(test.says)})
	}
}

// A token that may read images alone cannot find out its tenant, before it has read one.
func TestIdentity_ofAnotherTenantIsSeenWithANarrowTokenToo(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	tenant.AddToken(emulator.DefaultSubscription, "df_pat_narrow", emulator.Rights{Deny: []string{"PPL", "DEFINITION"}})
	hcl := webImport("id = \"55555555-5555-4555-8555-555555555555\"\n    subscription_id = \"" + otherSubscription + `"`)
	tenant.RunWith(t, providertest.ImportByIdentity, resource.TestStep{
		Config: regexp.MustCompile(`resource "demandflow_docker_image" "web" \{`).ReplaceAllString(hcl,
			"$0\n  provider = demandflow.narrow") + narrowProvider(tenant),
		ExpectError: regexp.MustCompile(`(?s)Wrong subscription.*` + otherSubscription),
	})
}

func narrowProvider(tenant *providertest.Tenant) string {
	return `
provider "demandflow" {
  alias    = "narrow"
  endpoint = "` + tenant.URL + `"
  token    = "df_pat_narrow"
}`
}
