package catalogue

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// example is some value of a column, not null; the two examples of a column mean different things.
func example(c column, n int) tftypes.Value {
	var wire any
	switch c.Kind {
	case entity.Number, entity.Percent:
		wire = json.Number([]string{"1", "2"}[n])
	case entity.Bool:
		wire = n == 0
	case entity.DateTime:
		wire = json.Number([]string{"1000", "2000"}[n])
	case entity.Enum:
		wire = c.Options[n].ID
	case entity.MultiSelect:
		wire = []any{[]string{"a", "b"}[n]}
	case entity.KeyValues:
		wire = []string{"A=1", "A=2"}[n]
	case entity.JSON:
		wire = []string{`{"a":1}`, `{"a":2}`}[n]
	default:
		wire = []string{"one", "two"}[n]
	}
	value, err := c.Decode(wire)
	must(err)
	return value
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// full is a state in which every attribute has a value.
func full(t *table) values {
	state := values{}
	for _, c := range t.columns {
		state[c.attribute] = example(c, 0)
	}
	state[versionAttribute] = tftypes.NewValue(tftypes.Number, big.NewFloat(7))
	return state
}

// configOf is the configuration that sets all writable fields as the state has them.
func configOf(t *table, state values) values {
	config := maps.Clone(state)
	for _, c := range t.columns {
		if !c.Writable() {
			config[c.attribute] = c.Null()
		}
	}
	return config
}

func empty(t *table) values {
	config := values{}
	for _, c := range t.columns {
		config[c.attribute] = c.Null()
	}
	return config
}

func forEveryWritableColumn(t *testing.T, test func(t *testing.T, table *table, c column)) {
	for _, e := range entity.All() {
		table := newTable(e)
		for _, c := range table.columns {
			if c.Writable() {
				t.Run(e.TypeName()+"."+c.attribute, func(t *testing.T) { test(t, table, c) })
			}
		}
	}
}

// emptyOf is the value of a column that says nothing and is not null.
func emptyOf(c column) (tftypes.Value, bool) {
	switch {
	case c.Type.Is(tftypes.String):
		return tftypes.NewValue(c.Type, ""), true
	case c.Type.Is(tftypes.List{}), c.Type.Is(tftypes.Set{}):
		return tftypes.NewValue(c.Type, []tftypes.Value{}), true
	case c.Type.Is(tftypes.Map{}):
		return tftypes.NewValue(c.Type, map[string]tftypes.Value{}), true
	}
	return tftypes.Value{}, false
}

func differing(a, b values) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if !a[name].Equal(b[name]) {
			names = append(names, name)
		}
	}
	return names
}

