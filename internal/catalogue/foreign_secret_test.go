package catalogue_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// secretFields are the secrets of a registry, from argument to field.
var secretFields = map[string]string{"password": "password", "token": "token", "signing_key": "signingKey",
	"webhook_secret": "webhookSecret"}

// lacksSecret fails where a state has a text.
func lacksSecret(t *testing.T, h holding, secret string) {
	t.Helper()
	if strings.Contains(h.value.String(), secret) || strings.Contains(string(h.private), secret) {
		t.Errorf("the state has %q", secret)
	}
}

// sameSecret reports whether two states have the same of a secret.
func sameSecret(t *testing.T, argument string, one, other holding) bool {
	t.Helper()
	return one.attribute(t, argument).Equal(other.attribute(t, argument))
}

// theSecret is what DemandFlow has of the one registry.
func theSecret(tenant *providertest.Tenant, field string) any {
	return tenant.Objects(entity.DockerRegistry.Code)[0][field]
}

func TestSecret_anEmptyOneClearsWhatTheStateDoesNotHave(t *testing.T) {
	t.Parallel()
	for argument, field := range secretFields {
		for name, hidden := range map[string]bool{"shown": false, "hidden": true} {
			for before, first := range map[string]arguments{
				"a write-only one": {argument + "_wo": "S-secret", argument + "_wo_version": 1}, "one from the UI": nil,
			} {
				for known, planned := range map[string]any{"known": "", "known late": tftypes.UnknownValue} {
					t.Run(strings.Join([]string{argument, name, before, known}, ", "), func(t *testing.T) {
						t.Parallel()
						tenant := providertest.New(t, emulator.Options{Answers: emulator.Answers{HideSecrets: hidden}})
						run := converse(t, tenant)
						held, _ := run.create(registryType, harbor(first))
						if first == nil {
							tenant.Edit(held.text("id"), map[string]any{field: "S-secret"})
						}
						held = run.refresh(registryType, held)
						run.plan(registryType, held, harbor(arguments{argument: planned}))
						plan := run.plan(registryType, held, harbor(arguments{argument: ""})) // as the apply asks for it
						tenant.ResetRequests()
						held, _ = run.apply(registryType, held, harbor(arguments{argument: ""}), plan)
						if writes := tenant.Writes(); len(writes) != 1 || theSecret(tenant, field) != nil {
							t.Errorf("DemandFlow has %v after %d writes", theSecret(tenant, field), len(writes))
						}
						after := run.refresh(registryType, held)
						lacksSecret(t, after, "S-secret")
						again := run.plan(registryType, after, harbor(arguments{argument: ""}))
						if !sameSecret(t, argument, held, after) || !again.value.Equal(after.value) {
							t.Error("it is not at rest")
						}
					})
				}
			}
		}
	}
}

func TestSecret_oneFromTheUINeverEntersTheStateAndIsReplaced(t *testing.T) {
	t.Parallel()
	for argument, field := range secretFields {
		for configured, want := range map[string]any{"P-secret": "P-secret", "": nil} {
			t.Run(argument+" "+configured, func(t *testing.T) {
				t.Parallel()
				tenant := providertest.New(t, emulator.Options{})
				run := converse(t, tenant)
				config := harbor(arguments{argument: configured})
				held, _ := run.create(registryType, config)
				tenant.Edit(held.text("id"), map[string]any{field: "UI-secret"})
				read := run.refresh(registryType, held)
				lacksSecret(t, read, "UI-secret")
				if sameSecret(t, argument, read, held) {
					t.Error("the edit is not seen")
				}
				held = run.refresh(registryType, read)
				if !sameSecret(t, argument, held, read) {
					t.Error("the next refresh shows another change")
				}
				plan, warnings := run.planned(registryType, held, config)
				if configured != "" {
					mustSay(t, warnings, "is written again", argument, "changed in DemandFlow")
				}
				held, _ = run.apply(registryType, held, config, plan)
				if theSecret(tenant, field) != want {
					t.Errorf("DemandFlow has %v, want %v", theSecret(tenant, field), want)
				}
				after := run.refresh(registryType, held)
				if again := run.plan(registryType, after, config); !sameSecret(t, argument, after, held) ||
					!again.value.Equal(after.value) {
					t.Error("it is not at rest")
				}
			})
		}
	}
}

func TestSecret_oneFromTheUIIsClearedWithTheArgument(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	held, _ := run.create(registryType, harbor(arguments{"token": "P-secret"}))
	tenant.Edit(held.text("id"), map[string]any{"token": "UI-secret"})
	held = run.refresh(registryType, held)
	held, _ = run.apply(registryType, held, harbor(nil), run.plan(registryType, held, harbor(nil)))
	if theSecret(tenant, "token") != nil {
		t.Errorf("DemandFlow has %v", theSecret(tenant, "token"))
	}
	tenant.Edit(held.text("id"), map[string]any{"token": "UI-secret"}) // now it is theirs
	held = run.refresh(registryType, held)
	if again := run.plan(registryType, held, harbor(nil)); !again.value.Equal(held.value) {
		t.Error("another change is planned")
	}
}

// An empty plain secret in the state is no value beside the write-only one.
func TestSecret_anEmptyOneGivesWayToAWriteOnlyOne(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	held, _ := run.create(registryType, harbor(arguments{"password": ""}))
	config := harbor(arguments{"password_wo": "S-secret", "password_wo_version": 1})
	held, _ = run.apply(registryType, held, config, run.plan(registryType, held, config))
	if read := run.refresh(registryType, held); !sameSecret(t, "password", read, held) {
		t.Error("the refresh shows a change")
	}
}

func TestSecret_aChangeInTheUIAsTheOperatorSeesIt(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	nonEmpty := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectNonEmptyPlan()}}
	edit := func() {
		tenant.Edit(tenant.Objects(entity.DockerRegistry.Code)[0]["id"].(string), map[string]any{"password": "UI-secret"})
	}
	tenant.Run(t,
		resource.TestStep{Config: registryWith("password_wo = \"S-secret\"\n  password_wo_version = 1")},
		resource.TestStep{PreConfig: tenant.ResetRequests, Config: registryWith(`password = ""`), ConfigPlanChecks: nonEmpty,
			Check: resource.ComposeTestCheckFunc(patchedRegistry(tenant, map[string]any{"password": nil}),
				keepsNothing("S-secret"))},
		resource.TestStep{RefreshState: true, Check: keepsNothing("S-secret")},
		resource.TestStep{Config: registryWith(`password = "P-secret"`)},
		resource.TestStep{PreConfig: edit, RefreshState: true, ExpectNonEmptyPlan: true, Check: keepsNothing("UI-secret")},
		resource.TestStep{PreConfig: tenant.ResetRequests, Config: registryWith(`password = "P-secret"`),
			ConfigPlanChecks: nonEmpty, Check: patchedRegistry(tenant, map[string]any{"password": "P-secret"})},
	)
}
