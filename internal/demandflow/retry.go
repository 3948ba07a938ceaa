package demandflow

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A retryPolicy says what may be sent again.
type retryPolicy int

const (
	// retryAlways: doing it twice does no more than doing it once. GET, PATCH, DELETE and the query.
	retryAlways retryPolicy = iota
	// retryUnlessDone: only what certainly did nothing is sent again. The POST that creates: a second object would be
	// a twin that nobody asked for.
	retryUnlessDone
)

// A call is one request before it is sent, perhaps several times.
type call struct {
	method  string
	url     *url.URL
	body    []byte          // JSON; nil for none
	names   []string        // of the body's fields, for the log
	secrets *wire.Redaction // finds the body's secrets in what the other side says; nil for none
	policy  retryPolicy
	stream  bool // the answer is a list, read while it arrives
}

// writes says whether the call changes something. The query, a POST too, is the one whose answer is a list.
func (r call) writes() bool { return r.method != http.MethodGet && !r.stream }

func jsonCall(method string, target *url.URL, body any, names []string) (call, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return call{}, fmt.Errorf("cannot write the body of %s %s: %w", method, target.EscapedPath(), err)
	}
	return call{method: method, url: target, body: encoded, names: names}, nil
}

// An answer is what came back, as far as anything did.
type answer struct {
	status   int // 0: nothing came
	header   http.Header
	body     []byte        // of everything but a list
	stream   io.ReadCloser // of a list; the caller closes it
	attempts int
	sent     bool // an attempt had a connection, so that DemandFlow has it
	lost     int  // attempts that DemandFlow may have carried out, and that got no usable answer
}

func (a answer) success() bool { return a.status >= 200 && a.status < 300 }

// mayHaveHappened reports whether a request that failed may nevertheless have done its work. A success counts: it is
// one whose body cannot be used. What DemandFlow refuses with 4xx did nothing.
func (a answer) mayHaveHappened() bool { return a.lost > 0 || a.success() }

var errTooLarge = fmt.Errorf("it is larger than %d MiB", maxAnswer>>20)

// do sends the call until it has an answer, or another attempt makes no sense. The error is an *Error for every answer
// but a success. The answer says how far things went, with an error too.
func (c *Client) do(ctx context.Context, request call) (answer, error) {
	if request.writes() {
		c.namesakes.writing()
		defer c.together.writing()()
	}
	run := &run{client: c, call: request}
	traced := httptrace.WithClientTrace(ctx,
		&httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { run.sent.Store(true) }})
	var body any // a nil []byte in it would be sent as an empty body
	if request.body != nil {
		body = request.body
	}
	prepared, err := retryablehttp.NewRequestWithContext(traced, request.method, request.url.String(), body)
	if err != nil {
		return answer{}, c.unreachable(ending(ctx), request, 0, err)
	}
	prepared.Header.Set("Authorization", "Bearer "+c.config.Token)
	prepared.Header.Set("Accept", "application/json, application/x-ndjson")
	prepared.Header.Set("User-Agent", c.config.UserAgent)
	if body != nil {
		prepared.Header.Set("Content-Type", "application/json")
	}

	// One retrying client per call: what it decides depends on the call, and it costs nothing beside the connections,
	// which all share.
	client := c.http
	if request.writes() {
		client = c.writer
	}
	library := retryablehttp.Client{
		HTTPClient:     client,
		RetryMax:       c.config.MaxRetries,
		CheckRetry:     run.check,
		Backoff:        func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return run.wait },
		ErrorHandler:   retryablehttp.PassthroughErrorHandler,
		RequestLogHook: func(retryablehttp.Logger, *http.Request, int) { run.started = time.Now() },
	}
	response, err := library.Do(prepared)
	result := answer{attempts: run.count, sent: run.everSent, lost: run.lost}
	if err != nil {
		return result, c.unreachable(run.ended(ctx, err), request, run.count, err)
	}
	result.status, result.header, result.body = response.StatusCode, response.Header, run.body
	c.learnDate(response.Header)
	switch {
	case !result.success():
		return result, c.failure(request, result)
	case errors.Is(run.bodyErr, errTooLarge):
		return result, c.unusable(request, result, run.bodyErr)
	case run.bodyErr != nil:
		response.Body.Close()
		return result, c.unreachable(run.ended(ctx, run.bodyErr), request, run.count, run.bodyErr)
	}
	c.accepted.Store(true)
	result.stream = response.Body
	return result, nil
}

// A run is the sequence of attempts at one call.
type run struct {
	client   *Client
	call     call
	count    int
	lost     int // of the attempts, those that may have been carried out and got no usable answer
	started  time.Time
	sent     atomic.Bool // the attempt under way has a connection
	everSent bool        // one of those that have ended had one
	body     []byte
	bodyErr  error
	wait     time.Duration
}

