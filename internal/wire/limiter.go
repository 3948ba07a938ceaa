package wire

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// A Limiter is a transport with a limit on the requests at a time. Pause holds all of them for a while: a rate limit is
// the client's, not a request's. A request lasts until the body of its answer is closed, so that a caller that reads a
// stream must not send another request before its end: with a limit of one it would never be sent.
type Limiter struct {
	Base  http.RoundTripper
	slots chan struct{}

	mutex sync.Mutex
	until time.Time // nothing is sent before
}

// NewLimiter returns a limiter with a limit on the requests at a time.
func NewLimiter(limit int, base http.RoundTripper) *Limiter {
	return &Limiter{Base: base, slots: make(chan struct{}, limit)}
}

// RoundTrip waits until a request may be sent, and sends it.
func (l *Limiter) RoundTrip(request *http.Request) (*http.Response, error) {
	return l.send(request, l.Base)
}

// Writes returns the limiter for requests that change something. The wait for a slot ends when the caller is cancelled;
// a request that was sent is waited for all the same.
func (l *Limiter) Writes() http.RoundTripper { return writeLimiter{l} }

type writeLimiter struct{ *Limiter }

func (l writeLimiter) RoundTrip(request *http.Request) (*http.Response, error) {
	return l.send(request, WriteTransport{Base: l.Base})
}

func (l *Limiter) send(request *http.Request, base http.RoundTripper) (*http.Response, error) {
	if err := l.acquire(request.Context()); err != nil {
		if request.Body != nil {
			request.Body.Close()
		}
		return nil, err
	}
	release := sync.OnceFunc(func() { <-l.slots })
	held := false
	defer func() { // also after a panic: others wait for the slot
		if !held {
			release()
		}
	}()
	response, err := base.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body, held = &limitedBody{response.Body, release}, true
	return response, nil
}

// acquire takes a slot when there is no pause. It holds none during one, so that answers under way can be read to their
// end.
func (l *Limiter) acquire(ctx context.Context) error {
	for {
		for wait := l.pausedFor(); wait > 0; wait = l.pausedFor() {
			if err := Wait(ctx, wait); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		if l.pausedFor() <= 0 {
			return nil
		}
		<-l.slots // a pause began while this one waited for a slot
	}
}

func (l *Limiter) pausedFor() time.Duration {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return time.Until(l.until)
}

// Pause holds all requests for a time, and reports whether there was no pause before.
func (l *Limiter) Pause(wait time.Duration) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	now := time.Now()
	free := !l.until.After(now)
	if until := now.Add(wait); until.After(l.until) {
		l.until = until
	}
	return free && wait > 0
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the pool.
func (l *Limiter) CloseIdleConnections() { closeIdleConnections(l.Base) }

// A limitedBody releases its slot when it is closed.
type limitedBody struct {
	io.ReadCloser
	release func()
}

func (b *limitedBody) Close() error {
	defer b.release()
	return b.ReadCloser.Close()
}

// Wait waits, unless the context ends before.
func Wait(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
