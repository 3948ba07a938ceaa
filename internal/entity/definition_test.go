package entity

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// form is a definition's document around the given fields, as DemandFlow nests it.
func form(fields string) string {
	return `{"panel":[{"name":"General","columns":[{"rows":[{"fields":[` + fields + `]}]}]}]}`
}

func parsed(t *testing.T, object map[string]any) *Definition {
	t.Helper()
	definition, err := ParseDefinition(object)
	if err != nil {
		t.Fatal(err)
	}
	return definition
}

func TestParseDefinition_readsFieldsInAnySpelling(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		document string
		want     []DefinedField
	}{
		"everything": {
			form(`{"id":"status","type":"indexedSelect","name":"Status","required":true,"readonly":false,"options":[{"id":"1","text":"Live"},{"id":"2","text":"Gone"}]}`),
			[]DefinedField{{Name: "status", Type: "indexedSelect", Label: "Status", Section: "General", Required: true,
				Options: Options{{"1", "Live"}, {"2", "Gone"}}}},
		},
		"a reference": {form(`{"id":"registry","type":"objectLookup","entity":"DOCKERREGISTRY"}`),
			[]DefinedField{{Name: "registry", Type: "objectLookup", References: "DOCKERREGISTRY", Label: "registry",
				Section: "General"}}},
		"read-only, camel case": {form(`{"id":"a","type":"text","readOnly":true}`),
			[]DefinedField{{Name: "a", Type: "text", Label: "a", Section: "General", ReadOnly: true}}},
		"truth as text": {form(`{"id":"a","type":"text","required":"True","readonly":"no"}`),
			[]DefinedField{{Name: "a", Type: "text", Label: "a", Section: "General", Required: true}}},
		"truth as number": {form(`{"id":"a","type":"text","required":1,"readonly":0}`),
			[]DefinedField{{Name: "a", Type: "text", Label: "a", Section: "General", Required: true}}},
		"option ids as numbers": {form(
			`{"id":"a","type":"enum","options":[{"id":7,"text":"Seven"},{"id":"","text":"None"},null,{"id":"8"}]}`),
			[]DefinedField{{Name: "a", Type: "enum", Label: "a", Section: "General", Options: Options{{"7", "Seven"},
				{"8", "8"}}}}},
		"a field shown twice": {form(`{"id":"a","type":"text","name":"First"},{"id":"a","type":"number","name":"Second"}`),
			[]DefinedField{{Name: "a", Type: "text", Label: "First", Section: "General"}}},
		"in the form's order": {form(`{"id":"z","type":"text"},{"id":"a","type":"text"}`),
			[]DefinedField{{Name: "z", Type: "text", Label: "z", Section: "General"}, {Name: "a", Type: "text", Label: "a",
				Section: "General"}}},
		"fields in another case, nested otherwise": {
			`{"tabs":[{"Fields":[{"id":"a","type":"text"}]}],"FIELDS":[[{"id":"b","type":"number"}]]}`,
			[]DefinedField{{Name: "b", Type: "number", Label: "b"}, {Name: "a", Type: "text", Label: "a"}},
		},
		"keys in another case": {form(`{"ID":"a","Type":"enum","Options":[{"Id":"7","Text":"Seven"}],"ReadOnly":true}`),
			[]DefinedField{{Name: "a", Type: "enum", Label: "a", Section: "General", ReadOnly: true,
				Options: Options{{"7", "Seven"}}}}},
		"options by other names": {form(
			`{"id":"a","type":"enum","options":[{"id":"7","label":"Seven"},{"id":"8","name":"Eight"}]}`),
			[]DefinedField{{Name: "a", Type: "enum", Label: "a", Section: "General", Options: Options{{"7", "Seven"},
				{"8", "Eight"}}}}},
		"a look-up with its columns": {form(`{"id":"a","type":"objectLookup","fields":[{"id":"name","type":"text"}]}`),
			[]DefinedField{{Name: "a", Type: "objectLookup", Label: "a", Section: "General"}}},
		"a group with an id": {form(
			`{"id":"g","type":"group","title":"Group","rows":[{"fields":[{"id":"a","type":"text"}]}]}`),
			[]DefinedField{{Name: "a", Type: "text", Label: "a", Section: "Group"}}},
		"a group among the fields": {
			form(`{"title":"Group","fields":[{"id":"a","type":"text"}]}`),
			[]DefinedField{{Name: "a", Type: "text", Label: "a", Section: "Group"}},
		},
		"what is no field": {
			`{"id":"form","type":"form","buttons":[{"id":"save","type":"button"}],"fields":[{"id":"a"},{"type":"text"},{"id":5,"type":"text"},{"id":"","type":"text"},null,"a",{"id":"b","type":"text"}]}`,
			[]DefinedField{{Name: "b", Type: "text", Label: "b"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := parsed(t, map[string]any{"id": "X", "definition": test.document})
			if diff := cmp.Diff(test.want, got.Fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseDefinition_readsTheObjectAroundTheForm(t *testing.T) {
	t.Parallel()
	document := form(`{"id":"a","type":"text"}`)
	got := parsed(t, map[string]any{"id": "DOCKERIMAGE", "name": "Docker Image", "plural": "Docker Images",
		"level": json.Number("420"), "definition": document})
	if got.Code != "DOCKERIMAGE" || got.Name != "Docker Image" || got.Plural != "Docker Images" || got.Level != 420 ||
		got.Raw != document {
		t.Errorf("got %+v", got)
	}
	bare := parsed(t, map[string]any{"definition": document, "level": "high"})
	if bare.Code != "" || bare.Name != "" || bare.Level != 0 || len(bare.Fields) != 1 {
		t.Errorf("what is missing is not tolerated: %+v", bare)
	}
}

// DemandFlow documents a JSON text; a server that sends the document itself is understood too.
func TestParseDefinition_readsADocumentThatIsNoText(t *testing.T) {
	t.Parallel()
	var tree any
	if err := json.Unmarshal([]byte(form(`{"id":"a","type":"text"}`)), &tree); err != nil {
		t.Fatal(err)
	}
	got := parsed(t, map[string]any{"definition": tree})
	if !slices.Equal(got.Names(), []string{"a"}) || !json.Valid([]byte(got.Raw)) {
		t.Errorf("fields %q, raw %q", got.Names(), got.Raw)
	}
}

// A text of JSON in a text of JSON is what a server sends that encodes twice.
func TestParseDefinition_readsATextInAText(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(form(`{"id":"a","type":"text"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := parsed(t, map[string]any{"definition": "\ufeff" + string(text)}); !slices.Equal(got.Names(), []string{"a"}) {
		t.Errorf("fields %q", got.Names())
	}
}

// The default options would give a label another id than the tenant's, and an argument that is told to go would be
// missed.
func TestParseDefinition_refusesWhatIsThereAndNotUnderstood(t *testing.T) {
	t.Parallel()
	status := func(rest string) string { return form(`{"id":"name","type":"text"},{"id":"status",` + rest + `}`) }
	for name, test := range map[string]struct{ document, want string }{
		"options by id": {status(`"type":"indexedSelect","options":{"7":"Active"}`),
			`"status" (indexedSelect) at panel[0].columns[0].rows[0].fields[1]: its options are an object with the keys 7`},
		"options that are texts": {status(`"type":"indexedSelect","options":["Active","Inactive"]`),
			"option 1 is a text"},
		"options in one text": {status(`"type":"indexedSelect","options":"Active,Inactive"`),
			"its options are a text"},
		"options without ids": {status(`"type":"indexedSelect","options":[{"value":"7","text":"Active"}]`),
			"option 1 has no id, but an object with the keys text, value"},
		"options with odd ids": {status(`"type":"indexedSelect","options":[{"id":["7"],"text":"Active"}]`),
			"the id of option 1 is a list of 1"},
		"options without texts": {status(`"type":"indexedSelect","options":[{"id":"7","value":"Active"}]`),
			"none of its options has a text; the first is an object with the keys id, value"},
		"options under another name": {status(`"type":"indexedSelect","choices":[{"id":"7","text":"Active"}]`),
			"it has no options, but the keys choices, id, type"},
		"no options":                  {status(`"type":"indexedSelect","options":[]`), "it has no options"},
		"an unknown type, no options": {status(`"type":"dropdown"`), "it has no options"},
		"a type under another name": {status(`"kind":"indexedSelect","options":[{"id":"7","text":"Active"}]`),
			`"status" at panel[0].columns[0].rows[0].fields[1]: it has no type`},
		"fields by id":              {`{"fields":[{"id":"name","type":"text"}],"panel":[{"fields":{"status":{"type":"indexedSelect"}}}]}`, `"status" at panel[0].fields: the fields are an object`},
		"fields under another name": {`{"fields":[{"id":"name","type":"text"}],"panel":[{"items":[{"id":"status","type":"indexedSelect"}]}]}`, `"status" at panel[0].items[0]: it does not stand in a list called fields`},
		"no fields at all": {`{"panels":[{"controls":[{"key":"name"}]}]}`,
			"has no field: it is an object with the keys panels"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			definition, err := ParseDefinition(map[string]any{"id": DockerRegistry.Code, "definition": test.document})
			if definition != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, %v\nwant an error with %q", definition, err, test.want)
			}
		})
	}
}

// What an administrator did to the form is no unknown form: a field that is removed, of another type, or shown twice.
func TestParseDefinition_takesWhatAdministratorsDo(t *testing.T) {
	t.Parallel()
	for name, fields := range map[string]string{
		"removed, and in a list of columns": `{"id":"name","type":"text"},{"columns":["status"],"fields":["status"]}`,
		"of another type":                   `{"id":"status","type":"text"}`,
		"shown twice, once short":           `{"id":"status"},{"id":"status","type":"indexedSelect","options":[{"id":"7","text":"Active"}]}`,
		"shown twice, alike": `{"id":"status","type":"enum","options":[{"id":"7","text":"Active"},{"id":"8","text":"Old"}]},
			{"id":"status","type":"enum","options":[{"id":8,"label":"Old"},{"id":"7","text":"Active"}]}`,
		"a tenant's own without options": `{"id":"risk","type":"enum"},{"id":"status","type":"boolean"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parsed(t, map[string]any{"id": DockerRegistry.Code, "definition": form(fields)})
		})
	}
}

// Which of the two lists serves cannot be known, and a label of the wrong one would write a wrong id.
func TestParseDefinition_refusesAFieldThatIsThereTwiceWithDifferentOptions(t *testing.T) {
	t.Parallel()
	first := `{"id":"status","type":"enum","options":[{"id":"7","text":"Active"}]},`
	for name, second := range map[string]string{
		"another label": `{"id":"status","type":"enum","options":[{"id":"7","text":"Live"}]}`,
		"another id":    `{"id":"status","type":"enum","options":[{"id":"8","text":"Active"}]}`,
		"one more":      `{"id":"status","type":"enum","options":[{"id":"7","text":"Active"},{"id":"8","text":"Old"}]}`,
	} {
		_, err := ParseDefinition(map[string]any{"id": DockerRegistry.Code, "definition": form(first + second)})
		if err == nil || !strings.Contains(err.Error(), `the field "status" (enum) at`) ||
			!strings.Contains(err.Error(), "it is there twice, with different options") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestParseDefinition_refusesWhatTellsNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		definition any
		want       string
	}{
		"nothing":     {nil, "no field"},
		"empty text":  {"", "not a JSON document"},
		"no JSON":     {"<html>", "not a JSON document"},
		"cut":         {form(`{"id":"a","type":"text"}`)[:40], "not a JSON document"},
		"no fields":   {`{"panel":[]}`, "no field"},
		"empty list":  {form(""), "no field"},
		"a number":    {json.Number("5"), "no field"},
		"not in list": {`{"panel":{"id":"a","type":"text"}}`, "no field"},
	} {
		_, err := ParseDefinition(map[string]any{"id": "X", "definition": test.definition})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}

func TestDefinedField_fitsTheKindsOfItsType(t *testing.T) {
	t.Parallel()
	all := []Kind{Text, URL, Lines, LineSet, KeyValues, JSON, Number, Percent, Bool, DateTime, Enum, MultiSelect,
		Reference}
	texts := []Kind{Text, URL, Lines, LineSet, KeyValues, JSON}
	for typ, want := range map[string][]Kind{
		"text": texts, "Text (multi-line)": texts, "text (URL)": texts, "password": texts, "textarea": texts,
		"number": {Number, Percent}, "GAUGE": {Number, Percent}, "boolean": {Bool}, "datetime": {DateTime},
		"indexedSelect": {Enum}, "enum": {Enum}, "multiselect": {MultiSelect}, "objectLookup": {Reference},
		"reference": {Reference},
		"hologram":  all, // better no check than a wrong one
	} {
		field := &DefinedField{Type: typ}
		got := slices.DeleteFunc(slices.Clone(all), func(kind Kind) bool { return !field.Fits(kind) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("kinds that fit %s (-want +got):\n%s", typ, diff)
		}
	}
	if !(&DefinedField{Type: "Password"}).Hidden() || (&DefinedField{Type: "text"}).Hidden() {
		t.Error("a password, and nothing else, is hidden")
	}
}

// Whatever an administrator's form looks like, it is read without a panic, alike twice, and each field can be told
// apart.
func FuzzParseDefinition(f *testing.F) {
	for _, seed := range []string{
		form(`{"id":"a","type":"enum","options":[{"id":1,"text":"One"}]}`),
		form(`{"id":"a","type":"text"},{"id":"a","type":"text"}`),
		`{"fields":{"id":"a","type":"text"}}`, `[[{"Fields":[null,{"title":"x","fields":[{"id":"b","type":7}]}]}]]`,
		`{"fields":[{"id":" ","type":" "}]}`, `"text"`, `{`, ``,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		object := map[string]any{"id": "X", "definition": document}
		definition, err := ParseDefinition(object)
		if (err == nil) != (definition != nil) {
			t.Fatalf("got %v and %v", definition, err)
		}
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, field := range definition.Fields {
			if field.Name == "" || field.Type == "" || field.Label == "" || seen[field.Name] ||
				definition.Field(field.Name) == nil {
				t.Errorf("field %+v cannot be told apart", field)
			}
			seen[field.Name] = true
			for _, option := range field.Options {
				if option.ID == "" || option.Label == "" {
					t.Errorf("option %+v of %s says nothing", option, field.Name)
				}
			}
		}
		if again := parsed(t, object); cmp.Diff(definition, again) != "" {
			t.Errorf("read twice: %s", cmp.Diff(definition, again))
		}
	})
}
