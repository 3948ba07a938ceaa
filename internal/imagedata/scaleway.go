package imagedata

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	provider "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway"
)

// scalewayArgument is the provider's argument for Scaleway's registry.
const scalewayArgument = "scaleway"

// Arguments of the data sources and the resource.
const (
	imageIDArgument   = "image_id"
	namespaceArgument = "namespace"
	regionArgument    = "region"
	tagArgument       = "tag"
)

type scalewayModel struct {
	AccessKey      *string `tfsdk:"access_key"`
	SecretKey      *string `tfsdk:"secret_key"`
	Profile        *string `tfsdk:"profile"`
	Region         *string `tfsdk:"region"`
	OrganizationID *string `tfsdk:"organization_id"`
	ProjectID      *string `tfsdk:"project_id"`
	APIURL         *string `tfsdk:"api_url"`
}

func (m scalewayModel) config() scaleway.Config {
	return scaleway.Config{
		AccessKey: or(m.AccessKey, ""), SecretKey: or(m.SecretKey, ""), Profile: or(m.Profile, ""), Region: or(m.Region, ""),
		OrganizationID: or(m.OrganizationID, ""), ProjectID: or(m.ProjectID, ""), APIURL: or(m.APIURL, ""),
	}
}

// scalewayAttribute is the provider's argument.
func scalewayAttribute() provider.Attribute {
	text := func(doc string) provider.StringAttribute {
		return provider.StringAttribute{Optional: true, MarkdownDescription: doc}
	}
	secret := text("Secret key of the API key. It is also the password for the registry, where a data source includes what only the registry knows. Environment: `SCW_SECRET_KEY`.")
	secret.Sensitive = true
	return provider.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "How to reach Scaleway's Container Registry, for `demandflow_scaleway_image` and `demandflow_scaleway_images`. What is not set comes from the environment, " +
			"and then from the profile that is active in Scaleway's configuration file (`~/.config/scw/config.yaml`, `SCW_CONFIG_PATH`), as for Scaleway's own tools.",
		Attributes: map[string]provider.Attribute{
			"access_key":      text("Access key of the API key (`SCW…`). Together with `secret_key`; the file is not read then, unless `profile` is set. Environment: `SCW_ACCESS_KEY`."),
			"secret_key":      secret,
			"profile":         text("A profile of the configuration file by name. Goes before the environment. When not set: that of `SCW_PROFILE`, or the active one."),
			regionArgument:    text("Region where none is given, such as `fr-par`. Environment: `SCW_DEFAULT_REGION`."),
			"organization_id": text("Organization that lookups by name and lists are limited to, unless they say otherwise. All that the key may see when not set; the environment and the profile do not limit them."),
			"project_id":      text("Project that lookups by name and lists are limited to, in the same way."),
			"api_url":         text("Address of the API, where it is another than `https://api.scaleway.com`. Environment: `SCW_API_URL`."),
		},
	}
}

func scalewayConfig(ctx context.Context, config tfsdk.Config) (settings scaleway.Config, known bool, diags diag.Diagnostics) {
	var given scalewayModel
	known, diags = nested(ctx, config, scalewayArgument, &given)
	return given.config(), known, diags
}

// validateScaleway checks what the provider's configuration says of Scaleway and what is known already.
func validateScaleway(ctx context.Context, config tfsdk.Config) diag.Diagnostics {
	settings, known, diags := scalewayConfig(ctx, config)
	if !known {
		return diags
	}
	if _, err := scaleway.New(settings); err != nil {
		diags.AddAttributeError(path.Root(scalewayArgument), "Invalid "+scalewayArgument, sentence(err))
	}
	return diags
}

// A scalewayPlace is Scaleway as one of the sources. It costs nothing until it is used.
type scalewayPlace struct {
	scaleway place[*scaleway.Client]
}

func newScalewayPlace(ctx context.Context, config tfsdk.Config, userAgent string) (scalewayPlace, diag.Diagnostics) {
	settings, known, diags := scalewayConfig(ctx, config)
	settings.UserAgent = userAgent
	return scalewayPlace{newPlace(scalewayArgument, known, func() (*scaleway.Client, error) { return scaleway.New(settings) })}, diags
}

func (p scalewayPlace) scalewayClient() (*scaleway.Client, diag.Diagnostics) { return p.scaleway() }

// scalewaySources are what the provider hands out, as far as it is needed here: Scaleway, and the registry behind it.
type scalewaySources interface {
	scalewayClient() (*scaleway.Client, diag.Diagnostics)
	ociImage(ctx context.Context, reference string, options oci.Options, mayBeMissing bool) (*image.Image, diag.Diagnostics)
}

// A scalewayReader is a data source over them.
type scalewayReader struct{ sources scalewaySources }

// Configure takes the provider's sources; they are not there yet while a configuration is validated.
func (r *scalewayReader) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	r.sources, _ = req.ProviderData.(scalewaySources)
}

// scalewayDataSources lists what reads Scaleway's registry.
func scalewayDataSources() []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return &scalewayImageData{} },
		func() datasource.DataSource { return &scalewayImagesData{} },
	}
}

// Resources lists what of live images is kept.
func Resources() []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &scalewayImage{} }}
}

// A checkedText is a text that a source itself says is right or wrong, so that plans say it too.
type checkedText struct {
	what  string // "a region"
	check func(string) error
}

func (c checkedText) Description(context.Context) string             { return c.what }
func (c checkedText) MarkdownDescription(ctx context.Context) string { return c.Description(ctx) }

// ValidateString asks the source.
func (c checkedText) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := c.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, fmt.Sprintf("Not %s", c.what), sentence(err))
	}
}

var (
	scalewayRegion = checkedText{"a region", scaleway.CheckRegion}
	scalewayID     = checkedText{"an id", scaleway.CheckID}
)
