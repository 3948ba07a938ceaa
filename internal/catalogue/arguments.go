package catalogue

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// A resource has a few arguments beside its entity's fields: custom_fields, parents, deletion_policy, timeouts and the
// write-only counterparts of secrets. Each has a file of its own; what they have in common is here.
//
// Those that can be are Computed as well, although nothing computes them: generated configuration has a null for every
// argument that is not Computed.

// validateArguments checks them before anything is sent.
func (t *table) validateArguments(config values) diag.Diagnostics {
	diags := t.validateWriteOnly(config)
	diags.Append(validateTimeouts(config[timeoutsArgument])...)
	if problem := field.ParentsProblem(config[parentsArgument]); problem != "" {
		diags.Append(invalidArgument(parentsArgument, problem))
	}
	return diags
}

// planArguments adds them to a plan. Write-only values are never in one. The result reports whether the object must be
// replaced.
func (t *table) planArguments(planned, config, state values, owned ownedFields) (replace bool) {
	for _, c := range t.secrets() {
		planned[writeOnlyArgument(c)] = c.Null()
		planned[versionArgument(c)] = config[versionArgument(c)]
	}
	planned[deletionPolicyArgument] = config[deletionPolicyArgument]
	planned[timeoutsArgument] = config[timeoutsArgument]
	if state == nil {
		planned[customFieldsArgument] = config[customFieldsArgument]
		planned[parentsArgument], _ = planParents(config[parentsArgument], config[parentsArgument], true, false)
		return false
	}
	planned[customFieldsArgument] = t.planCustomFields(config, state)
	planned[parentsArgument], replace = planParents(config[parentsArgument], state[parentsArgument], false,
		owned.has(parentsArgument))
	return replace
}

// readArguments adds them to a state that was read: from the state before, or from the object if it has them.
func (t *table) readArguments(state, prior values, object demandflow.Object) {
	for name, value := range prior {
		if _, known := state[name]; !known {
			state[name] = value
		}
	}
	state[customFieldsArgument] = t.readCustomFields(prior, object)
	state[parentsArgument] = field.DecodeParents(prior[parentsArgument], object)
}

// fillArguments adds them to a state after a write: they are as planned.
func fillArguments(state, plan values, object demandflow.Object) {
	for name, value := range plan {
		if _, known := state[name]; !known {
			state[name] = value
		}
	}
	if !plan[parentsArgument].IsFullyKnown() {
		state[parentsArgument] = field.DecodeParents(plan[parentsArgument], object)
	}
}

// parentsArgument is where an object stands in the tenant's hierarchy: its combo key without the tenant and the object.
const parentsArgument = "parents"

func parentsSchema() schema.Attribute {
	return schema.ListNestedAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: "The objects that it stands below in the tenant's hierarchy, the top-most first. Right below " +
			"the tenant when not set. DemandFlow cannot move an object: a change replaces it. The new object has what the " +
			"configuration sets, and a new id: what people filled in, what DemandFlow counted and what refers to the old one " +
			"is lost with that one. To keep it, apply `deletion_policy = \"abandon\"` first; `prevent_destroy` in the " +
			"`lifecycle` block rules a replacement out.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			field.ParentEntity: schema.StringAttribute{Required: true,
				MarkdownDescription: "Code of the parent's entity, in capitals, such as `K8SCLUSTER`."},
			field.ParentID: schema.StringAttribute{Required: true, MarkdownDescription: "Id of the parent."},
		}},
	}
}

// planParents plans the state's list if the configuration has none or the same. The second result reports whether the
// object must be replaced. A list that was removed from the configuration is a change, as with any field. A list that
// is not wholly known replaces nothing: it may name the same place, or no place at all. Its known ids are planned in
// the state's spelling, which the whole has if it turns out to be the same place.
func planParents(config, state tftypes.Value, create, owned bool) (tftypes.Value, bool) {
	switch {
	case create:
		return config, false
	case !config.IsFullyKnown():
		return field.WithIDsOf(config, state), false
	case !config.IsNull() && state.IsNull() && field.SameParents(config, state):
		return config, false // Terraform does not take null for a configured list, even an empty one
	case config.IsNull() && !owned, field.SameParents(config, state):
		return state, false
	}
	return config, true
}

// timeoutsArgument bounds each operation as a whole, retries included; the provider's request_timeout bounds silence.
const timeoutsArgument = "timeouts"

// defaultTimeout is generous: it is for what hangs, not for what is slow.
const defaultTimeout = 20 * time.Minute

func timeoutsSchema(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: "Time for a create, retries included, such as `30s` or `5m`; `20m` when not set.",
		ReadDescription:   "Time for a read; `20m` when not set.",
		UpdateDescription: "Time for an update; `20m` when not set.",
		DeleteDescription: "Time for a delete; `20m` when not set. Terraform uses what was applied last.",
	})
	if object, ok := attribute.(schema.SingleNestedAttribute); ok { // the library describes its parts alone
		object.MarkdownDescription = "How long each operation may take as a whole."
		object.Computed = true
		return object
	}
	return attribute
}

// validateTimeouts refuses what leaves no time: it would fail each time, and by a message about deadlines. Whether a
// text is a duration at all is the library's to check.
func validateTimeouts(configured tftypes.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	times := valuesOf(configured)
	for _, operation := range slices.Sorted(maps.Keys(times)) {
		if limit, err := time.ParseDuration(field.Text(times[operation])); err == nil && limit <= 0 {
			diags.Append(invalidArgument(timeoutsArgument,
				fmt.Sprintf("%s = %q leaves no time. Give a duration above zero, such as \"30s\" or \"5m\", or leave it out.",
					operation, field.Text(times[operation]))))
		}
	}
	return diags
}

// within bounds a context by the configured time for an operation: "create", "read", "update" or "delete".
func within(ctx context.Context, data values, operation string,
	diags *diag.Diagnostics) (context.Context, context.CancelFunc) {
	limit := defaultTimeout
	if configured := valuesOf(data[timeoutsArgument])[operation]; configured.IsKnown() && !configured.IsNull() {
		parsed, err := time.ParseDuration(field.Text(configured))
		if err != nil {
			diags.AddError("Timeout Cannot Be Parsed", fmt.Sprintf("timeout for %q cannot be parsed, %s", operation, err))
		} else {
			limit = parsed
		}
	}
	return context.WithTimeout(ctx, limit)
}
