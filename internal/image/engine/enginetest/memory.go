// Package enginetest is an engine in memory, for tests.
package enginetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Memory is an engine in memory for lists and prunes. It selects and removes as Docker 20.10 or Podman 4.3 do, with
// their faults in several labels.
type Memory struct {
	Podman string // its version; without one it is Docker
	// WithoutLabels leaves the labels out of lists.
	WithoutLabels bool
	// Before is called before each request, such as "DELETE /images/sha256:0f". A status that it returns is the answer,
	// with the text; with 0 the engine answers.
	Before func(request string) (status int, text string)

	lock     sync.Mutex
	images   []*MemoryImage
	used     []string // ids of images, one for each container
	requests []string
}

// A MemoryImage is an image of a Memory.
type MemoryImage struct {
	ID      string
	Tags    []string
	Labels  map[string]string
	Created time.Time
	Parent  string // id of the image that it was built on
	Size    int64  // bytes, with those of its parent
}

// Add adds images to the engine, and an id to those that have none.
func (m *Memory) Add(images ...*MemoryImage) {
	m.lock.Lock()
	defer m.lock.Unlock()
	for _, one := range images {
		if one.ID == "" {
			one.ID = fmt.Sprintf("sha256:%064x", 1+len(m.images))
		}
		m.images = append(m.images, one)
	}
}

// Use has a container use an image, by its id.
func (m *Memory) Use(id string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.used = append(m.used, id)
}

// Clear removes all images and containers.
func (m *Memory) Clear() {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.images, m.used, m.requests = nil, nil, nil
}

// Tag names an image; another image of that name loses it.
func (m *Memory) Tag(id, name string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.tag(id, name)
}

func (m *Memory) tag(id, name string) {
	for _, one := range m.images {
		one.Tags = slices.DeleteFunc(one.Tags, func(tag string) bool { return tag == name })
		if one.ID == id {
			one.Tags = append(one.Tags, name)
		}
	}
}

// Remove removes an image.
func (m *Memory) Remove(id string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.images = slices.DeleteFunc(m.images, func(one *MemoryImage) bool { return one.ID == id })
}

// Left lists what there is: an image by its tags, or by its id.
func (m *Memory) Left() (left []string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	for _, one := range m.images {
		if name := strings.Join(one.Tags, " "); name != "" {
			left = append(left, name)
		} else {
			left = append(left, one.ID)
		}
	}
	return left
}

// Requests lists those that changed something, without the version of the API.
func (m *Memory) Requests() []string {
	m.lock.Lock()
	defer m.lock.Unlock()
	return slices.Clone(m.requests)
}

// Start serves the engine during a test, and returns its address.
func (m *Memory) Start(t testing.TB) string {
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	return server.URL
}

var versionOfPath = regexp.MustCompile(`^/v\d+\.\d+(\.\d+)?/`)

// ServeHTTP answers as the engine.
func (m *Memory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Api-Version", "1.41")
	w.Header().Set("Content-Type", "application/json")
	if m.Podman != "" {
		w.Header().Set("Libpod-Api-Version", m.Podman)
	}
	if r.URL.Path == "/_ping" {
		return
	}
	path := versionOfPath.ReplaceAllString(r.URL.Path, "/")
	if m.Before != nil {
		if status, text := m.Before(r.Method + " " + path); status != 0 {
			refuse(w, &refusal{status, text})
			return
		}
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	if r.Method != http.MethodGet {
		m.requests = append(m.requests, r.Method+" "+path)
	}
	answer, refused := m.answer(r, path)
	switch {
	case refused != nil:
		refuse(w, refused)
	case answer == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		_ = json.NewEncoder(w).Encode(answer)
	}
}

// A refusal is an answer that is an error.
type refusal struct {
	status int
	text   string
}

func refuse(w http.ResponseWriter, r *refusal) {
	w.WriteHeader(r.status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": r.text})
}

func (m *Memory) answer(r *http.Request, path string) (any, *refusal) {
	name := strings.TrimPrefix(strings.TrimPrefix(path, "/libpod"), "/images/")
	own := m.Podman != "" && strings.HasPrefix(path, "/libpod/")
	query := r.URL.Query()
	switch {
	case path == "/containers/json":
		containers := make([]map[string]any, 0, len(m.used))
		for _, id := range m.used {
			containers = append(containers, map[string]any{"Id": "c", "ImageID": id, "State": "exited"})
		}
		return containers, nil
	case path == "/system/df":
		var size int64
		for _, one := range m.images {
			size += one.Size - m.sizeOf(one.Parent)
		}
		return map[string]any{"LayersSize": size}, nil
	case path == "/images/json":
		return m.list(query)
	case strings.HasSuffix(path, "/images/prune"):
		return m.prune(query, own), nil
	case own && name == "remove":
		return m.removeOwn(query), nil
	case own && strings.HasSuffix(name, "/untag"):
		return m.untag(strings.TrimSuffix(name, "/untag"), query.Get("repo")+":"+query.Get("tag"))
	case own && strings.HasSuffix(name, "/tag"):
		m.tag(strings.TrimSuffix(name, "/tag"), query.Get("repo")+":"+query.Get("tag"))
		return "", nil
	case own && strings.HasSuffix(name, "/exists"):
		_, refused := m.find(strings.TrimSuffix(name, "/exists"))
		return nil, refused
	case r.Method == http.MethodGet && strings.HasSuffix(name, "/json"):
		return m.inspect(strings.TrimSuffix(name, "/json"))
	case r.Method == http.MethodDelete:
		return m.remove(name, query.Get("force") == "1", query.Get("noprune") == "1")
	}
	return nil, &refusal{http.StatusNotFound, "page not found"}
}

// find looks for an image by its id or a tag.
func (m *Memory) find(name string) (*MemoryImage, *refusal) {
	for _, one := range m.images {
		if one.ID == name || slices.Contains(one.Tags, name) {
			return one, nil
		}
	}
	return nil, &refusal{http.StatusNotFound, "No such image: " + name}
}

func (m *Memory) sizeOf(id string) int64 {
	if one, _ := m.find(id); one != nil {
		return one.Size
	}
	return 0
}

func (m *Memory) hasChildren(id string) bool {
	return slices.ContainsFunc(m.images, func(one *MemoryImage) bool { return one.Parent == id })
}
