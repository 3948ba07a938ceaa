package emulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

const (
	otherSubscription = "11111111-1111-4111-8111-111111111111"
	otherToken        = "df_pat_other"
)

func TestTokens_missingIs401AndWrongIs403(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	answer := send(t, newRequest(t, http.MethodGet, s.url+"/v1/objects/x", nil))
	wantStatus(t, answer, http.StatusUnauthorized)
	want(t, "error", answer.object(t)["error"], "Unauthorized")
	for _, header := range []string{"Bearer df_pat_wrong", "Bearer", "Basic " + emulator.DefaultToken,
		emulator.DefaultToken} {
		request := newRequest(t, http.MethodGet, s.url+"/v1/objects/x", nil)
		request.Header.Set("Authorization", header)
		answer := send(t, request)
		wantStatus(t, answer, http.StatusForbidden)
		if strings.Contains(answer.text, "df_pat_wrong") {
			t.Errorf("the answer repeats the token: %s", answer.text)
		}
	}
	s.RevokeToken(emulator.DefaultToken)
	wantStatus(t, s.call(t, http.MethodGet, "/v1/entities/PPL/SUB", nil), http.StatusForbidden)
}

func TestOptions_nameTheDefaultTenant(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{Token: "df_pat_mine", Subscription: otherSubscription})
	wantStatus(t, s.call(t, http.MethodGet, "/v1/entities/PPL/SUB", nil), http.StatusForbidden)
	answer := s.callAs(t, "df_pat_mine", http.MethodGet, "/v1/entities/PPL/SUB", nil)
	wantStatus(t, answer, http.StatusOK)
	wantContains(t, answer.text, otherSubscription)
}

