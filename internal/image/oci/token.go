package oci

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/dockerconfig"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/header"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const (
	maxToken = 1 << 20 // bytes of a token server's answer
	// shortestToken is how long a token is good whose server does not say it (the distribution specification).
	shortestToken = time.Minute
	// issuerRole is the role of the host that issues tokens.
	issuerRole = "its token server "
)

// A grant is what a token is asked for with: a challenge, the request that was answered with it, and the scopes.
type grant struct {
	challenge header.Challenge
	asked     *http.Request
	scopes    []string
}

// A token is what a token server issues.
type token struct {
	text    string
	refresh string // not used, and not to be shown
	expires time.Time
	known   bool // credentials were sent for it
}

// scopesOf returns the scopes with which tokens are asked for, one after the other: that of the challenge alone, which
// may be opaque, and then with the repository's own. A challenge of the API's root is not about the repository.
func scopesOf(offer header.Challenge, ofRepository []string, own string) [][]string {
	named := offer.Parameters["scope"]
	switch {
	case named == "" || named == own:
		return [][]string{{own}}
	case len(ofRepository) > 0:
		return [][]string{append(slices.Clone(ofRepository), named)}
	}
	return [][]string{{named}, {named, own}}
}

// issue gets a token and keeps it, and reports whether it is another one than was sent.
func (r *reader) issue(ctx context.Context, credentials authn.AuthConfig, g grant, sent string) (bool, error) {
	issued, err := r.exchange(ctx, credentials, g)
	if err != nil {
		return false, err
	}
	r.auth.issued = time.Now()
	if "Bearer "+issued.text == sent {
		return false, nil
	}
	r.accept("Bearer "+issued.text, issued.known)
	r.auth.grant, r.auth.expires = &g, issued.expires
	return true, nil
}

// renew gets a new token in the place of one that is out of date, in the way in which that was got.
func (r *reader) renew(ctx context.Context, sent string, tried *attempt) (bool, error) {
	credentials, err := r.credentials(ctx)
	if _, missing := errors.AsType[*dockerconfig.NotInstalledError](err); err != nil && !missing {
		return false, err
	}
	tried.first("bearer " + strings.Join(r.auth.grant.scopes, " "))
	return r.issue(ctx, credentials, *r.auth.grant, sent)
}

// exchange gets a token from the token server that a registry's challenge names.
func (r *reader) exchange(ctx context.Context, credentials authn.AuthConfig, g grant) (token, error) {
	text := g.challenge.Parameters["realm"]
	realm, err := url.Parse(text)
	if err != nil || realm.Host == "" {
		return token{}, fmt.Errorf("no token can be had for %s: the realm of its challenge is %s, which is no address of "+
			"a token server; its configuration must have one such as https://auth.example.com/token", r.host(),
			r.line(strconv.Quote(text)))
	}
	server, err := r.wire.TokenServer(g.asked, realm)
	if err != nil {
		return token{}, fmt.Errorf("no token can be had for %s: %s", r.host(), r.line(err.Error()))
	}
	client := &http.Client{Transport: server, CheckRedirect: wire.FollowFromTokenServer}
	response, err := r.refreshOrAsk(ctx, client, realm, credentials, g)
	if err != nil {
		return token{}, r.unreachable(ctx, realm.Host, err)
	}
	defer response.Body.Close()
	known := response.Request.Method == http.MethodPost || basic(credentials) != ""
	if !known && credentials != (authn.AuthConfig{}) {
		r.auth.unsent = "its token server " + unlike(credentials)
	}
	issued, err := r.issued(ctx, realm, response, !known)
	issued.known = known
	return issued, err
}

// refreshOrAsk asks for a token in the way that the credentials are for.
func (r *reader) refreshOrAsk(ctx context.Context, client *http.Client, realm *url.URL, credentials authn.AuthConfig,
	g grant) (*http.Response, error) {
	if credentials.IdentityToken == "" {
		return r.ask(ctx, client, realm, credentials, g)
	}
	response, err := r.refresh(ctx, client, realm, credentials.IdentityToken, g)
	if err == nil && slices.Contains(withoutPost, response.StatusCode) {
		discard(response)
		return r.ask(ctx, client, realm, credentials, g)
	}
	return response, err
}

