package catalogue

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
)

// validate checks a configuration against the table, in one pass and before anything is sent. What is not known yet is
// checked when it is: Terraform validates again with the values of an apply. Options are checked when Terraform plans,
// because they are the tenant's (checkDefinition), and so are ids (checkIDs).
func (t *table) validate(config values) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, c := range t.columns {
		value := config[c.attribute]
		if !c.Writable() || value.IsNull() || !value.IsFullyKnown() {
			continue
		}
		if problem := c.Problem(value); problem != "" {
			diags.Append(invalidValue(c, problem))
		} else if doubt := c.Doubt(value); doubt != "" {
			diags.Append(doubtfulValue(c, doubt))
		}
	}
	return diags
}

// checkDefinition holds a plan against the tenant's definition, or the default one where that is what serves. It runs
// when Terraform plans, because only then the tenant is known. state is nil for a create.
func (t *table) checkDefinition(config, planned, state values) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, c := range t.columns {
		if !c.Writable() {
			continue
		}
		problem, argument := "", c.attribute
		if c.Secret && config[argument].IsNull() && !config[writeOnlyArgument(c)].IsNull() {
			argument = writeOnlyArgument(c)
		}
		if configured := config[argument]; !configured.IsNull() {
			problem = t.refusal(c)
			if problem == "" && configured.IsFullyKnown() {
				problem = c.OptionProblem(configured)
				if has := field.Text(state[c.attribute]); problem != "" && has != "" {
					problem += fmt.Sprintf(" The %s has %q now.", t.Noun(), has)
				}
			}
			if problem == "" && argument == c.attribute && t.demands(c, planned, state) {
				problem = "The tenant's definition requires this field, and the configuration sets it to nothing. Give it a value."
			}
		} else if t.demands(c, planned, state) {
			problem = "The tenant's definition requires this field, and the configuration leaves it out. Give it a value."
		}
		if problem != "" {
			diags.Append(invalidArgument(argument, orSwitchOff(problem)))
		}
	}
	if field.Text(config[deletionPolicyArgument]) == archivePolicy { // now, not when somebody destroys
		if problem := t.archiveProblem(); problem != "" {
			diags.Append(invalidArgument(deletionPolicyArgument, problem+switchOff))
		}
	}
	return diags
}

// switchOff tells how to go on where the definition is wrong, or the default one is and the tenant's cannot be read.
const switchOff = "\n\nvalidate_definition = false in the provider's block turns checks against the definition off."

// orSwitchOff adds that advice to a problem, unless that names what is meant: who mistyped an option is not to turn
// checks off.
func orSwitchOff(problem string) string {
	if field.Suggests(problem) {
		return problem
	}
	return problem + switchOff
}

// refusal says why a tenant's definition does not take a configured field at all.
func (t *table) refusal(c column) string {
	switch {
	case t.definition == nil:
		return ""
	case c.Defined == nil:
		return fmt.Sprintf("The tenant's definition of %s has no field %q any more: an administrator removed it. Remove "+
			"the argument.", t.Nouns(), c.Name)
	case !c.Defined.Fits(c.Kind):
		return fmt.Sprintf("The tenant's definition has made the field %q a %s, which this attribute cannot hold. Remove "+
			"the argument, and set the field in DemandFlow.", c.Name, c.Defined.Type)
	case c.Defined.ReadOnly:
		return fmt.Sprintf("The tenant's definition has made the field %q read-only. Remove the argument.", c.Name)
	}
	return ""
}

// demands says whether the tenant requires a field that would be left without a value. What people have set in the UI
// counts; a secret of an existing object may be set without being seen.
func (t *table) demands(c column, planned, state values) bool {
	if c.Defined == nil || !c.Defined.Required || c.Defined.ReadOnly {
		return false
	}
	if c.Secret && state != nil {
		return false
	}
	value := planned[c.attribute]
	return value.IsFullyKnown() && c.IsUnset(value)
}

// invalidValue is an error on the attribute whose value makes no sense.
func invalidValue(c column, problem string) diag.Diagnostic {
	return invalidArgument(c.attribute, problem)
}

// doubtfulValue is a warning on an attribute whose value may be meant otherwise.
func doubtfulValue(c column, doubt string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root(c.attribute), "Doubtful "+c.attribute, doubt)
}

func invalidArgument(name, problem string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Invalid "+name, problem)
}
