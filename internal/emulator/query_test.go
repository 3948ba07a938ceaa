package emulator_test

import (
	"net/http"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// queryLine is a line over an entity's whole tenant, with changes; a nil change leaves the part out.
func queryLine(code string, changes object) object {
	return changed(object{"entity": code, "comboKey": "comboKey", "query": "SUB"}, changes)
}

func (s *site) query(t *testing.T, queryLines ...any) []object {
	t.Helper()
	answer := s.call(t, http.MethodPost, "/v1/query", queryLines)
	wantStatus(t, answer, http.StatusOK)
	want(t, "Content-Type", answer.header.Get("Content-Type"), "application/x-ndjson")
	return lines(t, answer.text)
}

func TestQuery_interleavesItsLines(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.seed(t, image(object{"name": "a"}), image(object{"name": "b"}), registry(object{"name": "r"}),
		registry(object{"name": "s"}))
	var names []any
	for _, item := range s.query(t, queryLine(imageCode, object{"load": "name"}),
		queryLine(registryCode, object{"load": "name"})) {
		names = append(names, item["entity"], item["name"])
	}
	want(t, "items", names, []any{imageCode, "a", registryCode, "r", imageCode, "b", registryCode, "s"})
}

func TestQuery_loadGivesTheFieldsWithIDAndEntity(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.seed(t, image(nil))[0]
	want(t, "items", s.query(t, queryLine(imageCode, object{"load": "name, tag"})),
		[]object{{"_type": "data", "id": id, "entity": imageCode, "name": "nginx", "tag": "1.27.3"}})
	want(t, "all fields without load", s.query(t, queryLine(imageCode, nil))[0]["status"], "1")
}

func TestQuery_limitBoundsItemsAndNotCounts(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.seed(t, image(nil), image(nil), image(nil))
	want(t, "items", len(s.query(t, queryLine(imageCode, object{"limit": 2}))), 2)
	want(t, "count", s.query(t, queryLine(imageCode, object{"limit": 2, "countOnly": true, "tag": "n"})),
		[]object{{"_meta": true, "_type": "count", "entity": imageCode, "count": 3, "tag": "n"}})
}

func TestQuery_filterIsATextMatchInAnyCaseFollowedByAScanLine(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.seed(t,
		image(object{"name": "nginx", "description": "a proxy"}),
		image(object{"name": "nginx-proxy", "architecture": []string{"amd64"}}),
		image(object{"name": "redis", "description": "NGINX's friend"}))
	for _, test := range []struct {
		field, term string
		names       []any
	}{
		{"name", "NGINX", []any{"nginx", "nginx-proxy"}},
		{"*", "nginx", []any{"nginx", "nginx-proxy", "redis"}},
		{"description", "proxy", []any{"nginx"}},
		{"architecture", "AMD", []any{"nginx-proxy"}},
		{"nothing", "x", nil},
	} {
		items := s.query(t, queryLine(imageCode, object{"filter": object{"field": test.field, "term": test.term},
			"tag": "f"}))
		var names []any
		for _, item := range items[:len(items)-1] {
			names = append(names, item["name"])
		}
		want(t, test.field+" has "+test.term, names, test.names)
		want(t, "the scan line", items[len(items)-1],
			object{"_meta": true, "_type": "scan", "entity": imageCode, "scanned": 3, "matched": len(test.names), "tag": "f"})
	}
	counted := s.query(t, queryLine(imageCode, object{"countOnly": true, "filter": object{"field": "name",
		"term": "nginx"}}))
	want(t, "count of a filter", counted[0]["count"], 2)
	want(t, "scan of a count", counted[1]["_type"], "scan")
}

func TestQuery_matchesTheNamedKeyByItsPrefix(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	under := "SUB:" + emulator.DefaultSubscription + "|VEN:v1|ENT:"
	s.seed(t, image(object{"name": "a", "comboKey2": under}), image(object{"name": "b", "comboKey": under}))
	prefix := "SUB:" + emulator.DefaultSubscription + "|VEN:v1"
	for key, name := range map[string]string{"comboKey2": "a", "comboKey": "b"} {
		items := s.query(t, queryLine(imageCode, object{"comboKey": key, "query": prefix}))
		want(t, "items by "+key, len(items), 1)
		want(t, "name by "+key, items[0]["name"], name)
	}
}

func TestQuery_anUnknownEntityOrForeignPrefixFailsItsLineAlone(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.seed(t, image(nil))
	items := s.query(t, queryLine("NOPE", nil), queryLine(imageCode, object{"query": "SUB:" + otherSubscription}),
		queryLine(imageCode, nil))
	want(t, "items", len(items), 3)
	want(t, "first", []any{items[0]["_type"], items[0]["entity"]}, []any{"error", "NOPE"})
	want(t, "second", []any{items[1]["_type"], items[1]["source"]}, []any{"error", "SUB:" + otherSubscription})
	want(t, "third", items[2]["_type"], "data")
}

func TestQuery_refusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	for says, body := range map[string]any{
		"at least one query line":            []any{},
		"must be a JSON array":               object{},
		"line 2 is not a JSON object":        []any{queryLine(imageCode, nil), 1},
		"entity is missing":                  []any{queryLine(imageCode, object{"entity": nil})},
		"comboKey is missing":                []any{queryLine(imageCode, object{"comboKey": nil})},
		"query is missing":                   []any{queryLine(imageCode, object{"query": nil})},
		"comboKey has a wrong type or value": []any{queryLine(imageCode, object{"comboKey": "comboKey4"})},
		"limit has a wrong type or value":    []any{queryLine(imageCode, object{"limit": 0})},
		"load has a wrong type or value":     []any{queryLine(imageCode, object{"load": []any{"a"}})},
		"filter has a wrong type or value": []any{queryLine(imageCode,
			object{"filter": object{"field": "name", "term": ""}})},
		`"countonly" is no part of a query line`:    []any{queryLine(imageCode, object{"countonly": true})},
		"line 1: countOnly has a wrong type or val": []any{queryLine(imageCode, object{"countOnly": 1})},
	} {
		answer := s.call(t, http.MethodPost, "/v1/query", body)
		wantStatus(t, answer, http.StatusBadRequest)
		wantContains(t, answer.message(t), says)
	}
}
