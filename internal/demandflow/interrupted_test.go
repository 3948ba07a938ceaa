package demandflow

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// hanging answers no POST before its context ends, and every query at once. The clock is fake.
func hanging(queries *int) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/v1/query" {
			*queries++
			return response(200, registry("new", time.Now())), nil
		}
		httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
		<-r.Context().Done()
		return nil, context.Cause(r.Context())
	}
}

func TestCreate_thatRunsIntoItsDeadlineIsStillLookedUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		queries := 0
		got, err := newClient(t, "http://demandflow.test").answeredBy(hanging(&queries)).Create(ctx, newRegistry())
		if err != nil || got.ID() != "new" || queries != 1 {
			t.Errorf("got %v, %v after %d queries", got, err, queries)
		}
	})
}

func TestCreate_theLookUpAfterADeadlineIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		began := time.Now()
		client := newClient(t, "http://demandflow.test", func(c *Config) { c.MaxRetries, c.RequestTimeout = 99, 30*time.Second })
		_, err := client.answeredBy(func(r *http.Request) (*http.Response, error) {
			httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
			<-r.Context().Done()
			return nil, context.Cause(r.Context())
		}).Create(ctx, newRegistry())
		wantText(t, err, "may or may not exist", "the search failed")
		if took := time.Since(began); took != 50*time.Second || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("took %s, want 20s and 30s more: %v", took, err)
		}
	})
}

func TestCreate_thatIsCancelledReturnsAtOnceAndSaysWhatToLookFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		began, queries := time.Now(), 0
		time.AfterFunc(time.Second, cancel)
		_, err := newClient(t, "http://demandflow.test").answeredBy(hanging(&queries)).Create(ctx, newRegistry())
		if !errors.Is(err, context.Canceled) || queries != 0 || time.Since(began) != time.Second {
			t.Errorf("after %s and %d queries: %v", time.Since(began), queries, err)
		}
		wantText(t, err, "The new docker registry harbor may or may not exist", `It was not looked for (name = "harbor"), because the run was interrupted.`)
		if strings.Count(err.Error(), "context canceled") != 1 {
			t.Errorf("it says more or less than once that it was cancelled: %s", err)
		}
	})
}

func TestCreate_thatIsCancelledDuringTheLookUpReturnsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		time.AfterFunc(time.Second, cancel)
		_, err := newClient(t, "http://demandflow.test").answeredBy(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/v1/objects" {
				httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
				return response(500, ""), nil
			}
			<-r.Context().Done()
			return nil, context.Cause(r.Context())
		}).Create(ctx, newRegistry())
		failure, ok := errors.AsType[*Error](err)
		if !errors.Is(err, context.Canceled) || !ok || failure.Status != 500 || time.Since(began) != time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		wantText(t, err, "500", `The search for name = "harbor" was broken off, because the run was interrupted.`)
	})
}

func TestCreate_beforeAnythingWasSentIsNotAmbiguous(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	server := serve(t, text(201, `{"id":"1"}`))
	_, err := newClient(t, server.URL).Create(ctx, newRegistry())
	if _, ambiguous := errors.AsType[*AmbiguousError](err); ambiguous || !errors.Is(err, context.Canceled) || len(server.asked()) != 0 {
		t.Errorf("got %v after %d requests", err, len(server.asked()))
	}
}
