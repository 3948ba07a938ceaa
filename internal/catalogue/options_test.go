package catalogue_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// planError is the only thing that a plan has to say.
func (c *conversation) planError(typ string, prior holding, config arguments) string {
	c.Helper()
	response, err := c.server.PlanResourceChange(c.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typ, Config: c.wire(c.object(c.schemas[typ], config)), PriorState: c.wire(prior.value),
		PriorPrivate:     prior.private,
		ProposedNewState: c.wire(c.proposed(c.schemas[typ], prior.value, config)),
	})
	c.check(err)
	if len(response.Diagnostics) != 1 || response.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
		for _, diagnostic := range response.Diagnostics {
			c.Log(diagnostic.Summary, diagnostic.Detail)
		}
		c.Fatalf("the plan says %d things, want one error", len(response.Diagnostics))
	}
	return response.Diagnostics[0].Detail
}

// What looks alike may be another option; what was renamed has its id, and what the object has is what its owner meant
// last.
func TestOptions_thatWereRenamedAreNamedInTheError(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	name := func(labels ...string) {
		form := make([]any, 0, len(labels)/2)
		for i := 0; i < len(labels); i += 2 {
			form = append(form, map[string]any{"id": labels[i], "text": labels[i+1]})
		}
		tenant.EditField(entity.DockerRegistry.Code, "status", map[string]any{"options": form})
	}
	name("1", "Active", "2", "Inactive", "17", "Quarantined")
	run := converse(t, tenant)
	shipped, _ := run.create(registryType, harbor(nil))
	own, _ := run.create(registryType, harbor(arguments{"name": "own", "status": "Quarantined"}))
	name("1", "Live", "2", "Inactive", "17", "Isolated")

	renamed := converse(t, tenant)
	for _, test := range []struct {
		held   holding
		config arguments
		says   string
	}{
		{shipped, harbor(nil), `"Active" is not a valid option in this tenant. Did you mean "Live"? The option was renamed: its id is still 1. The options are Live, Inactive, Isolated. The docker registry has "Live" now.`},
		{own, harbor(arguments{"name": "own", "status": "Quarantined"}),
			`"Quarantined" is not a valid option in this tenant. The options are Live, Inactive, Isolated. The docker registry has "Isolated" now.` +
				"\n\nvalidate_definition = false in the provider's block turns checks against the definition off."},
	} {
		if got := renamed.planError(registryType, renamed.refresh(registryType, test.held), test.config); got != test.says {
			t.Errorf("got  %s\nwant %s", got, test.says)
		}
	}
	if got := renamed.planError(registryType, renamed.none(registryType),
		harbor(arguments{"name": "new"})); !strings.Contains(got, `Did you mean "Live"?`) || strings.Contains(got, "now") {
		t.Errorf("of a create: %s", got)
	}
}

// Who mistyped a word is not to turn checks off.
func TestOptions_aTypoIsNoReasonToTurnChecksOff(t *testing.T) {
	t.Parallel()
	tenant := withCustomFields(t)
	planError := func(config arguments) string {
		run := converse(t, tenant)
		return run.planError(imageType, run.none(imageType), config)
	}
	custom := func(name, value string) arguments {
		return api(arguments{"custom_fields": map[string]tftypes.Value{name: tftypes.NewValue(tftypes.String, value)}})
	}
	for says, config := range map[string]arguments{
		`Did you mean "Active"?`:    api(arguments{"status": "Activ"}),
		`Did you mean "riskClass"?`: custom("riskclass", `"2"`),
		`Did you mean "2", the id`:  custom("riskClass", `"High"`),
	} {
		if got := planError(config); !strings.Contains(got, says) || strings.Contains(got, "validate_definition") {
			t.Errorf("got %s", got)
		}
	}
	for says, config := range map[string]arguments{
		"is not a valid option in this tenant. The options are": api(arguments{"status": "Zzz"}),
		"has no such field.": custom("zzz", `"2"`),
	} {
		if got := planError(config); !strings.Contains(got, says) || !strings.Contains(got, "validate_definition") {
			t.Errorf("got %s", got)
		}
	}
}

// The schema requires the argument, so that nobody can remove it.
func TestDefinition_theAdviceOnARequiredArgumentCanBeFollowed(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]map[string]any{
		"is read-only": {"readonly": true}, "is a text": {"type": "text"}, "is not there": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			held, _ := converse(t, tenant).create(imageType, api(nil))
			tenant.EditField(imageCode, "status", edit)
			run := converse(t, tenant)
			got := run.planError(imageType, run.refresh(imageType, held), api(nil))
			if strings.Contains(got, "Remove the argument") || !strings.Contains(got, "cannot be left out") ||
				!strings.Contains(got, "undone, or turn the checks off and give the argument the value that the object has") {
				t.Errorf("got %s", got)
			}
			run = converseWith(t, tenant, arguments{"max_retries": 0, "validate_definition": false})
			held = run.refresh(imageType, held)
			given := api(arguments{"status": held.text("status"), "description": "New."})
			tenant.ResetRequests()
			run.apply(imageType, held, given, run.plan(imageType, held, given))
			if body, _ := tenant.Writes()[0].Body.(map[string]any); len(tenant.Writes()) != 1 || len(body) != 1 {
				t.Errorf("it sends %v", body)
			}
		})
	}
}
