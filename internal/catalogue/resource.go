package catalogue

import (
	"cmp"
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// entityResource is the resource of any entity.
type entityResource struct {
	base   *table // by the default definition
	schema schema.Schema
	tenant *Tenant
}

var (
	_ resource.ResourceWithConfigure      = (*entityResource)(nil)
	_ resource.ResourceWithValidateConfig = (*entityResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*entityResource)(nil)
	_ resource.ResourceWithIdentity       = (*entityResource)(nil)
	_ resource.ResourceWithImportState    = (*entityResource)(nil)
	_ resource.ResourceWithMoveState      = (*entityResource)(nil)
	_ resource.ResourceWithUpgradeState   = (*entityResource)(nil)
)

func (r *entityResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.base.TypeName()
}

func (r *entityResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.schema
}

func (r *entityResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.tenant = tenantOf(req.ProviderData)
}

func (r *entityResource) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest,
	resp *resource.ValidateConfigResponse) {
	config := valuesOf(req.Config.Raw)
	resp.Diagnostics.Append(r.base.validate(config)...)
	resp.Diagnostics.Append(r.base.validateArguments(config)...)
	if req.ClientCapabilities.WriteOnlyAttributesAllowed {
		resp.Diagnostics.Append(r.base.preferWriteOnly(config)...)
	}
}

