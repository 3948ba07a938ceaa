package emulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

func TestDefaults_fillInWhatIsNotSetAndWhatIsCleared(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.SetDefaults(imageCode, map[string]any{"os": "1", "description": "Not given."})
	made := s.create(t, image(object{"description": "Mine."}))
	want(t, "a field that was not set", made["os"], "1")
	want(t, "a field that was set", made["description"], "Mine.")
	want(t, "a field that was cleared", s.patch(t, made["id"], object{"description": nil})["description"], "Not given.")
	wantAbsent(t, s.create(t, registry(nil)), "description")
}

func TestAnswers_textsMayBeRespelt(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{Answers: emulator.Answers{Text: strings.ToUpper}})
	made := s.create(t, image(object{"description": "Mine.", "os": "1"}))
	want(t, "a text", made["description"], "MINE.")
	want(t, "an option", made["os"], "1")
	want(t, "what is stored", s.Object(made["id"].(string))["description"], "Mine.")
}

func TestFault_aReplyTakesThePlaceOfTheObject(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.Fail(emulator.Fault{Method: http.MethodPost, Path: "/v1/objects", Reply: func(id, object string) emulator.Reply {
		return emulator.Reply{Status: http.StatusAccepted, Header: http.Header{"Location": {"/v1/objects/" + id}}, Body: "[" +
			object + "]"}
	}})
	response := s.call(t, http.MethodPost, "/v1/objects", image(nil))
	want(t, "status", response.status, http.StatusAccepted)
	id := s.Objects(imageCode)[0]["id"].(string)
	want(t, "location", response.header.Get("Location"), "/v1/objects/"+id)
	var list []object
	decode(t, response.text, &list)
	want(t, "body", list[0]["id"], id)
}
