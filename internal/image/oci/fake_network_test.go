package oci

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// Credentials that must not reach other hosts.
const (
	aPassword      = "hunter2-hunter2"
	anIdentity     = "1dent1ty-t0k3n"
	aRegistryToken = "r3g1stry-t0k3n"
	anIssuedToken  = "1ssu3d-t0k3n"
)

const (
	registryHost = "registry.example.com:5000"
	authHost     = "auth.example.com" // which the registry names
	foreignHost  = "foreign.example.net"
)

// A loginSource is where credentials come from.
type loginSource struct {
	settings Registry
	keychain authn.AuthConfig
}

var credentialsGiven = map[string]loginSource{
	"name and password": {settings: Registry{Username: "me", Password: aPassword}},
	"token":             {settings: Registry{Token: aRegistryToken}},
	"docker login":      {keychain: authn.AuthConfig{Username: "me", Password: aPassword}},
	"docker login, encoded": {keychain: authn.AuthConfig{Auth: base64.StdEncoding.EncodeToString([]byte("me:" +
		aPassword))}},
	"docker login, an identity token": {keychain: authn.AuthConfig{Username: "<token>", IdentityToken: anIdentity}},
	"docker login, a registry token":  {keychain: authn.AuthConfig{RegistryToken: aRegistryToken}},
}

type loginOf authn.AuthConfig

func (l loginOf) Resolve(authn.Resource) (authn.Authenticator, error) {
	return authn.FromConfig(authn.AuthConfig(l)), nil
}

// A fakeNetwork is a registry, its token server, and others, in one network.
type fakeNetwork struct {
	*wiretest.Network
	scheme string // of the registry and of its token server
	// what the registry asks for: "", basic, bearer
	wants   string
	diverts func(http.ResponseWriter, *http.Request) bool // has the registry answer in another way
	// has the token server answer in another way; nil: it issues tokens
	issues func(w http.ResponseWriter, r *http.Request, known func() bool)
	images http.Handler
	warned []image.Warning
}

// images returns a registry without authentication.
func images(t testing.TB) http.Handler {
	t.Helper()
	images := registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0)))
	push := &wiretest.Network{}
	push.Serve(t, "https://push.example.com", images)
	reference, err := name.ParseReference("push.example.com/team/app:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(reference, imageFor(t, "linux/amd64"), remote.WithTransport(push)); err != nil {
		t.Fatal(err)
	}
	return images
}

func newFakeNetwork(t testing.TB, images http.Handler, scheme, wants string) *fakeNetwork {
	t.Helper()
	s := &fakeNetwork{Network: &wiretest.Network{}, scheme: scheme, wants: wants, images: images}
	s.Serve(t, scheme+"://"+registryHost, http.HandlerFunc(s.serveRegistry))
	s.Serve(t, scheme+"://"+authHost, http.HandlerFunc(s.serveTokens))
	return s
}

// known reports whether a request has one of the credentials.
func known(r *http.Request) bool {
	_, password, _ := r.BasicAuth()
	return password == aPassword || slices.Contains([]string{"Bearer " + anIssuedToken, "Bearer " + aRegistryToken},
		r.Header.Get("Authorization"))
}

func (s *fakeNetwork) serveRegistry(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.wants != "" && !known(r):
		challenge := `Basic realm="registry"`
		if s.wants == "bearer" {
			challenge = fmt.Sprintf(`Bearer realm="%s://%s/token",service="registry"`, s.scheme, authHost)
		}
		w.Header().Set("WWW-Authenticate", challenge)
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "who are you?")
	case s.diverts == nil || !s.diverts(w, r):
		s.images.ServeHTTP(w, r)
	}
}

func (s *fakeNetwork) serveTokens(w http.ResponseWriter, r *http.Request) {
	mayHave := func() bool { return known(r) || r.PostFormValue("refresh_token") == anIdentity }
	switch {
	case s.issues != nil:
		s.issues(w, r, mayHave)
	case !mayHave():
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "who are you?")
	default:
		fmt.Fprintf(w, `{"token":%q,"refresh_token":"r3fr3sh-t0k3n"}`, anIssuedToken)
	}
}

// readAll reads an image with everything and the tags, and returns the errors of the image and of the tags.
func (s *fakeNetwork) readAll(t testing.TB, g loginSource) []error {
	t.Helper()
	settings := g.settings
	settings.Insecure = s.scheme == "http"
	client, err := New(Config{Registries: map[string]Registry{registryHost: settings}})
	if err != nil {
		t.Fatal(err)
	}
	client.retryWait, client.keychain, client.network = time.Microsecond, loginOf(g.keychain), s.Network
	_, ofImage := client.Image(t.Context(), registryHost+"/team/app:1", Options{
		Include: []string{IncludeConfig, IncludeReferrers}, Warn: func(w image.Warning) { s.warned = append(s.warned, w) },
	})
	_, ofTags := client.Tags(t.Context(), registryHost+"/team/app", TagOptions{})
	return []error{ofImage, ofTags}
}

// read returns readAll in one error.
func (s *fakeNetwork) read(t testing.TB, g loginSource) error {
	t.Helper()
	return errors.Join(s.readAll(t, g)...)
}

// wantNoLeak fails where a host has seen a credential that is not for it. A registry that asks for none gets none.
func (s *fakeNetwork) wantNoLeak(t testing.TB, what string) {
	t.Helper()
	var registry, auth []string
	if s.wants != "" {
		registry = []string{s.scheme + "://" + registryHost}
	}
	if s.wants == "bearer" {
		auth = []string{s.scheme + "://" + authHost}
	}
	leaks := slices.Concat(s.Leaks(aPassword, slices.Concat(registry, auth)...), s.Leaks(anIdentity, auth...),
		s.Leaks("r3fr3sh-t0k3n", auth...),
		s.Leaks(aRegistryToken, registry...), s.Leaks(anIssuedToken, registry...))
	if leaks != nil {
		t.Errorf("%s: %q", what, leaks)
	}
	s.Forget()
}
