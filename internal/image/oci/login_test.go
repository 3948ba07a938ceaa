package oci

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/dockerconfig"
)

// The commonest error of all: a name that is misspelt, or an image that is private. Registries hand tokens to anyone,
// which are no credentials.
func TestErrors_withoutCredentialsSayThatThereAreNone(t *testing.T) {
	t.Parallel()
	const without = "no credentials were given"
	challenge := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+r.Host+
			`/token",service="s",scope="repository:app:pull",error="insufficient_scope"`)
	}
	anyone := func(status int) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/token" {
				_, _ = w.Write([]byte(`{"token":"anon"}`))
				return true
			}
			if r.Header.Get("Authorization") == "" || status == http.StatusUnauthorized {
				challenge(w, r)
				status := http.StatusUnauthorized
				return refuse(w, status, "UNAUTHORIZED", "authentication required")
			}
			return refuse(w, status, "DENIED", "requested access to the resource is denied")
		}
	}
	for name, how := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"a token for anyone, then 401": anyone(http.StatusUnauthorized),
		"a token for anyone, then 403": anyone(http.StatusForbidden),
		"no token": func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/token" {
				challenge(w, r)
			}
			return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "")
		},
		"Basic": locked,
		"a token server that says 403": func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/token" {
				return refuse(w, http.StatusForbidden, "DENIED", "requested access to the resource is denied")
			}
			challenge(w, r)
			return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "")
		},
		"401 without a challenge": func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte("<html>login</html>"))
			return true
		},
	} {
		registry := serve(t)
		registry.behave(how)
		_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{})
		mention(t, err, without, "private or misspelt", "docker login "+registry.host, "oci.registries", "not there",
			"not:credentials are not accepted", "not:<html>")
		if errors.Is(err, image.ErrNotFound) {
			t.Errorf("%s: what may be private is taken for gone", name)
		}
		if asked := registry.asked(); len(asked) > 5 {
			t.Errorf("%s takes %v", name, asked)
		}
		known := newClient(t, map[string]Registry{registry.host: {Username: "me", Password: "letmein", Insecure: true}})
		_, err = known.Image(t.Context(), registry.host+"/app:1", Options{})
		mention(t, err, "not:"+without)
		chosen := newClient(t, map[string]Registry{registry.host: {Anonymous: true, Insecure: true}})
		_, err = chosen.Image(t.Context(), registry.host+"/app:1", Options{})
		mention(t, err, without, "anonymous = true is set", "not:docker login")
	}
}

// Credentials that a registry does not ask for, or not in this way, are not sent, and the error says so.
func TestErrors_sayWhyCredentialsAreNotSent(t *testing.T) {
	t.Parallel()
	for words, test := range map[string]struct {
		keychain  loginOf
		challenge string
	}{
		"no challenge":               {loginOf{Username: "me", Password: "hunter2"}, ""},
		"a user name and a password": {loginOf{IdentityToken: anIdentity}, `Basic realm="x"`},
		"one of the two is missing":  {loginOf{Password: "hunter2"}, `Basic realm="x"`},
	} {
		registry := serve(t)
		registry.behave(func(w http.ResponseWriter, _ *http.Request) bool {
			if test.challenge != "" {
				w.Header().Set("WWW-Authenticate", test.challenge)
			}
			return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "")
		})
		client := registry.client(t)
		client.keychain = test.keychain
		_, err := client.Image(t.Context(), registry.host+"/app:1", Options{})
		mention(t, err, "were not sent", words, "not:no credentials were given", "not:hunter2")
	}
}

// A token server that takes GET alone gets no identity token, and no password without a user name: that what it issues
// is refused says nothing of them.
func TestErrors_sayOfATokenForAnyoneThatTheCredentialsWereNotSent(t *testing.T) {
	t.Parallel()
	for _, refusal := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		for _, post := range []int{0, http.StatusNotFound, http.StatusMethodNotAllowed} {
			for _, issues := range []bool{true, false} {
				for _, login := range []loginOf{{Username: "<token>", IdentityToken: anIdentity}, {Password: "hunter2"}} {
					registry := serve(t)
					registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
						switch sent := r.Header.Get("Authorization"); {
						case r.URL.Path == "/token" && r.Method == http.MethodPost && post != 0:
							w.WriteHeader(post)
							return true
						case r.URL.Path == "/token" && issues:
							fmt.Fprint(w, `{"token":"anyone"}`)
							return true
						case r.URL.Path == "/token" || sent != "":
							return refuse(w, refusal, "DENIED", "")
						}
						w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+r.Host+`/token"`)
						return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "")
					})
					client := registry.client(t)
					client.keychain = login
					_, err := client.Image(t.Context(), registry.host+"/app:1", Options{})
					if login.IdentityToken != "" && post == 0 { // it was sent
						mention(t, err, "credentials", "not:were not sent")
						continue
					}
					mention(t, err, "were not sent", "a user name and a password", "not:not accepted", "not:these credentials",
						"not:no credentials were given")
				}
			}
		}
	}
}

// brokenHelper is a machine whose credential helper fails in its own words.
type brokenHelper struct{ err error }

func (b brokenHelper) Resolve(authn.Resource) (authn.Authenticator, error) { return nil, b.err }

