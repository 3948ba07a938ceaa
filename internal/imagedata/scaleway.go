package imagedata

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	provider "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

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

func (m scalewayModel) config(userAgent string) scaleway.Config {
	return scaleway.Config{
		AccessKey: or(m.AccessKey, ""), SecretKey: or(m.SecretKey, ""), Profile: or(m.Profile, ""), Region: or(m.Region, ""),
		OrganizationID: or(m.OrganizationID, ""), ProjectID: or(m.ProjectID, ""), APIURL: or(m.APIURL, ""),
		UserAgent: userAgent,
	}
}

// scalewayAttribute returns the provider's argument.
func scalewayAttribute() provider.Attribute {
	text := func(doc string) provider.StringAttribute {
		return provider.StringAttribute{Optional: true, MarkdownDescription: doc}
	}
	secret := text("Secret key of the API key. It is also the password for the registry, where a data source includes " +
		"what only the registry knows. Environment: `SCW_SECRET_KEY`.")
	secret.Sensitive = true
	return provider.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "How to reach Scaleway's Container Registry, for `demandflow_scaleway_image` and " +
			"`demandflow_scaleway_images`. What is not set comes from the environment, " +
			"and then from the profile that is active in Scaleway's configuration file (`~/.config/scw/config.yaml`, " +
			"`SCW_CONFIG_PATH`), as for Scaleway's own tools.",
		Attributes: map[string]provider.Attribute{
			"access_key": text("Access key of the API key (`SCW…`). Together with `secret_key`; the file is not read " +
				"then, unless `profile` is set. Environment: `SCW_ACCESS_KEY`."),
			"secret_key": secret,
			"profile": text("A profile of the configuration file by name. Goes before the environment. When not set: " +
				"that of `SCW_PROFILE`, or the active one."),
			regionArgument: text("Region where none is given, such as `fr-par`. Environment: `SCW_DEFAULT_REGION`."),
			"organization_id": text("Organization that lookups by name and lists are limited to, unless they say otherwise. " +
				"All that the key may see when not set; the environment and the profile do not limit them."),
			"project_id": text("Project that lookups by name and lists are limited to, in the same way."),
			"api_url": text("Address of the API, where it is another than `https://api.scaleway.com`. Environment: " +
				"`SCW_API_URL`."),
		},
	}
}

// scalewayDataSources lists what reads Scaleway's registry.
func scalewayDataSources() []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return &scalewayImageData{} },
		func() datasource.DataSource { return &scalewayImagesData{} },
	}
}

// Resources lists what of live images is kept. Each of its steps gives up after a time.
func Resources() []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return &scalewayImageWithTimeout{&scalewayImage{}, readTimeout,
			deleteTimeout}
	}}
}

// An id is checked where it is used and not where a configuration is validated: in a test with mock_provider it is
// random text.
var scalewayRegion = checkedText{"a region", scaleway.CheckRegion}
