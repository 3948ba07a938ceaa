package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// restapiAddress is where the generic provider comes from.
const restapiAddress = "registry.terraform.io/mastercard/restapi"

// restapi stands in for the generic provider of REST APIs, as much of it as a guide shows: it creates objects in a
// tenant. Terraform wants the provider of whatever is in a state, also where a moved block takes all of it away; for
// that its schema is enough. https://registry.terraform.io/providers/Mastercard/restapi/latest/docs/resources/object
type restapi struct{ tenant *providertest.Tenant }

func (restapi) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "restapi"
}

func (restapi) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerschema.Schema{Attributes: map[string]providerschema.Attribute{
		"uri":                  providerschema.StringAttribute{Optional: true},
		"headers":              providerschema.MapAttribute{Optional: true, ElementType: types.StringType},
		"update_method":        providerschema.StringAttribute{Optional: true},
		"write_returns_object": providerschema.BoolAttribute{Optional: true},
	}}
}

func (restapi) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (restapi) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (r restapi) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return restapiObject(r) }}
}

type restapiObject struct{ tenant *providertest.Tenant }

func (restapiObject) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_object"
}

func (restapiObject) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id":                      schema.StringAttribute{Computed: true},
		"path":                    schema.StringAttribute{Required: true},
		"data":                    schema.StringAttribute{Required: true},
		"ignore_server_additions": schema.BoolAttribute{Optional: true},
		"api_data":                schema.MapAttribute{Computed: true, ElementType: types.StringType},
		"api_response":            schema.StringAttribute{Computed: true},
	}}
}

// Create sends the data, as the original does, and keeps the answer.
func (r restapiObject) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var location, data types.String
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("path"), &location)...)
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("data"), &data)...)
	object, err := r.post(ctx, location.ValueString(), data.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Nothing is created", err.Error())
		return
	}
	var fields map[string]any
	if err := json.Unmarshal(object, &fields); err != nil {
		resp.Diagnostics.AddError("The answer is no object", err.Error())
		return
	}
	texts := map[string]string{}
	for name, value := range fields {
		texts[name] = fmt.Sprint(value)
	}
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), texts["id"])...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("api_data"), texts)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("api_response"), string(object))...)
}

// post sends an object to the tenant, wherever the configuration says that it is.
func (r restapiObject) post(ctx context.Context, location, data string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.tenant.URL+location, strings.NewReader(data))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusCreated {
		err = fmt.Errorf("%s: %s", answer.Status, body)
	}
	return body, err
}

func (restapiObject) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (restapiObject) Update(_ context.Context, _ resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.AddError("Nothing is updated", "The object is as it should be.")
}

func (restapiObject) Delete(_ context.Context, _ resource.DeleteRequest, resp *resource.DeleteResponse) {
	resp.Diagnostics.AddError("Nothing is deleted", "The object should stay.")
}
