package demandflow

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

const (
	refused403 = `{"error":"Forbidden","message":"not yours"}`
	missing404 = `{"error":"Not Found","message":"no such object"}`
)

func TestRefer_saysWhatAnIDNames(t *testing.T) {
	t.Parallel()
	const registryEntity, imageEntity = "DOCKERREGISTRY", "DOCKERIMAGE"
	for name, test := range map[string]struct {
		asRegistry, asImage func(http.ResponseWriter, *http.Request, int)
		query               func(http.ResponseWriter, *http.Request, int)
		want                Reference
		other               string
	}{
		"a registry": {text(200, asRead(`{"id":"a","entity":"DOCKERREGISTRY"}`)), nil, nil, ReferenceValid, ""},
		"an image, by a server that tells": {text(200, asRead(`{"id":"a","entity":"DOCKERIMAGE"}`)), nil, nil,
			ReferenceToOther,
			imageEntity},
		"an image, by one that is asked": {text(404, missing404), text(200, asRead(`{"id":"a","entity":"DOCKERIMAGE"}`)), nil,
			ReferenceToOther, imageEntity},
		"nothing": {text(404, missing404), text(404, missing404), text(200, ``), ReferenceMissing,
			""},
		"another tenant's": {text(403, refused403), text(403, refused403), text(200, ``), ReferenceMissing,
			""},
		"what may not be read": {text(403, refused403), text(403, refused403),
			text(200, `{"_type":"error","message":"not yours","entity":"DOCKERREGISTRY"}`), ReferenceUnknown, ""},
		"nothing, where nothing may be asked": {text(404, missing404), text(404, missing404), text(403, refused403),
			ReferenceUnknown,
			""},
		"a page of a proxy":     {text(403, `<html>`), nil, nil, ReferenceUnknown, ""},
		"a fault of the server": {text(500, ``), nil, nil, ReferenceUnknown, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
				answer := map[string]func(http.ResponseWriter, *http.Request, int){registryEntity: test.asRegistry,
					imageEntity: test.asImage, "": test.query}[r.URL.Query().Get("entity")]
				if answer == nil {
					t.Errorf("%s %s is asked for", r.Method, r.URL)
					return
				}
				answer(w, r, n)
			})
			client := newClient(t, server.URL, func(c *Config) { c.MaxRetries = 0 })
			var all sync.WaitGroup
			for _, id := range []string{"a", "A", "a"} {
				all.Go(func() {
					if what, other := client.CheckReference(t.Context(), registryEntity, id); what != test.want ||
						other != test.other {
						t.Errorf("%s names %v of %q, want %v of %q", id, what, other, test.want, test.other)
					}
				})
			}
			all.Wait()
			if asked := server.asked(); len(asked) > 3 {
				t.Errorf("%d requests for one id: %+v", len(asked), asked)
			}
		})
	}
}

// What a refresh has read, or this run has made, is not asked for again; after a write nothing is.
func TestRefer_asksForNothingThatIsKnown(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, asRead(`{"id":"known","entity":"DOCKERREGISTRY","name":"harbor"}`)))
	client := newClient(t, server.URL)
	if _, err := client.Get(t.Context(), "DOCKERREGISTRY", "known"); err != nil {
		t.Fatal(err)
	}
	if what, _ := client.CheckReference(t.Context(), "DOCKERREGISTRY", "KNOWN"); what != ReferenceValid {
		t.Errorf("a known registry: %v", what)
	}
	if _, err := client.Update(t.Context(), "DOCKERREGISTRY", "known", Object{"name": "harbour"}); err != nil {
		t.Fatal(err)
	}
	before := len(server.asked())
	if what, _ := client.CheckReference(t.Context(), "DOCKERREGISTRY", "other"); what != ReferenceUnknown ||
		len(server.asked()) != before {
		t.Errorf("after a write: %v, with %d more requests", what, len(server.asked())-before)
	}
}

// An image of the same name and tag in another registry is no candidate for a create whose answer was lost.
func TestCreate_looksForItsTwinsInItsOwnRegistry(t *testing.T) {
	t.Parallel()
	server := losing(t, drop, func() string {
		return asRead(`{"id":"there","entity":"DOCKERIMAGE","name":"app","tag":"1","registry":"bbbb","created":1}` +
			`{"id":"here","entity":"DOCKERIMAGE","name":"app","tag":"1","registry":"AAAA","created":1}`)
	})
	_, err := newClient(t, server.URL).Create(t.Context(), CreateRequest{Entity: &entity.DockerImage,
		Fields: Object{"name": "app", "tag": "1", "registry": "aaaa"}})
	ambiguous, ok := errors.AsType[*AmbiguousError](err)
	if !ok || len(ambiguous.Candidates) != 1 || ambiguous.Candidates[0].ID() != "here" {
		t.Fatalf("got %v", err)
	}
	if wantText(t, err, `name = "app", tag = "1", registry = "aaaa"`,
		"The new docker image app:1 may or may not exist"); strings.Contains(err.Error(), "there:") {
		t.Errorf("got %v", err)
	}
}
