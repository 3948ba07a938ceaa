package catalogue

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// validate checks a configuration against the table, in one pass and before anything is sent. What is not known yet is
// checked when it is: Terraform validates again with the values of an apply. Options are checked when Terraform plans,
// because they are the tenant's (checkDefinition), and so are ids (checkIDs).
func (t *table) validate(config values) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, c := range t.allColumns(declaredIn(config)) {
		value, problem := c.in(config), ""
		switch {
		case c.Custom:
			problem = cmp.Or(t.customNameProblem(c.Name), c.Problem(value))
		case !c.Writable() || value.IsNull() || !value.IsFullyKnown():
			continue
		default:
			problem = c.Problem(value)
		}
		if problem != "" {
			diags.Append(invalidValue(c, problem))
		} else if doubt := c.Warning(value); doubt != "" {
			diags.Append(valueWarning(c, doubt))
		}
	}
	return diags
}

// checkDefinition holds a plan against the tenant's definition, or the default one where that is what serves. It runs
// when Terraform plans, because only then the tenant is known. state is nil for a create.
func (t *table) checkDefinition(config, planned, state values) diag.Diagnostics {
	var diags diag.Diagnostics
	var custom []string
	if t.definition != nil && config[customFieldsArgument].IsKnown() {
		custom = append(declaredIn(config), t.custom...)
	}
	for _, c := range t.allColumns(custom) {
		if !c.Writable() {
			continue
		}
		problem, argument, configured := "", c, c.in(config)
		if secret := config[writeOnlyArgument(c)]; c.Secret && configured.IsNull() && !secret.IsNull() {
			configured, argument.attribute = secret, writeOnlyArgument(c)
		}
		if !configured.IsNull() {
			problem = t.refusal(c)
			if problem == "" && configured.IsFullyKnown() {
				problem = c.OptionProblem(configured)
				if has := field.Text(state[c.attribute]); problem != "" && has != "" {
					problem += fmt.Sprintf(" The %s has %q now.", t.Noun(), has)
				}
			}
		}
		switch {
		case problem != "":
			diags.Append(invalidValue(argument, orSwitchOff(problem)))
		case argument.attribute == c.attribute && t.lacksRequired(c, planned, state):
			diags.Append(requiredByTenant(c, configured))
		}
	}
	if field.Text(config[deletionPolicyArgument]) == archivePolicy { // now, and not in the destroy
		if problem := t.archiveProblem(); problem != "" {
			diags.Append(invalidArgument(deletionPolicyArgument, problem+switchOff))
		}
	}
	return diags
}

// refusal returns why a tenant's definition does not take a configured field at all, and what to do.
func (t *table) refusal(c column) string {
	problem := t.refusalReason(c)
	switch {
	case problem == "", c.Custom:
		return problem
	case c.Access == entity.Required:
		return problem + " The argument cannot be left out. Have the change of the definition undone, or turn the checks " +
			"off and give the argument the value that the object has: nothing is sent for that."
	case c.Defined != nil && !c.Defined.Fits(c.Kind):
		return problem + " Remove the argument, and set the field in DemandFlow."
	}
	return problem + " Remove the argument."
}

// refusalReason returns why a tenant's definition does not take a configured field at all.
func (t *table) refusalReason(c column) string {
	switch {
	case t.definition == nil:
		return ""
	case c.Defined == nil && c.Custom:
		return fmt.Sprintf("The tenant's definition of %s has no such field.%s", t.Nouns(),
			field.DidYouMean(c.Name, t.custom))
	case c.Defined == nil:
		return fmt.Sprintf("The tenant's definition of %s has no field %q any more: an administrator removed it.", t.Nouns(),
			c.Name)
	case c.Defined.ReadOnly && c.Custom:
		return "The tenant's definition has made it read-only. Remove it."
	case !c.Custom && !c.Defined.Fits(c.Kind):
		return fmt.Sprintf("The tenant's definition has made the field %q a %s, which this attribute cannot hold.", c.Name,
			c.Defined.Type)
	case c.Defined.ReadOnly:
		return fmt.Sprintf("The tenant's definition has made the field %q read-only.", c.Name)
	}
	return ""
}

