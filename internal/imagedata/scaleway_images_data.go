package imagedata

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway"
)

// scalewayImagesData are the images in Scaleway's registry.
type scalewayImagesData struct{ reader }

var _ datasource.DataSourceWithConfigure = (*scalewayImagesData)(nil)

type scalewayImagesModel struct {
	Regions        []string       `tfsdk:"regions"`
	Namespace      *string        `tfsdk:"namespace"`
	Name           *string        `tfsdk:"name"`
	OrganizationID *string        `tfsdk:"organization_id"`
	ProjectID      *string        `tfsdk:"project_id"`
	OrderBy        *string        `tfsdk:"order_by"`
	Limit          *int64         `tfsdk:"limit"`
	Include        []string       `tfsdk:"include"`
	Images         []*image.Image `tfsdk:"images"`
}

func (d *scalewayImagesData) Metadata(_ context.Context, req datasource.MetadataRequest,
	resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_scaleway_images"
}

func (d *scalewayImagesData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(doc string, validators ...validator.String) schema.Attribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: doc, Validators: validators}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The images in Scaleway's Container Registry, in a total order: those that are equal in " +
			"`order_by` follow each other by id. Every page of every region is read; " +
			"that no image matches is an answer, not an error.",
		Attributes: map[string]schema.Attribute{
			"regions": textSet("Regions to look in, all at once. When not set: that of the provider's `scaleway`, of "+
				"`SCW_DEFAULT_REGION` or of the profile.", setvalidator.ValueStringsAre(scalewayRegion),
				setvalidator.SizeAtLeast(1)),
			namespaceArgument: text("Only images of this namespace, by its name or id."),
			nameArgument:      text("Only images of this name, as a whole."),
			"organization_id": text("Only images of this organization (UUID)."),
			"project_id":      text("Only images of this project (UUID)."),
			"order_by": text("What comes first: `created_at_asc` (the oldest), `created_at_desc`, `name_asc`, `name_desc`, "+
				"`region`, `status_asc` or `status_desc`. `created_at_asc` when not set.",
				stringvalidator.OneOf(scaleway.Orders()...)),
			"limit": schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
				MarkdownDescription: "The most that are returned, counted after ordering. All when not set."},
			includeArgument: textSet(fmt.Sprintf("`[\"%s\"]` to read each tag's digest, which costs a request for each image. "+
				"Nothing when not set: the tags' names are there anyway.", scaleway.IncludeTags),
				setvalidator.ValueStringsAre(stringvalidator.OneOf(scaleway.IncludeTags))),
			"images": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The images that match, in order. Empty when none do.",
				NestedObject: schema.NestedAttributeObject{Attributes: attributesOf[image.Image](result)},
			},
		},
	}
}

func (d *scalewayImagesData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var state scalewayImagesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := d.sources.scaleway()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	images, err := client.Images(ctx, scaleway.ListOptions{
		Regions: state.Regions, Namespace: or(state.Namespace, ""), Name: or(state.Name, ""),
		OrganizationID: or(state.OrganizationID, ""), ProjectID: or(state.ProjectID, ""),
		OrderBy: or(state.OrderBy, ""), Limit: int(or(state.Limit, 0)), Include: state.Include,
	})
	if err != nil {
		resp.Diagnostics.AddError("Cannot list the images", sentence(err))
		return
	}
	state.Images = append([]*image.Image{}, images...) // none is an empty list, not null
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}
