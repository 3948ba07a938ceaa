package emulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

type object = map[string]any

const ownKey = "SUB:" + emulator.DefaultSubscription + "|ENT:"

var (
	imageCode    = entity.DockerImage.Code
	registryCode = entity.DockerRegistry.Code
)

// A reply is an answer as a client sees it.
type reply struct {
	status int
	header http.Header
	text   string
	err    error // of the connection, or of the body's end
}

func (r reply) object(t *testing.T) object {
	t.Helper()
	var decoded object
	decode(t, r.text, &decoded)
	return decoded
}

func (r reply) message(t *testing.T) string {
	t.Helper()
	message, _ := r.object(t)["message"].(string)
	return message
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
}

// A site is a server and the address that it listens on.
type site struct {
	*emulator.Server
	url string
}

func start(t *testing.T, options emulator.Options) *site {
	t.Helper()
	server := emulator.New(options)
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	return &site{server, web.URL}
}

// call sends a request with the default token; a body is sent as JSON, a string as it is.
func (s *site) call(t *testing.T, method, path string, body any) reply {
	t.Helper()
	return s.callAs(t, emulator.DefaultToken, method, path, body)
}

func (s *site) callAs(t *testing.T, token, method, path string, body any) reply {
	t.Helper()
	request := newRequest(t, method, s.url+path, body)
	request.Header.Set("Authorization", "Bearer "+token)
	return send(t, request)
}

func newRequest(t *testing.T, method, url string, body any) *http.Request {
	t.Helper()
	var content io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, content)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request
}

func send(t *testing.T, request *http.Request) reply {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return reply{err: err}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(text), err}
}

// image is the body of a POST that the server takes, with changes; a nil change leaves the field out.
func image(changes object) object {
	return changed(object{"entity": imageCode, "level": entity.DockerImage.Level, "comboKey": ownKey, "name": "nginx",
		"tag": "1.27.3", "status": "1"}, changes)
}

func registry(changes object) object {
	return changed(object{
		"entity": registryCode, "level": entity.DockerRegistry.Level, "comboKey": ownKey,
		"name": "Main", "url": "https://registry.example.com/", "registryType": "2", "status": "1",
	}, changes)
}

func changed(body, changes object) object {
	maps.Copy(body, changes)
	maps.DeleteFunc(body, func(_ string, value any) bool { return value == nil })
	return body
}

// create posts an object that must be taken, and returns it.
func (s *site) create(t *testing.T, body object) object {
	t.Helper()
	answer := s.call(t, http.MethodPost, "/v1/objects", body)
	if answer.status != http.StatusCreated {
		t.Fatalf("POST answered %d: %s", answer.status, answer.text)
	}
	return answer.object(t)
}

// get reads an object that must be there.
func (s *site) get(t *testing.T, id any) object {
	t.Helper()
	answer := s.call(t, http.MethodGet, pathOf(id), nil)
	if answer.status != http.StatusOK {
		t.Fatalf("GET answered %d: %s", answer.status, answer.text)
	}
	return answer.object(t)
}

// patch changes an object, and must succeed.
func (s *site) patch(t *testing.T, id any, changes object) object {
	t.Helper()
	answer := s.call(t, http.MethodPatch, pathOf(id), changes)
	if answer.status != http.StatusOK {
		t.Fatalf("PATCH answered %d: %s", answer.status, answer.text)
	}
	return answer.object(t)
}

// list reads a list in JSON array shape.
func (s *site) list(t *testing.T, code, rest string) []object {
	t.Helper()
	answer := s.call(t, http.MethodGet, "/v1/entities/"+code+"/"+rest, nil)
	if answer.status != http.StatusOK || answer.err != nil {
		t.Fatalf("the list answered %d, %v: %s", answer.status, answer.err, answer.text)
	}
	var items []object
	decode(t, answer.text, &items)
	return items
}

// lines decodes NDJSON.
func lines(t *testing.T, text string) []object {
	t.Helper()
	var items []object
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		var item object
		decode(t, line, &item)
		items = append(items, item)
	}
	return items
}

func pathOf(id any) string { return "/v1/objects/" + id.(string) }

func wantStatus(t *testing.T, answer reply, status int) {
	t.Helper()
	if answer.err != nil || answer.status != status {
		t.Fatalf("got status %d (%v), want %d: %s", answer.status, answer.err, status, answer.text)
	}
}

// want compares by what a JSON document shows, so that 1 equals json.Number("1").
func want(t *testing.T, what string, got, want any) {
	t.Helper()
	gotText, _ := json.Marshal(got)
	wantText, _ := json.Marshal(want)
	if !bytes.Equal(gotText, wantText) {
		t.Errorf("%s: got %s, want %s", what, gotText, wantText)
	}
}

func wantAbsent(t *testing.T, o object, name string) {
	t.Helper()
	if value, ok := o[name]; ok {
		t.Errorf("%s is %v, want it absent", name, value)
	}
}

func wantContains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q lacks %q", text, part)
		}
	}
}

// seed creates objects in the default tenant.
func (s *site) seed(t *testing.T, objects ...object) []string {
	t.Helper()
	ids, err := s.Seed(objects...)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// number reads a JSON number that must be there.
func number(t *testing.T, o object, name string) int64 {
	t.Helper()
	value, ok := o[name].(json.Number)
	if !ok {
		t.Fatalf("%s is %v, want a number", name, o[name])
	}
	whole, err := value.Int64()
	if err != nil {
		t.Fatal(err)
	}
	return whole
}
