package catalogue_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

func TestWriteOnly_isSentOnCreateAndWhenItsVersionChanges(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string]emulator.Answers{"DemandFlow shows secrets": {},
		"DemandFlow hides secrets": {HideSecrets: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{Answers: answers})
			tenant.Run(t,
				resource.TestStep{
					Config: registryWith(`
  password_wo            = "p-one"
  password_wo_version    = 1
  token_wo               = "t-one"
  token_wo_version       = 1
  signing_key_wo         = "k-one"
  signing_key_wo_version = 1
  webhook_secret_wo      = "w-one"
  webhook_secret_wo_version = 1`),
					Check: resource.ComposeTestCheckFunc(
						wrote(tenant, allSecrets, map[string]any{"password": "p-one", "token": "t-one", "signingKey": "k-one",
							"webhookSecret": "w-one"}),
						keepsNothing("p-one", "t-one", "k-one", "w-one"),
					),
					ConfigStateChecks: nullIn(registry, "password", "password_wo", "token", "token_wo", "signing_key",
						"signing_key_wo", "webhook_secret", "webhook_secret_wo"),
				},
				resource.TestStep{ // another value under the same version sends nothing
					PreConfig: tenant.ResetRequests,
					Config: registryWith(`
  password_wo            = "p-two"
  password_wo_version    = 1
  token_wo               = "t-two"
  token_wo_version       = 1
  signing_key_wo         = "k-two"
  signing_key_wo_version = 1
  webhook_secret_wo      = "w-two"
  webhook_secret_wo_version = 1`),
					ConfigPlanChecks: emptyPlan,
					Check:            wrote(tenant, allSecrets),
				},
				resource.TestStep{ // another version sends that secret alone
					PreConfig: tenant.ResetRequests,
					Config: registryWith(`
  password_wo            = "p-three"
  password_wo_version    = 2
  token_wo               = "t-three"
  token_wo_version       = 1
  signing_key_wo         = "k-three"
  signing_key_wo_version = 1
  webhook_secret_wo      = "w-three"
  webhook_secret_wo_version = 1`),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						changesOnly(registry, "password_wo_version", "updated_at", "object_version"),
					}},
					Check: resource.ComposeTestCheckFunc(
						patchedRegistry(tenant, map[string]any{"password": "p-three"}),
						keepsNothing("p-three", "t-three", "k-three", "w-three"),
					),
				},
				resource.TestStep{ // an update of something else sends none
					PreConfig: tenant.ResetRequests,
					Config: registryWith(`
  namespace              = "team"
  password_wo            = "p-four"
  password_wo_version    = 2
  token_wo               = "t-four"
  token_wo_version       = 1
  signing_key_wo         = "k-four"
  signing_key_wo_version = 1
  webhook_secret_wo      = "w-four"
  webhook_secret_wo_version = 1`),
					Check: patchedRegistry(tenant, map[string]any{"namespace": "team"}),
				},
			)
		})
	}
}

func TestWriteOnly_takesOverFromThePlainSecretWithoutClearingIt(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{
			Config: registryWith(`password = "plain-text"`),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(registry, tfjsonpath.New("password"),
				knownvalue.StringExact("plain-text"))},
		},
		resource.TestStep{ // the same value, now write-only: it leaves the state, and DemandFlow has it all the time
			PreConfig: tenant.ResetRequests,
			Config:    registryWith("password_wo = \"plain-text\"\n  password_wo_version = 1"),
			Check: resource.ComposeTestCheckFunc(patchedRegistry(tenant, map[string]any{"password": "plain-text"}),
				keepsNothing("plain-text")),
			ConfigStateChecks: nullIn(registry, "password", "password_wo"),
		},
		resource.TestStep{ // a refresh does not bring it back
			RefreshState: true,
			Check:        keepsNothing("plain-text"),
		},
		resource.TestStep{ // and back again
			PreConfig: tenant.ResetRequests,
			Config:    registryWith(`password = "other-text"`),
			Check:     patchedRegistry(tenant, map[string]any{"password": "other-text"}),
		},
	)
}

func TestWriteOnly_removedWithItsVersionIsCleared(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: registryWith("token_wo = \"t-one\"\n  token_wo_version = 1\n  password_wo = \"p-one\"\n  " +
			"password_wo_version = 1")},
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config:    registryWith("password_wo = \"p-one\"\n  password_wo_version = 1"),
			Check:     patchedRegistry(tenant, map[string]any{"token": nil}),
		},
		resource.TestStep{ // what people then set is theirs
			PreConfig: func() {
				tenant.Edit(tenant.Objects(entity.DockerRegistry.Code)[0]["id"].(string), map[string]any{"token": "theirs"})
			},
			Config:           registryWith("password_wo = \"p-one\"\n  password_wo_version = 1"),
			ConfigPlanChecks: emptyPlan,
			Check:            keepsNothing("theirs"),
		},
	)
}

