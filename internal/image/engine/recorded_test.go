package engine

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/moby/moby/client"
)

// A recording is an engine that gives answers which real ones gave. Routes are without the version, such as
// "GET /images/json"; what an answer begins with reports whether it is a file of testdata or the answer itself.
type recording struct {
	api      string
	podman   bool
	routes   map[string]string
	statuses map[string]int // of routes, where not 200

	lock     sync.Mutex
	requests []string // with version and query
}

var versionOfPath = regexp.MustCompile(`^/v\d+\.\d+(\.\d+)?/`)

func (r *recording) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Api-Version", r.api)
	if r.podman {
		w.Header().Set(headerOfPodman, "4.3.1")
	}
	if request.URL.Path == "/_ping" {
		return
	}
	r.lock.Lock()
	r.requests = append(r.requests, request.Method+" "+request.URL.RequestURI())
	r.lock.Unlock()
	route := request.Method + " " + versionOfPath.ReplaceAllString(request.URL.Path, "/")
	answer, known := r.routes[route+"?platform="+request.URL.Query().Get("platform")]
	if !known {
		answer, known = r.routes[route]
	}
	if status := r.statuses[route]; status != 0 {
		w.WriteHeader(status)
	}
	switch {
	case !known:
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"message":"No such image: ` + request.URL.Path + `"}`))
	case strings.HasSuffix(answer, ".json"):
		text, err := os.ReadFile(filepath.Join("testdata", answer))
		if err != nil {
			panic(err)
		}
		_, _ = w.Write(text)
	default:
		_, _ = w.Write([]byte(answer))
	}
}

// asked lists the requests so far, without the ping.
func (r *recording) asked() []string {
	r.lock.Lock()
	defer r.lock.Unlock()
	return slices.Clone(r.requests)
}

// start returns a client of the recording.
func (r *recording) start(t *testing.T) *Client {
	t.Helper()
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return at(t, server.URL)
}

// RoundTrip answers without a connection, which is how a fuzz target can ask thousands of times.
func (r *recording) RoundTrip(request *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	r.ServeHTTP(recorder, request)
	return recorder.Result(), nil
}

// direct returns a client of the recording that needs no connection.
func (r *recording) direct(t *testing.T) *Client {
	t.Helper()
	c := at(t, "tcp://engine:2375")
	c.http = &http.Client{Transport: bounded{r, c.detectPodman}}
	api, err := client.New(client.WithHost("tcp://engine:2375"), client.WithHTTPClient(c.http), client.WithScheme("http"))
	if err != nil {
		t.Fatal(err)
	}
	c.api, c.endpoint = api, &endpoint{host: "tcp://engine:2375", origin: "the configured host"}
	return c
}

// at returns a client of an engine, which takes nothing from the environment.
func at(t *testing.T, host string) *Client {
	t.Helper()
	c, err := New(Config{Host: host})
	if err != nil {
		t.Fatal(err)
	}
	c.getenv = func(string) string { return "" }
	return c
}

const (
	lab           = "demo.local/lab:1.0"
	idOfConfig    = "sha256:e3b0605d8efdc82b8ce2496225e435ee997dc000e7470403c501dd71773f0eca"
	idOfLoaded    = "sha256:dd5b5dda953597651eb4ae4b6e33b99baaa226f0dc14dc267e43ff192a669c6c"
	idOfIndex     = "sha256:080c9bd570df631a92a6ee34188e5a29eef4d80deda74d5d0b8919ae26d53df9"
	idOfBuilt     = "sha256:487d43d96b05e9df87f542305bd6a3eac60482a6695be38aaff3ebd552afa661"
	multi         = "127.0.0.1:5028/lab/multi:1.0"
	routeLab      = "GET /images/" + lab + "/json"
	routeMulti    = "GET /images/" + multi + "/json"
	routeList     = "GET /images/json"
	routeUsage    = "GET /system/df"
	digestOfAmd64 = "sha256:d6e306d9e7d37238ef3ed815f82ddb8b822477ac71c81ea1b2a1aadc1026780f"
)

// text returns what a pointer points at, "null" for nil: what a test compares reads like the state that Terraform
// shows.
func text(pointer *string) string {
	if pointer == nil {
		return "null"
	}
	return *pointer
}
