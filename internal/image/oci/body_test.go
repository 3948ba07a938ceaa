package oci

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/types"
)

func zipped(t *testing.T, content []byte) []byte {
	t.Helper()
	var text bytes.Buffer
	writer := gzip.NewWriter(&text)
	_, _ = writer.Write(content)
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// A proxy may encode what it passes on, although nobody asks for it. Digests and limits are of what was encoded.
func TestBody_isDecodedWhereNobodyAskedForACoding(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	pushed := imageFor(t, "linux/amd64")
	registry.push(t, "app:1", pushed)
	manifest, _ := pushed.RawManifest()
	config, _ := pushed.RawConfigFile()
	tags := []byte(`{"name":"app","tags":["1"]}`)
	answers := func(coding string, encode func([]byte) []byte) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if accepted := r.Header.Get("Accept-Encoding"); accepted != "identity" {
				t.Errorf("%s accepts the coding %q", r.URL.Path, accepted)
			}
			content := manifest
			switch {
			case strings.Contains(r.URL.Path, "/blobs/"):
				content = config
			case strings.Contains(r.URL.Path, "/tags/"):
				content = tags
			}
			w.Header().Set("Content-Type", string(types.DockerManifestSchema2))
			w.Header().Set("Docker-Content-Digest", digestOf(t, pushed))
			w.Header().Set("Content-Encoding", coding)
			if r.Method != http.MethodHead {
				_, _ = w.Write(encode(content))
			}
			return true
		}
	}
	plain := func(content []byte) []byte { return content }
	for _, test := range []struct {
		coding string
		encode func([]byte) []byte
		words  string
	}{
		{"gzip", func(content []byte) []byte { return zipped(t, content) }, ""},
		{"x-gzip", func(content []byte) []byte { return zipped(t, content) }, ""},
		{"GZIP", func(content []byte) []byte { return zipped(t, content) }, ""},
		{"gzip", plain, ""}, // storage with a wrong header
		{"identity", plain, ""},
		{"utf-8", plain, ""},
		{"br", func([]byte) []byte { return []byte{0x0b, 0x02, 0x80} }, `in the coding "br", which was not asked for`},
		{"gzip", func(content []byte) []byte { return append([]byte{0x1f, 0x8b}, content...) }, "broke off"},
	} {
		registry.behave(answers(test.coding, test.encode))
		client := registry.client(t)
		_, ofImage := client.Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}})
		got, ofTags := client.Tags(t.Context(), registry.host+"/app", TagOptions{})
		if test.words != "" {
			mention(t, ofImage, test.words)
			mention(t, ofTags, test.words)
		} else if ofImage != nil || ofTags != nil || fmt.Sprint(got) != "[1]" {
			t.Errorf("%s: %v, %v, %v", test.coding, ofImage, got, ofTags)
		}
	}
}

// What unfolds to more than the limit is not read.
func TestBody_limitIsOfWhatWasEncoded(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	bomb := zipped(t, bytes.Repeat([]byte{' '}, maxManifest+1))
	registry.behave(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", string(types.DockerManifestSchema2))
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb)
		return true
	})
	_, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}})
	mention(t, err, "larger than 8 MiB")
}

// A token server stands behind the same proxy.
func TestBody_ofATokenServerIsDecodedToo(t *testing.T) {
	t.Parallel()
	i := &issuing{realm: func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zipped(t, []byte(`{"token":"`+anIssuedToken+`"}`)))
		return true
	}}
	if err := i.reading(t, Registry{}, nil); err != nil {
		t.Error(err)
	}
}

// A body that breaks off is asked for again, a few times, from the registry: the address of storage is good for one
// time.
func TestBody_thatBreaksOffIsReadAgain(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"/manifests/", "/blobs/", "/tags/"} {
		for _, breaks := range []int64{1, 2, 3} {
			for _, elsewhere := range []bool{false, true} {
				registry := serve(t)
				registry.push(t, "app:1", imageFor(t, "linux/amd64"))
				var broken, asked atomic.Int64
				cut := func(w http.ResponseWriter) {
					broken.Add(1)
					w.Header().Set("Content-Type", string(types.DockerManifestSchema2))
					w.Header().Set("Content-Length", "500")
					_, _ = io.WriteString(w, "{")
				}
				storage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { cut(w) }))
				t.Cleanup(storage.Close)
				registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
					if !strings.Contains(r.URL.Path, where) || r.Method == http.MethodHead {
						return false
					}
					if asked.Add(1) > breaks {
						return false
					}
					if elsewhere {
						http.Redirect(w, r, storage.URL+"/once", http.StatusTemporaryRedirect)
					} else {
						cut(w)
					}
					return true
				})
				client := registry.client(t)
				_, err := client.Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}})
				if where == "/tags/" {
					_, err = client.Tags(t.Context(), registry.host+"/app", TagOptions{})
				}
				if breaks <= maxRereads && err != nil {
					t.Errorf("%s breaks off %d times: %v", where, breaks, err)
				} else if breaks > maxRereads {
					mention(t, err, "broke off after 1 bytes", "try again")
					if broken.Load() != maxRereads+1 {
						t.Errorf("%s is asked for %d times", where, broken.Load())
					}
				}
			}
		}
	}
}
