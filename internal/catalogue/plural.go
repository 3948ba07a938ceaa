package catalogue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// pluralDataSource is many objects of any entity: filtered, in a total order, at most so many.
type pluralDataSource struct {
	base   *table
	tenant *Tenant
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

func (d *pluralDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.base.PluralTypeName()
}

func (d *pluralDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	orders := d.base.orders()
	attributes := map[string]schema.Attribute{
		orderByArgument: schema.StringAttribute{
			Optional:            true,
			Validators:          []validator.String{stringvalidator.OneOf(orders...)},
			MarkdownDescription: fmt.Sprintf("One of %s; `%s` when not set. Ties are broken by id, so that the order is always the same.", quoted(orders), orders[0]),
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
			NestedObject:        schema.NestedAttributeObject{Attributes: d.base.dataSourceAttributes(func(column) bool { return false })},
		},
	}
	for _, f := range d.base.filters() {
		attributes[f.argument] = f.schema()
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("The %s of the tenant, filtered and in order. That none match is an answer, not an error.", d.base.Nouns()),
		Attributes:          attributes,
	}
}

func (d *pluralDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.tenant = tenantOf(req.ProviderData)
}

func (d *pluralDataSource) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	_, diags := d.base.accepts(valuesOf(req.Config.Raw), false)
	resp.Diagnostics.Append(diags...)
}

func (d *pluralDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := valuesOf(req.Config.Raw)
	table, err := d.tenant.inForce(ctx, d.base)
	if err != nil {
		resp.Diagnostics.Append(d.base.noDefinition(err))
		return
	}
	accept, diags := table.accepts(config, d.tenant.validate)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	var found []values
	for object, err := range d.tenant.client.List(ctx, table.Code, "") {
		if err != nil {
			resp.Diagnostics.Append(table.cannot("list", "", err))
			return
		}
		v, odd := table.readAll(object, nil)
		if accept(v) {
			found = append(found, v)
			resp.Diagnostics.Append(table.oddValues(object.ID(), odd)...)
		}
	}
	slices.SortFunc(found, table.compare(text(config[orderByArgument])))
	total := len(found)
	if limit := config[limitArgument]; !limit.IsNull() {
		found = found[:min(total, int(number(limit)))]
	}
	state := config
	state[totalAttribute] = tftypes.NewValue(tftypes.Number, total)
	state[table.Short()] = table.list(found)
	resp.State.Raw = tftypes.NewValue(req.Config.Raw.Type(), state.raw())
}

func (t *table) list(found []values) tftypes.Value {
	typ := t.objectType()
	objects := make([]tftypes.Value, len(found))
	for i, v := range found {
		objects[i] = tftypes.NewValue(typ, v.raw())
	}
	return tftypes.NewValue(tftypes.List{ElementType: typ}, objects)
}

// accepts joins the configured filters into one test. A value that makes no sense is an error on its argument; whether an
// option exists can be asked only where the tenant is known.
func (t *table) accepts(config values, checkOptions bool) (func(values) bool, diag.Diagnostics) {
	var diags diag.Diagnostics
	var tests []func(values) bool
	for _, f := range t.filters() {
		configured := config[f.argument]
		if configured.IsNull() || !configured.IsFullyKnown() {
			continue
		}
		test, err := f.accept(configured, checkOptions)
		if err != nil {
			diags.AddAttributeError(path.Root(f.argument), "Invalid "+f.argument, err.Error())
			continue
		}
		tests = append(tests, test)
	}
	return func(v values) bool {
		return !slices.ContainsFunc(tests, func(test func(values) bool) bool { return !test(v) })
	}, diags
}

const (
	ascending  = "_asc"
	descending = "_desc"
)

// orders are the values of order_by, the default first.
func (t *table) orders() []string {
	var orders []string
	for _, field := range t.OrderBy {
		attribute := t.column(field).attribute
		orders = append(orders, attribute+ascending, attribute+descending)
	}
	return orders
}

// compare is a total order: by the chosen attribute, what is not set first, then by id. Date-times are compared as instants
// (RFC 3339 without trailing zeros does not sort as text), enums by label.
func (t *table) compare(orderBy string) func(a, b values) int {
	if orderBy == "" {
		orderBy = t.orders()[0]
	}
	attribute, down := strings.CutSuffix(orderBy, descending)
	attribute = strings.TrimSuffix(attribute, ascending)
	by := slices.IndexFunc(t.columns, func(c column) bool { return c.attribute == attribute })
	return func(a, b values) int {
		order := t.columns[by].compare(a[attribute], b[attribute])
		if down {
			order = -order
		}
		return cmp.Or(order, cmp.Compare(text(a[idAttribute]), text(b[idAttribute])))
	}
}

func (c column) compare(a, b tftypes.Value) int {
	if c.Kind == entity.DateTime && !a.IsNull() && !b.IsNull() {
		first, errA := parseInstant(text(a))
		second, errB := parseInstant(text(b))
		must(errors.Join(errA, errB)) // decode has made both
		return first.Compare(second)
	}
	return cmp.Compare(text(a), text(b))
}

func number(v tftypes.Value) int64 {
	var n big.Float
	must(v.As(&n))
	whole, _ := n.Int64()
	return whole
}
