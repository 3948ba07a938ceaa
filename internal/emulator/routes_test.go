package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

func TestErrors_haveAStatusAndABodyWithErrorAndMessage(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	for _, test := range []struct {
		method, path string
		body         any
		status       int
		says         string
	}{
		{http.MethodGet, "/", nil, 404, "There is no /"},
		{http.MethodGet, "/v2/objects/x", nil, 404, "There is no /v2/objects/x"},
		{http.MethodGet, "/v1/objects/x/y", nil, 404, "There is no"},
		{http.MethodGet, "/v1/objects/none", nil, 404, "no object none"},
		{http.MethodGet, "/v1/objects/", nil, 400, "has no id"},
		{http.MethodGet, "/v1/objects", nil, 405, "takes POST, not GET"},
		{http.MethodPut, "/v1/objects/x", nil, 405, "takes DELETE, GET, PATCH, not PUT"},
		{http.MethodPost, "/v1/entities/DOCKERIMAGE/SUB", object{}, 405, "takes GET"},
		{http.MethodGet, "/v1/query", nil, 405, "takes POST"},
		{http.MethodGet, "/v1/objects/x?entitty=DOCKERIMAGE", nil, 400, `Unknown query parameter "entitty"`},
		{http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB?limit=1", nil, 400, `Unknown query parameter "limit"`},
		{http.MethodPost, "/v1/objects?x=1", object{}, 400, "Unknown query parameter"},
		{http.MethodPost, "/v1/query?x=1", []any{}, 400, "Unknown query parameter"},
		{http.MethodPost, "/v1/objects", nil, 400, "must be one JSON object"},
		{http.MethodPost, "/v1/objects", `{"a":1`, 400, "is not JSON"},
		{http.MethodPost, "/v1/objects", `{} {}`, 400, "more than one JSON value"},
		{http.MethodPost, "/v1/objects", `[]`, 400, "must be one JSON object"},
		{http.MethodPost, "/v1/objects", `null`, 400, "must be one JSON object"},
		{http.MethodGet, "/v1/entities/NOPE/SUB", nil, 404, `no entity "NOPE"`},
		{http.MethodGet, "/v1/entities/DOCKERIMAGE/ENT:1", nil, 400, "must start with SUB"},
	} {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			t.Parallel()
			answer := s.call(t, test.method, test.path, test.body)
			wantStatus(t, answer, test.status)
			want(t, "Content-Type", answer.header.Get("Content-Type"), "application/json")
			want(t, "error", answer.object(t)["error"], http.StatusText(test.status))
			wantContains(t, answer.message(t), test.says)
			if test.status == http.StatusMethodNotAllowed && answer.header.Get("Allow") == "" {
				t.Error("405 came without Allow")
			}
		})
	}
}

func TestBodies_mustSayThatTheyAreJSON(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	request := newRequest(t, http.MethodPost, s.url+"/v1/objects", image(nil))
	request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
	request.Header.Set("Content-Type", "text/plain")
	answer := send(t, request)
	wantStatus(t, answer, http.StatusBadRequest)
	wantContains(t, answer.message(t), "Content-Type: application/json")
	request = newRequest(t, http.MethodPost, s.url+"/v1/objects", image(nil))
	request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	wantStatus(t, send(t, request), http.StatusCreated)
}

func TestBodies_haveALimit(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	recorder := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/objects",
		strings.NewReader(strings.Repeat(" ", 17<<20)))
	request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
	request.Header.Set("Content-Type", "application/json")
	s.ServeHTTP(recorder, request)
	want(t, "status", recorder.Code, http.StatusBadRequest)
}

func TestPaths_mustEscapeTheBar(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	for path, status := range map[string]int{
		"/v1/entities/DOCKERIMAGE/SUB:" + emulator.DefaultSubscription + "|ENT:":   http.StatusBadRequest,
		"/v1/entities/DOCKERIMAGE/SUB:" + emulator.DefaultSubscription + "%7CENT:": http.StatusOK,
	} {
		recorder := httptest.NewRecorder()
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
		s.ServeHTTP(recorder, request)
		want(t, path, recorder.Code, status)
	}
}

func TestPaths_keepAnEscapedSlashInsideItsSegment(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	answer := s.call(t, http.MethodGet, "/v1/objects/a%2Fb", nil)
	wantStatus(t, answer, http.StatusNotFound)
	wantContains(t, answer.message(t), "no object a/b")
}
