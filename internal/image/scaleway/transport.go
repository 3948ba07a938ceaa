package scaleway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-cleanhttp"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const (
	maxRetries = 4
	// What Scaleway asks to wait is done, up to here: beyond, somebody who looks at a terminal wants to know.
	longestWait = 2 * time.Minute
	// A page of a hundred images is some 40 kB, more only by their tags' names.
	largestAnswer = 16 << 20
	// How long one attempt may take in all. Answers are short.
	attemptTimeout = time.Minute
)

var (
	errTooLarge = fmt.Errorf("the answer is larger than %d MiB", largestAnswer>>20)
	errNotJSON  = errors.New("the answer is no JSON object, as all of Scaleway's are")
	errNoCount  = errors.New("the answer is a list without a total_count, as no list of Scaleway's is")
)

// An httpClient sends the SDK's requests, with retries. All of them (GET, PATCH with a whole value, DELETE) do no more
// when they are done twice, so all are sent again after a failure that may pass.
type httpClient struct {
	client *http.Client
	wait   time.Duration
}

func newHTTPClient(api *url.URL, secrets *wire.Secrets, wait time.Duration, insecure bool) *httpClient {
	pooled := cleanhttp.DefaultPooledTransport()
	pooled.TLSClientConfig, _ = wire.TLS{Insecure: insecure}.Config() // without PEM texts there is no error
	return &httpClient{wait: wait, client: &http.Client{
		Transport: transport{&wire.Transport{Base: pooled, Named: []wire.Origin{wire.OriginOf(api)}, Secrets: secrets}},
		Timeout:   attemptTimeout, CheckRedirect: wire.ReturnRedirects, // the API redirects nobody
	}}
}

// A transport waits for writes that were sent, also when Terraform is told to stop.
type transport struct{ http.RoundTripper }

// RoundTrip sends a request.
func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodGet {
		return t.RoundTripper.RoundTrip(request)
	}
	return wire.WriteTransport{Base: t.RoundTripper}.RoundTrip(request)
}

// An exchange is what the SDK's errors do not tell of a call.
type exchange struct {
	status   int  // of the last answer; 0 where there was none
	json     bool // it is JSON, so not a proxy's page
	attempts int
	answered bool        // the last attempt has an answer, and no other one was to follow
	sent     atomic.Bool // an attempt had a connection, so that Scaleway may have carried it out
}

type exchangeKey struct{}

// watched returns a context whose call fills in the exchange.
func watched(ctx context.Context) (context.Context, *exchange) {
	seen := &exchange{}
	return context.WithValue(ctx, exchangeKey{}, seen), seen
}

// Do sends a request until there is an answer that will not get better.
func (c *httpClient) Do(request *http.Request) (*http.Response, error) {
	seen, ok := request.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		seen = &exchange{}
	}
	traced := httptrace.WithClientTrace(request.Context(),
		&httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { seen.sent.Store(true) }})
	prepared, err := retryablehttp.FromRequest(request.WithContext(traced))
	if err != nil {
		return nil, err
	}
	attempt := func(ctx context.Context, response *http.Response, err error) (bool, error) {
		seen.attempts++
		seen.status, seen.json = 0, false
		if err == nil {
			err = receive(response, seen)
		}
		again, _ := retryablehttp.DefaultRetryPolicy(ctx, response, err)
		if errors.Is(err, errTooLarge) {
			again = false
		}
		if err != nil && (!again || seen.attempts > maxRetries) {
			return false, err
		}
		if again && response != nil && err == nil {
			wait := retryablehttp.DefaultBackoff(c.wait, longestWait, seen.attempts-1, response)
			deadline, limited := ctx.Deadline()
			// The answer tells more than "deadline exceeded", and tells it now.
			again = wait <= longestWait && (!limited || time.Now().Add(wait).Before(deadline))
		}
		return again, nil
	}
	// One for each request, because the attempts are counted; the connections are shared.
	library := retryablehttp.Client{
		HTTPClient: c.client, RetryMax: maxRetries, RetryWaitMin: c.wait, RetryWaitMax: longestWait,
		CheckRetry: attempt, Backoff: retryablehttp.DefaultBackoff, ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	response, err := library.Do(prepared)
	if err != nil {
		return nil, err
	}
	seen.answered = true
	if err := usable(request, response, seen); err != nil {
		return nil, err
	}
	return response, nil
}

// receive reads the whole of an answer, while a connection that breaks can still be tried again.
func receive(response *http.Response, seen *exchange) error {
	body, err := wire.ReadAll(response.Body, largestAnswer)
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	seen.status = response.StatusCode
	seen.json = strings.HasPrefix(response.Header.Get("Content-Type"), "application/json")
	_, tooLarge := errors.AsType[*wire.TooLargeError](err)
	switch {
	case tooLarge:
		return errTooLarge
	case err != nil && response.StatusCode < http.StatusBadRequest:
		return fmt.Errorf("the answer broke off: %w", err)
	}
	return nil
}

// usable refuses a success that the SDK would take for an image without a name, or for the end of a list.
func usable(request *http.Request, response *http.Response, seen *exchange) error {
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	var fields map[string]json.RawMessage
	if !seen.json || json.Unmarshal(body, &fields) != nil || fields == nil {
		return errNotJSON
	}
	if _, counted := fields["total_count"]; !counted && request.URL.Query().Has("page") {
		return errNoCount
	}
	return nil
}
