package imagedata

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const nameArgument = "name"

// namedImageModel is the state of an image that its place knows by a name of its own. The shape's platform is the one
// that was asked for, in its spelling.
type namedImageModel struct {
	image.Image
	Name         string   `tfsdk:"name"`
	Exists       bool     `tfsdk:"exists"`
	Include      []string `tfsdk:"include"`
	AllowMissing *bool    `tfsdk:"allow_missing"`
}

type namedImageArguments struct {
	Name         string   `tfsdk:"name"`
	Platform     *string  `tfsdk:"platform"`
	Include      []string `tfsdk:"include"`
	AllowMissing *bool    `tfsdk:"allow_missing"`
}

// readNamed answers with the image that look finds in a source. The error of look is the source's, diagnostics are all
// else that there is to say.
func readNamed(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse, source string,
	look func(given namedImageArguments) (*image.Image, diag.Diagnostics, error),
) {
	var given namedImageArguments
	resp.Diagnostics.Append(arguments(ctx, req.Config, &given)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, diags, err := look(given)
	resp.Diagnostics.Append(diags...)
	if errors.Is(err, image.ErrNotFound) && or(given.AllowMissing, false) {
		found, err = nil, nil
	}
	if err != nil {
		resp.Diagnostics.Append(cannotRead(nameArgument, err))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	state := namedImageModel{
		Name: given.Name, Include: given.Include, AllowMissing: given.AllowMissing,
		Exists: found != nil, Image: image.Image{Source: source, Reference: given.Name},
	}
	if found != nil {
		state.Image = *found
	}
	if given.Platform != nil {
		state.Platform = given.Platform
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}
