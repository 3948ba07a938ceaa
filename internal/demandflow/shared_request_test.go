package demandflow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func TestRead_afterAWriteHearsOfNothingBefore(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(context.Context, *Client) error{
		"update": func(ctx context.Context, c *Client) error {
			_, err := c.Update(ctx, image, "i1", Object{"tag": "2"})
			return err
		},
		"delete": func(ctx context.Context, c *Client) error { return c.Delete(ctx, image, "i1") },
		"create": func(ctx context.Context, c *Client) error {
			_, err := c.Create(ctx, CreateRequest{Entity: &entity.DockerImage, Fields: Object{"name": "new"}})
			return err
		},
		"delete of another entity": func(ctx context.Context, c *Client) error {
			return c.Delete(ctx, "DOCKERREGISTRY",
				"r")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFakeTenant(t, fakeImages(10)...)
			client := newClient(t, fake.URL)
			for n := range 5 { // five of ten were asked for; the others are there
				wantRead(t.Context(), t, client, n)
			}
			if err := write(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			if used := maxListBytes - client.sharing.budget.left; used != 0 {
				t.Errorf("%d bytes are still taken", used)
			}
			before := fake.sent()
			fake.mutex.Lock()
			fake.images[7] = strings.Replace(fake.images[7], `"app"`, `"moved"`, 1)
			fake.mutex.Unlock()
			object, err := client.Read(t.Context(), image, "i7")
			if err != nil {
				t.Fatal(err)
			}
			if object.Text("name") != "moved" {
				t.Errorf("read %v, which is what was before the write", object)
			}
			if sent := fake.sent(); before.lists != 1 || sent.gets != before.gets+1 {
				t.Errorf("sent %+v, before the write %+v", sent, before)
			}
		})
	}
}

// A list is under way when a write comes: reads that began before may have what it brings, later ones may not.
func TestRead_afterAWriteIsNotAnsweredByAListThatBeganBefore(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	listed, written := make(chan struct{}), make(chan struct{})
	fake.listing = func(w http.ResponseWriter, _ *http.Request, images []string) {
		w.(http.Flusher).Flush()
		close(listed)
		<-written
		fmt.Fprint(w, strings.ReplaceAll(strings.Join(images, "\n"), `"app"`, `"before"`))
	}
	client := newClient(t, fake.URL)
	wantRead(t.Context(), t, client, 0)
	wantRead(t.Context(), t, client, 1)
	name := func(id string) string {
		object, err := client.Read(t.Context(), image, id)
		if err != nil {
			t.Error(err)
			return ""
		}
		return object.Text("name")
	}
	var early sync.WaitGroup
	early.Go(func() {
		if got := name("i2"); got != "before" {
			t.Errorf("a read that began before the write got %q", got)
		}
	})
	<-listed
	if _, err := client.Update(t.Context(), image, "i3", Object{"tag": "3"}); err != nil {
		t.Fatal(err)
	}
	if got := name("i3"); got != "app" {
		t.Errorf("a read after the write got %q", got)
	}
	close(written)
	early.Wait()
}

// What a list says that runs beside a write may be what was before, and the list would still be there afterwards.
func TestRead_beginsNoListWhileAWriteIsUnderWay(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	arrived, goOn := make(chan struct{}), make(chan struct{})
	inner := fake.Config.Handler
	fake.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			close(arrived)
			<-goOn
		}
		inner.ServeHTTP(w, r)
	})
	client := newClient(t, fake.URL)
	for n := range 3 { // a list is there
		wantRead(t.Context(), t, client, n)
	}
	var write sync.WaitGroup
	write.Go(func() {
		if _, err := client.Update(t.Context(), image, "i1", Object{"tag": "1"}); err != nil {
			t.Error(err)
		}
	})
	<-arrived
	for n := range 10 {
		wantRead(t.Context(), t, client, n)
	}
	close(goOn)
	write.Wait()
	for n := range 10 {
		wantRead(t.Context(), t, client, n)
	}
	// Of what the write left there are three GETs: a fake's versions do not move, and what is as old as before is asked
	// for again.
	if sent := fake.sent(); sent.gets != 2+10+3+2 || sent.lists != 2 || sent.counted != 1 {
		t.Errorf("sent %+v, want one list before the write and one after it, and three GETs of what the write left", sent)
	}
}

