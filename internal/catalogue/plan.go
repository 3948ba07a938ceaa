package catalogue

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// plan returns what is planned. state is nil for a create.
func (r *entityResource) plan(ctx context.Context, config, state values, owned ownedFields) (o outcome) {
	table := r.inForce(ctx, &o.diags)
	if o.diags.HasError() {
		return o
	}
	if state == nil && table.definition == nil { // no response has shown yet that the token is valid
		if err := r.tenant.client.Authorized(ctx); err != nil {
			o.diags.Append(table.notAuthorized(err))
			return o
		}
	}
	refreshed := r.tenant.takeRefresh(field.Text(state[idAttribute]))
	planned, replace, diags := table.planAll(ctx, r.tenant, config, state, owned, refreshed)
	o.state, o.replace = planned, replace
	o.diags.Append(diags...)
	if o.replace { // so that the plan of the new object knows that it replaces one
		o.owned = append(ownedFields{}, owned...)
	}
	return o
}

// planAll returns the whole plan of an instance, its arguments beside the table included, with its diagnostics.
// replaced reports whether the object must be replaced. state is nil for a create. refreshed reports whether this run
// of the provider has refreshed the instance.
func (t *table) planAll(
	ctx context.Context, tenant *Tenant, config, state values, owned ownedFields, refreshed bool,
) (planned values, replaced bool, diags diag.Diagnostics) {
	planned = t.planFields(config, state, owned,
		state == nil || t.customFieldsMove(config, state) || t.versionsMoved(config, state))
	switch replaced = t.planArguments(planned, config, state, owned); {
	case replaced && !refreshed && tenant.client.HasWritten():
		diags.Append(t.movedInApply(t.titleOf(state)))
	case replaced:
		diags.Append(t.replacement(t.titleOf(state), field.Text(state[deletionPolicyArgument]), refreshed))
	}
	if !refreshed || !planned.equal(state) {
		t.spellCollections(planned, config)
	}
	if !replaced && (state != nil || owned == nil) {
		diags.Append(t.warnOfDuplicates(ctx, tenant, planned, state)...)
	}
	diags.Append(t.unansweredSecrets(owned, state)...)
	diags.Append(t.checkIDs(config)...)
	diags.Append(t.checkReferences(ctx, tenant.client, planned, state)...)
	if tenant.ValidateDefinition {
		diags.Append(t.checkDefinition(config, planned, state)...)
	}
	return planned, replaced, diags
}

// spellCollections plans lists, sets and maps in the configuration's spelling, even if they mean the same as the
// state's.
//
// Terraform accepts such a value only as a whole, as the configuration or as the state has it. So one with an unknown
// entry is planned as configured, its known entries too. In the apply, when all entries are known, Terraform plans
// again and requires those known entries unchanged. The state's spelling must not return then, even if the whole now
// means the same. A request does not show whether it is the second plan. But a plan without any change is never
// repeated, and an apply never refreshes. So the state's spelling stays if nothing changes in a run that has refreshed
// the instance. It also stays for a list or a map of one entry, because no other entry was known before. The one entry
// of a set may have been two, of which a late one turned out to be equal.
func (t *table) spellCollections(planned, config values) {
	for _, c := range t.columns {
		if c.IsCollection() {
			spellAsConfigured(planned, config, c.attribute)
		}
	}
	spellAsConfigured(planned, config, customFieldsArgument)
}

func spellAsConfigured(planned, config values, attribute string) {
	configured := config[attribute]
	if configured.IsNull() || !configured.IsKnown() {
		return
	}
	if field.Len(configured) > 1 || configured.Type().Is(tftypes.Set{}) {
		planned[attribute] = configured
	}
}

// planFields decides, for every field in one pass, what Terraform shows and does. It is the one place of these rules:
//
//   - A field that the configuration sets is Terraform's. If it means the same as the state's value, the state's
//     spelling is planned: Terraform accepts that for a configured attribute, and so the difference vanishes.
//   - A field that the configuration used to set (it is owned) and no longer does is cleared.
//   - One that the tenant's definition no longer takes is left as it is: DemandFlow would refuse to have it cleared.
//   - A field that it never set belongs to the users of DemandFlow's UI: the state's value is planned.
//   - A secret whose write got no answer, or that DemandFlow has another value of, is sent, or cleared, once more.
//   - An empty secret clears what DemandFlow may have and the state has not: a write-only secret, or one from the UI.
//   - A read-only field keeps its state, unless it follows from a field that changes; then it is unknown. In a create
//     all of them are unknown: a known null would decide conditions, and wrongly.
//   - moves is true if arguments beside the table change the object too.
func (t *table) planFields(config, state values, owned ownedFields, moves bool) values {
	planned := make(values, len(config))
	moved := map[string]bool{entity.AnyWrite: moves}
	for _, c := range t.columns {
		if !c.Writable() {
			continue
		}
		configured, before := config[c.attribute], c.Null()
		if state != nil {
			before = state[c.attribute]
		}
		value := configured
		switch {
		case !configured.IsNull():
			if c.Same(configured, before) && !before.IsNull() {
				value = before
			}
		case c.Secret && c.IsUnset(before) && !config[writeOnlyArgument(c)].IsNull(): // null: an empty one is no value of it
		case !owned.has(c.Name), t.refusal(c) != "":
			value = before
		}
		if !c.Same(value, before) || t.unanswered(c, owned, state) || c.clearsUnseen(value, state) {
			moved[c.Name] = true
			moved[entity.AnyWrite] = true
		}
		planned[c.attribute] = value
	}
	for _, c := range t.columns {
		if c.Writable() {
			continue
		}
		planned[c.attribute] = state[c.attribute]
		if state == nil || c.follows(moved) {
			planned[c.attribute] = c.Unknown()
			moved[c.Name] = true
		}
	}
	return planned
}

// follows reports whether one of the fields that the column is derived from has moved.
func (c column) follows(moved map[string]bool) bool {
	for _, field := range c.DerivedFrom {
		if moved[field] {
			return true
		}
	}
	return false
}
