package demandflow

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func wantFound(t *testing.T, client *Client, of *entity.Entity, wish Wish, ids ...string) {
	t.Helper()
	found, err := client.Find(t.Context(), of, []Wish{wish})
	if err != nil {
		t.Error(err)
		return
	}
	var got []string
	for _, object := range found {
		got = append(got, object.ID())
	}
	if strings.Join(got, " ") != strings.Join(ids, " ") {
		t.Errorf("%v finds %v, want %v", wish, got, ids)
	}
}

// newPlan is a client in a plan: something was refreshed.
func newPlan(t *testing.T, endpoint string) *Client {
	t.Helper()
	client := newClient(t, endpoint)
	client.together.plans = true
	return client
}

func TestFind_ofManyIsAnsweredByOneList(t *testing.T) {
	t.Parallel()
	for name, wish := range map[string]func(n int) Wish{
		"name and tag":    func(n int) Wish { return Wish{"name": "app", "tag": fmt.Sprint(n)} },
		"full image name": func(n int) Wish { return Wish{"fullImageName": fmt.Sprintf("app:%d", n)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shelf := newShelf(t, shelvedImages(500)...)
			client := newPlan(t, shelf.URL)
			atATime(10, 500, func(n int) { wantFound(t, client, &entity.DockerImage, wish(n), fmt.Sprintf("i%d", n)) })
			if sent := shelf.sent(); sent.queries != 2 || sent.counted != 1 || sent.lists != 1 || sent.gets != 0 {
				t.Errorf("sent %+v", sent)
			}
		})
	}
}

