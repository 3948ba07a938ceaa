package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

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
				problem = c.optionProblem(configured)
				if has := text(state[c.attribute]); problem != "" && has != "" {
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
	if text(config[deletionPolicyArgument]) == archivePolicy { // now, not when somebody destroys
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
	if strings.Contains(problem, didYou) {
		return problem
	}
	return problem + switchOff
}

// refusal says why a tenant's definition does not take a configured field at all.
func (t *table) refusal(c column) string {
	switch {
	case t.definition == nil:
		return ""
	case c.defined == nil:
		return fmt.Sprintf("The tenant's definition of %s has no field %q any more: an administrator removed it. Remove "+
			"the argument.", t.Nouns(), c.Name)
	case !c.defined.Fits(c.Kind):
		return fmt.Sprintf("The tenant's definition has made the field %q a %s, which this attribute cannot hold. Remove "+
			"the argument, and set the field in DemandFlow.", c.Name, c.defined.Type)
	case c.defined.ReadOnly:
		return fmt.Sprintf("The tenant's definition has made the field %q read-only. Remove the argument.", c.Name)
	}
	return ""
}

// demands says whether the tenant requires a field that would be left without a value. What people have set in the UI
// counts; a secret of an existing object may be set without being seen.
func (t *table) demands(c column, planned, state values) bool {
	if c.defined == nil || !c.defined.Required || c.defined.ReadOnly {
		return false
	}
	if c.Secret && state != nil {
		return false
	}
	value := planned[c.attribute]
	return value.IsFullyKnown() && c.unset(value)
}

// optionProblem says which option of an enum or a multi-select does not exist.
func (c column) optionProblem(v tftypes.Value) string {
	switch c.Kind {
	case entity.Enum:
		return c.unknownOption(text(v))
	case entity.MultiSelect:
		for _, spelling := range elements(v) {
			if problem := c.unknownOption(spelling); problem != "" {
				return problem
			}
		}
	}
	return ""
}

func (c column) unknownOption(spelling string) string {
	option, ok := c.Options.Find(spelling)
	if c.Options.Ambiguous(spelling) {
		return fmt.Sprintf("%q is the label of the option with the id %s, and itself the id of the option %q. Write %q for "+
			"the one or %q for the other.",
			spelling, option.ID, c.Options.Label(spelling), option.ID, c.Options.Label(spelling))
	}
	if matches := c.Options.Matches(spelling); len(matches) > 1 {
		ids := make([]string, len(matches))
		for i, match := range matches {
			ids[i] = match.ID
		}
		return fmt.Sprintf("%q is the label of several options, with the ids %s. Write the id of the one that is meant.",
			spelling, strings.Join(ids, ", "))
	}
	if ok || spelling == "" || len(c.Options) == 0 {
		return ""
	}
	labels := c.Options.Labels()
	whose := "its"
	if c.defined != nil {
		whose = "the tenant's"
	}
	meant := c.renamed(spelling)
	if meant == "" {
		meant = didYouMean(spelling, labels)
	}
	return fmt.Sprintf("%q is none of %s options.%s The options are %s.", spelling, whose, meant,
		strings.Join(labels, ", "))
}

// renamed is a sentence (with a space before it) that names what an option of DemandFlow's default definition is called
// in the tenant, "" where the spelling names none that the tenant has. What looks alike may be another option.
func (c column) renamed(spelling string) string {
	shipped, ok := c.shipped.Find(spelling)
	label := c.Options.Spelling(shipped.ID)
	if !ok || !slices.ContainsFunc(c.Options, func(option entity.Option) bool { return option.ID == shipped.ID }) {
		return ""
	}
	return fmt.Sprintf(" %s mean %q? The option was renamed: its id is still %s.", didYou, label, shipped.ID)
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
