package emulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

func TestFault_statusAnswersInsteadOnceByDefault(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.Fail(emulator.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"7"}}})
	answer := s.call(t, http.MethodPost, "/v1/objects", image(nil))
	wantStatus(t, answer, http.StatusServiceUnavailable)
	want(t, "Retry-After", answer.header.Get("Retry-After"), "7")
	want(t, "error", answer.object(t)["error"], "Service Unavailable")
	want(t, "images", len(s.Objects(imageCode)), 0)
	s.create(t, image(nil))
}

func TestFault_bodyIsSentAsItIs(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.Fail(emulator.Fault{Status: http.StatusBadGateway, Body: "<html>bad gateway</html>",
		Header: http.Header{"content-type": {"text/html"}}})
	answer := s.call(t, http.MethodGet, "/v1/objects/x", nil)
	wantStatus(t, answer, http.StatusBadGateway)
	want(t, "body", answer.text, "<html>bad gateway</html>")
	want(t, "Content-Type", answer.header.Get("Content-Type"), "text/html")
}

func TestFault_matchesWhatItNames(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	id := s.create(t, image(nil))["id"].(string)
	for name, test := range map[string]struct {
		fault  emulator.Fault
		misses func() reply
		hits   func() reply
	}{
		"a method": {
			emulator.Fault{Method: http.MethodPatch},
			func() reply { return s.call(t, http.MethodGet, pathOf(id), nil) },
			func() reply { return s.call(t, http.MethodPatch, pathOf(id), object{}) },
		},
		"a path": {
			emulator.Fault{Path: "/v1/query"},
			func() reply { return s.call(t, http.MethodGet, pathOf(id), nil) },
			func() reply { return s.call(t, http.MethodPost, "/v1/query", []any{queryLine("PPL", nil)}) },
		},
		"an entity by path": {
			emulator.Fault{Entity: imageCode},
			func() reply { return s.call(t, http.MethodGet, "/v1/entities/PPL/SUB", nil) },
			func() reply { return s.call(t, http.MethodGet, "/v1/entities/DOCKERIMAGE/SUB", nil) },
		},
		"an entity by query parameter": {
			emulator.Fault{Entity: imageCode},
			func() reply { return s.call(t, http.MethodGet, "/v1/objects/none?entity=PPL", nil) },
			func() reply { return s.call(t, http.MethodGet, "/v1/objects/none?entity=DOCKERIMAGE", nil) },
		},
		"an entity by body": {
			emulator.Fault{Entity: imageCode},
			func() reply { return s.call(t, http.MethodPost, "/v1/objects", registry(nil)) },
			func() reply { return s.call(t, http.MethodPost, "/v1/objects", image(nil)) },
		},
		"an entity by query line": {
			emulator.Fault{Entity: imageCode},
			func() reply { return s.call(t, http.MethodPost, "/v1/query", []any{queryLine("PPL", nil)}) },
			func() reply {
				return s.call(t, http.MethodPost, "/v1/query", []any{queryLine("PPL", nil), queryLine(imageCode, nil)})
			},
		},
		"an entity by the stored object": {
			emulator.Fault{Entity: imageCode},
			func() reply { return s.call(t, http.MethodGet, pathOf(registryCode), nil) },
			func() reply { return s.call(t, http.MethodGet, pathOf(id), nil) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			test.fault.Status = http.StatusTeapot
			s.Fail(test.fault)
			if missed := test.misses(); missed.status == http.StatusTeapot {
				t.Error("it hit what it does not name")
			}
			wantStatus(t, test.hits(), http.StatusTeapot)
		})
	}
}

func TestFault_timesAndAfterCount(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	statuses := func(count int) (got []int) {
		for range count {
			got = append(got, s.call(t, http.MethodGet, pathOf(imageCode), nil).status)
		}
		return got
	}
	s.Fail(emulator.Fault{After: 1, Times: 2, Status: 503})
	want(t, "after one, two times", statuses(5), []int{200, 503, 503, 200, 200})
	s.Fail(emulator.Fault{Status: 500})
	s.Fail(emulator.Fault{Status: 502, After: 2})
	want(t, "two faults in one sequence", statuses(4), []int{500, 200, 502, 200})
	s.Fail(emulator.Fault{Times: -1, Status: 500})
	want(t, "always", statuses(3), []int{500, 500, 500})
	s.ClearFaults()
	want(t, "cleared", statuses(1), []int{200})
}

func TestFault_commitCarriesTheRequestOutFirst(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.Fail(emulator.Fault{Commit: true, Status: http.StatusInternalServerError})
	wantStatus(t, s.call(t, http.MethodPost, "/v1/objects", image(nil)), http.StatusInternalServerError)
	s.Fail(emulator.Fault{Commit: true, Drop: true})
	if answer := s.call(t, http.MethodPost, "/v1/objects", image(nil)); answer.err == nil {
		t.Errorf("got an answer: %d %s", answer.status, answer.text)
	}
	want(t, "images", len(s.Objects(imageCode)), 2)
}

func TestFault_dropClosesTheConnectionWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.Fail(emulator.Fault{Drop: true})
	if answer := s.call(t, http.MethodPost, "/v1/objects", image(nil)); answer.err == nil {
		t.Errorf("got an answer: %d %s", answer.status, answer.text)
	}
	want(t, "images", len(s.Objects(imageCode)), 0)
	want(t, "status in the log", s.Requests()[0].Status, 0)
}

