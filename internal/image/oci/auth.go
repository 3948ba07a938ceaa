package oci

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A repositoryAuth is the Authorization header for one repository.
type repositoryAuth struct {
	mutex         sync.Mutex
	authorization string // the header; empty for none
	challenged    bool   // the registry was asked for its challenge: it is not asked again
}

func (c *connection) authFor(repository string) *repositoryAuth {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.auths[repository] == nil {
		c.auths[repository] = &repositoryAuth{}
	}
	return c.auths[repository]
}

func (a *repositoryAuth) header() string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.authorization
}

// authorize gets the header that an answer asks for, and reports whether it differs from the one that was sent. A
// registry may hide what needs credentials, so a 403 or 404 to a request without credentials is answered with them,
// too.
func (r *reader) authorize(ctx context.Context, refused *http.Response, sent string) (bool, error) {
	r.auth.mutex.Lock()
	defer r.auth.mutex.Unlock()
	if r.auth.authorization != sent {
		return true, nil // another call has got it meanwhile
	}
	unasked := refused.StatusCode != http.StatusUnauthorized
	if !unasked && !r.wire.MayAuthenticate(refused.Request) {
		return false, nil // the storage that the registry redirects to asks for credentials
	}
	if unasked && (sent != "" || r.auth.challenged) {
		return false, nil
	}
	credentials, err := r.credentials(ctx)
	if err != nil {
		return false, err
	}
	if unasked && credentials == (authn.AuthConfig{}) {
		return false, nil
	}
	challenge, asked, err := r.challenge(ctx, refused)
	if err != nil {
		return false, err
	}
	r.auth.challenged = true
	fresh := ""
	switch scheme := strings.ToLower(challenge.Scheme); {
	case scheme == "": // it asks for nothing
	case credentials.RegistryToken != "":
		fresh = "Bearer " + credentials.RegistryToken
	case scheme == "basic":
		fresh = basic(credentials)
	case scheme == "bearer":
		token, err := r.exchange(ctx, credentials, challenge, asked)
		if err != nil {
			return false, err
		}
		fresh = "Bearer " + token
	default:
		return false, fmt.Errorf("%s asks for authentication by %q, which is not known here: only Basic and Bearer are",
			r.host(), r.line(challenge.Scheme))
	}
	r.hide(strings.TrimPrefix(strings.TrimPrefix(fresh, "Bearer "), "Basic "))
	r.auth.authorization = fresh
	return fresh != sent, nil
}

// credentials returns those of the settings, or of Docker's configuration. They are not cached: those of helpers
// expire.
func (r *reader) credentials(ctx context.Context) (authn.AuthConfig, error) {
	if r.settings.Password != "" || r.settings.Token != "" {
		known := authn.AuthConfig{Username: r.settings.Username, Password: r.settings.Password,
			RegistryToken: r.settings.Token}
		return known, nil
	}
	authenticator, err := authn.Resolve(ctx, r.keychain, r.repository)
	if err == nil {
		var known *authn.AuthConfig
		if known, err = authn.Authorization(ctx, authenticator); err == nil {
			r.hide(known.Password, known.Auth, known.IdentityToken, known.RegistryToken)
			return *known, nil
		}
	}
	return authn.AuthConfig{}, fmt.Errorf("the credentials for %s in Docker's configuration cannot be read: %s; "+
		"correct them with docker login, or give the registry settings of its own", r.host(), r.line(err.Error()))
}

func basic(c authn.AuthConfig) string {
	switch {
	case c.Username != "" && c.Password != "":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.Username+":"+c.Password))
	case c.Auth != "":
		return "Basic " + c.Auth
	}
	return ""
}

// challenge returns the registry's challenge, and the request that was answered with it: the refused one, or else one
// for the API's root.
func (r *reader) challenge(ctx context.Context, refused *http.Response) (*transport.Challenge, *http.Request, error) {
	if refused.StatusCode != http.StatusUnauthorized || refused.Header.Get("WWW-Authenticate") == "" {
		root, err := r.send(ctx, http.MethodGet, &url.URL{Path: "/v2/"}, "", "")
		if err != nil {
			return nil, nil, err
		}
		discard(root)
		if root.StatusCode != http.StatusUnauthorized || !r.wire.MayAuthenticate(root.Request) {
			return &transport.Challenge{}, root.Request, nil
		}
		refused = root
	}
	// The library exports its parser of challenges only with a request, which gets the answer that is here already.
	at := &http.Request{URL: &url.URL{Scheme: r.scheme(), Host: r.host(), Path: "/v2/"}}
	known := &http.Response{StatusCode: refused.StatusCode, Header: refused.Header, Body: http.NoBody, Request: at}
	challenge, err := transport.Ping(ctx, r.registry, answering(func(*http.Request) (*http.Response, error) {
		return known, nil
	}))
	return challenge, refused.Request, err
}

type answering func(*http.Request) (*http.Response, error)

func (a answering) RoundTrip(request *http.Request) (*http.Response, error) { return a(request) }

// exchange gets a token from the token server that the registry's challenge names. The library refuses one without TLS,
// or on a private address that is not the registry's.
func (r *reader) exchange(ctx context.Context, credentials authn.AuthConfig, challenge *transport.Challenge,
	asked *http.Request) (string, error) {
	realm, err := url.Parse(challenge.Parameters["realm"])
	if err != nil || realm.Host == "" {
		realm = &url.URL{Scheme: r.scheme(), Host: r.host()} // the library's error says what is wrong with it
	}
	server, err := r.wire.TokenServer(asked, realm)
	if err != nil {
		return "", fmt.Errorf("no token can be had for %s: %s", r.host(), r.line(err.Error()))
	}
	// The library follows redirects, and checks them like the realm itself.
	client := &http.Client{Transport: server, CheckRedirect: wire.ReturnRedirects}
	answered := false
	sender := answering(func(request *http.Request) (*http.Response, error) {
		request.Header.Set("User-Agent", r.userAgent)
		prepared, err := retryablehttp.FromRequest(request)
		if err != nil {
			return nil, err
		}
		response, err := r.retry(client, prepared)
		answered = err == nil && response.StatusCode == http.StatusOK
		return response, err
	})
	scope := r.repository.Scope(transport.PullScope)
	token, err := transport.Exchange(ctx, r.registry, authn.FromConfig(credentials), sender, []string{scope}, challenge)
	if err == nil {
		r.hide(token.AccessToken, token.Token, token.RefreshToken)
		return cmp.Or(token.AccessToken, token.Token), nil
	}
	if refused, ok := errors.AsType[*transport.Error](err); ok {
		return "", &refusal{
			host: r.line(realm.Host), role: "its token server ", method: http.MethodGet, path: r.line(realm.Path),
			status: refused.StatusCode,
			said:   r.said(refused.Errors), anonymous: credentials == (authn.AuthConfig{}),
		}
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return "", r.unreachable(ctx, realm.Host, failed)
	}
	if answered {
		// The library's error repeats the whole answer, which may hold a refresh token.
		return "", fmt.Errorf("the token server %s of %s answered without a token", r.line(realm.Host), r.host())
	}
	return "", fmt.Errorf("no token can be had for %s: %s", r.host(), r.line(err.Error()))
}
