package oci

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/hashicorp/go-cleanhttp"
)

const (
	maxRedirects = 5
	maxHeader    = 1 << 20
	// patience is how long a registry may take to begin an answer. What it may take for all of it is the caller's to say.
	patience = time.Minute
)

// A connection is what calls to one registry with the same settings share: open connections, and what is known of how it
// wants to be asked.
type connection struct {
	registry  name.Registry
	settings  Registry
	keychain  authn.Keychain
	userAgent string
	client    *http.Client
	retryWait time.Duration
	patience  time.Duration

	plain atomic.Bool // it has no TLS

	mutex  sync.Mutex
	grants map[string]*grant // by repository
}

func newConnection(client *Client, key connectionKey) (*connection, error) {
	registry, err := name.NewRegistry(key.host, name.StrictValidation)
	if err != nil {
		return nil, fmt.Errorf("%q is no registry: %w", key.host, err)
	}
	c := &connection{
		registry: registry, settings: key.settings, grants: map[string]*grant{},
		keychain: client.keychain, userAgent: client.userAgent, retryWait: client.retryWait, patience: client.patience,
	}
	transport := cleanhttp.DefaultPooledTransport()
	transport.ResponseHeaderTimeout = c.patience
	transport.MaxResponseHeaderBytes = maxHeader
	transport.DisableCompression = true                                                                              // digests are of what is stored, and bounds of what is read
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: key.settings.Insecure} //nolint:gosec // asked for, for this registry alone
	if key.settings.CACertificate != "" {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool() // the given one still counts
		}
		pool.AppendCertsFromPEM([]byte(key.settings.CACertificate))
		transport.TLSClientConfig.RootCAs = pool
	}
	c.client = &http.Client{Transport: transport, CheckRedirect: c.redirect}
	return c, nil
}

// errRedirect is a redirect that is not followed.
var errRedirect = errors.New("not followed")

// redirect says whether a redirect is followed, and takes from it what only the registry may see: registries send readers
// on to storage that is not theirs.
func (c *connection) redirect(request *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("it redirects more than %d times: %w", maxRedirects, errRedirect)
	case request.URL.Scheme != "https" && (request.URL.Scheme != "http" || !c.settings.Insecure):
		return fmt.Errorf("it redirects to %s without TLS: %w", request.URL.Hostname(), errRedirect)
	case isLocal(request.URL.Hostname()) && !isLocal(first.Hostname()):
		return fmt.Errorf("it redirects to %s, an address of this very machine: %w", request.URL.Hostname(), errRedirect)
	}
	if request.URL.Host != first.Host || request.URL.Scheme != first.Scheme {
		request.Header.Del("Authorization")
	}
	request.Header.Del("Referer") // the address before may hold a signature of its own
	return nil
}

// isLocal says whether a host is an address of the machine itself or of its link, where the metadata of cloud machines is.
// Addresses of a network are not among them: registries inside of one have their storage there.
func isLocal(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	address = address.Unmap()
	return address.IsLoopback() || address.IsLinkLocalUnicast() || address.IsUnspecified()
}

func (c *connection) scheme() string {
	if c.plain.Load() {
		return "http"
	}
	return "https"
}

// lacksTLS says that the other side answered in plain HTTP, or that nobody listens where TLS would be.
func lacksTLS(err error) bool {
	if errors.Is(err, http.ErrSchemeMismatch) {
		return true
	}
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "dial" && errors.Is(err, syscall.ECONNREFUSED)
}
