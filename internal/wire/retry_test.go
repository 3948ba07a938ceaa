package wire_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// Without functions of its client, a Retry repeats what may pass, and leaves the body alone.
func TestRetry_repeatsWhatMayPass(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{500: 2, 503: 2, 429: 2, 501: 1, 404: 1} {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if asked++; asked == 1 {
				w.WriteHeader(status)
			}
			_, _ = io.WriteString(w, "body")
		}))
		t.Cleanup(server.Close)
		request, err := retryablehttp.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		retry := wire.Retry{Client: server.Client(), Max: 2, WaitMin: time.Microsecond, WaitMax: time.Millisecond}
		response, attempts, err := retry.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := wire.ReadAll(response.Body, 4); err != nil || string(body) != "body" {
			t.Errorf("the body after %d is %q, %v", status, body, err)
		}
		if asked != want || attempts.Count != want || !attempts.Sent {
			t.Errorf("after %d it was asked %d times, want %d: %+v", status, asked, want, attempts)
		}
	}
	if wire.WorthRetrying(nil, &wire.TooLargeError{}) || !wire.MayPass(errors.New("connection reset")) {
		t.Error("a body that is too large is no smaller the next time, and a lost connection may come back")
	}
}

// The context of an answer's request is the caller's: it tells an end of the caller from an idle time-out.
func TestIdleTimeout_leavesTheRequestsContextAlone(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "1")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done() // the client hangs up
	}))
	t.Cleanup(server.Close)
	client := &http.Client{Transport: &wire.IdleTimeout{Base: server.Client().Transport, Limit: 500 * time.Millisecond}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := wire.ReadAll(response.Body, 10)
	if string(body) != "1" || !wire.Is[*wire.IdleTimeoutError](err) || response.Request.Context().Err() != nil {
		t.Errorf("%q, %v, and the context %v", body, err, response.Request.Context().Err())
	}
}

// A server that names a time which is past limits its clients all the same: four attempts at once would be in vain.
func TestRetry_backsOffWhereTheTimeIsPast(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]func(time.Time) string{
		"a date":      func(now time.Time) string { return now.Add(-time.Minute).UTC().Format(http.TimeFormat) },
		"this second": func(now time.Time) string { return now.UTC().Format(http.TimeFormat) },
		"no second":   func(time.Time) string { return "0" },
	} {
		synctest.Test(t, func(t *testing.T) {
			client := &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusTooManyRequests, Body: http.NoBody,
					Header: http.Header{"Retry-After": {header(time.Now())}}}, nil
			})}
			request, err := retryablehttp.NewRequestWithContext(t.Context(), http.MethodGet, named, nil)
			if err != nil {
				t.Fatal(err)
			}
			var waits []time.Duration
			retry := wire.Retry{Client: client, Max: 3, WaitMin: time.Second, WaitMax: time.Minute,
				MaxRetryAfter: time.Minute, Limited: func(wait time.Duration) { waits = append(waits, wait) }}
			if _, _, err := retry.Do(request); err != nil {
				t.Fatal(err)
			}
			for i, bound := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
				if len(waits) < 3 || waits[i] < bound || waits[i] > 2*bound {
					t.Fatalf("%s: waits %s", name, waits)
				}
			}
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }
