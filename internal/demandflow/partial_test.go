package demandflow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// An answer with little more than an id must not be taken for the object: what it lacks would look cleared.
func TestReadings_thatAreNotWholeAreRepeatedAndThenAnError(t *testing.T) {
	t.Parallel()
	const idAlone = `{"id":"1"}`
	key := []Criteria{{"name": "app", "tag": "1"}}
	get := func(t *testing.T, client *Client) (Object, error) { return client.Get(t.Context(), image, "1") }
	find := func(t *testing.T, client *Client) (Object, error) {
		found, err := client.Find(t.Context(), &entity.DockerImage, key)
		return slices.Concat(found, []Object{nil})[0], err
	}
	list := func(t *testing.T, client *Client) (object Object, err error) {
		_, err = wholeList(t, client)
		return Object{"id": "1"}, err
	}
	for name, test := range map[string]struct {
		read   func(*testing.T, *Client) (Object, error)
		bodies []string
		lacks  string // "" = the object is read
		asked  int
	}{
		"the id alone":          {get, []string{idAlone}, "it lacks comboKey and _df_version, which", 3},
		"the id and the entity": {get, []string{`{"id":"1","entity":"DOCKERIMAGE"}`}, "it lacks comboKey and", 3},
		"no version":            {get, []string{`{"id":"1","comboKey":"SUB:s|ENT:1"}`}, "it lacks _df_version,", 3},
		"no key": {get, []string{`{"id":"1","comboKey":null,"_df_version":2}`}, "it lacks comboKey,",
			3},
		"the id alone once":              {get, []string{idAlone, stored(3, "")}, "", 2},
		"the id alone after a 404":       {get, []string{"", idAlone, stored(3, "")}, "", 3},
		"a look-up":                      {find, []string{`{"id":"1","name":"app","tag":"1"}`}, "it lacks comboKey and", 3},
		"a look-up that gets ids":        {find, []string{idAlone}, "it lacks comboKey and _df_version", 3},
		"a look-up, the next time whole": {find, []string{idAlone, stored(3, "")}, "", 2},
		"a list":                         {list, []string{stored(3, "") + idAlone}, "it lacks comboKey and _df_version", 3},
		"a list, the next time whole":    {list, []string{idAlone, stored(3, "")}, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var waited []time.Duration
			server := lagging(t, test.bodies...)
			client := lateClient(t, server, &waited)
			client.SetKnown(remembered(3, answeredAt, answeredAt))
			object, err := test.read(t, client)
			if asked := len(server.asked()); asked != test.asked || len(waited) != test.asked-1 {
				t.Errorf("asked %d times, waited %v", asked, waited)
			}
			if test.lacks == "" {
				if err != nil || object.ID() != "1" {
					t.Errorf("got %v, %v", object, err)
				}
				return
			}
			wantText(t, err, `the object with id "1" is not whole: `+test.lacks, "200 OK")
			if whole := strings.Contains(test.bodies[0], "comboKey\":\"SUB:"+tenant); IsNotFound(err) ||
				client.known.hasSeen(image) != whole {
				t.Errorf("it counts as gone, or something was learnt from it: %v", err)
			}
		})
	}
}

// The error says what the answer lacks also where there is no time to ask again.
func TestGet_withoutTimeToAskAgainNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	client := newClient(t, serve(t, text(200, `{"id":"1"}`)).URL, func(c *Config) {
		c.Wait = func(context.Context, time.Duration) error { return context.DeadlineExceeded }
	})
	_, err := client.Get(t.Context(), image, "1")
	wantText(t, err, "it lacks comboKey and _df_version")
}

// Answers of another kind: definitions, other entities, and queries that ask for some fields.
func TestReadings_ofAnotherKindNeedNotBeWhole(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `{"id":"1"}`))
	client := newClient(t, server.URL)
	for name, read := range map[string]func() error{
		"definition": func() error { _, err := client.Get(t.Context(), entity.DefinitionCode, "1"); return err },
		"cluster":    func() error { _, err := client.LookUp(t.Context(), "K8SCLUSTER", "1"); return err },
		"keys": func() error {
			_, err := client.FindAnew(t.Context(), &entity.DockerImage, []Criteria{{"id": "1"}}, "name")
			return err
		},
		"query": func() error {
			_, err := collect(client.Query(t.Context(), QueryLine{Entity: image, Load: []string{"id"}}))
			return err
		},
		"list": func() error { _, err := collect(client.List(t.Context(), image, "name")); return err },
	} {
		if err := read(); err != nil {
			t.Errorf("%s: %s", name, err)
		}
	}
	if asked := len(server.asked()); asked != 5 {
		t.Errorf("asked %d times", asked)
	}
}

// Where the list for many reads has one such item, all objects are read alone.
func TestRead_takesNothingPartialFromAList(t *testing.T) {
	t.Parallel()
	for name, item := range map[string]string{
		"the id alone": `{"id":"i13"}`, "with the entity": `{"id":"i13","entity":"DOCKERIMAGE","tag":"13"}`,
	} {
		fake := newFakeTenant(t, fakeImages(20)...)
		fake.listing = func(w http.ResponseWriter, _ *http.Request, images []string) {
			fmt.Fprint(w, strings.Join(slices.Replace(images, 13, 14, item), "\n"))
		}
		client := newClient(t, fake.URL)
		for n := range 20 {
			wantRead(t.Context(), t, client, n)
		}
		if sent := fake.sent(); sent.gets < 2+7 || sent.lists != 1 {
			t.Errorf("%s: sent %+v", name, sent)
		}
	}
}

// A write has succeeded, and only what it left cannot be read.
func TestWrites_areNotTakenForWholeByAnAnswerWithAnIDAlone(t *testing.T) {
	t.Parallel()
	var waited []time.Duration
	server := serve(t, text(200, `{"id":"1","entity":"DOCKERIMAGE"}`))
	client := newClient(t, server.URL, remembering(&waited))
	created, err := client.Create(t.Context(), CreateRequest{Entity: &entity.DockerImage, Fields: Object{"name": "app"}})
	if err != nil || created.ID() != "1" || created.Text("name") != "app" {
		t.Errorf("created %v, %v", created, err)
	}
	wantText(t, created.Unread, "it lacks comboKey and _df_version")
	updated, err := client.Update(t.Context(), image, "1", Object{"name": "api"})
	if updated.Object != nil {
		t.Errorf("updated: %v", updated)
	}
	wantText(t, err, "could not be read afterwards", "it lacks comboKey and _df_version")
}

// What a lost create has left is not adopted from an answer that does not show all of it.
func TestCreate_doesNotAdoptWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"comboKey", "_df_version"} {
		server := losing(t, drop, func() string { return registry("new", time.Now(), field, "null") })
		err := createError(t, newClient(t, server.URL))
		if _, ambiguous := errors.AsType[*AmbiguousError](err); !ambiguous {
			t.Errorf("without %s: %v", field, err)
		}
		wantText(t, err, "the search failed", "it lacks "+field)
	}
}

func TestCreate_isFoundByTheNextLookWhereTheFirstWasNotWhole(t *testing.T) {
	t.Parallel()
	looks := 0
	server := losing(t, drop, func() string {
		if looks++; looks == 1 {
			return registry("new", time.Now(), "comboKey", "null")
		}
		return registry("new", time.Now())
	})
	got, err := newClient(t, server.URL).Create(t.Context(), newRegistry())
	if err != nil || got.ID() != "new" || looks != 2 {
		t.Errorf("got %v, %v after %d looks", got, err, looks)
	}
}