// ended returns why there is no answer, where that is the caller's doing: the context's error. A write that was sent
// has outlived its caller's cancellation, so that only its deadline ends it.
func (r *run) ended(ctx context.Context, err error) error {
	switch {
	case !r.call.writes() || !r.sent.Load():
		return ending(ctx)
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	}
	return nil
}

// mayHaveHappened reports whether DemandFlow may have carried out the attempt that has just ended without a usable
// answer. What DemandFlow itself refuses it has not. A refusal in other words is that of a proxy, which may look at
// answers, too; that counts for a create, which leaves an object that nobody knows of.
func (r *run) mayHaveHappened(response *http.Response) bool {
	if response == nil {
		return r.sent.Load()
	}
	status := response.StatusCode
	if status >= http.StatusInternalServerError || r.call.policy != retryUnlessDone {
		return status >= http.StatusInternalServerError
	}
	return status == http.StatusSeeOther || // it was, and what came of it is elsewhere
		status >= http.StatusBadRequest && status != http.StatusTooManyRequests && !ownError(r.body)
}

// check is called after each attempt and says whether there is to be another one.
func (r *run) check(ctx context.Context, response *http.Response, err error) (bool, error) {
	r.count++
	if err == nil {
		err = r.receive(response)
	}
	r.everSent = r.everSent || r.sent.Load() || response != nil
	if r.mayHaveHappened(response) {
		r.lost++
	}
	again := ctx.Err() == nil && r.count <= r.client.config.MaxRetries && r.retryable(ctx, response, err)
	limited := response != nil && response.StatusCode == http.StatusTooManyRequests
	if again || limited {
		wait, bearable := r.backoff(response)
		if r.wait, again = wait, again && bearable; limited && bearable {
			r.slowDown(ctx)
		}
	}
	if deadline, ok := ctx.Deadline(); ok && time.Now().Add(r.wait).After(deadline) {
		again = false // the last answer tells more than "deadline exceeded", and tells it now
	}
	if again {
		r.sent.Store(false)
	}
	r.log(ctx, response, err, again)
	return again, nil
}

// slowDown has all requests of the client wait, whether this one is sent again or not. It is said once, not by each
// that waits.
func (r *run) slowDown(ctx context.Context) {
	if r.client.gate.close(r.wait) {
		r.client.log(ctx, "DemandFlow limits requests, all of them wait",
			map[string]any{"wait": r.wait.Round(time.Millisecond).String()})
	}
}

// receive reads the body here, where a connection that breaks in the middle of it can still be retried. A list is only
// begun: nothing of it was handed out yet.
func (r *run) receive(response *http.Response) error {
	r.body, r.bodyErr = nil, nil
	original := response.Body
	if r.call.stream && response.StatusCode >= 200 && response.StatusCode < 300 {
		buffered := bufio.NewReader(original)
		if _, err := buffered.Peek(1); err != nil && err != io.EOF {
			r.bodyErr = err
		}
		response.Body = struct {
			io.Reader
			io.Closer
		}{buffered, original}
		return r.bodyErr
	}
	r.body, r.bodyErr = io.ReadAll(io.LimitReader(original, maxAnswer+1))
	original.Close()
	response.Body = io.NopCloser(bytes.NewReader(nil))
	if len(r.body) > maxAnswer {
		r.body, r.bodyErr = nil, errTooLarge
	}
	return r.bodyErr
}

func (r *run) retryable(ctx context.Context, response *http.Response, err error) bool {
	if response != nil && response.StatusCode >= 300 {
		err = nil // its status says what it is, even if the rest of its body is missing
	}
	switch {
	case errors.Is(err, errTooLarge):
		return false
	case err != nil && response != nil && r.call.writes():
		return false // it was done; what it left can be read
	case err != nil && r.call.policy == retryUnlessDone:
		return neverSent(err)
	case err != nil:
		// The library knows what no retry mends: certificates, malformed addresses and headers.
		again, _ := retryablehttp.DefaultRetryPolicy(ctx, nil, err)
		return again
	case r.call.policy == retryUnlessDone:
		return response.StatusCode == http.StatusTooManyRequests
	}
	return passes(response.StatusCode)
}

// neverSent says that there was no connection to send anything over: refused, unreachable, unknown host.
func neverSent(err error) bool {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && (failed.Op == "dial" || failed.Op == "proxyconnect")
}

func (r *run) log(ctx context.Context, response *http.Response, err error, again bool) {
	fields := map[string]any{
		"method": r.call.method, "path": r.call.url.EscapedPath(), "attempt": r.count,
		"duration": time.Since(r.started).Round(time.Millisecond).String(),
	}
	if r.call.names != nil {
		fields["request_fields"] = r.call.names
	}
	message := "DemandFlow answered"
	if response != nil {
		fields["status"] = response.StatusCode
	}
	if err != nil {
		message = "DemandFlow gave no answer"
		fields["error"] = r.client.reason(err, r.call.secrets)
	}
	if again {
		message += ", trying again"
		fields["wait"] = r.wait.Round(time.Millisecond).String()
	}
	r.client.log(ctx, message, fields)
}
