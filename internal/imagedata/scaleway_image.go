package imagedata

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway"
)

// scalewayImage is the resource for the visibility of an existing image.
type scalewayImage struct {
	sources                *Sources
	timeout, deleteTimeout time.Duration
}

var (
	_ resource.ResourceWithConfigure        = (*scalewayImage)(nil)
	_ resource.ResourceWithConfigValidators = (*scalewayImage)(nil)
	_ resource.ResourceWithImportState      = (*scalewayImage)(nil)
)

type scalewayImageState struct {
	ID              types.String `tfsdk:"id"`
	Region          types.String `tfsdk:"region"`
	ImageID         types.String `tfsdk:"image_id"`
	Namespace       types.String `tfsdk:"namespace"`
	Name            types.String `tfsdk:"name"`
	Visibility      types.String `tfsdk:"visibility"`
	DeleteOnDestroy types.Bool   `tfsdk:"delete_on_destroy"`
	NamespaceID     types.String `tfsdk:"namespace_id"`
	Repository      types.String `tfsdk:"repository"`
}

const (
	visibilityArgument      = "visibility"
	deleteOnDestroyArgument = "delete_on_destroy"
)

func (r *scalewayImage) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_scaleway_image"
}

// Configure takes the provider's sources; they are not there yet while a configuration is validated.
func (r *scalewayImage) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.sources, _ = req.ProviderData.(*Sources)
}

func (r *scalewayImage) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keep := stringplanmodifier.UseStateForUnknown()
	result := func(doc string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: doc, PlanModifiers: []planmodifier.String{keep}}
	}
	key := func(doc string, another planmodifier.String, validators ...validator.String) schema.Attribute {
		return schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: doc, Validators: validators,
			PlanModifiers: []planmodifier.String{keep, another}}
	}
	other := otherSpelling(func(a, b string) bool { return a == b })
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages the visibility of an image in Scaleway's Container Registry. The image must exist: " +
			"Terraform does not push it. A destroy does not change the image or its visibility, unless `delete_on_destroy` is " +
			"set.",
		Attributes: map[string]schema.Attribute{
			"id": result("Id of the resource and of its import: `region/image_id`."),
			imageIDArgument: key(imageIDDoc+" Exactly one of this and `name` must be set. Another id replaces the resource, "+
				"with the effects of a destroy.", stringplanmodifier.RequiresReplaceIf(otherImage, otherIDDoc, otherIDDoc)),
			nameArgument: key("Full name of the image. Exactly one of this and `image_id` must be set.", other),
			namespaceArgument: key(namespaceDoc,
				stringplanmodifier.RequiresReplaceIf(otherNamespace, otherNamespaceDoc, otherNamespaceDoc),
				stringvalidator.ConflictsWith(path.MatchRoot(imageIDArgument))),
			regionArgument: key("Region of the image. "+regionDoc+", when the resource is created.", other,
				scalewayRegion),
			visibilityArgument: schema.StringAttribute{
				Required: true, Validators: []validator.String{stringvalidator.OneOf(scaleway.Visibilities()...)},
				MarkdownDescription: "`public`: anyone can pull the image without credentials. `private`: only those with read " +
					"access to the organization's registry. `inherit`: the visibility of the namespace.",
			},
			deleteOnDestroyArgument: schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Permanently delete the image with all of its tags on destroy, and on a change to another " +
					"image. Terraform uses the value that was applied last. Defaults to false.",
			},
			"namespace_id": result("Id of the image's namespace."),
			"repository":   result("Repository of the image (`rg.fr-par.scw.cloud/namespace/name`)."),
		},
	}
}

// ConfigValidators returns the rules about several arguments.
func (r *scalewayImage) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{resourcevalidator.ExactlyOneOf(path.MatchRoot(imageIDArgument),
		path.MatchRoot(nameArgument))}
}

