package engine

import (
	"slices"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A value that is malformed hides no other one, and is named. Docker before 1.0 wrote commands as texts, and later
// versions read such a text as one word.
func TestImage_isReadWithoutWhatItsConfigurationHasWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config, entrypoint, cmd string
		unread                  []string
	}{
		"commands as texts": {`{"Entrypoint":"/bin/x","Cmd":"run it"}`, `["/bin/x"]`, `["run it"]`, nil},
		"null in a command": {`{"Entrypoint":null,"Cmd":[null,"x"]}`, "null", `["","x"]`, nil},
		"null everywhere": {`{"Cmd":["x"],"Env":null,"Labels":{"a":null},"Volumes":null,"ExposedPorts":{"80/tcp":null}}`, "null",
			`["x"]`, nil},
		"lists instead of objects": {`{"Cmd":["x"],"ExposedPorts":["80"],"Volumes":["/a"]}`, "null", `["x"]`,
			[]string{"config.ExposedPorts", "config.Volumes"}},
		"numbers": {`{"Cmd":["x"],"User":1000,"Entrypoint":[1],"Labels":{"a":1,"b":"c"}}`, "null", `["x"]`,
			[]string{"config.Entrypoint", "config.Labels.a", "config.User"}},
		"no configuration at all": {`[]`, "null", "null", []string{"config"}},
	} {
		for _, version := range []string{"1.41", "1.56"} {
			r := &recording{api: version, routes: map[string]string{routeLab: `{"Id":"` + idOfConfig + `","Os":"linux",` +
				`"Architecture":"amd64","RepoTags":["` + lab + `"],"Parent":"` + idOfBuilt + `","Config":` + test.config +
				`,"RootFS":{"Type":"layers"}}`}}
			var warnings []image.Warning
			i, err := r.start(t).Image(t.Context(), lab, Options{Warn: func(w image.Warning) { warnings = append(warnings, w) }})
			if err != nil {
				t.Errorf("%s, %s: %v", name, version, err)
				continue
			}
			if text(i.Catalogue.Entrypoint) != test.entrypoint || text(i.Catalogue.Cmd) != test.cmd ||
				!slices.Equal(i.Unread, test.unread) || text(i.Engine.ParentID) != idOfBuilt {
				t.Errorf("%s, %s: %+v, unread %q", name, version, i.Catalogue, i.Unread)
			}
			if len(warnings) != min(1, len(test.unread)) || len(warnings) > 0 && !strings.Contains(warnings[0].Detail,
				strings.Join(test.unread, ", ")+". They are left out") {
				t.Errorf("%s, %s: warnings %v", name, version, warnings)
			}
		}
	}
}

// By what an engine says of its own an image is identified: half of it is an error.
func TestImage_answerOfAnotherTypeIsAnError(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"names":      `{"Id":"` + idOfConfig + `","Os":"linux","Architecture":"amd64","RepoTags":"app:1","Config":{"User":1}}`,
		"descriptor": `{"Id":"` + idOfConfig + `","Os":"linux","Architecture":"amd64","Descriptor":[]}`,
		"a list":     `[]`,
	} {
		r := &recording{api: "1.56", routes: map[string]string{routeLab: answer}}
		if _, err := r.start(t).Image(t.Context(), lab, Options{}); err == nil || !strings.Contains(err.Error(),
			"cannot unmarshal") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The containerd store keeps configurations that it then cannot read.
func TestImage_whoseConfigurationTheEngineCannotReadIsReadElsewhere(t *testing.T) {
	t.Parallel()
	r := &recording{api: "1.56", statuses: map[string]int{routeLab: 500}, routes: map[string]string{routeLab: `{"message":` +
		`"failed to read image config: could not deserialize image config: json: cannot unmarshal string into Go struct ` +
		`field DockerOCIImageConfig.config.ImageConfig.Cmd of type []string"}`}}
	_, err := r.start(t).Image(t.Context(), lab, Options{})
	if err == nil || !strings.Contains(err.Error(), "could not deserialize image config") ||
		!strings.Contains(err.Error(), "demandflow_oci_image") {
		t.Error(err)
	}
}
