package demandflow

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// The list lags; what it says of an object that is known to be newer is asked for by a GET, and the rest is taken from
// it.
func TestRead_takesNothingStaleFromAList(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(20)...)
	fake.listing = func(w http.ResponseWriter, _ *http.Request, images []string) {
		fmt.Fprint(w, strings.ReplaceAll(strings.Join(images, "\n"), `"_df_version":13}`, `"_df_version":12}`))
	}
	client := newClient(t, fake.URL)
	for n := range 20 {
		client.SetKnown(Object{"id": fmt.Sprintf("i%d", n), "entity": image, "_df_version": Millis(time.UnixMilli(int64(n)))})
		wantRead(t.Context(), t, client, n)
	}
	if sent := fake.sent(); sent.gets != 2+1 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

func TestFind_asksAgainForWhatIsStale(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bodies []string
		waits  int
		found  int
	}{
		"not there yet":   {[]string{`{"_meta":true,"_type":"scan","entity":"DOCKERIMAGE"}`, stored(3, "")}, 1, 1},
		"an old version":  {[]string{stored(2, ""), stored(3, "")}, 1, 1},
		"never there":     {[]string{`{"_meta":true,"_type":"scan","entity":"DOCKERIMAGE"}`}, 5, 0},
		"as it was known": {[]string{stored(3, "")}, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var waited []time.Duration
			client := lateClient(t, lagging(t, append([]string{stored(3, "")}, test.bodies...)...), &waited)
			if _, err := client.Get(t.Context(), image, "1"); err != nil { // this run has seen it
				t.Fatal(err)
			}
			found, err := client.Find(t.Context(), &entity.DockerImage, []Criteria{{"name": "app", "tag": "1"}})
			if err != nil || len(found) != test.found || len(waited) != test.waits {
				t.Errorf("found %v, %v after %v", found, err, waited)
			}
			if _, err := client.Find(t.Context(), &entity.DockerImage, []Criteria{{"name": "app", "tag": "2"}}); err != nil ||
				len(waited) != test.waits {
				t.Errorf("what was never seen is waited for: %v, %v", waited, err)
			}
		})
	}
}

func TestFind_doesNotFindWhatThisClientHasDeleted(t *testing.T) {
	t.Parallel()
	var waited []time.Duration
	server := lagging(t, stored(0, ""), `{"id":"x"}`, stored(0, ""),
		asRead(`{"id":"2","entity":"DOCKERIMAGE","name":"app","tag":"1"}`))
	client := lateClient(t, server, &waited)
	if _, err := client.Get(t.Context(), image, "1"); err != nil {
		t.Fatal(err)
	}
	if err := client.Delete(t.Context(), image, "1"); err != nil {
		t.Fatal(err)
	}
	wantFound(t, client, &entity.DockerImage, Criteria{"name": "app", "tag": "1"}, "2")
}

// wholeList is the versions of what a whole list has brought, by id.
func wholeList(t *testing.T, client *Client) (versions map[string]string, err error) {
	t.Helper()
	err = client.ListWhole(t.Context(), &entity.DockerImage, nil, func(objects iter.Seq[Object]) {
		versions = map[string]string{}
		for object := range objects {
			versions[object.ID()] = object.Text("_df_version")
		}
	})
	return versions, err
}

func TestListWhole_listsAnewWhatIsStale(t *testing.T) {
	t.Parallel()
	other := asRead(`{"id":"2","entity":"DOCKERIMAGE"}`)
	for name, test := range map[string]struct {
		lists []string
		waits int
		want  string
	}{
		"lacks what was seen": {[]string{other, other + stored(3, "")}, 1, "map[1:3 2:0]"},
		"has an old version": {[]string{stored(1, "") + other, stored(2, ""), stored(3, "") + other}, 2,
			"map[1:3 2:0]"},
		"is current":              {[]string{stored(3, "")}, 0, "map[1:3]"},
		"lacks it for ever":       {[]string{other}, 5, "map[2:0]"},
		"has what was never seen": {[]string{stored(4, "") + other}, 0, "map[1:4 2:0]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var waited []time.Duration
			client := lateClient(t, lagging(t, append([]string{stored(3, "")}, test.lists...)...), &waited)
			if _, err := client.Get(t.Context(), image, "1"); err != nil {
				t.Fatal(err)
			}
			versions, err := wholeList(t, client)
			if err != nil || fmt.Sprint(versions) != test.want || !slices.Equal(waited, staleWaits[:test.waits]) {
				t.Errorf("%v, %v after %v", versions, err, waited)
			}
		})
	}
}

func TestListWhole_breaksOffWhereTheListFails(t *testing.T) {
	t.Parallel()
	client := newClient(t, lagging(t, stored(3, ""), `[`+stored(1, "")).URL)
	if _, err := client.Get(t.Context(), image, "1"); err != nil {
		t.Fatal(err)
	}
	if _, err := wholeList(t, client); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// In an apply a look-up may have waited for something that changed the tenant.
func TestLookUp_sharesAListInAPlanAlone(t *testing.T) {
	t.Parallel()
	refreshed := func(t *testing.T, client *Client) { wantRead(t.Context(), t, client, 0) }
	written := func(t *testing.T, client *Client) {
		if _, err := client.Update(t.Context(), image, "i29", Object{"a": "b"}); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		before []func(*testing.T, *Client)
		shared bool
	}{
		"a plan":                        {[]func(*testing.T, *Client){refreshed}, true},
		"look-ups alone":                {nil, false},
		"an apply":                      {[]func(*testing.T, *Client){written}, false},
		"an apply in a plan's process":  {[]func(*testing.T, *Client){refreshed, written}, false},
		"and a refresh after the write": {[]func(*testing.T, *Client){written, refreshed}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFakeTenant(t, fakeImages(30)...)
			client := newClient(t, fake.URL)
			for _, before := range test.before {
				before(t, client)
			}
			before := fake.sent()
			for n := 1; n < 11; n++ {
				if _, err := client.LookUp(t.Context(), image, fmt.Sprintf("i%d", n)); err != nil {
					t.Error(err)
				}
				wantFound(t, client, &entity.DockerImage, Criteria{"name": "app", "tag": fmt.Sprint(n + 10)},
					fmt.Sprintf("i%d", n+10))
			}
			sent := fake.sent()
			if single := sent.gets + sent.queries - before.gets; (single < 20) != test.shared ||
				(sent.lists > 0) != test.shared {
				t.Errorf("sent %+v", sent)
			}
		})
	}
}
