package emulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

func TestCreate_refusesWhatTheRealAPIWouldCorrupt(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	other := "SUB:11111111-1111-4111-8111-111111111111|ENT:"
	for name, test := range map[string]struct {
		change object
		says   string
	}{
		"no entity":            {object{"entity": nil}, "entity is required"},
		"entity in lower case": {object{"entity": "dockerimage"}, `no entity "dockerimage"`},
		"no level":             {object{"level": nil}, "level is required and must be the number 420"},
		"another level":        {object{"level": 421}, "level must be 420"},
		"a level as text":      {object{"level": "420"}, "must be the number 420"},
		"no comboKey":          {object{"comboKey": nil}, "comboKey is required"},
		"comboKey without ENT": {object{"comboKey": strings.TrimSuffix(ownKey, "|ENT:")}, "comboKey must end with |ENT:"},
		"comboKey with an id":  {object{"comboKey": ownKey + "x"}, "comboKey must end with |ENT:"},
		"another tenant's key": {object{"comboKey": other}, "comboKey must start with SUB:{subscription}"},
		"a parent without an id": {object{"comboKey": strings.Replace(ownKey, "|", "|VEN:|", 1)},
			"{PARENT_CODE}:{parentId}"},
		"a longer subscription": {object{"comboKey": strings.Replace(ownKey, "|", "x|", 1)}, "{PARENT_CODE}:{parentId}"},
		"comboKey2 without ENT": {object{"comboKey2": "SUB:" + emulator.DefaultSubscription}, "comboKey2 must end with"},
		"comboKey as number":    {object{"comboKey": 1}, "comboKey must be a string"},
		"an id":                 {object{"id": "x"}, "id is set by the server"},
		"a version":             {object{"_df_version": 0}, "_df_version is set by the server"},
		"a subscription": {object{"subscription": emulator.DefaultSubscription},
			"subscription is set by the server"},
		"an unknown field":       {object{"fullimagename": "x"}, `"fullimagename" is not a field of DOCKERIMAGE`},
		"a field of Terraform's": {object{"base_image": "x"}, `"base_image" is not a field`},
		"read-only fields": {object{"fullImageName": "x", "size": 1},
			"fullImageName is read-only; size is read-only"},
		"a required field missing": {object{"tag": nil}, "tag is required"},
		"a required field empty":   {object{"tag": ""}, "tag is required"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := s.call(t, http.MethodPost, "/v1/objects", image(test.change))
			wantStatus(t, answer, http.StatusBadRequest)
			wantContains(t, answer.message(t), test.says)
		})
	}
	t.Cleanup(func() { want(t, "images made", len(s.Objects(imageCode)), 0) })
}

func TestPatch_checksEachKindOfField(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.EditField(registryCode, "score", object{"type": "gauge"})
	s.EditField(registryCode, "due", object{"type": "datetime"})
	s.EditField(registryCode, "peers", object{"type": "objectLookup", "multiple": true})
	s.EditField(registryCode, "colours", object{"type": "multiselect", "options": []object{{"id": "1", "text": "Red"}}})
	s.EditField(registryCode, "novelty", object{"type": "hologram"})
	id := s.create(t, registry(nil))["id"]
	for _, test := range []struct {
		field     string
		good, bad []any
	}{
		{"description", []any{"text", "", nil}, []any{1, true, object{}, []any{}}},
		{"url", []any{"registry.example.com"}, []any{1, "", nil}},
		{"password", []any{"secret"}, []any{1}},
		{"storageLimit", []any{10, 0.5, nil}, []any{"10", true}},
		{"score", []any{0, 100, 33.3}, []any{-1, 100.1, "50"}},
		{"publicAccess", []any{true, false, nil}, []any{"true", 1}},
		{"due", []any{1767225600000, nil}, []any{"2026-01-01T00:00:00Z", 1.5}},
		{"authType", []any{"1", "6", nil, ""}, []any{"7", 1, "Basic Auth"}},
		{"colours", []any{[]any{"1"}, []any{}, nil}, []any{"1", []any{"2"}, []any{1}}},
		{"webhookEvents", []any{[]any{"push", "pull"}}, []any{"push", []any{nil}}},
		{"peers", []any{[]any{"a", "b"}, nil}, []any{"a", []any{1}}},
		{"novelty", []any{"x", 1, []any{1}}, nil},
	} {
		t.Run(test.field, func(t *testing.T) {
			t.Parallel()
			for _, value := range test.good {
				wantStatus(t, s.call(t, http.MethodPatch, pathOf(id), object{test.field: value}), http.StatusOK)
			}
			for _, value := range test.bad {
				answer := s.call(t, http.MethodPatch, pathOf(id), object{test.field: value})
				if answer.status != http.StatusBadRequest || !strings.Contains(answer.text, test.field) {
					t.Errorf("%v: got %d %s, want 400 that names %s", value, answer.status, answer.text, test.field)
				}
			}
		})
	}
}

func TestPatch_refusesASingleReferenceThatIsNoText(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.create(t, image(nil))["id"]
	for _, value := range []any{1, []any{"a"}} {
		answer := s.call(t, http.MethodPatch, pathOf(id), object{"registry": value})
		wantStatus(t, answer, http.StatusBadRequest)
		wantContains(t, answer.message(t), "registry must be the id of an object")
	}
}

func TestPatch_refusesANumberThatNoServerCouldKeep(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.create(t, registry(nil))["id"]
	wantStatus(t, s.call(t, http.MethodPatch, pathOf(id), `{"storageLimit": 1e999}`), http.StatusBadRequest)
}

func TestPatch_keepsNumbersAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.create(t, registry(nil))["id"]
	wantStatus(t, s.call(t, http.MethodPatch, pathOf(id), `{"storageLimit": 12345678901234567890}`), http.StatusOK)
	want(t, "storageLimit", s.get(t, id)["storageLimit"], uint64(12345678901234567890))
}

func TestRefusals_neverRepeatASecret(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.create(t, registry(nil))["id"]
	answer := s.call(t, http.MethodPatch, pathOf(id), object{"password": []any{"hunter2"},
		"token": object{"hunter2": "hunter2"}})
	wantStatus(t, answer, http.StatusBadRequest)
	if strings.Contains(answer.text, "hunter2") {
		t.Errorf("the answer repeats the secret: %s", answer.text)
	}
}

func TestPatch_namesAllThatIsWrongInOrder(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.create(t, image(nil))["id"]
	answer := s.call(t, http.MethodPatch, pathOf(id), object{"zzz": 1, "os": "9", "name": nil, "aaa": 1})
	wantStatus(t, answer, http.StatusBadRequest)
	want(t, "message", answer.message(t),
		`DOCKERIMAGE: "aaa" is not a field of DOCKERIMAGE; name is required and cannot be empty; `+
			`os must be the id of an option, a string: 1, 2, 3; "zzz" is not a field of DOCKERIMAGE.`)
}
