package demandflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-cleanhttp"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// apiVersion is the first segment of every path below the endpoint.
const apiVersion = "v1"

// What Config's zero values stand for, and MaxRetries' usual value (whose zero means no retry).
const (
	DefaultEndpoint       = "https://rest.demandflow.com"
	DefaultRequestTimeout = 60 * time.Second
	DefaultMaxRetries     = 4
	DefaultMaxConcurrent  = 10 // as many as Terraform works on at a time
	DefaultRetryWaitMin   = 500 * time.Millisecond
	DefaultRetryWaitMax   = 30 * time.Second
	DefaultUserAgent      = "terraform-provider-demandflow"
)

// Config is what New needs. Only Token has no default.
type Config struct {
	// base address, http or https, a path prefix is kept, a trailing /v1 is not; "" = DefaultEndpoint
	Endpoint     string
	Token        string // personal access token; never logged, redacted from every error
	Subscription string // the tenant's id; "" = found out when it is needed
	// time-out of a request without a response; each byte received restarts it; 0 = DefaultRequestTimeout
	RequestTimeout time.Duration
	MaxRetries     int    // further attempts after the first; 0 = none
	MaxConcurrent  int    // requests under way at a time, lists until their end; 0 = DefaultMaxConcurrent
	CACertificate  string // PEM, trusted beside the system's certificates; "" = none
	UserAgent      string // "" = DefaultUserAgent
	// upper bound of the first random wait, doubled with each attempt; 0 = DefaultRetryWaitMin
	RetryWaitMin time.Duration
	RetryWaitMax time.Duration // what the doubling stops at; 0 = DefaultRetryWaitMax

	// Wait waits before a stale answer is asked for again, and returns an error where ctx leaves no time for it; nil = a
	// timer.
	Wait func(ctx context.Context, wait time.Duration) error

	// Dial opens a connection to DemandFlow; nil: over the network. It is for tests that have none.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Log is called for every attempt: method, path, status, duration, attempt and the names of the fields sent and
	// received, never a header or a value. It may be nil, and is called from many goroutines.
	Log func(ctx context.Context, message string, fields map[string]any)
}

// A Client talks to one tenant of DemandFlow. It is safe for use by many goroutines.
type Client struct {
	config   Config
	endpoint *url.URL
	http     *http.Client // sends what reads
	writer   *http.Client // sends what changes something, over the same connections
	limiter  *wire.Limiter
	token    *wire.Redaction // what redact takes out
	// What requests and answers have carried: DemandFlow may name a stored secret in a message, although the request that
	// failed has nothing of it.
	secrets wire.Secrets

	accepted     atomic.Bool           // some request was a success
	refusal      atomic.Pointer[Error] // none was, and DemandFlow refuses a query that every token may send
	subscription subscription
	definitions  definitions
	naturalKeys  naturalKeys
	references   references
	sharing      listSharing
	known        known
	missing      missing
	date         atomic.Pointer[time.Time] // of the last answer; nil where none had one

	claimed sync.Mutex
	claims  map[string]claim // by object id: what this client created or adopted
}

