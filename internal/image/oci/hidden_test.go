package oci

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/dockerconfig"
)

// hiding makes a registry deny that there is anything to those who are not logged in. Its root and its token server
// answer as usual where the functions return false.
func hiding(challenge string, root, issuer func(http.ResponseWriter) bool) func(http.ResponseWriter,
	*http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		_, password, _ := r.BasicAuth()
		switch {
		case r.URL.Path == "/v2/" && root != nil && root(w), r.URL.Path == "/token" && issuer != nil && issuer(w):
			return true
		case r.URL.Path == "/token" && password == "hunter2":
			fmt.Fprintf(w, `{"token":%q}`, anIssuedToken)
			return true
		case password == "hunter2" && strings.HasPrefix(challenge, "Basic"),
			r.Header.Get("Authorization") == "Bearer "+anIssuedToken:
			return false
		case r.URL.Path == "/v2/" || r.URL.Path == "/token":
			w.Header().Set("WWW-Authenticate", strings.ReplaceAll(challenge, "HOST", r.Host))
			return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "")
		}
		return refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "")
	}
}

// A failure that passes says nothing of what a registry hides: what is there is not taken for gone, neither at once nor
// when it is asked for again.
func TestErrNotFound_isNotWhatATemporaryFailureHides(t *testing.T) {
	t.Parallel()
	const bearer = `Bearer realm="http://HOST/token",service="s"`
	for _, status := range []int{http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusNotImplemented, http.StatusServiceUnavailable} {
		for _, place := range []string{"root, then Basic", "root, then Bearer", "token server"} {
			var well atomic.Bool
			fails := func(w http.ResponseWriter) bool { return !well.Load() && refuse(w, status, "UNAVAILABLE", "") }
			registry := serve(t)
			registry.push(t, "app:1", imageFor(t, "linux/amd64"))
			switch place {
			case "root, then Basic":
				registry.behave(hiding(`Basic realm="x"`, fails, nil))
			case "root, then Bearer":
				registry.behave(hiding(bearer, fails, nil))
			default:
				registry.behave(hiding(bearer, nil, fails))
			}
			client := newClient(t, map[string]Registry{registry.host: {Username: "me", Password: "hunter2", Insecure: true}})
			for range 2 {
				_, err := client.Image(t.Context(), registry.host+"/app:1", Options{})
				if mention(t, err, fmt.Sprint(status)); errors.Is(err, image.ErrNotFound) {
					t.Errorf("%s, %d: it is taken for gone: %v", place, status, err)
				}
			}
			well.Store(true)
			if _, err := client.Image(t.Context(), registry.host+"/app:1", Options{}); err != nil {
				t.Errorf("%s, after %d: %v", place, status, err)
			}
		}
	}
}

// Those who have no credentials are shown nothing more by any root: a 404 is a 404.
func TestErrNotFound_withoutCredentialsDoesNotDependOnTheRoot(t *testing.T) {
	t.Parallel()
	for _, settings := range []Registry{{Insecure: true}, {Insecure: true, Anonymous: true}} {
		registry := serve(t)
		registry.behave(hiding("", func(w http.ResponseWriter) bool {
			return refuse(w, http.StatusNotImplemented, "UNSUPPORTED", "")
		}, nil))
		client := newClient(t, map[string]Registry{registry.host: settings})
		for range 2 {
			if _, err := client.Image(t.Context(), registry.host+"/app:1", Options{}); !errors.Is(err, image.ErrNotFound) {
				t.Errorf("it is not gone: %v", err)
			}
		}
		if asked := count(registry.asked(), "GET /v2/"); settings.Anonymous && asked > 0 || asked > 1 {
			t.Errorf("the root was asked %d times", asked)
		}
	}
}

// A countingKeychain counts how often credentials are asked for: each may start a helper.
type countingKeychain struct {
	authn.Keychain
	asked *atomic.Int64
}

func (c countingKeychain) Resolve(resource authn.Resource) (authn.Authenticator, error) {
	c.asked.Add(1)
	return c.Keychain.Resolve(resource)
}

// A registry without authentication needs no credential helper for what it does not have: one that fails is no error,
// and one that works is not started at each 404.
func TestHelper_hindersNothingInARegistryThatAsksForNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		keychain       authn.Keychain
		started, roots int // once for a repository without a login, and else until the registry is known to be open
	}{
		"no login":      {anonymous{}, 2, 0},
		"a login":       {loginOf{Username: "me", Password: "hunter2"}, 1, 1},
		"broken":        {brokenHelper{errors.New("keychain is locked")}, 1, 1},
		"not installed": {brokenHelper{&dockerconfig.NotInstalledError{Program: "docker-credential-none"}}, 1, 1},
	} {
		registry := serve(t)
		registry.push(t, "a/app:1", imageFor(t, "linux/amd64"))
		registry.push(t, "b/app:1", imageFor(t, "linux/amd64"))
		client, asked := registry.client(t), new(atomic.Int64)
		client.keychain = countingKeychain{test.keychain, asked}
		for _, repository := range []string{"a", "b"} {
			if _, err := client.Image(t.Context(), registry.host+"/"+repository+"/app:1",
				Options{Include: []string{IncludeReferrers}}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := client.Image(t.Context(), registry.host+"/"+repository+"/app:2", Options{}); !errors.Is(err,
				image.ErrNotFound) {
				t.Errorf("%s: a tag that is not there: %v", name, err)
			}
		}
		if roots := count(registry.asked(), "GET /v2/"); asked.Load() != int64(test.started) || roots != test.roots {
			t.Errorf("%s: the helper was started %d times, the root asked %d times", name, asked.Load(), roots)
		}
	}
}

// Where there is no login, the helper says so once for a repository.
func TestHelper_isStartedOnceForWhatMayBeHidden(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.behave(hiding(`Basic realm="x"`, nil, nil))
	client, asked := registry.client(t), new(atomic.Int64)
	client.keychain = countingKeychain{anonymous{}, asked}
	for range 3 {
		if _, err := client.Image(t.Context(), registry.host+"/app:1", Options{}); err == nil {
			t.Error("what is hidden was read")
		}
	}
	if asked.Load() != 1 {
		t.Errorf("the helper was started %d times", asked.Load())
	}
}

func count(requests []string, one string) int {
	return len(slices.DeleteFunc(requests, func(other string) bool { return other != one }))
}
