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
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway"
)

// scalewayImageData is one image in Scaleway's registry.
type scalewayImageData struct{ reader }

var (
	_ datasource.DataSourceWithConfigure        = (*scalewayImageData)(nil)
	_ datasource.DataSourceWithConfigValidators = (*scalewayImageData)(nil)
)

// scalewayImageModel is the state. The shape's platform is the one that was asked for, in its spelling.
type scalewayImageModel struct {
	image.Image
	Region       *string  `tfsdk:"region"`
	ImageID      *string  `tfsdk:"image_id"`
	Namespace    *string  `tfsdk:"namespace"`
	Name         *string  `tfsdk:"name"`
	Tag          *string  `tfsdk:"tag"`
	Exists       bool     `tfsdk:"exists"`
	Include      []string `tfsdk:"include"`
	PublicKeys   []string `tfsdk:"public_keys"`
	AllowMissing *bool    `tfsdk:"allow_missing"`
}

type scalewayImageArguments struct {
	Region       *string  `tfsdk:"region"`
	ImageID      *string  `tfsdk:"image_id"`
	Namespace    *string  `tfsdk:"namespace"`
	Name         *string  `tfsdk:"name"`
	Tag          *string  `tfsdk:"tag"`
	Platform     *string  `tfsdk:"platform"`
	Include      []string `tfsdk:"include"`
	PublicKeys   []string `tfsdk:"public_keys"`
	AllowMissing *bool    `tfsdk:"allow_missing"`
}

func (d *scalewayImageData) Metadata(_ context.Context, req datasource.MetadataRequest,
	resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_scaleway_image"
}

func (d *scalewayImageData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(doc string, validators ...validator.String) schema.Attribute {
		return schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: doc, Validators: validators}
	}
	include := []string{scaleway.IncludeTags, oci.IncludeConfig, oci.IncludeLayers, oci.IncludeHistory,
		oci.IncludeReferrers}
	resp.Schema = schema.Schema{
		MarkdownDescription: "An image in Scaleway's Container Registry at the moment of reading. Scaleway's word for a " +
			"repository is image: `scaleway` tells of all of it, its tags and their digests; " +
			"`reference`, `digest` and the rest are those of one of its tags.",
		Attributes: with(with(attributesOf[image.Image](result), allowMissing("Scaleway")), map[string]schema.Attribute{
			imageIDArgument: text("Scaleway's id of the image (UUID). Either this or `name`."),
			nameArgument:    text("Name of the image, as a whole. Either this or `image_id`."),
			namespaceArgument: text("Name or id of the image's namespace, for a `name` that is in several.",
				stringvalidator.ConflictsWith(path.MatchRoot(imageIDArgument))),
			regionArgument: text("Region of the image. When not set: that of the provider's `scaleway`, of "+
				"`SCW_DEFAULT_REGION` or of the profile.", scalewayRegion),
			tagArgument: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The tag that `reference`, `digest` and the rest are of. When not set: `latest`, or the " +
					"only tag; where there are several others, no tag, and `digest` is null.",
			},
			platformArgument: platformAttribute("It needs `include` with what the registry knows. When not set: " +
				"`linux/amd64`, or the first where there is none."),
			includeArgument: textSet(fmt.Sprintf("What to read beyond the image itself: any of `%s` (each tag's digest, and "+
				"with them `digest`), and, from the registry behind it and with the same key, of `%s` (how a container runs, and "+
				"with it `catalogue`), `%s`, `%s`, `%s`. `[\"%s\"]` when not set.",
				scaleway.IncludeTags, oci.IncludeConfig, oci.IncludeLayers, oci.IncludeHistory, oci.IncludeReferrers,
				scaleway.IncludeTags),
				setvalidator.ValueStringsAre(stringvalidator.OneOf(include...))),
			publicKeysArgument: schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "PEM-encoded public keys (`cosign public-key`). Signatures are verified with them, offline; " +
					"`signatures[].verified` says with what result. They bring `referrers` with them.",
			},
		}),
	}
}

// ConfigValidators say which arguments go together.
func (d *scalewayImageData) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot(imageIDArgument),
		path.MatchRoot(nameArgument))}
}

