package demandflow

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// redactionFor is that of a write of a registry, by a client that has read nothing.
func redactionFor(t *testing.T, body Object) *wire.Redaction {
	return newClient(t, "http://demandflow.test").redactionOf(entity.DockerRegistry.Code, body)
}

func TestRedaction_leavesNoRestWhereOneSecretBeginsWithAnother(t *testing.T) {
	t.Parallel()
	got := redactionFor(t, Object{"password": "hush", "token": "hush-hush"}).Replace("hush-hush, hush")
	if want := "[token], [password]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRedaction_findsTheTextsInATenantsOwnDocument(t *testing.T) {
	t.Parallel()
	got := redactionFor(t, Object{"rotation": map[string]any{"keys": []any{"first-key", 2,
		"other-key"}}}).Replace("no: first-key, other-key")
	if want := "no: [rotation], [rotation]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRedaction_leavesTheRestOfAMessage(t *testing.T) {
	t.Parallel()
	const message = `400 Bad Request: the field "password" of "Platform Harbor" is too short (id 4711)`
	if got := redactionFor(t, Object{"password": "a b\nc", "token": `"`,
		"name": "Harbor"}).Replace(strings.ReplaceAll(message, `"`, "")); got != strings.ReplaceAll(message, `"`, "") {
		t.Errorf("got %q", got)
	}
}

// A short secret that was cut out of a message would leave holes all over it, and the holes would tell what it is.
func TestRedaction_ofAShortSecretDropsTheMessageThatHasIt(t *testing.T) {
	t.Parallel()
	id := "597de4a7-0000-4000-8000-000000000004"
	for name, test := range map[string]struct {
		sent       Object
		says       string
		want, lack []string
	}{
		"a short password that the message has": {
			Object{"password": "e"}, "the server denies",
			[]string{"400 Bad Request to PATCH /v1/objects/" + id, "no: (what the other side said is not shown",
				"compare the tenant's definition"}, []string{"denies", "[password]"},
		},
		"one between blanks": {Object{"password": " e "}, "the server denies", []string{"not shown"},
			[]string{"denies", "[password]"}},
		"one that it has not": {Object{"password": "xyz"}, "the server denies", []string{"no: the server denies"},
			[]string{"not shown"}},
		"four characters": {Object{"password": "ärge"}, "no ärger", []string{"no: no [password]r"},
			[]string{"not shown"}},
		"a tenant's own option": {Object{"costCentre": "4"}, "costCentre 4 is no option",
			[]string{"no: costCentre 4 is no option"}, []string{"[costCentre]", "not shown"}},
		"a tenant's own number": {Object{"limit": 4711, "strict": true}, "4711 is not true", []string{"no: 4711 is not true"},
			[]string{"[limit]", "[strict]"}},
		"our own words": {Object{"password": "objects", "token": "PATCH", "signingKey": id}, "id " + id,
			[]string{"PATCH /v1/objects/" + id, "id [signingKey]"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(400, `{"error":"no","message":`+strconv.Quote(test.says)+`}`))
			_, err := newClient(t, server.URL).Update(t.Context(), entity.DockerRegistry.Code, id, test.sent)
			wantText(t, err, test.want...)
			for _, part := range test.lack {
				if strings.Contains(err.Error(), part) {
					t.Errorf("it says %q: %s", part, err)
				}
			}
		})
	}
}

// What the definition calls a password is one, however short; what it does not call so is shown.
func TestRedaction_asksTheTenantsDefinition(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.Method == http.MethodGet {
			text(200, `{"id":"DOCKERREGISTRY","entity":"DEFINITION","definition":{"fields":[{"id":"pin","type":"password"},{"id":"risk","type":"enum"}]}}`)(w, r, n)
			return
		}
		text(400, `{"error":"no","message":"cannot take it: 99"}`)(w, r, n)
	})
	client := newClient(t, server.URL)
	if _, err := client.Definition(t.Context(), entity.DockerRegistry.Code); err != nil {
		t.Fatal(err)
	}
	_, err := client.Update(t.Context(), entity.DockerRegistry.Code, "1", Object{"pin": "99"})
	wantText(t, err, "not shown")
	_, err = client.Update(t.Context(), entity.DockerRegistry.Code, "1", Object{"risk": "99"})
	wantText(t, err, "cannot take it: 99")
}

// The method, the path and the host are the provider's own words, and are needed to find the mistake.
func TestRedaction_leavesMethodPathAndHostOfARequestThatGotNoAnswer(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request,
		_ int) {
		breakOff(w, "HTTP/1.1 canary-signature\r\n\r\n")
	})
	book := &logbook{}
	client := newClient(t, server.URL, func(c *Config) { c.Log = book.log })
	host := strings.TrimPrefix(server.URL, "http://")
	sent := Object{"password": "PATCH", "token": "objects", "webhookSecret": host, "signingKey": "canary-signature"}
	_, err := client.Update(t.Context(), entity.DockerRegistry.Code, "1", sent)
	wantText(t, err, "PATCH /v1/objects/1 got no answer from "+host, "[signingKey]")
	for _, said := range append(book.texts, err.Error()) {
		if strings.Contains(said, "canary") || strings.Contains(said, "/v1/[token]") {
			t.Errorf("it says %s", said)
		}
	}

	// A connection that was never there has nothing to repeat, so that a short secret silences nothing.
	server.Close()
	_, err = client.Update(t.Context(), entity.DockerRegistry.Code, "1", Object{"password": "e"})
	wantText(t, err, "PATCH /v1/objects/1 got no answer from "+host, "connect", "Check the endpoint")
}

func TestRedaction_ofAContextsEndKeepsWhatItIs(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	server := serve(t, text(200, "{}"))
	_, err := newClient(t, server.URL).Update(ctx, entity.DockerRegistry.Code, "1", Object{"password": "cancel"})
	if wantText(t, err, "context canceled"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v is no context.Canceled", err)
	}
}
