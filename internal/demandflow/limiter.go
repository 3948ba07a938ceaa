package demandflow

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A limiter stands before all requests of a client. It lets only so many be under way at a time, a request being under
// way until its answer was read; and after a 429 it lets nobody through for a while. A limit is the tenant's, not a
// request's: if only the one that was refused stood back, the others would run into the same limit one by one.
//
// Who reads a list must not send another request before its end: with one place there is no second.
type limiter struct {
	base   http.RoundTripper
	places *semaphore.Weighted

	mutex sync.Mutex
	until time.Time // nobody passes before
}

func newLimiter(places int, base http.RoundTripper) *limiter {
	return &limiter{base: base, places: semaphore.NewWeighted(int64(places))}
}

// RoundTrip waits for a place, which the answer's body holds until it is closed.
func (g *limiter) RoundTrip(request *http.Request) (*http.Response, error) {
	return g.pass(request, g.base)
}

// A writeLimiter is the limiter for requests that change something. The wait for a place ends when the caller is
// cancelled; what was sent is waited for all the same.
type writeLimiter struct{ *limiter }

// RoundTrip is the limiter's.
func (g writeLimiter) RoundTrip(request *http.Request) (*http.Response, error) {
	return g.pass(request, wire.WriteTransport{Base: g.base})
}

func (g *limiter) pass(request *http.Request, base http.RoundTripper) (*http.Response, error) {
	if err := g.enter(request.Context()); err != nil {
		if request.Body != nil {
			request.Body.Close()
		}
		return nil, err
	}
	leave := sync.OnceFunc(func() { g.places.Release(1) })
	held := false
	defer func() { // also after a panic: others wait for the place
		if !held {
			leave()
		}
	}()
	response, err := base.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body, held = &limitedBody{response.Body, leave}, true
	return response, nil
}

// enter takes a place when nobody is to wait. Who waits holds none, so that answers under way can be read to their end.
func (g *limiter) enter(ctx context.Context) error {
	for {
		for wait := g.pausedFor(); wait > 0; wait = g.pausedFor() {
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
				return ctx.Err()
			}
		}
		if err := g.places.Acquire(ctx, 1); err != nil {
			return err
		}
		if g.pausedFor() <= 0 {
			return nil
		}
		g.places.Release(1) // it was closed while this one waited for a place
	}
}

func (g *limiter) pausedFor() time.Duration {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return time.Until(g.until)
}

// close keeps everybody back for so long. It says whether the limiter was open.
func (g *limiter) close(wait time.Duration) bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	now := time.Now()
	open := !g.until.After(now)
	if until := now.Add(wait); until.After(g.until) {
		g.until = until
	}
	return open && wait > 0
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the pool.
func (g *limiter) CloseIdleConnections() {
	if pool, ok := g.base.(interface{ CloseIdleConnections() }); ok {
		pool.CloseIdleConnections()
	}
}

// A limitedBody gives its place back when it is closed.
type limitedBody struct {
	io.ReadCloser
	leave func()
}

func (b *limitedBody) Close() error {
	defer b.leave()
	return b.ReadCloser.Close()
}
