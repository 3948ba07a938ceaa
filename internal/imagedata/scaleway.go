package imagedata

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway"
	"github.com/demandflow/terraform-provider-demandflow/internal/tagged"
)

// Arguments of the data sources and the resource.
const (
	imageIDArgument   = "image_id"
	namespaceArgument = "namespace"
	regionArgument    = "region"
	tagArgument       = "tag"

	organizationIDArgument = "organization_id"
	projectIDArgument      = "project_id"
)

var scalewayRegion = checkedText{"a region", scaleway.CheckRegion}

// Words of descriptions for regions.
const regionDoc = "Defaults to that of the id, of the provider's `scaleway`, of `SCW_DEFAULT_REGION` or of the profile"

const defaultRegionDoc = "Defaults to that of the provider's `scaleway`, of `SCW_DEFAULT_REGION` or of the profile"

type (
	scalewayArguments struct {
		Platform *string `tfsdk:"platform"`
		scalewayOptions
	}
	scalewayModel struct {
		image.Image
		Exists bool `tfsdk:"exists"`
		scalewayOptions
	}
	scalewayOptions struct {
		Region    *string  `tfsdk:"region"`
		ImageID   *string  `tfsdk:"image_id"`
		Namespace *string  `tfsdk:"namespace"`
		Name      *string  `tfsdk:"name"`
		Tag       *string  `tfsdk:"tag"`
		Include   []string `tfsdk:"include"`
		trusting
		AllowMissing *bool `tfsdk:"allow_missing"`
	}
)

func scalewayImageSource() datasource.DataSource {
	return &source[scalewayArguments]{name: "scaleway_image", schema: scalewaySchema, read: readScaleway,
		timeout: readTimeout, validators: []datasource.ConfigValidator{
			datasourcevalidator.ExactlyOneOf(path.MatchRoot(imageIDArgument), path.MatchRoot(nameArgument)),
		}}
}

func scalewaySchema() schema.Schema {
	text := func(doc string, validators ...validator.String) schema.Attribute {
		return schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: doc, Validators: validators}
	}
	include := []string{scaleway.IncludeTags, oci.IncludeConfig, oci.IncludeLayers, oci.IncludeHistory,
		oci.IncludeReferrers}
	return schema.Schema{
		MarkdownDescription: "Reads an image from Scaleway's Container Registry. Scaleway calls a repository an image: " +
			"`scaleway` has the facts of the repository, its tags and their digests; `reference`, `digest` and the others are " +
			"those of one of its tags.",
		Attributes: tagged.With(tagged.With(attributesOf[image.Image](result), allowMissing("Scaleway")),
			map[string]schema.Attribute{
				imageIDArgument: text(imageIDDoc + " Exactly one of this and `name` must be set."),
				nameArgument:    text("Full name of the image. Exactly one of this and `image_id` must be set."),
				namespaceArgument: text(namespaceDoc,
					stringvalidator.ConflictsWith(path.MatchRoot(imageIDArgument))),
				regionArgument: text("Region of the image. "+regionDoc+".", scalewayRegion),
				tagArgument: optionalText("Tag of `reference`, `digest` and the others. Defaults to `latest`, or the only tag. " +
					"If there are several others, no tag is selected and `digest` is null."),
				platformArgument: platformAttribute("It needs facts of the registry in `include`. Defaults to `linux/amd64`, or " +
					"the first platform if there is none."),
				includeArgument: textSet(fmt.Sprintf("Facts to read besides the image itself: `%s` (the digests of the tags, and "+
					"`digest`), and, from the registry with the same key: `%s` (configuration, and `catalogue`), `%s`, `%s`, `%s`. "+
					"Defaults to `[\"%s\"]`.", scaleway.IncludeTags, oci.IncludeConfig, oci.IncludeLayers, oci.IncludeHistory,
					oci.IncludeReferrers, scaleway.IncludeTags), setvalidator.ValueStringsAre(stringvalidator.OneOf(include...))),
				publicKeysArgument: publicKeysAttribute("Implies `referrers` in `include`."),
				verifyArgument:     verifyAttribute("Implies `referrers` in `include`."),
			}),
	}
}

