package demandflow

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// The deadline limits what is begun. An answer that comes a little later is taken.
func TestWrite_thatIsAnsweredALittleAfterItsDeadlineHasSucceeded(t *testing.T) {
	t.Parallel()
	there := registry("new", time.Now())
	for name, test := range map[string]struct {
		write  func(context.Context, *Client) error
		answer func() (*http.Response, error)
	}{"POST": {creating, answering(201, there)}, "PATCH": {updating, answering(200, there)},
		"DELETE": {deleting, answering(204, "")}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				var seen []string
				answers := map[string]roundTripper{name: after(20*time.Second+wire.WriteGrace-1, test.answer)}
				if err := test.write(ctx, newClient(t, "http://demandflow.test").answeredBy(byMethod(&seen,
					answers))); err != nil || len(seen) != 1 {
					t.Errorf("%v after %q", err, seen)
				}
			})
		})
	}
}

// DemandFlow goes on with a request that this client has given up, and has the object only then.
func TestCreate_isLookedForAgainWhileItMayStillBeMade(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began, looks := time.Now(), 0
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		var seen []string
		client := newClient(t, "http://demandflow.test", func(c *Config) { c.RetryWaitMin, c.RetryWaitMax = 0, 0 })
		got, err := client.answeredBy(byMethod(&seen, map[string]roundTripper{
			"POST": after(never, broken),
			"query": func(r *http.Request) (*http.Response, error) {
				connected(r)
				if looks++; looks <= looksAgain {
					return response(200, ""), nil
				}
				return response(200, registry("new", began)), nil
			},
		})).Create(ctx, newRegistry())
		if took := time.Since(began); err != nil || got.ID() != "new" ||
			took != 20*time.Second+wire.WriteGrace+3500*time.Millisecond {
			t.Errorf("after %s: %v, %v", took, got, err)
		}
	})
}

func TestCreate_theLookUpAfterADeadlineIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		began := time.Now()
		client := newClient(t, "http://demandflow.test", func(c *Config) {
			c.MaxRetries, c.RequestTimeout = 99,
				30*time.Second
		})
		_, err := client.answeredBy(after(never, broken)).Create(ctx, newRegistry())
		wantText(t, err, "may or may not exist", "the search failed")
		if took := time.Since(began); took != 20*time.Second+wire.WriteGrace+30*time.Second ||
			!errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("took %s: %v", took, err)
		}
	})
}

func TestCreate_beforeAnythingWasSentIsNotAmbiguous(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	server := serve(t, text(201, `{"id":"1"}`))
	_, err := newClient(t, server.URL).Create(ctx, newRegistry())
	if _, ambiguous := errors.AsType[*AmbiguousError](err); ambiguous || !errors.Is(err, context.Canceled) ||
		len(server.asked()) != 0 {
		t.Errorf("got %v after %d requests", err, len(server.asked()))
	}
}
