package catalogue

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// entityDataSource is one object of any entity, by id or by natural key.
type entityDataSource struct {
	base   *table
	tenant *Tenant
}

var (
	_ datasource.DataSourceWithConfigure      = (*entityDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*entityDataSource)(nil)
)

func (d *entityDataSource) Metadata(_ context.Context, req datasource.MetadataRequest,
	resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.base.TypeName()
}

func (d *entityDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("One %s, looked up by %s. %s", d.base.Noun(), d.base.waysInWords(), d.base.Doc),
		Attributes:          d.base.dataSourceAttributes(func(c column) bool { return d.base.isKey(c.Name) }),
	}
}

func (d *entityDataSource) Configure(_ context.Context, req datasource.ConfigureRequest,
	_ *datasource.ConfigureResponse) {
	d.tenant = tenantOf(req.ProviderData)
}

func (d *entityDataSource) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse) {
	config := valuesOf(req.Config.Raw)
	for _, c := range d.base.columns {
		if !config[c.attribute].IsNull() && !config[c.attribute].IsKnown() {
			return // what is not known yet may turn out to be null: decided when it is known
		}
	}
	_, diags := d.base.wishOf(config)
	resp.Diagnostics.Append(diags...)
}

func (d *entityDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := valuesOf(req.Config.Raw)
	w, diags := d.base.wishOf(config)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	table, err := d.tenant.inForce(ctx, d.base)
	if err != nil {
		resp.Diagnostics.Append(d.base.noDefinition(err))
		return
	}
	object, diags := table.look(ctx, d.tenant.client, w)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	state, odd := table.readAll(object, config) // the spelling of an argument stays, as Terraform demands
	resp.Diagnostics.Append(table.oddValues(object.ID(), odd)...)
	for field, value := range w { // a registry is found by its URL with or without the scheme
		state[table.column(field).attribute] = tftypes.NewValue(tftypes.String, value)
	}
	resp.State.Raw = tftypes.NewValue(req.Config.Raw.Type(), state.raw())
}
