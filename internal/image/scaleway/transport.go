package scaleway

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
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
	idleTimeout   = time.Minute
)

var (
	errNotJSON = errors.New("the answer is no JSON object, as all of Scaleway's are")
	errNoCount = errors.New("the answer is a list without a total_count, as no list of Scaleway's is")
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
		Transport: transport{&wire.Transport{
			Base:  &wire.IdleTimeout{Base: pooled, Limit: idleTimeout},
			Named: []wire.Origin{wire.OriginOf(api)}, Secrets: secrets,
		}},
		CheckRedirect: wire.ReturnRedirects, // the API redirects nobody
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
	answered bool // the last attempt has an answer, and no other one was to follow
	sent     bool // an attempt had a connection, so that Scaleway may have carried it out
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
	prepared, err := retryablehttp.FromRequest(request)
	if err != nil {
		return nil, err
	}
	var broken error // of the last answer's body
	retry := wire.Retry{
		Client: c.client, Max: maxRetries, WaitMin: c.wait, WaitMax: longestWait, MaxRetryAfter: longestWait,
		Receive: func(response *http.Response) error {
			broken = receive(response)
			return broken
		},
	}
	response, attempts, err := retry.Do(prepared)
	seen.attempts, seen.sent = attempts.Count, attempts.Sent
	if response != nil {
		seen.status = response.StatusCode
		seen.json = strings.HasPrefix(response.Header.Get("Content-Type"), "application/json")
		err = cmp.Or(err, broken)
	}
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
func receive(response *http.Response) error {
	body, err := wire.ReadAll(response.Body, largestAnswer)
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	switch {
	case err == nil || wire.Is[*wire.TooLargeError](err):
		return err
	case response.StatusCode < http.StatusBadRequest:
		return fmt.Errorf("the answer broke off: %w", err)
	}
	return nil // the status says enough
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
