package imagedata

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
)

// engineImage is one image of a Docker Engine.
type engineImage struct{ reader }

var _ datasource.DataSourceWithConfigure = (*engineImage)(nil)

const nameArgument = "name"

// engineImageModel is the state. The shape's platform is the one that was asked for, in its spelling.
type engineImageModel struct {
	image.Image
	Name         string   `tfsdk:"name"`
	Exists       bool     `tfsdk:"exists"`
	Include      []string `tfsdk:"include"`
	AllowMissing *bool    `tfsdk:"allow_missing"`
}

type engineImageArguments struct {
	Name         string   `tfsdk:"name"`
	Platform     *string  `tfsdk:"platform"`
	Include      []string `tfsdk:"include"`
	AllowMissing *bool    `tfsdk:"allow_missing"`
}

func (d *engineImage) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_docker_engine_image"
}

func (d *engineImage) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An image that a Docker Engine, or another engine with its API such as Podman, has at the moment of reading. Nothing is pulled. " +
			"`digest` is always that of a manifest or an index and `config_digest` that of a configuration; which of them the engine itself calls the image's id depends on its store (`engine.store`, `engine.id`).",
		Attributes: with(with(attributesOf[image.Image](result), allowMissing("the engine")), map[string]schema.Attribute{
			nameArgument:     schema.StringAttribute{Required: true, MarkdownDescription: "The image by a name that the engine knows (`nginx:1.27.3`, `name@sha256:…`), or by its id or the beginning of it."},
			platformArgument: platformAttribute("When not set: `linux/amd64` where the engine has that, and else what it would run."),
			includeArgument: textSet(fmt.Sprintf("What to read beyond what an inspection gives: any of `%s` (build steps) and `%s` (what each attestation states, from API 1.55 on). Nothing when not set.", engine.IncludeHistory, engine.IncludeAttestations),
				setvalidator.ValueStringsAre(stringvalidator.OneOf(engine.IncludeHistory, engine.IncludeAttestations))),
		}),
	}
}

func (d *engineImage) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var given engineImageArguments
	resp.Diagnostics.Append(arguments(ctx, req.Config, &given)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := d.sources.engine()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := client.Image(ctx, given.Name, engine.Options{Platform: or(given.Platform, ""), Include: given.Include})
	if errors.Is(err, image.ErrNotFound) && or(given.AllowMissing, false) {
		found, err = nil, nil
	}
	if err != nil {
		resp.Diagnostics.Append(cannotRead(nameArgument, err))
		return
	}
	state := engineImageModel{
		Name: given.Name, Include: given.Include, AllowMissing: given.AllowMissing,
		Exists: found != nil, Image: image.Image{Source: image.SourceDockerEngine, Reference: given.Name},
	}
	if found != nil {
		state.Image = *found
	}
	if given.Platform != nil {
		state.Platform = given.Platform
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}