// Several data sources may look at one object, and a resource may read it too.
func TestFind_takesNothingAway(t *testing.T) {
	t.Parallel()
	shelf := newShelf(t, shelvedImages(10)...)
	client := newPlan(t, shelf.URL)
	for range 3 {
		for n := range 10 {
			wantFound(t, client, &entity.DockerImage, Wish{"name": "app", "tag": fmt.Sprint(n)}, fmt.Sprintf("i%d", n))
			wantRead(t.Context(), t, client, n)
		}
	}
	if sent := shelf.sent(); sent.gets+sent.queries != 2 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

// As where data sources look up what the same configuration manages.
func TestFind_afterReadsHaveTakenObjectsAwayListsAnew(t *testing.T) {
	t.Parallel()
	shelf := newShelf(t, shelvedImages(100)...)
	client := newClient(t, shelf.URL)
	atATime(10, 100, func(n int) { wantRead(t.Context(), t, client, n) })
	atATime(10, 100, func(n int) {
		wantFound(t, client, &entity.DockerImage, Wish{"fullImageName": fmt.Sprintf("app:%d", n)}, fmt.Sprintf("i%d", n))
	})
	if sent := shelf.sent(); sent.queries != 0 || sent.lists != 2 || sent.counted != 1 {
		t.Errorf("sent %+v", sent)
	}
}

func TestFind_seesTwins(t *testing.T) {
	t.Parallel()
	twin := strings.Replace(shelved(3), `"i3"`, `"twin"`, 1)
	shelf := newShelf(t, append(shelvedImages(10), twin)...)
	client := newClient(t, shelf.URL)
	for n := range 3 {
		wantRead(t.Context(), t, client, n)
	}
	wantRead(t.Context(), t, client, 3) // takes one of the two away, unless look-ups are known of
	wantFound(t, client, &entity.DockerImage, Wish{"name": "app", "tag": "3"}, "i3", "twin")
	wantFound(t, client, &entity.DockerImage, Wish{"name": "app", "tag": "4"}, "i4")
	wantFound(t, client, &entity.DockerImage, Wish{"name": "app", "tag": "3"}, "i3", "twin")
}

func TestFind_saysThatThereIsNoneOnlyAfterAQuery(t *testing.T) {
	t.Parallel()
	shelf := newShelf(t, shelvedImages(10)...)
	shelf.listing = func(w http.ResponseWriter, _ *http.Request, images []string) {
		fmt.Fprint(w, strings.Join(images[:5], "\n"))
	}
	client := newPlan(t, shelf.URL)
	for n := range 10 {
		wantFound(t, client, &entity.DockerImage, Wish{"name": "app", "tag": fmt.Sprint(n)}, fmt.Sprintf("i%d", n))
	}
	wantFound(t, client, &entity.DockerImage, Wish{"name": "app", "tag": "none"})
	if sent := shelf.sent(); sent.queries != 2+5+1 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

// A list that broke off may lack a twin.
func TestFind_trustsOnlyAWholeList(t *testing.T) {
	t.Parallel()
	shelf := newShelf(t, shelvedImages(10)...)
	shelf.listing = func(w http.ResponseWriter, _ *http.Request, images []string) {
		fmt.Fprintln(w, strings.Join(images, "\n"))
		fmt.Fprintln(w, `{"_type":"error","message":"out of memory","entity":"DOCKERIMAGE"}`)
	}
	client := newPlan(t, shelf.URL)
	for n := range 10 {
		wantFound(t, client, &entity.DockerImage, Wish{"fullImageName": fmt.Sprintf("app:%d", n)}, fmt.Sprintf("i%d", n))
	}
	if sent := shelf.sent(); sent.queries != 10 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

func TestFind_comparesAsEver(t *testing.T) {
	t.Parallel()
	registry := func(id, name, address string) string {
		return fmt.Sprintf(`{"id":%q,"entity":"DOCKERREGISTRY","name":%q,"url":%q}`, id, name, address)
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
		wantFound(t, client, &entity.DockerRegistry, Wish{"url": "http://harbor.EXAMPLE.com"}, "a")
	}
	wantFound(t, client, &entity.DockerRegistry, Wish{"url": "harbor.example.com/two/"}, "b")
	wantFound(t, client, &entity.DockerRegistry, Wish{"name": "harbor"}, "a")
	wantFound(t, client, &entity.DockerRegistry, Wish{"name": "Harbor"}, "c")
	if asked := server.asked(); len(asked) != 4 {
		t.Errorf("%d requests", len(asked))
	}
	wantFound(t, client, &entity.DockerRegistry, Wish{"name": "HARBOR"})
	if asked := server.asked(); len(asked) != 5 {
		t.Errorf("%d requests", len(asked))
	}
}

// Both entities are wanted when the list begins, so one query lists both.
func TestTogether_listsBothEntitiesInOneQuery(t *testing.T) {
	t.Parallel()
	var lists []string
	server := serve(t, nil)
	server.Config.Handler = server.handler(func(w http.ResponseWriter, r *http.Request, n int) {
		switch body := server.asked()[n-1].body; {
		case r.Method == http.MethodGet:
			fmt.Fprintf(w, `{"id":%q,"entity":%q}`, r.URL.Path[len("/v1/objects/"):], r.URL.Query().Get("entity"))
		case strings.Contains(body, "countOnly"):
			fmt.Fprint(w, `{"_meta":true,"_type":"count","entity":"DOCKERREGISTRY","count":1}{"_meta":true,"_type":"count","entity":"DOCKERIMAGE","count":10}`)
		default:
			lists = append(lists, body)
			fmt.Fprint(w, `{"id":"r1","entity":"DOCKERREGISTRY"}`+strings.Join(shelvedImages(10), ""))
		}
	})
	client := newClient(t, server.URL)
	for _, id := range []string{"r0", "r1"} {
		if _, err := client.Read(t.Context(), "DOCKERREGISTRY", id); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Read(t.Context(), image, "r0"); err != nil {
			t.Fatal(err)
		}
	}
	wantRead(t.Context(), t, client, 5)
	if _, err := client.Read(t.Context(), "DOCKERREGISTRY", "r1"); err != nil {
		t.Fatal(err)
	}
	if len(lists) != 1 || len(server.asked()) != 6 {
		t.Errorf("%d requests, lists %q; want six with one list", len(server.asked()), lists)
	}
}

func TestTogether_listsAnewWhenAListHasBecomeOld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lists := 0
		client := newClient(t, "http://demandflow.test").answeredBy(func(r *http.Request) (*http.Response, error) {
			body := ""
			if r.Body != nil {
				read := make([]byte, 1000)
				n, _ := r.Body.Read(read)
				body = string(read[:n])
			}
			switch {
			case r.Method == http.MethodGet:
				n, _ := strconv.Atoi(r.URL.Path[len("/v1/objects/i"):])
				return response(200, shelved(n)), nil
			case strings.Contains(body, "countOnly"):
				return response(200, `{"_meta":true,"_type":"count","entity":"DOCKERIMAGE","count":30}`), nil
			}
			lists++
			return response(200, strings.Join(shelvedImages(30), "")), nil
		})
		for round, want := range []int{1, 1, 2} {
			for n := range 10 {
				wantRead(t.Context(), t, client, 10*round+n)
			}
			if lists != want {
				t.Errorf("%d lists, want %d", lists, want)
			}
			<-time.After(freshFor/2 + time.Second)
		}
	})
}

