package demandflow

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func imageJSON(id, name, tag string) string {
	return asRead(fmt.Sprintf(`{"id":%q,"entity":"DOCKERIMAGE","name":%q,"tag":%q}`, id, name, tag))
}

// knownIDs are the ids of the duplicates that answers have shown.
func knownIDs(client *Client, of *entity.Entity, fields Object) (ids []string) {
	for _, duplicate := range client.duplicatesOf(keyText(of, fields)) {
		ids = append(ids, duplicate.ID)
	}
	return ids
}

// Every way of reading or writing an object teaches its name; asking for duplicates sends nothing.
func TestDuplicates_areKnownFromWhateverWasReadAnyway(t *testing.T) {
	t.Parallel()
	api := Object{"name": "api", "tag": "1"}
	for name, touch := range map[string]func(t *testing.T, client *Client) error{
		"get": func(t *testing.T, client *Client) error {
			_, err := client.Get(t.Context(), "DOCKERIMAGE", "i1")
			return err
		},
		"list": func(t *testing.T, client *Client) error {
			_, err := collect(client.List(t.Context(), "DOCKERIMAGE"))
			return err
		},
		"query": func(t *testing.T, client *Client) error {
			_, err := collect(client.Query(t.Context(), QueryLine{Entity: "DOCKERIMAGE"}))
			return err
		},
		"update": func(t *testing.T, client *Client) error {
			_, err := client.Update(t.Context(), "DOCKERIMAGE", "i1", Object{"description": "x"})
			return err
		},
		"create": func(t *testing.T, client *Client) error {
			_, err := client.Create(t.Context(), CreateRequest{Entity: &entity.DockerImage, Fields: api})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(200, wholeObject("i1", `"entity":"DOCKERIMAGE","name":"api","tag":"1","description":"x"`,
				`"created":`+string(Millis(time.Now())))))
			client := newClient(t, server.URL)
			if got := knownIDs(client, &entity.DockerImage, api); len(got) > 0 {
				t.Errorf("before anything was read: %q", got)
			}
			if err := touch(t, client); err != nil {
				t.Fatal(err)
			}
			for what, test := range map[string]struct {
				of     *entity.Entity
				fields Object
				want   []string
			}{
				"same key":       {&entity.DockerImage, Object{"name": "api", "tag": "1", "description": "other"}, []string{"i1"}},
				"other tag":      {&entity.DockerImage, Object{"name": "api", "tag": "2"}, nil},
				"half a key":     {&entity.DockerImage, Object{"name": "api"}, nil},
				"another entity": {&entity.DockerRegistry, Object{"name": "api", "tag": "1"}, nil},
			} {
				if got := knownIDs(client, test.of, test.fields); !slices.Equal(got, test.want) {
					t.Errorf("%s: got %q, want %q", what, got, test.want)
				}
			}
			if asked := server.asked(); len(asked) != 1 {
				t.Errorf("%d requests, want that of the %s alone", len(asked), name)
			}
		})
	}
}

// The same name and tag in another registry is another image. A registry's id is a UUID, in either case.
func TestDuplicates_ofAnotherRegistryAreNone(t *testing.T) {
	t.Parallel()
	client := newClient(t, "http://demandflow.invalid")
	for id, registry := range map[string]string{"in-a": "aaaa", "in-b": "bbbb", "in-none": ""} {
		client.observe(Object{"id": id, "entity": "DOCKERIMAGE", "name": "api", "tag": "1", "registry": registry})
	}
	for registry, want := range map[string]string{"AAAA": "in-a", "bbbb": "in-b", "": "in-none"} {
		if got := knownIDs(client, &entity.DockerImage, Object{"name": "api", "tag": "1",
			"registry": registry}); !slices.Equal(got, []string{want}) {
			t.Errorf("in the registry %q: got %q, want %q", registry, got, want)
		}
	}
}

// What was read without its registry, for an import for instance, does not show its duplicates.
func TestDuplicates_areNotLearntFromHalfAnObject(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, imageJSON("i1", "api", "1")))
	client := newClient(t, server.URL)
	for name, read := range map[string]func() error{
		"list": func() error {
			_, err := collect(client.List(t.Context(), "DOCKERIMAGE", "name", "tag"))
			return err
		},
		"query": func() error {
			_, err := collect(client.Query(t.Context(), QueryLine{Entity: "DOCKERIMAGE", Load: []string{"name", "tag"}},
				QueryLine{Entity: "DOCKERIMAGE"}))
			return err
		},
	} {
		if err := read(); err != nil {
			t.Fatal(err)
		}
		if got := knownIDs(client, &entity.DockerImage, Object{"name": "api", "tag": "1"}); len(got) > 0 {
			t.Errorf("a %s of half an object: %q", name, got)
		}
	}
	if _, err := collect(client.List(t.Context(), "DOCKERIMAGE", keyFields(&entity.DockerImage)...)); err != nil {
		t.Fatal(err)
	}
	if got := knownIDs(client, &entity.DockerImage, Object{"name": "api", "tag": "1"}); len(got) != 1 {
		t.Errorf("a list of all that makes the key: %q", got)
	}
}

