package demandflow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// In these tests the clock is fake, and the requests of a client that is told to stop are answered without a network.

// connected tells the client that a request has a connection, as a transport does.
func connected(r *http.Request) {
	httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
}

// after answers a request that has a connection after a while, unless its context ends before.
func after(wait time.Duration, answer func() (*http.Response, error)) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		connected(r)
		select {
		case <-time.After(wait):
			return answer()
		case <-r.Context().Done():
			return nil, context.Cause(r.Context())
		}
	}
}

const never = 24 * time.Hour

func answering(status int, body string) func() (*http.Response, error) {
	return func() (*http.Response, error) { return response(status, body), nil }
}

func broken() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

// byMethod answers requests by what they are: POST, PATCH, DELETE and GET of objects, and "query".
func byMethod(seen *[]string, answers map[string]roundTripper) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		what := r.Method
		if r.URL.Path == "/v1/query" {
			what = "query"
		}
		*seen = append(*seen, what)
		if answers[what] == nil {
			return nil, fmt.Errorf("no answer to %s in this test", what)
		}
		return answers[what](r)
	}
}

// stopped calls write with a context that is cancelled after a second, as Terraform's first Ctrl-C does.
func stopped(t *testing.T, answers map[string]roundTripper, write func(context.Context,
	*Client) error) (took time.Duration, sent string, err error) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	time.AfterFunc(time.Second, cancel)
	began := time.Now()
	var seen []string
	err = write(ctx, newClient(t, "http://demandflow.test").answeredBy(byMethod(&seen, answers)))
	return time.Since(began), strings.Join(seen, " "), err
}

func creating(ctx context.Context, c *Client) error {
	_, err := c.Create(ctx, newRegistry())
	return err
}

func updating(ctx context.Context, c *Client) error {
	got, err := c.Update(ctx, "DOCKERREGISTRY", "new", Object{"name": "harbor"})
	if err == nil && got.ID() != "new" {
		return fmt.Errorf("it left %v", got.Object)
	}
	return err
}

func deleting(ctx context.Context, c *Client) error { return c.Delete(ctx, "DOCKERREGISTRY", "new") }

func TestStop_waitsForWhatWasSentAndLearnsWhatCameOfIt(t *testing.T) {
	t.Parallel()
	there := registry("new", time.Now().Add(time.Hour)) // after what these tests send, by their clock
	// the rest of the tenant is there
	person := after(0, answering(200, `{"id":"person","entity":"PPL","subscription":"`+tenant+`"}`))
	query := func(r *http.Request) (*http.Response, error) {
		if body, _ := io.ReadAll(r.Body); bytes.Contains(body, []byte(byID)) {
			return after(0, answering(200, ""))(r)
		}
		return person(r)
	}
	gone := func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/person") {
			return person(r)
		}
		return after(0, answering(404, `{"error":"not_found","message":"There is no object new."}`))(r)
	}
	for name, test := range map[string]struct {
		write   func(context.Context, *Client) error
		answers map[string]roundTripper
		sent    string
		took    time.Duration
	}{
		"create": {creating, map[string]roundTripper{"POST": after(30*time.Second,
			answering(201, there))}, "POST", 30 * time.Second},
		"update": {updating, map[string]roundTripper{"PATCH": after(30*time.Second,
			answering(200, there))}, "PATCH", 30 * time.Second},
		"delete": {deleting, map[string]roundTripper{"DELETE": after(30*time.Second,
			answering(204, ""))}, "DELETE", 30 * time.Second},
		"create without an answer": {creating, map[string]roundTripper{"POST": after(never, broken),
			"query": after(0, answering(200, there))}, "POST query", 60 * time.Second},
		"create that breaks off": {creating, map[string]roundTripper{"POST": after(5*time.Second, broken),
			"query": after(2*time.Second, answering(200, there))}, "POST query", 7 * time.Second},
		"create, answered with an id": {creating, map[string]roundTripper{"POST": after(5*time.Second,
			answering(201, `{"id":"new"}`)), "GET": after(2*time.Second, answering(200, there))}, "POST GET", 7 * time.Second},
		"update, answered with none": {updating, map[string]roundTripper{"PATCH": after(5*time.Second, answering(204, "")),
			"GET": after(2*time.Second, answering(200, there))}, "PATCH GET", 7 * time.Second},
		"delete that breaks off": {deleting, map[string]roundTripper{"DELETE": after(5*time.Second, broken), "GET": gone,
			"query": query}, "DELETE GET query GET query", 5 * time.Second},
		"delete without an answer": {deleting, map[string]roundTripper{"DELETE": after(never, broken), "GET": gone,
			"query": query}, "DELETE GET query GET query", 60 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				took, sent, err := stopped(t, test.answers, test.write)
				if err != nil || sent != test.sent || took != test.took {
					t.Errorf("after %s (want %s) and %q: %v", took, test.took, sent, err)
				}
			})
		})
	}
}

