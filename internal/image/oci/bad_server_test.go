package oci

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/types"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// manifests makes a registry answer every GET of a manifest in one way, and not know HEAD.
func manifests(mediaType string, write func(http.ResponseWriter)) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/manifests/") {
			return false
		}
		if r.Method == http.MethodHead {
			return refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", "")
		}
		w.Header().Set("Content-Type", mediaType)
		write(w)
		return true
	}
}

func saying(text string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { _, _ = io.WriteString(w, text) }
}

func TestImage_contentThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	pushed := imageFor(t, "linux/amd64")
	registry.push(t, "app:1", pushed)
	raw, _ := pushed.RawManifest()
	config, _ := pushed.ConfigName()
	docker, other := string(types.DockerManifestSchema2), "sha256:"+strings.Repeat("1", 64)
	for _, test := range []struct {
		name, reference string
		how             func(http.ResponseWriter, *http.Request) bool
		words           []string
	}{
		{"digest", "app@" + digestOf(t, pushed), manifests(docker, saying(string(raw)+"\n")),
			[]string{"the content is refused"}},
		{"digest of a tag", "app:1", manifests(docker, func(w http.ResponseWriter) {
			w.Header().Set("Docker-Content-Digest", other)
			_, _ = w.Write(raw)
		}), []string{other, digestOf(t, pushed), "refused"}},
		{"digest of HEAD", "app@" + digestOf(t, pushed), func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", docker)
			w.Header().Set("Docker-Content-Digest", other)
			return true
		}, []string{other, "refused"}},
		{"configuration", "app:1", func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.Path, "/blobs/") {
				_, _ = io.WriteString(w, `{"os":"linux","architecture":"amd64"}`)
				return true
			}
			return false
		}, []string{config.String(), "refused"}},
		{"schema 1", "app:1", manifests("application/vnd.docker.distribution.manifest.v1+prettyjws", saying("{}")),
			[]string{"schema 1", "push"}},
		{"schema 1 in disguise", "app:1", manifests("application/json", saying(`{"schemaVersion":1,"fsLayers":[]}`)),
			[]string{"schema 1"}},
		{"no JSON", "app:1", manifests(docker, saying("hello")), []string{"not in JSON"}},
		{"a number", "app:1", manifests(docker, saying("1")), []string{"not in JSON"}},
		{"nothing", "app:1", manifests(docker, saying("")), []string{"not in JSON"}},
		{"index and image at once", "app:1", manifests(ocispec.MediaTypeImageIndex,
			saying(`{"schemaVersion":2,"manifests":[],"layers":[]}`)), []string{"does not fit"}},
		{"image as an index", "app:1", manifests(ocispec.MediaTypeImageIndex, saying(`{"schemaVersion":2,"layers":[]}`)),
			[]string{"does not fit"}},
		{"two media types", "app:1", manifests(ocispec.MediaTypeImageIndex,
			saying(`{"mediaType":"application/vnd.oci.image.manifest.v1+json","manifests":[]}`)), []string{"by its own word"}},
		{"cut off", "app:1", manifests(docker, func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", fmt.Sprint(len(raw)))
			_, _ = w.Write(raw[:len(raw)/2])
		}), []string{"broke off after"}},
		{"configuration without a digest", "app:1", manifests(docker, saying(
			`{"schemaVersion":2,"config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"../../x"}}`)),
			[]string{"../../x"}},
		{"configuration of 1 GiB", "app:1", manifests(docker, saying(
			`{"schemaVersion":2,"config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":1073741824,"digest":"`+other+`"}}`)), []string{"larger than 8 MiB"}},
	} {
		registry.behave(test.how)
		include := []string{IncludeConfig}
		if test.name == "digest of HEAD" {
			include = nil
		}
		if got, err := registry.client(t).Image(t.Context(), registry.host+"/"+test.reference,
			Options{Include: include}); err == nil {
			t.Errorf("%s gives an image: %+v", test.name, got)
		} else {
			mention(t, err, append(test.words, test.reference)...)
		}
	}
}

