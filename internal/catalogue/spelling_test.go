package catalogue

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
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

func TestSame_twoSpellingsOfOneMeaning(t *testing.T) {
	image, registry := newTable(&entity.DockerImage), newTable(&entity.DockerRegistry)
	for name, test := range map[string]struct {
		column column
		a, b   tftypes.Value
		same   bool
	}{
		"enum: label and id":            {image.column("status"), str("Active"), str("1"), true},
		"enum: other case":              {image.column("status"), str("Active"), str("aCTIVE"), true},
		"enum: other option":            {image.column("status"), str("Active"), str("Deprecated"), false},
		"enum: an id that nobody knows": {image.column("status"), str("99"), str("99"), true},
		"enum: unset and empty":         {image.column("os"), str(""), tftypes.NewValue(tftypes.String, nil), true},
		"JSON: white space and keys": {image.column("labels"), str(`{"a":1,"b":[1,2]}`),
			str("{ \"b\": [1, 2],\n\"a\": 1 }"), true},
		"JSON: escapes":           {image.column("labels"), str(`{"a":"\u003c\/\u00e9"}`), str(`{"a":"</é"}`), true},
		"JSON: order in an array": {image.column("labels"), str(`[1,2]`), str(`[2,1]`), false},
		"JSON: large numbers": {image.column("labels"), str(`[12345678901234567890]`),
			str(`[12345678901234567891]`), false},
		"JSON: spellings of a number":      {image.column("labels"), str(`{"a":[1.50,1e3]}`), str(`{"a":[1.5,1000]}`), true},
		"JSON: text is not a string":       {image.column("labels"), str(`x`), str(`"x"`), false},
		"JSON: text that is not JSON":      {image.column("labels"), str(`FOO=bar`), str(`FOO=bar`), true},
		"JSON: something after a document": {image.column("labels"), str(`{} x`), str(`{}`), false},
		"date-time: another zone": {registry.column("credentialsExpiry"), str("2026-05-17T10:30:00+02:00"),
			str("2026-05-17T08:30:00Z"), true},
		"date-time: trailing zeros": {registry.column("credentialsExpiry"), str("2026-05-17T08:30:00.500Z"),
			str("2026-05-17T08:30:00.5Z"), true},
		"date-time: another millisecond": {registry.column("credentialsExpiry"), str("2026-05-17T08:30:00.501Z"),
			str("2026-05-17T08:30:00.5Z"), false},
		"set: order": {registry.column("allowedUsers"), strs(setType, "a", "b"),
			strs(setType, "b", "a"), true},
		"list: order": {image.column("volumes"), strs(listType, "a", "b"), strs(listType, "b", "a"),
			false},
		"list: empty and unset": {image.column("volumes"), strs(listType), tftypes.NewValue(listType, nil), true},
		"text: line ends at the end": {image.column("dockerfile"), str("FROM scratch\nCMD x\n\r\n"),
			str("FROM scratch\nCMD x"), true},
		"text: line ends of Windows": {image.column("dockerfile"), str("FROM scratch\r\nCMD x"),
			str("FROM scratch\nCMD x"), true},
		"text: an empty line": {image.column("dockerfile"), str("FROM scratch\n\nCMD x"),
			str("FROM scratch\nCMD x"), false},
		"text: spaces at the end": {image.column("dockerfile"), str("FROM scratch "), str("FROM scratch"), false},
		"text: a line end and unset": {image.column("dockerfile"), str("\n"), tftypes.NewValue(tftypes.String, nil),
			true},
		"text: composed accents":        {image.column("maintainer"), str("Caf\u00e9"), str("Cafe\u0301"), true},
		"JSON: not JSON, line ends":     {image.column("labels"), str("a=1\r\nb=2\r\n"), str("a=1\nb=2"), true},
		"JSON: line ends in a document": {image.column("labels"), str(`{"a":"x\r\n"}`), str(`{"a":"x\n"}`), false},
		"map: composed accents": {image.column("buildArgs"), must1(image.column("buildArgs").decode("A=\u00e9")),
			must1(image.column("buildArgs").decode("A=e\u0301")), true},
		"secret: a line end at the end": {registry.column("signingKey"), str("key\n"), str("key"), false},
		"text: case":                    {image.column("maintainer"), str("a"), str("A"), false},
		"number: 0 is not unset": {registry.column("storageLimit"), tftypes.NewValue(tftypes.Number, 0),
			tftypes.NewValue(tftypes.Number, nil), false},
		"number: a third and its double": {registry.column("storageLimit"),
			must1(registry.column("storageLimit").decode(json.Number("33.333333333333333333333333333"))),
			tftypes.NewValue(tftypes.Number, 100.0/3), true},
		"number: large whole numbers": {registry.column("storageLimit"),
			must1(registry.column("storageLimit").decode(json.Number("9007199254740993"))),
			must1(registry.column("storageLimit").decode(json.Number("9007199254740992"))), false},
		"bool: false is not unset": {registry.column("dryRun"), tftypes.NewValue(tftypes.Bool, false),
			tftypes.NewValue(tftypes.Bool, nil), false},
		"unknown is the same as nothing": {image.column("status"), tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
			str("1"), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.column.same(test.a, test.b); got != test.same {
				t.Errorf("same(%s, %s) = %v", test.a, test.b, got)
			}
		})
	}
}