func TestTenants_seeNothingOfEachOther(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.AddTenant(otherSubscription, otherToken)
	mine := s.create(t, image(nil))
	for method, body := range map[string]any{http.MethodGet: nil, http.MethodPatch: object{}, http.MethodDelete: nil} {
		answer := s.callAs(t, otherToken, method, pathOf(mine["id"]), body)
		wantStatus(t, answer, http.StatusForbidden)
		wantContains(t, answer.message(t), "another subscription")
	}
	want(t, "the other's list", s.callAs(t, otherToken, http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB", nil).text, "[]\n")
	wantStatus(t, s.callAs(t, otherToken, http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB:"+emulator.DefaultSubscription,
		nil), http.StatusForbidden)

	theirs := s.callAs(t, otherToken, http.MethodPost, "/v1/objects", image(object{"comboKey": "SUB:" + otherSubscription +
		"|ENT:"}))
	wantStatus(t, theirs, http.StatusCreated)
	want(t, "subscription", theirs.object(t)["subscription"], otherSubscription)
	want(t, "my list", len(s.list(t, imageCode, "SUB")), 1)
	want(t, "objects of the default tenant", len(s.Objects(imageCode)), 1)
	if s.Object(theirs.object(t)["id"].(string)) == nil {
		t.Error("Object does not find another tenant's object")
	}
}

func TestTenants_haveDefinitionsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.AddTenant(otherSubscription, otherToken)
	s.EditField(imageCode, "costCentre", object{"type": "text", "required": true})
	wantStatus(t, s.call(t, http.MethodPost, "/v1/objects", image(nil)), http.StatusBadRequest)
	wantStatus(t, s.callAs(t, otherToken, http.MethodPost, "/v1/objects",
		image(object{"comboKey": "SUB:" + otherSubscription + "|ENT:"})), http.StatusCreated)
	answer := s.callAs(t, otherToken, http.MethodGet, pathOf(imageCode)+"?entity=DEFINITION", nil)
	wantStatus(t, answer, http.StatusOK)
	if strings.Contains(answer.text, "costCentre") {
		t.Error("one tenant's field is in another's definition")
	}
}

func TestTokens_eachHaveAPerson(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.AddToken(emulator.DefaultSubscription, "df_pat_second", emulator.Rights{})
	people := s.list(t, "PPL", "SUB")
	want(t, "people", len(people), 2)
	want(t, "level", people[0]["level"], 220)
	made := s.create(t, image(nil))
	written := s.callAs(t, "df_pat_second", http.MethodPatch, pathOf(made["id"]), object{"tag": "2"}).object(t)
	want(t, "ownerId", written["ownerId"], people[0]["id"])
	want(t, "updatedId", written["updatedId"], people[1]["id"])
	s.AddToken(emulator.DefaultSubscription, "df_pat_second", emulator.Rights{ReadOnly: true})
	want(t, "people after a change of rights", len(s.list(t, "PPL", "SUB")), 2)
}

func TestRights_readOnlyMayReadAndQuery(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.AddToken(emulator.DefaultSubscription, "df_pat_reader", emulator.Rights{ReadOnly: true})
	made := s.create(t, image(nil))
	as := func(method, path string, body any) reply { return s.callAs(t, "df_pat_reader", method, path, body) }
	wantStatus(t, as(http.MethodGet, pathOf(made["id"]), nil), http.StatusOK)
	wantStatus(t, as(http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB", nil), http.StatusOK)
	wantStatus(t, as(http.MethodPost, "/v1/query", []any{queryLine(imageCode, nil)}), http.StatusOK)
	wantStatus(t, as(http.MethodPost, "/v1/objects", image(nil)), http.StatusForbidden)
	wantStatus(t, as(http.MethodPatch, pathOf(made["id"]), object{"tag": "2"}), http.StatusForbidden)
	wantStatus(t, as(http.MethodDelete, pathOf(made["id"]), nil), http.StatusForbidden)
}

func TestRights_deniedEntitiesAnswer403AndAnErrorLine(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.AddToken(emulator.DefaultSubscription, "df_pat_narrow", emulator.Rights{Deny: []string{"DEFINITION", imageCode}})
	made := s.create(t, image(nil))
	as := func(method, path string, body any) reply { return s.callAs(t, "df_pat_narrow", method, path, body) }
	wantStatus(t, as(http.MethodGet, pathOf(imageCode), nil), http.StatusForbidden)
	wantStatus(t, as(http.MethodGet, pathOf(made["id"]), nil), http.StatusForbidden)
	wantStatus(t, as(http.MethodGet, "/v1/entities/DEFINITION/SUB", nil), http.StatusForbidden)
	wantStatus(t, as(http.MethodPost, "/v1/objects", image(nil)), http.StatusForbidden)
	wantStatus(t, as(http.MethodGet, pathOf(registryCode), nil), http.StatusForbidden)
	wantStatus(t, as(http.MethodPost, "/v1/objects", registry(nil)), http.StatusCreated)
	items := lines(t, as(http.MethodPost, "/v1/query", []any{queryLine("DEFINITION", object{"tag": "d"}),
		queryLine("PPL", nil)}).text)
	want(t, "the denied line", items[0], object{
		"_type": "error", "entity": "DEFINITION", "message": "This token may not read DEFINITION.", "source": "SUB",
		"tag": "d",
	})
	want(t, "the other line", items[1]["entity"], "PPL")
}

func TestMistakesOfATest_panic(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.AddTenant(otherSubscription, otherToken)
	for name, mistake := range map[string]func(){
		"a tenant twice":          func() { s.AddTenant(otherSubscription, "df_pat_x") },
		"a token of no tenant":    func() { s.AddToken("nobody", "df_pat_x", emulator.Rights{}) },
		"a token of two tenants":  func() { s.AddToken(otherSubscription, emulator.DefaultToken, emulator.Rights{}) },
		"an edit of nothing":      func() { s.Edit("nothing", object{}) },
		"an edit of the id":       func() { s.Edit(imageCode, object{"id": "x"}) },
		"an edit that is no JSON": func() { s.Edit(imageCode, object{"name": func() {}}) },
		"a removal of nothing":    func() { s.Remove("nothing") },
		"a field of no entity":    func() { s.EditField("NOPE", "x", object{}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("went unnoticed")
				}
			}()
			mistake()
		})
	}
	wantStatus(t, s.call(t, http.MethodGet, "/v1/entities/PPL/SUB", nil), http.StatusOK) // no lock was left behind
}
