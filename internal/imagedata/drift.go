package imagedata

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/drift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/tagged"
)

// imageDrift compares an entry of the catalogue with the live image.
func imageDrift() datasource.DataSource {
	return &source[imageDriftModel]{name: "docker_image_drift", schema: imageDriftSchema, read: readImageDrift,
		timeout: readTimeout, validators: []datasource.ConfigValidator{liveAlone{}}}
}

const (
	idArgument     = "docker_image_id"
	liveArgument   = "live"
	ignoreArgument = "ignore"
)

type imageDriftModel struct {
	DockerImageID string  `tfsdk:"docker_image_id"`
	Reference     *string `tfsdk:"reference"`
	Platform      *string `tfsdk:"platform"`
	trusting
	SignatureRepository *string            `tfsdk:"signature_repository"`
	Live                *liveModel         `tfsdk:"live"`
	Ignore              []string           `tfsdk:"ignore"`
	InSync              *bool              `tfsdk:"in_sync"`
	Differences         []drift.Difference `tfsdk:"differences"`
	Compared            []string           `tfsdk:"compared"`
	Undecided           []drift.Undecided  `tfsdk:"undecided"`
}

func imageDriftSchema() schema.Schema {
	var classes []string
	for _, class := range drift.Classes() {
		classes = append(classes, fmt.Sprintf("`%s` (%s)", class[0], class[1]))
	}
	difference := tagged.With(attributesOf[drift.Difference](result), map[string]schema.Attribute{
		"class": schema.StringAttribute{Computed: true, MarkdownDescription: tagged.Doc[drift.Difference]("class") +
			" One of " +
			strings.Join(classes, ", ") + "."},
	})
	return schema.Schema{
		MarkdownDescription: "Compares an entry of the catalogue with the live image and returns the differences, for " +
			"`check` blocks and postconditions. It detects a moved tag, a changed command, added and removed platforms, and " +
			"lost signatures.\n\n" +
			"Put it inside the `check` block: there, a registry that cannot be reached causes a warning. Elsewhere it fails " +
			"the plan.\n\n" +
			"Fields that are empty in the catalogue are not compared, nor are facts that the source of the live image does " +
			"not have; `compared` lists the others. Spelling is ignored: the order of sets and of JSON keys, exec form or " +
			"shell form of a command, ports as a list or an object. `name` and `tag` are not compared, so that an entry can " +
			"be compared with its copy in another registry.",
		Attributes: map[string]schema.Attribute{
			idArgument: schema.StringAttribute{Required: true,
				MarkdownDescription: "Id of the entry: the `id` of a `demandflow_docker_image`."},
			referenceArgument: schema.StringAttribute{
				Optional: true, Computed: true, Validators: referenceValidators,
				MarkdownDescription: "Name of the image to read from its OCI registry. Defaults to the entry's " +
					"`full_image_name`, unless `live` is set.",
			},
			platformArgument: optionalText("Platform whose configuration is compared, such as `linux/arm64`. Defaults to "+
				"`linux/amd64`, or the first platform if there is none. Not together with `live`.", platformValidators...),
			publicKeysArgument: publicKeysAttribute("Not together with `live`."),
			verifyArgument: verifyAttribute("If the image is signed according to the catalogue, one of those that are trusted " +
				"must have signed it, and `signed_by` is compared with who that was; without anybody who is trusted, both are " +
				"`undecided`. The last scan and the commit are compared with the newest statements that they have signed. Not " +
				"together with `live`."),
			signaturesArgument: signaturesAttribute(),
			liveArgument: schema.SingleNestedAttribute{
				Optional: true, Attributes: liveAttributes(),
				MarkdownDescription: "Live image from another data source: `live = data.demandflow_oci_image.x`, or " +
					"`data.demandflow_docker_engine_images.x.images[0]`. Its other attributes are ignored. Not together with " +
					"`reference`.",
			},
			ignoreArgument: textSet("Attributes that are not compared, such as `[\"labels\"]`.",
				setvalidator.ValueStringsAre(stringvalidator.OneOf(drift.Fields()...))),
			"in_sync": schema.BoolAttribute{Computed: true,
				MarkdownDescription: "Whether the catalogue matches the live image. False if there are `differences`, and if " +
					"there is something `undecided`. Where nothing was compared, something is."},
			"differences": result.List("Differences. Empty if there are none.", difference),
			"compared": schema.ListAttribute{Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Attributes that were compared: those that the catalogue and the live image both have."},
			"undecided": result.List("Attributes that the live image could not confirm or refute, such as a digest that may "+
				"be that of a platform which an engine does not have, or the command if the tag is a Helm chart. "+
				"`full_image_name` if nothing at all was compared. They are not differences. Does not include what is under "+
				"`ignore`. Empty if there are none.", attributesOf[drift.Undecided](result)),
		},
	}
}

// liveAlone refuses arguments about reading the live image beside the live image.
type liveAlone struct{}

func (liveAlone) Description(context.Context) string               { return "live is set alone" }
func (v liveAlone) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (liveAlone) ValidateDataSource(ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse) {
	var live types.Object
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(liveArgument), &live)...)
	if live.IsNull() || resp.Diagnostics.HasError() {
		return
	}
	var reference, platform types.String
	var keys types.List
	var verify types.Object
	var signatures types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(referenceArgument), &reference)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(platformArgument), &platform)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(publicKeysArgument), &keys)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(verifyArgument), &verify)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(signaturesArgument), &signatures)...)
	names := []string{referenceArgument, platformArgument, publicKeysArgument, verifyArgument, signaturesArgument}
	for i, value := range []attr.Value{reference, platform, keys, verify, signatures} {
		if !value.IsNull() {
			resp.Diagnostics.Append(notBesideLive(names[i]))
		}
	}
}

