package demandflow

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

const imageDefinition = `{"id":"DOCKERIMAGE","entity":"DEFINITION","definition":"{\"fields\":[{\"id\":\"name\",\"type\":\"text\"}]}"}`

// definitionsOf asks many times at once.
func definitionsOf(ctx context.Context, client *Client, callers int) (definitions []*entity.Definition, errs []error) {
	definitions, errs = make([]*entity.Definition, callers), make([]error, callers)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() { definitions[i], errs[i] = client.Definition(ctx, "DOCKERIMAGE") })
	}
	group.Wait()
	return definitions, errs
}

func TestDefinition_isReadOnceHoweverManyAsk(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, imageDefinition))
	client := newClient(t, server.URL)
	definitions, errs := definitionsOf(t.Context(), client, 100)
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for _, definition := range definitions {
		if definition == nil || definition != definitions[0] || definition.Field("name") == nil {
			t.Fatalf("callers got %v and %v", definition, definitions[0])
		}
	}
	if again, err := client.Definition(t.Context(), "DOCKERIMAGE"); again != definitions[0] || err != nil {
		t.Errorf("later got %v, %v", again, err)
	}
	asked := server.asked()
	if len(asked) != 1 || asked[0].method != http.MethodGet || asked[0].path != "/v1/objects/DOCKERIMAGE" ||
		asked[0].query != "entity=DEFINITION" {
		t.Errorf("asked %+v, want one GET", asked)
	}
}

func TestDefinition_ofEachEntityIsReadByItself(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		text(200, strings.ReplaceAll(imageDefinition, "DOCKERIMAGE", r.URL.Path[len("/v1/objects/"):]))(w, r, n)
	})
	client := newClient(t, server.URL)
	for _, code := range []string{"DOCKERIMAGE", "DOCKERREGISTRY", "DOCKERIMAGE"} {
		if definition, err := client.Definition(t.Context(), code); err != nil || definition.Code != code {
			t.Errorf("of %s got %v, %v", code, definition, err)
		}
	}
	if asked := server.asked(); len(asked) != 2 {
		t.Errorf("%d requests for two entities", len(asked))
	}
}

func TestDefinition_thatCannotBeReadLeavesTheDefaultOneAndOneLineInTheLog(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status     int
		body, says string
	}{
		"403": {403, `{"error":"Forbidden","message":"not yours"}`, "not yours"},
		"404": {404, `{"error":"Not Found","message":"none"}`, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(test.status, test.body))
			book := &logbook{}
			client := newClient(t, server.URL, func(c *Config) { c.Log = book.log })
			for range 3 {
				definitions, errs := definitionsOf(t.Context(), client, 10)
				if err := errors.Join(errs...); err != nil || slices.ContainsFunc(definitions,
					func(d *entity.Definition) bool { return d != nil }) {
					t.Fatalf("got %v, %v", definitions, err)
				}
			}
			client.sharing.refreshed = true
			if definition, err := client.MustHaveDefinition(t.Context(), "DOCKERIMAGE"); definition != nil || err == nil ||
				!strings.Contains(err.Error(), test.says) {
				t.Errorf("a look-up got %v, %v, want an error that says %q", definition, err, test.says)
			}
			if asked := server.asked(); len(asked) != 1 {
				t.Errorf("%d requests, want one", len(asked))
			}
			lines := slices.DeleteFunc(book.texts, func(line string) bool {
				return !strings.Contains(line,
					"the default one serves")
			})
			if len(lines) != 1 || !strings.Contains(lines[0], "DOCKERIMAGE") || !strings.Contains(lines[0], test.says) {
				t.Errorf("logged %q, want one line that says %q", lines, test.says)
			}
		})
	}
}

// What is there is not passed over: its options are not the default ones, whatever they are. A thousand resources ask
// for it once.
func TestDefinition_thatIsThereAndNotUnderstoodIsAnErrorOfAllThatAsk(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, says string }{
		"not a form":    {`{"id":"DOCKERIMAGE","definition":"{}"}`, "no field"},
		"not a JSON":    {`{"id":"DOCKERIMAGE","definition":"{"}`, "not a JSON document"},
		"none in it":    {`{"id":"DOCKERIMAGE"}`, "no field"},
		"odd content":   {`{"id":"DOCKERIMAGE","definition":{"fields":7}}`, "no field"},
		"other options": {`{"id":"DOCKERIMAGE","definition":{"fields":[{"id":"status","type":"indexedSelect","options":{"7":"Active"}}]}}`, `the field "status" (indexedSelect) at fields[0]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(200, test.body))
			client := newClient(t, server.URL)
			client.sharing.refreshed = true
			definitions, errs := definitionsOf(t.Context(), client, 10)
			for i := range errs {
				wantText(t, errs[i], "definition of DOCKERIMAGE is there, and cannot be understood", test.says, "report it",
					"/v1/objects/DOCKERIMAGE?entity=DEFINITION")
				if definitions[i] != nil {
					t.Errorf("got %v beside the error", definitions[i])
				}
			}
			_, err := client.MustHaveDefinition(t.Context(), "DOCKERIMAGE")
			wantText(t, err, test.says)
			if asked := server.asked(); len(asked) != 1 {
				t.Errorf("%d requests, want one", len(asked))
			}
		})
	}
}

// An apply may have waited for something that changed the definition.
func TestDefinition_isReadAnewForALookUpOutsideOfAPlan(t *testing.T) {
	t.Parallel()
	definition := func(name string) string {
		return `{"id":"DOCKERIMAGE","entity":"DEFINITION","name":"` + name +
			`","definition":"{\"fields\":[{\"id\":\"name\",\"type\":\"text\"}]}"}`
	}
	for name, test := range map[string]struct {
		plans bool
		want  string
	}{"a plan": {true, "before"}, "an apply": {false, "after"}} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
			text(200, definition(map[bool]string{true: "before", false: "after"}[n == 1]))(w, r, n)
		})
		client := newClient(t, server.URL)
		client.sharing.refreshed = test.plans
		if _, err := client.Definition(t.Context(), "DOCKERIMAGE"); err != nil {
			t.Fatal(err)
		}
		if got, err := client.MustHaveDefinition(t.Context(), "DOCKERIMAGE"); err != nil || got.Name != test.want {
			t.Errorf("in %s: %v, %v, want %s", name, got, err, test.want)
		}
	}
}

