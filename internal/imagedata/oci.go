package imagedata

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
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
	"github.com/demandflow/terraform-provider-demandflow/internal/tagged"
)

// The state's reference and platform are the configured ones, in their spelling.
type (
	ociImageArguments struct {
		Reference string  `tfsdk:"reference"`
		Platform  *string `tfsdk:"platform"`
		ociImageOptions
	}
	ociImageModel struct {
		image.Image
		Exists bool `tfsdk:"exists"`
		ociImageOptions
	}
	ociImageOptions struct {
		Include []string `tfsdk:"include"`
		trusting
		Subjects            *string      `tfsdk:"subjects"`
		SignatureRepository *string      `tfsdk:"signature_repository"`
		AllowMissing        *bool        `tfsdk:"allow_missing"`
		Registry            types.Object `tfsdk:"registry"`
	}
)

func ociImage() datasource.DataSource {
	return &source[ociImageArguments]{name: "oci_image", schema: ociImageSchema, read: readOCIImage, timeout: readTimeout}
}

func ociImageSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads an image from an OCI registry, without pulling it. The digest takes one HEAD request, " +
			"the rest depends on `include`. The digest of an image for several platforms is that of its index; each of " +
			"`platforms` has its own.",
		Attributes: tagged.With(tagged.With(attributesOf[image.Image](result), allowMissing("the registry")),
			map[string]schema.Attribute{
				referenceArgument: schema.StringAttribute{
					Required: true, Validators: referenceValidators,
					MarkdownDescription: "Image name with registry, and tag or digest: `registry.example.com/namespace/name:tag`. " +
						"`nginx` is short for `docker.io/library/nginx:latest`. `pinned_reference` is the full name.",
				},
				platformArgument: platformAttribute("Defaults to `linux/amd64`, or the first platform if there is none."),
				includeArgument: textSet(fmt.Sprintf("Facts to read besides the digest: `%s` (configuration, and `catalogue`), "+
					"`%s`, `%s`, `%s` (signatures, attestations and SBOMs), `%s` (those, and what they say: `provenance`, `sboms`, "+
					"`scans` and `vex`), `%s` (`statements`, and the packages of SBOMs). Defaults to `[\"config\"]`; "+
					"`[]` reads only the digest.",
					oci.IncludeConfig, oci.IncludeLayers, oci.IncludeHistory, oci.IncludeReferrers, oci.IncludeStatements,
					oci.IncludePackages), setvalidator.ValueStringsAre(stringvalidator.OneOf(oci.Includes()...))),
				publicKeysArgument: publicKeysAttribute("Implies `referrers` in `include`."),
				verifyArgument:     verifyAttribute("Implies `referrers` in `include`."),
				subjectsArgument:   subjectsAttribute(),
				signaturesArgument: signaturesAttribute(),
				registryArgument:   registryAttribute(),
			}),
	}
}

func readOCIImage(ctx context.Context, s *Sources, given ociImageArguments) (any, diag.Diagnostics) {
	include := orDefault(given.Include, oci.IncludeConfig)
	if given.Subjects != nil || given.SignatureRepository != nil {
		include = append(slices.Clone(include), oci.IncludeReferrers)
	}
	trust, diags := s.trust(given.trusting, slices.ContainsFunc(include, readsSignatures))
	if diags.HasError() {
		return nil, diags
	}
	found, more := s.ociImage(ctx, given.Reference, oci.Options{
		Platform: or(given.Platform, ""), Include: include, Trust: trust, Subjects: or(given.Subjects, ""),
		SignatureRepository: or(given.SignatureRepository, ""), Registry: registryOf(given.Registry),
	}, or(given.AllowMissing, false))
	diags.Append(more...)
	state := ociImageModel{ociImageOptions: given.ociImageOptions, Exists: found != nil,
		Image: imageState(found, image.SourceOCI, given.Platform)}
	state.Reference = given.Reference
	return &state, diags
}

// readsSignatures reports whether facts to read are, or come from, what refers to an image.
func readsSignatures(include string) bool {
	return slices.Contains([]string{oci.IncludeReferrers, oci.IncludeStatements, oci.IncludePackages}, include)
}

// ociImage reads an image from its registry; nil where it does not exist and may be missing.
func (s *Sources) ociImage(ctx context.Context, reference string, options oci.Options, mayBeMissing bool) (*image.Image,
	diag.Diagnostics) {
	found, diags, err := s.fromRegistry(ctx, reference, options)
	if err != nil && (!mayBeMissing || !errors.Is(err, image.ErrNotFound)) {
		diags.Append(cannotRead(referenceArgument, err))
	}
	return found, diags
}