// An update is not sent again after a stop. What DemandFlow has comes with the error.
func TestStop_ofAnUpdateWithoutAnAnswerTellsWhatDemandFlowHas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		took, sent, err := stopped(t, map[string]roundTripper{
			"PATCH": after(5*time.Second, broken),
			"GET":   after(0, answering(200, registry("new", time.Now(), "name", `"other"`))),
		}, func(ctx context.Context, c *Client) error {
			got, err := c.Update(ctx, "DOCKERREGISTRY", "new", Object{"name": "harbor"})
			if !got.Sent || got.Text("name") != "other" {
				t.Errorf("got %+v", got)
			}
			return err
		})
		if sent != "PATCH GET" || took != 5*time.Second {
			t.Errorf("after %s and %q", took, sent)
		}
		wantText(t, err, "unexpected EOF", "Check the endpoint")
	})
}

// What is not sent yet, and what was certainly refused, has nothing to wait for.
func TestStop_endsAtOnceWhatIsNotUnderWay(t *testing.T) {
	t.Parallel()
	refused := after(0, func() (*http.Response, error) { return response(429, "", "Retry-After", "60"), nil })
	unconnected := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, context.Cause(r.Context())
	}
	for name, answer := range map[string]roundTripper{"waiting to retry after a 429": refused,
		"waiting for a connection": unconnected} {
		for method, write := range map[string]func(context.Context, *Client) error{"POST": creating, "PATCH": updating,
			"DELETE": deleting} {
			t.Run(name+", "+method, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					took, sent, err := stopped(t, map[string]roundTripper{method: answer}, write)
					if _, ambiguous := errors.AsType[*AmbiguousError](err); took != time.Second || sent != method ||
						!errors.Is(err, context.Canceled) || ambiguous {
						t.Errorf("after %s and %q: %v", took, sent, err)
					}
				})
			})
		}
	}
}

func TestStop_endsAtOnceWhatWaitsForAPlace(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(context.Context, *Client) error{"create": creating, "update": updating,
		"delete": deleting} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var seen []string
				client := newClient(t, "http://demandflow.test", func(c *Config) { c.MaxConcurrent = 1 }).answeredBy(byMethod(&seen,
					map[string]roundTripper{
						"GET": after(30*time.Second, answering(200, `{"id":"1"}`)),
					}))
				var first sync.WaitGroup
				first.Go(func() { _, _ = client.Get(t.Context(), "X", "1") })
				defer first.Wait()
				synctest.Wait()
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				began := time.Now()
				err := write(ctx, client)
				if took := time.Since(began); took != time.Second || len(seen) != 1 || !errors.Is(err, context.Canceled) {
					t.Errorf("after %s and %q: %v", took, seen, err)
				}
			})
		})
	}
}

// A stop during the look-up leaves it one more request_timeout.
func TestStop_boundsTheLookUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		took, _, err := stopped(t, map[string]roundTripper{"POST": after(0, answering(500, "")),
			"query": after(never, broken)}, creating)
		failure, ok := errors.AsType[*Error](err)
		if !ok || failure.Status != 500 || took != time.Second+DefaultRequestTimeout {
			t.Errorf("after %s: %v", took, err)
		}
		wantText(t, err, "may or may not exist", "the search failed", "deadline exceeded")
	})
}

func TestCreate_thatRunsIntoItsDeadlineIsStillLookedUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		var seen []string
		got, err := newClient(t, "http://demandflow.test").answeredBy(byMethod(&seen, map[string]roundTripper{
			"POST": after(never, broken), "query": after(0, answering(200, registry("new", time.Now()))),
		})).Create(ctx, newRegistry())
		if err != nil || got.ID() != "new" || strings.Join(seen, " ") != "POST query" {
			t.Errorf("got %v, %v after %q", got, err, seen)
		}
	})
}
