package engine

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/api/types/system"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Why a field of the API has no place in the shape. Everything else has one: the tests below give each field a value of
// its own, and look for that value in what comes out.
var withoutPlace = map[string]string{
	"Descriptor.Data":           "the content itself, which an engine never embeds here",
	"Manifests.Descriptor.Data": "likewise",
	"Descriptor.Platform.OSVersion": "an image's own descriptor is of what its name points at: an index, or a " +
		"manifest whose configuration says it",
	"Descriptor.Platform.OSFeatures": "likewise",
	"Manifests.ImageData.Platform.OSVersion": "the index's own word for the platform comes first: " +
		"Manifests.Descriptor.Platform",
	"Manifests.ImageData.Platform.OSFeatures": "likewise",
	"Manifests.AttestationData.For":           "only attestations have it; tested by name",
	"Manifests.Available":                     "a Boolean has no value of its own; tested by name",
	"Config.ArgsEscaped":                      "likewise",
	"Config.Healthcheck.Interval":             "a duration is written in another way; tested by name",
	"Config.Healthcheck.Timeout":              "likewise",
	"Config.Healthcheck.StartPeriod":          "likewise",
	"Config.Healthcheck.StartInterval":        "likewise",
}

// A marker gives every leaf of a value of the API something of its own, and notes what.
type marker struct {
	next  int
	marks map[string]string // path → what must come out
}

var timeType = reflect.TypeFor[time.Time]()

func (m *marker) fill(v reflect.Value, path string) {
	m.next++
	switch {
	case v.Type() == timeType:
		at := time.Date(2001, 1, 1, 0, 0, m.next, 0, time.UTC)
		v.Set(reflect.ValueOf(at))
		m.marks[path] = at.Format(time.RFC3339)
	case v.Kind() == reflect.String:
		mark := fmt.Sprintf("mark-%d-", m.next)
		v.SetString(mark)
		m.marks[path] = mark
	case v.CanInt():
		v.SetInt(int64(1_000_000 + m.next))
		m.marks[path] = fmt.Sprint(1_000_000 + m.next)
	case v.CanUint():
		v.SetUint(uint64(1_000_000 + m.next))
		m.marks[path] = fmt.Sprint(1_000_000 + m.next)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
		m.marks[path] = "a Boolean has none"
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		m.fill(v.Elem(), path)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		m.fill(v.Index(0), path)
	case v.Kind() == reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		m.fill(key, path)
		if value.Kind() != reflect.Struct {
			m.fill(value, path)
		}
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case v.Kind() == reflect.Struct:
		for _, field := range reflect.VisibleFields(v.Type()) {
			if len(field.Index) == 1 && field.IsExported() {
				name := path + "." + field.Name
				if field.Anonymous {
					name = path
				}
				m.fill(v.FieldByIndex(field.Index), strings.TrimPrefix(name, "."))
			}
		}
	default:
		panic("nothing is known of " + v.Type().String() + " at " + path)
	}
}

// missing lists the fields whose value did not come out, and that have no reason for it; and those that have one, and
// came out.
func (m *marker) missing(t *testing.T, came any) (fields []string) {
	t.Helper()
	out, err := json.Marshal(came)
	if err != nil {
		t.Fatal(err)
	}
	for path, mark := range m.marks {
		if strings.Contains(string(out), mark) == excused(path) {
			fields = append(fields, path)
		}
	}
	slices.Sort(fields)
	return fields
}

// excused reports whether there is a reason for a field to be missing. The items of the disk usage are those of the
// list.
func excused(path string) bool { return withoutPlace[strings.TrimPrefix(path, "Items.")] != "" }

func TestWithoutPlace_namesFieldsThatThereAre(t *testing.T) {
	t.Parallel()
	_, inspection := newMarked[api.InspectResponse]()
	for path := range withoutPlace {
		if inspection.marks[path] == "" {
			t.Errorf("the API has no %s", path)
		}
	}
}

// newMarked fills a value of the API with marks.
func newMarked[T any]() (*T, *marker) {
	value, m := new(T), &marker{marks: map[string]string{}}
	m.fill(reflect.ValueOf(value).Elem(), "")
	return value, m
}

// answering returns an engine of the newest API that answers a route with a value.
func answering(t *testing.T, routes map[string]any) *Client {
	t.Helper()
	r := &recording{api: "1.56", routes: map[string]string{}}
	for route, value := range routes {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		r.routes[route] = string(text) + "\n"
	}
	return r.start(t)
}

// makeImage makes marked manifests those of an image: what the code decides by cannot be arbitrary.
func (m *marker) makeImage(path string, manifests []api.ManifestSummary) {
	m.marks[path+".Kind"] = string(api.ManifestKindImage)
	for index := range manifests {
		manifests[index].Kind, manifests[index].AttestationData = api.ManifestKindImage, nil
	}
}

