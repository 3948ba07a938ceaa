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
	// longestWait is the longest Retry-After that is waited for. A longer one is an error at once.
	longestWait = 2 * time.Minute
	// A page of a hundred images has about 40 kB, and more with many tags.
	largestAnswer = 16 << 20
	idleTimeout   = time.Minute
)

var (
	errNotJSON = errors.New("the answer is no JSON object, as all of Scaleway's are")
	errNoCount = errors.New("the answer is a list without a total_count, as no list of Scaleway's is")
)

// An httpClient sends the SDK's requests with retries. All of them (GET, PATCH with a whole value, DELETE) are
// idempotent.
type httpClient struct {
	client *http.Client
	wait   time.Duration
}

func newHTTPClient(api *url.URL, secrets *wire.Secrets, wait time.Duration, insecure bool) *httpClient {
	pooled := cleanhttp.DefaultPooledTransport()
	pooled.TLSClientConfig, _ = wire.TLS{Insecure: insecure}.Config() // it fails only for PEM texts
	return &httpClient{wait: wait, client: &http.Client{
		Transport: transport{&wire.Transport{
			Base:  &wire.IdleTimeout{Base: pooled, Limit: idleTimeout},
			Named: []wire.Origin{wire.OriginOf(api)}, Secrets: secrets,
		}},
		CheckRedirect: wire.ReturnRedirects, // the API has no redirects
	}}
}

// A transport waits for the answer to a write that was sent, also when Terraform is stopped.
type transport struct{ http.RoundTripper }

// RoundTrip sends a request.
func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodGet {
		return t.RoundTripper.RoundTrip(request)
	}
	return wire.WriteTransport{Base: t.RoundTripper}.RoundTrip(request)
}

// An exchange is what the SDK's errors do not have of a call.
type exchange struct {
	status   int  // of the last answer; 0 where there was none
	json     bool // it is JSON, so not a proxy's page
	attempts int
	answered bool // the last attempt has an answer
	sent     bool // an attempt had a connection, so that Scaleway may have carried it out
}

type exchangeKey struct{}

// watched returns a context whose call sets the exchange.
func watched(ctx context.Context) (context.Context, *exchange) {
	seen := &exchange{}
	return context.WithValue(ctx, exchangeKey{}, seen), seen
}

// Do sends a request with retries.
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

// receive reads a whole answer, so that a request whose answer breaks off is retried.
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

// usable returns an error for a success that the SDK would take for an image without a name, or for the end of a list.
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
