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
	"github.com/demandflow/terraform-provider-demandflow/internal/tagged"
)

func openshiftImage() datasource.DataSource {
	return &source[namedImageArguments]{name: "openshift_image", schema: openshiftImageSchema, timeout: readTimeout,
		read: func(ctx context.Context, s *Sources, given namedImageArguments) (any, diag.Diagnostics) {
			client, diags := s.openshift()
			if diags.HasError() {
				return nil, diags
			}
			var remarks warnings
			found, err := client.Image(ctx, given.Name, openshift.Options{Platform: or(given.Platform, ""),
				Include: given.Include, Warn: remarks.add})
			diags.Append(remarks.diags...)
			state, more := namedImage(image.SourceOpenShift, given, found, err)
			diags.Append(more...)
			return state, diags
		}}
}

func openshiftImageSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads an image from an OpenShift cluster: the Image object (`image.openshift.io/v1`) of an " +
			"image that was imported, built or pushed there. Registries are not read. `openshift` has the facts that only " +
			"the cluster has; how complete the others are depends on what the cluster stores (`openshift.facts_from`).",
		Attributes: tagged.With(tagged.With(attributesOf[image.Image](result), allowMissing("the cluster")),
			map[string]schema.Attribute{
				nameArgument: schema.StringAttribute{
					Required: true, Validators: []validator.String{checkedText{"an image of OpenShift", openshift.CheckName}},
					MarkdownDescription: "Name of the Image object (`sha256:…`, or another `openshift.name`), or a pull spec with " +
						"that digest (`registry.example.com/shop/web@sha256:…`), which take one request. Or a pull spec with a tag, " +
						"for which all images are listed and compared by the name under which they were imported.",
				},
				platformArgument: platformAttribute("Defaults to `linux/amd64`, or the first platform if there is none."),
				includeArgument:  openshiftInclude(),
			}),
	}
}

// openshiftInclude returns the argument of one image and of many.
func openshiftInclude() schema.Attribute {
	return textSet(fmt.Sprintf("`[\"%s\"]` reads the raw documents: `openshift.manifest`, `openshift.config` and "+
		"`openshift.metadata`. Defaults to none.", openshift.IncludeRaw),
		setvalidator.ValueStringsAre(stringvalidator.OneOf(openshift.IncludeRaw)))
}

type openshiftImagesModel struct {
	Reference     *string        `tfsdk:"reference"`
	Repository    *string        `tfsdk:"repository"`
	LabelSelector *string        `tfsdk:"label_selector"`
	Platform      *string        `tfsdk:"platform"`
	Include       []string       `tfsdk:"include"`
	Limit         *int64         `tfsdk:"limit"`
	Images        []*image.Image `tfsdk:"images"`
}

func openshiftImages() datasource.DataSource {
	return &source[openshiftImagesModel]{name: "openshift_images", schema: openshiftImagesSchema,
		read: readOpenShiftImages, timeout: readTimeout}
}

func openshiftImagesSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the images of an OpenShift cluster, sorted by name, which is a digest. Reads every " +
			"page of the cluster's list. Returns an empty list if nothing matches. The platforms of a multi-platform image " +
			"are images of the list themselves if the cluster has them, and only these have a configuration.",
		Attributes: map[string]schema.Attribute{
			referenceArgument: optionalText("Regular expression (RE2) for the pull spec (`openshift.pull_spec`). It may match "+
				"any part of it, unless it has `^` and `$`.", checkedText{"a regular expression", openshift.CheckReference}),
			repositoryArgument: optionalText("Repository of the pull spec, such as `registry.example.com/shop/web`, with any "+
				"tag or digest.", checkedText{"a repository", openshift.CheckRepository}),
			"label_selector": optionalText("Label selector for the Image objects, as in `oc get -l` (`team=web,tier in " +
				"(edge)`). It does not select by labels of the image itself. The cluster filters, so that less is transferred."),
			platformArgument: optionalText("Platform of a multi-platform image whose facts are returned, such as "+
				"`linux/arm64`. Defaults to `linux/amd64`, or the first platform if there is none.", platformValidators...),
			includeArgument: openshiftInclude(),
			"limit": limitAttribute("Maximum number of images, the first by name. Pages after these are not read. Defaults to " +
				"all."),
			"images": result.List("Matching images, sorted. Empty if nothing matches.", attributesOf[image.Image](result)),
		},
	}
}

func readOpenShiftImages(ctx context.Context, s *Sources, state openshiftImagesModel) (any, diag.Diagnostics) {
	client, diags := s.openshift()
	if diags.HasError() {
		return nil, diags
	}
	var remarks warnings
	images, err := client.Images(ctx, openshift.ListOptions{
		Reference: or(state.Reference, ""), Repository: or(state.Repository, ""), LabelSelector: or(state.LabelSelector, ""),
		Platform: or(state.Platform, ""), Include: state.Include, Limit: int(or(state.Limit, 0)), Warn: remarks.add,
	})
	diags.Append(remarks.diags...)
	if err != nil {
		diags.AddError("Cannot list the cluster's images", sentence(err))
	}
	state.Images = append([]*image.Image{}, images...) // none is an empty list, not null
	return &state, diags
}
