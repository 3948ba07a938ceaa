package field

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// ParseJSON decodes a JSON document as a request carries it, with its numbers in one spelling. A text that is not a
// document stays a text; validation refuses it in a configuration.
func ParseJSON(s string) any {
	decoder := json.NewDecoder(strings.NewReader(s))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return s
	}
	return canonicalNumbers(value)
}

// FormatJSON encodes a decoded JSON value.
func FormatJSON(value any) string {
	document, err := json.Marshal(value)
	must(err)
	return string(document)
}

// canonicalCustom returns the one text that all spellings of a custom field's value share, "" for a value that is not
// set: white space, the order of keys, and line ends in a text make no difference.
func canonicalCustom(s string) string {
	switch value := ParseJSON(s).(type) {
	case nil:
		return ""
	case string:
		return demandflow.CanonicalText(value)
	default:
		return "json:" + demandflow.CanonicalText(jsonText(value)) // marked, so that the number 1 is not the text 1
	}
}

// canonicalJSON sorts keys, drops white space and writes numbers in one way. Text that is not one JSON document stays
// itself.
func canonicalJSON(document string) string {
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil || decoder.More() {
		return document
	}
	return "json:" + jsonText(canonicalNumbers(value)) // marked, so that the document "x" is not the text x
}

// canonicalNumbers rewrites the numbers of a decoded document as digits writes them: 1.50, 15e-1 and 1.5 are one
// number, and DemandFlow returns the last. A number that digits cannot write stays as it is.
func canonicalNumbers(value any) any {
	switch value := value.(type) {
	case json.Number:
		number, _, err := big.ParseFloat(value.String(), 10, 512, big.ToNearestEven)
		switch {
		case err != nil || !hasDigits(number):
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
			list[i] = canonicalNumbers(value[i])
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(value))
		for key := range value {
			object[key] = canonicalNumbers(value[key])
		}
		return object
	}
	return value
}

// HasPairs reports whether a JSON object has every wanted key with the wanted value, in any JSON type.
func HasPairs(document string, wanted tftypes.Value) bool {
	var object map[string]any
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	if decoder.Decode(&object) != nil {
		return false
	}
	for key, value := range Map(wanted) {
		if found, ok := object[key]; !ok || jsonText(found) != Text(value) {
			return false
		}
	}
	return true
}

// Respelling returns why generated configuration cannot have a text as it is, "" where it can. Terraform writes
// jsonencode(…) for every text that is a JSON object or array, also where DemandFlow has a text and not a document,
// whose spelling counts: ["nginx", "-g"].
func (c Codec) Respelling(v tftypes.Value) string {
	if c.Kind == entity.JSON || !c.Type.Is(tftypes.String) {
		return ""
	}
	switch value := ParseJSON(Text(v)).(type) {
	case map[string]any, []any:
		if encoded, err := json.Marshal(value); err != nil || string(encoded) != Text(v) {
			return "It is JSON, which Terraform writes with jsonencode, and so with other white space or another order."
		}
	}
	return ""
}
