package field

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func strs(typ tftypes.Type, entries ...string) tftypes.Value {
	elements := make([]tftypes.Value, len(entries))
	for i, entry := range entries {
		elements[i] = str(entry)
	}
	return tftypes.NewValue(typ, elements)
}

var (
	listType = tftypes.List{ElementType: tftypes.String}
	setType  = tftypes.Set{ElementType: tftypes.String}
)

// codecsOf returns the codecs of all fields of an entity.
func codecsOf(e *entity.Entity) []Codec {
	var all []Codec
	for _, f := range slices.Concat(e.Fields(), entity.System()) {
		all = append(all, New(f, false))
	}
	return all
}

// codecs returns the codecs of an entity by the API's names.
func codecs(e *entity.Entity) map[string]Codec {
	byName := map[string]Codec{}
	for _, c := range codecsOf(e) {
		byName[c.Name] = c
	}
	return byName
}

func TestSame_twoSpellingsOfOneMeaning(t *testing.T) {
	image, registry := codecs(&entity.DockerImage), codecs(&entity.DockerRegistry)
	for name, test := range map[string]struct {
		codec Codec
		a, b  tftypes.Value
		same  bool
	}{
		"enum: label and id":            {image["status"], str("Active"), str("1"), true},
		"enum: other case":              {image["status"], str("Active"), str("aCTIVE"), true},
		"enum: other option":            {image["status"], str("Active"), str("Deprecated"), false},
		"enum: an id that nobody knows": {image["status"], str("99"), str("99"), true},
		"enum: unset and empty":         {image["os"], str(""), tftypes.NewValue(tftypes.String, nil), true},
		"JSON: white space and keys": {image["labels"], str(`{"a":1,"b":[1,2]}`),
			str("{ \"b\": [1, 2],\n\"a\": 1 }"), true},
		"JSON: escapes":           {image["labels"], str(`{"a":"\u003c\/\u00e9"}`), str(`{"a":"</é"}`), true},
		"JSON: order in an array": {image["labels"], str(`[1,2]`), str(`[2,1]`), false},
		"JSON: large numbers": {image["labels"], str(`[12345678901234567890]`),
			str(`[12345678901234567891]`), false},
		"JSON: spellings of a number":      {image["labels"], str(`{"a":[1.50,1e3]}`), str(`{"a":[1.5,1000]}`), true},
		"JSON: text is not a string":       {image["labels"], str(`x`), str(`"x"`), false},
		"JSON: text that is not JSON":      {image["labels"], str(`FOO=bar`), str(`FOO=bar`), true},
		"JSON: something after a document": {image["labels"], str(`{} x`), str(`{}`), false},
		"date-time: another zone": {registry["credentialsExpiry"], str("2026-05-17T10:30:00+02:00"),
			str("2026-05-17T08:30:00Z"), true},
		"date-time: trailing zeros": {registry["credentialsExpiry"], str("2026-05-17T08:30:00.500Z"),
			str("2026-05-17T08:30:00.5Z"), true},
		"date-time: another millisecond": {registry["credentialsExpiry"], str("2026-05-17T08:30:00.501Z"),
			str("2026-05-17T08:30:00.5Z"), false},
		"set: order": {registry["allowedUsers"], strs(setType, "a", "b"),
			strs(setType, "b", "a"), true},
		"list: order": {image["volumes"], strs(listType, "a", "b"), strs(listType, "b", "a"),
			false},
		"list: empty and unset": {image["volumes"], strs(listType), tftypes.NewValue(listType, nil), true},
		"text: line ends at the end": {image["dockerfile"], str("FROM scratch\nCMD x\n\r\n"),
			str("FROM scratch\nCMD x"), true},
		"text: line ends of Windows": {image["dockerfile"], str("FROM scratch\r\nCMD x"),
			str("FROM scratch\nCMD x"), true},
		"text: an empty line": {image["dockerfile"], str("FROM scratch\n\nCMD x"),
			str("FROM scratch\nCMD x"), false},
		"text: spaces at the end": {image["dockerfile"], str("FROM scratch "), str("FROM scratch"), false},
		"text: a line end and unset": {image["dockerfile"], str("\n"), tftypes.NewValue(tftypes.String, nil),
			true},
		"text: composed accents":        {image["maintainer"], str("Caf\u00e9"), str("Cafe\u0301"), true},
		"JSON: not JSON, line ends":     {image["labels"], str("a=1\r\nb=2\r\n"), str("a=1\nb=2"), true},
		"JSON: line ends in a document": {image["labels"], str(`{"a":"x\r\n"}`), str(`{"a":"x\n"}`), false},
		"map: composed accents": {image["buildArgs"], must1(image["buildArgs"].Decode("A=\u00e9")),
			must1(image["buildArgs"].Decode("A=e\u0301")), true},
		"secret: a line end at the end": {registry["signingKey"], str("key\n"), str("key"), false},
		"text: case":                    {image["maintainer"], str("a"), str("A"), false},
		"number: 0 is not unset": {registry["storageLimit"], tftypes.NewValue(tftypes.Number, 0),
			tftypes.NewValue(tftypes.Number, nil), false},
		"number: a third and its double": {registry["storageLimit"],
			must1(registry["storageLimit"].Decode(json.Number("33.333333333333333333333333333"))),
			tftypes.NewValue(tftypes.Number, 100.0/3), true},
		"number: large whole numbers": {registry["storageLimit"],
			must1(registry["storageLimit"].Decode(json.Number("9007199254740993"))),
			must1(registry["storageLimit"].Decode(json.Number("9007199254740992"))), false},
		"bool: false is not unset": {registry["dryRun"], tftypes.NewValue(tftypes.Bool, false),
			tftypes.NewValue(tftypes.Bool, nil), false},
		"unknown is the same as nothing": {image["status"], tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
			str("1"), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.codec.Same(test.a, test.b); got != test.same {
				t.Errorf("same(%s, %s) = %v", test.a, test.b, got)
			}
		})
	}
}

