package emulator_test

import (
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

func TestRequests_areLoggedInOrderWithTheirStatus(t *testing.T) {
	t.Parallel()
	var observed []emulator.Request
	s := start(t, emulator.Options{Observe: func(request emulator.Request) { observed = append(observed, request) }})
	s.call(t, http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB:x%7CENT:?fields=a,b", nil)
	s.call(t, http.MethodPost, "/v1/objects", registry(object{"storageLimit": 1.50}))
	s.call(t, http.MethodPost, "/v1/objects", `{"broken`)
	got := s.Requests()
	want(t, "requests", len(got), 3)
	want(t, "the list", got[0], emulator.Request{
		Method: http.MethodGet, Path: "/v1/entities/DOCKERIMAGE/SUB:x|ENT:",
		Sent:  "/v1/entities/DOCKERIMAGE/SUB:x%7CENT:?fields=a,b",
		Query: url.Values{"fields": {"a,b"}}, Status: http.StatusForbidden,
	})
	want(t, "body and status of the create", []any{got[1].Body, got[1].Status},
		[]any{registry(object{"storageLimit": 1.5}), 201})
	want(t, "body and status of the broken", []any{got[2].Body, got[2].Status}, []any{nil, 400})
	want(t, "what was observed", observed, got)
	s.ResetRequests()
	want(t, "after a reset", len(s.Requests()), 0)
}

func TestServer_isSafeForManyAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	home := s.create(t, registry(nil))["id"].(string)
	const workers, each = 8, 12
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for i := range each {
				body := image(object{"registry": home, "name": fmt.Sprintf("image-%d-%d", worker, i)})
				made := s.call(t, http.MethodPost, "/v1/objects", body)
				if made.status != http.StatusCreated {
					t.Errorf("POST answered %d", made.status)
					continue
				}
				id := made.object(t)["id"].(string)
				s.call(t, http.MethodPatch, pathOf(id), object{"description": "x"})
				s.call(t, http.MethodPatch, pathOf(home), object{"namespace": fmt.Sprint("team-", i)})
				s.call(t, http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB", nil)
				s.call(t, http.MethodPost, "/v1/query",
					[]any{queryLine(imageCode, object{"filter": object{"field": "*", "term": "image"}})})
				s.Edit(id, object{"maintainer": "them"})
				s.SetAnswers(emulator.Answers{Unset: emulator.Unset(i % 3)})
				s.Objects(imageCode)
				s.Requests()
				if i%2 == 0 {
					s.call(t, http.MethodDelete, pathOf(id), nil)
				}
			}
		})
	}
	group.Wait()
	want(t, "images", len(s.Objects(imageCode)), workers*each/2)
	want(t, "version of the registry", s.Object(home)["_df_version"], workers*each)
	stamps := map[string]bool{}
	for _, o := range s.Objects(imageCode) {
		stamps[fmt.Sprint(o["created"])] = true
	}
	want(t, "different created", len(stamps), workers*each/2)
}
