package oci

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A script has hosts answer as its bytes say, and in an honest way when they are used up.
type script struct{ rest []byte }

// next returns one of so many.
func (s *script) next(of int) int {
	if len(s.rest) == 0 {
		return 0
	}
	b := s.rest[0]
	s.rest = s.rest[1:]
	return int(b) % of
}

func one[T any](s *script, of ...T) T { return of[s.next(len(of))] }

// Whatever hosts answer: a credential goes to the registry and to the token servers that the registry itself has named,
// and to no other host, neither in a header nor in an address nor in a body.
func FuzzCredentials(f *testing.F) {
	images := images(f)
	sources := slices.Sorted(maps.Keys(credentialsGiven))
	// Two bytes are the credentials and whether there is TLS. Each request takes one for what the host does, and more for
	// how.
	f.Add([]byte{0, 0})
	f.Add([]byte{4, 0, 2, 2, 3, 0, 0, 1, 2, 1, 0, 3}) // a manifest elsewhere, where a Bearer challenge names a foreign host
	f.Add([]byte{0, 1, 2, 3, 3, 0, 0, 1, 3, 1, 0, 3}) // the same without TLS
	f.Add([]byte{4, 0, 1, 0, 0, 0, 2, 5, 3, 0, 0})    // with a password, elsewhere on a host below the registry's
	// with a token, elsewhere on another port of the registry's host
	f.Add([]byte{5, 0, 1, 1, 1, 0, 2, 4, 3, 0, 0})
	f.Add([]byte{2, 0, 1, 1, 1, 0, 2, 2, 2, 0, 0, 3})       // a token server that redirects a refresh token
	f.Add([]byte{4, 0, 4, 0, 2, 2, 1, 0, 0, 1, 2, 1, 0, 3}) // the root elsewhere, after nothing was found
	f.Fuzz(func(t *testing.T, steps []byte) {
		s := &script{steps}
		given := credentialsGiven[one(s, sources...)]
		network := newFakeNetwork(t, images, one(s, "https", "http"), "")
		registry := network.scheme + "://" + registryHost
		hosts := []string{
			registry, network.scheme + "://" + authHost, "https://" + foreignHost, "http://" + foreignHost,
			"https://registry.example.com", "https://sub." + registryHost,
			"https://me:x@" + foreignHost + ":8443", "https://" + authHost + ":8443", "http://" + authHost,
		}
		if network.scheme == "https" {
			hosts = append(hosts, "http://"+registryHost)
		}
		named := map[string]bool{} // token servers, by the registry
		var mutex sync.Mutex       // some things are read at once
		for _, host := range hosts {
			network.Serve(t, host, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mutex.Lock()
				defer mutex.Unlock()
				switch s.next(5) {
				case 1: // a challenge
					realm := one(s, hosts...)
					bearer := fmt.Sprintf(`Bearer realm="%s/token",service="registry"`, realm)
					challenges := one(s, []string{`Basic realm="here"`}, []string{bearer}, []string{bearer, `Basic realm="here"`},
						[]string{`Basic realm="here", ` + bearer}, nil)
					if host == registry && (network.scheme == "http" || strings.HasPrefix(realm, "https:")) &&
						slices.ContainsFunc(challenges, func(c string) bool { return strings.Contains(c, bearer) }) {
						named[realm] = true
					}
					w.Header()["Www-Authenticate"] = challenges
					w.WriteHeader(one(s, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound))
				case 2: // a redirect
					target := one(s, hosts...) + one(s, r.URL.Path, "/v2/", "/token", "/storage") + one(s, "", "?"+r.URL.RawQuery)
					w.Header().Set("Location", target)
					w.WriteHeader(one(s, http.StatusTemporaryRedirect, http.StatusPermanentRedirect, http.StatusFound,
						http.StatusSeeOther))
				case 3: // a token
					fmt.Fprintf(w, `{"token":%q,"access_token":%q,"refresh_token":"r3fr3sh-t0k3n"}`, anIssuedToken, anIssuedToken)
				case 4: // a refusal
					refuse(w, one(s, http.StatusNotFound, http.StatusForbidden, http.StatusUnauthorized, http.StatusTeapot),
						"NAME_UNKNOWN", "")
				default:
					images.ServeHTTP(w, r)
				}
			}))
		}
		_ = network.read(t, given)
		issuers := slices.Sorted(maps.Keys(named))
		leaks := slices.Concat(
			network.Leaks(aPassword, append(issuers, registry)...), network.Leaks(anIdentity, issuers...),
			network.Leaks(aRegistryToken, registry), network.Leaks(anIssuedToken, registry), network.Leaks("r3fr3sh-t0k3n", registry))
		if leaks != nil {
			t.Errorf("%q, where the registry is %s and names %q", leaks, registry, issuers)
		}
	})
}
