package emulator_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// shownStale says how an object looks to a GET, a list and a query that lag: its description, "missing" where it is not
// there.
func (s *site) shownStale(t *testing.T, id string) []string {
	t.Helper()
	s.Fail(emulator.Fault{Stale: true, Times: 3})
	get := "missing"
	answer := s.call(t, http.MethodGet, pathOf(id), nil)
	if answer.status == http.StatusOK {
		get = fmt.Sprint(answer.object(t)["description"])
	} else {
		wantStatus(t, answer, http.StatusNotFound)
	}
	list, query := "missing", "missing"
	for _, item := range s.list(t, registryCode, "SUB") {
		if item["id"] == id {
			list = fmt.Sprint(item["description"])
		}
	}
	answer = s.call(t, http.MethodPost, "/v1/query", []any{queryLine(registryCode, nil)})
	for _, item := range lines(t, answer.text) {
		if item["id"] == id {
			query = fmt.Sprint(item["description"])
		}
	}
	return []string{get, list, query}
}

func TestFault_staleShowsWhatWasBeforeTheLastWrite(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.seed(t, registry(object{"description": "a neighbour"}))
	id := s.create(t, registry(object{"description": "one"}))["id"].(string)
	want(t, "created", s.shownStale(t, id), []string{"missing", "missing", "missing"})
	s.patch(t, id, object{"description": "two"})
	want(t, "changed", s.shownStale(t, id), []string{"one", "one", "one"})
	s.Edit(id, object{"description": "three"})
	want(t, "edited by another person", s.shownStale(t, id), []string{"two", "two", "two"})
	s.Fail(emulator.Fault{Stale: true})
	want(t, "version", fmt.Sprint(s.get(t, id)["_df_version"]), "1")
	want(t, "what is stored", fmt.Sprint(s.get(t, id)["description"], s.Object(id)["_df_version"]), "three2")
	wantStatus(t, s.call(t, http.MethodDelete, pathOf(id), nil), http.StatusNoContent)
	want(t, "deleted", s.shownStale(t, id), []string{"three", "three", "three"})
	wantStatus(t, s.call(t, http.MethodGet, pathOf(id), nil), http.StatusNotFound)
}

func TestFault_staleHitsReadsAlone(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.Fail(emulator.Fault{Stale: true})
	id := s.create(t, registry(nil))["id"].(string)
	s.patch(t, id, object{"description": "two"})
	want(t, "the read after two writes", s.get(t, id)["description"], nil)
	want(t, "the next read", s.get(t, id)["description"], "two")
}

func TestFault_staleShowsWhatWasSeededAsItIs(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.seed(t, registry(object{"description": "old"}))[0]
	want(t, "seeded", s.shownStale(t, id), []string{"old", "old", "old"})
	s.Fail(emulator.Fault{Stale: true, Times: 2})
	wantStatus(t, s.call(t, http.MethodGet, pathOf(registryCode), nil), http.StatusOK)
	want(t, "people", len(s.list(t, "PPL", "SUB")), 1)
}

func TestFault_idAloneShowsNothingElseOfAnObject(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.seed(t, registry(nil))[0]
	s.Fail(emulator.Fault{IDAlone: true, Entity: registryCode, Times: 3})
	want(t, "the read", s.get(t, id), object{"id": id})
	want(t, "the list", s.list(t, registryCode, "SUB"), []object{{"id": id, "_type": "data"}})
	answer := s.call(t, http.MethodPost, "/v1/query", []any{queryLine(registryCode, nil)})
	want(t, "the query", lines(t, answer.text), []object{{"id": id, "_type": "data", "entity": registryCode}})
	want(t, "the next read", s.get(t, id)["name"], "Main")
}
