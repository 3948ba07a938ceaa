package demandflow

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func newRegistry() CreateRequest {
	return CreateRequest{Entity: &entity.DockerRegistry, Fields: Object{"name": "harbor", "url": "harbor.example.com",
		"storageLimit": 5}}
}

func createError(t *testing.T, client *Client) error {
	t.Helper()
	_, err := client.Create(t.Context(), newRegistry())
	return err
}

func TestGet_keepsNumbersExact(t *testing.T) {
	t.Parallel()
	server := serve(t, text(
		200, `{"_type":"data","id":"1","big":9007199254740993,"long":0.10,"_df_version":7,"list":["a",null,true]}`))
	got, err := newClient(t, server.URL).Get(t.Context(), "X", "1")
	want := Object{"id": "1", "big": json.Number("9007199254740993"), "long": json.Number("0.10"),
		"_df_version": json.Number("7"), "list": []any{"a", nil, true}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	if version, ok := got.Version(); version != 7 || !ok {
		t.Errorf("version %d, %v", version, ok)
	}
	if got.Text("big") != "9007199254740993" || got.Text("list") != "" || got.Text("absent") != "" {
		t.Error("Text gives more or less than strings and numbers")
	}
	if _, ok := (Object{}).Version(); ok {
		t.Error("an object without a version has one")
	}
}

func TestSingleAnswers_thatAreNotOneObjectAreErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"empty":       {"", "not one JSON object"},
		"html":        {"<html>Sign in</html>", "web page"},
		"array":       {`[{"id":"1"}]`, "not one JSON object"},
		"null":        {`null`, "without an id"},
		"no id":       {`{"name":"x"}`, "without an id"},
		"two objects": {`{"id":"1"}{"id":"2"}`, "more data after"},
		"bracket":     {`{"id":"1"}]`, "more data after"},
		"cut":         {`{"id":"1","name":"x`, "not one JSON object"},
		"too large":   {`{"id":"1","x":"` + strings.Repeat("x", maxAnswer) + `"}`, "16 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(200, test.body))
			client := newClient(t, server.URL)
			_, err := client.Get(t.Context(), "X", "1")
			wantText(t, err, test.want, "200 OK")
			_, err = client.Update(t.Context(), "X", "1", Object{"a": nil})
			wantText(t, err, test.want, "PATCH")
			wantText(t, err, "could not be read afterwards")
			if len(server.asked()) != 3 {
				t.Errorf("%d requests, want a GET, a PATCH and a GET, and no retry", len(server.asked()))
			}
		})
	}
}

func TestErrors_sayWhatFailedWhatWasAnsweredAndWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		want   []string
	}{
		"documented": {400, `{"error":"bad_request","message":"missing id"}`, []string{"400 Bad Request",
			"GET /v1/objects/1", "bad_request: missing id"}},
		"code only":    {400, `{"error":"missing id"}`, []string{"400", ": missing id"}},
		"other JSON":   {400, `{"size":"odd"}`, []string{"a JSON object with the fields size"}},
		"unauthorized": {401, ``, []string{"401 Unauthorized", "Check the token"}},
		"forbidden":    {403, `{"error":"forbidden","message":"revoked"}`, []string{"revoked", "not revoked"}},
		"not found":    {404, `{"error":"not_found","message":"no such object"}`, []string{"404", "no such object"}},
		"text": {500, "stack\x00\n\ttrace " + strings.Repeat("x", 500), []string{"500", "stack trace xx", "…",
			"proxy on the way, failed"}},
		"limit":       {429, ``, []string{"429", "3 attempts", "max_concurrent_requests"}},
		"echo":        {400, `{"error":"bad","message":"Bearer ` + testToken + `?"}`, []string{"Bearer [token]?"}},
		"text echo":   {400, strings.Repeat("y", 190) + testToken, []string{"y[token]"}},
		"hidden echo": {400, strings.ReplaceAll(testToken, "c", "\x07c"), []string{"[token]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(test.status, test.body))
			_, err := newClient(t, server.URL).Get(t.Context(), "X", "1")
			wantText(t, err, test.want...)
			if lines := strings.Count(err.Error(), "\n"); lines > 1 || len(err.Error()) > 700 {
				t.Errorf("too long: %q", err)
			}
			if IsNotFound(err) != (test.status == 404) || IsForbidden(err) != (test.status == 403) {
				t.Errorf("not found: %v, forbidden: %v", IsNotFound(err), IsForbidden(err))
			}
		})
	}
	if IsNotFound(nil) || IsForbidden(errors.New("404")) {
		t.Error("what is no answer is taken for one")
	}
}