func TestDuplicates_areSortedAndFollowRenamesAndDeletes(t *testing.T) {
	t.Parallel()
	answers := []string{
		imageJSON("b", "api", "1") + imageJSON("a", "api", "1") + imageJSON("a", "api", "1"), // a list, one of it twice
		imageJSON("a", "web", "1"), // a was renamed
		"",                         // b is deleted
		imageJSON("a", "", ""),     // a lost its name
	}
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		text(200, answers[n-1])(w, r, n)
	})
	client := newClient(t, server.URL)
	for i, test := range []struct {
		touch    func() error
		api, web []string
	}{
		{func() error { _, err := collect(client.List(t.Context(), "DOCKERIMAGE")); return err }, []string{"a", "b"},
			nil},
		{func() error { _, err := client.Get(t.Context(), "DOCKERIMAGE", "a"); return err }, []string{"b"}, []string{"a"}},
		{func() error { return client.Delete(t.Context(), "DOCKERIMAGE", "b") }, nil, []string{"a"}},
		{func() error { _, err := client.Get(t.Context(), "DOCKERIMAGE", "a"); return err }, nil, nil},
	} {
		if err := test.touch(); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string][]string{"api": test.api, "web": test.web} {
			if got := knownIDs(client, &entity.DockerImage, Object{"name": name, "tag": "1"}); !slices.Equal(got, want) {
				t.Errorf("after request %d, %s: got %q, want %q", i+1, name, got, want)
			}
		}
	}
}

func TestDuplicates_aFailedDeleteForgetsNothing(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		text([]int{200, 403}[n-1], imageJSON("a", "api", "1"))(w, r, n)
	})
	client := newClient(t, server.URL)
	if _, err := client.Get(t.Context(), "DOCKERIMAGE", "a"); err != nil {
		t.Fatal(err)
	}
	if err := client.Delete(t.Context(), "DOCKERIMAGE", "a"); !IsForbidden(err) {
		t.Fatalf("got %v", err)
	}
	if got := knownIDs(client, &entity.DockerImage, Object{"name": "api", "tag": "1"}); !slices.Equal(got, []string{"a"}) {
		t.Errorf("got %q", got)
	}
}

// A large tenant's list must not stay in memory; what was known before it still follows renames.
func TestDuplicates_rememberSoManyAndNoMore(t *testing.T) {
	t.Parallel()
	client := newClient(t, "http://demandflow.invalid")
	learn := func(id, name string) { client.observe(Object{"id": id, "entity": "DOCKERREGISTRY", "name": name}) }
	for i := range maxNaturalKeys + 5 {
		learn(strconv.Itoa(i), "r"+strconv.Itoa(i))
	}
	learn("0", "renamed")
	for name, want := range map[string]int{"r0": 0, "renamed": 1, "r1": 1, "r" + strconv.Itoa(maxNaturalKeys-1): 1, "r" +
		strconv.Itoa(maxNaturalKeys): 0} {
		if got := knownIDs(client, &entity.DockerRegistry, Object{"name": name}); len(got) != want {
			t.Errorf("%s: got %q, want %d", name, got, want)
		}
	}
}

// Requests run at the same time; run with -race.
func TestDuplicates_mayBeLearntAndAskedAtTheSameTime(t *testing.T) {
	t.Parallel()
	client := newClient(t, "http://demandflow.invalid")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 50 {
				id := fmt.Sprintf("%d-%d", i, j)
				client.observe(Object{"id": id, "entity": "DOCKERREGISTRY", "name": "same"})
				knownIDs(client, &entity.DockerRegistry, Object{"name": "same"})
				if j%2 == 1 {
					client.naturalKeys.forget(id)
				}
			}
		})
	}
	group.Wait()
	if got := knownIDs(client, &entity.DockerRegistry, Object{"name": "same"}); len(got) != 8*25 {
		t.Errorf("%d ids, want %d", len(got), 8*25)
	}
}
