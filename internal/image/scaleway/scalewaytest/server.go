// Package scalewaytest is Scaleway's Container Registry in memory, as its documentation describes it and its answers
// show it: for tests only. It shares no code with the client, nor with Scaleway's SDK: a client that is tested against
// its own code agrees with itself.
package scalewaytest

import (
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

// Keys that the server knows. None of them is anybody's.
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
	// Looks is how often an image that is being deleted is still there when somebody looks.
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

// An Answer is one that is given in place of the server's own.
type Answer struct {
	Status int
	Header http.Header // application/json unless it says another Content-Type
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

// AddNamespace adds a namespace, with what it leaves out filled in.
func (s *Server) AddNamespace(n Namespace) Namespace {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if n.Region == "" {
		n.Region = "fr-par"
	}
	if n.ID == "" {
		n.ID = ID(900000 + len(s.namespaces))
	}
	if n.Endpoint == "" {
		n.Endpoint = "rg." + n.Region + ".scw.cloud/" + n.Name
	}
	if n.ProjectID == "" {
		n.ProjectID, n.OrganizationID = ID(800001), ID(800000)
	}
	s.namespaces = append(s.namespaces, &n)
	return n
}

// AddImage adds an image, with what it leaves out filled in.
func (s *Server) AddImage(i Image) Image {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if i.ID == "" {
		i.ID = ID(len(s.images) + 1)
	}
	if i.Status == "" {
		i.Status = "ready"
	}
	if i.Visibility == "" {
		i.Visibility = "inherit"
	}
	if i.CreatedAt.IsZero() {
		i.CreatedAt = time.Date(2026, 7, 17, 9, 50, len(s.images), 430796000, time.UTC)
	}
	if i.UpdatedAt.IsZero() {
		i.UpdatedAt = i.CreatedAt
	}
	for n := range i.Tags {
		if i.Tags[n].ID == "" {
			i.Tags[n].ID = ID(1000*(len(s.images)+1) + n)
		}
	}
	s.images = append(s.images, &i)
	return i
}

// Edit changes an image behind everybody's back.
func (s *Server) Edit(id string, change func(*Image)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, i := range s.images {
		if i.ID == id {
			change(i)
		}
	}
}

// Remove has an image be gone.
func (s *Server) Remove(id string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.images = slices.DeleteFunc(s.images, func(i *Image) bool { return i.ID == id })
}

// Find returns an image as it is, nil where there is none.
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

// Before has something happen before each answer.
func (s *Server) Before(do func(*http.Request)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.before = do
}

// Fault has requests answered in another way, where the function gives one.
func (s *Server) Fault(answer func(*http.Request) *Answer) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.fault = answer
}

// ServeRegistry has the registry itself answer at the API's address.
func (s *Server) ServeRegistry(registry http.Handler) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.registry = registry
}

// Requests returns those that came, in order. Empty methods stand for all.
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

// refused returns the body of an error. The registry's own 404 has no type.
func refused(w http.ResponseWriter, status int, kind, message string, more map[string]any) {
	body := map[string]any{"message": message}
	if kind != "" {
		body["type"] = kind
	}
	maps.Copy(body, more)
	answer(w, status, body)
}
