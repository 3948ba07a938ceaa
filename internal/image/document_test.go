package image

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
)

func TestReadDocument_hasWhatToolsWroteOverTheYears(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		config, want string // of the specification
		unread       []string
	}{
		{`{"Cmd":"a b","Entrypoint":"c","Shell":"d"}`, `{"Cmd":["a b"],"Entrypoint":["c"],"Shell":["d"]}`, nil},
		{`{"Cmd":["a",null]}`, `{"Cmd":["a",""]}`, nil},
		{`{"Cmd":"","Entrypoint":null}`, `{}`, nil},
		{`{"Volumes":{"/a":null,"/b":1},"ExposedPorts":{"80/tcp":[]}}`,
			`{"Volumes":{"/a":{},"/b":{}},"ExposedPorts":{"80/tcp":{}}}`, nil},
		{`{"Volumes":["/a"],"ExposedPorts":"80","User":"u"}`, `{"User":"u"}`,
			[]string{"config.ExposedPorts", "config.Volumes"}},
		{`{"Cmd":{"a":"b"},"WorkingDir":["/"],"ArgsEscaped":"yes","User":"u"}`, `{"User":"u"}`,
			[]string{"config.ArgsEscaped", "config.Cmd", "config.WorkingDir"}},
	} {
		got, err := ReadDocument([]byte(`{"os":"linux","Config":` + test.config + `}`))
		if err != nil || !slices.Equal(got.Unread, test.unread) || got.OS != "linux" {
			t.Errorf("%s: %+v, %v", test.config, got, err)
			continue
		}
		var want dockerspec.DockerOCIImageConfig
		if err := json.Unmarshal([]byte(test.want), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Config, want) {
			t.Errorf("%s is %+v, want %+v", test.config, got.Config, want)
		}
	}
}

// What the specification's own types can read is read as they do, and everything else is named.
func FuzzReadDocument(f *testing.F) {
	f.Add([]byte(`{"os":"linux","config":{"Cmd":"a","Volumes":["/"],"Labels":{"n":1}}}`))
	f.Add([]byte(`{"config":{"Cmd":["a"],"cmd":[null]},"Config":{"Volumes":{"a":{}},"volumes":{"b":null}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := ReadDocument(text)
		var object map[string]any
		if isObject := json.Unmarshal(text, &object) == nil; (err == nil) != isObject {
			t.Fatalf("an object: %t, and the error is %v", isObject, err)
		}
		var strict dockerspec.DockerOCIImage
		if json.Unmarshal(text, &strict) == nil && (len(got.Unread) > 0 || !reflect.DeepEqual(got.DockerOCIImage, strict)) {
			t.Fatalf("what can be decoded is %+v, unread %q, and not %+v", got.DockerOCIImage, got.Unread, strict)
		}
	})
}
