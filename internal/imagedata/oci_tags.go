package imagedata

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
)

// ociTags are the tags of a repository in an OCI registry.
type ociTags struct{ reader }

var _ datasource.DataSourceWithConfigure = (*ociTags)(nil)

const repositoryArgument = "repository"

type ociTagsModel struct {
	Repository string         `tfsdk:"repository"`
	SemVer     *string        `tfsdk:"semver"`
	Regex      *string        `tfsdk:"regex"`
	OrderBy    *string        `tfsdk:"order_by"`
	Limit      *int64         `tfsdk:"limit"`
	IncludeAll *bool          `tfsdk:"include_all"`
	Registry   *registryModel `tfsdk:"registry"`
	Tags       []string       `tfsdk:"tags"`
	Latest     *string        `tfsdk:"latest"`
}

func (d *ociTags) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_oci_tags"
}

func (d *ociTags) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The tags of a repository in an OCI registry, chosen and in order. Every page of the " +
			"registry's list is read; that no tag matches is an answer, not an error. " +
			"To look one known tag up, `demandflow_oci_image` is cheaper: it lists nothing.",
		Attributes: map[string]schema.Attribute{
			repositoryArgument: schema.StringAttribute{Required: true, Validators: []validator.String{checkedText{"a repository",
				oci.CheckRepository}}, MarkdownDescription: "Name of the repository with its registry and without a tag: " +
				"`registry.example.com/namespace/name`. `nginx` is short for `docker.io/library/nginx`."},
			"semver": schema.StringAttribute{Optional: true,
				Validators: []validator.String{checkedText{"a version constraint", oci.CheckSemVer}},
				MarkdownDescription: "Constraint that a tag must fulfil as a semantic version, such as `~> 1.27.0` or `>= 2, < " +
					"4`. Tags that are no version are left out, and so are pre-releases (`1.28.0-rc1`, `1.27-alpine`) unless the " +
					"constraint names one. `1.27` is the version 1.27.0; a number without a dot (`20240115`, `4711000`, `1`), or " +
					"one that begins with more than five digits, is a date, a build or a moving tag, and no version."},
			"regex": schema.StringAttribute{Optional: true,
				Validators:          []validator.String{checkedText{"a regular expression", oci.CheckRegex}},
				MarkdownDescription: "Regular expression (RE2) that a tag must match, anywhere unless it has `^` and `$`."},
			"order_by": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.OneOf(oci.OrderSemVer, oci.OrderLexical)},
				MarkdownDescription: "`semver`: the highest version first, then what is no version. Pre-releases are among them " +
					"unless a constraint in `semver` leaves them out. `lexical`: by characters, the highest first, so that the " +
					"latest of dates is first. When not set it is `semver` where `semver` is set, and else `lexical`.",
			},
			"limit": schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
				MarkdownDescription: "The most that are returned, counted after ordering. All when not set."},
			"include_all": schema.BoolAttribute{Optional: true,
				MarkdownDescription: "Whether to list also the tags under which signatures, attestations and lists of referrers " +
					"are kept (`sha256-….sig`). False when not set."},
			registryArgument: registryAttribute(),
			"tags": schema.ListAttribute{Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The tags that match, in order. Empty when none do."},
			"latest": schema.StringAttribute{Computed: true,
				MarkdownDescription: "The first of `tags`. Null when none match."},
		},
	}
}

func (d *ociTags) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var state ociTagsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := d.sources.oci()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	var remarks warnings
	options := oci.TagOptions{
		SemVer: or(state.SemVer, ""), Regex: or(state.Regex, ""), OrderBy: or(state.OrderBy, ""),
		Limit: int(or(state.Limit, 0)),
		All:   or(state.IncludeAll, false), Warn: remarks.add,
	}
	if state.Registry != nil {
		options.Registry = new(state.Registry.registry())
	}
	tags, err := client.Tags(ctx, state.Repository, options)
	resp.Diagnostics.Append(remarks.diags...)
	switch {
	case errors.Is(err, image.ErrNotFound):
		resp.Diagnostics.AddAttributeError(path.Root(repositoryArgument), "No such repository", sentence(err))
		return
	case err != nil:
		resp.Diagnostics.AddAttributeError(path.Root(repositoryArgument), "Cannot list the tags", sentence(err))
		return
	}
	state.Tags = append([]string{}, tags...) // none is an empty list, not null
	if len(tags) > 0 {
		state.Latest = &tags[0]
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}