func TestRead_isNotSharedByTwoClients(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	for range 2 {
		client := newClient(t, fake.URL)
		atATime(10, 10, func(n int) { wantRead(t.Context(), t, client, n) })
	}
	if sent := fake.sent(); sent.lists != 2 || sent.counted != 2 || sent.gets != 4 {
		t.Errorf("sent %+v", sent)
	}
}

func TestRead_givesUpWithItsOwnCallerOnly(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	listed, goOn := make(chan struct{}), make(chan struct{})
	fake.listing = func(w http.ResponseWriter, _ *http.Request, images []string) {
		w.(http.Flusher).Flush()
		close(listed)
		<-goOn
		fmt.Fprint(w, strings.Join(images, "\n"))
	}
	client := newClient(t, fake.URL)
	wantRead(t.Context(), t, client, 0)
	wantRead(t.Context(), t, client, 1)
	first, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := client.Read(first, image, "i2") // the list begins for this one
		left <- err
	}()
	<-listed
	var others sync.WaitGroup
	joined := func() int {
		client.sharing.mutex.Lock()
		defer client.sharing.mutex.Unlock()
		cache := client.sharing.demands[image].cache
		cache.list.mutex.Lock()
		defer cache.list.mutex.Unlock()
		return cache.list.waiting
	}
	for n := 3; n < 6; n++ {
		others.Go(func() { wantRead(t.Context(), t, client, n) })
	}
	for joined() < 4 {
		runtime.Gosched()
	}
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled caller got %v", err)
	}
	close(goOn)
	others.Wait()
	if sent := fake.sent(); sent.gets != 2 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

// A read with little time leaves the list to those that come later.
func TestRead_thatRunsOutOfTimeStopsNoList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gets, lists := 0, 0
		client := newClient(t, "http://demandflow.test").answeredBy(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodGet {
				gets++
				return response(200, fakeImage(gets-1)), nil
			}
			if r.ContentLength > 120 { // two lines, which are the count
				return response(200, `{"_meta":true,"_type":"count","entity":"DOCKERIMAGE","count":10}`), nil
			}
			lists++
			select {
			case <-time.After(10 * time.Second):
				return response(200, strings.Join(fakeImages(10), "")), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
		wantRead(t.Context(), t, client, 0)
		wantRead(t.Context(), t, client, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := client.Read(ctx, image, "i2")
		if wantText(t, err, "timeouts"); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		wantRead(t.Context(), t, client, 3)
		wantRead(t.Context(), t, client, 2) // what came for the one that left is there
		if gets != 2 || lists != 1 || time.Since(began) != 10*time.Second {
			t.Errorf("%d GETs and %d lists in %s, want two and one in 10s", gets, lists, time.Since(began))
		}
	})
}

func TestRead_stopsTheListWhenAllAreCancelled(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	listed, stopped := make(chan struct{}), make(chan struct{})
	fake.listing = func(w http.ResponseWriter, r *http.Request, _ []string) {
		w.(http.Flusher).Flush()
		close(listed)
		<-r.Context().Done()
		close(stopped)
	}
	client := newClient(t, fake.URL)
	wantRead(t.Context(), t, client, 0)
	wantRead(t.Context(), t, client, 1)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for n := 2; n < 6; n++ {
		all.Go(func() {
			if _, err := client.Read(ctx, image, fmt.Sprintf("i%d", n)); !errors.Is(err, context.Canceled) {
				t.Errorf("image %d: %v", n, err)
			}
		})
	}
	<-listed
	cancel()
	all.Wait()
	<-stopped // else the test runs until it is stopped itself
}

func TestRead_survivesAFaultInTheList(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	client := newClient(t, fake.URL, func(c *Config) {
		c.Log = func(_ context.Context, message string, _ map[string]any) {
			if message == "One list answers many reads" {
				panic("a fault")
			}
		}
	})
	atATime(10, 10, func(n int) { wantRead(t.Context(), t, client, n) })
	if sent := fake.sent(); sent.gets != 10 {
		t.Errorf("sent %+v", sent)
	}
}
