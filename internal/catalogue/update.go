package catalogue

import (
	"context"
	"encoding/json"
	"fmt"
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
	if notFound := err; demandflow.IsNotFound(notFound) {
		if err = client.Gone(ctx, notFound, text(state[subscriptionAttribute])); err == nil {
			err = fmt.Errorf("%w\n%s", notFound, demandflow.WasDeleted)
		}
	}
	if err != nil {
		return nil, diag.Diagnostics{t.cannot("update", id, err)}
	}
	after, err := client.Update(ctx, t.Code, id, changes)
	if err != nil {
		return nil, diag.Diagnostics{t.cannot("update", id, err)}
	}
	return after.Object, t.warnOfConcurrentEdit(changes, state, before, after)
}

// warnOfConcurrentEdit compares the versions of the state, of the object just before the write and of the answer. Anything
// but one step, ours, is somebody else's write, or an attempt of ours whose answer was lost.
func (t *table) warnOfConcurrentEdit(changes demandflow.Object, state values, before demandflow.Object, after demandflow.Updated) diag.Diagnostics {
	planned, err := versionOf(state)
	read, okBefore := before.Version()
	written, okAfter := after.Version()
	if err != nil || !okBefore || !okAfter {
		return nil
	}
	read = max(read, planned) // what was read before the write may lag behind what the refresh saw
	edit := concurrentEdit{id: after.ID(), seen: read - planned, unseen: written - read - 1, attempts: after.Attempts}
	if edit.others() <= 0 {
		return nil
	}
	if edit.seen > 0 {
		edit.writer = before.Text("updatedId")
		edit.ourUser = edit.writer != "" && edit.writer == after.Text("updatedId")
	}
	for _, c := range t.columns {
		_, ours := changes[c.Name]
		seen := after.Object
		if ours { // what is sent stands there afterwards, whoever wrote what before
			seen = before
			edit.sent = append(edit.sent, c.attribute)
		}
		switch {
		case !c.Writable():
		case c.Secret && (state[c.attribute].IsNull() || demandflow.Hidden(c.Field, seen)):
			unchanged := !demandflow.Hidden(c.Field, before) && before[c.Name] == changes[c.Name]
			if ours && edit.seen > 0 && !unchanged {
				edit.uncertain = append(edit.uncertain, c.attribute)
			}
		case !t.moved(c, seen, state):
		case ours:
			edit.overwritten = append(edit.overwritten, c.attribute)
		default:
			edit.moved = append(edit.moved, c.attribute)
		}
	}
	t.compareCustom(&edit, changes, state, before, after.Object)
	for _, list := range [][]string{edit.moved, edit.overwritten, edit.uncertain, edit.sent} {
		slices.Sort(list)
	}
	return diag.Diagnostics{t.concurrentEdit(edit)}
}

// compareCustom adds the custom fields that the state declares, and those that this update sends for the first time: of
// these the state has nothing to compare with.
func (t *table) compareCustom(edit *concurrentEdit, changes demandflow.Object, state values, before, after demandflow.Object) {
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
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		if slices.ContainsFunc(t.columns, func(c column) bool { return c.Name == name }) {
			continue
		}
		said := customFieldsArgument + "." + name
		edit.sent = append(edit.sent, said)
		if _, known := declared[name]; !known && edit.seen > 0 && !demandflow.Unset(before[name]) {
			edit.uncertain = append(edit.uncertain, said)
		}
	}
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
