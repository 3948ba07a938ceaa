// Package scalewaytest is Scaleway's Container Registry in memory for tests, after its documentation and recorded
// answers. It shares no code with the client or Scaleway's SDK: they would make the same mistakes on both sides.
package scalewaytest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"
)

// Keys that the server accepts. They are made up.
const (
	AccessKey   = "SCWTESTTESTTESTTESTX"
	SecretKey   = "0d5ea5e0-5ec2-4e7b-8a1e-c0ffee000001"
	ReadOnlyKey = "0d5ea5e0-5ec2-4e7b-8a1e-c0ffee000002" // a secret key that may read and not write
)

// A Namespace is where images are.
type Namespace struct {
	ID, Name, Endpoint        string
	OrganizationID, ProjectID string
	Region                    string
	Public                    bool
}

// An Image is a repository.
type Image struct {
	ID, Name, NamespaceID             string
	Status, StatusMessage, Visibility string
	Size                              uint64
	CreatedAt, UpdatedAt              time.Time
	Tags                              []Tag
}

// A Tag points at a digest.
type Tag struct{ ID, Name, Digest string }

// A Request is one that the server got.
type Request struct{ Method, Path, Query, Body string }

// A Server is the registry. Its methods may be called while it serves.
type Server struct {
	URL string
	// Looks is how often an image that is being deleted can still be read.
	Looks int

	mutex      sync.Mutex
	namespaces []*Namespace
	images     []*Image
	looked     map[string]int
	requests   []Request
	before     func(*http.Request)
	fault      func(*http.Request) *Answer
	registry   http.Handler
}

// An Answer replaces the server's own.
type Answer struct {
	Status int
	Header http.Header // Content-Type defaults to application/json
	Body   string
}

// New starts a server for the duration of a test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{looked: map[string]int{}}
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	s.URL = listener.URL
	return s
}

// ID returns a UUID that ends with a number.
func ID(number int) string { return fmt.Sprintf("97acc09a-89cb-4c45-8b75-%012d", number) }

// AddNamespace adds a namespace, with defaults for what it leaves out.
func (s *Server) AddNamespace(n Namespace) Namespace {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	n.Region, n.ID = cmp.Or(n.Region, "fr-par"), cmp.Or(n.ID, ID(900000+len(s.namespaces)))
	n.Endpoint = cmp.Or(n.Endpoint, "rg."+n.Region+".scw.cloud/"+n.Name)
	if n.ProjectID == "" {
		n.ProjectID, n.OrganizationID = ID(800001), ID(800000)
	}
	s.namespaces = append(s.namespaces, &n)
	return n
}

// AddImage adds an image, with defaults for what it leaves out.
func (s *Server) AddImage(i Image) Image {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	i.ID, i.Status, i.Visibility = cmp.Or(i.ID, ID(len(s.images)+1)), cmp.Or(i.Status, "ready"),
		cmp.Or(i.Visibility, "inherit")
	i.CreatedAt = cmp.Or(i.CreatedAt, time.Date(2026, 7, 17, 9, 50, len(s.images), 430796000, time.UTC))
	i.UpdatedAt = cmp.Or(i.UpdatedAt, i.CreatedAt)
	for n := range i.Tags {
		i.Tags[n].ID = cmp.Or(i.Tags[n].ID, ID(1000*(len(s.images)+1)+n))
	}
	s.images = append(s.images, &i)
	return i
}

// Edit changes an image without a request.
func (s *Server) Edit(id string, change func(*Image)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, i := range s.images {
		if i.ID == id {
			change(i)
		}
	}
}

// Remove removes an image.
func (s *Server) Remove(id string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.images = slices.DeleteFunc(s.images, func(i *Image) bool { return i.ID == id })
}

// Find returns an image, nil if there is none.
func (s *Server) Find(id string) *Image {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, i := range s.images {
		if i.ID == id {
			found := *i
			return &found
		}
	}
	return nil
}

// Before calls a function before each answer.
func (s *Server) Before(do func(*http.Request)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.before = do
}

// Fault replaces the answers for which the function returns one.
func (s *Server) Fault(answer func(*http.Request) *Answer) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.fault = answer
}

// ServeRegistry serves the registry itself at the API's address, too.
func (s *Server) ServeRegistry(registry http.Handler) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.registry = registry
}

// Requests returns the requests so far, with any of the methods, or all.
func (s *Server) Requests(methods ...string) []Request {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var requests []Request
	for _, r := range s.requests {
		if len(methods) == 0 || slices.Contains(methods, r.Method) {
			requests = append(requests, r)
		}
	}
	return requests
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoded, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	w.Write(encoded)
}

// refused answers with an error. The registry's own 404 has no type.
func refused(w http.ResponseWriter, status int, kind, message string, more map[string]any) {
	body := map[string]any{"message": message}
	if kind != "" {
		body["type"] = kind
	}
	maps.Copy(body, more)
	answer(w, status, body)
}
