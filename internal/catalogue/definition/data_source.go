// Package definition has the data source that shows a tenant's definition of any entity. Its schema is derived from the
// structs of its state.
package definition

import (
	"context"
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/tagged"
)

type state struct {
	Entity string         `tfsdk:"entity"`
	Name   string         `tfsdk:"name" doc:"What one object is called."`
	Plural string         `tfsdk:"plural" doc:"What many are called."`
	Level  int64          `tfsdk:"level" doc:"Level of the entity, which a create must name."`
	Fields []definedField `tfsdk:"fields" doc:"The fields, in the order of the form."`
	JSON   string         `tfsdk:"json" doc:"The definition as DemandFlow keeps it, a JSON document."`
}

type definedField struct {
	Name       string   `tfsdk:"name" doc:"Name of the field in the API, the key in 'custom_fields'."`
	Label      string   `tfsdk:"label" doc:"Name of the field in the form."`
	Type       string   `tfsdk:"type" doc:"Type of the field, in DemandFlow's words."`
	Section    string   `tfsdk:"section" doc:"Section of the form."`
	References *string  `tfsdk:"references" doc:"Code of the entity that a reference points at; null for other types."`
	Required   bool     `tfsdk:"required" doc:"Whether an object must have the field."`
	ReadOnly   bool     `tfsdk:"read_only" doc:"Whether DemandFlow keeps the field itself."`
	Options    []option `tfsdk:"options" doc:"The options of an enum or a multi-select, in the order of the form."`
}

type option struct {
	ID    string `tfsdk:"id" doc:"What the API stores."`
	Label string `tfsdk:"label" doc:"What the form shows."`
}

var (
	deriver        tagged.Deriver
	entityArgument = path.Root("entity")
)

// dataSource shows the tenant's definition in force of any entity, not only of those that are resources here.
type dataSource struct{ tenant *catalogue.Tenant }

var (
	_ datasource.DataSourceWithConfigure      = (*dataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*dataSource)(nil)
)

// DataSource returns the data source.
func DataSource() datasource.DataSource { return &dataSource{} }

func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_definition"
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The tenant's definition in force of an entity: which fields its objects have, which of them " +
			"are required, and what their options are.",
		Attributes: tagged.With(deriver.Attributes(reflect.TypeFor[state](), tagged.Result), map[string]schema.Attribute{
			"entity": schema.StringAttribute{Required: true,
				MarkdownDescription: "Code of the entity, in capitals, such as `DOCKERIMAGE`."},
		}),
	}
}

func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	var diags diag.Diagnostics
	d.tenant, diags = catalogue.TenantOf(req.ProviderData)
	resp.Diagnostics.Append(diags...)
}

func (d *dataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse) {
	var code types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, entityArgument, &code)...)
	if !code.IsNull() && !code.IsUnknown() && !field.IsEntityCode(code.ValueString()) {
		resp.Diagnostics.AddAttributeError(entityArgument, "Invalid entity",
			fmt.Sprintf("%q is not the code of an entity. Codes are in capitals, such as DOCKERIMAGE.", code.ValueString()))
	}
}

func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var code string
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, entityArgument, &code)...)
	if resp.Diagnostics.HasError() {
		return
	}
	definition, diags := d.tenant.Definition(ctx, code, entityArgument)
	resp.Diagnostics.Append(diags...)
	if definition != nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, stateOf(code, definition))...)
	}
}

func stateOf(code string, definition *entity.Definition) state {
	s := state{Entity: code, Name: definition.Name, Plural: definition.Plural, Level: int64(definition.Level),
		Fields: []definedField{}, JSON: definition.Raw}
	for _, f := range definition.Fields {
		shown := definedField{Name: f.Name, Label: f.Label, Type: f.Type, Section: f.Section, Required: f.Required,
			ReadOnly: f.ReadOnly, Options: []option{}}
		if f.References != "" {
			shown.References = &f.References
		}
		for _, o := range f.Options {
			shown.Options = append(shown.Options, option(o))
		}
		s.Fields = append(s.Fields, shown)
	}
	return s
}