// lacksRequired reports whether the tenant requires a field that would be left without a value. A value set in the UI
// counts; a secret or a custom field of an existing object may be set without being in the state.
func (t *table) lacksRequired(c column, planned, state values) bool {
	if c.Defined == nil || !c.Defined.Required || c.Defined.ReadOnly {
		return false
	}
	value := c.in(planned)
	if state != nil && (c.Secret || c.Custom && value.IsNull() && c.in(state).IsNull()) {
		return false
	}
	return value.IsFullyKnown() && c.IsUnset(value)
}

// warnOfDuplicates warns of a planned create, or a planned new name, where the tenant, or this plan, has another object
// with the same natural key: DemandFlow allows it, and look-ups by name then find several. Causes are a run that ended
// between a create and its state, an object that a destroy has archived, and two blocks for one object. What is not
// known before the apply is not compared. state is nil for a create.
func (t *table) warnOfDuplicates(ctx context.Context, tenant *Tenant, planned, state values) diag.Diagnostics {
	renamed := false
	for _, key := range t.Keys {
		for _, name := range append(slices.Clip(key.Fields), key.Disambiguator) {
			if name == "" || !t.column(name).Writable() {
				continue
			}
			c := t.column(name)
			if !planned[c.attribute].IsKnown() {
				return nil
			}
			renamed = renamed || state != nil && !c.Same(planned[c.attribute], state[c.attribute])
		}
	}
	if state != nil && !renamed {
		return nil
	}
	var diags diag.Diagnostics
	fields := t.changes(planned, nil)
	if state != nil {
		again, duplicates := tenant.client.AddPlannedRename(t.Entity, field.Text(state[idAttribute]), fields)
		if again {
			diags.Append(t.duplicatePlanned(fields))
		}
		if len(duplicates) > 0 {
			diags.Append(t.renamedToDuplicate(fields, duplicates))
		}
		return diags
	}
	if tenant.client.AddPlannedCreate(t.Entity, fields) {
		diags.Append(t.duplicatePlanned(fields))
	}
	if duplicates := tenant.client.Duplicates(ctx, t.Entity, fields); len(duplicates) > 0 {
		diags.Append(t.duplicateNames(fields, duplicates))
	}
	return diags
}

// checkReferences looks up the objects that a plan newly refers to, because DemandFlow accepts any id. Values that are
// unknown or unchanged, and objects that the token may not read, are not checked. state is nil for a create.
func (t *table) checkReferences(ctx context.Context, client *demandflow.Client, planned,
	state values) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, c := range t.columns {
		id := field.Text(planned[c.attribute])
		if c.Kind != entity.Reference || !c.Writable() || !entity.IsID(id) {
			continue
		}
		if state != nil && c.Same(planned[c.attribute], state[c.attribute]) {
			continue
		}
		if problem := referenceProblem(ctx, client, c.References, id); problem != "" {
			diags.Append(invalidArgument(c.attribute, problem))
		}
	}
	before := field.Parents(state[parentsArgument])
	for i, parent := range field.Parents(planned[parentsArgument]) {
		if !entity.IsID(parent.ID) || !field.IsEntityCode(parent.Entity) || slices.ContainsFunc(before, parent.Equal) {
			continue
		}
		if problem := referenceProblem(ctx, client, parent.Entity, parent.ID); problem != "" {
			diags.Append(invalidArgument(parentsArgument, fmt.Sprintf("Parent %d: %s", i+1, problem)))
		}
	}
	return diags
}

// referenceProblem returns why an id is not that of an object of an entity, "" where it is, or where that is not shown.
func referenceProblem(ctx context.Context, client *demandflow.Client, code, id string) string {
	switch what, other := client.CheckReference(ctx, code, id); what {
	case demandflow.ReferenceToOther:
		return referenceToOther(code, id, other)
	case demandflow.ReferenceMissing:
		return referenceToNothing(code, id)
	}
	return ""
}

// checkIDs checks the ids of other objects when Terraform plans, and not when it validates. A test with mock_provider
// validates, with the mocked values, and never plans through the provider: a mocked id is random text, and no reason to
// refuse a configuration.
func (t *table) checkIDs(config values) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, c := range t.columns {
		if value := config[c.attribute]; c.Writable() && !value.IsNull() && value.IsKnown() {
			if problem := c.IDProblem(value); problem != "" {
				diags.Append(invalidValue(c, problem))
			}
		}
	}
	if problem := field.ParentIDProblem(config[parentsArgument]); problem != "" {
		diags.Append(invalidArgument(parentsArgument, problem))
	}
	return diags
}