func TestDecode_readsLeniently(t *testing.T) {
	image, registry := newTable(&entity.DockerImage), newTable(&entity.DockerRegistry)
	for name, test := range map[string]struct {
		column column
		wire   string
		want   tftypes.Value
	}{
		"enum as a number":            {image.column("status"), `2`, str("Deprecated")},
		"enum that nobody knows":      {image.column("status"), `"77"`, str("77")},
		"multi-select of numbers":     {image.column("architecture"), `[2, "amd64"]`, strs(setType, "2", "amd64")},
		"multi-select with one value": {image.column("architecture"), `"arm64"`, strs(setType, "arm64")},
		"empty multi-select":          {image.column("architecture"), `[]`, tftypes.NewValue(setType, nil)},
		"number in a string":          {registry.column("storageLimit"), `"1.5"`, tftypes.NewValue(tftypes.Number, 1.5)},
		"boolean in a string":         {registry.column("dryRun"), `"true"`, tftypes.NewValue(tftypes.Bool, true)},
		"boolean as a number":         {registry.column("dryRun"), `0`, tftypes.NewValue(tftypes.Bool, false)},
		"date-time as RFC 3339": {registry.column("credentialsExpiry"), `"2026-05-17T10:30:00+02:00"`,
			str("2026-05-17T08:30:00Z")},
		"date-time without a colon": {registry.column("credentialsExpiry"), `"2026-05-17T10:30:00.250+0200"`,
			str("2026-05-17T08:30:00.25Z")},
		"date-time without minutes": {registry.column("credentialsExpiry"), `"2026-05-17T10:30:00+02"`,
			str("2026-05-17T08:30:00Z")},
		"date-time without seconds": {registry.column("credentialsExpiry"), `"2026-05-17T08:30Z"`,
			str("2026-05-17T08:30:00Z")},
		"date-time as milliseconds": {registry.column("credentialsExpiry"), `1000`, str("1970-01-01T00:00:01Z")},
		"date-time in a string":     {registry.column("credentialsExpiry"), `"1000"`, str("1970-01-01T00:00:01Z")},
		"a document that is no string": {image.column("labels"), `{"b": 12345678901234567890, "a": "<"}`,
			str(`{"a":"\u003c","b":12345678901234567890}`)},
		"lines with Windows ends": {image.column("volumes"), `"/a\r\n\r\n/b\r\n"`, strs(listType, "/a", "/b")},
		"lines as an array":       {image.column("volumes"), `["/a", "/b"]`, strs(listType, "/a", "/b")},
		"a line twice in a set":   {registry.column("allowedUsers"), `"b\na\nb"`, strs(setType, "a", "b")},
		"a key without a value": {image.column("buildArgs"), `"A\nB=x=y"`,
			tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{
				"A": str(""), "B": str("x=y"),
			})},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.column.decode(unmarshal(t, test.wire))
			if err != nil || !test.column.same(got, test.want) || got.IsNull() != test.want.IsNull() {
				t.Errorf("decode(%s) = %s, %v; want %s", test.wire, got, err, test.want)
			}
		})
	}
}

func TestRead_whatNobodyUnderstandsIsNullAndNamed(t *testing.T) {
	table := newTable(&entity.DockerRegistry)
	state, odd := table.read(demandflow.Object{
		"id": "x", "storageLimit": "plenty", "dryRun": "perhaps", "credentialsExpiry": "soon", "lastGC": json.Number("1e300"),
	}, nil)
	if got := strings.Join(odd, "\n"); len(odd) != 4 ||
		!strings.Contains(got, `storage_limit (storageLimit): "plenty" is not a number`) {
		t.Errorf("odd values:\n%s", got)
	}
	if !state["storage_limit"].IsNull() || !state["dry_run"].IsNull() {
		t.Error("an unreadable value is not null")
	}
}

