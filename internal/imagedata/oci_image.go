package imagedata

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
)

// ociImage is one image in an OCI registry.
type ociImage struct{ reader }

var _ datasource.DataSourceWithConfigure = (*ociImage)(nil)

// ociImageModel is the state. The shape's reference and platform are those that were asked for, in their spelling.
type ociImageModel struct {
	image.Image
	Exists       bool           `tfsdk:"exists"`
	Include      []string       `tfsdk:"include"`
	PublicKeys   []string       `tfsdk:"public_keys"`
	AllowMissing *bool          `tfsdk:"allow_missing"`
	Registry     *registryModel `tfsdk:"registry"`
}

type ociImageArguments struct {
	Reference    string         `tfsdk:"reference"`
	Platform     *string        `tfsdk:"platform"`
	Include      []string       `tfsdk:"include"`
	PublicKeys   []string       `tfsdk:"public_keys"`
	AllowMissing *bool          `tfsdk:"allow_missing"`
	Registry     *registryModel `tfsdk:"registry"`
}

func (d *ociImage) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_oci_image"
}

func (d *ociImage) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An image as an OCI registry has it at the moment of reading. Nothing is pulled: the digest " +
			"costs one request for a manifest's head, the rest what `include` names. " +
			"The digest is that of the index where the image is there for several platforms; each of `platforms` has one of " +
			"its own.",
		Attributes: with(with(attributesOf[image.Image](result), allowMissing("the registry")), map[string]schema.Attribute{
			referenceArgument: schema.StringAttribute{
				Required: true, Validators: referenceValidators,
				MarkdownDescription: "Name of the image with registry, and tag or digest: " +
					"`registry.example.com/namespace/name:tag`. `nginx` is short for `docker.io/library/nginx:latest`. " +
					"`pinned_reference` has it in full.",
			},
			platformArgument: platformAttribute("When not set: `linux/amd64`, or the first where there is none."),
			includeArgument: textSet(fmt.Sprintf("What to read beyond the digest: any of `%s` (how a container runs, and with "+
				"it `catalogue`), `%s`, `%s`, `%s` (signatures, attestations and SBOMs). `[\"config\"]` when not set; `[]` reads "+
				"the digest alone.",
				oci.IncludeConfig, oci.IncludeLayers, oci.IncludeHistory, oci.IncludeReferrers),
				setvalidator.ValueStringsAre(stringvalidator.OneOf(oci.IncludeConfig, oci.IncludeLayers, oci.IncludeHistory,
					oci.IncludeReferrers))),
			publicKeysArgument: schema.ListAttribute{
				Optional: true, ElementType: types.StringType, Validators: keyValidators,
				MarkdownDescription: "PEM-encoded public keys (`cosign public-key`). Signatures are verified with them, offline; " +
					"`signatures[].verified` says with what result. They bring `referrers` with them.",
			},
			registryArgument: registryAttribute(),
		}),
	}
}

func (d *ociImage) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var given ociImageArguments
	resp.Diagnostics.Append(arguments(ctx, req.Config, &given)...)
	if resp.Diagnostics.HasError() {
		return
	}
	options := oci.Options{Platform: or(given.Platform, ""), Include: orDefault(given.Include, oci.IncludeConfig),
		PublicKeys: given.PublicKeys}
	if given.Registry != nil {
		options.Registry = new(given.Registry.registry())
	}
	found, diags := d.sources.ociImage(ctx, given.Reference, options, or(given.AllowMissing, false))
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	state := ociImageModel{
		Include: given.Include, PublicKeys: given.PublicKeys, AllowMissing: given.AllowMissing, Registry: given.Registry,
		Exists: found != nil, Image: image.Image{Source: image.SourceOCI},
	}
	if found != nil {
		state.Image = *found
	}
	state.Reference = given.Reference
	if given.Platform != nil {
		state.Platform = given.Platform
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// ociImage reads an image from its registry; nil where it is not there and may be missing.
func (s *Sources) ociImage(ctx context.Context, reference string, options oci.Options, mayBeMissing bool) (*image.Image,
	diag.Diagnostics) {
	found, diags, err := s.fromRegistry(ctx, reference, options)
	if err != nil && (!mayBeMissing || !errors.Is(err, image.ErrNotFound)) {
		diags.Append(cannotRead(referenceArgument, err))
	}
	return found, diags
}

// fromRegistry reads an image from its registry. The error is the registry's; diagnostics are all else that there is to
// say.
func (s *Sources) fromRegistry(ctx context.Context, reference string, options oci.Options) (*image.Image,
	diag.Diagnostics, error) {
	client, diags := s.oci()
	if diags.HasError() {
		return nil, diags, nil
	}
	var remarks warnings
	options.Warn = remarks.add
	found, err := client.Image(ctx, reference, options)
	diags.Append(remarks.diags...)
	return found, diags, err
}
