package catalogue

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// get reads the object of a state.
func (t *table) get(ctx context.Context, client *demandflow.Client, state values) (demandflow.Object, error) {
	t.remind(client, state)
	return client.Read(ctx, t.Code, text(state[idAttribute]))
}

// remind tells the client what a state knows of its object: its plain secrets, which DemandFlow may repeat in any
// message, and how far it was written, so that an answer of before is not believed.
func (t *table) remind(client *demandflow.Client, state values) {
	secrets := demandflow.Object{}
	for _, c := range t.secrets() {
		secrets[c.Name] = text(state[c.attribute])
	}
	client.AddSecrets(t.Code, secrets)
	known := demandflow.Object{"entity": t.Code}
	for _, name := range append(t.keyFields(), "created", "updated") {
		if value := text(state[t.column(name).attribute]); value != "" {
			known[name] = value
		}
	}
	if version, err := versionOf(state); err == nil {
		known["_df_version"] = json.Number(strconv.FormatInt(version, 10))
	}
	client.SetKnown(known)
}

// refreshed is the state before under what an object says now, its arguments beside the table included. Without
// metrics, those stay as the state has them where nothing else has moved.
func (t *table) refreshed(object demandflow.Object, prior values, metrics bool) (values, []string) {
	state, odd := t.read(object, prior)
	t.readArguments(state, prior, object)
	if !metrics {
		t.keepMetrics(state, prior)
	}
	return state, odd
}

// keepMetrics gives a state its metrics of before, unless something else in it has moved.
func (t *table) keepMetrics(state, prior values) {
	kept := maps.Clone(state)
	for _, c := range t.columns {
		if c.Metric {
			kept[c.attribute] = prior[c.attribute]
		}
	}
	if kept.equal(prior) {
		maps.Copy(state, kept)
	}
}

// read is an object as state, given the state before (nil for none). Where both mean the same, the spelling of the
// state before stays, because it is the user's. The second result names the fields that could not be understood; they
// are null.
func (t *table) read(object demandflow.Object, prior values) (values, []string) {
	state := make(values, len(t.columns))
	var odd []string
	for _, c := range t.columns {
		value, err := c.value(object)
		if err != nil {
			odd = append(odd, fmt.Sprintf("%s (%s): %s", c.attribute, c.Name, err))
		}
		if before, ok := prior[c.attribute]; ok && c.keeps(before, value, object) {
			value = before
		} else if c.Secret && (!ok || before.IsNull()) {
			value = c.null() // a secret enters state only where the configuration put one
		}
		state[c.attribute] = value
	}
	return state, odd
}

// value is the column's value in an object.
func (c column) value(object demandflow.Object) (tftypes.Value, error) {
	if c.derived {
		return c.derive(object), nil
	}
	return c.decode(object[c.Name])
}

// keeps reports whether state keeps what it has in the face of what the API says. A secret is planned to the letter, so
// that a line end that got into it can be corrected; but DemandFlow may well trim that of a key, and then it stays
// where it is.
func (c column) keeps(before, now tftypes.Value, object demandflow.Object) bool {
	return demandflow.Hidden(c.Field, object) || c.same(before, now) ||
		c.Secret && demandflow.CanonicalText(text(before)) == demandflow.CanonicalText(text(now)) && !before.IsNull()
}

// fill is the state after a write: the plan, with only its unknowns taken from the answer. A metric that moved between
// the refresh and the write must not surprise Terraform; the next refresh brings it in.
func (t *table) fill(plan values, object demandflow.Object) (values, []string) {
	state := make(values, len(t.columns))
	var odd []string
	for _, c := range t.columns {
		value := plan[c.attribute]
		if !value.IsFullyKnown() {
			var err error
			if value, err = c.value(object); err != nil {
				odd = append(odd, fmt.Sprintf("%s (%s): %s", c.attribute, c.Name, err))
			}
		}
		state[c.attribute] = value
	}
	return state, odd
}

// changes are the fields that a write must send: those whose planned value means something else than the state's, null
// for a field to clear. Without a state (create) that is every field that is set.
func (t *table) changes(plan, state values) demandflow.Object {
	fields := demandflow.Object{}
	for _, c := range t.columns {
		planned := plan[c.attribute]
		if !c.Writable() || !planned.IsFullyKnown() {
			continue
		}
		before, ok := state[c.attribute]
		if !ok {
			before = c.null()
		}
		if !c.same(planned, before) {
			fields[c.Name] = c.encode(planned)
		}
	}
	return fields
}

// titleOf is the title of an object in a state.
func (t *table) titleOf(state values) string {
	object := t.changes(state, nil)
	object[idAttribute] = text(state[idAttribute])
	return t.title(object)
}

// name is how people call an object: the most telling of its natural keys that it has, else its id.
func (t *table) name(object demandflow.Object) string {
	return append(t.names(object), object.ID())[0]
}

// names are an object's natural keys, as far as it has them.
func (t *table) names(object demandflow.Object) []string {
	var names []string
	for _, key := range t.Keys {
		var parts []string
		for _, field := range key.Fields {
			if part := object.Text(field); part != "" {
				parts = append(parts, part)
			}
		}
		if name := strings.Join(parts, ":"); len(parts) == len(key.Fields) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// title is how people recognise an object in a list: its natural keys, then its id.
func (t *table) title(object demandflow.Object) string {
	name := strings.Join(t.names(object), ", ")
	switch {
	case object.ID() == "":
		return name
	case name == "":
		return object.ID()
	}
	return fmt.Sprintf("%s (id %s)", name, object.ID())
}

// described is title with what people tell objects of one name apart by: the status, and when the object was created.
func (t *table) described(object demandflow.Object) string {
	created, _ := demandflow.Time(object["created"])
	name, about := strings.Join(t.names(object), ", "), t.about(object.ID(), object.Text(t.Archive.Field), created)
	return strings.TrimPrefix(name+" ("+about+")", " ")
}

// about are an object's id, its status by its label, and when it was created, as far as they are known.
func (t *table) about(id, status string, created time.Time) string {
	parts := []string{"id " + id}
	if status != "" {
		parts = append(parts, t.column(t.Archive.Field).Options.Label(status))
	}
	if !created.IsZero() {
		parts = append(parts, "created "+created.Format(time.RFC3339))
	}
	return strings.Join(parts, ", ")
}
