package catalogue

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// ownedKey is where a resource's private state remembers which fields are Terraform's.
const ownedKey = "owned_fields"

// ownedFields are the API names of the fields that the configuration set when the resource was last written, sorted.
// Where the last write has got no answer, they are those of all writes since the last that has. Terraform itself does
// not distinguish a field that was never set from one that no longer is: both are null in the configuration.
type ownedFields []string

// privateState is what the framework's requests and responses have in common here.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func (o ownedFields) has(field string) bool {
	_, found := slices.BinarySearch(o, field)
	return found
}

// configuredFields returns the fields that a configuration sets to a value. An empty one leaves nothing to clear, and
// stillSet would drop it in the next refresh, which Terraform would show as a change.
func (t *table) configuredFields(config values) ownedFields {
	owned := ownedFields{}
	for _, c := range t.columns {
		if c.Writable() && !c.IsUnset(config[c.attribute]) {
			owned = append(owned, c.Name)
		}
	}
	if !config[parentsArgument].IsNull() {
		owned = append(owned, parentsArgument)
	}
	slices.Sort(owned)
	return owned
}

// sentFor returns the fields that are Terraform's once a write was sent, whatever came back: those that were before,
// those that the configuration sets, and the secrets that were sent. Only an answer to the write takes a field away.
func (t *table) sentFor(owned ownedFields, config values, changes demandflow.Object) ownedFields {
	all := slices.Concat(owned, t.configuredFields(config))
	for _, c := range t.secrets() {
		if _, sent := changes[c.Name]; sent {
			all = append(all, c.Name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// unanswered reports whether DemandFlow may have another secret than the configuration's: a write has sent it without
// an answer, or a read has shown another one. A secret that the configuration sets is in the state, a write-only one is
// not owned once its write was answered: so an owned one that is not in the state is left from the one or the other.
func (t *table) unanswered(c column, owned ownedFields, state values) bool {
	return c.Secret && state != nil && owned.has(c.Name) && state[c.attribute].IsNull() && t.refusal(c) == ""
}

// clearsUnseen reports whether an empty secret is planned where the state has none. DemandFlow may have one that does
// not enter the state: a write-only one, or one from the UI.
func (c column) clearsUnseen(planned tftypes.Value, state values) bool {
	return c.Secret && state != nil && state[c.attribute].IsNull() && planned.IsFullyKnown() && !planned.IsNull() &&
		c.IsUnset(planned)
}

// stillSet drops the fields that the state has no value for. There is nothing left to clear, and a value that is set in
// the UI later is not Terraform's. If the configuration still sets the field, the plan restores it, and the write
// records it again.
func (t *table) stillSet(owned ownedFields, state values) ownedFields {
	kept := ownedFields{}
	for _, c := range t.columns {
		if owned.has(c.Name) && (!c.IsUnset(state[c.attribute]) || t.unanswered(c, owned, state)) {
			kept = append(kept, c.Name)
		}
	}
	if owned.has(parentsArgument) {
		kept = append(kept, parentsArgument)
	}
	slices.Sort(kept)
	return kept
}

func loadOwned(ctx context.Context, private privateState, diags *diag.Diagnostics) ownedFields {
	document, more := private.GetKey(ctx, ownedKey)
	diags.Append(more...)
	if len(document) == 0 {
		return nil
	}
	return parseOwned(document, diags)
}

func parseOwned(document []byte, diags *diag.Diagnostics) ownedFields {
	var owned ownedFields
	if err := json.Unmarshal(document, &owned); err != nil {
		diags.Append(unreadablePrivateState(err))
	}
	slices.Sort(owned)
	return owned
}

func saveOwned(ctx context.Context, private privateState, owned ownedFields, diags *diag.Diagnostics) {
	diags.Append(private.SetKey(ctx, ownedKey, owned.document())...)
}

// document returns them as private state has them.
func (o ownedFields) document() []byte {
	if o == nil {
		o = ownedFields{} // "nothing is owned" is not "nothing is known"
	}
	return []byte(field.FormatJSON(o))
}
