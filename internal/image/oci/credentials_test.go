package oci

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// Before anything is said of strangers: with each kind of credentials, the registry can be read in the way that it asks
// for.
func TestCredentials_reachWhomTheyAreFor(t *testing.T) {
	t.Parallel()
	images := images(t)
	for _, scheme := range []string{"https", "http"} {
		for _, wants := range []string{"basic", "bearer"} {
			for from, g := range credentialsGiven {
				what := fmt.Sprintf("%s, %s, %s", scheme, wants, from)
				s := newFakeNetwork(t, images, scheme, wants)
				err := s.read(t, g)
				if impossible := wants == "basic" && g.keychain.IdentityToken != ""; (err != nil) != impossible {
					t.Errorf("%s: %v", what, err)
				}
				s.wantNoLeak(t, what)
			}
		}
	}
}

// challengesOf returns challenges that lead to a host.
func challengesOf(host string) map[string][]string {
	bearer := fmt.Sprintf(`Bearer realm="%s/take",service="registry",scope="repository:team/app:pull"`, host)
	return map[string][]string{
		"Basic": {`Basic realm="registry"`}, "Bearer": {bearer}, "both": {bearer, `Basic realm="registry"`}, "none": nil,
		"Bearer of the registry's own": {fmt.Sprintf(`Bearer realm="https://%s/token",service="registry"`, authHost)},
	}
}

// hops are the requests of a registry that may be redirected.
var hops = map[string]func(*http.Request) bool{
	"manifest HEAD": func(r *http.Request) bool {
		return r.Method == http.MethodHead && strings.Contains(r.URL.Path, "/manifests/")
	},
	"manifest":  func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/manifests/") },
	"blob":      func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/blobs/") },
	"tags":      func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/tags/list") },
	"referrers": func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/referrers/") },
	"all":       func(*http.Request) bool { return true },
}

// Storage may belong to anyone: a host that a redirect leads to asks in vain, whatever for, at each request, and
// wherever the credentials are from.
func TestCredentials_areNotForAHostThatARedirectNames(t *testing.T) {
	t.Parallel()
	images := images(t)
	elsewhere := map[string][]string{
		"https": {"https://" + foreignHost, "https://registry.example.com", "https://sub." + registryHost, "http://" +
			registryHost},
		"http": {"https://" + foreignHost, "http://" + foreignHost, "https://registry.example.com",
			"http://registry.example.com"},
	}
	for _, scheme := range []string{"https", "http"} {
		for _, wants := range []string{"", "basic", "bearer"} {
			for h, hop := range slices.Sorted(maps.Keys(hops)) {
				for c, challenge := range slices.Sorted(maps.Keys(challengesOf(""))) {
					for g, from := range slices.Sorted(maps.Keys(credentialsGiven)) {
						at := elsewhere[scheme][(h+c+g)%len(elsewhere[scheme])]
						s := newFakeNetwork(t, images, scheme, wants)
						s.diverts = func(w http.ResponseWriter, r *http.Request) bool {
							if hops[hop](r) {
								http.Redirect(w, r, at+"/storage", http.StatusTemporaryRedirect)
							}
							return hops[hop](r)
						}
						s.Serve(t, at, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
							if r.URL.Path == "/take" {
								fmt.Fprint(w, `{"token":"x"}`)
								return
							}
							w.Header()["Www-Authenticate"] = challengesOf(at)[challenge]
							w.WriteHeader(http.StatusUnauthorized)
						}))
						what := fmt.Sprintf("%s %s to %s, which asks for %s; %s from %s", scheme, hop, at, challenge, wants, from)
						if err := s.read(t, credentialsGiven[from]); err == nil && hop != "manifest HEAD" {
							t.Errorf("%s: it is no error", what)
						}
						s.wantNoLeak(t, what)
					}
				}
			}
		}
	}
}

