package demandflow

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

func everyCall(t *testing.T, client *Client) map[string]error {
	_, got := client.Get(t.Context(), "X", "1")
	_, updated := client.Update(t.Context(), "X", "1", Object{"a": 1})
	_, listed := collect(client.List(t.Context(), "X"))
	_, queried := collect(client.Query(t.Context(), QueryLine{Entity: "X"}))
	return map[string]error{"get": got, "update": updated, "list": listed, "query": queried,
		"delete": client.Delete(t.Context(), "X", "1")}
}

func TestRetry_byStatus(t *testing.T) {
	t.Parallel()
	const reads = 2 // after an update and a delete that may have been carried out
	for status, attempts := range map[int]int{400: 1, 401: 1, 403: 1, 404: 1, 405: 1, 429: 3, 500: 1, 501: 1, 502: 3,
		503: 3, 504: 3} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(status, `{"error":"e"}`))
			for name, err := range everyCall(t, newClient(t, server.URL)) {
				failure, ok := errors.AsType[*Error](err)
				if !ok || failure.Status != status || failure.Attempts != attempts {
					t.Errorf("%s: %v", name, err)
				}
			}
			want := 5 * attempts
			if status >= 500 {
				want += reads * attempts
			}
			if got := len(server.asked()); got != want {
				t.Errorf("%d requests, want %d", got, want)
			}
		})
	}
}

func TestRetry_sendsTheSameAgainUntilItSucceeds(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		switch n {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			breakOff(w, "")
		default:
			text(200, wholeObject("1", `"a":"b"`))(w, r, n)
		}
	})
	client := newClient(t, server.URL, func(c *Config) { c.MaxRetries = 3 })
	got, err := client.Update(t.Context(), "X", "1", Object{"a": "b"})
	if err != nil || got.Lost != 2 {
		t.Fatalf("%d attempts are taken for lost, %v", got.Lost, err)
	}
	asked := server.asked()
	if len(asked) != 3 || asked[2].body != `{"a":"b"}` || asked[2].method != "PATCH" {
		t.Errorf("asked %+v", asked)
	}
}

// What a read brings may break off, and be asked for once more.
func TestRetry_ofAReadWhoseAnswerBreaksOff(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 1 {
			breakOff(w, cutAnswer+`{"id":`)
			return
		}
		text(200, `{"id":"1"}`)(w, r, n)
	})
	if _, err := newClient(t, server.URL).Get(t.Context(), "X", "1"); err != nil || len(server.asked()) != 2 {
		t.Errorf("%v after %d requests", err, len(server.asked()))
	}
}

func TestRetry_ofABrokenConnectionEndsWithTheNumberOfAttempts(t *testing.T) {
	t.Parallel()
	for name, head := range map[string]string{"before the answer": "", "in the answer": cutAnswer + "["} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { breakOff(w, head) })
		_, err := newClient(t, server.URL).Get(t.Context(), "X", "1")
		wantText(t, err, "got no answer", "3 attempts", "EOF", "Check the endpoint")
		if len(server.asked()) != 3 {
			t.Errorf("%s: %d requests", name, len(server.asked()))
		}
	}
}

func TestRetry_zeroMeansNone(t *testing.T) {
	t.Parallel()
	server := serve(t, text(503, ""))
	_, err := newClient(t, server.URL, func(c *Config) { c.MaxRetries = 0 }).Get(t.Context(), "X", "1")
	if wantText(t, err, "503"); len(server.asked()) != 1 || strings.Contains(err.Error(), "attempts") {
		t.Errorf("%d requests, %v", len(server.asked()), err)
	}
}

func TestRetry_neverOfAnUntrustedCertificate(t *testing.T) {
	t.Parallel()
	server := &recorder{}
	connections := 0
	server.Server = httptest.NewUnstartedServer(server.handler(text(200, `{"id":"1"}`)))
	server.Config.ErrorLog = newSilentLog()
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections++ // the listener's own goroutine; read after Close
		}
	}
	server.StartTLS()
	client := newClient(t, server.URL)
	_, err := client.Get(t.Context(), "X", "1")
	wantText(t, err, "certificate", "ca_certificate")
	wantText(t, createError(t, client), "certificate")
	if _, ambiguous := errors.AsType[*AmbiguousError](createError(t, client)); ambiguous {
		t.Error("a create that was never sent counts as ambiguous")
	}
	server.Close()
	if connections != 3 {
		t.Errorf("%d connections, want one a call", connections)
	}
}

func TestCreate_isSentAgainOnlyIfItCertainlyDidNothing(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	unknown := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "x"}}
	for name, test := range map[string]struct {
		dial     []error // of the first connections
		statuses []int   // of the first answers
		posts    int
	}{
		"refused":        {dial: []error{refused, unknown}, posts: 1},
		"rate limit":     {statuses: []int{429, 429}, posts: 3},
		"bad request":    {statuses: []int{400}, posts: 1},
		"server's fault": {statuses: []int{500}, posts: 1},
		"unavailable":    {statuses: []int{503}, posts: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
				switch {
				case r.URL.Path == "/v1/query":
				case n <= len(test.statuses):
					w.WriteHeader(test.statuses[n-1])
				default:
					text(201, `{"id":"1"}`)(w, r, n)
				}
			})
			client := newClient(t, server.URL)
			transport := client.limiter.Base.(*wire.IdleTimeout).Base.(*wire.Transport).Base.(*http.Transport)
			dials, dial := 0, transport.DialContext
			transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				if dials++; dials <= len(test.dial) {
					return nil, test.dial[dials-1]
				}
				return dial(ctx, network, address)
			}
			_ = createError(t, client)
			posts := 0
			for _, request := range server.asked() {
				if request.path == "/v1/objects" {
					posts++
				}
			}
			if posts != test.posts {
				t.Errorf("%d POSTs, want %d", posts, test.posts)
			}
		})
	}
}
