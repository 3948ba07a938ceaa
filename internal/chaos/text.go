package chaos

import (
	"encoding/json"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// encodeJSON writes a known value as Terraform's state has it.
func encodeJSON(v tftypes.Value) string { return string(mustJSON(plainOf(v))) }

func encodeObject(o object) string { return string(mustJSON(plainObject(o))) }

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	must(err)
	return text
}

// plainOf returns a known value as encoding/json writes it.
func plainOf(v tftypes.Value) any {
	if v.IsNull() {
		return nil
	}
	switch typ := v.Type(); {
	case typ.Is(tftypes.String):
		return textOf(v)
	case typ.Is(tftypes.Number):
		var n big.Float
		must(v.As(&n))
		return json.Number(n.Text('f', -1))
	case typ.Is(tftypes.Bool):
		var b bool
		must(v.As(&b))
		return b
	case typ.Is(tftypes.List{}), typ.Is(tftypes.Set{}):
		var elements []tftypes.Value
		must(v.As(&elements))
		parts := make([]any, len(elements))
		for i, element := range elements {
			parts[i] = plainOf(element)
		}
		return parts
	}
	var entries object
	must(v.As((*map[string]tftypes.Value)(&entries)))
	return plainObject(entries)
}

func plainObject(o object) map[string]any {
	entries := make(map[string]any, len(o))
	for name, v := range o {
		entries[name] = plainOf(v)
	}
	return entries
}

// same reports whether two values are equal in Terraform's eyes. Sets have no order.
func same(a, b tftypes.Value) bool {
	if a.IsNull() || b.IsNull() || !a.IsFullyKnown() || !b.IsFullyKnown() {
		return a.IsNull() == b.IsNull() && a.IsKnown() == b.IsKnown() && (a.IsNull() || !a.IsKnown() || a.Equal(b))
	}
	if a.Type().Is(tftypes.Set{}) {
		return slices.Equal(sortedElements(a), sortedElements(b))
	}
	return a.Equal(b)
}

func sortedElements(set tftypes.Value) []string {
	var elements []tftypes.Value
	must(set.As(&elements))
	texts := make([]string, len(elements))
	for i, element := range elements {
		texts[i] = encodeJSON(element)
	}
	slices.Sort(texts)
	return texts
}

// textOf returns a known string, or "".
func textOf(v tftypes.Value) string {
	var s string
	if v.IsKnown() && !v.IsNull() && v.Type().Is(tftypes.String) {
		must(v.As(&s))
	}
	return s
}

// show returns a value for people.
func show(v tftypes.Value) string {
	if !v.IsFullyKnown() {
		return "(known after apply)"
	}
	return encodeJSON(v)
}