func notBesideLive(name string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Contradictory arguments",
		fmt.Sprintf("The live image is given, so there is nothing to read for which %s would be used.\n\nLeave out %s, or "+
			"live.", name, name))
}

func readImageDrift(ctx context.Context, s *Sources, state imageDriftModel) (any, diag.Diagnostics) {
	if diags := s.Usable(); diags.HasError() {
		return nil, diags
	}
	found, diags := s.ImageEntry(ctx, state.DockerImageID, path.Root(idArgument))
	if diags.HasError() {
		return nil, diags
	}
	entry, more := entryOf(ctx, found)
	diags.Append(more...)
	live := state.Live.image()
	if state.Live == nil {
		if state.Reference == nil {
			if !namesRegistry(entry.FullImageName) {
				diags.AddAttributeError(path.Root(idArgument), "No registry to ask",
					fmt.Sprintf("The entry %s names no registry: set reference.", entry.FullImageName))
				return nil, diags
			}
			state.Reference = &entry.FullImageName
		}
		live, more = s.liveImage(ctx, state, &entry)
		diags.Append(more...)
	}
	if diags.HasError() {
		return nil, diags
	}
	if live != nil && live.Catalogue != nil {
		spelled, more := spelledAs(ctx, found, live.Catalogue)
		diags.Append(more...)
		live = new(*live)
		live.Catalogue = spelled
	}
	compared := drift.Compare(entry, live, state.Ignore)
	warned := map[string]bool{}
	for _, undecided := range compared.Undecided {
		if !warned[undecided.Reason] {
			warned[undecided.Reason] = true // one reason may be that of many fields
			diags.AddWarning("Not compared", undecided.Reason+
				"\n\nRead the image from its registry to know, or put what cannot be known under \"ignore\".")
		}
	}
	state.InSync = new(compared.InSync())
	state.Differences = append([]drift.Difference{}, compared.Differences...)
	state.Compared = append([]string{}, compared.Compared...)
	state.Undecided = append([]drift.Undecided{}, compared.Undecided...)
	return &state, diags
}

// liveImage reads the live image from its registry; nil where it does not exist. Where it lacks the platform that is to
// be compared, the entry notes that, and there is no configuration: that of another platform is another image's.
func (s *Sources) liveImage(ctx context.Context, state imageDriftModel, entry *drift.Entry) (*image.Image,
	diag.Diagnostics) {
	trust, diags := s.trust(state.trusting, true)
	if diags.HasError() {
		return nil, diags
	}
	options := driftOptions(state, *entry, trust)
	live, more, err := s.fromRegistry(ctx, *state.Reference, options)
	diags.Append(more...)
	if options.Platform != "" && errors.Is(err, image.ErrNoPlatform) {
		entry.Missing, options.Platform = options.Platform, ""
		live, diags, err = s.fromRegistry(ctx, *state.Reference, options)
		if live != nil {
			live.Catalogue = nil
		}
	}
	if err != nil && !errors.Is(err, image.ErrNotFound) {
		diags.Append(cannotRead(referenceArgument, err))
	}
	entry.SignaturesUnread = live != nil && live.Signatures == nil // null only then, where the entry has it as signed
	return live, diags
}

