package chaos

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The rules by which Terraform checks what a provider answers (internal/plans/objchange there), for resources whose
// attributes are flat. Each returns what is wrong, "" where nothing is.

// proposed returns the new state that Terraform proposes: the configuration, and the state where the configuration says
// nothing of what is computed.
func (t *resourceType) proposed(config, prior object) object {
	if config == nil {
		return nil
	}
	proposal := object{}
	for name, attribute := range t.attributes {
		value := config[name]
		if value.IsNull() && attribute.Computed && prior != nil && (attribute.NestedType == nil || !attribute.Optional) {
			value = prior[name]
		}
		if attribute.WriteOnly {
			value = t.blank[name]
		}
		proposal[name] = value
	}
	return proposal
}

// planProblem is of AssertPlanValid: a plan has what the configuration sets, or what the state has.
func (t *resourceType) planProblem(config, prior, planned object) string {
	for _, name := range sortedKeys(t.attributes) {
		attribute, plan := t.attributes[name], planned[name]
		configured := config[name]
		switch {
		case attribute.WriteOnly:
			if !plan.IsNull() {
				return name + " is write-only, and planned"
			}
		case same(plan, configured):
		case attribute.Computed && configured.IsNull():
		case prior != nil && same(plan, prior[name]) && !plan.IsNull() && !configured.IsNull():
		default:
			return fmt.Sprintf("%s is planned as %s, configured as %s", name, show(plan), show(configured))
		}
	}
	return ""
}

// compatibleProblem is of AssertObjectCompatible: what was planned is what comes, and what was not known may be
// anything.
func (t *resourceType) compatibleProblem(planned, actual object) string {
	if (planned == nil) != (actual == nil) {
		return fmt.Sprintf("planned as null: %t, and null: %t", planned == nil, actual == nil)
	}
	for _, name := range sortedKeys(planned) {
		if plan := planned[name]; plan.IsFullyKnown() && !same(plan, actual[name]) {
			return fmt.Sprintf("%s was planned as %s and is %s", name, show(plan), show(actual[name]))
		}
	}
	return ""
}

// unknownName returns an attribute that is not known, "" where all are.
func unknownName(o object) string {
	for _, name := range sortedKeys(o) {
		if !o[name].IsFullyKnown() {
			return name
		}
	}
	return ""
}

// differences returns the attributes that differ, sorted.
func differences(a, b object) []string {
	var names []string
	for _, name := range sortedKeys(b) {
		if !same(a[name], b[name]) {
			names = append(names, name)
		}
	}
	return names
}

// knownOnly makes what is not known null, as Terraform does with what a provider that failed leaves unknown.
func (t *resourceType) knownOnly(o object) object {
	if o == nil {
		return nil
	}
	result := object{}
	for name, value := range o {
		if !value.IsFullyKnown() {
			value = tftypes.NewValue(t.object.AttributeTypes[name], nil)
		}
		result[name] = value
	}
	return result
}
