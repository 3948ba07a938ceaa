package demandflow

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A namedTenant answers queries about images named app, with the tags 0 to images-1; it says of itself how many it has.
type namedTenant struct {
	*recorder
	images int
	claims int // 0: as many as there are
}

func newNamedTenant(t *testing.T, images int) *namedTenant {
	tenant := &namedTenant{images: images}
	tenant.recorder = serve(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		var lines []struct {
			Entity    string
			CountOnly bool
			Filter    *Filter
		}
		if err := json.Unmarshal([]byte(tenant.asked()[n-1].body), &lines); err != nil {
			t.Error(err)
		}
		for _, line := range lines {
			switch {
			case line.CountOnly:
				fmt.Fprintf(w, `{"_meta":true,"_type":"count","entity":%q,"count":%d}`, line.Entity,
					max(tenant.claims, tenant.images))
			case line.Entity != image || line.Filter != nil && !strings.Contains("app", line.Filter.Term):
			default:
				for n := range tenant.images {
					fmt.Fprint(w, asRead(fmt.Sprintf(
						`{"id":"id-%d","entity":"DOCKERIMAGE","name":"app","tag":"%d","status":"3","created":1767225600000}`, n, n)))
				}
			}
		}
	})
	return tenant
}

// listed is how many of a tenant's requests were for the keys of all of it.
func (n *namedTenant) listed() (lists int) {
	for _, request := range n.asked() {
		if !strings.Contains(request.body, "filter") {
			lists++
		}
	}
	return lists
}

func tagged(n int) Object { return Object{"name": "app", "tag": fmt.Sprint(n)} }

func TestDuplicates_ofManyCreatesAreAHandfulOfRequests(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ size, creates, atATime, most, lists int }{
		"a thousand in a small tenant":    {300, 1000, 10, 3, 1},
		"a thousand, one by one":          {300, 1000, 1, 2, 1},
		"a thousand in a large tenant":    {90_000, 1000, 10, 12, 1},
		"ten in a large tenant":           {90_000, 10, 10, 3, 0},
		"one in a small tenant":           {300, 1, 1, 1, 0},
		"more than is kept, twenty of it": {1_000_000, 20, 10, 10, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := newNamedTenant(t, 300)
			tenant.claims = test.size
			client := newClient(t, tenant.URL)
			atATime(test.atATime, test.creates, func(n int) {
				want := 0
				if n < 300 {
					want = 1
				}
				if got := client.Duplicates(t.Context(), &entity.DockerImage, tagged(n)); len(got) != want {
					t.Errorf("create %d has the duplicates %v", n, got)
				}
			})
			if asked := tenant.asked(); len(asked) > test.most || tenant.listed() != test.lists {
				t.Errorf("%d requests, %d of them lists; want at most %d, and %d", len(asked), tenant.listed(), test.most,
					test.lists)
			}
		})
	}
}

func TestDuplicates_sayWhatTheyAreAndLoadNoMore(t *testing.T) {
	t.Parallel()
	tenant := newNamedTenant(t, 3)
	client := newClient(t, tenant.URL)
	want := []Duplicate{{ID: "id-1", Status: "3", Created: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}}
	if got := client.Duplicates(t.Context(), &entity.DockerImage, tagged(1)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	const lines = `[{"comboKey":"comboKey","entity":"DOCKERIMAGE","filter":{"field":"name","term":"app"},"load":"name,tag,status,created,registry,id,entity","query":"SUB"},` +
		`{"comboKey":"comboKey","countOnly":true,"entity":"DOCKERIMAGE","query":"SUB"}]`
	if asked := tenant.asked(); len(asked) != 1 || asked[0].body != lines {
		t.Errorf("asked %+v", asked)
	}
}

func TestDuplicates_withoutAKeyAskNothing(t *testing.T) {
	t.Parallel()
	server := serve(t, text(500, ""))
	if got := newClient(t, server.URL).Duplicates(t.Context(), &entity.DockerImage, Object{"name": "app"}); got != nil ||
		len(server.asked()) > 0 {
		t.Errorf("got %v after %d requests", got, len(server.asked()))
	}
}

func TestDuplicates_areNotAskedForWhereAllAreKnown(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(context.Context, *Client) error{
		"a list of whole objects": func(ctx context.Context, client *Client) error {
			_, err := collect(client.List(ctx, image))
			return err
		},
		"a list for many reads": func(ctx context.Context, client *Client) error {
			for n := range 5 {
				if _, err := client.Read(ctx, image, fmt.Sprintf("id-%d", n)); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := newNamedTenant(t, 5)
			answers := tenant.Config.Handler
			tenant.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasPrefix(r.URL.Path, "/v1/entities/"):
					fmt.Fprint(w, imageJSON("id-1", "app", "1"))
				case strings.HasPrefix(r.URL.Path, "/v1/objects/"):
					id := r.URL.Path[len("/v1/objects/"):]
					fmt.Fprint(w, imageJSON(id, "app", strings.TrimPrefix(id, "id-")))
				default:
					answers.ServeHTTP(w, r)
				}
			})
			client := newClient(t, tenant.URL)
			if err := read(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			before := len(tenant.asked())
			if got := client.Duplicates(t.Context(), &entity.DockerImage, tagged(1)); len(got) != 1 ||
				len(tenant.asked()) != before {
				t.Errorf("got %v after %d more requests", got, len(tenant.asked())-before)
			}
		})
	}
}

