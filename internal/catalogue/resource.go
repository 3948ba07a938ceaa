package catalogue

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/fastpath"
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

func (r *entityResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	var diags diag.Diagnostics
	r.tenant, diags = TenantOf(req.ProviderData)
	resp.Diagnostics.Append(diags...)
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
	if resp.Diagnostics.HasError() {
		return
	}
	o := onceInCall(ctx, func() outcome { return r.plan(ctx, config, state, owned) })
	o.copyTo(ctx, &resp.Plan.Raw, resp.Identity, resp.Private, &resp.Diagnostics)
	if o.replace {
		resp.RequiresReplace.Append(path.Root(parentsArgument))
	}
}

func (r *entityResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	o := onceInCall(ctx, func() outcome { return r.create(ctx, valuesOf(req.Plan.Raw), valuesOf(req.Config.Raw)) })
	o.copyTo(ctx, &resp.State.Raw, resp.Identity, resp.Private, &resp.Diagnostics)
}

func (r *entityResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var unreadable diag.Diagnostics
	owned := loadOwned(ctx, req.Private, &unreadable)
	o := onceInCall(ctx, func() outcome {
		return r.read(ctx, valuesOf(req.State.Raw), identityOf(req.Identity), owned)
	})
	o.copyTo(ctx, &resp.State.Raw, resp.Identity, resp.Private, &resp.Diagnostics)
	if o.gone {
		resp.State.RemoveResource(ctx)
	}
	if o.state != nil {
		resp.Diagnostics.Append(unreadable...)
	}
}

func (r *entityResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	o := onceInCall(ctx, func() outcome {
		owned := loadOwned(ctx, req.Private, &resp.Diagnostics)
		return r.update(ctx, valuesOf(req.Plan.Raw), valuesOf(req.Config.Raw), valuesOf(req.State.Raw),
			identityOf(req.Identity), owned)
	})
	o.copyTo(ctx, &resp.State.Raw, resp.Identity, resp.Private, &resp.Diagnostics)
}

func (r *entityResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	o := onceInCall(ctx, func() outcome { return r.delete(ctx, valuesOf(req.State.Raw)) })
	resp.Diagnostics.Append(o.diags...)
}

// inForce returns the resource's table under the tenant's definition.
func (r *entityResource) inForce(ctx context.Context, diags *diag.Diagnostics) *table {
	table, err := r.tenant.inForce(ctx, r.base)
	if err != nil {
		diags.Append(r.base.noDefinition(err))
	}
	return table
}

// An outcome is the result of one call of Terraform for one instance: a read, a plan, a create, an update or a delete.
// It is computed once: resource.go returns it to the framework, fastpath.go to Terraform itself.
type outcome struct {
	state    values      // nil if it stays as it was
	identity values      // nil if it stays as it was
	owned    ownedFields // for private state; nil if it stays as it was
	gone     bool        // the object is no longer there
	replace  bool        // a plan replaces the object
	diags    diag.Diagnostics
}

type outcomeKey struct{}

// onceInCall computes an outcome once in a call of Terraform: if the fast path leaves the answer to the framework, the
// framework answers with the same outcome.
func onceInCall(ctx context.Context, compute func() outcome) outcome {
	return fastpath.Once(ctx, outcomeKey{}, compute)
}

// copyTo puts the outcome into the parts of a response of the framework. The caller adds whether the object is gone or
// replaced.
func (o outcome) copyTo(ctx context.Context, raw *tftypes.Value, identity *tfsdk.ResourceIdentity,
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
