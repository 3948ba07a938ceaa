package catalogue

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// encode is a known value as the API stores it; nil means "not set", which an empty string, list or map is too. It is
// deterministic: one value gives one JSON text, so that equal plans make equal requests.
func (c column) encode(v tftypes.Value) any {
	if v.IsNull() {
		return nil
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
		instant, err := parseInstant(text(v))
		if err != nil {
			return text(v) // validation has refused it in configuration; from elsewhere it goes back as it came
		}
		return json.Number(strconv.FormatInt(instant.UnixMilli(), 10))
	case entity.MultiSelect:
		ids := elements(v)
		for i := range ids {
			ids[i] = c.Options.ID(ids[i])
		}
		return unsetIfEmpty(unique(ids))
	case entity.Lines:
		return orUnset(strings.Join(elements(v), "\n"))
	case entity.LineSet:
		return orUnset(strings.Join(unique(elements(v)), "\n"))
	case entity.KeyValues:
		return orUnset(strings.Join(pairs(v), "\n"))
	case entity.Enum:
		return orUnset(c.Options.ID(text(v)))
	default:
		return orUnset(text(v))
	}
}

// digits writes a number out: a whole one exactly, a fraction as the nearest double, which is what JSON servers keep. 100/3
// would otherwise have 155 digits, come back with 16, and plan a change for ever.
func digits(number *big.Float) string {
	if number.IsInt() && sane(number) {
		return number.Text('f', -1)
	}
	double, _ := number.Float64()
	return strconv.FormatFloat(double, 'f', -1, 64)
}

// same says whether two values mean the same: enum label, other case or id; JSON white space and key order; one instant in
// two zones; order in a set; null and empty. An unknown value is the same as nothing.
func (c column) same(a, b tftypes.Value) bool {
	if !a.IsFullyKnown() || !b.IsFullyKnown() {
		return false
	}
	return a.Equal(b) || c.canonical(a) == c.canonical(b)
}

// canonical is the one text that all spellings of a value share.
func (c column) canonical(v tftypes.Value) string {
	wire := c.encode(v)
	if document, ok := wire.(string); ok && c.Kind == entity.JSON {
		wire = canonicalJSON(document)
	}
	return plain(wire)
}

// canonicalJSON sorts keys, drops white space, and writes a number in one way (2.50 is 2.5, as jsonencode makes of it). Text that is not one JSON document stays itself.
func canonicalJSON(document string) string {
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil || decoder.More() {
		return document
	}
	return "json:" + plain(oneNotation(value)) // marked, so that the document "x" is not the text x
}

// oneNotation rewrites the numbers of a decoded document.
func oneNotation(v any) any {
	switch v := v.(type) {
	case json.Number:
		// 512 bits, as Terraform reads numbers; what they cannot tell apart keeps its digits.
		if number, _, err := big.ParseFloat(v.String(), 10, 512, big.ToNearestEven); err == nil && sane(number) && len(v) < 150 {
			return json.Number(number.Text('f', -1))
		}
	case []any:
		for i := range v {
			v[i] = oneNotation(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = oneNotation(v[key])
		}
	}
	return v
}

// elements are the strings of a list or set.
func elements(v tftypes.Value) []string {
	var list []tftypes.Value
	must(v.As(&list))
	entries := make([]string, len(list))
	for i, element := range list {
		entries[i] = text(element)
	}
	return entries
}

// pairs are the KEY=VALUE lines of a map, by key.
func pairs(v tftypes.Value) []string {
	var entries map[string]tftypes.Value
	must(v.As(&entries))
	list := make([]string, 0, len(entries))
	for key, value := range entries {
		list = append(list, key+"="+text(value))
	}
	slices.Sort(list)
	return list
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

// must is for conversions that the schema guarantees; a failure is a bug of this program, not of its input.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
