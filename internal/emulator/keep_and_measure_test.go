package emulator_test

import (
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

func TestMeasure_countsAsNoWrite(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(nil))
	s.Measure(made["id"].(string), object{"deploymentCount": 3})
	measured := s.get(t, made["id"])
	if got := number(t, measured, "deploymentCount"); got != 3 {
		t.Errorf("deploymentCount is %d", got)
	}
	want(t, "version", measured["_df_version"], made["_df_version"])
	want(t, "updated", measured["updated"], made["updated"])
}

func TestKeep_saysWhatIsStoredOfAWrite(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{Keep: func(field string, value any) any {
		text, isText := value.(string)
		switch {
		case field == "license":
			return nil
		case isText:
			return strings.ToLower(text)
		}
		return value
	}})
	made := s.create(t, image(object{"description": "The API.", "license": "MIT"}))
	want(t, "entity", made["entity"], "DOCKERIMAGE")
	want(t, "description", made["description"], "the api.")
	want(t, "license", made["license"], nil)
	changed := s.patch(t, made["id"], object{"maintainer": "Platform"})
	want(t, "maintainer", changed["maintainer"], "platform")
	want(t, "description", changed["description"], "the api.")
}
