package wire

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// ErrRedirect is behind the error of a redirect that is not followed.
var ErrRedirect = errors.New("not followed")

// maxWithin is where a chain of redirects within one origin counts as a loop.
const maxWithin = 10

// HandBack is the CheckRedirect of a client that follows no redirect: each is the answer.
func HandBack(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Refuse is the CheckRedirect of a client for which a redirect is an error.
func Refuse(next *http.Request, _ []*http.Request) error {
	return fmt.Errorf("it redirects to %s: %w", OriginOf(next.URL), ErrRedirect)
}

// FollowWithin is the CheckRedirect of a client that follows a GET within its origin, and takes every other redirect
// for the answer. Go would turn a redirected POST or PATCH into a GET.
func FollowWithin(next *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || len(via) >= maxWithin || OriginOf(next.URL) != OriginOf(first.URL) {
		return http.ErrUseLastResponse
	}
	return nil
}

// Elsewhere says which redirects to other hosts are followed: registries send readers on to storage that is not theirs.
// Where it fits in with a transport, credentials stay behind.
type Elsewhere struct {
	Most  int  // redirects in a row
	Plain bool // HTTP without TLS will do
}

// Follow is the CheckRedirect of a client.
func (e Elsewhere) Follow(next *http.Request, via []*http.Request) error {
	switch {
	case len(via) > e.Most:
		return fmt.Errorf("it redirects more than %d times: %w", e.Most, ErrRedirect)
	case next.URL.Scheme != "https" && (next.URL.Scheme != "http" || !e.Plain):
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
	host := strings.TrimSuffix(strings.ToLower(at.Hostname()), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	address = address.Unmap()
	return address.IsLoopback() || address.IsLinkLocalUnicast() || address.IsUnspecified()
}
