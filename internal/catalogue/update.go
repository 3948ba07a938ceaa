package catalogue

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// update sends the changes and looks out for other writers. A PATCH is not conditional in DemandFlow, and its answer names
// only its own writer; so the object is read once before, which shows who wrote since the refresh, and what.
func (t *table) update(ctx context.Context, client *demandflow.Client, changes demandflow.Object, state values) (demandflow.Object, diag.Diagnostics) {
	id := text(state[idAttribute])
	before, err := client.Get(ctx, t.Code, id)
	if err != nil {
		return nil, diag.Diagnostics{t.cannot("update", id, err)}
	}
	after, err := client.Update(ctx, t.Code, id, changes)
	if err != nil {
		return nil, diag.Diagnostics{t.cannot("update", id, err)}
	}
	return after, t.warnOfConcurrentEdit(changes, state, before, after)
}

// warnOfConcurrentEdit compares the versions of the state, of the object just before the write and of the answer. Anything
// but one step, ours, is somebody else's write.
func (t *table) warnOfConcurrentEdit(changes demandflow.Object, state values, before, after demandflow.Object) diag.Diagnostics {
	planned, err := versionOf(state)
	read, okBefore := before.Version()
	written, okAfter := after.Version()
	if err != nil || !okBefore || !okAfter {
		return nil
	}
	edit := concurrentEdit{id: after.ID(), others: written - planned - 1}
	if edit.others <= 0 {
		return nil
	}
	if read != planned {
		edit.writer = before.Text("updatedId")
	}
	for _, c := range t.columns {
		if !c.Writable() || c.Secret {
			continue
		}
		_, ours := changes[c.Name]
		switch {
		case ours && t.moved(c, before, state):
			edit.overwritten = append(edit.overwritten, c.attribute)
		case !ours && t.moved(c, after, state):
			edit.moved = append(edit.moved, c.attribute)
		}
	}
	declared := stringMap(state[customFieldsArgument])
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		said := customFieldsArgument + "." + name
		_, ours := changes[name]
		switch {
		case ours && customMoved(before[name], declared[name]):
			edit.overwritten = append(edit.overwritten, said)
		case !ours && customMoved(after[name], declared[name]):
			edit.moved = append(edit.moved, said)
		}
	}
	slices.Sort(edit.moved)
	slices.Sort(edit.overwritten)
	return diag.Diagnostics{t.concurrentEdit(edit)}
}

// moved says whether an object has another value than the state.
func (t *table) moved(c column, object demandflow.Object, state values) bool {
	now, err := c.value(object)
	return err != nil || !c.same(now, state[c.attribute])
}

// customMoved says whether an object has another value of a declared custom field than the state.
func customMoved(now any, before tftypes.Value) bool {
	document, err := json.Marshal(now)
	must(err)
	return !sameDocument(text(before), string(document))
}
