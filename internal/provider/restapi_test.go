package provider_test

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// restapiAddress is where the generic provider comes from.
const restapiAddress = "registry.terraform.io/mastercard/restapi"

// restapi stands in for the generic provider of REST APIs. Terraform wants the provider of whatever is in a state, also where a
// moved block takes all of it away; it never asks this one for more than its schema.
// https://registry.terraform.io/providers/Mastercard/restapi/latest/docs/resources/object
type restapi struct{}

func (restapi) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "restapi"
}

func (restapi) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (restapi) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (restapi) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (restapi) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return restapiObject{} }}
}

type restapiObject struct{}

func (restapiObject) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_object"
}

func (restapiObject) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id":           schema.StringAttribute{Computed: true},
		"path":         schema.StringAttribute{Required: true},
		"data":         schema.StringAttribute{Required: true},
		"api_data":     schema.MapAttribute{Computed: true, ElementType: types.StringType},
		"api_response": schema.StringAttribute{Computed: true},
	}}
}

func (restapiObject) Create(_ context.Context, _ resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.AddError("Nothing is created", "The object is there already.")
}

func (restapiObject) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (restapiObject) Update(_ context.Context, _ resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.AddError("Nothing is updated", "The object is as it should be.")
}

func (restapiObject) Delete(_ context.Context, _ resource.DeleteRequest, resp *resource.DeleteResponse) {
	resp.Diagnostics.AddError("Nothing is deleted", "The object should stay.")
}
