package imagedata

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const otherNamespaceDoc = "Another namespace is another image."

// otherNamespace reports whether a namespace is not that of the state, by whichever of name and id it is named.
func otherNamespace(ctx context.Context, req planmodifier.StringRequest,
	resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	if mayBeTheSame(ctx, req, resp) {
		return
	}
	var state scalewayImageState
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	given := req.ConfigValue.ValueString()
	resp.RequiresReplace = !req.ConfigValue.IsNull() && !sameID(state.Region, state.NamespaceID, req.ConfigValue) &&
		!strings.HasSuffix(state.Repository.ValueString(), "/"+given+"/"+state.Name.ValueString())
}

// mayBeTheSame reports whether a value is not known yet and that a replacement would delete the image for good.
func mayBeTheSame(ctx context.Context, req planmodifier.StringRequest,
	resp *stringplanmodifier.RequiresReplaceIfFuncResponse) bool {
	var deletes types.Bool
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root(deleteOnDestroyArgument), &deletes)...)
	return req.ConfigValue.IsUnknown() && deletes.ValueBool()
}

// otherSpelling replaces an object when a configured value is not the same as that of the state in another spelling.
func otherSpelling(same func(a, b string) bool) planmodifier.String {
	const doc = "Another value is another image."
	return stringplanmodifier.RequiresReplaceIf(func(ctx context.Context, req planmodifier.StringRequest,
		resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		if mayBeTheSame(ctx, req, resp) {
			return
		}
		resp.RequiresReplace = !req.ConfigValue.IsNull() && !same(req.StateValue.ValueString(), req.ConfigValue.ValueString())
	}, doc, doc)
}