// An import knows no version: the first apply sends the secret, so that DemandFlow has what is configured.
func TestWriteOnly_isSentByTheFirstApplyAfterAnImport(t *testing.T) {
	t.Parallel()
	tenant := catalogue(t, emulator.Options{})
	hcl := `resource "demandflow_docker_registry" "prod" {
  name                = "prod"
  url                 = "https://registry.example.com/"
  registry_type       = "Harbor"
  status              = "Active"
  password_wo         = "p-one"
  password_wo_version = 1
}`
	tenant.Run(t,
		resource.TestStep{Config: hcl, ResourceName: registry, ImportState: true, ImportStateId: prodID,
			ImportStatePersist: true},
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config:    hcl,
			Check: resource.ComposeTestCheckFunc(patchedRegistry(tenant, map[string]any{"password": "p-one"}),
				keepsNothing("p-one")),
		},
	)
}

func TestWriteOnly_takesEphemeralValues(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	hcl := `
variable "password" {
  type      = string
  ephemeral = true
}
variable "turn" { type = number }
` + registryWith("password_wo = var.password\n  password_wo_version = var.turn")
	given := func(password string, turn int64) config.Variables {
		return config.Variables{"password": config.StringVariable(password), "turn": config.IntegerVariable(turn)}
	}
	tenant.Run(t,
		resource.TestStep{
			Config: hcl, ConfigVariables: given("p-one", 1),
			Check: resource.ComposeTestCheckFunc(wrote(tenant, "password", map[string]any{"password": "p-one"}),
				keepsNothing("p-one")),
		},
		resource.TestStep{PreConfig: tenant.ResetRequests, Config: hcl, ConfigVariables: given("p-two", 1),
			ConfigPlanChecks: emptyPlan, Check: wrote(tenant, "password")},
		resource.TestStep{
			PreConfig: tenant.ResetRequests, Config: hcl, ConfigVariables: given("p-three", 2),
			Check: resource.ComposeTestCheckFunc(patchedRegistry(tenant, map[string]any{"password": "p-three"}),
				keepsNothing("p-three")),
		},
	)
}

// A write that failed keeps its version out of the state, so that the next apply sends the secret again.
func TestWriteOnly_isSentAgainAfterAFailedUpdate(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.Run(t,
		resource.TestStep{Config: registryWith("password_wo = \"p-one\"\n  password_wo_version = 1")},
		resource.TestStep{
			PreConfig:   func() { tenant.Fail(emulator.Fault{Method: "PATCH", Status: 400}) },
			Config:      registryWith("password_wo = \"p-two\"\n  password_wo_version = 2"),
			ExpectError: regexp.MustCompile(`(?s)Cannot update docker registry.*400`),
		},
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config:    registryWith("password_wo = \"p-two\"\n  password_wo_version = 2"),
			Check:     patchedRegistry(tenant, map[string]any{"password": "p-two"}),
		},
	)
}

func TestWriteOnly_contradictionsAreErrorsInThePlan(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	var steps []resource.TestStep
	for _, name := range []string{"password", "token", "signing_key", "webhook_secret"} {
		steps = append(steps,
			resource.TestStep{
				Config: registryWith(name + " = \"a-secret\"\n  " + name + "_wo = \"b-secret\""), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)Invalid ` + name + `_wo.*conflicts\s+with\s+` + name +
					`\..*stays\s+out\s+of\s+the\s+state`),
			},
			resource.TestStep{
				Config: registryWith(name + "_wo_version = 1"), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)Invalid ` + name + `_wo_version.*which\s+is\s+not\s+set`),
			},
			resource.TestStep{
				Config: registryWith(name + "_wo = \"a-secret\""), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)Invalid ` + name + `_wo.*needs\s+` + name + `_wo_version.*` + name +
					`_wo_version\s+=\s+1`),
			},
		)
	}
	tenant.Run(t, steps...)
	if writes := tenant.Writes(); len(writes) > 0 {
		t.Errorf("%d writes were sent, want none", len(writes))
	}
}

func TestWriteOnly_isRecommendedWhereThePlainSecretIsConfigured(t *testing.T) {
	t.Parallel()
	run := converse(t, providertest.New(t, emulator.Options{}))
	warnings := run.validate(registryType, harbor(arguments{"password": "hunter2"}))
	mustSay(t, warnings, "password_wo")
	if strings.Contains(warnings[0], "hunter2") {
		t.Errorf("the warning shows the secret: %s", warnings[0])
	}
	if warnings = run.validate(registryType,
		harbor(arguments{"password_wo": "hunter2", "password_wo_version": 1})); len(warnings) > 0 {
		t.Errorf("the write-only secret warns: %q", warnings)
	}
}

// In an apply the configuration still has what ignore_changes leaves out; the plan does not.
func TestWriteOnly_withAnIgnoredVersionIsNotSent(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	ignored := func(arguments string) string {
		return registryWith(arguments + "\n  lifecycle { ignore_changes = [password_wo, password_wo_version] }")
	}
	tenant.Run(t,
		resource.TestStep{Config: registryWith("password_wo = \"p-one\"\n password_wo_version = 1")},
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config:    ignored("password_wo = \"p-two\"\n password_wo_version = 2\n description = \"Team\""),
			Check:     wrote(tenant, allSecrets, map[string]any{}),
		},
		resource.TestStep{
			PreConfig: tenant.ResetRequests, Config: ignored("description = \"Department\""),
			Check: wrote(tenant, allSecrets, map[string]any{}),
		},
	)
}
