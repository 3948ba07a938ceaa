package catalogue

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// entityResource is the resource of any entity.
type entityResource struct {
	table  *table
	schema schema.Schema
	client *demandflow.Client
}

var (
	_ resource.ResourceWithConfigure      = (*entityResource)(nil)
	_ resource.ResourceWithValidateConfig = (*entityResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*entityResource)(nil)
	_ resource.ResourceWithImportState    = (*entityResource)(nil)
)

func (r *entityResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.table.TypeName()
}

func (r *entityResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.schema
}

func (r *entityResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.client, _ = req.ProviderData.(*demandflow.Client)
}

func (r *entityResource) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	resp.Diagnostics.Append(r.table.validate(valuesOf(req.Config.Raw))...)
}

func (r *entityResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	config := valuesOf(req.Config.Raw)
	if req.Plan.Raw.IsNull() || config == nil {
		return // a destroy plans nothing
	}
	owned := loadOwned(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	planned := r.table.plan(config, valuesOf(req.State.Raw), owned)
	resp.Plan.Raw = tftypes.NewValue(req.Plan.Raw.Type(), planned.raw())
}

func (r *entityResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := valuesOf(req.Plan.Raw)
	fields := r.table.changes(plan, nil)
	object, err := r.client.Create(ctx, demandflow.CreateRequest{Entity: r.table.Entity, Fields: fields})
	if ambiguous, ok := errors.AsType[*demandflow.AmbiguousError](err); ok {
		resp.Diagnostics.Append(r.table.ambiguousCreate(ambiguous))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(r.table.cannot("create", r.table.title(fields), err))
		return
	}
	r.written(ctx, object, plan, valuesOf(req.Config.Raw), &resp.State, resp.Private, &resp.Diagnostics)
}

func (r *entityResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	prior := valuesOf(req.State.Raw)
	id := text(prior[idAttribute])
	object, err := r.client.Get(ctx, r.table.Code, id)
	if demandflow.IsNotFound(err) {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(r.table.cannot("read", id, err))
		return
	}
	state, odd := r.table.read(object, prior)
	resp.Diagnostics.Append(r.table.oddValues(id, odd)...)
	resp.State.Raw = tftypes.NewValue(req.State.Raw.Type(), state.raw())
	if owned := loadOwned(ctx, req.Private, &resp.Diagnostics); len(owned) > 0 {
		saveOwned(ctx, resp.Private, r.table.stillSet(owned, state), &resp.Diagnostics)
	}
}

func (r *entityResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, state := valuesOf(req.Plan.Raw), valuesOf(req.State.Raw)
	id := text(state[idAttribute])
	changes := r.table.changes(plan, state)
	var object demandflow.Object
	if len(changes) > 0 { // a difference of spelling alone is for the state, not for DemandFlow
		var err error
		if object, err = r.client.Update(ctx, r.table.Code, id, changes); err != nil {
			resp.Diagnostics.Append(r.table.cannot("update", id, err))
			return
		}
		resp.Diagnostics.Append(r.table.warnOfConcurrentEdit(plan, state, object)...)
	}
	r.written(ctx, object, plan, valuesOf(req.Config.Raw), &resp.State, resp.Private, &resp.Diagnostics)
}

func (r *entityResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	id := text(valuesOf(req.State.Raw)[idAttribute])
	if err := r.client.Delete(ctx, r.table.Code, id); err != nil && !demandflow.IsNotFound(err) {
		resp.Diagnostics.Append(r.table.cannot("delete", id, err))
	}
}

// written puts a written object into the state and remembers which fields are now Terraform's.
func (r *entityResource) written(
	ctx context.Context, object demandflow.Object, plan, config values, state *tfsdk.State, private privateState, diags *diag.Diagnostics,
) {
	filled, odd := r.table.fill(plan, object)
	diags.Append(r.table.oddValues(object.ID(), odd)...)
	state.Raw = tftypes.NewValue(state.Raw.Type(), filled.raw())
	saveOwned(ctx, private, r.table.configuredFields(config), diags)
}

// warnOfConcurrentEdit compares the version of the answer with the one that one write of ours would have made.
func (t *table) warnOfConcurrentEdit(plan, state values, object demandflow.Object) diag.Diagnostics {
	read, err := versionOf(state)
	written, ok := object.Version()
	if err != nil || !ok || written == read+1 {
		return nil
	}
	var moved []string
	for _, c := range t.columns {
		if !c.Writable() || c.Secret {
			continue
		}
		if now, err := c.value(object); err != nil || !c.same(now, plan[c.attribute]) && plan[c.attribute].IsFullyKnown() {
			moved = append(moved, c.attribute)
		}
	}
	return diag.Diagnostics{t.concurrentEdit(object.ID(), read, written, moved)}
}
