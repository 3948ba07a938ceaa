package oci

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
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
	expires       time.Time // of that token, by the word of its server
	challenged    bool      // the registry was asked for its challenge: it is not asked again
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

// authorize gets the header that an answer asks for, and reports whether it differs from the one that was sent. A
// registry may hide what needs credentials, so a 403 or 404 to a request without credentials is answered with them,
// too, and one to a token that is out of date with a new token. So is a 400: public.ecr.aws says it of such a token.
func (r *reader) authorize(ctx context.Context, refused *http.Response, sent string, tried *attempt) (bool, error) {
	a := r.auth
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.authorization != sent {
		return true, nil // another call has got it meanwhile
	}
	mayAnswer := r.wire.MayAuthenticate(refused.Request)
	switch {
	case refused.StatusCode == http.StatusUnauthorized:
		if !mayAnswer {
			return false, nil // the storage that the registry redirects to asks for credentials
		}
	case sent == "":
		if a.challenged || refused.StatusCode == http.StatusBadRequest {
			return false, nil
		}
	case a.grant == nil || !mayAnswer || len(tried.tried) > 0:
		return false, nil
	case refused.StatusCode == http.StatusBadRequest || time.Now().After(a.expires):
		return r.renew(ctx, sent, tried)
	default:
		return false, nil
	}
	credentials, err := r.credentials(ctx)
	if missing, ok := errors.AsType[*dockerconfig.NotInstalledError](err); ok {
		a.missingHelper = missing.Error()
	} else if err != nil {
		return false, err
	}
	hidden := refused.StatusCode != http.StatusUnauthorized
	offers := mayAnswer && len(header.Challenges(refused.Header)) > 0
	if hidden && !offers && credentials == (authn.AuthConfig{}) && a.missingHelper == "" {
		return false, nil
	}
	offered, asked, err := r.offered(ctx, refused)
	if err != nil {
		return false, err
	}
	a.challenged = true
	switch {
	case len(offered) > 0:
	case hidden:
		a.missingHelper = "" // nothing is hidden
	case credentials != (authn.AuthConfig{}):
		a.unsent = "its answer has no challenge (WWW-Authenticate) that says how: check whether it is the registry, and " +
			"what a proxy before it leaves out"
	}
	return r.answer(ctx, credentials, offered, grant{asked: asked, scopes: r.scopes(asked, refused)}, sent, tried)
}

// credentials returns those of the settings, or of Docker's configuration. They are not cached: those of helpers
// expire.
func (r *reader) credentials(ctx context.Context) (authn.AuthConfig, error) {
	switch {
	case r.settings.Password != "" || r.settings.Token != "":
		return authn.AuthConfig{Username: r.settings.Username, Password: r.settings.Password,
			RegistryToken: r.settings.Token}, nil
	case r.settings.Anonymous:
		return authn.AuthConfig{}, nil
	}
	authenticator, err := authn.Resolve(ctx, r.keychain, r.repository)
	if err == nil {
		var known *authn.AuthConfig
		if known, err = authn.Authorization(ctx, authenticator); err == nil {
			r.hide(known.Password, known.Auth, known.IdentityToken, known.RegistryToken)
			return *known, nil
		}
	}
	if missing, ok := errors.AsType[*dockerconfig.NotInstalledError](err); ok {
		return authn.AuthConfig{}, missing
	}
	return authn.AuthConfig{}, fmt.Errorf("the credentials for %s in Docker's configuration cannot be read: %s; "+
		"correct them with docker login, give the registry a user name and a password in the provider's settings, or "+
		"anonymous = true there where it can be read without", r.host(), r.line(err.Error()))
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

// offered returns the registry's challenges, and the request that was answered with them: the refused one, or else one
// for the API's root.
func (r *reader) offered(ctx context.Context, refused *http.Response) ([]header.Challenge, *http.Request, error) {
	if offered := header.Challenges(refused.Header); len(offered) > 0 && r.wire.MayAuthenticate(refused.Request) {
		return offered, refused.Request, nil // some registries say 403 and how to authenticate
	}
	root, err := r.send(ctx, http.MethodGet, &url.URL{Path: "/v2/"}, "", "")
	if err != nil {
		return nil, nil, err
	}
	discard(root)
	if root.StatusCode != http.StatusUnauthorized || !r.wire.MayAuthenticate(root.Request) {
		return nil, root.Request, nil
	}
	return header.Challenges(root.Header), root.Request, nil
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
	unknown := ""
	for _, offer := range offered {
		switch offer.Scheme {
		case "basic", "bearer":
		default:
			unknown = offer.Scheme
			continue
		}
		switch header := basic(credentials); {
		case credentials.RegistryToken != "":
			if tried.first("registry token") && sent != "Bearer "+credentials.RegistryToken {
				r.accept("Bearer "+credentials.RegistryToken, true)
				return true, nil
			}
		case offer.Scheme == "basic":
			if header == "" && credentials != (authn.AuthConfig{}) {
				r.auth.unsent = "it asks for a user name and a password, and they are a token: log in with a user name"
			}
			if header != "" && tried.first("basic") && sent != header {
				r.accept(header, true)
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
	case unknown != "" && !slices.ContainsFunc(offered, func(c header.Challenge) bool { return c.Scheme != unknown }):
		return false, fmt.Errorf("%s asks for authentication by %q, which is not known here: only Basic and Bearer are",
			r.host(), r.line(unknown))
	}
	return false, nil
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
	if err != nil || "Bearer "+issued.text == sent {
		return false, err
	}
	r.accept("Bearer "+issued.text, credentials != (authn.AuthConfig{}))
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

// accept keeps a header for the requests to come.
func (r *reader) accept(header string, known bool) {
	r.hide(strings.TrimPrefix(strings.TrimPrefix(header, "Bearer "), "Basic "))
	r.auth.authorization, r.auth.known, r.auth.grant = header, known, nil
	if known {
		r.auth.missingHelper, r.auth.unsent = "", ""
	}
}
