package wire

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// An Origin is a scheme, a host and a port. It is what a credential is given for: another port of the same host, and
// the same host without TLS, are other origins.
type Origin struct{ scheme, host, port string }

// OriginOf returns the origin of an address. A port that the scheme has anyway may be left out.
func OriginOf(address *url.URL) Origin {
	o := Origin{scheme: strings.ToLower(address.Scheme), host: strings.ToLower(address.Hostname()), port: address.Port()}
	if o.port == "" {
		o.port = map[string]string{"https": "443", "http": "80"}[o.scheme]
	}
	return o
}

// Origins are what a credential was given for.
type Origins []Origin

// MayReceive reports whether a credential may be sent to an address. Before are the addresses that redirected there:
// another origin among them has chosen what is asked. It is the one place where all clients decide this.
func (o Origins) MayReceive(address *url.URL, before ...*url.URL) bool {
	origin := OriginOf(address)
	for _, hop := range before {
		if OriginOf(hop) != origin {
			return false
		}
	}
	return slices.Contains(o, origin)
}

func (o Origin) String() string { return o.scheme + "://" + net.JoinHostPort(o.host, o.port) }
