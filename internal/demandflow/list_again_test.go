package demandflow

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

func TestRead_ofTheSameOnceMoreIsAnsweredByTheSameList(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(100)...)
	client := newClient(t, fake.URL)
	for range 3 {
		atATime(10, 100, func(n int) { wantRead(t.Context(), t, client, n) })
	}
	if sent := fake.sent(); sent.gets != 2 || sent.lists != 1 || sent.counted != 1 {
		t.Errorf("sent %+v", sent)
	}
}

func TestRead_ofTheSameInALargeTenantIsAnsweredByTheSameList(t *testing.T) {
	t.Parallel()
	const size = 2 * objectsPerRequest
	fake := newFakeTenant(t, fakeImages(size)...)
	client := newClient(t, fake.URL)
	for range 2 {
		for n := range 10 {
			wantRead(t.Context(), t, client, n)
		}
	}
	if sent := fake.sent(); sent.gets != 2 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

func TestRead_countsOnceMoreAfterACountThatWasCalledOff(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(10)...)
	client := newClient(t, fake.URL)
	for n := range askedSingly {
		wantRead(t.Context(), t, client, n)
	}
	release := fake.holdNextCount()
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error)
	go func() {
		_, err := client.Read(ctx, entity.DockerImage.Code, "i2")
		stopped <- err
	}()
	<-fake.counting
	cancel()
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Errorf("the read that was cancelled says %v", err)
	}
	release()
	for n := range 10 {
		wantRead(t.Context(), t, client, n)
	}
	if sent := fake.sent(); sent.counted != 2 || sent.lists != 1 {
		t.Errorf("sent %+v", sent)
	}
}

func TestRead_countsOnceMoreAfterACountThatFails(t *testing.T) {
	t.Parallel()
	for failures, want := range map[int64]struct{ counted, lists int }{1: {2, 1}, 100: {2, 0}} {
		fake := newFakeTenant(t, fakeImages(20)...)
		fake.failingCounts.Store(failures)
		client := newClient(t, fake.URL)
		for n := range 20 {
			wantRead(t.Context(), t, client, n)
		}
		if sent := fake.sent(); sent.counted != want.counted || sent.lists != want.lists {
			t.Errorf("after %d counts that failed: sent %+v", failures, sent)
		}
	}
}

func TestRead_takesTheSizeOfAListForTheTenants(t *testing.T) {
	t.Parallel()
	fake := newFakeTenant(t, fakeImages(4)...)
	fake.claims.Store(1)
	client := newClient(t, fake.URL)
	for n := range 4 {
		wantRead(t.Context(), t, client, n)
	}
	if _, err := client.FindAnew(t.Context(), &entity.DockerImage, []Criteria{{"name": "app"}}); err != nil {
		t.Fatal(err)
	}
	client.sharing.mutex.Lock()
	defer client.sharing.mutex.Unlock()
	if size := client.sharing.sizes[entity.DockerImage.Code]; size != 4 {
		t.Errorf("the tenant is taken to have %d images, want the 4 of the list", size)
	}
}

// holdNextCount has the next count wait until release is called, or no caller waits for it.
func (s *fakeTenant) holdNextCount() (release func()) {
	held := make(chan struct{})
	s.counting = make(chan struct{})
	s.beforeCount = func(r *http.Request) {
		close(s.counting)
		select {
		case <-held:
		case <-r.Context().Done():
		}
		s.beforeCount = nil
	}
	return func() { close(held) }
}

func failed(w http.ResponseWriter, what string) {
	http.Error(w, strings.Join([]string{`{"error":"internal","message":"`, what, `"}`}, ""),
		http.StatusInternalServerError)
}
