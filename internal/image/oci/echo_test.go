package oci

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// A registry, a token server, or what they redirect to, may repeat what it was sent: in any of its words, and in any
// way of writing. Nothing of a credential is in the error.
func TestErrors_ofARegistryThatRepeatsHeadersShowNoCredential(t *testing.T) {
	t.Parallel()
	images := images(t)
	inErrors := func(status int) func(http.ResponseWriter, string) {
		return func(w http.ResponseWriter, said string) {
			wiretest.Answer(w, status, `{"errors":[{"code":"DENIED","message":%q}]}`, "no: "+said)
		}
	}
	line := func(said string) string { return strings.ReplaceAll(said, "\n", " ") }
	answers := map[string]func(http.ResponseWriter, string){
		"401": inErrors(http.StatusUnauthorized), "403": inErrors(http.StatusForbidden), "404": inErrors(http.StatusNotFound),
		"400": inErrors(http.StatusBadRequest),
		"a code": func(w http.ResponseWriter, said string) {
			wiretest.Answer(w, http.StatusBadRequest, `{"errors":[{"code":%q}]}`, said)
		},
		"a media type": func(w http.ResponseWriter, said string) { w.Header().Set("Content-Type", line(said)) },
		"a media type in a manifest": func(w http.ResponseWriter, said string) {
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			fmt.Fprintf(w, `{"schemaVersion":2,"mediaType":%q}`, said)
		},
		"an artifact's type": func(w http.ResponseWriter, said string) {
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			fmt.Fprintf(w, `{"schemaVersion":2,"artifactType":%q,"config":{"mediaType":"application/vnd.oci.empty.v1+json"},"layers":[]}`, said)
		},
		"a digest": func(w http.ResponseWriter, said string) {
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			fmt.Fprintf(w, `{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":%q},"layers":[]}`, said)
		},
		"a wait": func(w http.ResponseWriter, said string) {
			w.Header().Set("Retry-After", line(said))
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"a redirect": func(w http.ResponseWriter, said string) {
			w.Header().Set("Location", "https://"+foreignHost+"/"+line(said))
			w.WriteHeader(http.StatusFound)
		},
		"a redirect without TLS": func(w http.ResponseWriter, said string) {
			w.Header().Set("Location", "ftp://"+strings.Join(strings.Fields(said), "-")+"/")
			w.WriteHeader(http.StatusFound)
		},
		"a challenge": func(w http.ResponseWriter, said string) {
			w.Header().Set("WWW-Authenticate", strings.Join(strings.Fields(said), "-")+` realm="`+line(said)+`"`)
			w.WriteHeader(http.StatusUnauthorized)
		},
		"a realm": func(w http.ResponseWriter, said string) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="`+line(said)+`"`)
			w.WriteHeader(http.StatusUnauthorized)
		},
		"a next page": func(w http.ResponseWriter, said string) {
			w.Header().Set("Link", "<https://"+line(said)+`/?>; rel="next"`)
			wiretest.Answer(w, http.StatusOK, `{"tags":[]}`)
		},
	}
	sources := slices.Sorted(maps.Keys(credentialsGiven))
	for w, way := range wiretest.EchoNames() {
		for k, kind := range slices.Sorted(maps.Keys(answers)) {
			for p, at := range []string{"registry", "token server"} {
				from := sources[(w+k+p)%len(sources)]
				s := newFakeNetwork(t, images, "https", "bearer")
				if at == "registry" {
					s.diverts = func(w http.ResponseWriter, r *http.Request) bool {
						answers[kind](w, wiretest.Echo(r)[way])
						return true
					}
				} else {
					s.issues = func(w http.ResponseWriter, r *http.Request, _ func() bool) {
						answers[kind](w, wiretest.Echo(r)[way]+r.PostFormValue("refresh_token"))
					}
				}
				s.Serve(t, "https://"+foreignHost, http.NotFoundHandler())
				said := fmt.Sprint(s.readAll(t, credentialsGiven[from]), s.warned)
				for _, secret := range []string{aPassword, anIdentity, aRegistryToken, anIssuedToken, "r3fr3sh-t0k3n"} {
					if wiretest.Shows(said, secret) {
						t.Errorf("%s, %s of the %s, %s: %s", way, kind, at, from, said)
					}
				}
			}
		}
	}
}