// What the list brought may be named in an error before anybody has asked for it.
func TestTogether_learnsSecretsAsTheyCome(t *testing.T) {
	t.Parallel()
	const password = "correct horse battery"
	server := serve(t, nil)
	server.Config.Handler = server.handler(func(w http.ResponseWriter, r *http.Request, n int) {
		switch body := server.asked()[n-1].body; {
		case strings.HasSuffix(r.URL.Path, "/broken"):
			text(400, fmt.Sprintf(`{"error":"bad","message":"the password %s is too long"}`, password))(w, r, n)
		case r.Method == http.MethodGet:
			fmt.Fprint(w, `{"id":"r","entity":"DOCKERREGISTRY"}`)
		case strings.Contains(body, "countOnly"):
			fmt.Fprint(w, `{"_meta":true,"_type":"count","entity":"DOCKERREGISTRY","count":3}`)
		default:
			fmt.Fprintf(w, `{"id":"1","entity":"DOCKERREGISTRY"}{"id":"2","entity":"DOCKERREGISTRY","password":%q}`, password)
		}
	})
	client := newClient(t, server.URL)
	for _, id := range []string{"r", "r", "1"} {
		if _, err := client.Read(t.Context(), "DOCKERREGISTRY", id); err != nil {
			t.Fatal(err)
		}
	}
	_, err := client.Read(t.Context(), "DOCKERREGISTRY", "broken") // waits for the list's end
	wantText(t, err, "400", "[password]")
	if strings.Contains(err.Error(), "horse") {
		t.Errorf("the error shows the password: %s", err)
	}
}

func FuzzReading_saysWhatAGetSays(f *testing.F) {
	for _, seed := range []string{shelved(1),
		`{"id":"a","n":1.50,"big":123456789012345678901,"list":["<",null,{"x":[]}],"text":"\u2028&\ud800"}`, `{"id":1}`} {
		f.Add(seed)
	}
	client, err := New(Config{Token: testToken})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		direct, err := decodeObject([]byte(body))
		if err != nil {
			return
		}
		stored, err := decodeObject([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		store := newStore(client, &entity.DockerImage, newVenture(t.Context()), true)
		store.add(stored)
		store.end(true)
		for range 2 {
			reading, _ := store.read(t.Context(), direct.ID())
			if reading == nil {
				t.Fatalf("%s is not kept", body)
			}
			object, err := reading.whole()
			version, versioned := object.Version()
			wantVersion, wantVersioned := direct.Version()
			if err != nil || fmt.Sprintf("%#v", object) != fmt.Sprintf("%#v", direct) || version != wantVersion ||
				versioned != wantVersioned {
				t.Errorf("%#v of version %d (%v), want %#v", object, version, err, direct)
			}
		}
		store.drop()
		if client.together.room.used != 0 {
			t.Errorf("%d bytes are still taken", client.together.room.used)
		}
	})
}