func TestEveryFieldOf_inspectionHasAPlace(t *testing.T) {
	t.Parallel()
	for store, containerd := range map[string]bool{"containerd": true, "graphdriver": false} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			found, m := newMarked[api.InspectResponse]()
			found.Created = m.marks["Metadata.LastTagTime"] // a string that must be a time
			m.marks["Created"] = found.Created
			found.Config.Env = []string{"MARK=" + found.Config.Env[0]}
			found.RepoTags, found.RepoDigests = []string{"demo.local/mark:tag"}, []string{"demo.local/mark@" + idOfIndex}
			m.marks["RepoTags"], m.marks["RepoDigests"] = "demo.local/mark:tag", "demo.local/mark@"+idOfIndex
			m.makeImage("Manifests", found.Manifests)
			if containerd {
				// The store has no graph driver, and tells of the image's platform in the manifest.
				delete(m.marks, "GraphDriver.Name")
				delete(m.marks, "GraphDriver.Data")
				for _, field := range []string{"Os", "OsVersion", "Architecture", "Variant", "Size"} {
					delete(m.marks, field)
				}
				found.Manifests[0].Descriptor.Platform.OS, found.Manifests[0].Descriptor.Platform.Architecture = found.Os,
					found.Architecture
				m.marks["Manifests.Descriptor.Platform.OS"] = found.Os
				m.marks["Manifests.Descriptor.Platform.Architecture"] = found.Architecture
				found.Manifests[0].Descriptor.Platform.Variant = found.Variant
				m.marks["Manifests.Descriptor.Platform.Variant"] = found.Variant
				found.Descriptor.MediaType = ocispec.MediaTypeImageIndex
				m.marks["Descriptor.MediaType"] = ocispec.MediaTypeImageIndex
			} else {
				found.Descriptor, found.Manifests = nil, nil
				for path := range m.marks {
					if strings.HasPrefix(path, "Descriptor.") || strings.HasPrefix(path, "Manifests.") {
						delete(m.marks, path)
					}
				}
			}
			i, err := answering(t, map[string]any{"GET /images/demo.local/mark:tag/json": found}).Image(t.Context(),
				"demo.local/mark:tag", Options{})
			if err != nil {
				t.Fatal(err)
			}
			if missing := m.missing(t, i); len(missing) > 0 {
				t.Errorf("these have neither a place in the shape nor a reason in withoutPlace: %q", missing)
			}
			config := i.Platforms[0].Config
			if config.ArgsEscaped == nil || !*config.ArgsEscaped || len(config.ExposedPorts) != 1 || len(config.Volumes) != 1 ||
				config.Healthcheck.Interval == nil || config.Healthcheck.Timeout == nil || config.Healthcheck.StartPeriod == nil ||
				config.Healthcheck.StartInterval == nil {
				t.Errorf("%+v", config)
			}
			if containerd && (!i.Engine.Manifests[0].Available || i.Engine.Manifests[0].Kind != "image") {
				t.Errorf("%+v", i.Engine.Manifests[0])
			}
		})
	}
}

func TestEveryFieldOf_aListAndDiskUsageHasAPlace(t *testing.T) {
	t.Parallel()
	used, m := newMarked[api.DiskUsage]()
	item := &used.Items[0]
	item.Created = 1_700_000_000
	m.marks["Items.Created"] = "2023-11-14T22:13:20Z"
	item.RepoTags, item.RepoDigests = []string{"demo.local/mark:tag"}, []string{"demo.local/mark@" + idOfIndex}
	m.marks["Items.RepoTags"], m.marks["Items.RepoDigests"] = "demo.local/mark:tag", "demo.local/mark@"+idOfIndex
	item.ID, item.ParentID = idOfIndex, idOfConfig
	m.marks["Items.ID"], m.marks["Items.ParentID"] = idOfIndex, idOfConfig
	m.makeImage("Items.Manifests", item.Manifests)
	delete(m.marks, "Reclaimable") // it is computed from the images
	c := answering(t, map[string]any{
		routeUsage: system.DiskUsage{ImageUsage: used},
		routeList:  used.Items,
	})
	usage, err := c.DiskUsage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if missing := m.missing(t, usage); len(missing) > 0 {
		t.Errorf("these have neither a place in the shape nor a reason in withoutPlace: %q", missing)
	}
	images, err := c.Images(t.Context(), ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"ActiveCount", "TotalCount", "TotalSize"} {
		delete(m.marks, field)
	}
	if missing := m.missing(t, images); len(missing) > 0 {
		t.Errorf("the list leaves out %q", missing)
	}
	if got := text(images[0].CreatedAt); got != "2023-11-14T22:13:20Z" {
		t.Errorf("created at %s", got)
	}
}
