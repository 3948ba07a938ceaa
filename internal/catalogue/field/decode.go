package field

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Decode reads a field's value from the API, leniently: a number in a string, an enum id as a number, a JSON document
// that is not in a string are all understood. What cannot be understood is an error; the value is then null.
func (c Codec) Decode(v any) (tftypes.Value, error) {
	if c.Custom {
		return tftypes.NewValue(c.Type, FormatJSON(v)), nil
	}
	if demandflow.Unset(v) {
		return c.Null(), nil
	}
	switch c.Kind {
	case entity.Number, entity.Percent:
		return c.decodeNumber(v)
	case entity.Bool:
		return c.decodeBool(v)
	case entity.DateTime:
		return c.decodeDateTime(v)
	case entity.Enum:
		return tftypes.NewValue(c.Type, c.Options.Spelling(jsonText(v))), nil
	case entity.MultiSelect:
		ids := lines(v)
		for i := range ids {
			ids[i] = c.Options.Spelling(ids[i])
		}
		return c.collection(unique(ids)), nil
	case entity.Lines:
		return c.collection(lines(v)), nil
	case entity.LineSet:
		return c.collection(unique(lines(v))), nil
	case entity.KeyValues:
		return c.decodeKeyValues(v), nil
	default:
		return tftypes.NewValue(c.Type, jsonText(v)), nil
	}
}

// Value returns the field's value in an object: decoded, or computed from other fields.
func (c Codec) Value(object demandflow.Object) (tftypes.Value, error) {
	if c.Derived {
		return c.Derive(object), nil
	}
	return c.Decode(object[c.Name])
}

// collection returns a list or set, null if it is empty.
func (c Codec) collection(entries []string) tftypes.Value {
	if len(entries) == 0 {
		return c.Null()
	}
	elements := make([]tftypes.Value, len(entries))
	for i, entry := range entries {
		elements[i] = tftypes.NewValue(tftypes.String, entry)
	}
	return tftypes.NewValue(c.Type, elements)
}

func (c Codec) decodeNumber(v any) (tftypes.Value, error) {
	number, _, err := big.ParseFloat(jsonText(v), 10, 512, big.ToNearestEven) // 512 bits, as Terraform itself parses
	if err != nil || !hasDigits(number) {
		return c.Null(), fmt.Errorf("%s is not a number, or is too large", quote(v))
	}
	return tftypes.NewValue(c.Type, number), nil
}

// hasDigits reports whether a number can be written out in digits: 1e999999 would take a million of them.
func hasDigits(number *big.Float) bool {
	const most = 4096 // bits, some 1,200 digits
	return !number.IsInf() && number.MantExp(nil) < most && number.MantExp(nil) > -most
}

func (c Codec) decodeBool(v any) (tftypes.Value, error) {
	b, err := strconv.ParseBool(jsonText(v))
	if err != nil {
		return c.Null(), fmt.Errorf("%s is neither true nor false", quote(v))
	}
	return tftypes.NewValue(c.Type, b), nil
}

func (c Codec) decodeDateTime(v any) (tftypes.Value, error) {
	instant, err := parseInstant(jsonText(v))
	if err != nil {
		return c.Null(), fmt.Errorf("%s is neither milliseconds since 1970 nor a date and time with an offset (RFC 3339, "+
			"ISO 8601)", quote(v))
	}
	return tftypes.NewValue(c.Type, instant.UTC().Format(time.RFC3339Nano)), nil
}

// parseInstant reads a date-time in the API's spelling (epoch milliseconds, a fraction is dropped) or as RFC 3339 and
// ISO 8601 have it.
func parseInstant(s string) (time.Time, error) {
	if number, err := strconv.ParseFloat(s, 64); err == nil {
		if number != number || number < minMillis || number > maxMillis {
			return time.Time{}, fmt.Errorf("%s is outside the years 1 to 9999", s)
		}
		return time.UnixMilli(int64(number)), nil
	}
	return demandflow.ParseTime(s)
}

// The instants that RFC 3339 can write.
var (
	minMillis = float64(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
	maxMillis = float64(time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).UnixMilli())
)

func (c Codec) decodeKeyValues(v any) tftypes.Value {
	pairs := map[string]tftypes.Value{}
	if object, ok := v.(map[string]any); ok {
		for key, value := range object {
			pairs[key] = tftypes.NewValue(tftypes.String, jsonText(value))
		}
	} else {
		for _, line := range lines(v) {
			key, value, _ := strings.Cut(line, "=")
			pairs[key] = tftypes.NewValue(tftypes.String, value)
		}
	}
	if len(pairs) == 0 {
		return c.Null()
	}
	return tftypes.NewValue(c.Type, pairs)
}

// lines returns the entries of a multi-line text (blank lines carry nothing), of an array, or of a single value.
func lines(v any) []string {
	var entries []string
	if array, ok := v.([]any); ok {
		for _, element := range array {
			if !demandflow.Unset(element) {
				entries = append(entries, jsonText(element))
			}
		}
		return entries
	}
	for line := range strings.Lines(jsonText(v)) {
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) != "" {
			entries = append(entries, line)
		}
	}
	return entries
}

func unique(entries []string) []string {
	entries = slices.Clone(entries)
	slices.Sort(entries)
	return slices.Compact(entries)
}

// jsonText returns a JSON value as text: a string as it is, a number as it was written, everything else as JSON.
func jsonText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case nil:
		return ""
	default:
		document, err := json.Marshal(v)
		if err != nil {
			panic("what was decoded from JSON encodes to JSON: " + err.Error())
		}
		return string(document)
	}
}

// quote returns a JSON value in a message, cut so that a document does not fill the screen.
func quote(v any) string {
	const most = 60
	s := jsonText(v)
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strconv.Quote(s)
}
