package imagedata

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
)

// engineImage is one image of a Docker Engine.
type engineImage struct{ reader }

var _ datasource.DataSourceWithConfigure = (*engineImage)(nil)

func (d *engineImage) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_docker_engine_image"
}

func (d *engineImage) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An image that a Docker Engine, or another engine with its API such as Podman, has at the " +
			"moment of reading. Nothing is pulled. " +
			"`digest` is always that of a manifest or an index and `config_digest` that of a configuration; which of them the " +
			"engine itself calls the image's id depends on its store (`engine.store`, `engine.id`).",
		Attributes: with(with(attributesOf[image.Image](result), allowMissing("the engine")), map[string]schema.Attribute{
			nameArgument: schema.StringAttribute{Required: true,
				MarkdownDescription: "The image by a name that the engine knows (`nginx:1.27.3`, `name@sha256:…`), or by its id " +
					"or the beginning of it."},
			platformArgument: platformAttribute("When not set: `linux/amd64` where the engine has that, and else what it " +
				"would run."),
			includeArgument: textSet(fmt.Sprintf("What to read beyond what an inspection gives: any of `%s` (build steps) and "+
				"`%s` (what each attestation states, from API 1.55 on). Nothing when not set.", engine.IncludeHistory,
				engine.IncludeAttestations),
				setvalidator.ValueStringsAre(stringvalidator.OneOf(engine.IncludeHistory, engine.IncludeAttestations))),
		}),
	}
}

func (d *engineImage) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	readNamed(ctx, req, resp, image.SourceDockerEngine, func(given namedImageArguments) (*image.Image, diag.Diagnostics,
		error) {
		client, diags := d.sources.engine()
		if diags.HasError() {
			return nil, diags, nil
		}
		found, err := client.Image(ctx, given.Name, engine.Options{Platform: or(given.Platform, ""), Include: given.Include})
		return found, diags, err
	})
}
