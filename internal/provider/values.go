package provider

import (
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// attributes opens the provider's configuration; all null where there is none.
func attributes(raw tftypes.Value) map[string]tftypes.Value {
	var values map[string]tftypes.Value
	if err := raw.As(&values); err != nil || values == nil {
		values = map[string]tftypes.Value{}
		for _, s := range settings {
			values[s.name] = tftypes.NewValue(tftypes.String, nil)
		}
	}
	return values
}

// text is a known setting as an environment variable would spell it.
func (s setting) text(value tftypes.Value) string {
	if value.IsNull() || !value.IsKnown() {
		return ""
	}
	if s.number {
		var number big.Float
		if value.As(&number) == nil {
			return number.Text('f', -1)
		}
		return ""
	}
	var given string
	_ = value.As(&given) // a string by its schema
	return given
}
