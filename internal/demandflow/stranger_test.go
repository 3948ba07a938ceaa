package demandflow

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A cache or a gateway that mixes answers up: what was asked for one object is answered with another one.
func TestGet_doesNotBelieveTheAnswerAboutAnotherObject(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, wholeObject("stranger", `"entity":"DOCKERIMAGE"`, `"name":"n"`, `"tag":"1"`)))
	client := newClient(t, server.URL)
	for name, read := range map[string]func() error{
		"get":     func() error { _, err := client.Get(t.Context(), image, "mine"); return err },
		"refresh": func() error { _, err := client.Read(t.Context(), image, "mine"); return err },
		"look up": func() error { _, err := client.LookUp(t.Context(), image, "mine"); return err },
	} {
		err := read()
		wantText(t, err, `"stranger"`, `"mine"`, "GET /v1/objects/mine")
		if IsNotFound(err) {
			t.Errorf("%s: it counts as missing", name)
		}
	}
	if client.known.get("stranger").seen || len(client.naturalKeys.known) > 0 || client.known.hasSeen(image) {
		t.Error("something was learnt from an answer that is not to be trusted")
	}
}

func TestGet_takesAnIdInAnyCase(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, wholeObject("abc-1")))
	if _, err := newClient(t, server.URL).Get(t.Context(), image, "ABC-1"); err != nil {
		t.Error(err)
	}
}

func TestDefinition_ofAnotherEntityIsRefused(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, imageDefinition))
	definition, err := newClient(t, server.URL).Definition(t.Context(), "DOCKERREGISTRY")
	if wantText(t, err, `"DOCKERIMAGE"`, `"DOCKERREGISTRY"`); definition != nil {
		t.Error("it was taken")
	}
}

// What a PATCH has made of the object is read instead.
func TestUpdate_doesNotBelieveTheAnswerAboutAnotherObject(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		id := "stranger"
		if r.Method == http.MethodGet {
			id = "mine"
		}
		text(200, wholeObject(id, `"entity":"DOCKERIMAGE"`, `"description":"new"`))(w, r, n)
	})
	client := newClient(t, server.URL)
	updated, err := client.Update(t.Context(), image, "mine", Object{"description": "new"})
	if err != nil || updated.ID() != "mine" || !updated.Shown || len(server.asked()) != 2 {
		t.Errorf("%v, %v after %d requests", updated, err, len(server.asked()))
	}
	if client.known.get("stranger").seen {
		t.Error("something was learnt from an answer that is not to be trusted")
	}
}

func TestLists_refuseObjectsOfAnotherEntity(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, asRead(`{"id":"1","entity":"DOCKERIMAGE"}{"id":"2","entity":"DOCKERREGISTRY"}`)))
	client := newClient(t, server.URL)
	for name, list := range map[string]func() error{
		"list": func() error {
			_, err := collect(client.List(t.Context(), image, ""))
			return err
		},
		"query": func() error {
			_, err := collect(client.Query(t.Context(), QueryLine{Entity: image}))
			return err
		},
		"look-up": func() error {
			_, err := client.FindAnew(t.Context(), &entity.DockerImage, []Criteria{{"id": "1"}})
			return err
		},
	} {
		if err := list(); err == nil || !strings.Contains(err.Error(), `another entity ("DOCKERREGISTRY")`) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := collect(client.Query(t.Context(), QueryLine{Entity: image},
		QueryLine{Entity: "DOCKERREGISTRY"})); err != nil {
		t.Error(err)
	}
}

// A query that finds more than what it was asked for is nothing unusual; a filter is wider than equality.
func TestFind_byIdTakesNoOtherObject(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, asRead(fmt.Sprintf(`{"id":"stranger","entity":%q}`, image))))
	found, err := newClient(t, server.URL).FindAnew(t.Context(), &entity.DockerImage, []Criteria{{"id": "mine"}})
	if err != nil || len(found) != 0 {
		t.Errorf("found %v, %v", found, err)
	}
}