func TestPlan_changingOneArgumentShowsItAndWhatFollowsAndBookkeeping(t *testing.T) {
	forEveryWritableColumn(t, func(t *testing.T, table *table, c column) {
		state := full(table)
		config := configOf(table, state)
		config[c.attribute] = example(c, 1)
		planned := table.planFields(config, state, table.configuredFields(config), false)

		want := []string{c.attribute, "object_version", "updated_at"}
		if table.Code == entity.DockerImage.Code && slices.Contains([]string{"name", "tag", "registry"}, c.Name) {
			want = append(want, "full_image_name", "image_id", "digest", "pinned_reference")
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, differing(planned, state)); diff != "" {
			t.Errorf("attributes that the plan changes (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(demandflow.Object{c.Name: c.Encode(example(c, 1))}, table.changes(planned, state)); diff != "" {
			t.Errorf("PATCH (-want +got):\n%s", diff)
		}
	})
}

func TestPlan_removingAnArgumentThatTheConfigurationUsedToSetClearsTheField(t *testing.T) {
	forEveryWritableColumn(t, func(t *testing.T, table *table, c column) {
		state := full(table)
		config := configOf(table, state)
		owned := table.configuredFields(config)
		config[c.attribute] = c.Null()
		planned := table.planFields(config, state, owned, false)
		if !planned[c.attribute].IsNull() {
			t.Errorf("planned %s, want null", planned[c.attribute])
		}
		if diff := cmp.Diff(demandflow.Object{c.Name: nil}, table.changes(planned, state)); diff != "" {
			t.Errorf("PATCH (-want +got):\n%s", diff)
		}
	})
}

func TestPlan_aFieldThatTheConfigurationNeverSetKeepsWhateverPeopleWrote(t *testing.T) {
	forEveryWritableColumn(t, func(t *testing.T, table *table, c column) {
		state := full(table)
		config := configOf(table, state)
		config[c.attribute] = c.Null()
		owned := table.configuredFields(config)
		state[c.attribute] = example(c, 1)
		if changed := differing(table.planFields(config, state, owned, false), state); changed != nil {
			t.Errorf("the plan changes %v, want nothing", changed)
		}
	})
}

func TestPlan_driftOnAFieldOfTheConfigurationIsCorrectedAlone(t *testing.T) {
	forEveryWritableColumn(t, func(t *testing.T, table *table, c column) {
		config := configOf(table, full(table))
		owned := table.configuredFields(config)
		state := full(table)
		state[c.attribute] = example(c, 1)
		planned := table.planFields(config, state, owned, false)
		if diff := cmp.Diff(demandflow.Object{c.Name: c.Encode(example(c, 0))}, table.changes(planned, state)); diff != "" {
			t.Errorf("PATCH (-want +got):\n%s", diff)
		}
	})
}

func TestPlan_ofACreateKnowsNoReadOnlyAttributeAndAllOthers(t *testing.T) {
	for _, e := range entity.All() {
		table := newTable(e)
		for name, config := range map[string]values{"everything set": configOf(table, full(table)),
			"nothing set": empty(table)} {
			planned := table.planFields(config, nil, nil, true)
			for _, c := range table.columns {
				switch value := planned[c.attribute]; {
				case !c.Writable() && value.IsKnown():
					t.Errorf("%s, %s: %s is known to be %s", e.Code, name, c.attribute, value)
				case c.Writable() && !value.Equal(config[c.attribute]):
					t.Errorf("%s, %s: %s is planned as %s", e.Code, name, c.attribute, value)
				}
			}
		}
	}
}

func TestPlan_aValueThatIsNotKnownYetIsPlannedAsUnknown(t *testing.T) {
	forEveryWritableColumn(t, func(t *testing.T, table *table, c column) {
		state := full(table)
		config := configOf(table, state)
		config[c.attribute] = c.Unknown()
		if planned := table.planFields(config, state, nil, false); planned[c.attribute].IsKnown() ||
			planned["updated_at"].IsKnown() {
			t.Errorf("planned %s and %s, want both unknown", planned[c.attribute], planned["updated_at"])
		}
	})
}

func TestPlan_settingAnUnsetFieldToAnEmptyValueSendsNothing(t *testing.T) {
	forEveryWritableColumn(t, func(t *testing.T, table *table, c column) {
		nothing, ok := emptyOf(c)
		if !ok || c.Secret {
			return // a number or a boolean has no empty value, and an empty secret clears what the state does not have
		}
		state := full(table)
		state[c.attribute] = c.Null()
		config := configOf(table, state)
		config[c.attribute] = nothing
		planned := table.planFields(config, state, nil, false)
		if changed := differing(planned, state); !slices.Equal(changed, []string{c.attribute}) {
			t.Errorf("the plan changes %v, want the spelling of %s alone", changed, c.attribute)
		}
		if sent := table.changes(planned, state); len(sent) != 0 {
			t.Errorf("PATCH %v, want none", sent)
		}
	})
}

func TestCreate_sendsWhatIsSetAndNothingElse(t *testing.T) {
	forEveryWritableColumn(t, func(t *testing.T, table *table, c column) {
		config := empty(table)
		config[c.attribute] = example(c, 0)
		sent := table.changes(table.planFields(config, nil, nil, false), nil)
		if diff := cmp.Diff(demandflow.Object{c.Name: c.Encode(example(c, 0))}, sent); diff != "" {
			t.Errorf("POST (-want +got):\n%s", diff)
		}
	})
}

func TestFill_takesOnlyUnknownsFromTheAnswer(t *testing.T) {
	table := newTable(&entity.DockerImage)
	state := full(table)
	config := configOf(table, state)
	config["tag"] = tftypes.NewValue(tftypes.String, "two")
	plan := table.planFields(config, state, nil, false)
	filled, unreadable := table.fill(plan, demandflow.Object{
		"id": "other", "tag": "three", "pullCount": json.Number("99"), "fullImageName": "r/n:two",
		"updated": json.Number("5"), "_df_version": json.Number("8"),
	})
	if len(unreadable) != 0 {
		t.Errorf("unreadable values: %v", unreadable)
	}
	if field.Text(filled["tag"]) != "two" || !filled["pull_count"].Equal(state["pull_count"]) {
		t.Errorf("tag %s and pull_count %s came from the answer", filled["tag"], filled["pull_count"])
	}
	if field.Text(filled["full_image_name"]) != "r/n:two" ||
		field.Text(filled["updated_at"]) != "1970-01-01T00:00:00.005Z" {
		t.Errorf("full_image_name %s and updated_at %s did not come from the answer", filled["full_image_name"],
			filled["updated_at"])
	}
}

func TestOwnership_forgetsAFieldThatIsNoLongerSetAnywhere(t *testing.T) {
	table := newTable(&entity.DockerRegistry)
	state := full(table)
	owned := table.configuredFields(configOf(table, state))
	state["description"] = tftypes.NewValue(tftypes.String, nil)
	kept := table.stillSet(owned, state)
	if len(kept) != len(owned)-1 || slices.Contains(kept, "description") {
		t.Errorf("kept %v", kept)
	}
}
