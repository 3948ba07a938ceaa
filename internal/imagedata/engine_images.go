package imagedata

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine"
)

const sharedSizeArgument = "shared_size"

// What the filters mean that lists and prunes have alike.
const (
	untilDoc = "Only images created before this time: RFC 3339, seconds since 1970, or a duration before now " +
		"such as `24h`. Created means built, whenever the image came to the engine. An image of which the engine tells no " +
		"such time is not among them."
	labelDoc = "`key` is the label with any value, `key=value` with exactly this one, and `key=` with an empty " +
		"one."
	danglingByDigest = "An image that was pulled by its digest has no tag. Engines with the containerd store and Podman " +
		"keep its name, so that it is not dangling there; Docker's graph-driver store does not tell it from one whose tag " +
		"was moved."
)

// engineImages are the images of a Docker Engine.
type engineImages struct{ reader }

var _ datasource.DataSourceWithConfigure = (*engineImages)(nil)

type engineImagesModel struct {
	References []string       `tfsdk:"references"`
	Labels     []string       `tfsdk:"labels"`
	Dangling   *bool          `tfsdk:"dangling"`
	Before     *string        `tfsdk:"before"`
	Since      *string        `tfsdk:"since"`
	Until      *string        `tfsdk:"until"`
	All        *bool          `tfsdk:"all"`
	SharedSize *bool          `tfsdk:"shared_size"`
	TotalCount *int64         `tfsdk:"total_count"`
	Images     []*image.Image `tfsdk:"images"`
}

func (d *engineImages) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_docker_engine_images"
}

func (d *engineImages) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(doc string) schema.Attribute {
		return schema.StringAttribute{Optional: true, Validators: filterValidators, MarkdownDescription: doc}
	}
	flag := func(doc string) schema.Attribute {
		return schema.BoolAttribute{Optional: true, MarkdownDescription: doc}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The images that a Docker Engine has, newest first. That there are none is an answer, not an " +
			"error. A list tells less of each image than `demandflow_docker_engine_image` does: neither configuration nor " +
			"history.",
		Attributes: map[string]schema.Attribute{
			"references": textSet("Patterns of names, such as `team/*:1.*`: images that match any of them. A name may "+
				"be left as `docker` writes it, without `docker.io/`; Podman finds it without its registry, whichever that is.",
				setvalidator.ValueStringsAre(filterValidators...)),
			"labels": textSet("Labels (`key` or `key=value`) that an image must have, all of them. "+labelDoc,
				labelValidators...),
			"dangling": flag("True for images without a tag only, false for images with one. All when not set. " +
				danglingByDigest),
			"before": text("Only images created before this image, by its name or id."),
			"since":  text("Only images created after this image, by its name or id."),
			untilArgument: schema.StringAttribute{Optional: true, Validators: untilValidators,
				MarkdownDescription: untilDoc},
			"all": flag("Whether to list also the steps that older builders left behind. False when not set."),
			sharedSizeArgument: flag("Whether the engine shall compute `engine.shared_size`, which takes it a while (from API " +
				"1.42 on, Docker 23.0). False when not set."),
			"total_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many images match."},
			"images": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The images that match. Empty when none do.",
				NestedObject: schema.NestedAttributeObject{Attributes: attributesOf[image.Image](result)},
			},
		},
	}
}

func (d *engineImages) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var state engineImagesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := d.sources.engine()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	images, err := client.Images(ctx, engine.ListOptions{
		References: state.References, Labels: state.Labels, Dangling: state.Dangling,
		Before: state.Before, Since: state.Since, Until: state.Until,
		All: or(state.All, false), SharedSize: or(state.SharedSize, false),
	})
	if err != nil {
		resp.Diagnostics.AddError("Cannot list the engine's images", sentence(err))
		return
	}
	if or(state.SharedSize, false) && slices.ContainsFunc(images,
		func(i *image.Image) bool { return i.Engine.SharedSize == nil }) {
		resp.Diagnostics.AddAttributeWarning(path.Root(sharedSizeArgument), "The engine computes no shared sizes",
			"Lists of images tell shared sizes from API 1.42 on (Docker 23.0), and this engine did not. engine.shared_size is "+
				"null.\n\n"+
				"Update the engine, leave shared_size out, or read demandflow_docker_engine_disk_usage, which has them on older "+
				"engines, too.")
	}
	state.Images = append([]*image.Image{}, images...) // none is an empty list, not null
	state.TotalCount = new(int64(len(images)))
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}
