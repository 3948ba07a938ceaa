package catalogue

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A table is an entity with what Terraform needs derived from it, once per process: 1,000 resources ask for it 1,000
// times.
type table struct {
	*entity.Entity
	columns    []column           // fields section by section, then system fields, then derived attributes
	definition *entity.Definition // the tenant's, nil where the default one serves
	custom     []string           // fields that the tenant added
	upgrades   []upgrade          // of states, one for each version of the schema but the last
}

// A column is a field under its Terraform name.
type column struct {
	*entity.Field
	attribute string
	typ       tftypes.Type
	derived   bool                 // computed from other fields; the API does not have it
	defined   *entity.DefinedField // what the tenant's definition says of it; nil where it says nothing
	shipped   entity.Options       // of the default definition, where Options are the tenant's
}

// values are an object's top-level attributes by Terraform name.
type values map[string]tftypes.Value

func newTable(e *entity.Entity) *table {
	t := &table{Entity: e, upgrades: upgrades[e.Code]}
	for _, field := range slices.Concat(e.Fields(), entity.System()) {
		t.columns = append(t.columns, newColumn(field, false))
	}
	for i := range e.Derived {
		t.columns = append(t.columns, newColumn(&e.Derived[i], true))
	}
	return t
}

func newColumn(field *entity.Field, derived bool) column {
	return column{Field: field, attribute: field.AttributeName(), typ: typeOf(field.Kind), derived: derived}
}

// withoutSecrets is the table of data sources: a look-up must not be a way to read passwords into state.
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

// objectType is the type of a whole object, as the plural data source nests it.
func (t *table) objectType() tftypes.Object {
	types := map[string]tftypes.Type{customFieldsArgument: customFieldsType}
	for _, c := range t.columns {
		types[c.attribute] = c.typ
	}
	return tftypes.Object{AttributeTypes: types}
}

// typeOf is the type of a kind's Terraform value.
func typeOf(kind entity.Kind) tftypes.Type {
	switch kind {
	case entity.Number, entity.Percent:
		return tftypes.Number
	case entity.Bool:
		return tftypes.Bool
	case entity.Lines:
		return tftypes.List{ElementType: tftypes.String}
	case entity.LineSet, entity.MultiSelect:
		return tftypes.Set{ElementType: tftypes.String}
	case entity.KeyValues:
		return tftypes.Map{ElementType: tftypes.String}
	default:
		return tftypes.String
	}
}

// isCollection reports whether the column's value has entries.
func (c column) isCollection() bool {
	return !c.typ.Is(tftypes.String) && !c.typ.Is(tftypes.Number) && !c.typ.Is(tftypes.Bool)
}

// entryCount is how many entries a known list, set or map has.
func entryCount(v tftypes.Value) int {
	if v.Type().Is(tftypes.Map{}) {
		return len(stringMap(v))
	}
	var entries []tftypes.Value
	must(v.As(&entries))
	return len(entries)
}

func (c column) null() tftypes.Value    { return tftypes.NewValue(c.typ, nil) }
func (c column) unknown() tftypes.Value { return tftypes.NewValue(c.typ, tftypes.UnknownValue) }

// valuesOf opens a resource's or data source's raw value. A null object (no state yet, a destroy) gives nil.
func valuesOf(raw tftypes.Value) values {
	if raw.IsNull() || !raw.IsKnown() {
		return nil
	}
	var v map[string]tftypes.Value
	if err := raw.As(&v); err != nil {
		panic("a resource's value is an object by its schema: " + err.Error())
	}
	return v
}

// text is the string in a value, "" when it is null or unknown.
func text(v tftypes.Value) string {
	var s *string
	if !v.IsKnown() || v.As(&s) != nil || s == nil {
		return ""
	}
	return *s
}

// raw is what tftypes.NewValue takes for an object.
func (v values) raw() map[string]tftypes.Value { return v }

// The attributes of system fields that the generic layer itself needs.
var (
	idAttribute           = entity.DockerImage.Field("id").AttributeName()
	subscriptionAttribute = entity.DockerImage.Field("subscription").AttributeName()
	versionAttribute      = entity.DockerImage.Field("_df_version").AttributeName()
)

// versionOf is the object version in a state.
func versionOf(state values) (int64, error) {
	var number *big.Float
	if err := state[versionAttribute].As(&number); err != nil || number == nil {
		return 0, errors.New("the state has no version")
	}
	version, _ := number.Int64()
	return version, nil
}
