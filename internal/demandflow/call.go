package demandflow

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A retryPolicy decides what may be sent again.
type retryPolicy int

const (
	// retryAlways: doing it twice does no more than doing it once. GET, PATCH, DELETE and the query.
	retryAlways retryPolicy = iota
	// retryUnlessDone: only what certainly did nothing is sent again. The POST that creates: a second object would be
	// an unwanted twin.
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

	// of a list
	onHeader   func(http.Header) // called before the first item; may be nil
	decodeItem decodeItem        // nil: wholeItem
}

// writes reports whether the call changes something. The query, a POST too, is the one whose answer is a list.
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

// do sends the call until it has an answer, or another attempt makes no sense. The error is an *Error for every answer
// but a success. The answer has how far things went, with an error too.
func (c *Client) do(ctx context.Context, request call) (answer, error) {
	client := c.http
	if request.writes() {
		c.naturalKeys.writing()
		defer c.sharing.writing()()
		client = c.writer
	}
	var body any // a nil []byte in it would be sent as an empty body
	if request.body != nil {
		body = request.body
	}
	prepared, err := retryablehttp.NewRequestWithContext(ctx, request.method, request.url.String(), body)
	if err != nil {
		return answer{}, c.unreachable(contextError(ctx), request, 0, err)
	}
	prepared.Header.Set("Authorization", "Bearer "+c.config.Token)
	prepared.Header.Set("Accept", "application/json, application/x-ndjson")
	prepared.Header.Set("User-Agent", c.config.UserAgent)
	if body != nil {
		prepared.Header.Set("Content-Type", "application/json")
	}
	var read received
	retry := wire.Retry{
		Client: client, Max: c.config.MaxRetries,
		WaitMin: c.config.RetryWaitMin, WaitMax: c.config.RetryWaitMax, MaxRetryAfter: maxRetryAfter,
		Receive: func(response *http.Response) error {
			read = receive(response, request.stream)
			return read.err
		},
		Worth:     request.worthRetrying,
		MayBeDone: func(response *http.Response) bool { return request.mayBeDone(response.StatusCode, read.body) },
		Limited: func(wait time.Duration) { // said once, not by each that waits
			if c.limiter.Pause(wait) {
				c.log(ctx, "DemandFlow limits requests, all of them wait",
					map[string]any{"wait": wait.Round(time.Millisecond).String()})
			}
		},
		Ended: func(attempts *wire.Attempts, response *http.Response, err error) {
			c.logAttempt(ctx, request, attempts, response, err)
		},
	}
	response, attempts, err := retry.Do(prepared)
	result := answer{attempts: attempts.Count, sent: attempts.Sent, lost: attempts.Lost}
	if err != nil {
		return result, c.unreachable(request.ended(ctx, attempts, err), request, attempts.Count, err)
	}
	result.status, result.header, result.body = response.StatusCode, response.Header, read.body
	c.observeDate(response.Header)
	_, tooLarge := errors.AsType[*wire.TooLargeError](read.err)
	switch {
	case !result.success():
		return result, c.failure(request, result)
	case tooLarge:
		return result, c.unusable(request, result, read.err)
	case read.err != nil:
		response.Body.Close()
		return result, c.unreachable(request.ended(ctx, attempts, read.err), request, attempts.Count, read.err)
	}
	c.accepted.Store(true)
	result.stream = response.Body
	return result, nil
}

// ended returns the context's error where the caller's end is why there is no answer. A write that was sent outlives
// its caller's cancellation, so that only its deadline ends it.
func (r call) ended(ctx context.Context, attempts wire.Attempts, err error) error {
	switch {
	case !r.writes() || !attempts.LastSent:
		return contextError(ctx)
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	}
	return nil
}

// received is what was read of an answer's body, and why no more.
type received struct {
	body []byte
	err  error
}

// receive reads the body of an answer. A list is only begun: nothing of it was handed out yet.
func receive(response *http.Response, stream bool) (read received) {
	if stream && response.StatusCode >= 200 && response.StatusCode < 300 {
		buffered := bufio.NewReader(response.Body)
		if _, err := buffered.Peek(1); err != nil && err != io.EOF {
			read.err = err
		}
		response.Body = struct {
			io.Reader
			io.Closer
		}{buffered, response.Body}
		return read
	}
	read.body, read.err = wire.ReadAll(response.Body, maxAnswer)
	response.Body = http.NoBody
	return read
}

// mayBeDone reports whether DemandFlow may have carried out a request whose answer has a status below 500 other than
// success. What DemandFlow itself refuses it has not. A page, a text, or JSON without an
// "error" is a proxy's, which may look at answers, too. That
// counts for a create, which leaves an object that the state does not have.
func (r call) mayBeDone(status int, body []byte) bool {
	if r.policy != retryUnlessDone || status >= http.StatusInternalServerError {
		return false
	}
	code, _ := wire.Reason(body)
	return status == http.StatusSeeOther || // it was, and what came of it is elsewhere
		status >= http.StatusBadRequest && status != http.StatusTooManyRequests && code == ""
}

// worthRetrying reports whether an attempt may be repeated that ended with an answer, an error or both.
func (r call) worthRetrying(response *http.Response, err error) bool {
	if response != nil && response.StatusCode >= 300 {
		err = nil // its status says what it is, even if the rest of its body is missing
	}
	_, tooLarge := errors.AsType[*wire.TooLargeError](err)
	switch {
	case tooLarge:
		return false
	case err != nil && response != nil && r.writes():
		return false // it was done; what it left can be read
	case err != nil && r.policy == retryUnlessDone:
		return wire.NotSent(err)
	case err != nil:
		return wire.MayPass(err)
	case r.policy == retryUnlessDone:
		return response.StatusCode == http.StatusTooManyRequests
	}
	return wire.IsTransient(response.StatusCode)
}

func (c *Client) logAttempt(ctx context.Context, request call, attempts *wire.Attempts, response *http.Response,
	err error) {
	fields := map[string]any{
		"method": request.method, "path": request.url.EscapedPath(), "attempt": attempts.Count,
		"duration": attempts.Duration.Round(time.Millisecond).String(),
	}
	if request.names != nil {
		fields["request_fields"] = request.names
	}
	message := "DemandFlow answered"
	if response != nil {
		fields["status"] = response.StatusCode
	}
	if err != nil {
		message = "DemandFlow gave no answer"
		fields["error"] = c.reason(err, request.secrets)
	}
	if attempts.Again {
		message += ", trying again"
		fields["wait"] = attempts.Wait.Round(time.Millisecond).String()
	}
	c.log(ctx, message, fields)
}
