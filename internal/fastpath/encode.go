package fastpath

import (
	"encoding/json"
	"errors"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// asStateFile encodes a state as JSON, which the protocol allows beside msgpack. Terraform then decodes its numbers as
// it decodes those of the state file. Numbers in msgpack get another precision, so that a refresh without changes would
// count as one with changes: plan -refresh-only -detailed-exitcode would return 2.
func asStateFile(state tftypes.Value) (*tfprotov6.DynamicValue, error) {
	plain, err := plainValue(state)
	if err != nil {
		return nil, err
	}
	document, err := json.Marshal(plain)
	return &tfprotov6.DynamicValue{JSON: document}, err
}

// plainValue returns a value as encoding/json takes it; nil for null. A state has no unknown values.
func plainValue(v tftypes.Value) (plain any, err error) {
	typ := v.Type()
	switch {
	case !v.IsKnown():
		return nil, errors.New("a state has no unknown values")
	case v.IsNull():
	case typ.Is(tftypes.String):
		var s string
		err = v.As(&s)
		plain = s
	case typ.Is(tftypes.Bool):
		var b bool
		err = v.As(&b)
		plain = b
	case typ.Is(tftypes.Number):
		var number big.Float
		err = v.As(&number)
		plain = json.Number(number.Text('f', -1))
	case typ.Is(tftypes.List{}), typ.Is(tftypes.Set{}), typ.Is(tftypes.Tuple{}):
		var entries []tftypes.Value
		err = v.As(&entries)
		list := make([]any, len(entries))
		for i := 0; i < len(entries) && err == nil; i++ {
			list[i], err = plainValue(entries[i])
		}
		plain = list
	default:
		var entries map[string]tftypes.Value
		err = v.As(&entries)
		object := make(map[string]any, len(entries))
		for name, entry := range entries {
			if object[name], err = plainValue(entry); err != nil {
				return nil, err
			}
		}
		plain = object
	}
	return plain, err
}
