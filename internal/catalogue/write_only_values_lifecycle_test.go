package catalogue_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A module passes everything through, and its variables are not known when Terraform validates.
func TestWriteOnly_whatIsNotKnownYetIsNoContradiction(t *testing.T) {
	t.Parallel()
	run := converse(t, providertest.New(t, emulator.Options{}))
	for _, config := range []arguments{
		{"password": tftypes.UnknownValue, "password_wo": tftypes.UnknownValue, "password_wo_version": tftypes.UnknownValue},
		{"password": "plain", "password_wo": tftypes.UnknownValue, "password_wo_version": tftypes.UnknownValue},
		{"password": tftypes.UnknownValue, "password_wo": "secret", "password_wo_version": 1},
		{"password_wo": tftypes.UnknownValue},
		{"password_wo": "secret", "password_wo_version": tftypes.UnknownValue},
		{"password_wo_version": tftypes.UnknownValue},
	} {
		run.validate(registryType, harbor(config)) // an error ends the test
	}
}

// An empty secret is a vault that had nothing, not a wish to clear.
func TestWriteOnly_anEmptyOneIsRefusedWhereverItIsKnown(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	hcl := "variable \"password\" {\n  type = string\n  ephemeral = true\n}\n" +
		registryWith("password_wo = var.password\n  password_wo_version = 2")
	tenant.Run(t,
		resource.TestStep{Config: registryWith("password_wo = \"p-one\"\n  password_wo_version = 1")},
		resource.TestStep{
			PreConfig: tenant.ResetRequests,
			Config:    hcl, ConfigVariables: config.Variables{"password": config.StringVariable("")},
			ExpectError: regexp.MustCompile(
				`(?s)Invalid password_wo.*It\s+is\s+empty.\s+To\s+clear\s+the\s+secret,\s+remove\s+both\s+password_wo\s+and\s+password_wo_version`),
		},
		resource.TestStep{Config: registryWith("password_wo = \"p-one\"\n  password_wo_version = 1"),
			ConfigPlanChecks: emptyPlan, Check: sent(tenant)},
	)
}

// What only the apply knows is refused there, before anything is sent.
func TestWriteOnly_oneThatTurnsOutEmptyIsRefusedByTheApply(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	run := converse(t, tenant)
	given := func(password any, version int) arguments {
		return harbor(arguments{"password_wo": password, "password_wo_version": version})
	}
	held, _ := run.create(registryType, given("p-one", 1))
	for name, prior := range map[string]holding{"create": run.none(registryType), "update": held} {
		planned := run.plan(registryType, prior, given(tftypes.UnknownValue, 2))
		tenant.ResetRequests()
		response, err := run.server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
			TypeName: registryType, Config: run.wire(run.object(run.schemas[registryType], given("", 2))),
			PriorState:   run.wire(prior.value),
			PlannedState: run.wire(planned.value), PlannedPrivate: planned.private,
		})
		run.check(err)
		if got := response.Diagnostics; len(got) != 1 || got[0].Summary != "Invalid password_wo" ||
			!strings.Contains(got[0].Detail, "It is empty") {
			t.Errorf("%s: got %+v", name, got)
		}
		if requests := tenant.Requests(); len(requests) > 0 {
			t.Errorf("%s: it sent %+v", name, requests)
		}
	}
}

func TestWriteOnly_meetsWhatTheTenantRequires(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.EditField(entity.DockerRegistry.Code, "password", map[string]any{"required": true})
	tenant.Run(t,
		resource.TestStep{Config: registryWith(""), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)Invalid password.*requires this field`)},
		resource.TestStep{
			Config: registryWith("password_wo = \"p-one\"\n  password_wo_version = 1"),
			Check:  wrote(tenant, "password", map[string]any{"password": "p-one"}),
		},
	)
}

// The tenant removes the field, and the plan asks to remove the arguments: that is then no change of the registry.
func TestWriteOnly_ofAFieldThatTheTenantRemovedGoesWithoutAWrite(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	secret := registryWith("token_wo = \"t-one\"\n  token_wo_version = 1")
	tenant.Run(t,
		resource.TestStep{Config: secret},
		resource.TestStep{
			PreConfig: func() {
				tenant.EditField(entity.DockerRegistry.Code, "token", nil)
				tenant.ResetRequests()
			},
			Config: secret, PlanOnly: true, ExpectError: regexp.MustCompile(
				`(?s)Invalid token_wo.*has\s+no\s+field\s+"token"\s+any\s+more`),
		},
		resource.TestStep{
			Config: registryWith(""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{changesOnly(registry,
				"token_wo_version")}},
			Check: sent(tenant),
		},
	)
}
