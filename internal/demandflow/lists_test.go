package demandflow

import (
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

func TestList_asksForPrefixAndFields(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `[]`))
	client := newClient(t, server.URL)
	for _, list := range []func(func(Object, error) bool){
		client.List(t.Context(), "X"),
		client.List(t.Context(), "X", "name", "tag"),
		client.List(t.Context(), "X", "id"),
	} {
		if items, err := collect(list); err != nil || items != nil {
			t.Errorf("got %v, %v", items, err)
		}
	}
	var got []string
	for _, request := range server.asked() {
		got = append(got, request.path+"?"+request.query)
	}
	want := []string{"/v1/entities/X/SUB?", "/v1/entities/X/SUB?fields=name%2Ctag%2Cid",
		"/v1/entities/X/SUB?fields=id"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("asked %q", got)
	}
	_, err := collect(client.List(t.Context(), ""))
	wantText(t, err, "no entity")
}

func TestList_handsOutObjectsWithoutTheirMark(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `[{"_type":"data","id":"1","subscription":"`+tenant+`"}]`))
	items, err := collect(newClient(t, server.URL).List(t.Context(), "X"))
	if err != nil || !reflect.DeepEqual(items, []Object{{"id": "1", "subscription": tenant}}) {
		t.Errorf("got %v, %v", items, err)
	}
}

func TestList_aFailureInMidStreamComesAfterTheItemsAndIsNotRetried(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request, int)
		want   []string
	}{
		"connection": {func(w http.ResponseWriter, _ *http.Request, _ int) { breakOff(w, cutAnswer+`[{"id":"1"},`) },
			[]string{"got no answer", "breaks off", "unexpected EOF"}},
		"error item": {text(200, `[{"id":"1"},{"_type":"error","message":"shard lost"}]`), []string{"200 OK", "shard lost"}},
		"array":      {text(200, `[{"id":"1"}`), []string{"not closed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, test.answer)
			items, err := collect(newClient(t, server.URL).List(t.Context(), "X"))
			wantText(t, err, test.want...)
			wantText(t, err, "/v1/entities/X/SUB")
			if len(items) != 1 || len(server.asked()) != 1 {
				t.Errorf("%d items, %d requests", len(items), len(server.asked()))
			}
		})
	}
}

func TestList_thatIsAWebPageShowsItsBeginning(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, "<html>Please sign in, "+testToken+strings.Repeat(" x", 5000)))
	_, err := collect(newClient(t, server.URL).List(t.Context(), "X"))
	wantText(t, err, "<html>Please sign in, [token]", "web page", "…")
}

func TestList_aTokenCutInTwoByTheQuoteIsNotShown(t *testing.T) {
	t.Parallel()
	const quoted = 4096 // what is looked at of a body that is no list
	server := serve(t, text(200, "no list"+strings.Repeat(" ", quoted-len("no list")-10)+testToken+strings.Repeat(" ",
		quoted)))
	_, err := collect(newClient(t, server.URL).List(t.Context(), "X"))
	wantText(t, err, "begins with: no list")
	if strings.Contains(err.Error(), testToken[:10]) {
		t.Errorf("half the token is shown: %s", err)
	}
}

// closeWatch reports whether a body was closed, and fails the test that reads on after that.
type closeWatch struct {
	io.Reader
	closed bool
}

func (b *closeWatch) Close() error { b.closed = true; return nil }

func TestList_breakingOutClosesTheBody(t *testing.T) {
	t.Parallel()
	endless, writer := io.Pipe()
	defer endless.Close()
	go func() {
		for {
			if _, err := io.WriteString(writer, "{\"id\":\"1\"}\n"); err != nil {
				return
			}
		}
	}()
	body := &closeWatch{Reader: endless}
	client := newClient(t, "http://demandflow.test").answeredBy(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: body}, nil
	})
	n := 0
	for _, err := range client.List(t.Context(), "X") {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 3 {
			break
		}
	}
	if !body.closed {
		t.Error("the body is still open")
	}
}

func TestQuery_writesItsLines(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, ""))
	_, err := collect(newClient(t, server.URL).Query(t.Context(),
		QueryLine{Entity: "A"},
		QueryLine{Entity: "B", Load: []string{"name", "id"}, Limit: 3, CountOnly: true, Filter: &Filter{"name", "x"}},
	))
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"comboKey":"comboKey","entity":"A","query":"SUB"},` +
		`{"comboKey":"comboKey","countOnly":true,"entity":"B","filter":{"field":"name","term":"x"},"limit":3,"load":"name,id,entity","query":"SUB"}]`
	if got := server.asked()[0]; got.body != want || got.path != "/v1/query" || got.method != "POST" {
		t.Errorf("sent %s %s %s", got.method, got.path, got.body)
	}
}

func TestQuery_tellsObjectsFromMeta(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `{"_type":"data","entity":"A","id":"1","tag":"v1"}
{"_meta":true,"_type":"count","entity":"B","count":12,"tag":"t"}
{"_meta":true,"_type":"scan","entity":"A","scanned":100,"matched":1}
{"id":"2","entity":"C"}
`))
	got, err := collect(newClient(t, server.URL).Query(t.Context(), QueryLine{Entity: "A"}, QueryLine{Entity: "B"},
		QueryLine{Entity: "C"}))
	want := []QueryItem{
		{Entity: "A", Object: Object{"entity": "A", "id": "1", "tag": "v1"}},
		{Entity: "B", Type: "count", Count: 12},
		{Entity: "A", Type: "scan"},
		{Entity: "C", Object: Object{"entity": "C", "id": "2"}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestQuery_ofOneLineNeedsNoEntityInItsObjects(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `{"id":"1"}`))
	got, err := collect(newClient(t, server.URL).Query(t.Context(), QueryLine{Entity: "A"}))
	if err != nil || len(got) != 1 || got[0].Entity != "A" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestQuery_failures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"a line failed": {`{"_type":"error","message":"no such field","entity":"A","source":"query"}`,
			"no such field (entity A) (source query)"},
		"unknown meta":    {`{"_meta":true,"_type":"plan","entity":"A"}`, "plan"},
		"count is a text": {`{"_meta":true,"_type":"count","entity":"A","count":"many"}`, "count"},
		"count unmarked":  {`{"_type":"count","entity":"A","count":1}`, "does not know"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(200, test.body+"\n{\"id\":\"2\"}\n"))
			items, err := collect(newClient(t, server.URL).Query(t.Context(), QueryLine{Entity: "A"}))
			wantText(t, err, test.want, "POST /v1/query")
			if items != nil {
				t.Errorf("got %v beside the error", items)
			}
		})
	}
	client := newClient(t, "http://demandflow.test")
	_, err := collect(client.Query(t.Context()))
	wantText(t, err, "no line")
	_, err = collect(client.Query(t.Context(), QueryLine{}))
	wantText(t, err, "line 1 names no entity")
}

// After its first error an iteration must end, even for a caller that asks for more.
func TestQuery_endsWithItsFirstError(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, "{\"_type\":\"error\",\"message\":\"one\"}\n{\"id\":\"2\"}\n"))
	var errs []error
	for _, err := range newClient(t, server.URL).Query(t.Context(), QueryLine{Entity: "A"}) {
		errs = append(errs, err)
	}
	if len(errs) != 1 || errs[0] == nil {
		t.Errorf("got %v, want the error alone", errs)
	}
}