// New checks the configuration and returns a client. It sends nothing. Its errors name the setting that is wrong, and
// never show the token.
func New(config Config) (*Client, error) {
	config.Endpoint = cmp.Or(config.Endpoint, DefaultEndpoint)
	config.UserAgent = cmp.Or(config.UserAgent, DefaultUserAgent)
	config.RequestTimeout = cmp.Or(config.RequestTimeout, DefaultRequestTimeout)
	config.MaxConcurrent = cmp.Or(config.MaxConcurrent, DefaultMaxConcurrent)
	config.RetryWaitMin = cmp.Or(config.RetryWaitMin, DefaultRetryWaitMin)
	if config.Wait == nil {
		config.Wait = waitInTime
	}
	config.RetryWaitMax = max(cmp.Or(config.RetryWaitMax, DefaultRetryWaitMax), config.RetryWaitMin)

	endpoint, err := parseEndpoint(config.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("the endpoint cannot be used: %w", err)
	}
	if err := CheckToken(config.Token); err != nil {
		return nil, fmt.Errorf("the token cannot be used: %w", err)
	}
	switch {
	case config.Token == "":
		return nil, errors.New("the token is empty: give a personal access token of DemandFlow (df_pat_…)")
	case config.RequestTimeout < 0:
		return nil, fmt.Errorf("the request timeout is %s: it must be positive", config.RequestTimeout)
	case config.MaxRetries < 0:
		return nil, fmt.Errorf("the number of retries is %d: it must be 0 (no retry) or more", config.MaxRetries)
	case config.MaxConcurrent < 0:
		return nil, fmt.Errorf("the number of concurrent requests is %d: it must be 1 or more", config.MaxConcurrent)
	case config.RetryWaitMin < 0:
		return nil, fmt.Errorf("the wait before a retry is %s: it must be positive", config.RetryWaitMin)
	}

	transport := cleanhttp.DefaultPooledTransport()
	// All connections are kept for the next request: with the library's default (CPUs + 1) most requests of a run on a
	// small machine would shake hands anew.
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = config.MaxConcurrent, config.MaxConcurrent
	if config.Dial != nil {
		transport.DialContext = config.Dial
	}
	if transport.TLSClientConfig, err = (wire.TLS{CACertificate: config.CACertificate}).Config(); err != nil {
		return nil, fmt.Errorf("the CA certificate cannot be used: %w", err)
	}
	client := &Client{
		config:   config,
		endpoint: endpoint,
		token:    wire.NewRedaction(wire.Secret{Text: config.Token, Instead: "[token]"}),
		claims:   map[string]claim{},

		definitions: definitions{read: map[string]outcome{}},
		naturalKeys: naturalKeys{known: map[string]keyed{}, ids: map[string][]string{}, planned: map[string]int{},
			renames:  map[string]string{},
			searches: map[string]*duplicateSearch{}},
		references: references{checks: map[string]*referenceCheck{}},
		sharing:    listSharing{demands: map[string]*demand{}, budget: budget{left: maxListBytes}},
		known:      known{objects: map[string]*knownObject{}, met: map[string]time.Time{}, seen: map[string]bool{}},
		missing:    missing{ids: map[string]bool{}, found: map[objectID]lookedFor{}},
	}
	guarded := &wire.Transport{Base: transport, Named: []wire.Origin{wire.OriginOf(endpoint)}, Secrets: &client.secrets}
	client.limiter = wire.NewLimiter(config.MaxConcurrent, &wire.IdleTimeout{Base: guarded, Limit: config.RequestTimeout})
	client.http = &http.Client{Transport: client.limiter, CheckRedirect: wire.FollowSameOrigin}
	client.writer = &http.Client{Transport: client.limiter.Writes(), CheckRedirect: wire.FollowSameOrigin}
	for _, of := range entity.All() {
		client.sharing.demands[of.Code], client.naturalKeys.searches[of.Code] = &demand{}, &duplicateSearch{}
	}
	client.subscription.init(config.Subscription)
	return client, nil
}

// CheckEndpoint returns an error that says what is wrong with a Config's Endpoint, and what to write instead.
func CheckEndpoint(address string) error {
	_, err := parseEndpoint(address)
	return err
}

// parseEndpoint takes the addresses that people copy from DemandFlow's documents, too: with the API's version at the
// end. It repeats nothing of what it refuses: an address with a password in it would end up in a log.
func parseEndpoint(address string) (*url.URL, error) {
	endpoint, err := url.Parse(strings.TrimRight(address, "/"))
	switch {
	case err != nil || endpoint.Host == "" || (endpoint.Scheme != "https" && endpoint.Scheme != "http"):
		return nil, errors.New("it is not an http or https URL. Write one such as " + DefaultEndpoint)
	case endpoint.User != nil || endpoint.RawQuery != "" || endpoint.Fragment != "":
		return nil, errors.New("it has a user, a query or a fragment, which a base URL cannot have. Write one such as " +
			DefaultEndpoint)
	}
	path := strings.TrimRight(strings.TrimSuffix(endpoint.EscapedPath(), "/"+apiVersion), "/")
	if endpoint.Path, err = url.PathUnescape(path); err != nil {
		return nil, errors.New("its path cannot be read. Write one such as " + DefaultEndpoint)
	}
	endpoint.RawPath = path
	return endpoint, nil
}

// CheckToken returns an error that says what is wrong with a Config's Token, without showing it. An empty one is not
// wrong here.
func CheckToken(token string) error {
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("it has a blank, a line break or another character that a token cannot have. Copy it again, " +
			"without what stands around it")
	}
	return nil
}

// address builds the URL of the API below the endpoint from segments that may hold anything: `|`, `/` and `%` are
// escaped.
func (c *Client) address(query url.Values, segments ...string) *url.URL {
	address := *c.endpoint
	escaped := c.endpoint.EscapedPath()
	for _, segment := range append([]string{apiVersion}, segments...) {
		address.Path += "/" + segment
		escaped += "/" + url.PathEscape(segment)
	}
	address.RawPath = escaped
	address.RawQuery = query.Encode()
	return &address
}

func (c *Client) log(ctx context.Context, message string, fields map[string]any) {
	if c.config.Log == nil {
		return
	}
	for name, value := range fields {
		switch value := value.(type) {
		case string:
			fields[name] = c.redactToken(value)
		case []string:
			shown := make([]string, len(value))
			for i := range value {
				shown[i] = c.redactToken(value[i])
			}
			fields[name] = shown
		}
	}
	c.config.Log(ctx, message, fields)
}

// observe takes from an object that some answer carried what saves a request later, and what no error may show. read
// are the fields that were asked for; none are all.
func (c *Client) observe(object Object, read ...string) {
	c.AddSecrets(object.Text("entity"), object)
	c.subscription.observe(object)
	c.known.observe(object, false)
	c.naturalKeys.observe(object, read...)
}
