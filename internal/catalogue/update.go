package catalogue

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// update sends the changes and looks out for other writers. A PATCH is not conditional in DemandFlow, and its answer
// names only its own writer; so the object is read once before, which shows who wrote since the refresh, and what.
func (t *table) update(ctx context.Context, client *demandflow.Client, changes demandflow.Object,
	state values) (demandflow.Updated, diag.Diagnostics) {
	id := text(state[idAttribute])
	before, err := client.Get(ctx, t.Code, id)
	if notFound := err; demandflow.IsNotFound(notFound) {
		if err = client.Gone(ctx, notFound, t.Code, id,
			text(state[subscriptionAttribute])); err == nil {
			err = fmt.Errorf("%w\n%s", notFound, demandflow.WasDeleted)
		}
	}
	if err != nil {
		return demandflow.Updated{}, diag.Diagnostics{t.cannot("update", id, err)}
	}
	after, err := client.Update(ctx, t.Code, id, changes)
	if err != nil {
		return after, diag.Diagnostics{t.cannotUpdate(id, after, err)}
	}
	diags := t.warnOfConcurrentEdit(changes, state, before, after)
	if after.Pending {
		diags.Append(t.pending(id))
	}
	return after, diags
}

// unconfirmed is the state after an update that was sent and has failed: what DemandFlow has, or where that could not
// be read (seen is nil) what it had before. It keeps in mind what the update was sent for: a secret is not known any
// more, and a custom field that was declared for the first time is in the state, so that a later plan clears it where
// the configuration has given it up.
func (t *table) unconfirmed(state values, changes, seen demandflow.Object) values {
	after := maps.Clone(state)
	custom := map[string]tftypes.Value{}
	maps.Copy(custom, stringMap(state[customFieldsArgument]))
	for name := range changes {
		if _, declared := custom[name]; !declared && t.Field(name) == nil {
			custom[name] = tftypes.NewValue(tftypes.String, "null")
		}
	}
	if len(custom) > 0 {
		after[customFieldsArgument] = tftypes.NewValue(customFieldsType, custom)
	}
	if seen != nil {
		after, _ = t.refreshed(seen, after, true)
	}
	for _, c := range t.secrets() {
		if _, sent := changes[c.Name]; sent {
			after[c.attribute] = c.null()
		}
	}
	return after
}
