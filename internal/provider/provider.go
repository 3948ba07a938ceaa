// Package provider wires the parts together: the provider's schema and configuration, and the lists of resources and
// data sources. It may import every other internal package except the emulator; none of them imports it.
package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/definition"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/functions"
	"github.com/demandflow/terraform-provider-demandflow/internal/imagedata"
)

// Address is where registries serve the provider.
const Address = "registry.terraform.io/demandflow/demandflow"

// typeName is what the names of resources begin with.
const typeName = "demandflow"

type demandflowProvider struct {
	version string
	changes []func(*demandflow.Config)       // of tests
	tenant  atomic.Pointer[catalogue.Tenant] // nil until the provider is configured, and without a token
}

var (
	_ provider.ProviderWithValidateConfig     = (*demandflowProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*demandflowProvider)(nil)
	_ provider.ProviderWithActions            = (*demandflowProvider)(nil)
	_ provider.ProviderWithListResources      = (*demandflowProvider)(nil)
	_ provider.ProviderWithFunctions          = (*demandflowProvider)(nil)
)

func (p *demandflowProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = typeName
	resp.Version = p.version
}

func (p *demandflowProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	attributes := map[string]schema.Attribute{}
	for _, s := range settings {
		attributes[s.name] = s.schema()
	}
	maps.Copy(attributes, imagedata.ProviderAttributes())
	resp.Schema = schema.Schema{
		MarkdownDescription: "Keeps DemandFlow's catalogue of container registries and images as code.",
		Attributes:          attributes,
	}
}

// ValidateConfig checks the known values, so that `terraform validate` finds a malformed one too.
func (p *demandflowProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest,
	resp *provider.ValidateConfigResponse) {
	resp.Diagnostics.Append(checkConfigured(req.Config.Raw)...)
	resp.Diagnostics.Append(imagedata.ValidateProvider(ctx, req.Config)...)
}

func (p *demandflowProvider) Configure(ctx context.Context, req provider.ConfigureRequest,
	resp *provider.ConfigureResponse) {
	p.tenant.Store(nil) // that of the run before, where a debugger serves several
	options, diags := resolve(req.Config.Raw)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	userAgent := fmt.Sprintf("terraform-provider-demandflow/%s terraform/%s", p.version, req.TerraformVersion)
	tenant := catalogue.NoTenant(options.missing)
	if options.missing == nil {
		client, err := p.client(options.client, userAgent)
		if err != nil {
			resp.Diagnostics.AddError("Cannot set up the provider", err.Error())
			return
		}
		tenant = catalogue.NewTenant(client, options.resources)
		p.tenant.Store(tenant)
	}
	sources, diags := imagedata.NewSources(ctx, tenant, req.Config, userAgent)
	resp.Diagnostics.Append(diags...)
	resp.ResourceData, resp.DataSourceData, resp.EphemeralResourceData, resp.ActionData = sources, sources, sources,
		sources
	resp.ListResourceData = sources
}

// client returns the client for DemandFlow.
func (p *demandflowProvider) client(config demandflow.Config, userAgent string) (*demandflow.Client, error) {
	config.UserAgent = userAgent
	config.Log = func(ctx context.Context, message string, fields map[string]any) { tflog.Debug(ctx, message, fields) }
	for _, change := range p.changes {
		change(&config)
	}
	return demandflow.New(config)
}

func (p *demandflowProvider) Resources(context.Context) []func() resource.Resource {
	return slices.Concat(catalogue.Resources(), imagedata.Resources())
}

// EphemeralResources lists the ephemeral resources.
func (p *demandflowProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return catalogue.EphemeralResources()
}

// DataSources lists the data sources.
func (p *demandflowProvider) DataSources(context.Context) []func() datasource.DataSource {
	return slices.Concat(catalogue.DataSources(), []func() datasource.DataSource{definition.DataSource},
		imagedata.DataSources())
}

// Actions lists the actions. Terraform before 1.14 and OpenTofu ignore them.
func (p *demandflowProvider) Actions(context.Context) []func() action.Action {
	return imagedata.Actions()
}

// Functions lists the functions.
func (p *demandflowProvider) Functions(context.Context) []func() function.Function {
	return functions.All()
}

// ListResources lists the list resources. Terraform before 1.14 and OpenTofu ignore them.
func (p *demandflowProvider) ListResources(context.Context) []func() list.ListResource {
	return catalogue.ListResources()
}