func (d *scalewayImageData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var given scalewayImageArguments
	resp.Diagnostics.Append(arguments(ctx, req.Config, &given)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, diags := d.read(ctx, given)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	state := scalewayImageModel{
		Region: given.Region, ImageID: given.ImageID, Namespace: given.Namespace, Name: given.Name, Tag: given.Tag,
		Include: given.Include, PublicKeys: given.PublicKeys, AllowMissing: given.AllowMissing,
		Exists: found != nil, Image: image.Image{Source: image.SourceScaleway},
	}
	if found != nil {
		state.Image = *found
		state.Region, state.Name = &found.Scaleway.Region, &found.Scaleway.Name
		state.ImageID, state.Namespace = new(or(given.ImageID, found.Scaleway.ID)),
			new(or(given.Namespace, found.Scaleway.Namespace))
	}
	if given.Platform != nil {
		state.Platform = given.Platform
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// read returns the image; nil where it is not there and may be missing.
func (d *scalewayImageData) read(ctx context.Context, given scalewayImageArguments) (*image.Image, diag.Diagnostics) {
	client, diags := d.sources.scaleway()
	if diags.HasError() {
		return nil, diags
	}
	include := orDefault(given.Include, scaleway.IncludeTags)
	behind := slices.DeleteFunc(slices.Clone(include), func(name string) bool { return name == scaleway.IncludeTags })
	if len(behind) > 0 || len(given.PublicKeys) > 0 {
		include = append(include, scaleway.IncludeTags) // the registry is asked for a tag's digest
	}
	var remarks warnings
	options := scaleway.Options{Include: include, Tag: or(given.Tag, ""), Warn: remarks.add}
	at := path.Root(imageIDArgument)
	var found *image.Image
	var err error
	if given.ImageID != nil {
		found, err = client.Image(ctx, or(given.Region, ""), *given.ImageID, options)
	} else {
		at = path.Root(nameArgument)
		found, err = client.ImageByName(ctx, or(given.Region, ""), or(given.Namespace, ""), or(given.Name, ""), options)
	}
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
	case len(behind) == 0 && len(given.PublicKeys) == 0:
		return found, diags
	}
	inside, more := d.inside(ctx, client, found, oci.Options{Platform: or(given.Platform, ""), Include: behind,
		PublicKeys: given.PublicKeys})
	diags.Append(more...)
	return inside, diags
}

// inside reads what only the registry behind an image knows, by the digest that Scaleway gave: between two requests a
// tag may move on.
func (d *scalewayImageData) inside(ctx context.Context, client *scaleway.Client, found *image.Image,
	options oci.Options) (*image.Image, diag.Diagnostics) {
	var diags diag.Diagnostics
	if found.Digest == nil {
		diags.AddAttributeError(path.Root(tagArgument), "No tag to look into",
			fmt.Sprintf("The registry is asked for one tag of %s, but the image has several and none is \"latest\", or none "+
				"at all.\n\n"+
				"Set %q to one of those that the image has (scaleway.tags), or leave %q at its default.", found.Scaleway.Repository,
				tagArgument, includeArgument))
		return nil, diags
	}
	username, password, insecure, err := client.RegistryLogin(*found.PinnedReference)
	if err != nil {
		diags.AddAttributeError(path.Root(includeArgument), "Cannot look into the image", sentence(err))
		return nil, diags
	}
	options.Registry = &oci.Registry{Username: username, Password: password, Insecure: insecure}
	inside, more := d.sources.ociImage(ctx, *found.PinnedReference, options, false)
	for _, m := range more {
		if m.Severity() == diag.SeverityError {
			diags.AddAttributeError(path.Root(includeArgument), "Cannot look into the image", m.Detail())
			continue
		}
		diags.Append(m)
	}
	if inside == nil {
		return nil, diags
	}
	// Names are as Scaleway has them, so that the catalogue object has the tag.
	inside.Source, inside.Reference, inside.Scaleway = found.Source, found.Reference, found.Scaleway
	inside.Tags, inside.RepoDigests = found.Tags, found.RepoDigests
	inside.Complete(options.Platform)
	return inside, diags
}
