// Package openshifttest is a stand-in for the part of an OpenShift API that serves images, for tests.
package openshifttest

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Token is the bearer token that the API takes.
const Token = "sha256~made-up-token"

// An Object is an Image in the API's JSON.
type Object map[string]any

// Name returns the object's name.
func (o Object) Name() string {
	metadata, _ := o["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	return name
}

// An API serves images over TLS to clients that have the token.
type API struct {
	URL           string
	CACertificate string // PEM

	mu       sync.Mutex
	objects  map[string]Object
	requests []string
	answer   func(http.ResponseWriter, *http.Request) bool
}

const path = "/apis/image.openshift.io/v1/images"

// New starts an API with some images. It ends with the test.
func New(t testing.TB, objects ...Object) *API {
	t.Helper()
	api := &API{objects: map[string]Object{}}
	for _, o := range objects {
		api.objects[o.Name()] = o
	}
	server := httptest.NewUnstartedServer(api)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes are meant to fail
	server.StartTLS()
	t.Cleanup(server.Close)
	api.URL = server.URL
	api.CACertificate = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	return api
}

// Answer calls a function for every request first, which reports whether it has answered.
func (a *API) Answer(answer func(http.ResponseWriter, *http.Request) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = answer
}

// Requests returns the requested paths and queries.
func (a *API) Requests() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.requests)
}

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.requests = append(a.requests, r.URL.RequestURI())
	answer := a.answer
	a.mu.Unlock()
	name, found := strings.CutPrefix(r.URL.Path, path)
	switch {
	case answer != nil && answer(w, r):
	case r.Header.Get("Authorization") != "Bearer "+Token:
		Refuse(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized", nil)
	case !found || r.Method != http.MethodGet:
		http.NotFound(w, r)
	case name == "":
		a.list(w, r)
	default:
		a.get(w, strings.TrimPrefix(name, "/"))
	}
}

func (a *API) get(w http.ResponseWriter, name string) {
	a.mu.Lock()
	o, found := a.objects[name]
	a.mu.Unlock()
	if !found {
		Refuse(w, http.StatusNotFound, "NotFound", fmt.Sprintf("images.image.openshift.io %q not found", name),
			map[string]any{"details": map[string]any{"name": name, "group": "image.openshift.io", "kind": "images"}})
		return
	}
	write(w, http.StatusOK, o)
}

// list answers with a page. The token of the next one is the name of its first image.
func (a *API) list(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	items := []Object{}
	next := ""
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	for _, name := range slices.Sorted(maps.Keys(a.objects)) {
		if name < r.URL.Query().Get("continue") {
			continue
		}
		if limit > 0 && len(items) == limit {
			next = name
			break
		}
		items = append(items, a.objects[name])
	}
	write(w, http.StatusOK, map[string]any{
		"kind": "ImageList", "apiVersion": "image.openshift.io/v1", "metadata": map[string]any{"resourceVersion": "1",
			"continue": next}, "items": items,
	})
}

// Refuse answers with a Status, as the API does.
func Refuse(w http.ResponseWriter, code int, reason, message string, more map[string]any) {
	status := map[string]any{
		"kind": "Status", "apiVersion": "v1", "metadata": map[string]any{}, "status": "Failure", "message": message,
		"reason": reason, "code": code,
	}
	maps.Copy(status, more)
	write(w, code, status)
}

func write(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}
