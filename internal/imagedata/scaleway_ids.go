package imagedata

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway"
)

// Words of descriptions for ids.
const (
	imageIDDoc   = "Id of the image: its UUID, or `region/UUID`, such as `fr-par/97acc09a-89cb-4c45-8b75-207be248b202`."
	namespaceDoc = "Name or id of the image's namespace, for a `name` that is in several. The id is a UUID, or " +
		"`region/UUID` as in `scaleway_registry_namespace.example.id`."
)

// checkScalewayIDs checks the arguments that name an image, so that a malformed one is no image that is missing. What
// is nil is not set. It is called where they are used and not where a configuration is validated: in a test with
// mock_provider an id is random text.
func checkScalewayIDs(region, imageID, namespace, name *string) (diags diag.Diagnostics) {
	if imageID != nil {
		if _, _, err := scaleway.Locate(or(region, ""), *imageID); err != nil {
			diags.AddAttributeError(path.Root(imageIDArgument), "Not an id", sentence(err))
		}
	}
	if namespace != nil && *namespace != "" {
		if _, _, _, err := scaleway.LocateNamespace(or(region, ""), *namespace); err != nil {
			diags.AddAttributeError(path.Root(namespaceArgument), "Not a namespace", sentence(err))
		}
	}
	if name != nil {
		if err := scaleway.CheckName(*name); err != nil {
			diags.AddAttributeError(path.Root(nameArgument), "Not a name", sentence(err))
		}
	}
	return diags
}

// known returns a configured value, nil for one that is not set or not known yet.
func known(value types.String) *string {
	if value.IsNull() || value.IsUnknown() {
		return nil
	}
	return new(value.ValueString())
}

// ModifyPlan checks the ids before anything is applied.
func (r *scalewayImage) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse) {
	if req.Config.Raw.IsNull() {
		return
	}
	var given [4]types.String
	for index, name := range []string{regionArgument, imageIDArgument, namespaceArgument, nameArgument} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), &given[index])...)
	}
	resp.Diagnostics.Append(checkScalewayIDs(known(given[0]), known(given[1]), known(given[2]), known(given[3]))...)
}

const otherIDDoc = "Another id is another image; with and without the region it is the same one."

// otherImage reports whether an id is not that of the state, with or without its region.
func otherImage(ctx context.Context, req planmodifier.StringRequest,
	resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	if mayBeTheSame(ctx, req, resp) || req.ConfigValue.IsNull() {
		return
	}
	var state scalewayImageState
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.RequiresReplace = !sameID(state.Region, state.ImageID, req.ConfigValue)
}

// sameID reports whether an id is that of an object in a region, whichever of the two has the region.
func sameID(region, id, given types.String) bool {
	_, have, errHave := scaleway.Locate(region.ValueString(), id.ValueString())
	_, want, errWant := scaleway.Locate(region.ValueString(), given.ValueString())
	return errHave == nil && errWant == nil && have == want
}
