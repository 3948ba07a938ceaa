package imagedata

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Arguments and state of an image that its source has under a name of its own.
type (
	namedImageArguments struct {
		Platform *string `tfsdk:"platform"`
		namedImageOptions
	}
	namedImageModel struct {
		image.Image
		Exists bool `tfsdk:"exists"`
		namedImageOptions
	}
	namedImageOptions struct {
		Name         string   `tfsdk:"name"`
		Include      []string `tfsdk:"include"`
		AllowMissing *bool    `tfsdk:"allow_missing"`
	}
)

// namedImage returns the state of an image, or the error of its source.
func namedImage(source string, given namedImageArguments, found *image.Image, err error) (any, diag.Diagnostics) {
	var diags diag.Diagnostics
	if err != nil && (!errors.Is(err, image.ErrNotFound) || !or(given.AllowMissing, false)) {
		diags.Append(cannotRead(nameArgument, err))
		return nil, diags
	}
	state := namedImageModel{namedImageOptions: given.namedImageOptions, Exists: found != nil,
		Image: imageState(found, source, given.Platform)}
	if found == nil {
		state.Reference = given.Name
	}
	return &state, diags
}

// imageState returns the state of an image, nil where it does not exist. The platform is the configured one, in its
// spelling. An image that does not exist has no platforms, so that a configuration can go through them.
func imageState(found *image.Image, source string, platform *string) image.Image {
	state := image.Image{Source: source, Platforms: []image.Platform{}}
	if found != nil {
		state = *found
	}
	if platform != nil {
		state.Platform = platform
	}
	return state
}
