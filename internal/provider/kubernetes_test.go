package provider_test

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// kubernetesAddress is where the guides' other provider comes from.
const kubernetesAddress = "registry.terraform.io/hashicorp/kubernetes"

// kubernetes stands in for the Kubernetes provider, so that a guide may show where a pull secret goes: as much of
// kubernetes_secret_v1 as the guides use, and no cluster behind it.
// https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/secret_v1
type kubernetes struct{}

func (kubernetes) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "kubernetes"
}

func (kubernetes) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (kubernetes) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (kubernetes) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (kubernetes) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return kubernetesSecret{} }}
}

type kubernetesSecret struct{}

func (kubernetesSecret) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_secret_v1"
}

func (kubernetesSecret) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Attributes: map[string]schema.Attribute{
			"type":             schema.StringAttribute{Optional: true},
			"data_wo":          schema.MapAttribute{Optional: true, WriteOnly: true, ElementType: types.StringType},
			"data_wo_revision": schema.Int64Attribute{Optional: true},
		},
		Blocks: map[string]schema.Block{"metadata": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{
			Attributes: map[string]schema.Attribute{"name": schema.StringAttribute{Required: true}, "namespace": schema.StringAttribute{Optional: true}},
		}}},
	}
}

func (kubernetesSecret) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (kubernetesSecret) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (kubernetesSecret) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (kubernetesSecret) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
