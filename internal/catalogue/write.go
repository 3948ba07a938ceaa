package catalogue

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

func (r *entityResource) create(ctx context.Context, plan, config values) (o outcome) {
	ctx, cancel := within(ctx, plan, "create", &o.diags)
	defer cancel()
	table := r.inForce(ctx, &o.diags)
	if o.diags.HasError() {
		return o
	}
	o.diags.Append(table.validateWriteOnly(config)...) // all values are known now
	if o.diags.HasError() {
		return o
	}
	fields := table.write(plan, config, nil, nil)
	created, err := r.tenant.client.Create(ctx, demandflow.CreateRequest{Entity: table.Entity, Fields: fields,
		Parents: field.Parents(plan[parentsArgument])})
	if ambiguous, ok := errors.AsType[*demandflow.AmbiguousError](err); ok {
		o.diags.Append(table.ambiguousCreate(ambiguous))
		return o
	}
	if err != nil {
		o.diags.Append(table.cannot("create", table.title(fields), err))
		return o
	}
	if created.Unread != nil {
		o.diags.Append(table.notReadBack(created.ID(), created.Unread))
	} else {
		o.diags.Append(table.warnOfOtherValues(r.tenant.client, fields, created.Object)...)
	}
	table.written(&o, created.Object, plan, config, nil)
	return o
}

func (r *entityResource) update(ctx context.Context, plan, config, state, identity values,
	owned ownedFields) (o outcome) {
	ctx, cancel := within(ctx, plan, "update", &o.diags)
	defer cancel()
	table := r.inForce(ctx, &o.diags)
	if o.diags.HasError() {
		return o
	}
	o.diags.Append(table.validateWriteOnly(config)...)
	if o.diags.HasError() {
		return o
	}
	table.informClient(r.tenant.client, state)
	var object demandflow.Object
	// a difference of spelling alone changes the state, and nothing is sent
	if changes := table.write(plan, config, state, owned); len(changes) > 0 {
		own := r.tenant.writesOf(field.Text(state[idAttribute]))
		own.mutex.Lock() // the update of another block of the same object comes before or after
		updated, diags := table.patch(ctx, r.tenant.client, changes, state, own)
		own.mutex.Unlock()
		o.diags.Append(diags...)
		if updated.Sent {
			o.owned = append(ownedFields{}, table.sentFor(owned, config, changes)...)
		}
		if diags.HasError() {
			if updated.Sent {
				o.state = table.unconfirmed(state, changes, updated.Object)
			}
			return o
		}
		object = updated.Object
		if !updated.Pending {
			o.diags.Append(table.warnOfOtherValues(r.tenant.client, changes, object)...)
		}
	}
	table.written(&o, object, plan, config, identity)
	return o
}

// written completes the outcome of a write: the state, and which fields are now Terraform's.
func (t *table) written(o *outcome, object demandflow.Object, plan, config, identity values) {
	filled, unreadable := t.fill(plan, object)
	fillArguments(filled, plan, object)
	o.diags.Append(t.unreadableValues(object.ID(), unreadable)...)
	o.state, o.identity, o.owned = filled, identityFrom(filled, identity), t.configuredFields(config)
}

// write returns everything that a create (state nil) or an update sends.
func (t *table) write(plan, config, state values, owned ownedFields) demandflow.Object {
	fields := t.changes(plan, state)
	t.addWriteOnly(fields, plan, config, state, owned)
	return fields
}

// changes returns the fields that a write must send: those whose planned value means something else than the state's,
// null for a field to clear. Without a state (create) that is every field that is set.
func (t *table) changes(plan, state values) demandflow.Object {
	fields := demandflow.Object{}
	for _, c := range t.allColumns(declaredIn(plan, state)) {
		if planned := c.in(plan); c.Writable() && planned.IsFullyKnown() && t.moves(c, plan, state) {
			fields[c.Name] = c.Encode(planned)
		}
	}
	return fields
}

// moves reports whether a plan changes a field. A custom field that the tenant no longer takes cannot be cleared.
func (t *table) moves(c column, plan, state values) bool {
	planned := c.in(plan)
	return c.clearsUnseen(planned, state) ||
		!c.Same(planned, c.in(state)) && (!c.Custom || !planned.IsNull() || t.refusal(c) == "")
}

// patch sends the changes and detects other writers. A PATCH is not conditional in DemandFlow, and its answer
// names only its own writer; so the object is read once before, which shows what was written since the refresh, and by
// whom. own are this run's earlier writes of the object.
func (t *table) patch(ctx context.Context, client *demandflow.Client, changes demandflow.Object,
	state values, own *ownWrites) (demandflow.Updated, diag.Diagnostics) {
	id := field.Text(state[idAttribute])
	before, err := client.Get(ctx, t.Code, id)
	if notFound := err; demandflow.IsNotFound(notFound) {
		if err = client.ConfirmGone(ctx, notFound, t.Code, id, field.Text(state[subscriptionAttribute])); err == nil {
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
	diags := t.warnOfConcurrentEdit(changes, state, before, after, own)
	own.add(after)
	if after.Pending {
		diags.Append(t.pending(id))
	}
	return after, diags
}

// unconfirmed returns the state after an update that was sent and has failed: what DemandFlow has, or where that could
// not be read (seen is nil) what it had before. It keeps in mind what the update was sent for: a secret is not known
// any more, and a custom field that was declared for the first time is in the state, so that a later plan clears it
// where the configuration has given it up.
func (t *table) unconfirmed(state values, changes, seen demandflow.Object) values {
	after := maps.Clone(state)
	custom := map[string]tftypes.Value{}
	maps.Copy(custom, field.Map(state[customFieldsArgument]))
	for _, name := range t.customIn(changes) {
		if _, declared := custom[name]; !declared {
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
			after[c.attribute] = c.Null()
		}
	}
	return after
}

// warnOfOtherValues warns of the fields that DemandFlow stored with other values than a write sent: cut, in lower case,
// not at all. The state must have what was planned, and the plan comes back at each run, so a warning explains it. A
// difference of spelling alone is not reported.
func (t *table) warnOfOtherValues(client *demandflow.Client, sent, answer demandflow.Object) diag.Diagnostics {
	var lines []string
	for _, c := range t.allColumns(t.customIn(sent)) {
		if value, ok := sent[c.Name]; ok {
			if difference := c.Difference(value, answer); difference != "" {
				lines = append(lines, c.attribute+": "+difference)
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return diag.Diagnostics{t.otherValuesStored(client.Redact(t.title(answer)),
		client.Redact(strings.Join(lines, "\n  ")))}
}

// fill returns the state after a write: the plan, with only its unknowns taken from the answer. A metric that moved
// between the refresh and the write must not surprise Terraform; the next refresh brings it in.
func (t *table) fill(plan values, object demandflow.Object) (values, []string) {
	state := make(values, len(t.columns))
	var unreadable []string
	for _, c := range t.columns {
		value := plan[c.attribute]
		if !value.IsFullyKnown() {
			var err error
			if value, err = c.Value(object); err != nil {
				unreadable = append(unreadable, fmt.Sprintf("%s (%s): %s", c.attribute, c.Name, err))
			}
		}
		state[c.attribute] = value
	}
	return state, unreadable
}
