package demandflow

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// answeredAt is what DemandFlow's clock says in these tests.
var answeredAt = time.Date(2031, time.May, 17, 8, 30, 0, 0, time.UTC)

// A lagging server answers with one body after the other, and then with the last for ever; "" is DemandFlow's 404.
func lagging(t *testing.T, bodies ...string) *recorder {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("Date", answeredAt.Format(http.TimeFormat))
		body := bodies[min(n, len(bodies))-1]
		if body == "" {
			text(404, ownNotFound)(w, r, n)
			return
		}
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprint(w, body)
	})
}

// remembering has a client remember its waits instead of waiting.
func remembering(into *[]time.Duration) func(*Config) {
	return func(c *Config) {
		c.Wait = func(ctx context.Context, wait time.Duration) error {
			*into = append(*into, wait)
			return ctx.Err()
		}
	}
}

// lateClient is a client of such a server that has read something of the tenant, and remembers its waits.
func lateClient(t *testing.T, server *recorder, waited *[]time.Duration) *Client {
	t.Helper()
	client := newClient(t, server.URL, remembering(waited))
	client.subscription.observeRead(Object{"subscription": tenant})
	return client
}

func stored(version int, rest string) string {
	return asRead(fmt.Sprintf(`{"id":"1","entity":"DOCKERIMAGE","name":"app","tag":"1","_df_version":%d%s}`, version,
		rest))
}

// remembered is what a state knows of the object.
func remembered(version int, created, updated time.Time) Object {
	return Object{
		"id": "1", "entity": "DOCKERIMAGE", "name": "app", "tag": "1", "_df_version": Millis(time.UnixMilli(int64(version))),
		"created": created.Format(time.RFC3339), "updated": updated.Format(time.RFC3339),
	}
}

func TestGet_asksAgainForWhatIsStale(t *testing.T) {
	t.Parallel()
	const young, old = 10 * time.Second, time.Hour
	for name, test := range map[string]struct {
		version int
		age     time.Duration
		bodies  []string
		waits   int
		want    string // the version; "" = not found
	}{
		"as it was known":           {2, young, []string{stored(2, "")}, 0, "2"},
		"newer":                     {2, old, []string{stored(3, "")}, 0, "3"},
		"young, missing once":       {0, young, []string{"", stored(0, "")}, 1, "0"},
		"young, missing for ever":   {0, young, []string{""}, 5, ""},
		"old and missing":           {0, old, []string{""}, 0, ""},
		"older, then current":       {2, young, []string{stored(1, ""), stored(0, ""), stored(2, "")}, 2, "2"},
		"older for ever":            {2, young, []string{stored(1, "")}, 5, "1"},
		"older for ever, long ago":  {2, old, []string{stored(1, "")}, 2, "1"},
		"missing, older, current":   {2, young, []string{"", stored(1, ""), stored(2, "")}, 2, "2"},
		"no version in the answers": {2, young, []string{`{"id":"1","entity":"DOCKERIMAGE"}`}, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var waited []time.Duration
			server := lagging(t, test.bodies...)
			client := lateClient(t, server, &waited)
			client.SetKnown(remembered(test.version, answeredAt.Add(-test.age), answeredAt.Add(-test.age)))
			object, err := client.Get(t.Context(), image, "1")
			if got := object.Text("_df_version"); got != test.want ||
				IsNotFound(err) != (slices.Equal(test.bodies, []string{""})) {
				t.Errorf("got version %q, %v", got, err)
			}
			if !slices.Equal(waited, staleWaits[:test.waits]) || len(server.asked()) != test.waits+1 {
				t.Errorf("waited %v, asked %d times", waited, len(server.asked()))
			}
			if test.want != "" { // what was asked for often enough is believed
				waited = nil
				if again, err := client.Get(t.Context(), image, "1"); err != nil || again.Text("_df_version") != test.want ||
					waited != nil {
					t.Errorf("the next time: %v, %v after %v", again, err, waited)
				}
			}
		})
	}
}

