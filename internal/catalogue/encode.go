package catalogue

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
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

// digits writes a number out: a whole one exactly, a fraction as the nearest double, which is what JSON servers keep.
// 100/3 would otherwise have 155 digits, come back with 16, and plan a change for ever.
func digits(number *big.Float) string {
	if number.IsInt() && sane(number) {
		return number.Text('f', -1)
	}
	double, _ := number.Float64()
	return strconv.FormatFloat(double, 'f', -1, 64)
}

// same says whether two values mean the same: enum label, other case or id; JSON white space and key order; one instant
// in two zones; order in a set; ends of lines in a text; null and empty. An unknown value is the same as nothing.
func (c column) same(a, b tftypes.Value) bool {
	if !a.IsFullyKnown() || !b.IsFullyKnown() {
		return false
	}
	return a.Equal(b) || c.canonical(a) == c.canonical(b)
}

// canonical is the one text that all spellings of a value share; that of a value that is not set is empty.
func (c column) canonical(v tftypes.Value) string {
	wire := c.encode(v)
	if document, ok := wire.(string); ok && c.Kind == entity.JSON {
		wire = canonicalJSON(document)
	}
	if c.Secret {
		return plain(wire) // every character counts
	}
	return demandflow.CanonicalText(plain(wire))
}

// unset reports whether a known value means that the field is not set.
func (c column) unset(v tftypes.Value) bool { return c.canonical(v) == "" }

// canonicalJSON sorts keys, drops white space and writes numbers in one way. Text that is not one JSON document stays
// itself.
func canonicalJSON(document string) string {
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil || decoder.More() {
		return document
	}
	return "json:" + plain(oneSpelling(value)) // marked, so that the document "x" is not the text x
}

// oneSpelling rewrites the numbers of a decoded document as digits writes them: 1.50, 15e-1 and 1.5 are one number, and
// DemandFlow gives back the last. A number beyond all measure stays as it is.
func oneSpelling(value any) any {
	switch value := value.(type) {
	case json.Number:
		number, _, err := big.ParseFloat(value.String(), 10, 512, big.ToNearestEven)
		switch {
		case err != nil || !sane(number):
			return value
		case number.Sign() == 0: // -0 too
			return json.Number("0")
		}
		if double, _ := number.Float64(); math.IsInf(double, 0) {
			return value
		}
		return json.Number(digits(number))
	case []any:
		list := make([]any, len(value))
		for i := range value {
			list[i] = oneSpelling(value[i])
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(value))
		for key := range value {
			object[key] = oneSpelling(value[key])
		}
		return object
	}
	return value
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