func TestUpdate_refusesAnEmptyChangeSetWithoutARequest(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `{"id":"1"}`))
	_, err := newClient(t, server.URL).Update(t.Context(), "X", "1", Object{})
	wantText(t, err, "empty")
	if len(server.asked()) != 0 {
		t.Error("a request was sent")
	}
}

func TestUpdate_sendsTheChangesAlone(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `{"id":"1","_df_version":1}`))
	if _, err := newClient(t, server.URL).Update(t.Context(), "X", "1",
		Object{"b": nil, "a": json.Number("1.50")}); err != nil {
		t.Fatal(err)
	}
	if got := server.asked()[0].body; got != `{"a":1.50,"b":null}` {
		t.Errorf("sent %s", got)
	}
}

func TestUpdate_countsTheAttemptsThatMayHaveBeenCarriedOut(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 2 {
			breakOff(w, "")
			return
		}
		text(200, wholeObject("1", `"a":"b"`))(w, r, n)
	})
	client := newClient(t, server.URL)
	for _, want := range []int{0, 1} {
		got, err := client.Update(t.Context(), "X", "1", Object{"a": "b"})
		if err != nil || got.Lost != want || got.ID() != "1" {
			t.Errorf("got %v, %v, want %d lost attempts", got, err, want)
		}
	}
}

func TestObjects_withoutAUsableIdAreRefusedWithoutARequest(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `{"id":"1"}`))
	client := newClient(t, server.URL)
	for _, id := range []string{"", ".", ".."} {
		_, err := client.Get(t.Context(), "X", id)
		wantText(t, err, "is no id")
		wantText(t, client.Delete(t.Context(), "X", id), "is no id")
	}
	_, err := client.Get(t.Context(), "", "1")
	wantText(t, err, "entity")
	if len(server.asked()) != 0 {
		t.Error("a request was sent")
	}
}

func TestDelete_leavesANotFoundToTheCaller(t *testing.T) {
	t.Parallel()
	server := serve(t, text(404, ownNotFound))
	if err := newClient(t, server.URL).Delete(t.Context(), "X", "1"); !IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}

func TestDelete_takesANotFoundAfterARetryForItsOwnWork(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		switch n {
		case 1:
			text(200, `{"id":"2","subscription":"`+tenant+`"}`)(w, r, n)
		case 4:
			text(200, "")(w, r, n) // a query does not list it
		case 2:
			breakOff(w, "")
		default:
			text(404, ownNotFound)(w, r, n)
		}
	})
	client := newClient(t, server.URL)
	if _, err := client.Get(t.Context(), "X", "2"); err != nil {
		t.Fatal(err)
	}
	if err := client.Delete(t.Context(), "X", "1"); err != nil {
		t.Error(err)
	}
	if len(server.asked()) != 4 {
		t.Errorf("%d requests", len(server.asked()))
	}
}

func TestCreate_sendsEntityLevelAndAComboKeyThatEndsInENT(t *testing.T) {
	t.Parallel()
	server := serve(t, text(201, `{"id":"new","_df_version":0}`))
	request := newRegistry()
	request.Parents = []Parent{{"K8SCLUSTER", "c1"}, {"K8SNAMESPACE", "n1"}}
	got, err := newClient(t, server.URL).Create(t.Context(), request)
	if err != nil || got.ID() != "new" {
		t.Fatalf("%v, %v", got, err)
	}
	want := `{"comboKey":"SUB:` + tenant +
		`|K8SCLUSTER:c1|K8SNAMESPACE:n1|ENT:","entity":"DOCKERREGISTRY","level":421,"name":"harbor","storageLimit":5,"url":"harbor.example.com"}`
	if sent := server.asked()[0]; sent.body != want || sent.path != "/v1/objects" || sent.method != "POST" {
		t.Errorf("sent %s %s %s", sent.method, sent.path, sent.body)
	}
	if len(request.Fields) != 3 {
		t.Error("the caller's fields were changed")
	}
}

func TestCreate_refusesWhatWouldCorruptTheKey(t *testing.T) {
	t.Parallel()
	server := serve(t, text(201, `{"id":"new"}`))
	client := newClient(t, server.URL)
	request := newRegistry()
	request.Parents = []Parent{{"K8SCLUSTER", ""}}
	_, err := client.Create(t.Context(), request)
	wantText(t, err, "K8SCLUSTER")
	_, err = client.Create(t.Context(), CreateRequest{})
	wantText(t, err, "no entity")
	request.Parents, request.Fields = nil, Object{"name": func() {}}
	_, err = client.Create(t.Context(), request)
	wantText(t, err, "cannot write the body")
	if len(server.asked()) != 0 {
		t.Error("a request was sent")
	}
}
