package imagedata

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
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
)

// imageDrift compares an entry of the catalogue with the image as it really is.
type imageDrift struct{ reader }

var (
	_ datasource.DataSourceWithConfigure      = (*imageDrift)(nil)
	_ datasource.DataSourceWithValidateConfig = (*imageDrift)(nil)
)

const (
	idArgument     = "docker_image_id"
	liveArgument   = "live"
	ignoreArgument = "ignore"
)

type imageDriftModel struct {
	DockerImageID string             `tfsdk:"docker_image_id"`
	Reference     *string            `tfsdk:"reference"`
	Platform      *string            `tfsdk:"platform"`
	PublicKeys    []string           `tfsdk:"public_keys"`
	Live          *liveModel         `tfsdk:"live"`
	Ignore        []string           `tfsdk:"ignore"`
	InSync        *bool              `tfsdk:"in_sync"`
	Differences   []drift.Difference `tfsdk:"differences"`
	Compared      []string           `tfsdk:"compared"`
	Undecided     []drift.Undecided  `tfsdk:"undecided"`
}

func (d *imageDrift) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_docker_image_drift"
}

func (d *imageDrift) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	var classes []string
	for _, class := range drift.Classes() {
		classes = append(classes, fmt.Sprintf("`%s` (%s)", class[0], class[1]))
	}
	difference := with(attributesOf[drift.Difference](result), map[string]schema.Attribute{
		"class": schema.StringAttribute{Computed: true, MarkdownDescription: docOf[drift.Difference]("class") + " One of " +
			strings.Join(classes, ", ") + "."},
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "An entry of the catalogue against the image as it really is, difference by difference, for " +
			"`check` blocks and postconditions. " +
			"A tag may have moved, a command changed, a platform come or gone, a signature been lost.\n\n" +
			"Write it inside the `check` block: there a registry that cannot be reached is a warning. Elsewhere it stops the " +
			"plan.\n\n" +
			"A field that the catalogue leaves empty claims nothing and is not compared, nor is what the source of the live " +
			"image does not tell; `compared` has the rest. " +
			"Spelling is no difference: the order of sets and of JSON keys, a command in exec form or as it is typed, ports " +
			"as a list or an object. " +
			"`name` and `tag` are not compared, so that an entry can be held against its copy in another registry.",
		Attributes: map[string]schema.Attribute{
			idArgument: schema.StringAttribute{Required: true,
				MarkdownDescription: "Id of the catalogue's entry: the `id` of a `demandflow_docker_image`."},
			referenceArgument: schema.StringAttribute{
				Optional: true, Computed: true, Validators: referenceValidators,
				MarkdownDescription: "Name of the image to read from its OCI registry. When neither this nor `live` is set, it " +
					"is the entry's `full_image_name`.",
			},
			platformArgument: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Which platform's configuration to compare, such as `linux/arm64`. When not set: " +
					"`linux/amd64`, or the first where there is none. Not together with `live`.",
				Validators: platformValidators,
			},
			publicKeysArgument: schema.ListAttribute{
				Optional: true, ElementType: types.StringType, Validators: keyValidators,
				MarkdownDescription: "PEM-encoded public keys. Where the catalogue has the image as signed, a signature must be " +
					"by one of them; when not set, it must be there. Not together with `live`.",
			},
			liveArgument: schema.SingleNestedAttribute{
				Optional: true, Attributes: liveAttributes(),
				MarkdownDescription: "The live image as any of the data sources gives it: `live = data.demandflow_oci_image.x`, " +
					"or `data.demandflow_docker_engine_images.x.images[0]`. What it has beyond these attributes is not looked at. " +
					"Not together with `reference`.",
			},
			ignoreArgument: textSet("Attributes that are not to be compared, such as `[\"labels\"]`.",
				setvalidator.ValueStringsAre(stringvalidator.OneOf(drift.Fields()...))),
			"in_sync": schema.BoolAttribute{Computed: true,
				MarkdownDescription: "Whether all that the catalogue claims was found to be so. False where something differs, " +
					"and also where a claim could not be settled: `undecided` has it then, and `differences` may be empty."},
			"differences": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The differences. Empty when there are none.",
				NestedObject: schema.NestedAttributeObject{Attributes: difference},
			},
			"compared": schema.ListAttribute{Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Attributes that were compared: the catalogue sets them and the live image tells them."},
			"undecided": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "What the catalogue claims and the live image could not settle, such as a " +
					"digest that may be that of a platform which an engine does not have. It is no difference, and what is under " +
					"`ignore` is not among it. Empty when there is nothing of the kind.",
				NestedObject: schema.NestedAttributeObject{Attributes: attributesOf[drift.Undecided](result)},
			},
		},
	}
}

// ValidateConfig refuses two live images for one entry.
func (d *imageDrift) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse) {
	var live types.Object
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(liveArgument), &live)...)
	if live.IsNull() || resp.Diagnostics.HasError() {
		return
	}
	for _, name := range []string{referenceArgument, platformArgument} {
		var text types.String
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), &text)...)
		if !text.IsNull() {
			resp.Diagnostics.Append(notBesideLive(name))
		}
	}
	var keys types.List
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(publicKeysArgument), &keys)...)
	if !keys.IsNull() {
		resp.Diagnostics.Append(notBesideLive(publicKeysArgument))
	}
}