func TestRead_aSecretEntersStateOnlyWhereTheConfigurationPutOne(t *testing.T) {
	table := newTable(&entity.DockerRegistry)
	object := demandflow.Object{"id": "x", "password": "theirs"}
	if state, _ := table.read(object, nil); !state["password"].IsNull() {
		t.Error("an import reads the password")
	}
	prior := empty(table)
	if state, _ := table.read(object, prior); !state["password"].IsNull() {
		t.Error("a refresh reads a password that was never configured")
	}
	prior["password"] = str("ours")
	if state, _ := table.read(object, prior); text(state["password"]) != "theirs" {
		t.Error("drift of a configured password goes unseen")
	}
	for _, hidden := range []any{nil, "", "********", "••••"} {
		if state, _ := table.read(demandflow.Object{"id": "x", "password": hidden},
			prior); text(state["password"]) != "ours" {
			t.Errorf("a password that the answer hides as %q counts as cleared", hidden)
		}
	}
}

// A key in a file ends with a line end, which DemandFlow may trim; but one that got into a password can be taken out
// again.
func TestRead_aSecretKeepsTheLineEndThatDemandFlowTrims(t *testing.T) {
	table := newTable(&entity.DockerRegistry)
	state := full(table)
	state["signing_key"] = str("key\n")
	if read, _ := table.read(demandflow.Object{"id": "x", "signingKey": "key"},
		state); text(read["signing_key"]) != "key\n" {
		t.Errorf("the refresh makes %s of the key", read["signing_key"])
	}
	config := configOf(table, state)
	config["signing_key"] = str("key")
	if sent := table.changes(table.plan(config, state, nil, false), state); sent["signingKey"] != "key" {
		t.Errorf("a line end that is taken out of the configuration sends %v", sent)
	}
}

func TestSameDocument_ofACustomFieldThatIsAText(t *testing.T) {
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
			if sameDocument(test.a, test.b) != test.same {
				t.Errorf("sameDocument(%s, %s) is not %t", test.a, test.b, test.same)
			}
		})
	}
}

func TestDerived_digestAndPinnedReference(t *testing.T) {
	const hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for name, test := range map[string]struct{ id, full, digest, pinned string }{
		"bare":           {hex, "r.io/team/api:1", "sha256:" + hex, "r.io/team/api@sha256:" + hex},
		"with algorithm": {"sha256:" + hex, "r.io:5000/api:1", "sha256:" + hex, "r.io:5000/api@sha256:" + hex},
		"in capitals": {"SHA256:" + strings.ToUpper(hex), "api:1", "sha256:" + hex, "docker.io/library/api@sha256:" +
			hex},
		"Docker Hub's":      {hex, "docker.io/nginx:1.27", "sha256:" + hex, "docker.io/library/nginx@sha256:" + hex},
		"Docker Hub's, old": {hex, "index.docker.io/team/api:1", "sha256:" + hex, "docker.io/team/api@sha256:" + hex},
		"no digest":         {"", "api:1", "", ""},
		"not a digest":      {"latest", "api:1", "", ""},
		"name not readable": {hex, "R/API:1", "sha256:" + hex, ""},
	} {
		t.Run(name, func(t *testing.T) {
			state, _ := newTable(&entity.DockerImage).read(demandflow.Object{"id": "x", "imageId": test.id,
				"fullImageName": test.full}, nil)
			if text(state["digest"]) != test.digest || text(state["pinned_reference"]) != test.pinned {
				t.Errorf("digest %s, pinned_reference %s", state["digest"], state["pinned_reference"])
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
	columns := append(newTable(&entity.DockerImage).columns, newTable(&entity.DockerRegistry).columns...)
	f.Fuzz(func(t *testing.T, document string) {
		decoder := json.NewDecoder(strings.NewReader(document))
		decoder.UseNumber()
		var wire any
		if decoder.Decode(&wire) != nil {
			return
		}
		for _, c := range columns {
			if c.derived {
				continue
			}
			value, err := c.decode(wire)
			if err != nil {
				continue
			}
			again, err := c.decode(c.encode(value))
			if err != nil || !c.same(value, again) {
				t.Fatalf("%s: %s came back as %s (%v)", c.attribute, value, again, err)
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
	columns := append(newTable(&entity.DockerImage).columns, newTable(&entity.DockerRegistry).columns...)
	f.Fuzz(func(_ *testing.T, s string) {
		for _, c := range columns {
			switch {
			case c.typ.Is(tftypes.String):
				c.problem(str(s))
			case c.typ.Is(tftypes.List{}), c.typ.Is(tftypes.Set{}):
				c.problem(strs(c.typ, s, s))
			case c.typ.Is(tftypes.Map{}):
				c.problem(tftypes.NewValue(c.typ, map[string]tftypes.Value{s: str(s)}))
			}
		}
	})
}