// An apply plans each create once more, and its plan has warned already.
func TestDuplicates_areNotAskedForAfterAWrite(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, imageJSON("i1", "app", "1")))
	client := newClient(t, server.URL)
	if _, err := client.Create(t.Context(), CreateRequest{Entity: &entity.DockerImage, Fields: tagged(1)}); err != nil {
		t.Fatal(err)
	}
	before := len(server.asked())
	if got := client.Duplicates(t.Context(), &entity.DockerImage, tagged(1)); len(got) != 1 ||
		len(server.asked()) != before {
		t.Errorf("got %v after %d more requests", got, len(server.asked())-before)
	}
}

func TestDuplicates_whereDemandFlowRefusesAreNoneAndItIsAskedOnce(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request, int){
		"the query": text(403, `{"error":"Forbidden","message":"no queries"}`),
		"the line":  text(200, `{"_type":"error","message":"not yours","entity":"DOCKERIMAGE"}`),
		"all of it": text(500, ``),
		"no list":   text(200, `<html>`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, answer)
			client := newClient(t, server.URL, func(c *Config) { c.MaxRetries = 0 })
			for n := range 5 {
				if got := client.Duplicates(t.Context(), &entity.DockerImage, tagged(n)); got != nil {
					t.Errorf("got %v", got)
				}
			}
			if asked := server.asked(); len(asked) != 1 {
				t.Errorf("%d requests", len(asked))
			}
		})
	}
}

// An interrupted caller leaves, and the others have their answer; after a fault of the provider no caller waits.
func TestDuplicates_leaveNoCallerWaiting(t *testing.T) {
	t.Parallel()
	held := make(chan struct{})
	client := newClient(t, "http://demandflow.invalid").answeredBy(func(r *http.Request) (*http.Response, error) {
		select {
		case <-held:
			panic("fault")
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	})
	interrupted, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for _, ctx := range []context.Context{t.Context(), interrupted, t.Context()} {
		all.Go(func() {
			if got := client.Duplicates(ctx, &entity.DockerImage, tagged(1)); got != nil {
				t.Errorf("got %v", got)
			}
		})
	}
	cancel()
	close(held)
	all.Wait()
	if got := client.Duplicates(t.Context(), &entity.DockerImage, tagged(1)); got != nil {
		t.Errorf("then got %v", got)
	}
}

func TestPlan_countsTheCreatesOfOneKeyThatAreNotCarriedOut(t *testing.T) {
	t.Parallel()
	client := newClient(t, serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		id := strings.TrimPrefix(r.URL.Path, "/v1/objects/")
		if r.Method == http.MethodPost {
			id = fmt.Sprint("i", n)
		}
		text(200, imageJSON(id, "app", "1"))(w, r, n)
	}).URL)
	plan := func(fields Object) bool { return client.AddPlannedCreate(&entity.DockerImage, fields) }
	inRegistry := Object{"name": "app", "tag": "1", "registry": "aaaa"}
	for i, test := range []struct {
		fields Object
		again  bool
	}{{tagged(1), false}, {tagged(2), false}, {inRegistry, false}, {tagged(1), true}, {Object{"name": "app"}, false},
		{Object{"name": "app"}, false}, {tagged(1), true}} {
		if got := plan(test.fields); got != test.again {
			t.Errorf("plan %d: one before it: %v, want %v", i+1, got, test.again)
		}
	}
	for range 3 {
		if _, err := client.Create(t.Context(), CreateRequest{Entity: &entity.DockerImage, Fields: tagged(1)}); err != nil {
			t.Fatal(err)
		}
	}
	if plan(tagged(1)) {
		t.Error("after all were carried out, one is planned")
	}
}
