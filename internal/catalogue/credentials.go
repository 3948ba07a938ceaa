package catalogue

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// credentials opens a registry's credentials for the time of a run. Terraform keeps ephemeral values in neither plan
// nor state. Nothing is written or renewed in DemandFlow.
type credentials struct {
	registries *table
	tenant     *Tenant
}

var (
	_ ephemeral.EphemeralResourceWithConfigure      = (*credentials)(nil)
	_ ephemeral.EphemeralResourceWithValidateConfig = (*credentials)(nil)
)

// credentialsModel is the configuration and result of the ephemeral resource.
type credentialsModel struct {
	ID               types.String `tfsdk:"id"`
	Name             types.String `tfsdk:"name"`
	URL              types.String `tfsdk:"url"`
	Username         types.String `tfsdk:"username"`
	Password         types.String `tfsdk:"password"`
	Token            types.String `tfsdk:"token"`
	AuthType         types.String `tfsdk:"auth_type"`
	DockerConfigJSON types.String `tfsdk:"docker_config_json"`
}

// EphemeralResources lists a constructor for each ephemeral resource.
func EphemeralResources() []func() ephemeral.EphemeralResource {
	registries := newTable(&entity.DockerRegistry)
	return []func() ephemeral.EphemeralResource{
		func() ephemeral.EphemeralResource { return &credentials{registries: registries} },
	}
}

func (c *credentials) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + c.registries.TypeName() + "_credentials"
}

func (c *credentials) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	field := func(name string) string { return c.registries.column(name).Doc }
	resp.Schema = schema.Schema{
		MarkdownDescription: "Credentials of a registry, for the time of a run: Terraform keeps them in neither plan nor " +
			"state. Nothing is changed in DemandFlow. What DemandFlow does not show is null.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{Optional: true, Computed: true,
				MarkdownDescription: "Id of the registry. Give this or `name`."},
			"name":      schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: field("name")},
			"url":       schema.StringAttribute{Computed: true, MarkdownDescription: field("url")},
			"username":  schema.StringAttribute{Computed: true, MarkdownDescription: field("username")},
			"password":  schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: field("password")},
			"token":     schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: field("token")},
			"auth_type": schema.StringAttribute{Computed: true, MarkdownDescription: field("authType")},
			"docker_config_json": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "A Docker configuration (`config.json`) with the registry's host and these credentials, " +
					"ready as `.dockerconfigjson` of a Kubernetes pull secret. " +
					"With a user name, it has the password, else the token. Without one, it has the token alone " +
					"(`registrytoken`, which Kubernetes does not know). Null where neither is there.",
			},
		},
	}
}

func (c *credentials) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	var diags diag.Diagnostics
	c.tenant, diags = TenantOf(req.ProviderData)
	resp.Diagnostics.Append(diags...)
}

func (c *credentials) ValidateConfig(ctx context.Context, req ephemeral.ValidateConfigRequest,
	resp *ephemeral.ValidateConfigResponse) {
	var model credentialsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	resp.Diagnostics.Append(model.problems()...)
}

// problems returns what is wrong with the look-up, as far as it is known.
func (m credentialsModel) problems() diag.Diagnostics {
	var diags diag.Diagnostics
	for _, argument := range []struct {
		name  string
		value types.String
	}{{idAttribute, m.ID}, {"name", m.Name}} {
		if value := argument.value; !value.IsNull() && !value.IsUnknown() && value.ValueString() == "" {
			diags.Append(emptyLookUp(argument.name))
		}
	}
	if !m.ID.IsUnknown() && !m.Name.IsUnknown() && m.ID.IsNull() == m.Name.IsNull() {
		diags.AddAttributeError(path.Root(idAttribute), "Invalid look-up of credentials",
			"Give exactly one of `id` and `name`.")
	}
	return diags
}

func (c *credentials) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model credentialsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	resp.Diagnostics.Append(model.problems()...)
	if resp.Diagnostics.HasError() {
		return
	}
	table, err := c.tenant.inForce(ctx, c.registries)
	if err != nil {
		resp.Diagnostics.Append(c.registries.noDefinition(err))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	object, diags := c.readNow(ctx, table, model)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	shown := func(name string) types.String {
		column := table.column(name)
		if value := object.Text(name); value != "" && !demandflow.Hidden(column.Field, object) {
			return types.StringValue(column.Options.Spelling(value))
		}
		return types.StringNull()
	}
	model = credentialsModel{
		ID: types.StringValue(object.ID()), Name: shown("name"), URL: shown("url"), Username: shown("username"),
		Password: shown("password"), Token: shown("token"), AuthType: shown("authType"),
	}
	if model.DockerConfigJSON, err = dockerConfig(table.column("url").Comparable(model.URL.ValueString()),
		model); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("docker_config_json"), "Cannot write docker_config_json", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, model)...)
}

// readNow reads the registry by itself: an object of a list may be some minutes old, and its password outdated.
func (c *credentials) readNow(ctx context.Context, table *table, model credentialsModel) (demandflow.Object,
	diag.Diagnostics) {
	id := model.ID.ValueString()
	if model.ID.IsNull() {
		w := criteria{"name": model.Name.ValueString()}
		matches, err := c.tenant.client.FindAnew(ctx, table.Entity, []criteria{w})
		return table.onlyMatch(ctx, c.tenant.client, matches, err, []criteria{w}, table.inWords(w), path.Root("name"))
	}
	object, err := c.tenant.client.Get(ctx, table.Code, id)
	return object, table.lookUpError(ctx, c.tenant.client, id, path.Root(idAttribute), err)
}

// dockerConfig returns the config.json that docker login would write for a host. Its format is Docker's:
// https://github.com/docker/cli/blob/master/cli/config/types/authconfig.go
func dockerConfig(hostAndPath string, model credentialsModel) (types.String, error) {
	user, password, token := model.Username.ValueString(), model.Password.ValueString(), model.Token.ValueString()
	host := dockerHost(hostAndPath)
	var entry map[string]string
	switch secret := cmp.Or(password, token); {
	case host == "":
	case user != "" && secret != "":
		entry = map[string]string{"username": user, "password": secret,
			"auth": base64.StdEncoding.EncodeToString([]byte(user + ":" + secret))}
	case user == "" && token != "": // a password is not a token, and has no effect without its user
		entry = map[string]string{"registrytoken": token}
	}
	if entry == nil {
		return types.StringNull(), nil
	}
	config, err := json.Marshal(map[string]any{"auths": map[string]any{host: entry}})
	if err != nil {
		return types.StringNull(), fmt.Errorf("the credentials cannot be written as JSON: %w", err)
	}
	return types.StringValue(string(config)), nil
}

// dockerHost returns the key under which Docker and Kubernetes look for a registry's credentials: its host and port,
// and for Docker Hub, whatever it is called, an address from the time of its first API. It is the host as it stands
// there: read as part of an image's name, a host without a dot or port would be a user of Docker Hub, which must not
// get the password.
func dockerHost(hostAndPath string) string {
	host, _, _ := strings.Cut(hostAndPath, "/")
	switch host {
	case "docker.io", "index.docker.io", "registry-1.docker.io", "hub.docker.com", "registry.hub.docker.com":
		return "https://index.docker.io/v1/"
	}
	return host
}