// withoutPost are the answers of token servers that know GET alone.
var withoutPost = []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented,
	http.StatusUnsupportedMediaType}

// refresh asks for a token in exchange for an identity token.
func (r *reader) refresh(ctx context.Context, client *http.Client, realm *url.URL, identity string,
	g grant) (*http.Response, error) {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {identity}, "client_id": {clientID},
		"scope": {strings.Join(g.scopes, " ")}}
	if service := g.challenge.Parameters["service"]; service != "" {
		form.Set("service", service)
	}
	request, err := retryablehttp.NewRequestWithContext(ctx, http.MethodPost, realm.String(), []byte(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("User-Agent", r.userAgent)
	return r.retry(client, request, worthRetrying)
}

// clientID is the name of this client to a token server.
const clientID = "terraform-provider-demandflow"

// ask asks for a token with a user name and a password, or for nobody.
func (r *reader) ask(ctx context.Context, client *http.Client, realm *url.URL, credentials authn.AuthConfig,
	g grant) (*http.Response, error) {
	at, query := *realm, realm.Query()
	query["scope"] = g.scopes
	if service := g.challenge.Parameters["service"]; service != "" {
		query.Set("service", service)
	}
	at.RawQuery, at.Fragment = query.Encode(), ""
	request, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", r.userAgent)
	if authorization := basic(credentials); authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	return r.retry(client, request, worthRetrying)
}

// issued reads the answer of a token server.
func (r *reader) issued(ctx context.Context, realm *url.URL, response *http.Response, anonymous bool) (token, error) {
	body, err := wire.ReadAll(response.Body, maxToken)
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return token{}, &refusal{
			host: r.line(realm.Host), role: issuerRole, method: response.Request.Method, path: r.line(realm.Path),
			status: response.StatusCode, said: r.saidByIssuer(body), anonymous: anonymous,
			without: r.login(),
		}
	}
	if err != nil {
		return token{}, r.unreachable(ctx, realm.Host, err)
	}
	issued, ok := parseToken(body, time.Now())
	r.hide(issued.text, issued.refresh)
	if !ok { // the answer may hold a refresh token: it is not shown
		return token{}, fmt.Errorf("the token server %s of %s answered without a token", r.line(realm.Host), r.host())
	}
	return issued, nil
}

// parseToken reads an answer of a token server. Only the token must be right: expires_in is a number, and a text in
// some answers.
func parseToken(body []byte, now time.Time) (token, bool) {
	var answer struct {
		Token        string          `json:"token"`
		AccessToken  string          `json:"access_token"`
		RefreshToken string          `json:"refresh_token"`
		ExpiresIn    json.RawMessage `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &answer); err != nil && !wire.Is[*json.UnmarshalTypeError](err) {
		return token{}, false
	}
	issued := token{text: strings.TrimSpace(cmp.Or(answer.AccessToken, answer.Token)), refresh: answer.RefreshToken,
		expires: now.Add(shortestToken)}
	if seconds, err := strconv.ParseFloat(strings.Trim(string(answer.ExpiresIn), `" `), 64); err == nil && seconds > 0 {
		issued.expires = now.Add(time.Duration(min(seconds, maxLifetime.Seconds()) * float64(time.Second)))
	}
	return issued, issued.text != ""
}

// maxLifetime bounds how long a token is taken to be good.
const maxLifetime = 24 * time.Hour

// saidByIssuer returns a token server's message: in the form of a registry, of OAuth, or of Docker Hub.
func (r *reader) saidByIssuer(body []byte) string {
	var document struct {
		Errors []transport.Diagnostic `json:"errors"`
	}
	if json.Unmarshal(body, &document) == nil && len(document.Errors) > 0 {
		return r.said(document.Errors)
	}
	code, message := wire.Reason(body)
	return r.line(strings.TrimSuffix(strings.TrimPrefix(code+": "+message, ": "), ": "))
}