func (r *entityResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse) {
	config, state := valuesOf(req.Config.Raw), valuesOf(req.State.Raw)
	if req.Plan.Raw.IsNull() || config == nil {
		return // a destroy plans nothing
	}
	owned := loadOwned(ctx, req.Private, &resp.Diagnostics)
	table := r.inForce(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if state == nil && table.definition == nil { // nothing has shown yet that the token is one
		if err := r.tenant.client.Authorized(ctx); err != nil {
			resp.Diagnostics.Append(table.notAuthorized(err))
			return
		}
	}
	planned, replaced, diags := table.planned(ctx, r.tenant, config, state, owned,
		r.tenant.takeRefresh(field.Text(state[idAttribute])))
	resp.Diagnostics.Append(diags...)
	if replaced {
		resp.RequiresReplace.Append(path.Root(parentsArgument))
		// by this the plan of the new object knows that it replaces one
		saveOwned(ctx, resp.Private, owned, &resp.Diagnostics)
	}
	resp.Plan.Raw = tftypes.NewValue(req.Plan.Raw.Type(), planned.raw())
}

func (r *entityResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan, config := valuesOf(req.Plan.Raw), valuesOf(req.Config.Raw)
	ctx, cancel := within(ctx, plan, req.Plan, timeouts.Value.Create, &resp.Diagnostics)
	defer cancel()
	table := r.inForce(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(table.validateWriteOnly(config)...) // what was not known before is now
	if resp.Diagnostics.HasError() {
		return
	}
	fields := table.write(plan, config, nil, nil)
	created, err := r.tenant.client.Create(ctx, demandflow.CreateRequest{Entity: table.Entity, Fields: fields,
		Parents: parentsOf(plan[parentsArgument])})
	if ambiguous, ok := errors.AsType[*demandflow.AmbiguousError](err); ok {
		resp.Diagnostics.Append(table.ambiguousCreate(ambiguous))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(table.cannot("create", table.title(fields), err))
		return
	}
	if created.Unread != nil {
		resp.Diagnostics.Append(table.notReadBack(created.ID(), created.Unread))
	} else {
		resp.Diagnostics.Append(table.warnOfOtherValues(r.tenant.client, fields, created.Object)...)
	}
	table.written(ctx, created.Object, plan, config, &resp.State, resp.Private, &resp.Diagnostics)
	identify(resp.Identity, valuesOf(resp.State.Raw), nil)
}

func (r *entityResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	prior, known := valuesOf(req.State.Raw), identityOf(req.Identity)
	ctx, cancel := within(ctx, prior, req.State, timeouts.Value.Read, &resp.Diagnostics)
	defer cancel()
	table := r.inForce(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id := field.Text(prior[idAttribute])
	object, err := table.get(ctx, r.tenant.client, prior)
	if notFound := err; demandflow.IsNotFound(notFound) {
		if resp.Diagnostics.Append(table.importsOther(ctx, r.tenant.client, prior)...); resp.Diagnostics.HasError() {
			return
		}
		tenant := cmp.Or(field.Text(prior[subscriptionAttribute]), field.Text(known[subscriptionAttribute]))
		if err = r.tenant.client.ConfirmGoneInRefresh(ctx, notFound, table.Code, id, tenant); err == nil {
			resp.Diagnostics.Append(table.gone(prior, notFound))
			identify(resp.Identity, prior, known) // also what is gone had one
			resp.State.RemoveResource(ctx)
			return
		}
	}
	if err != nil {
		resp.Diagnostics.Append(table.cannotRefresh(id, err))
		return
	}
	if diags := table.inOtherTenant(object, known); diags.HasError() {
		resp.Diagnostics.Append(diags...)
		return
	}
	state, unreadable := table.refreshed(object, prior, r.tenant.RefreshMetrics)
	r.tenant.noteRefresh(id)
	resp.Diagnostics.Append(table.unreadableValues(id, unreadable)...)
	resp.State.Raw = tftypes.NewValue(req.State.Raw.Type(), state.raw())
	identify(resp.Identity, state, known)
	if owned := loadOwned(ctx, req.Private, &resp.Diagnostics); len(owned) > 0 {
		saveOwned(ctx, resp.Private, table.stillSet(owned, state), &resp.Diagnostics)
	}
}

func (r *entityResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, state, config := valuesOf(req.Plan.Raw), valuesOf(req.State.Raw), valuesOf(req.Config.Raw)
	ctx, cancel := within(ctx, plan, req.Plan, timeouts.Value.Update, &resp.Diagnostics)
	defer cancel()
	table := r.inForce(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(table.validateWriteOnly(config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	table.informClient(r.tenant.client, state)
	owned := loadOwned(ctx, req.Private, &resp.Diagnostics)
	var object demandflow.Object
	// a difference of spelling alone is for the state, not for DemandFlow
	if changes := table.write(plan, config, state, owned); len(changes) > 0 {
		updated, diags := table.update(ctx, r.tenant.client, changes, state)
		resp.Diagnostics.Append(diags...)
		if updated.Sent {
			saveOwned(ctx, resp.Private, table.sentFor(owned, config, changes), &resp.Diagnostics)
		}
		if diags.HasError() {
			if updated.Sent {
				resp.State.Raw = tftypes.NewValue(resp.State.Raw.Type(), table.unconfirmed(state, changes, updated.Object).raw())
			}
			return
		}
		object = updated.Object
		if !updated.Pending {
			resp.Diagnostics.Append(table.warnOfOtherValues(r.tenant.client, changes, object)...)
		}
	}
	table.written(ctx, object, plan, config, &resp.State, resp.Private, &resp.Diagnostics)
	identify(resp.Identity, valuesOf(resp.State.Raw), identityOf(req.Identity))
}

func (r *entityResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := valuesOf(req.State.Raw)
	ctx, cancel := within(ctx, state, req.State, timeouts.Value.Delete, &resp.Diagnostics)
	defer cancel()
	table := r.base
	if field.Text(state[deletionPolicyArgument]) == archivePolicy { // what "archived" is called is the tenant's to say
		table = r.inForce(ctx, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	table.informClient(r.tenant.client, state)
	fate, err := table.remove(ctx, r.tenant.client, state)
	switch {
	case err != nil:
		resp.Diagnostics.Append(table.cannot("delete", field.Text(state[idAttribute]), err))
	case fate != "":
		resp.Diagnostics.Append(table.stillExists(table.titleOf(state), fate))
	}
}

// inForce returns the resource's table under the tenant's definition.
func (r *entityResource) inForce(ctx context.Context, diags *diag.Diagnostics) *table {
	table, err := r.tenant.inForce(ctx, r.base)
	if err != nil {
		diags.Append(r.base.noDefinition(err))
	}
	return table
}

// written puts a written object into the state and remembers which fields are now Terraform's.
func (t *table) written(
	ctx context.Context, object demandflow.Object, plan, config values, state *tfsdk.State, private privateState,
	diags *diag.Diagnostics,
) {
	filled, unreadable := t.fill(plan, object)
	fillArguments(filled, plan, object)
	diags.Append(t.unreadableValues(object.ID(), unreadable)...)
	state.Raw = tftypes.NewValue(state.Raw.Type(), filled.raw())
	saveOwned(ctx, private, t.configuredFields(config), diags)
}
