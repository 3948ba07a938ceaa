package catalogue

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// A resource has a few arguments beside its entity's fields: custom_fields, parents, deletion_policy, timeouts and the
// write-only twins of secrets. Each has a file of its own; what they have in common is here.
//
// Those that can be are Computed as well, although nothing ever computes them: generated configuration says null of
// every argument that is not, and would be full of them.

// validateArguments checks them before anything is sent.
func (t *table) validateArguments(config values) diag.Diagnostics {
	diags := t.validateWriteOnly(config)
	diags.Append(t.validateCustomFields(config[customFieldsArgument])...)
	diags.Append(validateTimeouts(config[timeoutsArgument])...)
	if problem := parentsProblem(config[parentsArgument]); problem != "" {
		diags.Append(invalidArgument(parentsArgument, problem))
	}
	return diags
}

// argumentsMove says whether one of them changes the object in DemandFlow.
func (t *table) argumentsMove(config, state values) bool {
	if state == nil {
		return true
	}
	changes, more := t.customChanges(config[customFieldsArgument], state[customFieldsArgument])
	return len(changes) > 0 || more || t.versionsMoved(config, state)
}

// planArguments adds them to a plan. Write-only values are never in one. The result says that the object must be
// replaced.
func (t *table) planArguments(planned, config, state values, owned ownedFields) (replace bool) {
	for _, c := range t.secrets() {
		planned[writeOnlyArgument(c)] = c.null()
		planned[versionArgument(c)] = config[versionArgument(c)]
	}
	planned[deletionPolicyArgument] = config[deletionPolicyArgument]
	planned[timeoutsArgument] = config[timeoutsArgument]
	if state == nil {
		planned[customFieldsArgument] = config[customFieldsArgument]
		planned[parentsArgument], _ = planParents(config[parentsArgument], config[parentsArgument], true, false)
		return false
	}
	planned[customFieldsArgument] = t.planCustomFields(config[customFieldsArgument], state[customFieldsArgument])
	planned[parentsArgument], replace = planParents(config[parentsArgument], state[parentsArgument], false,
		owned.has(parentsArgument))
	return replace
}

// readArguments brings them into a state that was read: from the state before, and from the object where it knows them.
func (t *table) readArguments(state, prior values, object demandflow.Object) {
	for name, value := range prior {
		if _, known := state[name]; !known {
			state[name] = value
		}
	}
	state[customFieldsArgument] = readCustomFields(prior[customFieldsArgument], object)
	state[parentsArgument] = readParents(prior[parentsArgument], object)
}

// fillArguments brings them into a state after a write: they are as planned.
func fillArguments(state, plan values, object demandflow.Object) {
	for name, value := range plan {
		if _, known := state[name]; !known {
			state[name] = value
		}
	}
	if !plan[parentsArgument].IsFullyKnown() {
		state[parentsArgument] = readParents(plan[parentsArgument], object)
	}
}

// write is everything that a create (state nil) or an update sends.
func (t *table) write(plan, config, state values, owned ownedFields) demandflow.Object {
	fields := t.changes(plan, state)
	custom, _ := t.customChanges(plan[customFieldsArgument], state[customFieldsArgument])
	maps.Copy(fields, custom)
	t.addWriteOnly(fields, plan, config, state, owned)
	return fields
}
