package imagedata

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
)

// openshiftImage is one image that an OpenShift cluster knows.
type openshiftImage struct{ reader }

var _ datasource.DataSourceWithConfigure = (*openshiftImage)(nil)

func (d *openshiftImage) Metadata(_ context.Context, req datasource.MetadataRequest,
	resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_openshift_image"
}

func (d *openshiftImage) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An image that an OpenShift cluster knows, because it was imported, built or pushed there: " +
			"its Image object (`image.openshift.io/v1`) at the moment of reading. " +
			"Registries are not asked. `openshift` has what only the cluster tells; how complete the rest is depends on what " +
			"the cluster kept (`openshift.facts_from`).",
		Attributes: with(with(attributesOf[image.Image](result), allowMissing("the cluster")), map[string]schema.Attribute{
			nameArgument: schema.StringAttribute{
				Required: true, Validators: []validator.String{checkedText{"an image of OpenShift", openshift.CheckName}},
				MarkdownDescription: "The image by the name of its Image object (`sha256:…`), or by a pull spec with that digest " +
					"(`registry.example.com/shop/web@sha256:…`): one request. Or by a pull spec with a tag, " +
					"for which every image is listed and compared by the name under which it was imported.",
			},
			platformArgument: platformAttribute("When not set: `linux/amd64`, or the first where there is none."),
			includeArgument:  openshiftInclude(),
		}),
	}
}

// openshiftInclude returns the same for one image and for many.
func openshiftInclude() schema.Attribute {
	return textSet(fmt.Sprintf("`[\"%s\"]` for the documents themselves: `openshift.manifest`, `openshift.config` and "+
		"`openshift.metadata`. Nothing when not set.", openshift.IncludeRaw),
		setvalidator.ValueStringsAre(stringvalidator.OneOf(openshift.IncludeRaw)))
}

func (d *openshiftImage) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	readNamed(ctx, req, resp, image.SourceOpenShift, func(given namedImageArguments) (*image.Image, diag.Diagnostics,
		error) {
		client, diags := d.sources.openshift()
		if diags.HasError() {
			return nil, diags, nil
		}
		var remarks warnings
		found, err := client.Image(ctx, given.Name, openshift.Options{Platform: or(given.Platform, ""),
			Include: given.Include, Warn: remarks.add})
		diags.Append(remarks.diags...)
		return found, diags, err
	})
}
