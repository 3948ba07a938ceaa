package catalogue

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Terraform plans twice: first with what it knows, then, in the apply, with everything known. It wants the second plan
// to fill in the first one's unknowns and to change nothing else, or says that the provider has a bug. These tests make
// every attribute, and every part of each, known late, in configurations that mean what the state says and in others.

func TestPlan_everyAttributeAndEveryPartOfOneMayBeKnownLate(t *testing.T) {
	t.Parallel()
	tenant := refusingTenant(t)
	for _, e := range entity.All() {
		table := withOptions(e)
		standing := argumentsToo(table, full(table))
		for attribute, meanings := range settable(table) {
			null := tftypes.NewValue(meanings[0].Type(), nil)
			for _, before := range append(slices.Clone(meanings), null) {
				state := maps.Clone(standing)
				state[attribute] = before
				for _, configured := range append(slices.Clone(meanings), null) {
					late := argumentsToo(table, configOf(table, standing))
					late[attribute] = configured
					for _, part := range partlyUnknown(configured) {
						early := maps.Clone(late)
						early[attribute] = part
						for _, owned := range []ownedFields{{}, table.configuredFields(late)} {
							problems := planTwice(tenant, table, early, late, state, owned)
							if before.IsNull() {
								problems = append(problems, planTwice(tenant, table, early, late, nil, owned)...)
							}
							for _, problem := range problems {
								t.Errorf("%s, %s in the state: %s, then %s:\n%s", e.Code, before, part, configured, problem)
							}
						}
					}
				}
			}
		}
	}
}

// Everything late together, beside the same in its other spelling: what one of them changes must not show in another.
func TestPlan_allAttributesMayBeKnownLateAtOnce(t *testing.T) {
	t.Parallel()
	tenant := refusingTenant(t)
	for _, e := range entity.All() {
		table := withOptions(e)
		state := argumentsToo(table, full(table))
		late := argumentsToo(table, configOf(table, state))
		early := maps.Clone(late)
		for attribute, meanings := range settable(table) {
			selves := partlyUnknown(meanings[min(1, len(meanings)-1)])
			state[attribute], late[attribute], early[attribute] = meanings[0], meanings[min(1, len(meanings)-1)],
				selves[len(selves)-1]
		}
		for what, prior := range map[string]values{"update": state, "create": nil} {
			for _, problem := range planTwice(tenant, table, early, late, prior, table.configuredFields(late)) {
				t.Errorf("%s of %s: %s", what, e.Code, problem)
			}
		}
		if sent := table.changes(late, state); len(sent) > 0 {
			t.Errorf("%s: the two spellings do not mean the same: %v", e.Code, sent)
		}
	}
}

func TestPlan_anotherSpellingPlansNothingAfterARefresh(t *testing.T) {
	t.Parallel()
	tenant := refusingTenant(t)
	for _, e := range entity.All() {
		table := withOptions(e)
		standing := argumentsToo(table, full(table))
		for attribute, meanings := range settable(table) {
			c := slices.IndexFunc(table.columns, func(c column) bool { return c.attribute == attribute })
			if c < 0 && attribute != customFieldsArgument && attribute != parentsArgument {
				continue // has no spellings
			}
			state := maps.Clone(standing)
			state[attribute] = meanings[0]
			config := argumentsToo(table, configOf(table, standing))
			config[attribute] = meanings[1]
			planned, replaced, _ := table.planAll(t.Context(), tenant, config, state, ownedFields{}, true)
			if changed := differing(planned, state); changed != nil || replaced {
				t.Errorf("%s: %s as %s is planned where the state has %s: %v", e.Code, attribute, meanings[1], meanings[0], changed)
			}
		}
	}
}
