package catalogue

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// A dataSource has what all data sources of this package have in common.
type dataSource struct {
	typeName string // without the provider's
	tenant   *Tenant
}

func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.typeName
}

func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	var diags diag.Diagnostics
	d.tenant, diags = TenantOf(req.ProviderData)
	resp.Diagnostics.Append(diags...)
}

// entityDataSource is one object of any entity, by id or by natural key.
type entityDataSource struct {
	dataSource
	base *table
}

var (
	_ datasource.DataSourceWithConfigure      = (*entityDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*entityDataSource)(nil)
)

func (d *entityDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("One %s, looked up by %s. %s", d.base.Noun(), d.base.lookUpsInWords(), d.base.Doc),
		Attributes:          d.base.dataSourceAttributes(func(c column) bool { return d.base.isKey(c.Name) }),
	}
}

func (d *entityDataSource) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse) {
	resp.Diagnostics.Append(d.base.validateLookUp(valuesOf(req.Config.Raw))...)
}

// validateLookUp checks which keys are set. What is not known yet may turn out to be null: that is decided when it is
// known.
func (t *table) validateLookUp(config values) diag.Diagnostics {
	for _, c := range t.columns {
		if !config[c.attribute].IsNull() && !config[c.attribute].IsKnown() {
			return nil
		}
	}
	_, diags := t.criteriaOf(config)
	return diags
}

func (d *entityDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	o := onceInCall(ctx, func() outcome { return d.read(ctx, valuesOf(req.Config.Raw)) })
	resp.Diagnostics.Append(o.diags...)
	if o.state != nil {
		resp.State.Raw = tftypes.NewValue(req.Config.Raw.Type(), o.state.raw())
	}
}

// read looks an object up.
func (d *entityDataSource) read(ctx context.Context, config values) (o outcome) {
	w, diags := d.base.criteriaOf(config)
	if o.diags.Append(diags...); diags.HasError() {
		return o
	}
	table, err := d.tenant.inForce(ctx, d.base)
	if err != nil {
		o.diags.Append(d.base.noDefinition(err))
		return o
	}
	object, diags := table.lookUp(ctx, d.tenant.client, w)
	if o.diags.Append(diags...); diags.HasError() {
		return o
	}
	state, unreadable := table.readAll(object, config) // the spelling of an argument stays, as Terraform demands
	o.diags.Append(table.unreadableValues(object.ID(), unreadable)...)
	for field, value := range w { // a registry is found by its URL with or without the scheme
		state[table.column(field).attribute] = tftypes.NewValue(tftypes.String, value)
	}
	o.state = state
	return o
}

// readAll returns an object as a data source shows it: all that the table has, and all that the tenant added but
// secrets.
func (t *table) readAll(object demandflow.Object, prior values) (values, []string) {
	state, unreadable := t.readFields(object, prior)
	state[customFieldsArgument] = tftypes.NewValue(customFieldsType, nil)
	if t.definition == nil {
		return state, unreadable
	}
	entries := map[string]tftypes.Value{}
	for _, c := range t.customColumns(t.custom) {
		if value := object[c.Name]; !demandflow.Unset(value) && !c.Defined.Hidden() {
			entries[c.Name], _ = c.Decode(value) // any JSON is a value
		}
	}
	state[customFieldsArgument] = tftypes.NewValue(customFieldsType, entries)
	return state, unreadable
}

// pluralDataSource is many objects of any entity: filtered, in a total order, at most so many.
type pluralDataSource struct {
	dataSource
	base *table
}

var (
	_ datasource.DataSourceWithConfigure      = (*pluralDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*pluralDataSource)(nil)
)

// The arguments and results that every plural has, beside the filters and the list itself.
const (
	orderByArgument = "order_by"
	limitArgument   = "limit"
	totalAttribute  = "total_count"
)

func (d *pluralDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	orders := d.base.orders()
	attributes := map[string]schema.Attribute{
		orderByArgument: schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.OneOf(orders...)},
			MarkdownDescription: orderByDoc(orders),
		},
		limitArgument: schema.Int64Attribute{
			Optional:            true,
			Validators:          []validator.Int64{int64validator.AtLeast(1)},
			MarkdownDescription: "The most that are returned, counted after ordering. All when not set.",
		},
		totalAttribute: schema.Int64Attribute{Computed: true, MarkdownDescription: "How many match, whatever the limit."},
		d.base.Short(): schema.ListNestedAttribute{
			Computed:            true,
			MarkdownDescription: fmt.Sprintf("The %s that match. Empty when none do.", d.base.Nouns()),
			NestedObject: schema.NestedAttributeObject{Attributes: d.base.dataSourceAttributes(func(
				column) bool {
				return false
			})},
		},
	}
	for _, f := range d.base.filters() {
		attributes[f.argument] = f.schema()
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("The %s of the tenant, filtered and in order. That none match is an answer, not "+
			"an error.", d.base.Nouns()),
		Attributes: attributes,
	}
}

func (d *pluralDataSource) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse) {
	_, diags := d.base.accepts(valuesOf(req.Config.Raw), nil)
	resp.Diagnostics.Append(diags...)
}

func (d *pluralDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := valuesOf(req.Config.Raw)
	table, err := d.tenant.inForce(ctx, d.base)
	if err != nil {
		resp.Diagnostics.Append(d.base.noDefinition(err))
		return
	}
	found, diags := table.search(ctx, d.tenant, config, func(object demandflow.Object) (values,
		[]string) {
		return table.readAll(object, nil)
	})
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	var objects []values
	for _, match := range found {
		objects = append(objects, match.values)
		resp.Diagnostics.Append(table.unreadableValues(match.id(), match.unreadable)...)
	}
	total := len(objects)
	if limit, configured := field.Int64(config[limitArgument]); configured {
		objects = objects[:min(total, int(limit))]
	}
	state := config
	state[totalAttribute] = tftypes.NewValue(tftypes.Number, total)
	state[table.Short()] = table.list(objects)
	resp.State.Raw = tftypes.NewValue(req.Config.Raw.Type(), state.raw())
}

func orderByDoc(orders []string) string {
	return fmt.Sprintf("One of %s; `%s` when not set. Ties are broken by id, so that the order is always the same.",
		field.Quoted(orders), orders[0])
}

func (t *table) list(found []values) tftypes.Value {
	typ := t.objectType()
	objects := make([]tftypes.Value, len(found))
	for i, v := range found {
		objects[i] = tftypes.NewValue(typ, v.raw())
	}
	return tftypes.NewValue(tftypes.List{ElementType: typ}, objects)
}
