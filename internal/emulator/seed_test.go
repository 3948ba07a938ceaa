package emulator_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

func TestSeed_fillsInKeyAndLevelAndKeepsIDs(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	ids := s.seed(t,
		object{"entity": registryCode, "id": "my-registry", "name": "Main", "url": "x.example.com", "registryType": "1",
			"status": "1"},
		object{"entity": imageCode, "name": "nginx", "tag": "1", "status": "1", "registry": "my-registry"},
		object{"entity": "K8SWORKLOAD", "name": "web", "image": "nginx", "workloadType": "1"})
	want(t, "id", ids[0], "my-registry")
	made := s.get(t, ids[1])
	want(t, "comboKey", made["comboKey"], ownKey+ids[1])
	want(t, "level", made["level"], 420)
	want(t, "fullImageName", made["fullImageName"], "x.example.com/nginx:1")
	want(t, "ownerId", made["ownerId"], s.list(t, "PPL", "SUB")[0]["id"])
	want(t, "level of a workload", s.get(t, ids[2])["level"], 402)
}

func TestSeed_takesGoNumbersAndLists(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	architectures := []string{"amd64"}
	ids := s.seed(t, image(object{"architecture": architectures, "level": 420.0}), registry(object{"storageLimit": 7}))
	architectures[0] = "changed afterwards"
	want(t, "architecture", s.Object(ids[0])["architecture"], []string{"amd64"})
	want(t, "storageLimit", s.Object(ids[1])["storageLimit"], json.Number("7"))
}

func TestSeed_refusesAsPostDoesAndNamesTheObject(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.AddTenant(otherSubscription, otherToken)
	taken := s.seed(t, image(nil))[0]
	for says, wrong := range map[string]object{
		"tag is required":           image(object{"tag": nil}),
		"size is read-only":         image(object{"size": 1}),
		"level must be 420":         image(object{"level": 1}),
		`entity "NOPE" is not one`:  {"entity": "NOPE"},
		"id " + taken + " is taken": image(object{"id": taken}),
		"id must be a string":       image(object{"id": 7}),
		"is not JSON":               image(object{"name": func() {}}),
		"null":                      nil,
	} {
		ids, err := s.Seed(image(nil), wrong, image(nil))
		var refused *emulator.SeedError
		if !errors.As(err, &refused) || refused.Index != 1 || !strings.Contains(err.Error(), says) ||
			!strings.HasPrefix(err.Error(), "object 2: ") {
			t.Errorf("got %v, want object 2: … %s", err, says)
		}
		want(t, "ids made before", len(ids), 1)
	}
}

func TestSeed_ofADefinitionAddsAnEntityOrReplacesOne(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	text := `{"panel":[{"columns":[{"rows":[{"fields":[{"id":"name","type":"text","required":true}]}]}]}]}`
	s.seed(t, object{"entity": "DEFINITION", "id": "VEN", "level": 3500, "name": "Vendor", "plural": "Vendors",
		"definition": text},
		object{"entity": "VEN", "name": "Acme"})
	want(t, "vendors", s.list(t, "VEN", "SUB?fields=level,name")[0]["level"], 3500)
	s.seed(t, object{"entity": "DEFINITION", "id": imageCode, "level": 7, "name": "Image", "definition": text},
		object{"entity": imageCode, "name": "bare"})
	want(t, "level of the replaced", s.Objects(imageCode)[0]["level"], 7)
	for says, wrong := range map[string]object{
		"id is required":              {"entity": "DEFINITION", "level": 1, "definition": text},
		"level is required":           {"entity": "DEFINITION", "id": "X", "definition": text},
		"at least one field":          {"entity": "DEFINITION", "id": "X", "level": 1, "definition": "{}"},
		"definition must be a string": {"entity": "DEFINITION", "id": "X", "level": 1, "definition": 1},
		`"colour" is not a field`:     {"entity": "DEFINITION", "id": "X", "level": 1, "definition": text, "colour": "red"},
		"cannot be redefined":         {"entity": "DEFINITION", "id": "PPL", "level": 1, "definition": text},
	} {
		if _, err := s.Seed(wrong); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %s", err, says)
		}
	}
}

func TestEdit_isAnotherPersonsWrite(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(object{"description": "mine", "maintainer": "me"}))
	id := made["id"].(string)
	s.Edit(id, object{"description": "theirs", "maintainer": nil, "criticalCount": 3, "fullImageName": "by/hand:1",
		"tag": "2"})
	read := s.Object(id)
	want(t, "fields", []any{read["description"], read["criticalCount"], read["tag"]}, []any{"theirs", 3, "2"})
	want(t, "a read-only field wins over what the server derives", read["fullImageName"], "by/hand:1")
	wantAbsent(t, read, "maintainer")
	want(t, "_df_version", read["_df_version"], 1)
	want(t, "ownerId", read["ownerId"], made["ownerId"])
	want(t, "updatedId is still the owner", read["updatedId"] == made["updatedId"], false)
	if number(t, read, "updated") <= number(t, made, "updated") {
		t.Error("updated did not move")
	}
	want(t, "updatedId after a PATCH", s.patch(t, id, object{"tag": "3"})["updatedId"], made["updatedId"])
}

func TestObject_isADeepCopyThatMovesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.seed(t, image(object{"architecture": []string{"amd64"}}))[0]
	first := s.Object(id)
	first["name"] = "changed"
	first["architecture"].([]any)[0] = "changed"
	listed := s.Objects(imageCode)[0]
	listed["tag"] = "changed"
	second := s.Object(id)
	want(t, "fields", []any{second["name"], second["architecture"], second["tag"]}, []any{"nginx", []string{"amd64"},
		"1.27.3"})
	wantAbsent(t, second, "pullCount")
	if s.Object("nothing") != nil {
		t.Error("an object that is not there was found")
	}
}
