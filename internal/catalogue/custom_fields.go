package catalogue

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// customFieldsArgument has the fields that administrators added: those of the tenant's definition that are not in the
// table. Each declared key has a column of its own. Only declared keys are managed. The state holds what the
// configuration declared, so that a key that is gone from the configuration is known from the state, and cleared.
const customFieldsArgument = "custom_fields"

var customFieldsType = tftypes.Map{ElementType: tftypes.String}

func customFieldsSchema() schema.Attribute {
	return schema.MapAttribute{
		Optional: true, Computed: true, ElementType: types.StringType,
		MarkdownDescription: "Fields that the tenant's administrators added: from the field's name in the API to its value " +
			"as JSON, written with `jsonencode` (an option by its id). Only the keys declared here are managed; a key that is " +
			"removed is cleared. White space and the order of keys mean nothing.",
	}
}

// customColumns returns the columns of custom fields, in the order of their names.
func (t *table) customColumns(names []string) []column {
	var columns []column
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		columns = append(columns,
			column{Codec: field.NewCustom(name, t.definition), attribute: customFieldsArgument + "." + name})
	}
	return columns
}

// allColumns returns the columns of the table and of custom fields.
func (t *table) allColumns(custom []string) []column {
	return append(slices.Clip(t.columns), t.customColumns(custom)...)
}

// declaredIn returns the names of the custom fields that configurations, plans or states declare.
func declaredIn(all ...values) (names []string) {
	for _, v := range all {
		names = slices.AppendSeq(names, maps.Keys(field.Map(v[customFieldsArgument])))
	}
	return names
}

// customIn returns the names of the custom fields in what a write sends.
func (t *table) customIn(fields demandflow.Object) []string {
	return slices.DeleteFunc(slices.Collect(maps.Keys(fields)), func(name string) bool { return t.Field(name) != nil })
}

// in returns the column's value: null where it is not set, unknown where all custom fields are.
func (c column) in(v values) tftypes.Value {
	value, set := v[c.attribute]
	if c.Custom {
		if !v[customFieldsArgument].IsKnown() {
			return c.Unknown()
		}
		value, set = field.Map(v[customFieldsArgument])[c.Name]
	}
	if !set {
		return c.Null()
	}
	return value
}

// planCustomFields plans the state's spelling if all custom fields mean the same. Terraform accepts only the whole
// configured map or the whole one of the state, so one real change shows the other keys in their new spelling.
func (t *table) planCustomFields(config, state values) tftypes.Value {
	configured, before := config[customFieldsArgument], state[customFieldsArgument]
	if !configured.IsNull() && !before.IsNull() && !t.customFieldsMove(config, state) &&
		len(field.Map(configured)) == len(field.Map(before)) {
		return before
	}
	return configured
}

// customFieldsMove reports whether a custom field changes, or may change when it is known.
func (t *table) customFieldsMove(config, state values) bool {
	return !config[customFieldsArgument].IsKnown() || slices.ContainsFunc(t.customColumns(declaredIn(config, state)),
		func(c column) bool { return t.moves(c, config, state) })
}

// readCustomFields returns what an object has of the declared fields, in the user's spelling where it means the same. A
// key that DemandFlow has no value for goes, so that the next plan sets it again.
func (t *table) readCustomFields(prior values, object demandflow.Object) tftypes.Value {
	if declared := prior[customFieldsArgument]; declared.IsNull() || !declared.IsKnown() {
		return tftypes.NewValue(customFieldsType, nil)
	}
	entries := map[string]tftypes.Value{}
	for _, c := range t.customColumns(declaredIn(prior)) {
		before := c.in(prior)
		now, _ := c.Decode(object[c.Name]) // any JSON is a value
		switch {
		case c.Same(before, now):
			entries[c.Name] = before
		case !c.IsUnset(now):
			entries[c.Name] = now
		}
	}
	return tftypes.NewValue(customFieldsType, entries)
}

// customNameProblem returns why a custom field cannot have its name, "" where it can.
func (t *table) customNameProblem(name string) string {
	for _, c := range t.columns {
		switch {
		case c.Derived || c.Name != name && c.attribute != name:
		case c.Writable():
			return fmt.Sprintf("It is a built-in field: set the attribute %s instead.", c.attribute)
		case c.Name == name:
			return reservedName
		}
	}
	if slices.Contains(entity.Reserved(), name) {
		return reservedName
	}
	return ""
}

const reservedName = "It is a field that DemandFlow keeps itself. Remove it."

// customNames returns the fields that a definition has and the default one has not, in the order of the form.
func (t *table) customNames(definition *entity.Definition) []string {
	return slices.DeleteFunc(definition.Names(), func(name string) bool {
		return t.Field(name) != nil || slices.Contains(entity.Reserved(), name)
	})
}
