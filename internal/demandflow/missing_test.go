package demandflow

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// missingIn concludes from DemandFlow's 404 to what is read of an object in a refresh.
func missingIn(t *testing.T, client *Client, id string) error {
	t.Helper()
	_, err := client.Read(t.Context(), image, id)
	if !IsNotFound(err) {
		t.Fatalf("the object is not missing: %v", err)
	}
	return client.ConfirmGoneInRefresh(t.Context(), err, image, id, "")
}

// Callers that miss objects while a query is under way share the next one.
func TestGone_oneQueryLooksForAllThatAreMissing(t *testing.T) {
	t.Parallel()
	began, held := make(chan struct{}), make(chan struct{})
	var first sync.Once
	var server *recorder
	server = serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		switch body := server.asked()[n-1].body; {
		case strings.Contains(body, byID):
			first.Do(func() {
				close(began)
				<-held
			})
			if strings.Contains(body, "m7") {
				fmt.Fprint(w, `{"id":"M7","entity":"DOCKERIMAGE"}`)
			}
		case r.URL.Path == "/v1/objects/p":
			fmt.Fprint(w, onePerson)
		case r.Method == http.MethodGet:
			text(404, ownNotFound)(w, r, n)
		}
	})
	client := newClient(t, server.URL)
	if _, err := client.Get(t.Context(), "PPL", "p"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	miss := func(id string) {
		all.Go(func() {
			_, notFound := client.Get(t.Context(), image, id)
			err := client.ConfirmGone(t.Context(), notFound, image, id, tenant)
			_, doubt := errors.AsType[*UnconfirmedError](err)
			if doubt != (id == "m7") || (err != nil) != doubt {
				t.Errorf("%s: %v", id, err)
			}
		})
	}
	miss("m0")
	<-began
	for n := 1; n < 10; n++ {
		miss(fmt.Sprint("m", n))
	}
	for waiting := 0; waiting < 9; {
		client.missing.requests.mutex.Lock()
		if client.missing.requests.next != nil {
			waiting = len(client.missing.requests.next.wanted)
		}
		client.missing.requests.mutex.Unlock()
	}
	close(held)
	all.Wait()
	queries := 0
	for _, request := range server.asked() {
		if strings.Contains(request.body, byID) {
			queries++
		}
	}
	if queries != 2+oldWaits {
		t.Errorf("%d queries, want one for the first, one for all others, and what it listed asked for again", queries)
	}
}

// The list that answers a refresh has all that there is.
func TestGone_asksNothingMoreWhereAListOfAllHasAnswered(t *testing.T) {
	t.Parallel()
	shelf := newFakeTenant(t, fakeImages(10)...)
	client := newClient(t, shelf.URL)
	client.subscription.observeRead(Object{"subscription": tenant})
	for n := range 5 {
		wantRead(t.Context(), t, client, n)
	}
	before := len(shelf.asked())
	for _, id := range []string{"gone", "gone-too", "gone-three"} {
		if err := missingIn(t, client, id); err != nil {
			t.Error(err)
		}
	}
	if asked := len(shelf.asked()) - before; asked != 3 {
		t.Errorf("%d requests, want the three GETs", asked)
	}
}

func TestGone_looksForAnObjectOnceInARun(t *testing.T) {
	t.Parallel()
	server := answers{"GET /v1/objects/p": onePerson}.serve(t)
	client := newClient(t, server.URL)
	if _, err := client.Get(t.Context(), "PPL", "p"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := gone(t, client, tenant); err != nil {
			t.Error(err)
		}
	}
	if asked := len(server.asked()); asked != 1+3+1 {
		t.Errorf("%d requests", asked)
	}
}