func TestFault_truncateCutsTheBody(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.seed(t, image(nil))
	for path, size := range map[string]int{pathOf(imageCode): 10, "/v1/entities/DOCKERIMAGE/SUB": 40,
		"/v1/entities/PPL/SUB": 1 << 20} {
		s.Fail(emulator.Fault{Truncate: size})
		answer := s.call(t, http.MethodGet, path, nil)
		if !errors.Is(answer.err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: the body ends with %v, want an unexpected end", path, answer.err)
		}
		if len(answer.text) > size || len(answer.text) == 0 || size < 1000 && len(answer.text) != size {
			t.Errorf("%s: got %d bytes of %d", path, len(answer.text), size)
		}
	}
}

func TestFault_waitHoldsTheAnswer(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	release := make(chan struct{})
	s.Fail(emulator.Fault{Wait: release})
	answered := make(chan reply, 1)
	go func() { answered <- s.call(t, http.MethodGet, pathOf(imageCode), nil) }()
	for len(s.Requests()) == 0 { // until the request has arrived
		select {
		case answer := <-answered:
			t.Fatalf("it did not wait: %v", answer)
		case <-time.After(time.Millisecond):
		}
	}
	want(t, "status while held", s.Requests()[0].Status, 0)
	close(release)
	wantStatus(t, <-answered, http.StatusOK)
}

func TestFault_waitEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	for _, commit := range []bool{false, true} {
		s := start(t, emulator.Options{})
		s.Fail(emulator.Fault{Wait: make(chan struct{}), Commit: commit})
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		request := newRequest(t, http.MethodPost, s.url+"/v1/objects", image(nil)).WithContext(ctx)
		request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
		if answer := send(t, request); !errors.Is(answer.err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", answer)
		}
		cancel()
		want(t, "images, when only Commit carries out first", len(s.Objects(imageCode)) == 1, commit)
	}
}

func TestFault_errorItemEndsAListUnderStatus200(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.seed(t, image(nil), image(nil), image(nil))
	for _, test := range []struct{ after, data int }{{0, 0}, {2, 2}, {9, 3}} {
		s.Fail(emulator.Fault{ErrorItem: "the store broke", ErrorAfter: test.after})
		wantStatus(t, s.call(t, http.MethodGet, pathOf(imageCode), nil), http.StatusOK) // no list: the fault waits
		items := s.list(t, imageCode, "SUB")
		want(t, "items", len(items), test.data+1)
		last := items[len(items)-1]
		want(t, "the last", []any{last["_type"], last["message"], last["entity"]}, []any{"error", "the store broke",
			imageCode})
	}
	s.Fail(emulator.Fault{ErrorItem: "the store broke", ErrorAfter: 1})
	items := s.query(t, queryLine(imageCode, nil))
	want(t, "items of a query", []any{len(items), items[0]["_type"], items[1]["_type"]}, []any{2, "data", "error"})
}

func TestFault_conflictLandsJustBeforeTheWrite(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	made := s.create(t, image(object{"description": "mine"}))
	s.Fail(emulator.Fault{Conflict: object{"description": "theirs", "maintainer": "them"}})
	want(t, "a read before", s.get(t, made["id"])["description"], "mine")
	written := s.patch(t, made["id"], object{"tag": "2"})
	want(t, "version", written["_df_version"], 2)
	want(t, "fields", []any{written["description"], written["maintainer"], written["tag"]}, []any{"theirs", "them", "2"})
	s.Fail(emulator.Fault{Conflict: object{"description": "theirs"}})
	wantStatus(t, s.call(t, http.MethodPatch, "/v1/objects/none", object{}), http.StatusNotFound)
}

func TestLatency_isAddedAndEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	const latency = 30 * time.Millisecond
	s := start(t, emulator.Options{Latency: latency})
	begun := time.Now()
	wantStatus(t, s.call(t, http.MethodGet, pathOf(imageCode), nil), http.StatusOK)
	if took := time.Since(begun); took < latency {
		t.Errorf("answered after %s", took)
	}
	slow := emulator.New(emulator.Options{Latency: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	defer func() {
		if problem, _ := recover().(error); !errors.Is(problem, http.ErrAbortHandler) {
			t.Errorf("got %v, want the handler to abort", problem)
		}
	}()
	slow.ServeHTTP(nil, newRequest(t, http.MethodGet, "/v1/objects/"+strings.ToLower(imageCode), nil).WithContext(ctx))
}

func TestFault_emptyHasNoBodyAndNoContentType(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.Fail(emulator.Fault{Status: http.StatusNotFound, Empty: true})
	answer := s.call(t, http.MethodGet, pathOf(imageCode), nil)
	wantStatus(t, answer, http.StatusNotFound)
	want(t, "body", answer.text, "")
	want(t, "Content-Type", len(answer.header.Values("Content-Type")), 0)
}

func TestFault_headerMayLeaveTheContentTypeOut(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	s.Fail(emulator.Fault{Status: http.StatusNotFound, Body: `{"message":"no Route matched"}`,
		Header: http.Header{"Content-Type": nil}})
	answer := s.call(t, http.MethodGet, pathOf(imageCode), nil)
	want(t, "body", answer.text, `{"message":"no Route matched"}`)
	want(t, "Content-Type", len(answer.header.Values("Content-Type")), 0)
}

func TestServer_datesItsAnswersByItsOwnClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2031, time.May, 17, 8, 30, 0, 0, time.UTC)
	s := start(t, emulator.Options{Now: func() time.Time { return now }})
	want(t, "Date", s.call(t, http.MethodGet, pathOf(imageCode), nil).header.Get("Date"), "Sat, 17 May 2031 08:30:00 GMT")
}
