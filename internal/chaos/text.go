package chaos

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// encodeJSON writes a known value as Terraform's state has it.
func encodeJSON(v tftypes.Value) string {
	if v.IsNull() {
		return "null"
	}
	switch typ := v.Type(); {
	case typ.Is(tftypes.String):
		var s string
		must(v.As(&s))
		text, err := json.Marshal(s)
		must(err)
		return string(text)
	case typ.Is(tftypes.Number):
		var n big.Float
		must(v.As(&n))
		return n.Text('f', -1)
	case typ.Is(tftypes.Bool):
		var b bool
		must(v.As(&b))
		return fmt.Sprint(b)
	case typ.Is(tftypes.List{}), typ.Is(tftypes.Set{}):
		var elements []tftypes.Value
		must(v.As(&elements))
		parts := make([]string, len(elements))
		for i, element := range elements {
			parts[i] = encodeJSON(element)
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	var entries map[string]tftypes.Value
	must(v.As(&entries))
	return encodeObject(entries)
}

func encodeObject(entries object) string {
	names := make([]string, 0, len(entries))
	for name := range entries {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		must(err)
		b.Write(key)
		b.WriteByte(':')
		b.WriteString(encodeJSON(entries[name]))
	}
	return "{" + b.String() + "}"
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