func readScaleway(ctx context.Context, s *Sources, given scalewayArguments) (any, diag.Diagnostics) {
	found, diags := s.scalewayImage(ctx, given)
	state := scalewayModel{scalewayOptions: given.scalewayOptions, Exists: found != nil,
		Image: imageState(found, image.SourceScaleway, given.Platform)}
	if found != nil {
		state.Region, state.Name = &found.Scaleway.Region, &found.Scaleway.Name
		state.ImageID, state.Namespace = new(or(given.ImageID, found.Scaleway.ID)),
			new(or(given.Namespace, found.Scaleway.Namespace))
	}
	return &state, diags
}

// scalewayImage reads an image; nil where it does not exist and may be missing.
func (s *Sources) scalewayImage(ctx context.Context, given scalewayArguments) (*image.Image, diag.Diagnostics) {
	client, diags := s.scaleway()
	if diags.HasError() {
		return nil, diags
	}
	diags.Append(checkScalewayIDs(given.Region, given.ImageID, given.Namespace, given.Name)...)
	if diags.HasError() {
		return nil, diags
	}
	include := orDefault(given.Include, scaleway.IncludeTags)
	fromRegistry := slices.DeleteFunc(slices.Clone(include),
		func(name string) bool { return name == scaleway.IncludeTags })
	trust, more := s.trust(given.trusting, slices.ContainsFunc(fromRegistry, readsSignatures))
	diags.Append(more...)
	if diags.HasError() {
		return nil, diags
	}
	if len(fromRegistry) > 0 || trust != nil {
		include = append(include, scaleway.IncludeTags) // the registry is asked for a tag's digest
	}
	var remarks warnings
	found, at, err := findScaleway(ctx, client, given.Region, given.ImageID, given.Namespace, given.Name,
		scaleway.Options{Include: include, Tag: or(given.Tag, ""), Warn: remarks.add})
	diags.Append(remarks.diags...)
	switch {
	case errors.Is(err, image.ErrNotFound):
		if !or(given.AllowMissing, false) {
			diags.AddAttributeError(at, "No such image", sentence(err))
		}
		return nil, diags
	case err != nil:
		diags.AddAttributeError(at, "Cannot read the image", sentence(err))
		return nil, diags
	case len(fromRegistry) == 0 && trust == nil:
		return found, diags
	}
	content, more := s.scalewayContent(ctx, client, found, oci.Options{Platform: or(given.Platform, ""),
		Include: fromRegistry, Trust: trust})
	diags.Append(more...)
	return content, diags
}

// findScaleway reads an image by its id, or without one by its name, and returns the argument that named it.
func findScaleway(ctx context.Context, client *scaleway.Client, region, id, namespace, name *string,
	options scaleway.Options) (found *image.Image, at path.Path, err error) {
	if id != nil {
		found, err = client.Image(ctx, or(region, ""), *id, options)
		return found, path.Root(imageIDArgument), err
	}
	found, err = client.ImageByName(ctx, or(region, ""), or(namespace, ""), or(name, ""), options)
	return found, path.Root(nameArgument), err
}

// scalewayContent reads an image from Scaleway's registry, by the digest that the API returned: between two requests a
// tag may move.
func (s *Sources) scalewayContent(ctx context.Context, client *scaleway.Client, found *image.Image,
	options oci.Options) (*image.Image, diag.Diagnostics) {
	var diags diag.Diagnostics
	if found.Digest == nil {
		diags.AddAttributeError(path.Root(tagArgument), "No tag to look into",
			fmt.Sprintf("The registry is asked for one tag of %s, but the image has several and none is \"latest\", or none "+
				"at all.\n\nSet %q to one of those that the image has (scaleway.tags), or leave %q at its default.",
				found.Scaleway.Repository, tagArgument, includeArgument))
		return nil, diags
	}
	username, password, insecure, err := client.RegistryLogin(*found.PinnedReference)
	if err != nil {
		diags.AddAttributeError(path.Root(includeArgument), "Cannot look into the image", sentence(err))
		return nil, diags
	}
	options.Registry = &oci.Registry{Username: username, Password: password, Insecure: insecure}
	content, more := s.ociImage(ctx, *found.PinnedReference, options, false)
	for _, m := range more {
		if m.Severity() == diag.SeverityError {
			diags.AddAttributeError(path.Root(includeArgument), "Cannot look into the image", m.Detail())
			continue
		}
		diags.Append(m)
	}
	if content == nil {
		return nil, diags
	}
	// Names are as Scaleway has them, so that the catalogue object has the tag.
	content.Source, content.Reference, content.Scaleway = found.Source, found.Reference, found.Scaleway
	content.Tags, content.RepoDigests = found.Tags, found.RepoDigests
	content.Complete(options.Platform)
	return content, diags
}

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

