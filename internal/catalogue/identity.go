package catalogue

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// identityType is what tells an object from every other one: its id, and the tenant that it is in. Terraform and
// OpenTofu ask for it from 1.12 on.
var identityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{idAttribute: tftypes.String,
	subscriptionAttribute: tftypes.String}}

// IdentitySchema is the same for every entity.
func (r *entityResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest,
	resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		idAttribute: identityschema.StringAttribute{
			RequiredForImport: true, Description: fmt.Sprintf("The %s's id.", r.base.Noun()),
		},
		subscriptionAttribute: identityschema.StringAttribute{
			OptionalForImport: true, Description: "The tenant (subscription) that it is in. An import checks that the " +
				"provider's token is of that tenant.",
		},
	}}
}

// identityOf opens an identity; nil where Terraform has none, as for a state that an older version wrote.
func identityOf(identity *tfsdk.ResourceIdentity) values {
	if identity == nil {
		return nil
	}
	return valuesOf(identity.Raw)
}

// identify sets an identity from a state.
func identify(identity *tfsdk.ResourceIdentity, state, known values) {
	identity.Raw = tftypes.NewValue(identityType, identityFrom(state, known).raw())
}

// identityFrom is the identity of a state. What the state does not have stays as it is known: a change would be an
// error.
func identityFrom(state, known values) values {
	now := values{}
	for _, name := range []string{idAttribute, subscriptionAttribute} {
		switch {
		case !state[name].IsNull():
			now[name] = state[name]
		case !known[name].IsNull():
			now[name] = known[name]
		default:
			now[name] = tftypes.NewValue(tftypes.String, nil)
		}
	}
	return now
}

// importIdentity checks the identity of an import block and puts its id into the state.
func (r *entityResource) importIdentity(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse) {
	given := identityOf(req.Identity)
	for _, name := range []string{idAttribute, subscriptionAttribute} {
		if s := text(given[name]); !isID(s) && !given[name].IsNull() {
			resp.Diagnostics.AddAttributeError(path.Root(name), "Invalid "+name,
				fmt.Sprintf("%q is not a UUID. Write it as the attribute %s of any object has it.", s, name))
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	id, subscription := strings.ToLower(text(given[idAttribute])), strings.ToLower(text(given[subscriptionAttribute]))
	// Where the token may not find out its tenant, the object itself tells, when it is read.
	if ours, err := r.tenant.client.Subscription(ctx); err == nil && subscription != "" &&
		!strings.EqualFold(ours, subscription) {
		resp.Diagnostics.Append(r.base.otherTenant(id, subscription, ours))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(idAttribute), id)...)
	if subscription != "" {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(subscriptionAttribute), subscription)...)
	}
	identify(resp.Identity, valuesOf(resp.State.Raw), nil)
}

// inOtherTenant compares the tenant of an object with the one that its identity names.
func (t *table) inOtherTenant(object demandflow.Object, known values) diag.Diagnostics {
	theirs, ours := text(known[subscriptionAttribute]), object.Text("subscription")
	if theirs == "" || ours == "" || strings.EqualFold(theirs, ours) {
		return nil
	}
	return diag.Diagnostics{t.otherTenant(object.ID(), theirs, ours)}
}
