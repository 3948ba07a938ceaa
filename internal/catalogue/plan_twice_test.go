package catalogue

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// withOptions is an entity's table with options for every multi-select.
func withOptions(e *entity.Entity) *table {
	t := newTable(e)
	for i, c := range t.columns {
		if c.Kind == entity.MultiSelect {
			field := *c.Field
			field.Options = entity.Options{{ID: "1", Label: "First"}, {ID: "2", Label: "Second"}}
			t.columns[i].Field = &field
		}
	}
	return t
}

// twoSpellings are two values of a column that mean the same, as far as its kind has spellings, and a third that does
// not.
func twoSpellings(c column) (one, other, different tftypes.Value) {
	pairsOf := func(pairs ...string) tftypes.Value {
		entries := map[string]tftypes.Value{}
		for i := 0; i < len(pairs); i += 2 {
			entries[pairs[i]] = str(pairs[i+1])
		}
		return tftypes.NewValue(c.Type, entries)
	}
	switch c.Kind {
	case entity.Number, entity.Percent:
		return tftypes.NewValue(c.Type, 7), tftypes.NewValue(c.Type, 7.0), tftypes.NewValue(c.Type, 8)
	case entity.Bool:
		return tftypes.NewValue(c.Type, true), tftypes.NewValue(c.Type, true), tftypes.NewValue(c.Type, false)
	case entity.Lines, entity.LineSet:
		return strs(c.Type, "a", "b"), strs(c.Type, "a", "b"), strs(c.Type, "a", "c")
	case entity.KeyValues:
		return pairsOf("A", "1", "B", "2"), pairsOf("A", "1", "B", "2"), pairsOf("A", "1", "B", "3")
	case entity.MultiSelect:
		return strs(c.Type, "First", "Second"), strs(c.Type, "1", "SECOND"), strs(c.Type, "First", "third")
	case entity.Enum:
		return str(c.Options[0].Label), str(c.Options[0].ID), str(c.Options[1].Label)
	case entity.JSON:
		return str(`{"a":1,"b":2}`), str(`{ "b": 2, "a": 1.0 }`), str(`{"a":1,"b":3}`)
	case entity.DateTime:
		return str("2027-01-31T12:00:00Z"), str("2027-01-31T13:00:00+01:00"), str("2027-01-31T12:00:01Z")
	case entity.Reference:
		return str("00000000-0000-4000-8000-000000000001"), str("00000000-0000-4000-8000-000000000001"),
			str("00000000-0000-4000-8000-000000000002")
	case entity.URL:
		return str("https://one.example.com"), str("https://one.example.com"), str("https://two.example.com")
	}
	if c.Format == entity.FreeText && !c.Secret {
		return str("one\ntwo"), str("one\r\ntwo\r\n"), str("one\nthree")
	}
	return str("one"), str("one"), str("two")
}

// partlyUnknown are a value's earlier selves: all of it unknown, and each entry or attribute of it alone.
func partlyUnknown(v tftypes.Value) []tftypes.Value {
	selves := []tftypes.Value{tftypes.NewValue(v.Type(), tftypes.UnknownValue)}
	switch {
	case v.IsNull():
	case v.Type().Is(tftypes.List{}), v.Type().Is(tftypes.Set{}):
		var entries []tftypes.Value
		must(v.As(&entries))
		for i := range entries {
			for _, self := range partlyUnknown(entries[i]) {
				changed := slices.Clone(entries)
				changed[i] = self
				selves = append(selves, tftypes.NewValue(v.Type(), changed))
			}
		}
	case v.Type().Is(tftypes.Map{}), v.Type().Is(tftypes.Object{}):
		var entries map[string]tftypes.Value
		must(v.As(&entries))
		for _, name := range slices.Sorted(maps.Keys(entries)) {
			for _, self := range partlyUnknown(entries[name]) {
				changed := maps.Clone(entries)
				changed[name] = self
				selves = append(selves, tftypes.NewValue(v.Type(), changed))
			}
		}
	}
	return selves
}

// fillsIn says what Terraform would say of a second plan's value after a first plan's: nothing where it only fills in
// unknowns.
func fillsIn(first, second tftypes.Value) string {
	if !first.IsKnown() {
		return ""
	}
	if !second.IsKnown() || first.IsNull() != second.IsNull() {
		return fmt.Sprintf("was %s, but now %s", first, second)
	}
	switch {
	case first.IsNull() || first.IsFullyKnown():
		if !first.Equal(second) {
			return fmt.Sprintf("was %s, but now %s", first, second)
		}
	case first.Type().Is(tftypes.Set{}):
		var before, after []tftypes.Value
		must(first.As(&before))
		must(second.As(&after))
		for _, entry := range before {
			if !slices.ContainsFunc(after, func(other tftypes.Value) bool { return fillsIn(entry, other) == "" }) {
				return fmt.Sprintf("planned set element %s does not correlate with any element in actual", entry)
			}
		}
	case first.Type().Is(tftypes.List{}):
		var before, after []tftypes.Value
		must(first.As(&before))
		must(second.As(&after))
		if len(before) != len(after) {
			return fmt.Sprintf("had %d entries, but now %d", len(before), len(after))
		}
		for i := range before {
			if problem := fillsIn(before[i], after[i]); problem != "" {
				return problem
			}
		}
	default:
		var before, after map[string]tftypes.Value
		must(first.As(&before))
		must(second.As(&after))
		if !slices.Equal(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after))) {
			return fmt.Sprintf("was %s, but now %s", first, second)
		}
		for name := range before {
			if problem := fillsIn(before[name], after[name]); problem != "" {
				return problem
			}
		}
	}
	return ""
}

