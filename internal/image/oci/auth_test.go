package oci

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/dockerconfig"
)

// locked makes a registry ask for a name and a password.
func locked(w http.ResponseWriter, r *http.Request) bool {
	if user, password, _ := r.BasicAuth(); user == "me" && password == "hunter2" {
		return false
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="here"`)
	return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
}

func TestAuth_settingsOfTheRegistryAndOfTheCall(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	registry.behave(locked)
	right, wrong := Registry{Username: "me", Password: "hunter2", Insecure: true},
		Registry{Username: "me", Password: "letmein", Insecure: true}
	for _, test := range []struct {
		name     string
		settings Registry
		own      *Registry
		words    string
	}{
		{"settings", right, nil, ""},
		{"none", Registry{Insecure: true}, nil, "may not be read without credentials"},
		{"wrong", wrong, nil, "the credentials are not accepted"},
		{"the call's own", wrong, &right, ""},
		{"the call's own, wrong", right, &wrong, "the credentials are not accepted"},
	} {
		client := newClient(t, map[string]Registry{registry.host: test.settings})
		_, err := client.Image(t.Context(), registry.host+"/app:1", Options{Registry: test.own})
		if test.words == "" && err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if test.words != "" {
			mention(t, err, test.words, "401", "not:hunter2", "not:letmein")
			if errors.Is(err, image.ErrNotFound) {
				t.Errorf("%s: what is hidden is taken for gone", test.name)
			}
		}
	}
}

func TestAuth_credentialsAreShownOnlyWhereTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	registry.behave(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("%s has credentials", r.URL.Path)
		}
		return false
	})
	client := newClient(t, map[string]Registry{registry.host: {Username: "me", Password: "hunter2", Insecure: true}})
	if _, err := client.Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}}); err != nil {
		t.Fatal(err)
	}
}

func TestAuth_isMetBeforeWhatIsHiddenIsTakenForGone(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	// Some registries deny that there is anything to those they do not know, and ask for a name at their root alone.
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if user, _, _ := r.BasicAuth(); user == "me" {
			return false
		}
		if r.URL.Path == "/v2/" {
			return locked(w, r)
		}
		return refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "")
	})
	client := newClient(t, map[string]Registry{registry.host: {Username: "me", Password: "hunter2", Insecure: true}})
	if _, err := client.Image(t.Context(), registry.host+"/app:1", Options{}); err != nil {
		t.Error(err)
	}
	_, err := client.Image(t.Context(), registry.host+"/app:2", Options{})
	if !errors.Is(err, image.ErrNotFound) {
		t.Errorf("a tag that is not there: %v", err)
	}
}

// tokens makes a registry ask for tokens, which it gives out itself, each good for so many requests.
func tokens(issued *atomic.Int64, goodFor int64, realm string) func(http.ResponseWriter, *http.Request) bool {
	var used atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/token" {
			user, password, _ := r.BasicAuth()
			if user != "me" || password != "hunter2" || r.URL.Query().Get("service") != "registry" ||
				r.URL.Query().Get("scope") != "repository:team/app:pull" {
				return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "not you: "+password)
			}
			used.Store(0)
			_ = json.NewEncoder(w).Encode(map[string]any{"token": fmt.Sprintf("t0k3n-%d", issued.Add(1)), "expires_in": 300})
			return true
		}
		if r.Header.Get("Authorization") == fmt.Sprintf("Bearer t0k3n-%d", issued.Load()) && used.Add(1) <= goodFor {
			return false
		}
		at := realm
		if at == "" {
			at = "http://" + r.Host + "/token"
		}
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm=%q,service="registry",scope="repository:team/app:pull"`,
			at))
		return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required: "+r.Header.Get("Authorization"))
	}
}

func TestAuth_tokenIsFetchedOnceAndAgainWhenItIsOutOfDate(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "team/app:1", indexOf(t, "linux/amd64", "linux/arm64"))
	client := newClient(t, map[string]Registry{registry.host: {Username: "me", Password: "hunter2", Insecure: true}})
	read := func() {
		t.Helper()
		if _, err := client.Image(t.Context(), registry.host+"/team/app:1",
			Options{Include: []string{IncludeConfig}}); err != nil {
			t.Fatal(err)
		}
	}
	var issued atomic.Int64
	registry.behave(tokens(&issued, 1000, ""))
	read()
	if asked := registry.asked(); len(asked) != 5 || asked[1] != "GET /token" {
		t.Errorf("with a token to fetch it takes %v", asked)
	}
	read()
	if asked := registry.asked(); len(asked) != 8 || issued.Load() != 1 {
		t.Errorf("with a token at hand it takes %v", asked[5:])
	}
	issued.Store(100) // so that the token is another one
	registry.behave(tokens(&issued, 2, ""))
	read()
	if issued.Load() != 102 {
		t.Errorf("%d tokens were issued for three requests at two each", issued.Load()-100)
	}
}

