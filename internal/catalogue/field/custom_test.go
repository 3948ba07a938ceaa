package field

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func TestCustomValue_mustFitTheTenantsDefinition(t *testing.T) {
	t.Parallel()
	risk := entity.Options{{ID: "1", Label: "Low"}, {ID: "2", Label: "High"}, {ID: "41", Label: "Very high indeed"}}
	for _, test := range []struct{ typ, value, says string }{
		{"text", `"x"`, ""},
		{"text", `4711`, `Its value is a number, and the field's type in the tenant's definition is text. Write jsonencode("text").`},
		{"text", `["x"]`, `Its value is a list`},
		{"password", `{"a":1}`, `Its value is an object, and the field's type in the tenant's definition is password.`},
		{"text", `null`, ""}, // clears, whatever the type
		{"number", `""`, ""},
		{"number", `1.50`, ""},
		{"number", `"1.5"`, `Its value is a text, and the field's type in the tenant's definition is number. Write jsonencode(4711).`},
		{"gauge", `true`, `Its value is true or false`},
		{"boolean", `false`, ""},
		{"boolean", `"false"`, `Its value is a text, and the field's type in the tenant's definition is boolean. Write jsonencode(true).`},
		{"dateTime", `1767225600000`, ""},
		{"dateTime", `"2026-01-01T00:00:00Z"`, `Write milliseconds since 1970`},
		{"indexedSelect", `"2"`, ""},
		{"indexedSelect", `"High"`, `"High" is not the id of an option. Did you mean "2", the id of "High"? The options are 1 (Low), 2 (High), 41 (Very high indeed).`},
		{"enum", `"hogh"`, `Did you mean "2", the id of "High"?`},
		{"enum", `"42"`, `"42" is not the id of an option. The options are`},
		{"enum", `2`, `Its value is a number, and the field's type in the tenant's definition is enum. Write the id of an option, jsonencode("1").`},
		{"enum", `["2"]`, `Its value is a list`},
		{"multiselect", `["1","2"]`, ""},
		{"multiselect", `[]`, ""},
		{"multiselect", `["1","Low"]`, `"Low" is not the id of an option. Did you mean "1", the id of "Low"?`},
		{"multiselect", `"1"`, `Its value is a text, and the field's type in the tenant's definition is multiselect. Write a list of ids of options`},
		{"multiselect", `[1]`, `Write a list of ids of options`},
		{"reference", `"a"`, ""},
		{"objectLookup", `["a","b"]`, ""},
		{"reference", `1`, `Write the object's id`},
		{"hologram", `{"a":[1]}`, ""}, // a type that nobody knows takes anything
	} {
		defined := &entity.DefinedField{Name: "custom", Type: test.typ, Options: risk}
		got := customValueProblem(defined, ParseJSON(test.value))
		if (got == "") != (test.says == "") || !strings.Contains(got, test.says) {
			t.Errorf("%s %s: got %q, want %q", test.typ, test.value, got, test.says)
		}
	}
	if got := customValueProblem(&entity.DefinedField{Type: "enum"}, "anything"); got != "" {
		t.Errorf("an enum without options says %q", got)
	}
}

func TestCustomValue_isNotRepeatedBecauseItMayBeAPassword(t *testing.T) {
	t.Parallel()
	for _, typ := range []string{"password", "text", "number", "boolean"} {
		if got := customValueProblem(&entity.DefinedField{Type: typ}, ParseJSON(`["hunter2"]`)); got == "" ||
			strings.Contains(got, "hunter2") {
			t.Errorf("%s: %q", typ, got)
		}
	}
}

func TestSameDocument_numbersAreComparedByValue(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{`1.50`, `1.5`, true}, {`15e-1`, `1.5`, true}, {`1e3`, `1000`, true}, {`-0`, `0`, true},
		{`{"a":[1.0]}`, `{ "a": [1] }`, true},
		{`33.333333333333333333333`, `33.333333333333336`, true}, // as a double, which servers keep
		{`1.5`, `1.6`, false}, {`"1.50"`, `"1.5"`, false}, {`9007199254740993`, `9007199254740992`, false},
		{`1e999999999`, `1e999999998`, false}, {`1.5e400`, `1.5e401`, false},
	} {
		if got := sameCustom(test.a, test.b); got != test.same {
			t.Errorf("Same(%s, %s) = %t", test.a, test.b, got)
		}
	}
	for written, sent := range map[string]string{`1.50`: `1.5`, `[1E2]`: `[100]`, `1e999999999`: `1e999999999`,
		`-0.0`: `0`, `"1.50"`: `1.50`} {
		if got := jsonText(ParseJSON(written)); got != sent {
			t.Errorf("%s is sent as %s, want %s", written, got, sent)
		}
	}
}

func TestCustom_isACodecLikeThatOfADeclaredField(t *testing.T) {
	t.Parallel()
	c := NewCustom("custom", nil)
	document := func(text string) tftypes.Value { return tftypes.NewValue(c.Type, text) }
	if got, err := c.Decode(json.Number("1.5")); err != nil || !got.Equal(document("1.5")) {
		t.Errorf("1.5 is decoded as %s, %v", got, err)
	}
	if got := c.Encode(document(`"two"`)); got != "two" {
		t.Errorf("a text is encoded as %v", got)
	}
	for text, unset := range map[string]bool{`null`: true, `""`: true, `0`: false, `"\n"`: false} {
		if c.IsUnset(document(text)) != unset {
			t.Errorf("%s is not set: %t, want %t", text, !unset, unset)
		}
	}
	if c.Same(document(`null`), c.Null()) {
		t.Error("a field that is declared as null is the same as one that is not declared, so that it is never cleared")
	}
	kept := demandflow.Object{"custom": "three"}
	if got := c.Difference("two", kept); got != hiddenDifference {
		t.Errorf("the difference is shown: %q", got)
	}
	if got := c.Difference("two", demandflow.Object{"custom": "***"}); got != "" {
		t.Errorf("a value that DemandFlow hides differs: %q", got)
	}
}

// sameCustom reports whether two documents mean the same as values of a custom field.
func sameCustom(a, b string) bool {
	c := NewCustom("custom", nil)
	return c.Same(tftypes.NewValue(c.Type, a), tftypes.NewValue(c.Type, b))
}
