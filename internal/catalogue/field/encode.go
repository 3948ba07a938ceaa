package field

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Encode returns a known value as the API stores it; nil means "not set", which an empty string, list or map is too. It
// is deterministic: one value has one JSON text, so that equal plans make equal requests.
func (c Codec) Encode(v tftypes.Value) any {
	if v.IsNull() {
		return nil
	}
	if c.Custom {
		return ParseJSON(Text(v))
	}
	switch c.Kind {
	case entity.Number, entity.Percent:
		var number big.Float
		must(v.As(&number))
		return json.Number(digits(&number))
	case entity.Bool:
		var b bool
		must(v.As(&b))
		return b
	case entity.DateTime:
		instant, err := parseInstant(Text(v))
		if err != nil {
			return Text(v) // validation has refused it in configuration; from elsewhere it goes back as it came
		}
		return json.Number(strconv.FormatInt(instant.UnixMilli(), 10))
	case entity.MultiSelect:
		ids := Texts(v)
		for i := range ids {
			ids[i] = c.Options.ID(ids[i])
		}
		return unsetIfEmpty(unique(ids))
	case entity.Lines:
		return orUnset(strings.Join(Texts(v), "\n"))
	case entity.LineSet:
		return orUnset(strings.Join(unique(Texts(v)), "\n"))
	case entity.KeyValues:
		return orUnset(strings.Join(pairs(v), "\n"))
	case entity.Enum:
		return orUnset(c.Options.ID(Text(v)))
	default:
		return orUnset(Text(v))
	}
}

// digits writes a number out: a whole one exactly, a fraction as the nearest double, which is what JSON servers keep.
// 100/3 would otherwise have 155 digits, come back with 16, and plan a change for ever.
func digits(number *big.Float) string {
	if number.IsInt() && hasDigits(number) {
		return number.Text('f', -1)
	}
	double, _ := number.Float64()
	return strconv.FormatFloat(double, 'f', -1, 64)
}

func orUnset(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func unsetIfEmpty(ids []string) any {
	if len(ids) == 0 {
		return nil
	}
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	return list
}
