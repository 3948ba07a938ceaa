package oci

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/dockerconfig"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/header"
)

// A repositoryAuth is the Authorization header for one repository.
type repositoryAuth struct {
	mutex         sync.Mutex
	authorization string    // the header; empty for none
	known         bool      // the header is of credentials: a token that anyone gets is none
	grant         *grant    // of the token in the header; nil where that is no issued token
	issued        time.Time // when that token was
	expires       time.Time // of that token, by the word of its server
	challenged    bool      // the registry's challenge was answered, or it has none: it is not asked again
	missingHelper string    // there may be credentials, but their helper is not installed: the error
	unsent        string    // there are credentials, and why they are not sent
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

// anonymous reports whether requests have no credentials.
func (a *repositoryAuth) anonymous() bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return !a.known
}

// wasChallenged reports whether there is nothing more to ask for.
func (a *repositoryAuth) wasChallenged() bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.challenged
}

// An attempt is what was tried to get one answer, so that nothing is tried twice for it.
type attempt struct{ tried []string }

// first reports whether something was not tried yet, and notes that it is now.
func (a *attempt) first(what string) bool {
	if slices.Contains(a.tried, what) {
		return false
	}
	a.tried = append(a.tried, what)
	return true
}

// authorize gets the header that an answer asks for, and reports whether it differs from the one that was sent.
func (r *reader) authorize(ctx context.Context, refused *http.Response, sent string, tried *attempt) (bool, error) {
	a := r.auth
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.authorization != sent {
		return true, nil // another call has got it meanwhile
	}
	mayAnswer := r.wire.MayAuthenticate(refused.Request)
	switch a.remedy(refused, mayAnswer, len(tried.tried) > 0) {
	case anotherToken:
		return r.renew(ctx, sent, tried)
	case withCredentials:
		var offered []header.Challenge
		if mayAnswer {
			offered = header.Challenges(refused.Header) // some registries say 403 and how to authenticate
		}
		return r.authenticate(ctx, refused, offered, sent, tried)
	}
	return false, nil
}

// A remedy is what may change an answer.
type remedy int

const (
	noRemedy        remedy = iota
	anotherToken           // that of the request may be out of date
	withCredentials        // the request had none, or not those that are asked for
)

// remedy returns what may change an answer. A registry may hide what needs credentials, so a 403 or 404 to a request
// without credentials is answered with them, too, and one to a token that is out of date with a new token. So is a 400:
// public.ecr.aws says it of such a token.
func (a *repositoryAuth) remedy(refused *http.Response, mayAnswer, tried bool) remedy {
	badRequest := refused.StatusCode == http.StatusBadRequest
	switch {
	case refused.StatusCode == http.StatusUnauthorized:
		if mayAnswer {
			return withCredentials
		} // else the storage that the registry redirects to asks for credentials
	case a.authorization == "":
		if !a.challenged && !badRequest {
			return withCredentials
		}
	case a.grant == nil || !mayAnswer || tried:
	case time.Now().After(a.expires), badRequest && !refusesNumber(refused, a.issued):
		return anotherToken
	}
	return noRemedy
}

// authenticate answers the challenges of an answer, or of the API's root if it has none.
func (r *reader) authenticate(ctx context.Context, refused *http.Response, offered []header.Challenge, sent string,
	tried *attempt) (bool, error) {
	a, hidden := r.auth, refused.StatusCode != http.StatusUnauthorized
	asked, offers := refused.Request, len(offered) > 0
	if hidden && !offers && r.authFor("").wasChallenged() { // the registry hides nothing: no helper need be started
		a.challenged = true
		return false, nil
	}
	known, err := r.credentials(ctx)
	if missing, ok := errors.AsType[*dockerconfig.NotInstalledError](err); ok {
		a.missingHelper, err = missing.Error(), nil
	}
	var failed error
	switch {
	case offers:
	case hidden && err == nil && known == (authn.AuthConfig{}) && a.missingHelper == "":
		a.challenged = true
		return false, nil
	case hidden || err == nil:
		offered, asked, failed = r.offeredByRoot(ctx)
	}
	switch {
	case hidden && failed == nil && len(offered) == 0: // nothing is hidden, and a helper that fails is not needed
		a.challenged, a.missingHelper = true, ""
		return false, nil
	case err != nil || failed != nil:
		return false, cmp.Or(err, failed)
	case len(offered) == 0 && known != (authn.AuthConfig{}):
		a.unsent = "its answer has no challenge (WWW-Authenticate) that says how: check whether it is the registry, and " +
			"what a proxy before it leaves out"
	}
	changed, err := r.answer(ctx, known, offered, grant{asked: asked, scopes: r.scopes(asked, refused)}, sent, tried)
	a.challenged = a.challenged || err == nil
	return changed, err
}

