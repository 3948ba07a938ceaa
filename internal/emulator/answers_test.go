package emulator_test

import (
	"net/http"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func TestAnswers_unsetFieldsComeBackAbsentNullOrEmpty(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.create(t, image(nil))["id"]
	for mode, spelling := range map[emulator.Unset]object{
		emulator.Null: {"description": nil, "os": nil, "architecture": nil, "criticalCount": nil, "scanEnabled": nil,
			"pushedDate": nil, "vendor": nil},
		emulator.Empty: {
			"description": "", "os": "", "architecture": []any{}, "criticalCount": nil, "scanEnabled": nil, "pushedDate": nil,
			"vendor": "",
		},
	} {
		s.SetAnswers(emulator.Answers{Unset: mode})
		read := s.get(t, id)
		for name, want1 := range spelling {
			value, present := read[name]
			want(t, name+" is there", present, true)
			want(t, name, value, want1)
		}
		for _, field := range entity.DockerImage.Fields() {
			if _, present := read[field.Name]; !present {
				t.Errorf("mode %d: %s is absent", mode, field.Name)
			}
		}
		want(t, "a projected list", len(s.list(t, imageCode, "SUB?fields=description")[0]), 3) // with id and _type
	}
	s.SetAnswers(emulator.Answers{})
	wantAbsent(t, s.get(t, id), "description")
}

func TestAnswers_enumsMayBeNumbers(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{Answers: emulator.Answers{EnumsAsNumbers: true}})
	s.EditField(imageCode, "os", object{"options": []object{{"id": "1", "text": "linux"}, {"id": "bsd", "text": "BSD"},
		{"id": "01", "text": "Odd"}}})
	made := s.create(t, image(object{"os": "bsd", "architecture": []string{"1"}}))
	want(t, "status", made["status"], 1)
	want(t, "os", made["os"], "bsd")
	want(t, "architecture", made["architecture"], []string{"1"})
	want(t, "an id that no number spells", s.patch(t, made["id"], object{"os": "01"})["os"], "01")
	want(t, "stored", s.Object(made["id"].(string))["status"], "1")
}

func TestAnswers_dateTimesMayBeText(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.create(t, registry(object{"credentialsExpiry": 1767225600123}))["id"]
	want(t, "by default", s.get(t, id)["credentialsExpiry"], 1767225600123)
	s.SetAnswers(emulator.Answers{DateTimesAsText: true})
	read := s.get(t, id)
	want(t, "as text", read["credentialsExpiry"], "2026-01-01T00:00:00.123Z")
	number(t, read, "created") // documented, and therefore never a text
}

func TestAnswers_digestsMayBeBare(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{Answers: emulator.Answers{BareDigest: true}})
	made := s.create(t, image(nil))
	want(t, "imageId", "sha256:"+made["imageId"].(string), digestOf("nginx:1.27.3"))
	want(t, "stored", s.Object(made["id"].(string))["imageId"], digestOf("nginx:1.27.3"))
}

func TestAnswers_secretsMayBeHidden(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	secrets := object{}
	for _, field := range entity.DockerRegistry.Fields() {
		if field.Secret {
			secrets[field.Name] = "hunter2"
		}
	}
	want(t, "the registry has secrets", len(secrets) >= 4, true)
	id := s.create(t, registry(secrets))["id"]
	shown := s.get(t, id)
	s.SetAnswers(emulator.Answers{HideSecrets: true, Unset: emulator.Null})
	hidden := []object{s.get(t, id), s.list(t, registryCode, "SUB")[0], s.query(t, queryLine(registryCode, nil))[0]}
	for name := range secrets {
		want(t, name+" by default", shown[name], "hunter2")
		for _, o := range hidden {
			wantAbsent(t, o, name)
		}
		want(t, name+" as stored", s.Object(id.(string))[name], "hunter2")
	}
	found := s.query(t, queryLine(registryCode, object{"filter": object{"field": "*", "term": "hunter2"}}))
	want(t, "found by a hidden secret", found[0]["matched"], 0)
}

func TestAnswers_haveWordsForFlags(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"absent", "null", "empty"} {
		var unset emulator.Unset
		if err := unset.UnmarshalText([]byte(word)); err != nil {
			t.Error(err)
		}
		text, err := unset.MarshalText()
		want(t, "the word again", []any{string(text), err}, []any{word, nil})
	}
	var lists emulator.ListShape
	err := lists.UnmarshalText([]byte("yaml"))
	if err == nil {
		t.Fatal("yaml is taken for a shape of lists")
	}
	want(t, "error", err.Error(), `"yaml" is none of array, ndjson`)
	if err := lists.UnmarshalText([]byte("ndjson")); err != nil || lists != emulator.NDJSON {
		t.Errorf("ndjson gives %v, %v", lists, err)
	}
}

func TestDelete_answersWithoutABodyOrContentType(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	answer := s.call(t, http.MethodDelete, pathOf(s.create(t, image(nil))["id"]), nil)
	want(t, "Content-Type", answer.header.Get("Content-Type"), "")
}
