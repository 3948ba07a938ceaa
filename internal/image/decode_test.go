package image

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
)

func TestDecode_oneValueDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, want string
		unread     []string
	}{
		{`{"os":"linux","config":{"Cmd":["a"]}}`, `{"os":"linux","config":{"Cmd":["a"]}}`, nil},
		{`{"created":"","os":"linux"}`, `{"os":"linux"}`, []string{"created"}},
		{`{"os":"linux","config":{"Labels":{"a":"b","n":1},"Cmd":["x",1],"User":"u"}}`,
			`{"os":"linux","config":{"Labels":{"a":"b"},"User":"u"}}`, []string{"config.Cmd", "config.Labels.n"}},
		{`{"config":{"Healthcheck":{"Test":"x","Retries":3}}}`, `{"config":{"Healthcheck":{"Retries":3}}}`,
			[]string{"config.Healthcheck.Test"}},
		{`{"config":[],"os":"linux","history":[{"created":"then"}]}`, `{"os":"linux"}`, []string{"config", "history"}},
	} {
		var want dockerspec.DockerOCIImage
		if err := json.Unmarshal([]byte(test.want), &want); err != nil {
			t.Fatal(err)
		}
		got, unread, err := Decode[dockerspec.DockerOCIImage]([]byte(test.text))
		if err != nil || !slices.Equal(unread, test.unread) {
			t.Errorf("%s: unread %q, %v", test.text, unread, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, want %+v", test.text, got, want)
		}
	}
	for _, text := range []string{"", "[]", "1", `{"os":`} {
		if _, unread, err := Decode[dockerspec.DockerOCIImage]([]byte(text)); err == nil {
			t.Errorf("%q is decoded, but for %q", text, unread)
		}
	}
}

func TestNewHistory_thatWasLeftOutIsNone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{`{"history":7}`: false, `{"history":null}`: false, `{}`: false,
		`{"history":[]}`: true, `{"history":[{}]}`: true} {
		config, _, err := Decode[dockerspec.DockerOCIImage]([]byte(text))
		if got := NewHistory(config.History) != nil; err != nil || got != want {
			t.Errorf("%s has a history: %t, %v", text, got, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"created":"","config":{"Labels":{"n":1}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, unread, err := Decode[dockerspec.DockerOCIImage](text)
		var object map[string]any
		if isObject := json.Unmarshal(text, &object) == nil; (err == nil) != isObject {
			t.Fatalf("an object: %t, and the error is %v", isObject, err)
		}
		var strict dockerspec.DockerOCIImage
		if json.Unmarshal(text, &strict) == nil && (len(unread) > 0 || !reflect.DeepEqual(got, strict)) {
			t.Fatalf("what can be decoded is %+v, unread %q", got, unread)
		}
	})
}