func TestDecode_readsLeniently(t *testing.T) {
	image, registry := codecs(&entity.DockerImage), codecs(&entity.DockerRegistry)
	for name, test := range map[string]struct {
		codec Codec
		wire  string
		want  tftypes.Value
	}{
		"enum as a number":            {image["status"], `2`, str("Deprecated")},
		"enum that nobody knows":      {image["status"], `"77"`, str("77")},
		"multi-select of numbers":     {image["architecture"], `[2, "amd64"]`, strs(setType, "2", "amd64")},
		"multi-select with one value": {image["architecture"], `"arm64"`, strs(setType, "arm64")},
		"empty multi-select":          {image["architecture"], `[]`, tftypes.NewValue(setType, nil)},
		"number in a string":          {registry["storageLimit"], `"1.5"`, tftypes.NewValue(tftypes.Number, 1.5)},
		"boolean in a string":         {registry["dryRun"], `"true"`, tftypes.NewValue(tftypes.Bool, true)},
		"boolean as a number":         {registry["dryRun"], `0`, tftypes.NewValue(tftypes.Bool, false)},
		"date-time as RFC 3339": {registry["credentialsExpiry"], `"2026-05-17T10:30:00+02:00"`,
			str("2026-05-17T08:30:00Z")},
		"date-time without a colon": {registry["credentialsExpiry"], `"2026-05-17T10:30:00.250+0200"`,
			str("2026-05-17T08:30:00.25Z")},
		"date-time without minutes": {registry["credentialsExpiry"], `"2026-05-17T10:30:00+02"`,
			str("2026-05-17T08:30:00Z")},
		"date-time without seconds": {registry["credentialsExpiry"], `"2026-05-17T08:30Z"`,
			str("2026-05-17T08:30:00Z")},
		"date-time as milliseconds": {registry["credentialsExpiry"], `1000`, str("1970-01-01T00:00:01Z")},
		"date-time in a string":     {registry["credentialsExpiry"], `"1000"`, str("1970-01-01T00:00:01Z")},
		"a document that is no string": {image["labels"], `{"b": 12345678901234567890, "a": "<"}`,
			str(`{"a":"\u003c","b":12345678901234567890}`)},
		"lines with Windows ends": {image["volumes"], `"/a\r\n\r\n/b\r\n"`, strs(listType, "/a", "/b")},
		"lines as an array":       {image["volumes"], `["/a", "/b"]`, strs(listType, "/a", "/b")},
		"a line twice in a set":   {registry["allowedUsers"], `"b\na\nb"`, strs(setType, "a", "b")},
		"a key without a value": {image["buildArgs"], `"A\nB=x=y"`,
			tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{
				"A": str(""), "B": str("x=y"),
			})},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.codec.Decode(unmarshal(t, test.wire))
			if err != nil || !test.codec.Same(got, test.want) || got.IsNull() != test.want.IsNull() {
				t.Errorf("decode(%s) = %s, %v; want %s", test.wire, got, err, test.want)
			}
		})
	}
}

