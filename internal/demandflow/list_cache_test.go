package demandflow

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Broken JSON never passes the list's decoder; should it do so, nobody waits for ever.
func TestListCache_answersAllWhoWaitForAnObjectThatCannotBeRead(t *testing.T) {
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
			t.Fatal("who waits for the object is not told that it does not come")
		}
		s.add(listItem{Object{"id": "other", "name": "app"}, []byte(`{"id":"other","name":"app"}`)})
		synctest.Wait()
		if len(answered) != 1 || <-answered == nil {
			t.Error("who waits for another object does not get it")
		}
		s.end(true)
		if found := s.find(t.Context(), []Criteria{{"name": "app", "tag": "1"}}); found != nil {
			t.Errorf("a list that lacks an object answers with %v", found)
		}
	})
}

func TestListCache_answersAllWhoWaitWhereAddingPanics(t *testing.T) {
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
			t.Error("who waits is not answered")
		}
	})
}

// A fault of the provider is an error of each who waits for the definition, and no end of the process.
func TestDefinition_aFaultIsAnErrorOfAllWhoWait(t *testing.T) {
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