// refusesNumber reports whether a 400 may be about the number of items that was asked for (n), and not about the token,
// which is new.
func refusesNumber(refused *http.Response, issued time.Time) bool {
	return refused.Request.URL.Query().Has("n") && time.Since(issued) < shortestToken
}

// offeredByRoot returns the challenges of the API's root, and the request that was answered with them. A root that asks
// for nothing is not asked again. One that cannot answer for now says nothing of the kind, which is an error.
func (r *reader) offeredByRoot(ctx context.Context) ([]header.Challenge, *http.Request, error) {
	open := r.authFor("") // no repository has this name
	open.mutex.Lock()
	defer open.mutex.Unlock()
	if open.challenged {
		return nil, nil, nil
	}
	root, err := r.send(ctx, http.MethodGet, &url.URL{Path: "/v2/"}, "", "")
	if err != nil {
		return nil, nil, err
	}
	defer discard(root)
	mayAnswer := r.wire.MayAuthenticate(root.Request)
	switch status := root.StatusCode; {
	case status == http.StatusUnauthorized && mayAnswer:
		return header.Challenges(root.Header), root.Request, nil
	case status >= http.StatusInternalServerError, status == http.StatusTooManyRequests,
		status == http.StatusRequestTimeout:
		e := &refusal{host: r.host(), method: http.MethodGet, path: "/v2/", status: status,
			wait: r.line(waitAsked(root.Header.Get("Retry-After"), time.Now()))}
		if !mayAnswer {
			e.host, e.role, e.path = r.line(root.Request.URL.Host), redirected, r.line(root.Request.URL.Path)
		}
		return nil, nil, e
	}
	open.challenged = true
	return nil, root.Request, nil
}

// scopes returns the scopes of a repository that a challenge need not name: none where the challenge is that of the
// repository's own request, whose scope is right also where it names the repository in another way.
func (r *reader) scopes(asked *http.Request, refused *http.Response) []string {
	if asked == refused.Request {
		return nil
	}
	return []string{r.repository.Scope(transport.PullScope)}
}

// answer answers the first challenge that can be answered and was not yet, and reports whether the header differs from
// the one that was sent. A registry that offers Basic and Bearer may have anonymous tokens for those without a
// password.
func (r *reader) answer(ctx context.Context, credentials authn.AuthConfig, offered []header.Challenge, g grant,
	sent string, tried *attempt) (bool, error) {
	own := r.repository.Scope(transport.PullScope)
	var failed error
	var unknown []string
	for _, offer := range offered {
		if offer.Scheme != "basic" && offer.Scheme != "bearer" {
			unknown = append(unknown, strconv.Quote(offer.Scheme))
			continue
		}
		switch authorization := basic(credentials); {
		case credentials.RegistryToken != "":
			if tried.first("registry token") && sent != "Bearer "+credentials.RegistryToken {
				r.accept("Bearer "+credentials.RegistryToken, true)
				return true, nil
			}
		case offer.Scheme == "basic":
			if authorization == "" && credentials != (authn.AuthConfig{}) {
				r.auth.unsent = "it " + unlike(credentials)
			}
			if authorization != "" && tried.first("basic") && sent != authorization {
				r.accept(authorization, true)
				return true, nil
			}
		default:
			for _, scopes := range scopesOf(offer, g.scopes, own) {
				if !tried.first("bearer " + strings.Join(scopes, " ")) {
					continue
				}
				changed, err := r.issue(ctx, credentials, grant{offer, g.asked, scopes}, sent)
				if changed {
					return true, nil
				}
				if failed == nil {
					failed = err
				}
				if err != nil {
					break // it does not depend on the scope
				}
			}
		}
	}
	switch {
	case failed != nil:
		return false, failed
	case len(offered) > 0 && len(unknown) == len(offered):
		return false, fmt.Errorf("%s asks for authentication by %s, which is not known here: only Basic and Bearer are",
			r.host(), r.line(strings.Join(unknown, ", ")))
	}
	return false, nil
}

// accept keeps a header for the requests to come.
func (r *reader) accept(authorization string, known bool) {
	r.hide(strings.TrimPrefix(strings.TrimPrefix(authorization, "Bearer "), "Basic "))
	r.auth.authorization, r.auth.known, r.auth.grant = authorization, known, nil
	if known {
		r.auth.missingHelper, r.auth.unsent = "", ""
	}
}