func TestSame_ofACustomFieldThatIsAText(t *testing.T) {
	for name, test := range map[string]struct {
		a, b string
		same bool
	}{
		"line ends":                {`"one\r\ntwo\n"`, `"one\ntwo"`, true},
		"line ends inside a list":  {`["one\n"]`, `["one"]`, false},
		"a line end and null":      {`"\n"`, `null`, true},
		"a number and its text":    {`1`, `"1"`, false},
		"a list and its text":      {`["a"]`, `"[\"a\"]"`, false},
		"white space and the keys": {`{"a":1,"b":2}`, `{ "b": 2.0, "a": 1 }`, true},
	} {
		t.Run(name, func(t *testing.T) {
			if sameCustom(test.a, test.b) != test.same {
				t.Errorf("Same(%s, %s) is not %t", test.a, test.b, test.same)
			}
		})
	}
}

func must1(v tftypes.Value, err error) tftypes.Value {
	must(err)
	return v
}

func unmarshal(t testing.TB, document string) any {
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// FuzzDecode reads any JSON value as every field. What is understood must mean the same after a round trip through
// DemandFlow.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`null`, `"1"`, `1`, `true`, `"a=b\nc"`, `["x"]`, `{"a":[1.50]}`,
		`"2026-01-01T00:00:00.123456Z"`, `1e400`, `-1e999999`, `"{\"a\":1} x"`, `"\u0000\r"`} {
		f.Add(seed)
	}
	every := slices.Concat(codecsOf(&entity.DockerImage), codecsOf(&entity.DockerRegistry))
	f.Fuzz(func(t *testing.T, document string) {
		decoder := json.NewDecoder(strings.NewReader(document))
		decoder.UseNumber()
		var wire any
		if decoder.Decode(&wire) != nil {
			return
		}
		for _, c := range every {
			if c.Derived {
				continue
			}
			value, err := c.Decode(wire)
			if err != nil {
				continue
			}
			again, err := c.Decode(c.Encode(value))
			if err != nil || !c.Same(value, again) {
				t.Fatalf("%s: %s came back as %s (%v)", c.Name, value, again, err)
			}
		}
	})
}

// FuzzProblem checks any text as a value of every field: a verdict, never a panic.
func FuzzProblem(f *testing.F) {
	for _, seed := range []string{"", "TZ=0", "@every 1h", "0 3 * * 0", "a b", "https://[::1", "git@host:path", "nginx",
		"1e9", "Activ"} {
		f.Add(seed)
	}
	every := slices.Concat(codecsOf(&entity.DockerImage), codecsOf(&entity.DockerRegistry))
	f.Fuzz(func(_ *testing.T, s string) {
		for _, c := range every {
			switch {
			case c.Type.Is(tftypes.String):
				c.Problem(str(s))
			case c.Type.Is(tftypes.List{}), c.Type.Is(tftypes.Set{}):
				c.Problem(strs(c.Type, s, s))
			case c.Type.Is(tftypes.Map{}):
				c.Problem(tftypes.NewValue(c.Type, map[string]tftypes.Value{s: str(s)}))
			}
		}
	})
}
