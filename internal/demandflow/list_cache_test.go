package demandflow

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Broken JSON never passes the list's decoder; should it do so, no caller waits for ever.
func TestListCache_answersAllThatWaitForAnObjectThatCannotBeRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, "http://demandflow.test")
		s := newListCache(client, &entity.DockerImage, newSharedRequest(t.Context()))
		answered := make(chan Object, 3)
		for _, id := range []string{"odd", "odd", "other"} {
			go func() {
				answered <- s.read(t.Context(), id)
			}()
		}
		synctest.Wait()
		s.add(listItem{Object{"id": "odd", "name": "app", "tag": "1"}, []byte(`{"id":"odd"`)})
		synctest.Wait()
		if len(answered) != 2 || <-answered != nil || <-answered != nil {
			t.Fatal("a caller still waits for an object that does not come")
		}
		s.add(listItem{Object{"id": "other", "name": "app"}, []byte(`{"id":"other","name":"app"}`)})
		synctest.Wait()
		if len(answered) != 1 || <-answered == nil {
			t.Error("a caller that waits for another object does not get it")
		}
		s.end(true)
		close(s.list.done)
		if found := s.find(t.Context(), []Criteria{{"name": "app", "tag": "1"}}); found != nil {
			t.Errorf("a list that lacks an object answers with %v", found)
		}
	})
}

func TestListCache_answersAllThatWaitWhereAddingPanics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newListCache(newClient(t, "http://demandflow.test"), &entity.DockerImage, newSharedRequest(t.Context()))
		s.keys = [][]*entity.Field{{nil}} // a fault: what is added cannot be kept
		answered := make(chan Object, 1)
		go func() {
			answered <- s.read(t.Context(), "1")
		}()
		synctest.Wait()
		func() {
			defer func() { _ = recover() }()
			s.add(listItem{Object{"id": "1"}, []byte(`{"id":"1"}`)})
			t.Error("the fault is gone, and the test with it")
		}()
		synctest.Wait()
		if len(answered) != 1 {
			t.Error("a caller that waits is not answered")
		}
	})
}

// A fault of the provider is an error of each caller that waits for the definition, and no end of the process.
func TestDefinition_aFaultIsAnErrorOfAllThatWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		faulty, release := true, make(chan struct{})
		client := newClient(t, "http://demandflow.test",
			func(c *Config) { c.MaxConcurrent = 1 }).answeredBy(func(*http.Request) (*http.Response, error) {
			if <-release; faulty {
				panic("fault")
			}
			return response(200, imageDefinition), nil
		})
		first, second := ask(context.WithoutCancel(t.Context()), client), ask(t.Context(), client)
		close(release)
		for _, failed := range []error{<-first, <-second} {
			wantText(t, failed, "definition of DOCKERIMAGE", "fault of the provider")
		}
		faulty = false // and the place that the request held is free again
		if err := <-ask(t.Context(), client); err != nil {
			t.Errorf("then got %v", err)
		}
	})
}

// Both entities are wanted when the list begins, so one query lists both.
func TestListSharing_listsBothEntitiesInOneQuery(t *testing.T) {
	t.Parallel()
	var lists []string
	server := serve(t, nil)
	server.Config.Handler = server.handler(func(w http.ResponseWriter, r *http.Request, n int) {
		switch body := server.asked()[n-1].body; {
		case r.Method == http.MethodGet:
			fmt.Fprint(w, asRead(fmt.Sprintf(`{"id":%q,"entity":%q}`, r.URL.Path[len("/v1/objects/"):],
				r.URL.Query().Get("entity"))))
		case strings.Contains(body, "countOnly"):
			fmt.Fprint(w, `{"_meta":true,"_type":"count","entity":"DOCKERREGISTRY","count":1}{"_meta":true,"_type":"count","entity":"DOCKERIMAGE","count":10}`)
		default:
			lists = append(lists, body)
			fmt.Fprint(w, asRead(`{"id":"r1","entity":"DOCKERREGISTRY"}`)+strings.Join(fakeImages(10), ""))
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

func TestListSharing_listsAnewWhenAListHasBecomeOld(t *testing.T) {
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
				return response(200, fakeImage(n)), nil
			case strings.Contains(body, "countOnly"):
				return response(200, `{"_meta":true,"_type":"count","entity":"DOCKERIMAGE","count":30}`), nil
			}
			lists++
			return response(200, strings.Join(fakeImages(30), "")), nil
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

// What the list brought may be named in an error before it was asked for.
func TestListSharing_learnsSecretsAsTheyCome(t *testing.T) {
	t.Parallel()
	const password = "correct horse battery"
	server := serve(t, nil)
	server.Config.Handler = server.handler(func(w http.ResponseWriter, r *http.Request, n int) {
		switch body := server.asked()[n-1].body; {
		case strings.HasSuffix(r.URL.Path, "/broken"):
			text(400, fmt.Sprintf(`{"error":"bad","message":"the password %s is too long"}`, password))(w, r, n)
		case r.Method == http.MethodGet:
			fmt.Fprint(w, asRead(`{"id":"r","entity":"DOCKERREGISTRY"}`))
		case strings.Contains(body, "countOnly"):
			fmt.Fprint(w, `{"_meta":true,"_type":"count","entity":"DOCKERREGISTRY","count":3}`)
		default:
			fmt.Fprint(w, asRead(`{"id":"1","entity":"DOCKERREGISTRY"}{"id":"2","entity":"DOCKERREGISTRY","password":"`+
				password+`"}`))
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
	for _, seed := range []string{fakeImage(1),
		`{"id":"a","n":1.50,"big":123456789012345678901,"list":["<",null,{"x":[]}],"text":"\u2028&\ud800"}`, `{"id":1}`,
		`{"n\u0061me" : "a\"}", "x": {"id": "}"} ,"\u0069d":"1" }`} {
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
		listed, err := client.partialItem()(json.NewDecoder(strings.NewReader(body)))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range listed.Object {
			if fmt.Sprintf("%#v", value) != fmt.Sprintf("%#v", direct[name]) {
				t.Errorf("%s is listed as %#v, want %#v", name, value, direct[name])
			}
		}
		cache := newListCache(client, &entity.DockerImage, newSharedRequest(t.Context()))
		cache.add(listItem{listed.Object, []byte(body)})
		cache.end(true)
		delete(direct, typeField)
		for range 2 {
			object := cache.read(t.Context(), direct.ID())
			if object == nil {
				t.Fatalf("%s is not kept", body)
			}
			version, versioned := object.Version()
			wantVersion, wantVersioned := direct.Version()
			if fmt.Sprintf("%#v", object) != fmt.Sprintf("%#v", direct) || version != wantVersion ||
				versioned != wantVersioned {
				t.Errorf("%#v of version %d, want %#v", object, version, direct)
			}
		}
		cache.drop()
		if left := client.sharing.budget.left; left != maxListBytes {
			t.Errorf("%d bytes are still taken", maxListBytes-left)
		}
	})
}
