package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
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

func (d *entityDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.base.TypeName()
}

func (d *entityDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("One %s, looked up by %s. %s", d.base.Noun(), d.base.waysInWords(), d.base.Doc),
		Attributes:          d.base.dataSourceAttributes(func(c column) bool { return d.base.isKey(c.Name) }),
	}
}

func (d *entityDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.tenant, _ = req.ProviderData.(*Tenant)
}

func (d *entityDataSource) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
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

// look reads the object that a wish names: by id in one GET, by natural key in one query.
func (t *table) look(ctx context.Context, client *demandflow.Client, w wish) (demandflow.Object, diag.Diagnostics) {
	id, ok := w[idAttribute]
	if !ok {
		return t.findOne(ctx, client, []wish{w}, t.asked(w), path.Root(t.column(t.firstField(w)).attribute))
	}
	object, err := client.Get(ctx, t.Code, id)
	switch {
	case demandflow.IsNotFound(err):
		near, listErr := t.nearest(ctx, client, []wish{w})
		if listErr != nil {
			return nil, diag.Diagnostics{t.cannot("read", id, err)}
		}
		return nil, diag.Diagnostics{t.notOne(path.Root(idAttribute), t.asked(w), nil, near)}
	case err != nil:
		return nil, diag.Diagnostics{t.cannot("read", id, err)}
	}
	return object, nil
}

// lookUps are the ways to name one object: its id, then the entity's natural keys.
func (t *table) lookUps() []entity.Key {
	return append([]entity.Key{{Fields: []string{idAttribute}}}, t.Keys...)
}

// isKey says whether a look-up can be made with the field.
func (t *table) isKey(field string) bool {
	return slices.ContainsFunc(t.lookUps(), func(key entity.Key) bool {
		return slices.Contains(key.Fields, field) || key.Narrow != "" && key.Narrow == field
	})
}

// wishOf reads a look-up from a configuration: exactly one of the ways, complete.
func (t *table) wishOf(config values) (wish, diag.Diagnostics) {
	given := wish{}
	for _, c := range t.columns {
		if t.isKey(c.Name) && text(config[c.attribute]) != "" {
			given[c.Name] = text(config[c.attribute])
		}
	}
	for _, key := range t.lookUps() {
		complete := !slices.ContainsFunc(key.Fields, func(field string) bool { return given[field] == "" })
		fields := len(key.Fields)
		if key.Narrow != "" && given[key.Narrow] != "" {
			fields++
		}
		if complete && len(given) == fields {
			return given, nil
		}
	}
	problem := fmt.Sprintf("A %s is looked up by exactly one of: %s.", t.Noun(), t.waysInWords())
	if len(given) > 0 {
		problem += fmt.Sprintf("\n\nThe configuration gives %s.", t.asked(given))
	}
	return nil, diag.Diagnostics{diag.NewErrorDiagnostic("Invalid look-up of "+t.Noun(), problem)}
}

// waysInWords lists the ways for people: `id`, or `full_image_name`, or `name` and `tag` (with `registry_id` …).
func (t *table) waysInWords() string {
	var ways []string
	for _, key := range t.lookUps() {
		var names []string
		for _, field := range key.Fields {
			names = append(names, "`"+t.column(field).attribute+"`")
		}
		way := strings.Join(names, " and ")
		if key.Narrow != "" {
			way += fmt.Sprintf(" (and `%s` to tell twins apart)", t.column(key.Narrow).attribute)
		}
		ways = append(ways, way)
	}
	return strings.Join(ways, ", or ")
}
