// Package field holds what one field's value needs between DemandFlow's JSON and Terraform: it decodes, encodes,
// compares and validates the value by the field's kind, and documents the accepted values.
//
// It is pure: it sends no request, takes no context and reads no configuration beside the field's own declaration. It
// imports internal/entity for declarations, internal/demandflow for the API's spelling of values, tftypes for
// Terraform's values, and nothing of the plugin framework.
package field

import (
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A Codec translates, compares and validates the values of one field.
type Codec struct {
	*entity.Field
	Type    tftypes.Type         // of the Terraform value
	Derived bool                 // computed from other fields; the API does not have it
	Custom  bool                 // added by the tenant's administrators; its values are JSON documents
	Defined *entity.DefinedField // by the tenant's definition; nil where that is not known or lacks the field
	Shipped entity.Options       // of the default definition, where Options are the tenant's
}

// New returns the codec of a field of the default definition.
func New(f *entity.Field, derived bool) Codec {
	return Codec{Field: f, Type: typeOf(f.Kind), Derived: derived}
}

// WithDefinition returns the codec under a tenant's definition, with the tenant's options.
func (c Codec) WithDefinition(definition *entity.Definition) Codec {
	c.Defined = definition.Field(c.Name)
	if c.Defined != nil && len(c.Defined.Options) > 0 {
		adapted := *c.Field
		adapted.Options = c.Defined.Options
		c.Field, c.Shipped = &adapted, c.Options
	}
	return c
}

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

// IsCollection reports whether the value is a list, set or map.
func (c Codec) IsCollection() bool {
	return !c.Type.Is(tftypes.String) && !c.Type.Is(tftypes.Number) && !c.Type.Is(tftypes.Bool)
}

// Null returns the null value of the field's type.
func (c Codec) Null() tftypes.Value { return tftypes.NewValue(c.Type, nil) }

// Unknown returns the unknown value of the field's type.
func (c Codec) Unknown() tftypes.Value { return tftypes.NewValue(c.Type, tftypes.UnknownValue) }

// Text returns the string in a value, "" when it is null or unknown.
func Text(v tftypes.Value) string {
	var s *string
	if !v.IsKnown() || v.As(&s) != nil || s == nil {
		return ""
	}
	return *s
}

// Int64 returns the whole number in a value, and false when it is null or unknown.
func Int64(v tftypes.Value) (int64, bool) {
	var number *big.Float
	if !v.IsKnown() || v.As(&number) != nil || number == nil {
		return 0, false
	}
	whole, _ := number.Int64()
	return whole, true
}

// Elements returns the elements of a list or set; none where it is null or unknown.
func Elements(v tftypes.Value) []tftypes.Value {
	var elements []tftypes.Value
	if v.IsKnown() && !v.IsNull() {
		must(v.As(&elements))
	}
	return elements
}

// Texts returns the strings of a list or set.
func Texts(v tftypes.Value) []string {
	elements := Elements(v)
	entries := make([]string, len(elements))
	for i, element := range elements {
		entries[i] = Text(element)
	}
	return entries
}

// Map returns the elements of a map, or the attributes of an object; nil where it is null or unknown.
func Map(v tftypes.Value) map[string]tftypes.Value {
	var entries map[string]tftypes.Value
	if v.IsKnown() && !v.IsNull() {
		must(v.As(&entries))
	}
	return entries
}

// Len returns the number of elements of a known list, set or map.
func Len(v tftypes.Value) int {
	if v.Type().Is(tftypes.Map{}) {
		return len(Map(v))
	}
	return len(Elements(v))
}

// pairs returns the KEY=VALUE lines of a map, sorted by key.
func pairs(v tftypes.Value) []string {
	entries := Map(v)
	list := make([]string, 0, len(entries))
	for key, value := range entries {
		list = append(list, key+"="+Text(value))
	}
	slices.Sort(list)
	return list
}

// must is for conversions that the schema guarantees: a failure is a bug of this program, not of its input.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
