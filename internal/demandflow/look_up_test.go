package demandflow

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func wantFound(t *testing.T, client *Client, of *entity.Entity, criteria Criteria, ids ...string) {
	t.Helper()
	found, err := client.Find(t.Context(), of, []Criteria{criteria})
	if err != nil {
		t.Error(err)
		return
	}
	var got []string
	for _, object := range found {
		got = append(got, object.ID())
	}
	if strings.Join(got, " ") != strings.Join(ids, " ") {
		t.Errorf("%v finds %v, want %v", criteria, got, ids)
	}
}

// newPlan is a client in a plan: something was refreshed.
func newPlan(t *testing.T, endpoint string) *Client {
	t.Helper()
	client := newClient(t, endpoint)
	client.sharing.refreshed = true
	return client
}

func TestFind_ofManyIsAnsweredByOneList(t *testing.T) {
	t.Parallel()
	for name, criteria := range map[string]func(n int) Criteria{
		"name and tag":    func(n int) Criteria { return Criteria{"name": "app", "tag": fmt.Sprint(n)} },
		"full image name": func(n int) Criteria { return Criteria{"fullImageName": fmt.Sprintf("app:%d", n)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFakeTenant(t, fakeImages(500)...)
			client := newPlan(t, fake.URL)
			atATime(10, 500, func(n int) { wantFound(t, client, &entity.DockerImage, criteria(n), fmt.Sprintf("i%d", n)) })
			if sent := fake.sent(); sent.queries != 2 || sent.counted != 1 || sent.lists != 1 || sent.gets != 0 {
				t.Errorf("sent %+v", sent)
			}
		})
	}
}

// Several data sources may look at one object, and a resource may read it too.
func TestFind_takesNothingAway(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	client := newPlan(t, fake.URL)
	for range 3 {
		for n := range 10 {
			wantFound(t, client, &entity.DockerImage, Criteria{"name": "app", "tag": fmt.Sprint(n)}, fmt.Sprintf("i%d", n))
			wantRead(t.Context(), t, client, n)
		}
	}
	if sent := fake.sent(); sent.gets+sent.queries != 2 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

// As where data sources look up what the same configuration manages.
func TestFind_afterReadsIsAnsweredByTheirList(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(100)...)
	client := newClient(t, fake.URL)
	atATime(10, 100, func(n int) { wantRead(t.Context(), t, client, n) })
	atATime(10, 100, func(n int) {
		wantFound(t, client, &entity.DockerImage, Criteria{"fullImageName": fmt.Sprintf("app:%d", n)}, fmt.Sprintf("i%d", n))
	})
	if sent := fake.sent(); sent.queries != 0 || sent.lists != 1 || sent.counted != 1 {
		t.Errorf("sent %+v", sent)
	}
}

func TestFind_seesTwins(t *testing.T) {
	t.Parallel()
	twin := strings.Replace(fakeImage(3), `"i3"`, `"twin"`, 1)
	fake := newFakeTenant(t, append(fakeImages(10), twin)...)
	client := newClient(t, fake.URL)
	for n := range 3 {
		wantRead(t.Context(), t, client, n)
	}
	wantRead(t.Context(), t, client, 3)
	wantFound(t, client, &entity.DockerImage, Criteria{"name": "app", "tag": "3"}, "i3", "twin")
	wantFound(t, client, &entity.DockerImage, Criteria{"name": "app", "tag": "4"}, "i4")
	wantFound(t, client, &entity.DockerImage, Criteria{"name": "app", "tag": "3"}, "i3", "twin")
}

func TestFind_saysThatThereIsNoneOnlyAfterAQuery(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	fake.listing = func(w http.ResponseWriter, _ *http.Request, images []string) {
		fmt.Fprint(w, strings.Join(images[:5], "\n"))
	}
	client := newPlan(t, fake.URL)
	for n := range 10 {
		wantFound(t, client, &entity.DockerImage, Criteria{"name": "app", "tag": fmt.Sprint(n)}, fmt.Sprintf("i%d", n))
	}
	wantFound(t, client, &entity.DockerImage, Criteria{"name": "app", "tag": "none"})
	if sent := fake.sent(); sent.queries != 2+5+1 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

// A list that broke off may lack a twin.
func TestFind_trustsOnlyAWholeList(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	fake.listing = func(w http.ResponseWriter, _ *http.Request, images []string) {
		fmt.Fprintln(w, strings.Join(images, "\n"))
		fmt.Fprintln(w, `{"_type":"error","message":"out of memory","entity":"DOCKERIMAGE"}`)
	}
	client := newPlan(t, fake.URL)
	for n := range 10 {
		wantFound(t, client, &entity.DockerImage, Criteria{"fullImageName": fmt.Sprintf("app:%d", n)}, fmt.Sprintf("i%d", n))
	}
	if sent := fake.sent(); sent.queries != 10 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

func TestFind_comparesAsEver(t *testing.T) {
	t.Parallel()
	registry := func(id, name, address string) string {
		return asRead(fmt.Sprintf(`{"id":%q,"entity":"DOCKERREGISTRY","name":%q,"url":%q}`, id, name, address))
	}
	registries := []string{
		registry("a", "harbor", "https://Harbor.example.com/"), registry("b", "harbor-2", "harbor.example.com/two"),
		registry("c", "Harbor", ""),
	}
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 3 {
			fmt.Fprint(w, `{"_meta":true,"_type":"count","entity":"DOCKERREGISTRY","count":3}`)
			return
		}
		fmt.Fprint(w, strings.Join(registries, "\n"))
	})
	client := newPlan(t, server.URL)
	for range 3 { // alone, alone, and by the list
		wantFound(t, client, &entity.DockerRegistry, Criteria{"url": "http://harbor.EXAMPLE.com"}, "a")
	}
	wantFound(t, client, &entity.DockerRegistry, Criteria{"url": "harbor.example.com/two/"}, "b")
	wantFound(t, client, &entity.DockerRegistry, Criteria{"name": "harbor"}, "a")
	wantFound(t, client, &entity.DockerRegistry, Criteria{"name": "Harbor"}, "c")
	if asked := server.asked(); len(asked) != 4 {
		t.Errorf("%d requests", len(asked))
	}
	wantFound(t, client, &entity.DockerRegistry, Criteria{"name": "HARBOR"})
	if asked := server.asked(); len(asked) != 5 {
		t.Errorf("%d requests", len(asked))
	}
}
