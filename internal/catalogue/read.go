package catalogue

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/fastpath"
)

// get reads the object of a state: once in a call of Terraform's, whoever answers it.
func (t *table) get(ctx context.Context, client *demandflow.Client, state values) (demandflow.Object, error) {
	type answer struct {
		object demandflow.Object
		err    error
	}
	id := field.Text(state[idAttribute])
	got := fastpath.Once(ctx, id, func() answer {
		t.remind(client, state)
		object, err := client.Read(ctx, t.Code, id)
		return answer{object, err}
	})
	return got.object, got.err
}

// remind tells the client what a state knows of its object: its plain secrets, which DemandFlow may repeat in any
// message, and how far it was written, so that an answer of before is not believed.
func (t *table) remind(client *demandflow.Client, state values) {
	secrets := demandflow.Object{}
	for _, c := range t.secrets() {
		secrets[c.Name] = field.Text(state[c.attribute])
	}
	client.Conceal(t.Code, secrets)
	known := demandflow.Object{"entity": t.Code}
	for _, name := range append(t.keyFields(), "created", "updated") {
		if value := field.Text(state[t.column(name).attribute]); value != "" {
			known[name] = value
		}
	}
	if version, err := versionOf(state); err == nil {
		known["_df_version"] = json.Number(strconv.FormatInt(version, 10))
	}
	client.Know(known)
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
		value, err := c.Value(object)
		if err != nil {
			odd = append(odd, fmt.Sprintf("%s (%s): %s", c.attribute, c.Name, err))
		}
		if before, ok := prior[c.attribute]; ok && c.Keeps(before, value, object) {
			value = before
		} else if c.Secret && (!ok || before.IsNull()) {
			value = c.Null() // a secret enters state only where the configuration put one
		}
		state[c.attribute] = value
	}
	return state, odd
}