// namesRegistry reports whether an image's name begins with a host. Without one it is short for an image of Docker Hub,
// which an entry without a registry does not mean.
func namesRegistry(name string) bool {
	host, _, found := strings.Cut(name, "/")
	return found && (host == "localhost" || strings.ContainsAny(host, ".:"))
}

// driftOptions has the registry read signatures and all digests only if the entry has values for them.
func driftOptions(state imageDriftModel, entry drift.Entry, trust *signature.Trust) oci.Options {
	options := oci.Options{Platform: or(state.Platform, ""), Include: []string{oci.IncludeConfig},
		SignatureRepository: or(state.SignatureRepository, "")}
	if !slices.Contains(state.Ignore, drift.FieldDigest) {
		options.Sought = entry.Digest
	}
	if entry.SignatureVerified || entry.SignedBy != "" {
		options.Include = append(options.Include, oci.IncludeReferrers)
		options.Trust = trust
	}
	// What nobody has verified would be undecided, for every image that the tenant scans itself.
	if trust != nil && (entry.Scan != drift.Scan{} || entry.GitCommit != "" || entry.GitBranch != nil ||
		entry.BuildPipeline != nil) {
		options.Include = append(options.Include, oci.IncludeStatements)
		options.Trust = trust
	}
	return options
}

// entryOf returns an image's entry in the shape.
func entryOf(ctx context.Context, found *catalogue.ImageEntry) (drift.Entry, diag.Diagnostics) {
	var entry drift.Entry
	diags := found.Object(ctx, tagged.Names[image.Catalogue]()...).As(ctx, &entry.Catalogue, basetypes.ObjectAsOptions{})
	var more struct {
		FullImageName     *string `tfsdk:"full_image_name"`
		Digest            *string `tfsdk:"digest"`
		SignatureVerified *bool   `tfsdk:"signature_verified"`
		SignedBy          *string `tfsdk:"signed_by"`
		LastScanDate      *string `tfsdk:"last_scan_date"`
		CriticalCount     *int64  `tfsdk:"critical_count"`
		HighCount         *int64  `tfsdk:"high_count"`
		MediumCount       *int64  `tfsdk:"medium_count"`
		LowCount          *int64  `tfsdk:"low_count"`
		GitCommit         *string `tfsdk:"git_commit"`
	}
	diags.Append(found.Object(ctx, drift.FieldReference, drift.FieldDigest, drift.FieldSignatureVerified,
		drift.FieldSignedBy, drift.FieldLastScanDate, drift.FieldCriticalCount, drift.FieldHighCount, drift.FieldMediumCount,
		drift.FieldLowCount, drift.FieldGitCommit).As(ctx, &more, basetypes.ObjectAsOptions{})...)
	entry.Scan = drift.Scan{At: or(more.LastScanDate, ""), Critical: more.CriticalCount, High: more.HighCount,
		Medium: more.MediumCount, Low: more.LowCount}
	entry.GitCommit = or(more.GitCommit, "")
	entry.FullImageName, entry.Digest = or(more.FullImageName, ""), or(more.Digest, "")
	entry.SignatureVerified, entry.SignedBy = or(more.SignatureVerified, false), or(more.SignedBy, "")
	return entry, diags
}

// spelledAs returns a live image's catalogue object in the tenant's spelling, such as its own labels of operating
// systems.
func spelledAs(ctx context.Context, entry *catalogue.ImageEntry, live *image.Catalogue) (*image.Catalogue,
	diag.Diagnostics) {
	attributeTypes := entry.Object(ctx, tagged.Names[image.Catalogue]()...).AttributeTypes(ctx)
	object, diags := types.ObjectValueFrom(ctx, attributeTypes, live)
	if diags.HasError() {
		return live, diags
	}
	var spelled image.Catalogue
	diags.Append(entry.Spelled(ctx, object).As(ctx, &spelled, basetypes.ObjectAsOptions{})...)
	return &spelled, diags
}
