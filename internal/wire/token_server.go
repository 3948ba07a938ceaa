package wire

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// TokenServer returns the transport for the token server that a challenge to a request names. The user's credentials
// may go there because the host that they were given for says so. Without TLS they go there only if the challenge came
// without TLS. An address inside a network is a token server only for a registry at the same address: another one might
// make this machine ask its own network for something.
func (t *Transport) TokenServer(challenged *http.Request, realm *url.URL) (*Transport, error) {
	asking := challenged.URL
	switch {
	case !t.MayAuthenticate(challenged):
		return nil, fmt.Errorf("%s asks for credentials that were not given for it", OriginOf(asking))
	case realm.Scheme != "https" && (realm.Scheme != "http" || asking.Scheme != "http"):
		return nil, fmt.Errorf("%s asks to send credentials to %s without TLS; have it name its token server by https",
			OriginOf(asking), realm.Host)
	case isInternal(realm.Hostname()) && !sameMachine(asking.Hostname(), realm.Hostname()):
		return nil, fmt.Errorf("%s names the token server %s, an address inside a network that is not its own; if that "+
			"is meant, have it name its token server by a host name, or at its own address", OriginOf(asking), realm.Host)
	}
	server := &Transport{Base: t.Others, Others: t.Others, Named: Origins{OriginOf(realm)}, Secrets: t.Secrets}
	if t.Named.MayReceive(realm) {
		server.Base = t.Base
	}
	return server, nil
}

// FollowFromTokenServer is the CheckRedirect of a client that asks a token server: it may lead to other paths of its
// own, and to public hosts, where a Transport sends no credentials.
func FollowFromTokenServer(next *http.Request, via []*http.Request) error {
	from, to := via[0].URL, OriginOf(next.URL)
	refuse := func(why string) error {
		return fmt.Errorf("refusing token-server redirect to %s, %s: %w", to, why, ErrRedirect)
	}
	switch {
	case len(via) >= maxRedirects:
		return refuse(fmt.Sprintf("after %d others", len(via)-1))
	case to == OriginOf(from):
	case next.URL.Scheme != "https" && (next.URL.Scheme != "http" || from.Scheme != "http"):
		return refuse("without TLS")
	case isInternal(next.URL.Hostname()):
		return refuse("an address inside a network")
	}
	next.Header.Del("Referer") // the address before may hold a secret
	return nil
}

// sameMachine reports whether two hosts are one by their names, or both are this very machine.
func sameMachine(a, b string) bool {
	return strings.EqualFold(a, b) || isLoopback(a) && isLoopback(b)
}