func TestImage_manifestOf50MiBIsNotRead(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	chunk := strings.Repeat(" ", 1<<20)
	for _, announced := range []bool{true, false} {
		var written atomic.Int64
		registry.behave(manifests(ocispec.MediaTypeImageManifest, func(w http.ResponseWriter) {
			if announced {
				w.Header().Set("Content-Length", fmt.Sprint(50<<20))
			}
			for range 50 {
				if _, err := io.WriteString(w, chunk); err != nil {
					return
				}
				written.Add(1)
			}
		}))
		_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{})
		mention(t, err, "larger than 8 MiB", "app:1")
		if written.Load() > 40 {
			t.Errorf("%d MiB were taken from the registry", written.Load())
		}
	}
}

func TestImage_plainHTTPNeedsLeave(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	_, err := newClient(t, nil).Image(t.Context(), registry.host+"/app:1", Options{})
	mention(t, err, registry.host, "insecure = true")
	if asked := registry.asked(); len(asked) != 0 {
		t.Errorf("it was asked all the same: %v", asked)
	}
}

func TestImage_redirectTakesNoCredentialsAlong(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	pushed := imageFor(t, "linux/amd64")
	registry.push(t, "app:1", pushed)
	config, _ := pushed.RawConfigFile()
	var seen atomic.Value
	storage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Store(fmt.Sprint(r.Header["Authorization"], r.Header["Referer"], r.Header["Cookie"]))
		_, _ = w.Write(config)
	}))
	t.Cleanup(storage.Close)
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="here"`)
			return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "")
		}
		if strings.Contains(r.URL.Path, "/blobs/") {
			http.Redirect(w, r, storage.URL+"/bucket?signature=s3cr3t", http.StatusTemporaryRedirect)
			return true
		}
		return false
	})
	client := newClient(t, map[string]Registry{registry.host: {Username: "me", Password: "hunter2", Insecure: true}})
	if _, err := client.Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}}); err != nil {
		t.Fatal(err)
	}
	if got := seen.Load(); got != "[] [] []" {
		t.Errorf("the storage has seen %v", got)
	}
	storage.Close()
	_, err := client.Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}})
	mention(t, err, "not:s3cr3t", "not:hunter2")
}

func TestConnection_redirectsInCirclesEnd(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
		return true
	})
	_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}})
	mention(t, err, "redirects more than 5 times")
	if asked := registry.asked(); len(asked) > maxRedirects+1 {
		t.Errorf("a redirect that goes round in circles takes %d requests", len(asked))
	}
}

func TestErrors_repeatNoSecret(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	for status, words := range map[int]string{
		http.StatusUnauthorized: "the credentials are not accepted", http.StatusForbidden: "may not read it",
		http.StatusTeapot: "check the host",
	} {
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			user, password, known := r.BasicAuth()
			if !known {
				w.Header().Set("WWW-Authenticate", `Basic realm="here"`)
				return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "who are you?")
			}
			return refuse(w, status, "DENIED", user+" is not "+password+" in "+r.Header.Get("Authorization"))
		})
		client := newClient(t, map[string]Registry{registry.host: {Username: "me", Password: "hunter2", Insecure: true}})
		// The second reader has the header from the first one, and no part in making it.
		for range 3 {
			_, err := client.Image(t.Context(), registry.host+"/app:1", Options{})
			mention(t, err, "me is not [secret]", words, "not:hunter2", "not:bWU6aHVudGVyMg==")
		}
	}
}

func TestErrors_repeatNoPartOfASecret(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, password, token, says, want string }{
		{"a secret within another one", "abcd", "abcd-efgh", "abcd-efgh or abcd", "([secret] or [secret])"},
		{"the word that takes its place", "secret", "hunter2", "hunter2", "([secret])"},
		{"escaped", "p w&4", "", "p+w%264 and p%20w&4", "([secret] and [secret])"},
		{"in quotes", "p\"w\\4", "", `p\"w\\4`, "([secret])"},
		{"a short one", "the", "", "they are the wrong ones", "(" + wire.Withheld + ")"},
		{"a short one that is not there", "xyz", "", "they are the wrong ones", "(they are the wrong ones)"},
	} {
		r := &reader{connection: &connection{}}
		r.hide(test.password, test.token)
		if got := "(" + r.line(test.says) + ")"; got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