// fromRegistry reads an image from its registry. The error is the registry's; the diagnostics are all others.
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

type ociTagsModel struct {
	Repository string       `tfsdk:"repository"`
	SemVer     *string      `tfsdk:"semver"`
	Regex      *string      `tfsdk:"regex"`
	OrderBy    *string      `tfsdk:"order_by"`
	Limit      *int64       `tfsdk:"limit"`
	IncludeAll *bool        `tfsdk:"include_all"`
	Registry   types.Object `tfsdk:"registry"`
	Tags       []string     `tfsdk:"tags"`
	Latest     *string      `tfsdk:"latest"`
}

func ociTags() datasource.DataSource {
	return &source[ociTagsModel]{name: "oci_tags", schema: ociTagsSchema, read: readOCITags, timeout: readTimeout}
}

func ociTagsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the tags of a repository in an OCI registry, filtered and sorted. Reads every page of " +
			"the registry's list. Returns an empty list if nothing matches. To look up one known tag, " +
			"`demandflow_oci_image` is cheaper.",
		Attributes: map[string]schema.Attribute{
			repositoryArgument: schema.StringAttribute{
				Required: true, Validators: []validator.String{checkedText{"a repository", oci.CheckRepository}},
				MarkdownDescription: "Repository with its registry and without a tag: `registry.example.com/namespace/name`. " +
					"`nginx` is short for `docker.io/library/nginx`."},
			"semver": schema.StringAttribute{
				Optional: true, Validators: []validator.String{checkedText{"a version constraint", oci.CheckSemVer}},
				MarkdownDescription: "Version constraint, such as `~> 1.27.0` or `>= 2, < 4`. Leaves out tags that are not " +
					"semantic versions, and pre-releases (`1.28.0-rc1`, `1.27-alpine`) unless the constraint names one. `1.27` " +
					"is version 1.27.0. A number without a dot (`20240115`, `4711000`, `1`), or one that starts with more than " +
					"five digits, is a date, a build or a moving tag, not a version."},
			"regex": schema.StringAttribute{
				Optional: true, Validators: []validator.String{checkedText{"a regular expression", oci.CheckRegex}},
				MarkdownDescription: "Regular expression (RE2) for the tag. It may match any part of it, unless it has `^` and " +
					"`$`."},
			"order_by": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.OneOf(oci.OrderSemVer, oci.OrderLexical)},
				MarkdownDescription: "`semver`: highest version first, then tags that are not versions. Includes pre-releases, " +
					"unless a constraint in `semver` leaves them out. `lexical`: by characters, highest first, so that the latest " +
					"date is first. Defaults to `semver` if `semver` is set, otherwise to `lexical`."},
			"limit": limitAttribute("Maximum number of tags, counted after sorting. Defaults to all."),
			"include_all": schema.BoolAttribute{Optional: true,
				MarkdownDescription: "Include the tags of signatures, attestations and lists of referrers (`sha256-….sig`). " +
					"Defaults to false."},
			registryArgument: registryAttribute(),
			"tags": schema.ListAttribute{Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Matching tags, sorted. Empty if nothing matches."},
			"latest": schema.StringAttribute{Computed: true,
				MarkdownDescription: "First of `tags`. Null if nothing matches."},
		},
	}
}

func readOCITags(ctx context.Context, s *Sources, state ociTagsModel) (any, diag.Diagnostics) {
	client, diags := s.oci()
	if diags.HasError() {
		return nil, diags
	}
	var remarks warnings
	tags, err := client.Tags(ctx, state.Repository, oci.TagOptions{
		SemVer: or(state.SemVer, ""), Regex: or(state.Regex, ""), OrderBy: or(state.OrderBy, ""),
		Limit: int(or(state.Limit, 0)), All: or(state.IncludeAll, false), Warn: remarks.add,
		Registry: registryOf(state.Registry),
	})
	diags.Append(remarks.diags...)
	switch {
	case errors.Is(err, image.ErrNotFound):
		diags.AddAttributeError(path.Root(repositoryArgument), "No such repository", sentence(err))
	case err != nil:
		diags.AddAttributeError(path.Root(repositoryArgument), "Cannot list the tags", sentence(err))
	}
	state.Tags = append([]string{}, tags...) // none is an empty list, not null
	if len(tags) > 0 {
		state.Latest = &tags[0]
	}
	return &state, diags
}

func limitAttribute(doc string) schema.Attribute {
	return schema.Int64Attribute{Optional: true, MarkdownDescription: doc,
		Validators: []validator.Int64{int64validator.AtLeast(1)}}
}
