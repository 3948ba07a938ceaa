package emulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

func TestCreate_setsTheSystemFields(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := start(t, emulator.Options{Now: func() time.Time { return at.Add(time.Hour) }})
	me := s.list(t, "PPL", "SUB")[0]["id"]

	made := s.create(t, image(nil))

	if _, err := uuid.Parse(made["id"].(string)); err != nil {
		t.Errorf("the id is no UUID: %v", err)
	}
	want(t, "comboKey", made["comboKey"], ownKey+made["id"].(string))
	want(t, "subscription", made["subscription"], emulator.DefaultSubscription)
	want(t, "_df_version", made["_df_version"], 0)
	want(t, "ownerId", made["ownerId"], me)
	want(t, "updatedId", made["updatedId"], me)
	want(t, "updated", made["updated"], made["created"])
	want(t, "level", made["level"], 420)
	if created := number(t, made, "created"); created < at.UnixMilli() {
		t.Errorf("created is %d, want epoch milliseconds of the server's clock", created)
	}
	want(t, "read back", s.Object(made["id"].(string))["comboKey"], made["comboKey"])
}

func TestCreate_keepsParentsAndFurtherHierarchies(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	parents := "SUB:" + emulator.DefaultSubscription + "|VEN:v1|K8SCLUSTER:c1|ENT:"
	made := s.create(t, image(object{"comboKey": parents, "comboKey2": ownKey}))
	want(t, "comboKey", made["comboKey"], parents+made["id"].(string))
	want(t, "comboKey2", made["comboKey2"], ownKey+made["id"].(string))
	wantAbsent(t, made, "comboKey3")
}

func TestWrites_areOrderedByTheirStampsEvenWhenTheClockStands(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{Now: func() time.Time { return time.UnixMilli(1_000_000) }})
	first, second := s.create(t, image(nil)), s.create(t, image(nil))
	if number(t, first, "created") >= number(t, second, "created") {
		t.Errorf("created is %v, then %v: want them to grow", first["created"], second["created"])
	}
	written := s.patch(t, first["id"], object{"tag": "2"})
	if number(t, written, "updated") <= number(t, second, "created") {
		t.Errorf("updated is %v, want it after %v", written["updated"], second["created"])
	}
	want(t, "created", written["created"], first["created"])
}

func TestPatch_changesWhatItSendsAndCountsTheVersion(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(object{"description": "before", "maintainer": "me"}))
	written := s.patch(t, made["id"], object{"description": "after"})
	want(t, "description", written["description"], "after")
	want(t, "maintainer", written["maintainer"], "me")
	want(t, "_df_version", written["_df_version"], 1)
	want(t, "_df_version", s.patch(t, made["id"], object{})["_df_version"], 2)
	want(t, "_df_version after a read", s.get(t, made["id"])["_df_version"], 2)
}

func TestPatch_nullAndEmptyTextClear(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(object{"description": "text", "os": "1", "scanEnabled": true, "cmd": ""}))
	wantAbsent(t, made, "cmd")
	written := s.patch(t, made["id"], object{"description": "", "os": nil, "scanEnabled": nil})
	for _, name := range []string{"description", "os", "scanEnabled"} {
		wantAbsent(t, written, name)
	}
}

func TestPatch_ignoresIDOwnerAndCreatedInSilence(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(nil))
	written := s.patch(t, made["id"], object{"id": "x", "ownerId": "y", "created": 1, "tag": "2"})
	for _, name := range []string{"id", "ownerId", "created"} {
		want(t, name, written[name], made[name])
	}
	want(t, "tag", written["tag"], "2")
}

func TestPatch_refusesOtherSystemFields(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(nil))
	for _, name := range []string{"entity", "level", "comboKey", "comboKey2", "comboKey3", "subscription", "updatedId",
		"updated", "_df_version"} {
		answer := s.call(t, http.MethodPatch, pathOf(made["id"]), object{name: made[name]})
		wantStatus(t, answer, http.StatusBadRequest)
		wantContains(t, answer.message(t), name+" is set by the server")
	}
	want(t, "_df_version", s.get(t, made["id"])["_df_version"], 0)
}

func TestDelete_isForGood(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(nil))
	answer := s.call(t, http.MethodDelete, pathOf(made["id"])+"?entity="+imageCode, nil)
	wantStatus(t, answer, http.StatusNoContent)
	want(t, "the body", answer.text, "")
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		wantStatus(t, s.call(t, method, pathOf(made["id"]), nil), http.StatusNotFound)
	}
	wantStatus(t, s.call(t, http.MethodPatch, pathOf(made["id"]), object{}), http.StatusNotFound)
	want(t, "the list", len(s.list(t, imageCode, "SUB")), 0)
}

func TestObject_isNotFoundUnderAnotherEntity(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(nil))
	for method, body := range map[string]any{http.MethodGet: nil, http.MethodPatch: object{}, http.MethodDelete: nil} {
		wantStatus(t, s.call(t, method, pathOf(made["id"])+"?entity="+registryCode, body), http.StatusNotFound)
	}
	wantStatus(t, s.call(t, http.MethodGet, pathOf(made["id"])+"?entity="+imageCode, nil), http.StatusOK)
}

func TestDefinitionsAndPeople_cannotBeWrittenThroughTheAPI(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	wantStatus(t, s.call(t, http.MethodPatch, pathOf(imageCode), object{"name": "x"}), http.StatusForbidden)
	wantStatus(t, s.call(t, http.MethodDelete, pathOf(imageCode), nil), http.StatusForbidden)
	wantStatus(t, s.call(t, http.MethodPost, "/v1/objects", object{"entity": "PPL", "level": 220, "comboKey": ownKey}),
		http.StatusForbidden)
}
