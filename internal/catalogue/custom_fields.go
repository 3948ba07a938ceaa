package catalogue

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// customFieldsArgument has the fields that administrators added: those of the tenant's definition that are not in the
// table. Only declared keys are managed. The state holds what the configuration declared, so that a key that is gone
// from the configuration is known from the state, and cleared.
const customFieldsArgument = "custom_fields"

var customFieldsType = tftypes.Map{ElementType: tftypes.String}

func customFieldsSchema() schema.Attribute {
	return schema.MapAttribute{
		Optional: true, Computed: true, ElementType: types.StringType,
		MarkdownDescription: "Fields that the tenant's administrators added: from the field's name in the API to its value " +
			"as JSON, written with `jsonencode` (an option by its id). " +
			"Only the keys declared here are managed; a key that is removed is cleared. White space and the order of keys " +
			"mean nothing.",
	}
}

// customChanges returns the declared fields whose planned value means something else than the state's, and null for
// those that are declared no more, if the tenant's definition still has them. more reports whether some of it is not
// known yet.
func (t *table) customChanges(planned, state tftypes.Value) (changes demandflow.Object, more bool) {
	changes = demandflow.Object{}
	before := field.Map(state)
	for name, value := range field.Map(planned) {
		if !value.IsKnown() {
			more = true
		} else if old, ok := before[name]; !ok || !field.SameJSON(field.Text(old), field.Text(value)) {
			changes[name] = field.ParseJSON(field.Text(value))
		}
	}
	if !planned.IsKnown() {
		return changes, true
	}
	after := field.Map(planned)
	for name := range before {
		if _, ok := after[name]; !ok && t.takesCustom(name) {
			changes[name] = nil
		}
	}
	return changes, more
}

// takesCustom reports whether the tenant still has a field that can be written. Without a definition it may well have.
func (t *table) takesCustom(name string) bool {
	if t.definition == nil {
		return true
	}
	field := t.definition.Field(name)
	return field != nil && !field.ReadOnly
}

// planCustomFields plans the state's spelling where the whole means what the state says. Terraform takes the one or the
// other as a whole, so that one real change shows the other keys as they are now spelled.
func (t *table) planCustomFields(config, state tftypes.Value) tftypes.Value {
	if changes, more := t.customChanges(config, state); len(changes) == 0 && !more &&
		len(field.Map(config)) == len(field.Map(state)) && !config.IsNull() && !state.IsNull() {
		return state
	}
	return config
}

// readCustomFields returns what an object has of the declared fields, in the user's spelling where it means the same. A
// key that DemandFlow has no value for goes, so that the next plan sets it again.
func readCustomFields(prior tftypes.Value, object demandflow.Object) tftypes.Value {
	if prior.IsNull() || !prior.IsKnown() {
		return tftypes.NewValue(customFieldsType, nil)
	}
	entries := map[string]tftypes.Value{}
	for name, before := range field.Map(prior) {
		switch now := field.FormatJSON(object[name]); {
		case field.SameJSON(field.Text(before), now):
			entries[name] = before
		case !demandflow.Unset(object[name]):
			entries[name] = tftypes.NewValue(tftypes.String, now)
		}
	}
	return tftypes.NewValue(customFieldsType, entries)
}

// validateCustomFields checks what can be checked without the tenant: values are JSON, and no key names a built-in
// field.
func (t *table) validateCustomFields(configured tftypes.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	entries := field.Map(configured)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if problem := t.customProblem(name, entries[name]); problem != "" {
			diags.Append(invalidCustomField(name, problem))
		}
	}
	return diags
}

func (t *table) customProblem(name string, value tftypes.Value) string {
	for _, c := range t.columns {
		switch {
		case c.Derived || c.Name != name && c.attribute != name:
		case c.Writable():
			return fmt.Sprintf("It is a built-in field: set the attribute %s instead.", c.attribute)
		case c.Name == name:
			return "It is a field that DemandFlow keeps itself. Remove it."
		}
	}
	if slices.Contains(entity.Reserved(), name) {
		return "It is a field that DemandFlow keeps itself. Remove it."
	}
	return field.CustomProblem(value)
}

// checkCustomFields holds the declared fields against the tenant's definition: what it does not know, what it requires.
// state is nil for a create.
func (t *table) checkCustomFields(configured tftypes.Value, state values) diag.Diagnostics {
	var diags diag.Diagnostics
	if t.definition == nil || !configured.IsKnown() {
		return diags
	}
	entries := field.Map(configured)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		switch defined := t.definition.Field(name); {
		case defined == nil:
			diags.Append(invalidCustomField(name, orSwitchOff(fmt.Sprintf("The tenant's definition of %s has no such field.%s",
				t.Nouns(), field.DidYouMean(name, t.custom)))))
		case defined.ReadOnly:
			diags.Append(invalidCustomField(name, "The tenant's definition has made it read-only. Remove it."+switchOff))
		case entries[name].IsKnown():
			if problem := field.CustomValueProblem(defined, field.ParseJSON(field.Text(entries[name]))); problem != "" {
				diags.Append(invalidCustomField(name, orSwitchOff(problem)))
			}
		}
	}
	before := field.Map(state[customFieldsArgument])
	for _, name := range t.custom {
		value, declared := entries[name]
		_, was := before[name] // a field that the configuration used to set is cleared
		missing := !declared && (state == nil || was) || declared && value.IsKnown() &&
			demandflow.Unset(field.ParseJSON(field.Text(value)))
		if defined := t.definition.Field(name); defined.Required && !defined.ReadOnly && missing {
			diags.Append(invalidCustomFields(fmt.Sprintf("The tenant's definition requires the field %q (%s), and the "+
				"configuration leaves it out. Add it to %s.%s",
				name, defined.Label, customFieldsArgument, switchOff)))
		}
	}
	return diags
}

// customNames returns the fields that a definition has and the default one has not, in the order of the form.
func (t *table) customNames(definition *entity.Definition) []string {
	return slices.DeleteFunc(definition.Names(), func(name string) bool {
		return t.Field(name) != nil ||
			slices.Contains(entity.Reserved(), name)
	})
}

func invalidCustomField(name, problem string) diag.Diagnostic {
	return invalidCustomFields(fmt.Sprintf("%q: %s", name, problem))
}

// invalidCustomFields does not point at the argument: Terraform would quote its lines, and a tenant's own field may be
// a secret.
func invalidCustomFields(problem string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Invalid "+customFieldsArgument, problem)
}
