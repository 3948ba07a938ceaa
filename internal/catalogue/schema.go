package catalogue

import (
	"context"
	"errors"
	"fmt"
	"slices"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	resource "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A table is an entity with what Terraform needs derived from it. It is made once per process, for all resources.
type table struct {
	*entity.Entity
	columns    []column           // fields section by section, then system fields, then derived attributes
	definition *entity.Definition // the tenant's; nil if the default one is used
	custom     []string           // fields that the tenant added
	upgrades   []upgrade          // of states, one for each version of the schema but the last
}

// A column is a field under its Terraform name.
type column struct {
	field.Codec
	attribute string
}

// values are an object's top-level attributes by Terraform name.
type values map[string]tftypes.Value

func newTable(e *entity.Entity) *table {
	t := &table{Entity: e, upgrades: upgrades[e.Code]}
	for _, f := range slices.Concat(e.Fields(), entity.System()) {
		t.columns = append(t.columns, newColumn(f, false))
	}
	for i := range e.Derived {
		t.columns = append(t.columns, newColumn(&e.Derived[i], true))
	}
	return t
}

func newColumn(f *entity.Field, derived bool) column {
	return column{Codec: field.New(f, derived), attribute: f.AttributeName()}
}

// withoutSecrets returns the table of data sources: a look-up must not bring passwords into the state.
func (t *table) withoutSecrets() *table {
	open := slices.DeleteFunc(slices.Clone(t.columns), func(c column) bool { return c.Secret })
	return &table{Entity: t.Entity, columns: open}
}

// column returns the column of the field that the API calls name. The names come from the entity's own table, where a
// test checks them, so a miss is a bug of this program.
func (t *table) column(name string) column {
	for _, c := range t.columns {
		if c.Name == name {
			return c
		}
	}
	panic(fmt.Sprintf("entity %s has no field %q", t.Code, name))
}

// objectType returns the type of a whole object, as the plural data source nests it.
func (t *table) objectType() tftypes.Object {
	types := map[string]tftypes.Type{customFieldsArgument: customFieldsType}
	for _, c := range t.columns {
		types[c.attribute] = c.Type
	}
	return tftypes.Object{AttributeTypes: types}
}

// valuesOf returns the attributes of a resource's or data source's raw value, nil for a null object (no state yet, a
// destroy).
func valuesOf(raw tftypes.Value) values {
	return field.Map(raw)
}

// raw returns what tftypes.NewValue takes for an object.
func (v values) raw() map[string]tftypes.Value { return v }

// The attributes of system fields that the generic layer itself needs.
var (
	idAttribute           = entity.DockerImage.Field("id").AttributeName()
	subscriptionAttribute = entity.DockerImage.Field("subscription").AttributeName()
	versionAttribute      = entity.DockerImage.Field("_df_version").AttributeName()
)

// versionOf returns the object version in a state.
func versionOf(state values) (int64, error) {
	version, known := field.Int64(state[versionAttribute])
	if !known {
		return 0, errors.New("the state has no version")
	}
	return version, nil
}

// resourceSchema has every column: required and optional fields as arguments, read-only ones Computed. An optional
// field is Computed too, because it may be set in DemandFlow's UI; planFields decides what happens to it. There are no
// plan modifiers and hardly any validators on single attributes (see the package comment); ModifyPlan and
// ValidateConfig walk the table once.
func (t *table) resourceSchema() resource.Schema {
	attributes := map[string]resource.Attribute{
		customFieldsArgument:   customFieldsSchema(),
		deletionPolicyArgument: t.deletionPolicySchema(),
		parentsArgument:        parentsSchema(),
		timeoutsArgument:       timeoutsSchema(context.Background()),
	}
	t.writeOnlySchemas(attributes)
	for _, c := range t.columns {
		attributes[c.attribute] = c.resourceAttribute()
	}
	return resource.Schema{Version: int64(len(t.upgrades)), MarkdownDescription: t.Doc, Attributes: attributes}
}

func (c column) resourceAttribute() resource.Attribute {
	required := c.Access == entity.Required
	optional := c.Access == entity.Optional
	computed := !required
	doc := c.Describe()
	switch c.Kind {
	case entity.Number, entity.Percent:
		return resource.NumberAttribute{Required: required, Optional: optional, Computed: computed, MarkdownDescription: doc}
	case entity.Bool:
		return resource.BoolAttribute{Required: required, Optional: optional, Computed: computed, MarkdownDescription: doc}
	case entity.Lines:
		return resource.ListAttribute{ElementType: types.StringType, Required: required, Optional: optional,
			Computed: computed, MarkdownDescription: doc}
	case entity.LineSet, entity.MultiSelect:
		return resource.SetAttribute{ElementType: types.StringType, Required: required, Optional: optional,
			Computed: computed, MarkdownDescription: doc}
	case entity.KeyValues:
		return resource.MapAttribute{ElementType: types.StringType, Required: required, Optional: optional,
			Computed: computed, MarkdownDescription: doc}
	default:
		return resource.StringAttribute{Required: required, Optional: optional, Computed: computed, Sensitive: c.Secret,
			MarkdownDescription: doc}
	}
}

// dataSourceAttributes returns all columns, Computed; those for which argument is true are Optional as well.
func (t *table) dataSourceAttributes(argument func(column) bool) map[string]datasource.Attribute {
	attributes := map[string]datasource.Attribute{customFieldsArgument: datasource.MapAttribute{
		Computed: true, ElementType: types.StringType,
		MarkdownDescription: "Fields that the tenant's administrators added and that are set: from the field's name in the " +
			"API to its value as JSON. Null where the tenant's definition may not be read.",
	}}
	for _, c := range t.columns {
		attributes[c.attribute] = c.dataSourceAttribute(argument(c))
	}
	return attributes
}

func (c column) dataSourceAttribute(optional bool) datasource.Attribute {
	doc := c.Doc
	switch c.Kind {
	case entity.Number, entity.Percent:
		return datasource.NumberAttribute{Computed: true, Optional: optional, MarkdownDescription: doc}
	case entity.Bool:
		return datasource.BoolAttribute{Computed: true, Optional: optional, MarkdownDescription: doc}
	case entity.Lines:
		return datasource.ListAttribute{ElementType: types.StringType, Computed: true, Optional: optional,
			MarkdownDescription: doc}
	case entity.LineSet, entity.MultiSelect:
		return datasource.SetAttribute{ElementType: types.StringType, Computed: true, Optional: optional,
			MarkdownDescription: doc}
	case entity.KeyValues:
		return datasource.MapAttribute{ElementType: types.StringType, Computed: true, Optional: optional,
			MarkdownDescription: doc}
	default:
		return datasource.StringAttribute{Computed: true, Optional: optional, MarkdownDescription: doc}
	}
}
