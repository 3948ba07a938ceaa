package catalogue

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/fastpath"
)

// An outcome is what comes of one call of Terraform's for one instance: a read, a plan, a create, an update or a
// delete. It is worked out once. resource.go gives it to the framework, fastpath.go to Terraform itself.
type outcome struct {
	state    values      // nil where it stays as it was
	identity values      // nil where it stays as it was
	owned    ownedFields // to be remembered; nil where what is remembered stays as it was
	gone     bool        // the object is no longer there
	replace  bool        // a plan replaces the object
	diags    diag.Diagnostics
}

type outcomeKey struct{}

// onceInCall works an outcome out once in a call of Terraform's: where the fast path leaves the answer to the
// framework, that answers with the same outcome.
func onceInCall(ctx context.Context, workOut func() outcome) outcome {
	return fastpath.Once(ctx, outcomeKey{}, workOut)
}

// answer puts the outcome into the parts of a response of the framework's. Whether the object is gone or replaced is
// the caller's to put there.
func (o outcome) answer(ctx context.Context, raw *tftypes.Value, identity *tfsdk.ResourceIdentity,
	private privateState, diags *diag.Diagnostics) {
	diags.Append(o.diags...)
	if o.state != nil {
		*raw = tftypes.NewValue(raw.Type(), o.state.raw())
	}
	if o.identity != nil {
		identity.Raw = tftypes.NewValue(identityType, o.identity.raw())
	}
	if o.owned != nil {
		saveOwned(ctx, private, o.owned, diags)
	}
}

// plan returns what is planned. state is nil for a create.
func (r *entityResource) plan(ctx context.Context, config, state values, owned ownedFields) (o outcome) {
	table := r.inForce(ctx, &o.diags)
	if o.diags.HasError() {
		return o
	}
	if state == nil && table.definition == nil { // nothing has shown yet that the token is one
		if err := r.tenant.client.Authorized(ctx); err != nil {
			o.diags.Append(table.notAuthorized(err))
			return o
		}
	}
	refreshed := r.tenant.takeRefresh(field.Text(state[idAttribute]))
	planned, replace, diags := table.planned(ctx, r.tenant, config, state, owned, refreshed)
	o.state, o.replace = planned, replace
	o.diags.Append(diags...)
	if o.replace { // by this the plan of the new object knows that it replaces one
		o.owned = append(ownedFields{}, owned...)
	}
	return o
}

// read returns the object as it is now. prior is the state before, known its identity.
func (r *entityResource) read(ctx context.Context, prior, known values, owned ownedFields) (o outcome) {
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
		tenant := cmp.Or(field.Text(prior[subscriptionAttribute]), field.Text(known[subscriptionAttribute]))
		if err = r.tenant.client.ConfirmGoneInRefresh(ctx, notFound, table.Code, id, tenant); err == nil {
			o.diags.Append(table.gone(prior, notFound))
			o.identity, o.gone = identityFrom(prior, known), true // also what is gone had one
			return o
		}
	}
	if err != nil {
		o.diags.Append(table.cannotRefresh(id, err))
		return o
	}
	if diags := table.inOtherTenant(object, known); diags.HasError() {
		o.diags.Append(diags...)
		return o
	}
	state, unreadable := table.refreshed(object, prior, r.tenant.RefreshMetrics)
	r.tenant.noteRefresh(id)
	o.diags.Append(table.unreadableValues(id, unreadable)...)
	o.state, o.identity = state, identityFrom(state, known)
	if kept := table.stillSet(owned, state); !slices.Equal(kept, owned) {
		o.owned = kept
	}
	return o
}

func (r *entityResource) create(ctx context.Context, plan, config values) (o outcome) {
	ctx, cancel := within(ctx, plan, "create", &o.diags)
	defer cancel()
	table := r.inForce(ctx, &o.diags)
	if o.diags.HasError() {
		return o
	}
	o.diags.Append(table.validateWriteOnly(config)...) // what was not known before is now
	if o.diags.HasError() {
		return o
	}
	fields := table.write(plan, config, nil, nil)
	created, err := r.tenant.client.Create(ctx, demandflow.CreateRequest{Entity: table.Entity, Fields: fields,
		Parents: parentsOf(plan[parentsArgument])})
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

func (r *entityResource) update(ctx context.Context, plan, config, state, known values,
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
	// a difference of spelling alone is for the state, not for DemandFlow
	if changes := table.write(plan, config, state, owned); len(changes) > 0 {
		updated, diags := table.update(ctx, r.tenant.client, changes, state)
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
	table.written(&o, object, plan, config, known)
	return o
}

// written completes the outcome of a write: the state, and which fields are now Terraform's.
func (t *table) written(o *outcome, object demandflow.Object, plan, config, known values) {
	filled, unreadable := t.fill(plan, object)
	fillArguments(filled, plan, object)
	o.diags.Append(t.unreadableValues(object.ID(), unreadable)...)
	o.state, o.identity, o.owned = filled, identityFrom(filled, known), t.configuredFields(config)
}

func (r *entityResource) delete(ctx context.Context, state values) (o outcome) {
	ctx, cancel := within(ctx, state, "delete", &o.diags)
	defer cancel()
	table := r.base
	if field.Text(state[deletionPolicyArgument]) == archivePolicy { // what "archived" is called is the tenant's to say
		table = r.inForce(ctx, &o.diags)
	}
	if o.diags.HasError() {
		return o
	}
	table.informClient(r.tenant.client, state)
	fate, err := table.remove(ctx, r.tenant.client, state)
	switch {
	case err != nil:
		o.diags.Append(table.cannot("delete", field.Text(state[idAttribute]), err))
		return o
	case fate != "":
		o.diags.Append(table.stillExists(table.titleOf(state), fate))
	}
	o.gone = true
	return o
}
