package provider_test

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// kubernetesAddress is where the guides' other provider comes from.
const kubernetesAddress = "registry.terraform.io/hashicorp/kubernetes"

// kubernetes stands in for the Kubernetes provider and a cluster, so that a guide may show where a pull secret goes: as
// much of kubernetes_secret_v1 as the guides use. It is the secrets of the cluster, by name; what is in one comes as
// text. https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/secret_v1
type kubernetes map[string]string

func (kubernetes) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "kubernetes"
}

func (kubernetes) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (kubernetes) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (kubernetes) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (cluster kubernetes) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return kubernetesSecret{cluster} }}
}

type kubernetesSecret struct{ cluster kubernetes }

type kubernetesSecretModel struct {
	Metadata []struct {
		Name      types.String `tfsdk:"name"`
		Namespace types.String `tfsdk:"namespace"`
	} `tfsdk:"metadata"`
	Type           types.String      `tfsdk:"type"`
	DataWO         map[string]string `tfsdk:"data_wo"`
	DataWORevision types.Int64       `tfsdk:"data_wo_revision"`
}

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
			Attributes: map[string]schema.Attribute{"name": schema.StringAttribute{Required: true},
				"namespace": schema.StringAttribute{Optional: true}},
		}}},
	}
}

func (s kubernetesSecret) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.Append(s.write(ctx, req.Config)...)
	resp.State.Raw = req.Plan.Raw
}

func (kubernetesSecret) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

// Update writes the data when the revision changes, as the original does.
func (s kubernetesSecret) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var before, after types.Int64
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("data_wo_revision"), &before)...)
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("data_wo_revision"), &after)...)
	if !before.Equal(after) {
		resp.Diagnostics.Append(s.write(ctx, req.Config)...)
	}
	resp.State.Raw = req.Plan.Raw
}

func (s kubernetesSecret) write(ctx context.Context, config tfsdk.Config) diag.Diagnostics {
	var model kubernetesSecretModel
	diags := config.Get(ctx, &model)
	if !diags.HasError() {
		s.cluster[model.Metadata[0].Name.ValueString()] = fmt.Sprint(model.DataWO)
	}
	return diags
}

func (kubernetesSecret) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
