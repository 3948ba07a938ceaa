package wire

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// ErrRedirect is behind the error of a redirect that is not followed.
var ErrRedirect = errors.New("not followed")

// maxRedirects is where a chain of redirects within one origin counts as a loop.
const maxRedirects = 10

// ReturnRedirects is the CheckRedirect of a client that follows no redirect: each is the answer.
func ReturnRedirects(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// RefuseRedirects is the CheckRedirect of a client for which a redirect is an error.
func RefuseRedirects(next *http.Request, _ []*http.Request) error {
	return fmt.Errorf("it redirects to %s: %w", OriginOf(next.URL), ErrRedirect)
}

// FollowSameOrigin is the CheckRedirect of a client that follows a GET within its origin, and returns every other
// redirect as the answer. Go would turn a redirected POST or PATCH into a GET.
func FollowSameOrigin(next *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || len(via) >= maxRedirects || OriginOf(next.URL) != OriginOf(first.URL) {
		return http.ErrUseLastResponse
	}
	return nil
}

// CrossOrigin selects the redirects to other hosts that are followed: registries redirect to storage of others. With a
// Transport, credentials are not sent there.
type CrossOrigin struct {
	Max       int  // redirects in a row
	AllowHTTP bool // also to plain HTTP
}

// Follow is the CheckRedirect of a client.
func (e CrossOrigin) Follow(next *http.Request, via []*http.Request) error {
	switch {
	case len(via) > e.Max:
		return fmt.Errorf("it redirects more than %d times: %w", e.Max, ErrRedirect)
	case next.URL.Scheme != "https" && (next.URL.Scheme != "http" || !e.AllowHTTP):
		return fmt.Errorf("it redirects to %s without TLS: %w", next.URL.Hostname(), ErrRedirect)
	case isLocal(next.URL) && !isLocal(via[0].URL):
		return fmt.Errorf("it redirects to %s, an address of this very machine: %w", next.URL.Hostname(), ErrRedirect)
	}
	next.Header.Del("Referer") // the address before may hold a signature of its own
	return nil
}

// isLocal reports whether an address is of the machine itself or of its link, where the metadata of cloud machines is.
// Addresses of a network are not among them: registries inside of one have their storage there.
func isLocal(at *url.URL) bool {
	address, ok := parseIP(at.Hostname())
	return isLoopback(at.Hostname()) || ok && (address.IsLinkLocalUnicast() || address.IsUnspecified())
}