func TestGet_ofWhatIsNotKnownIsAskedOnce(t *testing.T) {
	t.Parallel()
	var waited []time.Duration
	client := lateClient(t, lagging(t, ""), &waited)
	if _, err := client.Get(t.Context(), image, "1"); !IsNotFound(err) || waited != nil {
		t.Errorf("%v after %v", err, waited)
	}
}

// Where everything is a 404, nothing is waited for.
func TestGet_ofAYoungObjectIsNotAskedAgainWhereNothingElseIsThere(t *testing.T) {
	t.Parallel()
	var waited []time.Duration
	client := newClient(t, lagging(t, "").URL, remembering(&waited))
	client.SetKnown(remembered(0, answeredAt, answeredAt))
	if _, err := client.Get(t.Context(), image, "1"); !IsNotFound(err) || waited != nil {
		t.Errorf("%v after %v", err, waited)
	}
}

// The client itself remembers what it has created.
func TestGet_ofWhatThisRunHasCreatedIsAskedAgain(t *testing.T) {
	t.Parallel()
	created := fmt.Sprintf(`,"created":%s`, Millis(answeredAt.Add(-time.Second)))
	var waited []time.Duration
	client := lateClient(t, lagging(t, stored(0, created), "", stored(0, created)), &waited)
	if _, err := client.Create(t.Context(), CreateRequest{Entity: &entity.DockerImage,
		Fields: Object{"name": "app"}}); err != nil {
		t.Fatal(err)
	}
	if object, err := client.LookUp(t.Context(), image, "1"); err != nil || object.ID() != "1" || len(waited) != 1 {
		t.Errorf("%v, %v after %v", object, err, waited)
	}
}

// A missing object must not be dropped because there was no time to ask again.
func TestGet_withoutTimeToAskAgainIsNotANotFound(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"a deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		},
		"an interrupt": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				client := newClient(t, "http://demandflow.test").answeredBy(func(*http.Request) (*http.Response, error) {
					return response(404, ownNotFound, "Date", time.Now().UTC().Format(http.TimeFormat)), nil
				})
				client.subscription.observeRead(Object{"subscription": tenant})
				client.SetKnown(remembered(0, began, began))
				ctx, cancel := end(t.Context())
				defer cancel()
				_, err := client.Get(ctx, image, "1")
				if err == nil || IsNotFound(err) || time.Since(began) > time.Second {
					t.Errorf("%v after %s", err, time.Since(began))
				}
			})
		})
	}
}

func TestDelete_ofAYoungObjectIsSentAgainBeforeItCountsAsGone(t *testing.T) {
	t.Parallel()
	var waited []time.Duration
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("Date", answeredAt.Format(http.TimeFormat))
		if n == 1 {
			text(404, ownNotFound)(w, r, n)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	client := lateClient(t, server, &waited)
	client.SetKnown(remembered(0, answeredAt, answeredAt))
	if err := client.Delete(t.Context(), image, "1"); err != nil || len(waited) != 1 {
		t.Errorf("%v after %v", err, waited)
	}
}

// The PATCH was carried out, and its answer is of a copy that has not heard of it.
func TestUpdate_readsAnewWhatAnOldAnswerSays(t *testing.T) {
	t.Parallel()
	var waited []time.Duration
	server := lagging(t, stored(4, ""), stored(4, ""), stored(5, `,"description":"new"`))
	client := lateClient(t, server, &waited)
	client.SetKnown(remembered(4, answeredAt, answeredAt))
	updated, err := client.Update(t.Context(), image, "1", Object{"description": "new"})
	if err != nil || updated.Text("_df_version") != "5" || updated.Text("description") != "new" || updated.Lost != 0 {
		t.Errorf("%v, %v", updated, err)
	}
	var sent []string
	for _, request := range server.asked() {
		sent = append(sent, request.method)
	}
	if got := strings.Join(sent, " "); got != "PATCH GET GET" {
		t.Errorf("sent %s", got)
	}
}
