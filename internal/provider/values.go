package provider

import (
	"math/big"
	"strconv"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// attributes returns the provider's configuration; all null if there is none.
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

// text returns a known setting as an environment variable has it.
func (s setting) text(value tftypes.Value) string {
	if value.IsNull() || !value.IsKnown() {
		return ""
	}
	var given string
	var err error
	switch s.kind {
	case wholeNumber:
		var number big.Float
		err = value.As(&number)
		given = number.Text('f', -1)
	case boolean:
		var b bool
		err = value.As(&b)
		given = strconv.FormatBool(b)
	default:
		err = value.As(&given)
	}
	if err != nil {
		panic("a setting is of the type that its schema says: " + err.Error())
	}
	return given
}
