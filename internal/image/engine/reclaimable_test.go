package engine

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A measured is an image of an engine that measures: its layers, each of which is a letter and its size, such as "a100".
// The layer "z0" is an empty directory, "-" a step without a layer, and "." the layer without files.
type measured struct {
	layers     string
	containers int
}

// A measuring is an engine that measures as Docker and Podman do.
type measuring struct {
	api       string
	podman    bool
	images    []measured
	forbidden string // a part of paths that a proxy keeps back

	lock     sync.Mutex
	requests int
}

func (m *measuring) id(index int) string { return fmt.Sprintf("%064x", index+1) }

// chains returns the layers of an image by all that is below them, with their sizes.
func (m *measuring) chains(index int) map[string]int64 {
	chains, below := map[string]int64{}, ""
	for layer := range strings.FieldsSeq(m.images[index].layers) {
		var size int64
		_, _ = fmt.Sscanf(layer[1:], "%d", &size)
		below += layer
		chains[below] = size
	}
	return chains
}

// sum returns the bytes of images, each layer once.
func (m *measuring) sum(wanted func(measured) bool) (sum int64) {
	seen := map[string]bool{}
	for index, image := range m.images {
		for chain, size := range m.chains(index) {
			if wanted(image) && !seen[chain] {
				sum, seen[chain] = sum+size, true
			}
		}
	}
	return sum
}

func (m *measuring) items() []map[string]any {
	var items []map[string]any
	for index, image := range m.images {
		var size, shared int64
		for chain, bytes := range m.chains(index) {
			size += bytes
			for other := range m.images {
				if _, there := m.chains(other)[chain]; there && other != index {
					shared += bytes
					break
				}
			}
		}
		id := "sha256:" + m.id(index)
		if m.podman {
			id = m.id(index)
		}
		items = append(items, map[string]any{"Id": id, "RepoTags": []string{fmt.Sprintf("app:%d", index)}, "Created": 1700000000,
			"Size": size, "SharedSize": shared, "Containers": image.containers})
	}
	return items
}

func (m *measuring) inspect(index int) any {
	var layers []string
	for layer := range strings.FieldsSeq(m.images[index].layers) {
		switch layer {
		case "-":
		case ".":
			layers = append(layers, emptyLayer)
		default:
			layers = append(layers, fmt.Sprintf("sha256:%064x", layer))
		}
	}
	return map[string]any{"Id": m.id(index), "RootFS": map[string]any{"Type": "layers", "Layers": layers}}
}

func (m *measuring) history(index int) any {
	var steps []map[string]any
	for layer := range strings.FieldsSeq(m.images[index].layers) {
		var size int64
		_, _ = fmt.Sscanf(layer[1:], "%d", &size)
		steps = append(steps, map[string]any{"Id": "<missing>", "Created": 1700000000, "CreatedBy": "RUN " + layer, "Size": size})
	}
	slices.Reverse(steps)
	return steps
}

