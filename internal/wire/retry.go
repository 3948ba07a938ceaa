package wire

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// A Retry sends one request until it has an answer, or another attempt makes no sense. It does not wait beyond the
// deadline of the request's context: the last answer says more than "deadline exceeded", and comes sooner.
type Retry struct {
	Client           *http.Client
	Max              int           // further attempts after the first
	WaitMin, WaitMax time.Duration // bounds of the first random wait, which doubles, and of the last
	MaxRetryAfter    time.Duration // the longest wait that a Retry-After may ask for

	// Receive reads the body of an answer, and may replace it: a connection that breaks off in the body can still be
	// retried. nil: the body is left to the caller.
	Receive func(*http.Response) error
	// Worth reports whether an attempt is to be repeated that ended with an answer, or an error, or both; nil:
	// WorthRetrying.
	Worth func(*http.Response, error) bool
	// MayBeDone reports whether the other side may have carried out a request that it answered with a status below 500
	// other than success; nil: it has not.
	MayBeDone func(*http.Response) bool
	// Limited is called for each 429 that is waited for; it may be nil.
	Limited func(wait time.Duration)
	// Ended is called after each attempt; it may be nil.
	Ended func(*Attempts, *http.Response, error)

	sent    atomic.Bool // the attempt under way has a connection
	started time.Time
}

// Attempts are what a Retry has done so far.
type Attempts struct {
	Count    int
	Sent     bool // one of them had a connection, so that the other side may have the request
	LastSent bool // the last one had, and there is none after it
	Lost     int  // those that the other side may have carried out, and that got no usable answer
	Duration time.Duration
	Again    bool // there will be another one
	Wait     time.Duration
}

// Do sends a request. Its error is that of the last attempt, where that has no answer.
func (r *Retry) Do(request *retryablehttp.Request) (*http.Response, Attempts, error) {
	var attempts Attempts
	traced := request.WithContext(httptrace.WithClientTrace(request.Context(),
		&httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { r.sent.Store(true) }}))
	// One retrying client per request: what it decides depends on the request, and it costs nothing beside the
	// connections, which all share.
	library := retryablehttp.Client{
		HTTPClient: r.Client, RetryMax: r.Max, ErrorHandler: retryablehttp.PassthroughErrorHandler,
		CheckRetry: func(ctx context.Context, response *http.Response, err error) (bool, error) {
			r.ended(ctx, &attempts, response, err)
			return attempts.Again, nil
		},
		Backoff:        func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return attempts.Wait },
		RequestLogHook: func(retryablehttp.Logger, *http.Request, int) { r.started = time.Now(); r.sent.Store(false) },
	}
	response, err := library.Do(traced)
	return response, attempts, err
}

// ended takes the result of an attempt, and decides whether there is to be another one.
func (r *Retry) ended(ctx context.Context, a *Attempts, response *http.Response, err error) {
	if err == nil && r.Receive != nil {
		err = r.Receive(response)
	}
	worth := r.Worth
	if worth == nil {
		worth = WorthRetrying
	}
	a.Count++
	a.Duration = time.Since(r.started)
	sent := r.sent.Load()
	a.Sent = a.Sent || sent || response != nil
	switch {
	case response == nil && sent, response != nil && response.StatusCode >= http.StatusInternalServerError,
		response != nil && response.StatusCode >= 300 && r.MayBeDone != nil && r.MayBeDone(response):
		a.Lost++
	}
	a.Wait = 0
	a.Again = ctx.Err() == nil && a.Count <= r.Max && worth(response, err)
	limited := response != nil && response.StatusCode == http.StatusTooManyRequests
	if a.Again || limited {
		wait, bearable := r.backoff(a.Count, response)
		a.Wait, a.Again = wait, a.Again && bearable
		if limited && bearable && r.Limited != nil {
			r.Limited(wait)
		}
	}
	if deadline, ok := ctx.Deadline(); ok && time.Now().Add(a.Wait).After(deadline) {
		a.Again = false
	}
	a.LastSent = sent && !a.Again
	if r.Ended != nil {
		r.Ended(a, response, err)
	}
}

// backoff returns how long to wait for the next attempt: as long as the answer asks for, else a random part ("full
// jitter") of a bound that doubles, so that a hundred clients that failed together do not come back together. A time
// that is past already asks for nothing: clocks differ, and dates have whole seconds. But a server that names one
// limits its clients, so that the wait is at least the bound. It returns false where the answer asks for too much.
func (r *Retry) backoff(count int, response *http.Response) (time.Duration, bool) {
	bound := r.WaitMin
	for i := 1; i < count && bound < r.WaitMax; i++ {
		bound *= 2
	}
	bound = min(bound, r.WaitMax)
	jitter := rand.N(bound)
	if response != nil {
		switch wait, ok := retryAfter(response.Header); {
		case ok && wait > 0:
			return wait, wait <= r.MaxRetryAfter
		case ok:
			return min(bound+jitter, r.WaitMax), true
		}
	}
	return jitter, true
}

// retryAfter reads the header in both its forms. A date is taken against the answer's own Date, so that a clock that is
// wrong here does not turn seconds into hours.
func retryAfter(header http.Header) (time.Duration, bool) {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, at.Sub(now)), true
}

// IsTransient reports whether a status means "not now": the rate limit, and what proxies answer while a server
// restarts. 500 is not among them: it may be the request's fault, and come again each time.
func IsTransient(status int) bool {
	return slices.Contains([]int{
		http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}, status)
}

// MayPass reports whether a request that ended with an error may succeed when it is sent again. It may not where a
// certificate, the address or a header is at fault, or where the answer is too large.
func MayPass(err error) bool { return WorthRetrying(nil, err) }

// WorthRetrying reports whether a request without side effects may succeed when it is sent again: after an error that
// MayPass, a 429, and a status from 500 on other than 501.
func WorthRetrying(response *http.Response, err error) bool {
	again, _ := retryablehttp.DefaultRetryPolicy(context.Background(), response, err)
	return again && !Is[*TooLargeError](err)
}

// NotSent reports whether an error means that there was no connection to send anything over: refused, unreachable,
// unknown host.
func NotSent(err error) bool {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && (failed.Op == "dial" || failed.Op == "proxyconnect")
}
