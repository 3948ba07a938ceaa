package demandflow

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const testToken = "df_pat_canary/4711+geheim"

const tenant = "7f8d2c1e-0000-4000-8000-000000000001"

// A request is what a test's server was asked.
type request struct {
	method, path, query, body string
	header                    http.Header
}

// A recorder is a server that remembers what it was asked, and answers by script.
type recorder struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
}

// serve answers the n-th request (from 1) with answer.
func serve(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, n int)) *recorder {
	t.Helper()
	recorder := &recorder{}
	recorder.Server = httptest.NewServer(recorder.handler(answer))
	t.Cleanup(recorder.Close)
	return recorder
}

func (s *recorder) handler(answer func(w http.ResponseWriter, r *http.Request, n int)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.requests = append(s.requests, request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body),
			r.Header.Clone()})
		n := len(s.requests)
		s.mu.Unlock()
		answer(w, r, n)
	})
}

func (s *recorder) asked() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// text answers every request alike.
func text(status int, body string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// wholeObject writes an object with the fields that every object has, and more of them as JSON.
func wholeObject(id string, more ...string) string {
	return `{"id":"` + id + `","comboKey":"SUB:s|ENT:` + id +
		`","subscription":"` + tenant + `","ownerId":"o","updatedId":"u","created":1,"updated":2,"_df_version":3` +
		strings.Join(append([]string{""}, more...), ",") + "}"
}

var objectStart = regexp.MustCompile(`\{"id":"([^"]*)"`)

// asRead returns objects, as JSON, with what DemandFlow sets in every object. A test that sets it too has the last
// word.
func asRead(objects string) string {
	return objectStart.ReplaceAllString(objects, `{"comboKey":"SUB:`+tenant+`|ENT:$1","_df_version":0,"id":"$1"`)
}

// breakOff sends the given bytes of a longer answer, and then closes the connection.
func breakOff(w http.ResponseWriter, head string) {
	connection, buffer, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	fmt.Fprint(buffer, head)
	buffer.Flush()
	connection.Close()
}

const cutAnswer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"

// newClient returns a client that waits for nothing between attempts.
func newClient(t *testing.T, endpoint string, change ...func(*Config)) *Client {
	t.Helper()
	config := Config{Endpoint: endpoint, Token: testToken, Subscription: tenant, MaxRetries: 2, RetryWaitMin: 1,
		RetryWaitMax: 1}
	for _, change := range change {
		change(&config)
	}
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.http.CloseIdleConnections)
	return client
}

// roundTripper answers without a network, so that tests with a fake clock can use it.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (c *Client) answeredBy(f roundTripper) *Client {
	c.limiter.Base.(*wire.IdleTimeout).Base = f
	return c
}

func response(status int, body string, header ...string) *http.Response {
	answer := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)),
		ProtoMajor: 1, ProtoMinor: 1}
	for i := 0; i < len(header); i += 2 {
		answer.Header.Set(header[i], header[i+1])
	}
	return answer
}

func wantText(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func collect[T any](list func(yield func(T, error) bool)) (items []T, err error) {
	for item, failure := range list {
		if failure != nil {
			return items, failure
		}
		items = append(items, item)
	}
	return items, nil
}