func TestDefinition_anyOtherFailureIsAnErrorAndTheNextCallerAsksAgain(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(http.ResponseWriter){
		"401": func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) },
		"500": func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		"a proxy's page": func(w http.ResponseWriter) {
			w.WriteHeader(403)
			_,
				_ = w.Write([]byte("<html>Access denied</html>"))
		},
		"a proxy's 403": func(w http.ResponseWriter) {
			w.WriteHeader(403)
			_,
				_ = w.Write([]byte("blocked by policy"))
		},
		"a proxy's 404":        func(w http.ResponseWriter) { w.WriteHeader(404); _, _ = w.Write([]byte("<html>")) },
		"a dropped connection": drop,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
				if n == 1 {
					fail(w)
					return
				}
				text(200, imageDefinition)(w, r, n)
			})
			client := newClient(t, server.URL, func(c *Config) { c.MaxRetries = 0 })
			if definition, err := client.Definition(t.Context(), "DOCKERIMAGE"); err == nil || definition != nil {
				t.Fatalf("got %v, %v, want an error", definition, err)
			}
			if definition, err := client.Definition(t.Context(), "DOCKERIMAGE"); err != nil || definition == nil {
				t.Errorf("then got %v, %v", definition, err)
			}
		})
	}
}

// holding is a client of a server that holds the first request until it is released or given up, and answers the
// others. Tests with it run on a fake clock, in which all that can happen has happened before they look.
func holding(t *testing.T, release <-chan struct{}) (client *Client, requests *atomic.Int32) {
	requests = &atomic.Int32{}
	return newClient(t, "http://demandflow.invalid").answeredBy(func(r *http.Request) (*http.Response, error) {
		if requests.Add(1) == 1 {
			select {
			case <-release:
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}
		return response(200, imageDefinition), nil
	}), requests
}

// ask asks in the background.
func ask(ctx context.Context, client *Client) <-chan error {
	answer := make(chan error, 1)
	go func() {
		definition, err := client.Definition(ctx, "DOCKERIMAGE")
		if err == nil && definition == nil {
			err = errors.New("no definition")
		}
		answer <- err
	}()
	synctest.Wait()
	return answer
}

// One resource's timeouts must not fail another resource that waits for the same answer.
func TestDefinition_theTimeOfTheFirstCallerIsNotThatOfTheOthers(t *testing.T) {
	t.Parallel()
	for name, giveUp := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"cancelled": context.WithCancel,
		"out of time": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, requests := holding(t, nil)
				short, cancel := giveUp(t.Context())
				first, second, third := ask(short, client), ask(t.Context(), client), ask(t.Context(), client)
				if requests.Load() != 1 {
					t.Fatalf("%d requests at once", requests.Load())
				}
				if name == "cancelled" {
					cancel()
				}
				defer cancel()
				if err := <-first; !errors.Is(err, short.Err()) {
					t.Errorf("the caller that gave up got %v", err)
				}
				if err := errors.Join(<-second, <-third); err != nil {
					t.Errorf("a caller that waited got %v", err)
				}
				if requests.Load() != 2 {
					t.Errorf("%d requests, want one that was given up and one for both that waited", requests.Load())
				}
			})
		})
	}
}

// Ctrl-C and timeouts also release a caller that waits for the request of another.
func TestDefinition_aCallerThatWaitsForAnothersRequestCanGiveUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		client, _ := holding(t, release)
		first := ask(t.Context(), client)
		ctx, cancel := context.WithCancel(t.Context())
		second := ask(ctx, client)
		cancel()
		synctest.Wait()
		select {
		case err := <-second:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the caller that gave up got %v", err)
			}
		default:
			t.Error("the caller that gave up still waits")
		}
		close(release)
		if err := <-first; err != nil {
			t.Errorf("the first caller got %v", err)
		}
	})
}
