package oci

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A served is a registry in this process, and what it was asked.
type served struct {
	host string

	mutex    sync.Mutex
	requests []string // method and path
	behaves  func(http.ResponseWriter, *http.Request) bool
}

// serve starts a registry without TLS. It has no referrers API unless an option gives it one.
func serve(t *testing.T, options ...registry.Option) *served {
	t.Helper()
	s := &served{}
	options = append(options, registry.Logger(log.New(io.Discard, "", 0)))
	behind := registry.New(options...)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mutex.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		behaves := s.behaves
		s.mutex.Unlock()
		if behaves == nil || !behaves(w, r) {
			behind.ServeHTTP(w, r)
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(server.Close)
	s.host = strings.TrimPrefix(server.URL, "http://")
	return s
}

// behave makes the registry answer in another way where the function says that it did, and forgets earlier requests.
func (s *served) behave(how func(http.ResponseWriter, *http.Request) bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.behaves, s.requests = how, nil
}

// asked returns the requests since the last call of behave.
func (s *served) asked() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.requests)
}

// client returns a client that may speak plain HTTP to the registry and waits for nothing.
func (s *served) client(t *testing.T) *Client {
	t.Helper()
	return newClient(t, map[string]Registry{s.host: {Insecure: true}})
}

func newClient(t *testing.T, registries map[string]Registry) *Client {
	t.Helper()
	client, err := New(Config{Registries: registries})
	if err != nil {
		t.Fatal(err)
	}
	client.retryWait = time.Millisecond
	client.keychain = anonymous{} // not that of the machine
	return client
}

type anonymous struct{}

func (anonymous) Resolve(authn.Resource) (authn.Authenticator, error) { return authn.Anonymous, nil }

// reference names something in the registry, for writing to it.
func (s *served) reference(t *testing.T, rest string) name.Reference {
	t.Helper()
	reference, err := name.ParseReference(s.host+"/"+rest, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	return reference
}

func (s *served) push(t *testing.T, rest string, what remote.Taggable) {
	t.Helper()
	reference := s.reference(t, rest)
	var err error
	switch known := what.(type) {
	case v1.ImageIndex:
		err = remote.WriteIndex(reference, known)
	case v1.Image:
		err = remote.Write(reference, known)
	default:
		err = remote.Put(reference, known)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.behave(nil)
}

// imageFor makes an image of one layer for a platform, such as linux/arm64/v8.
func imageFor(t testing.TB, platform string) v1.Image {
	t.Helper()
	parsed, err := v1.ParsePlatform(platform)
	if err != nil {
		t.Fatal(err)
	}
	img, err := mutate.Append(empty.Image, mutate.Addendum{
		Layer:   static.NewLayer([]byte("files for "+platform), types.DockerUncompressedLayer),
		History: v1.History{CreatedBy: "COPY . /", Created: v1.Time{Time: time.Unix(1700000000, 0)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config.OS, config.Architecture, config.Variant = parsed.OS, parsed.Architecture, parsed.Variant
	config.Created = v1.Time{Time: time.Unix(1700000000, 0)}
	config.Config = v1.Config{
		Entrypoint: []string{"/server"}, Cmd: []string{"--port", "8080"}, User: "10001", WorkingDir: "/srv",
		Env: []string{"PATH=/bin", "MODE=for=" + platform}, ExposedPorts: map[string]struct{}{"8080/tcp": {}},
		Labels:      map[string]string{"org.opencontainers.image.version": "1.4.2"},
		Healthcheck: &v1.HealthConfig{Test: []string{"CMD", "/server", "check"}, Interval: 30 * time.Second, Retries: 3},
	}
	img, err = mutate.ConfigFile(img, config)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// indexOf makes an index of an image for each platform, and BuildKit's attestation for the first of them.
func indexOf(t *testing.T, platforms ...string) v1.ImageIndex {
	t.Helper()
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	var first v1.Hash
	for number, platform := range platforms {
		img := imageFor(t, platform)
		parsed, _ := v1.ParsePlatform(platform)
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: parsed}})
		if number == 0 {
			first, _ = img.Digest()
		}
	}
	stated := func(predicate string) mutate.Addendum {
		return mutate.Addendum{
			Layer:       static.NewLayer([]byte(`{"predicateType":"`+predicate+`"}`), "application/vnd.in-toto+json"),
			Annotations: map[string]string{annotationPredicateType: predicate},
		}
	}
	attestation, err := mutate.Append(mutate.MediaType(empty.Image, types.OCIManifestSchema1),
		stated("https://spdx.dev/Document"), stated("https://slsa.dev/provenance/v1"))
	if err != nil {
		t.Fatal(err)
	}
	return mutate.AppendManifests(index, mutate.IndexAddendum{Add: attestation, Descriptor: v1.Descriptor{
		Platform: &v1.Platform{OS: "unknown", Architecture: "unknown"},
		Annotations: map[string]string{image.AnnotationReferenceType: "attestation-manifest",
			image.AnnotationReferenceDigest: first.String()},
	}})
}

func digestOf(t *testing.T, what interface{ Digest() (v1.Hash, error) }) string {
	t.Helper()
	digest, err := what.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return digest.String()
}

func text(pointer *string) string {
	if pointer == nil {
		return "(null)"
	}
	return *pointer
}

// collect returns a function that keeps warnings, and the place where it keeps them.
func collect() (func(image.Warning), *[]image.Warning) {
	warnings := &[]image.Warning{}
	return func(w image.Warning) { *warnings = append(*warnings, w) }, warnings
}

// mention fails unless an error says all of the words, and none of the ones that must not be seen.
func mention(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("there is no error")
	}
	for _, word := range words {
		if secret, hidden := strings.CutPrefix(word, "not:"); hidden {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error repeats a secret: %v", err)
			}
		} else if !strings.Contains(err.Error(), word) {
			t.Errorf("the error does not say %q: %v", word, err)
		}
	}
}

// refuse answers with a status and an error in the form of the distribution API.
func refuse(w http.ResponseWriter, status int, code, message string) bool {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"errors":[{"code":%q,"message":%q}]}`, code, message)
	return true
}