func notBesideLive(name string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Contradictory arguments",
		fmt.Sprintf("The live image is given, so there is nothing to read for which %s would be used.\n\nLeave out %s, or "+
			"live.", name, name))
}

func (d *imageDrift) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var state imageDriftModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, diags := d.sources.ImageEntry(ctx, state.DockerImageID, path.Root(idArgument))
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	entry, diags := entryOf(ctx, found)
	resp.Diagnostics.Append(diags...)
	live := state.Live.image()
	if state.Live == nil {
		if state.Reference == nil {
			if !namesRegistry(entry.FullImageName) {
				resp.Diagnostics.AddAttributeError(path.Root(idArgument), "No registry to ask",
					fmt.Sprintf("The entry %s names no registry: set reference.", entry.FullImageName))
				return
			}
			state.Reference = &entry.FullImageName
		}
		live, diags = d.read(ctx, state, &entry)
		resp.Diagnostics.Append(diags...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if live != nil && live.Catalogue != nil {
		spelled, diags := spelledAs(ctx, found, live.Catalogue)
		resp.Diagnostics.Append(diags...)
		live = new(*live)
		live.Catalogue = spelled
	}
	compared := drift.Compare(entry, live, state.Ignore)
	for _, undecided := range compared.Undecided {
		resp.Diagnostics.AddWarning("Not compared", undecided.Reason+
			"\n\nRead the image from its registry to know, or put what cannot be known under \"ignore\".")
	}
	state.InSync = new(compared.InSync())
	state.Differences = append([]drift.Difference{}, compared.Differences...)
	state.Compared = append([]string{}, compared.Compared...)
	state.Undecided = append([]drift.Undecided{}, compared.Undecided...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// read reads the live image from its registry; nil where it is not there. Where it is not there for the platform that
// is to be compared, the entry notes that, and there is no configuration: that of another platform would be another
// image's.
func (d *imageDrift) read(ctx context.Context, state imageDriftModel, entry *drift.Entry) (*image.Image,
	diag.Diagnostics) {
	options := driftOptions(state, *entry)
	live, diags, err := d.sources.fromRegistry(ctx, *state.Reference, options)
	if options.Platform != "" && errors.Is(err, image.ErrNoPlatform) {
		entry.Missing, options.Platform = options.Platform, ""
		live, diags, err = d.sources.fromRegistry(ctx, *state.Reference, options)
		if live != nil {
			live.Catalogue = nil
		}
	}
	if err != nil && !errors.Is(err, image.ErrNotFound) {
		diags.Append(cannotRead(referenceArgument, err))
	}
	return live, diags
}

// namesRegistry reports whether an image's name begins with a host. Without one it is short for an image of Docker Hub,
// which nobody means who has left an entry's registry empty.
func namesRegistry(name string) bool {
	host, _, found := strings.Cut(name, "/")
	return found && (host == "localhost" || strings.ContainsAny(host, ".:"))
}

// driftOptions asks the registry for signatures and for every digest only where the catalogue says something of them.
func driftOptions(state imageDriftModel, entry drift.Entry) oci.Options {
	options := oci.Options{Platform: or(state.Platform, ""), Include: []string{oci.IncludeConfig}}
	if !slices.Contains(state.Ignore, drift.FieldDigest) {
		options.Sought = entry.Digest
	}
	if entry.SignatureVerified || entry.SignedBy != "" {
		options.Include = append(options.Include, oci.IncludeReferrers)
		options.PublicKeys = state.PublicKeys
	}
	return options
}

// entryOf returns what the catalogue says of an image, in the shape's terms.
func entryOf(ctx context.Context, found *catalogue.ImageEntry) (drift.Entry, diag.Diagnostics) {
	var entry drift.Entry
	diags := found.Object(ctx, tagsOf[image.Catalogue]()...).As(ctx, &entry.Catalogue, basetypes.ObjectAsOptions{})
	var more struct {
		FullImageName     *string `tfsdk:"full_image_name"`
		Digest            *string `tfsdk:"digest"`
		SignatureVerified *bool   `tfsdk:"signature_verified"`
		SignedBy          *string `tfsdk:"signed_by"`
	}
	diags.Append(found.Object(ctx, drift.FieldReference, drift.FieldDigest, drift.FieldSignatureVerified,
		drift.FieldSignedBy).As(ctx, &more, basetypes.ObjectAsOptions{})...)
	entry.FullImageName, entry.Digest = or(more.FullImageName, ""), or(more.Digest, "")
	entry.SignatureVerified, entry.SignedBy = or(more.SignatureVerified, false), or(more.SignedBy, "")
	return entry, diags
}

// spelledAs returns a live image's catalogue object in the tenant's spelling, such as its own labels of operating
// systems.
func spelledAs(ctx context.Context, entry *catalogue.ImageEntry, live *image.Catalogue) (*image.Catalogue,
	diag.Diagnostics) {
	attributeTypes := entry.Object(ctx, tagsOf[image.Catalogue]()...).AttributeTypes(ctx)
	object, diags := types.ObjectValueFrom(ctx, attributeTypes, live)
	if diags.HasError() {
		return live, diags
	}
	var spelled image.Catalogue
	diags.Append(entry.Spelled(ctx, object).As(ctx, &spelled, basetypes.ObjectAsOptions{})...)
	return &spelled, diags
}
