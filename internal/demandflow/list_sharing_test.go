package demandflow

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

const image = "DOCKERIMAGE"

func TestRead_ofManyIsAnsweredByOneList(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1000, 3000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			fake := newFakeTenant(t, fakeImages(size)...)
			client := newClient(t, fake.URL)
			atATime(10, size, func(n int) { wantRead(t.Context(), t, client, n) })
			if sent := fake.sent(); sent.gets > 6 || sent.counted != 1 || sent.lists != 1 {
				t.Errorf("sent %+v for %d images", sent, size)
			}
		})
	}
}

func TestRead_ofTwoIsTwoRequests(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(2)...)
	client := newClient(t, fake.URL)
	atATime(2, 2, func(n int) { wantRead(t.Context(), t, client, n) })
	if sent := fake.sent(); sent.gets != 2 || sent.counted+sent.lists != 0 {
		t.Errorf("sent %+v", sent)
	}
}

func TestRead_ofTenInALargeTenantListsNothing(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	fake.claims.Store(100_000)
	client := newClient(t, fake.URL)
	atATime(10, 10, func(n int) { wantRead(t.Context(), t, client, n) })
	if sent := fake.sent(); sent.gets != 10 || sent.counted != 1 || sent.lists != 0 {
		t.Errorf("sent %+v", sent)
	}
}

// Ten requests cost as much as a list of 5,000.
func TestRead_listsWhenSingleReadsHaveCostAsMuch(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(40)...)
	fake.claims.Store(5000)
	client := newClient(t, fake.URL)
	atATime(1, 40, func(n int) { wantRead(t.Context(), t, client, n) })
	if sent := fake.sent(); sent.gets != 9 || sent.counted != 1 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

func TestRead_handsAnObjectOverAsSoonAsItComes(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	read := make(chan struct{})
	fake.listing = func(w http.ResponseWriter, _ *http.Request, images []string) {
		fmt.Fprintln(w, images[7])
		w.(http.Flusher).Flush()
		<-read // the rest comes after the seventh was handed over
		fmt.Fprint(w, strings.Join(images, "\n"))
	}
	client := newClient(t, fake.URL)
	for n := range 2 {
		wantRead(t.Context(), t, client, n)
	}
	wantRead(t.Context(), t, client, 7)
	close(read)
	wantRead(t.Context(), t, client, 8)
	if sent := fake.sent(); sent.gets != 2 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

func TestRead_goesOnAloneAfterAListThatFails(t *testing.T) {
	t.Parallel()
	for name, listing := range map[string]func(w http.ResponseWriter, images []string){
		"breaks off": func(w http.ResponseWriter, images []string) {
			breakOff(w, cutAnswer+strings.Join(images[:4], "\n"))
		},
		"carries an error": func(w http.ResponseWriter, images []string) {
			fmt.Fprintln(w, strings.Join(images[:20], "\n"))
			fmt.Fprintln(w, `{"_type":"error","message":"out of memory","entity":"DOCKERIMAGE"}`)
		},
		"carries an error of an unknown entity": func(w http.ResponseWriter, images []string) {
			fmt.Fprintln(w, strings.Join(images[:20], "\n"))
			fmt.Fprintln(w, `{"_type":"error","message":"out of memory"}`)
		},
		"is refused":      func(w http.ResponseWriter, _ []string) { w.WriteHeader(http.StatusForbidden) },
		"is no list":      func(w http.ResponseWriter, _ []string) { fmt.Fprint(w, "<html>log in</html>") },
		"is another's":    func(w http.ResponseWriter, _ []string) { fmt.Fprint(w, `{"id":"x","entity":"PPL"}`) },
		"is full of null": func(w http.ResponseWriter, _ []string) { fmt.Fprint(w, `[null]`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFakeTenant(t, fakeImages(60)...)
			fake.listing = func(w http.ResponseWriter, _ *http.Request, images []string) { listing(w, images) }
			client := newClient(t, fake.URL, func(c *Config) { c.MaxRetries = 0 })
			atATime(10, 60, func(n int) { wantRead(t.Context(), t, client, n) })
			if sent := fake.sent(); sent.lists != 1 || sent.gets < 40 {
				t.Errorf("sent %+v, want one list and the rest one by one", sent)
			}
		})
	}
}

func TestRead_goesOnAloneWhereNothingIsCounted(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(20)...)
	fake.claims.Store(-1)
	fake.Config.Handler = refuseQueries(fake.Config.Handler)
	client := newClient(t, fake.URL)
	atATime(10, 20, func(n int) { wantRead(t.Context(), t, client, n) })
	if sent := fake.sent(); sent.gets != 20 {
		t.Errorf("sent %+v", sent)
	}
}

// refuseQueries lets everything but queries through.
func refuseQueries(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/query" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Only a GET says that an object is gone.
func TestRead_ofWhatTheListLacksIsAGet(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	fake.listing = func(w http.ResponseWriter, _ *http.Request, images []string) {
		fmt.Fprint(w, strings.Join(images[:5], "\n"))
	}
	client := newClient(t, fake.URL)
	atATime(10, 10, func(n int) { wantRead(t.Context(), t, client, n) })
	if _, err := client.Read(t.Context(), image, "gone"); !IsNotFound(err) {
		t.Errorf("a missing object: %v, want one that is not found", err)
	}
	asked := fake.asked()
	if last := asked[len(asked)-1]; last.path != "/v1/objects/gone" {
		t.Errorf("the last request is %s %s, want a GET of the object", last.method, last.path)
	}
	if sent := fake.sent(); sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

// What the budget has no room for is read alone, and only that.
func TestRead_keepsNoMoreThanTheBudget(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(1000)...)
	client := newClient(t, fake.URL)
	client.sharing.budget.left = 200_000
	atATime(1, 1000, func(n int) {
		wantRead(t.Context(), t, client, n)
		client.sharing.budget.mutex.Lock()
		left := client.sharing.budget.left
		client.sharing.budget.mutex.Unlock()
		if left < 0 {
			t.Errorf("%d bytes are kept", 200_000-left)
		}
	})
	if sent := fake.sent(); sent.gets < 50 || sent.gets > 950 || sent.lists != 1 {
		t.Errorf("sent %+v, want a part of 1,000 alone", sent)
	}
}

func TestRead_goesAheadWithOneRequestAtATime(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(100)...)
	client := newClient(t, fake.URL, func(c *Config) { c.MaxConcurrent = 1 })
	atATime(10, 100, func(n int) { wantRead(t.Context(), t, client, n) })
	atATime(10, 100, func(n int) {
		if _, err := client.Find(t.Context(), &entity.DockerImage,
			[]Criteria{{"name": "app", "tag": fmt.Sprint(n)}}); err != nil {
			t.Error(err)
		}
	})
}