func (m *measuring) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Api-Version", m.api)
	w.Header().Set("Content-Type", "application/json")
	if m.podman {
		w.Header().Set(headerOfPodman, "5.4.0-dev")
	}
	if r.URL.Path == "/_ping" {
		return
	}
	m.lock.Lock()
	m.requests++
	m.lock.Unlock()
	path := versionOfPath.ReplaceAllString(r.URL.Path, "/")
	if m.forbidden != "" && strings.Contains(path, m.forbidden) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	everything := m.sum(func(measured) bool { return true })
	var answer any
	switch {
	case path == "/system/df" && m.podman:
		answer = map[string]any{"LayersSize": 0, "Images": m.items()}
	case path == "/system/df" && m.api < "1.52":
		answer = map[string]any{"LayersSize": everything, "Images": m.items()}
	case path == "/system/df":
		answer = map[string]any{"ImageUsage": map[string]any{"TotalCount": len(m.images), "TotalSize": everything,
			"Reclaimable": 1, "Items": m.items()}}
	case path == "/containers/json":
		var containers []map[string]any
		for index, image := range m.images {
			if image.containers != 0 {
				containers = append(containers, map[string]any{"Id": "c", "ImageID": "sha256:" + m.id(index)})
			}
		}
		answer = containers
	case path == "/images/json":
		answer = m.items()
	default:
		for index := range m.images {
			if strings.Contains(path, m.id(index)+"/json") {
				answer = m.inspect(index)
			} else if strings.Contains(path, m.id(index)+"/history") {
				answer = m.history(index)
			}
		}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func TestDiskUsage_reclaimableIsWhatAPruneGivesBack(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		images   []measured
		want     int64
		requests int // of Docker
	}{
		{"unused images share layers with each other", []measured{{"a100", 0}, {"a100 b20", 0}, {"a100 b20 c3", 0}}, 123, 1},
		{"none is unused", []measured{{"a100", 1}, {"b50", 2}}, 0, 1},
		{"one in use has layers of the others", []measured{{"a100", 0}, {"a100 b20", 0}, {"a100 b20 c3", 0}, {"a100 d7", 1}}, 23,
			1},
		{"two in use share layers", []measured{{"a100 b20", 1}, {"a100 c3", 1}, {"a100 d7", 0}, {"e50", 0}}, 57, 5},
		{"two in use share nothing", []measured{{"a100", 1}, {"b20", 1}, {"c3", 0}, {"c3 d7", 0}}, 10, 1},
		{"one in use was built on another", []measured{{"a100", 1}, {"a100 b20", 1}, {"a100 b20 c3", 0}}, 3, 5},
		{"three in use", []measured{{"a100 b20 c3", 1}, {"a100 b20 d7", 1}, {"a100 e9", 1}, {"a100 f5", 0}}, 5, 7},
		{"steps without layers, and the empty layer", []measured{{"a100 - b20 .", 1}, {"a100 - . c3", 1}, {"a100 d7", 0}}, 7, 5},
		{"layers without a size", []measured{{"a100 z0 b20", 1}, {"a100 z0 c3", 1}, {"a100 z0 d7", 0}}, 7, 5},
		{"the same layer upon others is another", []measured{{"a100 b20", 1}, {"c3 b20", 1}, {"b20", 0}}, 20, 1},
		{"nothing at all", nil, 0, 1},
	} {
		for _, engine := range []*measuring{{api: "1.41"}, {api: "1.51"}, {api: "1.52"}, {api: "1.41", podman: true}} {
			t.Run(fmt.Sprintf("%s/%s/%v", test.name, engine.api, engine.podman), func(t *testing.T) {
				t.Parallel()
				m := &measuring{api: engine.api, podman: engine.podman, images: test.images}
				if want := m.sum(func(measured) bool { return true }) -
					m.sum(func(image measured) bool { return image.containers > 0 }); want != test.want {
					t.Fatalf("the test itself wants %d and is %d", test.want, want)
				}
				server := httptest.NewServer(m)
				defer server.Close()
				usage, err := at(t, server.URL).DiskUsage(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if usage.Reclaimable == nil || *usage.Reclaimable != test.want {
					t.Errorf("%v bytes, want %d", usage.Reclaimable, test.want)
				}
				if !m.podman && m.requests != test.requests {
					t.Errorf("%d requests, want %d", m.requests, test.requests)
				}
			})
		}
	}
}

// Behind a proxy, a part of what images in use share may be counted twice, so that there is at least so much.
func TestDiskUsage_reclaimableIsNeverTooMuch(t *testing.T) {
	t.Parallel()
	images := []measured{{"a100 b20", 1}, {"a100 c3", 1}, {"a100 d7", 0}, {"e50 f5", 0}, {"e50 g1", 0}}
	for _, forbidden := range []string{"/history", "/images/"} {
		for podman, want := range map[bool]int64{false: 13, true: 13} {
			m := &measuring{api: "1.41", podman: podman, images: images, forbidden: forbidden}
			server := httptest.NewServer(m)
			usage, err := at(t, server.URL).DiskUsage(t.Context())
			server.Close()
			if podman && forbidden == "/images/" {
				if err == nil {
					t.Error("Podman's names are in the list of images, which is forbidden")
				}
				continue
			}
			if err != nil || usage.Reclaimable == nil || *usage.Reclaimable < want || *usage.Reclaimable > 63 {
				t.Errorf("%s, Podman %v: %+v, %v", forbidden, podman, usage, err)
			}
		}
	}
}

// The containerd store counts no containers of an image for a foreign platform alone.
func TestDiskUsage_anImageWithUncountedContainersIsLookedUp(t *testing.T) {
	t.Parallel()
	m := &measuring{api: "1.52", images: []measured{{"a100", -1}, {"b20", 0}}}
	server := httptest.NewServer(m)
	defer server.Close()
	usage, err := at(t, server.URL).DiskUsage(t.Context())
	if err != nil || *usage.Reclaimable != 20 || m.requests != 2 {
		t.Errorf("%v bytes in %d requests, %v", *usage.Reclaimable, m.requests, err)
	}
	m.forbidden = "/containers"
	if usage, err = at(t, server.URL).DiskUsage(t.Context()); err != nil || *usage.Reclaimable != 20 {
		t.Errorf("%v bytes, %v", *usage.Reclaimable, err)
	}
}
