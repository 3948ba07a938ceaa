package demandflow

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func TestUnset_isAbsentNullAndEmpty(t *testing.T) {
	t.Parallel()
	for _, value := range []any{nil, "", Object{}["absent"]} {
		if !Unset(value) {
			t.Errorf("%#v is set", value)
		}
	}
	for _, value := range []any{" ", false, json.Number("0"), []any{}, map[string]any{}} {
		if Unset(value) {
			t.Errorf("%#v is unset", value)
		}
	}
}

func TestHidden_isASecretThatIsAbsentOrMasked(t *testing.T) {
	t.Parallel()
	secret, plain := entity.DockerRegistry.Field("password"), entity.DockerRegistry.Field("name")
	for _, shown := range []any{nil, "", "***", "••••"} {
		if !Hidden(secret, Object{"password": shown}) {
			t.Errorf("a secret shown as %#v is not hidden", shown)
		}
		if Hidden(plain, Object{"name": shown}) || Hidden(nil, Object{}) {
			t.Errorf("what is no secret is hidden, shown as %#v", shown)
		}
	}
	if Hidden(secret, Object{"password": "hunter2*"}) {
		t.Error("a secret that is shown is hidden")
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	number := func(text string) any { return json.Number(text) }
	for name, test := range map[string]struct {
		a, b any
		want bool
	}{
		"null and empty":              {nil, "", true},
		"null and empty list":         {nil, []any{}, true},
		"null and false":              {nil, false, false},
		"null and zero":               {nil, number("0"), false},
		"equal texts":                 {"a", "a", true},
		"texts in other case":         {"a", "A", false},
		"texts with other line ends":  {"a\r\nb\r\n", "a\nb", true},
		"texts with another line":     {"a\n\nb", "a\nb", false},
		"numbers by value":            {number("1"), number("1.0"), true},
		"numbers with exponent":       {number("1e3"), number("1000"), true},
		"numbers beyond a float":      {number("9007199254740993"), number("9007199254740992"), false},
		"numbers without end":         {number("1e999999999"), number("1e999999998"), false},
		"the same without end":        {number("1e999999999"), number("1e999999999"), true},
		"fractions":                   {number("0.1"), number("0.10"), true},
		"option id as number":         {"1", number("1"), true},
		"another option id":           {"1", number("2"), false},
		"text and number":             {"one", number("1"), false},
		"date-time in both spellings": {number("1735689600000"), "2025-01-01T01:00:00+01:00", true},
		"another date-time":           {number("1735689600001"), "2025-01-01T00:00:00Z", false},
		"true":                        {true, true, true},
		"true and false":              {true, false, false},
		"true as text":                {true, "true", false},
		"number and bool":             {number("1"), true, false},
		"sets in another order":       {[]any{"1", "2"}, []any{number("2"), "1"}, true},
		"sets of another size":        {[]any{"1"}, []any{"1", "1"}, false},
		"sets that repeat":            {[]any{"1", "1", "2"}, []any{"1", "2", "2"}, false},
		"list and text":               {[]any{"1"}, "1", false},
		"objects":                     {map[string]any{"a": number("1"), "b": nil}, map[string]any{"a": number("1.0")}, true},
		"objects with more":           {map[string]any{"a": "1"}, map[string]any{"a": "1", "b": "2"}, false},
		"object and text":             {map[string]any{"a": "1"}, "a", false},
	} {
		if same(test.a, test.b) != test.want || same(test.b, test.a) != test.want {
			t.Errorf("%s: %v and %v: got %v and %v, want %v", name, test.a, test.b, same(test.a, test.b), same(test.b, test.a),
				test.want)
		}
	}
}

func TestTime_readsBothSpellings(t *testing.T) {
	t.Parallel()
	want := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, value := range []any{Millis(want), "2025-01-01T00:00:00Z", "2025-01-01T02:00:00+02:00",
		"2025-01-01T02:00:00.000+0200", "2025-01-01T02:00+02", "2025-01-01t00:00:00z", json.Number("1.7356896e12")} {
		if got, ok := Time(value); !ok || got != want {
			t.Errorf("%v is %v, %v", value, got, ok)
		}
	}
	for _, value := range []any{nil, "", "yesterday", "2025-01-01T00:00:00", true, json.Number("1e300")} {
		if got, ok := Time(value); ok {
			t.Errorf("%v is %v", value, got)
		}
	}
}
