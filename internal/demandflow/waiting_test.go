package demandflow

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// waits returns how long a client stands still between two attempts, by a fake clock.
func waits(t *testing.T, change func(*Config), header func() []string) (pauses []time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		var last time.Time
		_, err := newClient(t, "http://demandflow.test", change).answeredBy(func(*http.Request) (*http.Response, error) {
			if !last.IsZero() {
				pauses = append(pauses, time.Since(last))
			}
			last = time.Now()
			return response(503, "", header()...), nil
		}).Get(t.Context(), "X", "1")
		wantText(t, err, "503")
	})
	return pauses
}

func TestRetryAfter_isObeyedInBothForms(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header func() []string
		want   time.Duration
	}{
		"seconds": {func() []string { return []string{"Retry-After", "7"} }, 7 * time.Second},
		"date": {func() []string {
			return []string{"Retry-After", time.Now().UTC().Add(90 * time.Second).Format(http.TimeFormat)}
		}, 90 * time.Second},
		"date of a clock that is an hour ahead": {func() []string {
			ahead := time.Now().UTC().Add(time.Hour)
			return []string{"Date", ahead.Format(http.TimeFormat), "Retry-After",
				ahead.Add(3 * time.Second).Format(http.TimeFormat)}
		}, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := waits(t, func(*Config) {}, test.header)
			if len(got) != 2 || got[0] != test.want || got[1] != test.want {
				t.Errorf("waited %s, want twice %s", got, test.want)
			}
		})
	}
}

// Clocks differ, and dates have whole seconds: a server that names a time which is past is waited for like any other.
func TestRetryAfter_thatIsPastBacksOff(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]func() []string{
		"date": func() []string {
			return []string{"Retry-After", time.Now().UTC().Add(-time.Hour).Format(http.TimeFormat)}
		},
		"seconds": func() []string { return []string{"Retry-After", "0"} },
	} {
		got := waits(t, func(c *Config) { c.RetryWaitMin, c.RetryWaitMax = time.Second, time.Minute }, header)
		if len(got) != 2 || got[0] < time.Second || got[0] > 2*time.Second || got[1] < 2*time.Second ||
			got[1] > 4*time.Second {
			t.Errorf("%s: waited %s, want one to two seconds, and then two to four", name, got)
		}
	}
}

func TestRetryAfter_beyondAllPatienceGivesUp(t *testing.T) {
	t.Parallel()
	if got := waits(t, func(*Config) {}, func() []string { return []string{"Retry-After", "86400"} }); got != nil {
		t.Errorf("waited %s", got)
	}
}

func TestBackoff_staysBelowABoundThatDoubles(t *testing.T) {
	t.Parallel()
	none := func() []string { return nil }
	var total time.Duration
	for range 20 {
		bounds := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second}
		got := waits(t, func(c *Config) { c.MaxRetries, c.RetryWaitMin, c.RetryWaitMax = 5, time.Second, 5*time.Second },
			none)
		for i, bound := range bounds {
			if got[i] > bound {
				t.Errorf("wait %d is %s, want at most %s", i+1, got[i], bound)
			}
			total += got[i]
		}
	}
	if total < 60*time.Second { // 170 s on the average; less than 60 s comes up once in ages
		t.Errorf("100 waits took %s: no back-off", total)
	}
}

func TestRetry_neverWaitsPastTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		began := time.Now()
		_, err := newClient(t, "http://demandflow.test").answeredBy(func(*http.Request) (*http.Response, error) {
			return response(429, `{"error":"slow_down"}`, "Retry-After", "15"), nil
		}).Get(ctx, "X", "1")
		failure, ok := errors.AsType[*Error](err)
		if !ok || failure.Code != "slow_down" || failure.Attempts != 2 {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took != 15*time.Second {
			t.Errorf("gave up after %s, want at once after the second answer, at 15s", took)
		}
	})
}

func TestCancel_returnsAtOnce(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]roundTripper{
		"while waiting to retry": func(*http.Request) (*http.Response, error) {
			return response(503, "", "Retry-After", "60"),
				nil
		},
		"while waiting for the answer": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, context.Cause(r.Context())
		},
		"while reading": func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(stalled{r.Context()})}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				for _, call := range []func(context.Context, *Client) error{
					func(ctx context.Context, c *Client) error { _, err := c.Get(ctx, "X", "1"); return err },
					func(ctx context.Context, c *Client) error { _, err := collect(c.List(ctx, "X")); return err },
				} {
					ctx, cancel := context.WithCancelCause(t.Context())
					time.AfterFunc(time.Second, func() { cancel(errors.New("some cause")) })
					err := call(ctx, newClient(t, "http://demandflow.test").answeredBy(answer))
					if !errors.Is(err, context.Canceled) {
						t.Errorf("got %v", err)
					}
				}
				if took := time.Since(began); took != 2*time.Second {
					t.Errorf("returned after %s, want 2s", took)
				}
			})
		})
	}
}

// stalled is a body of which nothing comes.
type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func TestSilence_endsARequestAndIsRetried(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]roundTripper{
		"no header": func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() },
		"no body": func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(stalled{r.Context()})}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				_, err := newClient(t, "http://demandflow.test",
					func(c *Config) { c.RequestTimeout = 10 * time.Second }).answeredBy(answer).Get(t.Context(), "X", "1")
				wantText(t, err, "sent nothing for 10s", "3 attempts", "request_timeout")
				if took := time.Since(began); took != 30*time.Second {
					t.Errorf("took %s, want 30s", took)
				}
				if timeout, ok := errors.AsType[interface {
					error
					Timeout() bool
				}](err); !ok || !timeout.Timeout() {
					t.Error("the error is no timeout")
				}
			})
		})
	}
}

// drip sends one byte at a time, with a pause before each.
type drip struct {
	text  io.Reader
	pause time.Duration
}

func (d drip) Read(p []byte) (int, error) {
	<-time.After(d.pause)
	return d.text.Read(p[:1])
}

func TestSilence_startsAnewWithEachByte(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		list := `[` + strings.Repeat(`{"id":"1"},`, 20) + `{"id":"2"}]`
		client := newClient(t, "http://demandflow.test").answeredBy(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK,
				Body: io.NopCloser(drip{strings.NewReader(list), 59 * time.Second})}, nil
		})
		n := 0
		for _, err := range client.List(t.Context(), "X") {
			if err != nil {
				t.Fatal(err)
			}
			<-time.After(time.Hour) // the reader's own time does not count
			n++
		}
		if n != 21 {
			t.Errorf("%d items", n)
		}
	})
}
