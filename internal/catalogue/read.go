package catalogue

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// read refreshes an instance. prior and identity are those before.
func (r *entityResource) read(ctx context.Context, prior, identity values, owned ownedFields) (o outcome) {
	ctx, cancel := within(ctx, prior, "read", &o.diags)
	defer cancel()
	table := r.inForce(ctx, &o.diags)
	if o.diags.HasError() {
		return o
	}
	id := field.Text(prior[idAttribute])
	object, err := table.get(ctx, r.tenant.client, prior)
	if notFound := err; demandflow.IsNotFound(notFound) {
		if o.diags.Append(table.importsOther(ctx, r.tenant.client, prior)...); o.diags.HasError() {
			return o
		}
		tenant := cmp.Or(field.Text(prior[subscriptionAttribute]), field.Text(identity[subscriptionAttribute]))
		if err = r.tenant.client.ConfirmGoneInRefresh(ctx, notFound, table.Code, id, tenant); err == nil {
			o.diags.Append(table.gone(prior, notFound))
			o.identity, o.gone = identityFrom(prior, identity), true // a deleted object has one too
			return o
		}
	}
	if err != nil {
		o.diags.Append(table.cannotRefresh(id, err))
		return o
	}
	if diags := table.inOtherTenant(object, identity); diags.HasError() {
		o.diags.Append(diags...)
		return o
	}
	state, unreadable := table.refreshed(object, prior, r.tenant.RefreshMetrics)
	r.tenant.noteRefresh(id)
	o.diags.Append(table.unreadableValues(id, unreadable)...)
	o.state, o.identity = state, identityFrom(state, identity)
	if kept := table.stillSet(owned, state); !slices.Equal(kept, owned) {
		o.owned = kept
	}
	return o
}

// get reads the object of a state.
func (t *table) get(ctx context.Context, client *demandflow.Client, state values) (demandflow.Object, error) {
	t.informClient(client, state)
	return client.Read(ctx, t.Code, field.Text(state[idAttribute]))
}

// informClient passes parts of a state to the client: plain secrets, so that they are redacted in messages, and the
// version, so that an older response is not accepted.
func (t *table) informClient(client *demandflow.Client, state values) {
	secrets := demandflow.Object{}
	for _, c := range t.secrets() {
		secrets[c.Name] = field.Text(state[c.attribute])
	}
	client.AddSecrets(t.Code, secrets)
	known := demandflow.Object{"entity": t.Code}
	for _, name := range append(t.keyFields(), "created", "updated", "subscription") {
		if value := field.Text(state[t.column(name).attribute]); value != "" {
			known[name] = value
		}
	}
	if version, err := versionOf(state); err == nil {
		known["_df_version"] = json.Number(strconv.FormatInt(version, 10))
	}
	client.SetKnown(known)
}

// refreshed returns the state of an object as it is now, with the arguments beside the table. Without metrics, those
// stay as the state has them if nothing else has changed.
func (t *table) refreshed(object demandflow.Object, prior values, metrics bool) (values, []string) {
	state, unreadable := t.readFields(object, prior)
	t.readArguments(state, prior, object)
	if !metrics {
		t.keepMetrics(state, prior)
	}
	return state, unreadable
}

// keepMetrics keeps the metrics of the state before, unless another value has changed.
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

// readFields returns an object as state, given the state before (nil for none). Where both mean the same, the spelling
// of the state before stays, because it is the user's. The second result names the fields that could not be understood;
// they are null.
func (t *table) readFields(object demandflow.Object, prior values) (values, []string) {
	state := make(values, len(t.columns))
	var unreadable []string
	for _, c := range t.columns {
		value, err := c.Value(object)
		if err != nil {
			unreadable = append(unreadable, fmt.Sprintf("%s (%s): %s", c.attribute, c.Name, err))
		}
		if before, ok := prior[c.attribute]; ok && c.Keeps(before, value, object) {
			value = before
		} else if c.Secret {
			value = c.Null() // a secret enters the state only from the configuration
		}
		state[c.attribute] = value
	}
	return state, unreadable
}