func TestHelper_thatIsNotInstalledHindersNoPublicImage(t *testing.T) {
	t.Parallel()
	missing := brokenHelper{&dockerconfig.NotInstalledError{Program: "docker-credential-none"}}
	if err := (&issuing{}).reading(t, Registry{}, missing); err != nil {
		t.Errorf("a token for anyone: %v", err)
	}
	mention(t, (&issuing{password: "hunter2"}).reading(t, Registry{}, missing), "docker-credential-none", "not installed",
		"anonymous = true")
	// What is hidden from those without credentials is not taken for gone.
	registry := serve(t)
	hides := true
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v2/" && hides {
			return locked(w, r)
		}
		return refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "")
	})
	client := registry.client(t)
	client.keychain = missing
	_, err := client.Image(t.Context(), registry.host+"/app:1", Options{})
	if mention(t, err, "docker-credential-none"); errors.Is(err, image.ErrNotFound) {
		t.Errorf("it is taken for gone: %v", err)
	}
	hides = false
	client = registry.client(t)
	client.keychain = missing
	if _, err = client.Image(t.Context(), registry.host+"/app:1", Options{}); !errors.Is(err, image.ErrNotFound) {
		t.Errorf("where nothing is hidden it is not gone: %v", err)
	}
}

// A helper that is there and fails may have credentials: nothing is read without them unless the settings say so.
func TestHelper_thatFailsIsAnErrorUnlessTheRegistryIsReadWithoutCredentials(t *testing.T) {
	t.Parallel()
	locked := brokenHelper{errors.New("the credential helper docker-credential-x failed (exit status 1): keychain is locked")}
	mention(t, (&issuing{}).reading(t, Registry{}, locked), "keychain is locked", "anonymous = true", "credentials")
	if err := (&issuing{}).reading(t, Registry{Anonymous: true}, locked); err != nil {
		t.Errorf("anonymous = true: %v", err)
	}
	if err := (&issuing{password: "hunter2"}).reading(t, Registry{Username: "me", Password: "hunter2"}, locked); err != nil {
		t.Errorf("credentials in the settings: %v", err)
	}
	// A registry that asks for nothing does not need it.
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	client := registry.client(t)
	client.keychain = locked
	if _, err := client.Image(t.Context(), registry.host+"/app:1", Options{}); err != nil {
		t.Error(err)
	}
}

// Two teams in one registry: each image is read with its own team's login, in one client.
func TestAuth_loginsByPathStayWithTheirPaths(t *testing.T) {
	registry := serve(t)
	folder, configuration := t.TempDir(), []string{}
	teams := strings.Split("abcdef", "")
	for _, team := range teams {
		registry.push(t, "team-"+team+"/app:1", imageFor(t, "linux/amd64"))
		configuration = append(configuration, `"`+registry.host+`/team-`+team+`":{"username":"`+team+`","password":"hunter2"}`)
	}
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		user, _, _ := r.BasicAuth()
		if user != "" && strings.HasPrefix(r.URL.Path, "/v2/team-"+user+"/") {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "not yours: "+user)
	})
	if err := os.WriteFile(filepath.Join(folder, "config.json"),
		[]byte(`{"auths":{`+strings.Join(configuration, ",")+`}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DOCKER_CONFIG", folder)
	t.Setenv("HOME", folder)
	client := registry.client(t)
	client.keychain = dockerconfig.Keychain{}
	for _, team := range teams {
		if _, err := client.Image(t.Context(), registry.host+"/team-"+team+"/app:1", Options{}); err != nil {
			t.Error(err)
		}
	}
	_, err := client.Image(t.Context(), registry.host+"/team-g/app:1", Options{})
	mention(t, err, "no credentials were given", "not:not yours: a")
}

// file("password.txt") has a line end at its end.
func TestRegistry_lineEndsOfFilesAreNoPartOfCredentials(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"\n", "\r\n", "\n\n"} {
		registry := serve(t)
		registry.push(t, "app:1", imageFor(t, "linux/amd64"))
		registry.behave(locked)
		settings := Registry{Username: "me" + end, Password: "hunter2" + end, Insecure: true}
		for _, client := range []*Client{newClient(t, map[string]Registry{registry.host: settings}), newClient(t, nil)} {
			if _, err := client.Image(t.Context(), registry.host+"/app:1", Options{Registry: &settings}); err != nil {
				t.Errorf("%q: %v", end, err)
			}
		}
		if err := (&issuing{}).reading(t, Registry{Token: anIssuedToken + end}, nil); err != nil {
			t.Errorf("%q, a token: %v", end, err)
		}
	}
	for name, test := range map[string]struct {
		settings Registry
		words    []string
	}{
		"a line break within": {Registry{Username: "me", Password: "hunter2\nhunter3"}, []string{"line break", "not:hunter2"}},
		"a line end alone":    {Registry{Username: "me", Password: "\n"}, []string{"one of them is missing"}},
		"two ways":            {Registry{Username: "me", Password: "hunter2", Anonymous: true}, []string{"leave out one of them", "not:hunter2"}},
		"no key":              {Registry{ClientCertificate: "x"}, []string{"client_certificate and client_key", "belong together"}},
		"no certificate":      {Registry{ClientCertificate: "x", ClientKey: "hunter2"}, []string{"cannot be used", "not:hunter2"}},
	} {
		_, err := New(Config{Registries: map[string]Registry{"registry.example.com": test.settings}})
		if err == nil {
			t.Errorf("%s is no error", name)
			continue
		}
		mention(t, err, append(test.words, "registry.example.com")...)
	}
}
