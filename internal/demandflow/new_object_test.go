package demandflow

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// answeringCreates is a server that answers creates with one body, look-ups with another, and reads with the first.
func answeringCreates(t *testing.T, created, found string) *recorder {
	return serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.URL.Path == "/v1/query" {
			text(200, found)(w, r, n)
			return
		}
		text(200, created)(w, r, n)
	})
}

// A state that adopted what a create did not make would change, and in the end delete, an object of other people.
func TestCreate_adoptsNoObjectThatItDidNotMake(t *testing.T) {
	t.Parallel()
	now := time.Now()
	idAlone := func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 1 {
			text(200, `{"id":"old"}`)(w, r, n)
			return
		}
		text(200, registry("old", now, "name", `"victim"`))(w, r, n)
	}
	for name, test := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request, int)
		why    string
	}{
		"of another name":             {text(201, registry("old", now, "name", `"victim"`)), "has another name"},
		"of no name":                  {text(201, registry("old", now, "name", `""`)), "has another name"},
		"of another entity":           {text(201, registry("old", now, "entity", `"DOCKERIMAGE"`)), "is a docker image"},
		"made before":                 {text(201, registry("old", now.Add(-time.Hour))), "was created before"},
		"the id of one of other name": {idAlone, "has another name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, made := range []string{"", registry("new", time.Now())} {
				server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
					if r.URL.Path == "/v1/query" {
						text(200, made)(w, r, n)
						return
					}
					test.answer(w, r, n)
				})
				created, err := newClient(t, server.URL).Create(t.Context(), newRegistry())
				_, ambiguous := errors.AsType[*AmbiguousError](err)
				switch {
				case made != "" && (err != nil || created.ID() != "new"):
					t.Errorf("the object that it made is not found: %v, %v", created, err)
				case made == "" && (!ambiguous || created.Object != nil):
					t.Errorf("got %v, %v", created, err)
				case made == "":
					wantText(t, err, test.why)
				}
			}
		})
	}
}

func TestCreate_adoptsNoObjectThatThisRunHasMet(t *testing.T) {
	t.Parallel()
	request := CreateRequest{Entity: &entity.DockerImage, Fields: tagged(1)}
	for name, meet := range map[string]func(context.Context, *Client) error{
		"read": func(ctx context.Context, client *Client) error {
			_, err := client.Get(ctx, image, "old")
			return err
		},
		"listed": func(ctx context.Context, client *Client) error {
			_, err := collect(client.List(ctx, image))
			return err
		},
		"kept in a state": func(_ context.Context, client *Client) error {
			client.SetKnown(Object{"id": "old", "entity": image})
			return nil
		},
		"created": func(ctx context.Context, client *Client) error {
			_, err := client.Create(ctx, request)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			old := wholeObject("old", `"entity":"DOCKERIMAGE","name":"app","tag":"1"`, `"created":`+string(Millis(time.Now())))
			server := answeringCreates(t, old, "")
			client := newClient(t, server.URL, func(c *Config) { c.Subscription = tenant })
			if err := meet(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			created, err := client.Create(t.Context(), request)
			wantText(t, err, "may or may not exist", "was there before")
			if created.Object != nil {
				t.Errorf("adopted %v", created)
			}
		})
	}
}

func TestCreate_onlyOneOfTwoThatAreAnsweredAlikeHasTheObject(t *testing.T) {
	t.Parallel()
	client := newClient(t, "http://demandflow.test")
	if _, err := client.claimCreated(&entity.DockerImage, Object{"id": "1"}); err != nil {
		t.Fatal(err)
	}
	object, err := client.claimCreated(&entity.DockerImage, Object{"id": "1"})
	wantText(t, err, "another create is answered with this object, too")
	if object != nil {
		t.Error("both have it")
	}
}

// A proxy that refuses an answer says so after the create was carried out, and a server may send elsewhere for it.
func TestCreate_findsWhatItMadeBehindARefusalThatIsNotDemandFlows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status         int
		body, location string
		asked          string // the paths after the POST
	}{
		"403 and a page":           {403, "<html>Request blocked</html>", "", "/v1/query"},
		"403 and nothing":          {403, "", "", "/v1/query"},
		"400 in a gateway's words": {400, `{"message":"Response blocked"}`, "", "/v1/query"},
		"303 to the object":        {303, "", "/v1/objects/new", "/v1/objects/new"},
		"303 to it, in full":       {303, "", "http://demandflow.test/v1/objects/new", "/v1/objects/new"},
		"303 to nowhere":           {303, "", "", "/v1/query"},
		"303 to a page":            {303, "", "/sign-in", "/v1/query"},
		"303 to another host":      {303, "", "http://other.test/v1/objects/new", "/v1/query"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked []string
			client := newClient(t, "http://demandflow.test").answeredBy(func(r *http.Request) (*http.Response, error) {
				if asked = append(asked, r.URL.Path); len(asked) > 1 {
					return response(200, registry("new", time.Now())), nil
				}
				answer := response(test.status, test.body)
				if test.location != "" {
					answer.Header.Set("Location", test.location)
				}
				return answer, nil
			})
			created, err := client.Create(t.Context(), newRegistry())
			if err != nil || created.ID() != "new" || strings.Join(asked[1:], " ") != test.asked {
				t.Errorf("%v, %v after %q", created, err, asked)
			}
		})
	}
}

// What counts is the clock of DemandFlow; where an answer has no date, there is none to compare with.
func TestCreate_believesTheAnswerWhateverThisMachinesClockSays(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{-3 * time.Hour, 0, 3 * time.Hour} {
		for _, dated := range []bool{true, false} {
			server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
				there := time.Now().Add(skew)
				w.Header()["Date"] = nil
				if dated {
					w.Header().Set("Date", there.UTC().Format(http.TimeFormat))
				}
				text(201, registry("new", there))(w, r, n)
			})
			created, err := newClient(t, server.URL).Create(t.Context(), newRegistry())
			if err != nil || created.ID() != "new" || len(server.asked()) != 1 {
				t.Errorf("skew %s, dated %t: %v, %v after %d requests", skew, dated, created, err, len(server.asked()))
			}
		}
	}
}

func TestCreate_takesItsNaturalKeyAsDemandFlowKeepsIt(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"HARBOR", " harbor", "harbor\n"} {
		server := serve(t, text(201, registry("new", time.Now(), "name", `"harbor"`)))
		request := newRegistry()
		request.Fields["name"] = name
		if _, err := newClient(t, server.URL).Create(t.Context(), request); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if len(server.asked()) != 1 {
			t.Errorf("%q: %d requests", name, len(server.asked()))
		}
	}
}
