package wire

import (
	"fmt"
	"net/http"
	"net/url"
)

// A Transport carries all requests of a client, each hop of a redirect too. Credentials go along to the origins that
// the user named, and nowhere else: [Origins.MayReceive] decides it. A redirect back to such
// an origin does not count, because another host has chosen what is asked there.
type Transport struct {
	Base    http.RoundTripper // carries the requests to what the user named
	Others  http.RoundTripper // carries the rest, without credentials; nil: the rest is not sent
	Named   Origins           // for which the credentials were given
	Secrets *Secrets          // learns the credentials that were really sent; may be nil
}

// harmless are the headers that any host may see. The rest may be a credential, and is not sent to other origins.
var harmless = []string{"Accept", "Accept-Encoding", "Range", "User-Agent"}

// RoundTrip sends a request unchanged to an origin that the user named. To another one it sends no header that may be a
// credential and no client certificate, and no request with a body, which may hold a password.
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if t.named(request) {
		t.Secrets.AddHeaders(request.Header)
		return t.Base.RoundTrip(request)
	}
	hasBody := request.Body != nil && request.Body != http.NoBody
	if hasBody {
		request.Body.Close()
	}
	switch {
	case t.Others == nil:
		return nil, fmt.Errorf("it redirects to %s, for which no credentials were given: %w", OriginOf(request.URL),
			ErrRedirect)
	case hasBody:
		return nil, fmt.Errorf("it redirects a request with a body, which may hold credentials, to %s: %w",
			OriginOf(request.URL), ErrRedirect)
	}
	bare := request.Clone(request.Context())
	bare.Header = http.Header{}
	for _, name := range harmless {
		if values, ok := request.Header[name]; ok {
			bare.Header[name] = values
		}
	}
	return t.Others.RoundTrip(bare)
}

// named reports whether a request goes to an origin that the user named, and no other origin had a part in that.
func (t *Transport) named(request *http.Request) bool {
	var hops []*url.URL
	for hop := before(request); hop != nil; hop = before(hop) {
		hops = append(hops, hop.URL)
	}
	return t.Named.MayReceive(request.URL, hops...)
}

// before returns the request whose answer redirected to this one, nil for the first one.
func before(request *http.Request) *http.Request {
	if request.Response == nil {
		return nil
	}
	return request.Response.Request
}

// MayAuthenticate reports whether a challenge to a request may be answered with credentials: it comes from an origin
// that the user named, and not from a host that one redirects to.
func (t *Transport) MayAuthenticate(challenged *http.Request) bool { return t.named(challenged) }

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the pools.
func (t *Transport) CloseIdleConnections() { closeIdleConnections(t.Base, t.Others) }

// WithoutCertificate returns a transport like another one that shows no client certificate.
func WithoutCertificate(transport *http.Transport) *http.Transport {
	bare := transport.Clone()
	if bare.TLSClientConfig != nil {
		bare.TLSClientConfig.Certificates, bare.TLSClientConfig.GetClientCertificate = nil, nil
	}
	return bare
}
