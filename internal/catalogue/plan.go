package catalogue

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// planned is the whole plan of an instance, its arguments beside the table included, with what there is to say of it. replaced says that
// the object must be replaced. state is nil for a create.
func (t *table) planned(tenant *Tenant, config, state values, owned ownedFields) (planned values, replaced bool, diags diag.Diagnostics) {
	planned = t.plan(config, state, owned, t.argumentsMove(config, state))
	if replaced = t.planArguments(planned, config, state, owned); replaced {
		diags.Append(t.replacement(t.titleOf(state), text(state[deletionPolicyArgument])))
	}
	if state == nil && owned == nil {
		diags.Append(t.warnOfTwins(tenant.client, planned)...)
	}
	diags.Append(t.checkIDs(config)...)
	if tenant.validate {
		diags.Append(t.checkDefinition(config, planned, state)...)
		diags.Append(t.checkCustomFields(config[customFieldsArgument], state)...)
	}
	return planned, replaced, diags
}

// plan decides, for every attribute in one pass, what Terraform shows and does. It is the one place of these rules:
//
//   - A field that the configuration sets is Terraform's. Where it means what the state already says, the state's spelling
//     is planned: Terraform accepts that for a configured attribute, and so the difference vanishes.
//   - A field that the configuration used to set (it is owned) and no longer does is cleared.
//   - One that the tenant's definition no longer takes is left as it is: DemandFlow would refuse to have it cleared.
//   - A field that it never set belongs to the people in DemandFlow's UI: state is planned, whatever it is.
//   - A read-only field keeps its state, unless it follows from a field that changes; then it is unknown.
//   - moves says that arguments beside the table change the object too.
//   - A create waits only for what is worth waiting for. All else is planned as null; if the server has a value after all,
//     the next refresh brings it in without a diff.
func (t *table) plan(config, state values, owned ownedFields, moves bool) values {
	planned := make(values, len(config))
	moved := map[string]bool{entity.AnyWrite: moves}
	for _, c := range t.columns {
		if !c.Writable() {
			continue
		}
		configured, before := config[c.attribute], c.null()
		if state != nil {
			before = state[c.attribute]
		}
		value := configured
		switch {
		case !configured.IsNull():
			if c.same(configured, before) && !before.IsNull() {
				value = before
			}
		case !owned.has(c.Name), t.refusal(c) != "":
			value = before
		}
		if !c.same(value, before) {
			moved[c.Name] = true
			moved[entity.AnyWrite] = true
		}
		planned[c.attribute] = value
	}
	for _, c := range t.columns {
		if c.Writable() {
			continue
		}
		switch {
		case state == nil && c.Worth, state != nil && c.follows(moved):
			planned[c.attribute] = c.unknown()
			moved[c.Name] = true
		case state == nil:
			planned[c.attribute] = c.null()
		default:
			planned[c.attribute] = state[c.attribute]
		}
	}
	return planned
}

// follows says whether one of the fields that the column is derived from has moved.
func (c column) follows(moved map[string]bool) bool {
	for _, field := range c.Follows {
		if moved[field] {
			return true
		}
	}
	return false
}