func TestAuth_tokenServersRefusalIsItsOwn(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	var issued atomic.Int64
	registry.behave(tokens(&issued, 1000, ""))
	client := newClient(t, map[string]Registry{registry.host: {Username: "me", Password: "letmein", Insecure: true}})
	_, err := client.Image(t.Context(), registry.host+"/team/app:1", Options{})
	mention(t, err, "token server", "401", "not you: [secret]", "the credentials are not accepted", "not:letmein")

	registry.behave(tokens(&issued, 1000, "http://10.0.0.7/token"))
	_, err = client.Image(t.Context(), registry.host+"/team/app:1", Options{})
	mention(t, err, "no token can be had", "10.0.0.7")

	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/token" {
			_, _ = io.WriteString(w, `{"refresh_token":"r3fr3sh"}`)
			return true
		}
		return tokens(&issued, 0, "")(w, r)
	})
	_, err = client.Image(t.Context(), registry.host+"/team/app:1", Options{})
	mention(t, err, "answered without a token", "not:r3fr3sh")
}

func TestAuth_tokenInSettingsIsSentAsItIs(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "team/app:1", imageFor(t, "linux/amd64"))
	var issued atomic.Int64
	issued.Store(7)
	registry.behave(tokens(&issued, 1000, ""))
	client := newClient(t, map[string]Registry{registry.host: {Token: "t0k3n-7", Insecure: true}})
	if _, err := client.Image(t.Context(), registry.host+"/team/app:1", Options{}); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(registry.asked(), "GET /token") {
		t.Error("a token was asked for all the same")
	}
	client = newClient(t, map[string]Registry{registry.host: {Token: "0utofdate", Insecure: true}})
	_, err := client.Image(t.Context(), registry.host+"/team/app:1", Options{})
	mention(t, err, "the credentials are not accepted", "not:0utofdate")
}

func TestAuth_dockerConfigurationAndItsCredentialHelpers(t *testing.T) {
	registry, helped := serve(t), serve(t)
	for _, one := range []*served{registry, helped} {
		one.push(t, "app:1", imageFor(t, "linux/amd64"))
		one.behave(locked)
	}
	folder := t.TempDir()
	helper := "#!/bin/sh\nread server\n[ \"$server\" = " + helped.host +
		" ] && echo '{\"Username\":\"me\",\"Secret\":\"hunter2\"}' || { echo credentials not found in native keychain; " +
		"exit 1; }\n"
	configuration := fmt.Sprintf(`{"auths":{%q:{"auth":%q}},"credHelpers":{%q:"seen"}}`,
		registry.host, base64.StdEncoding.EncodeToString([]byte("me:hunter2")), helped.host)
	for name, content := range map[string]string{"docker-credential-seen": helper, "config.json": configuration} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("DOCKER_CONFIG", folder)
	t.Setenv("HOME", folder)
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, one := range []*served{registry, helped} {
		client := one.client(t) // with settings, but without credentials in them
		client.keychain = dockerconfig.Keychain{}
		if _, err := client.Image(t.Context(), one.host+"/app:1", Options{}); err != nil {
			t.Error(err)
		}
	}
}

// secure starts a registry with TLS and a certificate of its own.
func secure(t *testing.T) (host, certificate string) {
	t.Helper()
	behind := serve(t)
	behind.push(t, "app:1", imageFor(t, "linux/amd64"))
	server := httptest.NewUnstartedServer(behind.forward(t))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return strings.TrimPrefix(server.URL, "https://"), string(block)
}

func TestConnection_settingsOfOneRegistryDoNotTouchAnother(t *testing.T) {
	t.Parallel()
	first, certificate := secure(t)
	second, _ := secure(t)
	read := func(host string, client *Client) error {
		_, err := client.Image(t.Context(), host+"/app:1", Options{})
		return err
	}
	trusting := newClient(t, map[string]Registry{first: {CACertificate: certificate}})
	if err := read(first, trusting); err != nil {
		t.Error(err)
	}
	mention(t, read(second, trusting), "certificate", "ca_certificate")
	careless := newClient(t, map[string]Registry{first: {Insecure: true}})
	if err := read(first, careless); err != nil {
		t.Error(err)
	}
	mention(t, read(second, careless), "certificate", "ca_certificate")
	if _, err := careless.Image(t.Context(), second+"/app:1", Options{Registry: &Registry{Insecure: true}}); err != nil {
		t.Error(err)
	}
	mention(t, read(second, careless), "certificate", "ca_certificate")
}