func scalewayImages() datasource.DataSource {
	return &source[scalewayImagesModel]{name: "scaleway_images", schema: scalewayImagesSchema, read: readScalewayImages,
		timeout: readTimeout}
}

func scalewayImagesSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the images in Scaleway's Container Registry, sorted by `order_by` and then by id. " +
			"Reads every page of every region. Returns an empty list if nothing matches.",
		Attributes: map[string]schema.Attribute{
			"regions": textSet("Regions to read. "+defaultRegionDoc+".", setvalidator.ValueStringsAre(scalewayRegion),
				setvalidator.SizeAtLeast(1)),
			namespaceArgument: optionalText("Namespace of the images: its name, its UUID, or `region/UUID`, with which " +
				"only that region is read."),
			nameArgument:           optionalText("Full name of the images."),
			organizationIDArgument: optionalText("Organization of the images (UUID)."),
			projectIDArgument:      optionalText("Project of the images (UUID)."),
			"order_by": optionalText("Order: `created_at_asc` (oldest first), `created_at_desc`, `name_asc`, `name_desc`, "+
				"`region`, `status_asc` or `status_desc`. Defaults to `created_at_asc`.",
				stringvalidator.OneOf(scaleway.Orders()...)),
			"limit": limitAttribute("Maximum number of images, counted after sorting. Defaults to all."),
			includeArgument: textSet(fmt.Sprintf("`[\"%s\"]` reads the digests of the tags, with one more request for each "+
				"image. Defaults to none: the names of the tags are always read, with one more request for each image that has "+
				"five of them or more.", scaleway.IncludeTags),
				setvalidator.ValueStringsAre(stringvalidator.OneOf(scaleway.IncludeTags))),
			"images": result.List("Matching images, sorted. Empty if nothing matches.", attributesOf[image.Image](result)),
		},
	}
}

func readScalewayImages(ctx context.Context, s *Sources, state scalewayImagesModel) (any, diag.Diagnostics) {
	client, diags := s.scaleway()
	if diags.HasError() {
		return nil, diags
	}
	var region *string
	if len(state.Regions) == 1 {
		region = &state.Regions[0]
	}
	diags.Append(checkScalewayIDs(region, nil, state.Namespace, image.Known(or(state.Name, "")))...) // "" is any name
	for _, argument := range []struct {
		name  string
		value *string
	}{{organizationIDArgument, state.OrganizationID}, {projectIDArgument, state.ProjectID}} {
		if id := or(argument.value, ""); id != "" {
			if err := scaleway.CheckID(id); err != nil {
				diags.AddAttributeError(path.Root(argument.name), "Not an id", sentence(err))
			}
		}
	}
	if diags.HasError() {
		return nil, diags
	}
	images, err := client.Images(ctx, scaleway.ListOptions{
		Regions: state.Regions, Namespace: or(state.Namespace, ""), Name: or(state.Name, ""),
		OrganizationID: or(state.OrganizationID, ""), ProjectID: or(state.ProjectID, ""),
		OrderBy: or(state.OrderBy, ""), Limit: int(or(state.Limit, 0)), Include: state.Include,
	})
	if err != nil {
		diags.AddError("Cannot list the images", sentence(err))
	}
	state.Images = append([]*image.Image{}, images...) // none is an empty list, not null
	return &state, diags
}
