package catalogue

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// definitionDataSource shows the tenant's definition in force of any entity, not only of those that are resources here.
type definitionDataSource struct{ tenant *Tenant }

var (
	_ datasource.DataSourceWithConfigure      = (*definitionDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*definitionDataSource)(nil)
)

type definitionModel struct {
	Entity types.String        `tfsdk:"entity"`
	Name   types.String        `tfsdk:"name"`
	Plural types.String        `tfsdk:"plural"`
	Level  types.Int64         `tfsdk:"level"`
	Fields []definedFieldModel `tfsdk:"fields"`
	JSON   types.String        `tfsdk:"json"`
}

type definedFieldModel struct {
	Name       types.String  `tfsdk:"name"`
	Label      types.String  `tfsdk:"label"`
	Type       types.String  `tfsdk:"type"`
	Section    types.String  `tfsdk:"section"`
	References types.String  `tfsdk:"references"`
	Required   types.Bool    `tfsdk:"required"`
	ReadOnly   types.Bool    `tfsdk:"read_only"`
	Options    []optionModel `tfsdk:"options"`
}

type optionModel struct {
	ID    types.String `tfsdk:"id"`
	Label types.String `tfsdk:"label"`
}

const entityArgument = "entity"

func newDefinitionDataSource() datasource.DataSource { return &definitionDataSource{} }

func (d *definitionDataSource) Metadata(_ context.Context, req datasource.MetadataRequest,
	resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_definition"
}

func (d *definitionDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(doc string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: doc}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The tenant's definition in force of an entity: which fields its objects have, which of them " +
			"are required, and what their options are.",
		Attributes: map[string]schema.Attribute{
			entityArgument: schema.StringAttribute{Required: true,
				MarkdownDescription: "Code of the entity, in capitals, such as `DOCKERIMAGE`."},
			"name":   computed("What one object is called."),
			"plural": computed("What many are called."),
			"level": schema.Int64Attribute{Computed: true,
				MarkdownDescription: "Level of the entity, which a create must name."},
			"json": computed("The definition as DemandFlow keeps it, a JSON document."),
			"fields": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The fields, in the order of the form.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name":       computed("Name of the field in the API, the key in `custom_fields`."),
					"label":      computed("Name of the field in the form."),
					"type":       computed("Type of the field, in DemandFlow's words."),
					"section":    computed("Section of the form."),
					"references": computed("Code of the entity that a reference points at; null for other types."),
					"required":   schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether an object must have the field."},
					"read_only": schema.BoolAttribute{Computed: true,
						MarkdownDescription: "Whether DemandFlow keeps the field itself."},
					"options": schema.ListNestedAttribute{
						Computed: true, MarkdownDescription: "The options of an enum or a multi-select, in the order of the form.",
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"id": computed("What the API stores."), "label": computed("What the form shows."),
						}},
					},
				}},
			},
		},
	}
}

func (d *definitionDataSource) Configure(_ context.Context, req datasource.ConfigureRequest,
	_ *datasource.ConfigureResponse) {
	d.tenant = tenantOf(req.ProviderData)
}

func (d *definitionDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse) {
	var model definitionModel
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(entityArgument), &model.Entity)...)
	if code := model.Entity; !code.IsNull() && !code.IsUnknown() && !field.IsEntityCode(code.ValueString()) {
		resp.Diagnostics.Append(invalidArgument(entityArgument,
			fmt.Sprintf("%q is not the code of an entity. Codes are in capitals, such as DOCKERIMAGE.", code.ValueString())))
	}
}

func (d *definitionDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var code types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(entityArgument), &code)...)
	if resp.Diagnostics.HasError() {
		return
	}
	definition, err := d.tenant.client.MustHaveDefinition(ctx, code.ValueString())
	if err != nil {
		resp.Diagnostics.Append(noReadableDefinition(code.ValueString(), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, modelOf(code, definition))...)
}

func modelOf(code types.String, definition *entity.Definition) definitionModel {
	model := definitionModel{
		Entity: code, Name: types.StringValue(definition.Name), Plural: types.StringValue(definition.Plural),
		Level: types.Int64Value(int64(definition.Level)), JSON: types.StringValue(definition.Raw),
		Fields: []definedFieldModel{},
	}
	for _, field := range definition.Fields {
		line := definedFieldModel{
			Name: types.StringValue(field.Name), Label: types.StringValue(field.Label), Type: types.StringValue(field.Type),
			Section: types.StringValue(field.Section), References: types.StringNull(),
			Required: types.BoolValue(field.Required), ReadOnly: types.BoolValue(field.ReadOnly), Options: []optionModel{},
		}
		if field.References != "" {
			line.References = types.StringValue(field.References)
		}
		for _, option := range field.Options {
			line.Options = append(line.Options, optionModel{ID: types.StringValue(option.ID),
				Label: types.StringValue(option.Label)})
		}
		model.Fields = append(model.Fields, line)
	}
	return model
}