func (r *scalewayImage) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	ctx, cancel := timeoutContext(ctx, r.timeout)
	defer cancel()
	var plan scalewayImageState
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client, diags := r.sources.scaleway()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	var remarks warnings
	options := scaleway.Options{Warn: remarks.add}
	id := plan.ImageID.ValueStringPointer()
	if plan.ImageID.IsUnknown() {
		id = nil
	}
	found, at, err := findScaleway(ctx, client, plan.Region.ValueStringPointer(), id,
		plan.Namespace.ValueStringPointer(), plan.Name.ValueStringPointer(), options)
	resp.Diagnostics.Append(remarks.diags...)
	switch {
	case errors.Is(err, image.ErrNotFound):
		resp.Diagnostics.AddAttributeError(at, "No such image", sentence(err)+
			"\n\nTerraform takes over images that are there, and pushes none: push it first.")
		return
	case err != nil:
		resp.Diagnostics.AddAttributeError(at, "Cannot find the image", sentence(err))
		return
	}
	if or(found.Scaleway.Visibility, "") != plan.Visibility.ValueString() {
		if err := client.SetVisibility(ctx, found.Scaleway.Region, found.Scaleway.ID,
			plan.Visibility.ValueString()); err != nil {
			resp.Diagnostics.AddAttributeError(path.Root(visibilityArgument), "Cannot set the visibility", sentence(err))
			return
		}
	}
	plan.fill(found.Scaleway)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// fill sets what the configuration leaves out.
func (s *scalewayImageState) fill(found *image.Scaleway) {
	open := func(into *types.String, value string) {
		if into.IsNull() || into.IsUnknown() {
			*into = types.StringValue(value)
		}
	}
	open(&s.ID, found.Region+"/"+found.ID)
	open(&s.Region, found.Region)
	open(&s.ImageID, found.ID)
	open(&s.Namespace, found.Namespace)
	open(&s.Name, found.Name)
	open(&s.NamespaceID, found.NamespaceID)
	open(&s.Repository, found.Repository)
	if s.DeleteOnDestroy.IsNull() || s.DeleteOnDestroy.IsUnknown() {
		s.DeleteOnDestroy = types.BoolValue(false)
	}
}

func (r *scalewayImage) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	ctx, cancel := timeoutContext(ctx, r.timeout)
	defer cancel()
	var state scalewayImageState
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client, diags := r.sources.scaleway()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	var remarks warnings
	found, err := client.Image(ctx, state.Region.ValueString(), state.ImageID.ValueString(),
		scaleway.Options{Warn: remarks.add})
	resp.Diagnostics.Append(remarks.diags...)
	switch {
	case errors.Is(err, image.ErrNotFound):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.AddError("Cannot read the image", sentence(err)+"\n\nNothing was removed from the state.")
		return
	}
	state.fill(found.Scaleway)
	state.Visibility = types.StringPointerValue(found.Scaleway.Visibility)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

func (r *scalewayImage) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	ctx, cancel := timeoutContext(ctx, r.timeout)
	defer cancel()
	var plan, state scalewayImageState
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client, diags := r.sources.scaleway()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !plan.Visibility.Equal(state.Visibility) {
		err := client.SetVisibility(ctx, state.Region.ValueString(), state.ImageID.ValueString(),
			plan.Visibility.ValueString())
		if err != nil {
			resp.Diagnostics.AddAttributeError(path.Root(visibilityArgument), "Cannot set the visibility",
				sentence(err)+whatNext(err))
			return
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

func whatNext(err error) string {
	if errors.Is(err, image.ErrNotFound) {
		return "\n\nThe image was deleted since Terraform last looked: plan again."
	}
	return ""
}

// Delete deletes the image if the resource is set to. Otherwise the image stays.
func (r *scalewayImage) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	ctx, cancel := timeoutContext(ctx, r.deleteTimeout)
	defer cancel()
	var state scalewayImageState
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || !state.DeleteOnDestroy.ValueBool() {
		return
	}
	client, diags := r.sources.scaleway()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := client.Delete(ctx, state.Region.ValueString(), state.ImageID.ValueString()); err != nil &&
		!errors.Is(err, image.ErrNotFound) {
		resp.Diagnostics.AddError("Cannot delete the image", sentence(err))
	}
}

// ImportState takes region/id.
func (r *scalewayImage) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse) {
	region, id, err := scaleway.Locate("", req.ID)
	if err == nil {
		err = scaleway.CheckRegion(region)
	}
	if err != nil {
		resp.Diagnostics.Append(diag.NewErrorDiagnostic("Cannot import the image",
			fmt.Sprintf("%q is not what an import takes: %s\n\n"+
				"Give region/image_id, such as fr-par/97acc09a-89cb-4c45-8b75-207be248b202. scw registry image list shows the ids.",
				req.ID, sentence(err))))
		return
	}
	for _, given := range [][2]string{{"id", region + "/" + id}, {regionArgument, region}, {imageIDArgument, id}} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(given[0]), given[1])...)
	}
}
