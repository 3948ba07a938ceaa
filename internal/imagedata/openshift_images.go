package imagedata

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
)

// openshiftImages are the images that an OpenShift cluster knows.
type openshiftImages struct{ reader }

var _ datasource.DataSourceWithConfigure = (*openshiftImages)(nil)

type openshiftImagesModel struct {
	Reference     *string        `tfsdk:"reference"`
	Repository    *string        `tfsdk:"repository"`
	LabelSelector *string        `tfsdk:"label_selector"`
	Platform      *string        `tfsdk:"platform"`
	Include       []string       `tfsdk:"include"`
	Limit         *int64         `tfsdk:"limit"`
	Images        []*image.Image `tfsdk:"images"`
}

func (d *openshiftImages) Metadata(_ context.Context, req datasource.MetadataRequest,
	resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_openshift_images"
}

func (d *openshiftImages) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(doc string, validators ...validator.String) schema.Attribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: doc, Validators: validators}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The images that an OpenShift cluster knows, in the order of their names, which are digests. " +
			"Every page of the cluster's list is read; that no image matches is an answer, not an error. " +
			"The platforms of a multi-platform image are images of the list themselves, where the cluster has them, and it is " +
			"they that have a configuration there.",
		Attributes: map[string]schema.Attribute{
			referenceArgument: text("Regular expression (RE2) that an image's pull spec (`openshift.pull_spec`) must match, "+
				"anywhere unless it has `^` and `$`.", checkedText{"a regular expression", openshift.CheckReference}),
			repositoryArgument: text("Only images whose pull spec is of this repository, such as "+
				"`registry.example.com/shop/web`, with whatever tag or digest.", checkedText{"a repository",
				openshift.CheckRepository}),
			"label_selector": text("Labels that the Image object must have, as `oc get -l` takes them (`team=web,tier in " +
				"(edge)`). These are not the image's own labels. The cluster itself chooses by it, so that less is sent."),
			platformArgument: schema.StringAttribute{
				Optional: true, Validators: platformValidators,
				MarkdownDescription: "Which platform's facts are wanted of a multi-platform image, such as `linux/arm64`. When " +
					"not set: `linux/amd64`, or the first where there is none.",
			},
			includeArgument: openshiftInclude(),
			"limit": schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
				MarkdownDescription: "The most that are returned, the first by name. Pages after that are not read. All when not " +
					"set."},
			"images": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The images that match, in order. Empty when none do.",
				NestedObject: schema.NestedAttributeObject{Attributes: attributesOf[image.Image](result)},
			},
		},
	}
}

func (d *openshiftImages) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var state openshiftImagesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := d.sources.openshift()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	var remarks warnings
	images, err := client.Images(ctx, openshift.ListOptions{
		Reference: or(state.Reference, ""), Repository: or(state.Repository, ""), LabelSelector: or(state.LabelSelector, ""),
		Platform: or(state.Platform, ""), Include: state.Include, Limit: int(or(state.Limit, 0)), Warn: remarks.add,
	})
	resp.Diagnostics.Append(remarks.diags...)
	if err != nil {
		resp.Diagnostics.AddError("Cannot list the cluster's images", sentence(err))
		return
	}
	state.Images = append([]*image.Image{}, images...) // none is an empty list, not null
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}
