package openshift_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// loggedIn returns clients of an API, by where their credentials come from, and the secret that each of them sends.
func loggedIn(t *testing.T, api *openshifttest.API) map[string]struct {
	client *openshift.Client
	secret string
} {
	t.Helper()
	type login = struct {
		client *openshift.Client
		secret string
	}
	folder := t.TempDir()
	file := write(t, filepath.Join(folder, "token"), "sha256~token-of-a-file")
	plugin := write(t, filepath.Join(folder, "plugin"), "#!/bin/sh\n"+
		`echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"sha256~token-of-a-plugin"}}'`+"\n")
	if err := os.Chmod(plugin, 0o700); err != nil {
		t.Fatal(err)
	}
	by := func(name, user, secret string) login {
		path := write(t, filepath.Join(folder, name+".kubeconfig"), kubeconfig(api.URL, api.CACertificate, user))
		return login{onMachine(t, openshift.Config{Kubeconfig: path}, "", nil), secret}
	}
	return map[string]login{
		"a token": {onMachine(t, openshift.Config{Host: api.URL, CACertificate: api.CACertificate,
			Token: "sha256~token-of-the-provider"}, "", nil), "sha256~token-of-the-provider"},
		"a token of a kubeconfig": by("token", "{token: sha256~token-of-a-kubeconfig}", "sha256~token-of-a-kubeconfig"),
		"a token of a file":       by("file", "{tokenFile: "+file+"}", "sha256~token-of-a-file"),
		"a token of a plugin": by("plugin",
			"{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: "+plugin+"}}",
			"sha256~token-of-a-plugin"),
		"a password": by("password", "{username: ann, password: 'p@ss/w rd: ü'}", "p@ss/w rd: ü"),
		"a token, for another one": by("as", "{token: sha256~token-that-impersonates, as: ben}",
			"sha256~token-that-impersonates"),
	}
}

// Whatever an API redirects to, and whatever that asks for, sees nothing.
func TestCredentials_ofAClusterAreNotForTheHostThatItRedirectsTo(t *testing.T) {
	t.Parallel()
	var came atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		came.Add(1)
		w.Header().Set("WWW-Authenticate", `Basic realm="cluster"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(other.Close)
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect,
		http.StatusPermanentRedirect} {
		api := openshifttest.New(t)
		var sent atomic.Int64
		api.Answer(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Authorization") != "" {
				sent.Add(1)
			}
			http.Redirect(w, r, other.URL+r.URL.Path, status)
			return true
		})
		for from, login := range loggedIn(t, api) {
			_, err := login.client.Image(t.Context(), ofNone, openshift.Options{})
			_, listErr := login.client.Images(t.Context(), openshift.ListOptions{})
			for _, err := range []error{err, listErr} {
				if err == nil || !strings.Contains(err.Error(), "a redirect to "+other.URL) {
					t.Errorf("%d, %s: %v", status, from, err)
				}
			}
		}
		if sent.Load() != 12 {
			t.Errorf("%d: the API itself has seen %d credentials, want 12", status, sent.Load())
		}
	}
	if came.Load() != 0 {
		t.Errorf("the other host was asked %d times", came.Load())
	}
}

// A server may repeat what it was sent, in any of its words, and in any way of writing.
func TestErrors_ofAClusterThatRepeatsHeadersShowNoCredential(t *testing.T) {
	t.Parallel()
	for _, way := range wiretest.EchoNames() {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			for kind, answer := range map[string]func(http.ResponseWriter, string){
				"a Status": func(w http.ResponseWriter, said string) {
					wiretest.Answer(w, http.StatusUnauthorized,
						`{"kind":"Status","status":"Failure","reason":"Unauthorized","message":%q}`, "no: "+said)
				},
				"a text": func(w http.ResponseWriter, said string) {
					w.Header().Set("Content-Type", "text/plain")
					w.WriteHeader(http.StatusForbidden)
					fmt.Fprint(w, "no: "+said)
				},
				"a content type": func(w http.ResponseWriter, said string) {
					w.Header().Set("Content-Type", strings.ReplaceAll(said, "\n", " "))
					w.WriteHeader(http.StatusOK)
				},
				"an object": func(w http.ResponseWriter, said string) { wiretest.Answer(w, http.StatusOK, `{"kind":%q}`, said) },
				"a redirect": func(w http.ResponseWriter, said string) {
					w.Header().Set("Location", "https://"+base64.RawURLEncoding.EncodeToString([]byte(said))+".example.com/?"+
						strings.ReplaceAll(said, "\n", " "))
					w.WriteHeader(http.StatusFound)
				},
			} {
				api := openshifttest.New(t)
				api.Answer(func(w http.ResponseWriter, r *http.Request) bool { answer(w, wiretest.Echo(r)[way]); return true })
				for from, login := range loggedIn(t, api) {
					_, err := login.client.Image(t.Context(), ofNone, openshift.Options{})
					if err == nil {
						t.Fatalf("%s, %s: no error", kind, from)
					}
					shown := err.Error()
					encoded := base64.StdEncoding.EncodeToString([]byte("ann:" + login.secret))
					if wiretest.Shows(shown, login.secret) || strings.Contains(shown, encoded) || strings.Contains(shown, "token-") {
						t.Errorf("%s, %s: %s", kind, from, shown)
					}
				}
			}
		})
	}
}