// What a registry hides from those it does not know is asked for again once its root has said how: but not as a
// stranger says.
func TestCredentials_areNotForTheHostThatTheRootRedirectsTo(t *testing.T) {
	t.Parallel()
	images := images(t)
	for from, g := range credentialsGiven {
		s := newFakeNetwork(t, images, "https", "")
		s.diverts = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/v2/" {
				http.Redirect(w, r, "https://"+foreignHost+"/v2/", http.StatusFound)
				return true
			}
			return refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "")
		}
		for challenge, headers := range challengesOf("https://" + foreignHost) {
			s.Serve(t, "https://"+foreignHost, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Www-Authenticate"] = headers
				w.WriteHeader(http.StatusUnauthorized)
			}))
			if err := s.read(t, g); err == nil {
				t.Errorf("%s, %s: it is no error", from, challenge)
			}
			s.wantNoLeak(t, from+", "+challenge)
		}
	}
}

// A redirect of a token server takes no password along, neither in a header nor in a body that is sent once more.
func TestCredentials_areNotForTheHostThatATokenServerRedirectsTo(t *testing.T) {
	t.Parallel()
	images := images(t)
	for _, scheme := range []string{"https", "http"} {
		for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
			http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
			for _, at := range []string{"https://" + foreignHost, "http://" + foreignHost, "https://" + authHost + ":8443",
				"http://" + authHost, "https://" + authHost} {
				if at == scheme+"://"+authHost {
					continue
				}
				for from, g := range credentialsGiven {
					s := newFakeNetwork(t, images, scheme, "bearer")
					s.issues = func(w http.ResponseWriter, r *http.Request, _ func() bool) {
						http.Redirect(w, r, at+"/token?"+r.URL.RawQuery, status)
					}
					s.Serve(t, at, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
						w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
						w.WriteHeader(http.StatusUnauthorized)
					}))
					what := fmt.Sprintf("%s %d to %s, %s", scheme, status, at, from)
					if err := s.read(t, g); err == nil && g.settings.Token == "" && g.keychain.RegistryToken == "" {
						t.Errorf("%s: it is no error", what)
					}
					s.wantNoLeak(t, what)
				}
			}
		}
	}
}

// Who goes on where the token server itself leads stays with it: public.ecr.aws has /token and /token/.
func TestCredentials_followTheTokenServerOnItsOwnHost(t *testing.T) {
	t.Parallel()
	images := images(t)
	s := newFakeNetwork(t, images, "https", "bearer")
	s.issues = func(w http.ResponseWriter, r *http.Request, mayHave func() bool) {
		switch {
		case r.URL.Path == "/token":
			w.Header().Set("Location", (&url.URL{Path: "/token/", RawQuery: r.URL.RawQuery}).String())
			w.WriteHeader(http.StatusTemporaryRedirect)
		case mayHave():
			fmt.Fprintf(w, `{"token":%q}`, anIssuedToken)
		default:
			refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "")
		}
	}
	for _, from := range []string{"name and password", "docker login, an identity token"} {
		if err := s.read(t, credentialsGiven[from]); err != nil {
			t.Errorf("%s: %v", from, err)
		}
	}
	s.wantNoLeak(t, "the token server's own redirect")
}

// What was sent over TLS is not sent again without TLS if that fails later.
func TestCredentials_areNotSentInTheClearOnceThereWasTLS(t *testing.T) {
	t.Parallel()
	images := images(t)
	s := newFakeNetwork(t, images, "https", "basic")
	s.Serve(t, "http://"+registryHost, http.HandlerFunc(s.serveRegistry))
	client, err := New(Config{Registries: map[string]Registry{registryHost: {Username: "me", Password: aPassword,
		Insecure: true}}})
	if err != nil {
		t.Fatal(err)
	}
	client.retryWait, client.network = time.Microsecond, s.Network
	read := func() error {
		_, err := client.Tags(t.Context(), registryHost+"/team/app", TagOptions{})
		return err
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	s.Serve(t, "https://"+registryHost, nil)
	mention(t, read(), "connection refused")
	s.wantNoLeak(t, "without TLS")
}

func TestErrors_sayWhyStorageIsNotShownTheCredentials(t *testing.T) {
	t.Parallel()
	images := images(t)
	s := newFakeNetwork(t, images, "https", "bearer")
	s.diverts = func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, "https://"+foreignHost+"/storage?signature=s3cr3t", http.StatusTemporaryRedirect)
		return true
	}
	s.Serve(t, "https://"+foreignHost, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="storage"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	mention(t, s.read(t, credentialsGiven["name and password"]), "where it redirects to, "+foreignHost+" answered 401",
		"those of the registry are not for it", "not:s3cr3t")
}
