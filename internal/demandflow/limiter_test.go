package demandflow

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// limitedOnce answers the first request with 429 and every other one with an object; arrived hears of each.
func limitedOnce(arrived func(n int64), header ...string) roundTripper {
	var n atomic.Int64
	return func(*http.Request) (*http.Response, error) {
		count := n.Add(1)
		arrived(count)
		if count == 1 {
			return response(http.StatusTooManyRequests, "", header...), nil
		}
		return response(http.StatusOK, `{"id":"1","entity":"X"}`), nil
	}
}

func TestRateLimit_holdsEveryRequestAndIsLoggedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var mutex sync.Mutex
		var arrivals []time.Duration
		var logged []string
		client := newClient(t, "http://demandflow.test", func(c *Config) {
			c.Log = func(_ context.Context, message string, _ map[string]any) {
				mutex.Lock()
				defer mutex.Unlock()
				if strings.Contains(message, "limits requests") {
					logged = append(logged, message)
				}
			}
		}).answeredBy(limitedOnce(func(int64) {
			mutex.Lock()
			defer mutex.Unlock()
			arrivals = append(arrivals, time.Since(began))
		}, "Retry-After", "7"))
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				<-time.After(time.Duration(i) * time.Second) // the others come while the first one waits
				if _, err := client.Get(t.Context(), "X", "1"); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(arrivals) != 5 || arrivals[0] != 0 {
			t.Fatalf("requests arrived after %s, want one at once and four later", arrivals)
		}
		for _, arrival := range arrivals[1:] {
			if arrival != 7*time.Second {
				t.Errorf("a request arrived after %s, want after 7s", arrival)
			}
		}
		if len(logged) != 1 {
			t.Errorf("logged %q, want it once", logged)
		}
	})
}

// A request that is not sent again was limited all the same.
func TestRateLimit_holdsTheOthersWhereTheLimitedOneGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, "http://demandflow.test", func(c *Config) { c.MaxRetries = 0 }).
			answeredBy(limitedOnce(func(int64) {}, "Retry-After", "3"))
		_, err := client.Get(t.Context(), "X", "1")
		wantText(t, err, "429")
		began := time.Now()
		if _, err := client.Get(t.Context(), "X", "1"); err != nil || time.Since(began) != 3*time.Second {
			t.Errorf("the next request was answered after %s (%v), want after 3s", time.Since(began), err)
		}
	})
}

// No request waits for hours because of one answer; the request that was limited fails with the reason.
func TestRateLimit_beyondTheLimitHoldsNoRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, "http://demandflow.test").answeredBy(limitedOnce(func(int64) {}, "Retry-After", "86400"))
		_, err := client.Get(t.Context(), "X", "1")
		wantText(t, err, "429")
		began := time.Now()
		if _, err := client.Get(t.Context(), "X", "1"); err != nil || time.Since(began) != 0 {
			t.Errorf("the next request was answered after %s (%v), want at once", time.Since(began), err)
		}
	})
}

func TestRateLimit_lettingGoIsUpToTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, "http://demandflow.test", func(c *Config) { c.MaxRetries = 0 }).
			answeredBy(limitedOnce(func(int64) {}, "Retry-After", "60"))
		_, err := client.Get(t.Context(), "X", "1")
		wantText(t, err, "429")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if _, err := client.Get(ctx, "X", "1"); !errors.Is(err, context.DeadlineExceeded) ||
			time.Since(began) != time.Second {
			t.Errorf("a caller with a second was held for %s: %v", time.Since(began), err)
		}
	})
}

func TestConcurrency_isBoundedUntilAnswersAreRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var under, most atomic.Int64
		client := newClient(t, "http://demandflow.test", func(c *Config) { c.MaxConcurrent = 3 }).
			answeredBy(func(*http.Request) (*http.Response, error) {
				for n, before := under.Add(1), most.Load(); n > before && !most.CompareAndSwap(before, n); before = most.Load() {
				}
				<-time.After(time.Second)
				under.Add(-1)
				return response(http.StatusOK, `{"id":"1","entity":"X"}`), nil
			})
		var all sync.WaitGroup
		began := time.Now()
		for range 9 {
			all.Go(func() {
				if _, err := client.Get(t.Context(), "X", "1"); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if most.Load() != 3 || time.Since(began) != 3*time.Second {
			t.Errorf("%d requests at a time, all in %s; want 3 at a time in 3s", most.Load(), time.Since(began))
		}
	})
}

// A list holds its place to its end, and gives it back also where its reader stops early, it breaks off, or is refused.
func TestConcurrency_placesComeBackFromListsAndFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answers := []*http.Response{
			response(http.StatusOK, `[{"id":"1"},{"id":"2"}]`), response(http.StatusOK, `[{"id":"1"},`),
			response(http.StatusForbidden, `{}`), response(http.StatusFound, "", "Location", "/v1/entities/X/SUB"),
			response(http.StatusOK, `[]`), response(http.StatusOK, `[{"id":"1"}]`),
		}
		client := newClient(t, "http://demandflow.test", func(c *Config) { c.MaxConcurrent = 1 }).
			answeredBy(func(*http.Request) (*http.Response, error) {
				answer := answers[0]
				answers = answers[1:]
				return answer, nil
			})
		for len(answers) > 0 {
			for _, err := range client.List(t.Context(), "X") {
				if err == nil {
					break
				}
			}
		}
	})
}