// refusingTenant returns a tenant that shows nothing to the token, so that a plan is made of what is at hand.
func refusingTenant(t *testing.T) *Tenant {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"error":"forbidden","message":"not for this token"}`)
	}))
	t.Cleanup(server.Close)
	client, err := demandflow.New(demandflow.Config{Endpoint: server.URL, Token: "df_pat_test"})
	if err != nil {
		t.Fatal(err)
	}
	return NewTenant(client, Options{})
}

// planTwice plans as Terraform does: with a refresh and with what is known first, then in an apply, without a refresh.
// It says what Terraform would say of either plan.
func planTwice(tenant *Tenant, table *table, early, late, state values, owned ownedFields) []string {
	var problems []string
	first, replaced, _ := table.planAll(context.Background(), tenant, early, state, owned, true)
	if replaced {
		state, owned = nil, ownedFields{} // Terraform plans a new object then
		first, _, _ = table.planAll(context.Background(), tenant, early, nil, owned, false)
	}
	second, _, _ := table.planAll(context.Background(), tenant, late, state, owned, false)
	for _, name := range slices.Sorted(maps.Keys(early)) {
		for _, plan := range []struct{ planned, config values }{{first, early}, {second, late}} {
			value, configured := plan.planned[name], plan.config[name]
			if name == parentsArgument && state != nil { // which Terraform compares part by part
				configured = field.WithIDsOf(configured, state[name])
			}
			if !configured.IsNull() && !value.Equal(configured) && (state == nil || state[name].IsNull() ||
				!value.Equal(state[name])) {
				problems = append(problems, fmt.Sprintf("%s: planned value %s is neither the configuration's nor the state's", name,
					value))
			}
		}
		if problem := fillsIn(first[name], second[name]); problem != "" {
			problems = append(problems, name+": "+problem)
		}
	}
	return problems
}

// argumentsToo adds the arguments beside the table, null where they are not given.
func argumentsToo(t *table, v values) values {
	all := maps.Clone(v)
	all[customFieldsArgument] = tftypes.NewValue(customFieldsType, nil)
	all[parentsArgument] = tftypes.NewValue(field.ParentsType, nil)
	all[deletionPolicyArgument] = tftypes.NewValue(tftypes.String, nil)
	all[timeoutsArgument] = tftypes.NewValue(timeoutsType, nil)
	for _, c := range t.secrets() {
		all[writeOnlyArgument(c)], all[versionArgument(c)] = c.Null(), tftypes.NewValue(tftypes.Number, nil)
	}
	return all
}

var timeoutsType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"create": tftypes.String,
	"read": tftypes.String, "update": tftypes.String, "delete": tftypes.String}}

func customOf(pairs ...string) tftypes.Value {
	entries := map[string]tftypes.Value{}
	for i := 0; i < len(pairs); i += 2 {
		entries[pairs[i]] = str(pairs[i+1])
	}
	return tftypes.NewValue(customFieldsType, entries)
}

func parentOf(id string) tftypes.Value {
	return tftypes.NewValue(field.ParentsType,
		[]tftypes.Value{tftypes.NewValue(field.ParentType, map[string]tftypes.Value{field.ParentEntity: str("K8SCLUSTER"),
			field.ParentID: str(id)})})
}

// settable are all that a configuration may set, with values that mean the same, if there are, and others.
func settable(t *table) map[string][]tftypes.Value {
	arguments := map[string][]tftypes.Value{
		customFieldsArgument: {customOf("a", `["x","y"]`, "b", `"text"`), customOf("a", `[ "x", "y" ]`, "b", `"text\n"`),
			customOf("a", `["x"]`, "b", `"text"`), customOf("a", `["x","y"]`), customOf()},
		parentsArgument: {
			parentOf("aaaaaaaa-0000-4000-8000-000000000001"), parentOf("AAAAAAAA-0000-4000-8000-000000000001"),
			parentOf("aaaaaaaa-0000-4000-8000-000000000002"),
			tftypes.NewValue(field.ParentsType, []tftypes.Value{}),
		},
		deletionPolicyArgument: {str(archivePolicy), str(abandonPolicy)},
	}
	for _, read := range []string{"1m", "60s"} {
		times := map[string]tftypes.Value{"read": str(read)}
		for _, operation := range []string{"create", "update", "delete"} {
			times[operation] = tftypes.NewValue(tftypes.String, nil)
		}
		arguments[timeoutsArgument] = append(arguments[timeoutsArgument], tftypes.NewValue(timeoutsType, times))
	}
	for _, c := range t.columns {
		if !c.Writable() {
			continue
		}
		one, other, different := twoSpellings(c)
		arguments[c.attribute] = []tftypes.Value{one, other, different}
		if nothing, ok := emptyOf(c); ok && c.Access != entity.Required {
			arguments[c.attribute] = append(arguments[c.attribute], nothing)
		}
		if c.Secret {
			arguments[versionArgument(c)] = []tftypes.Value{tftypes.NewValue(tftypes.Number, 1), tftypes.NewValue(tftypes.Number,
				2)}
		}
	}
	return arguments
}
