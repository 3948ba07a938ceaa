package chaos

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// A faultKind is what goes wrong.
type faultKind int

const (
	// Answers that are lost, late, or not DemandFlow's.
	lostAnswer   faultKind = iota // carried out, and the connection breaks before the answer
	lostRequest                   // the connection breaks before it is carried out
	lateAnswer                    // carried out, and the answer comes when the client waits no longer
	slowAnswer                    // after 40 s, which is not too late
	cutAnswer                     // carried out, and the answer breaks off
	failedAfter                   // carried out, and 500
	failedBefore                  // not carried out, and 503
	gatewayPage                   // carried out, and 502 with a page
	limit                         // 429, to this and some more
	foreign404                    // 404 of something that is not DemandFlow
	foreignPage                   // 200 with a page to log in at
	echo                          // 400 that repeats what was sent, secrets and token too
	forbidden                     // 403
	// DemandFlow itself.
	stale    // a read of a store that lags
	idAlone  // a read of whose objects nothing comes but the ids
	conflict // another person edits the object just before it is written
	// Terraform.
	interrupt     // Ctrl-C while the request is on its way; it is carried out, and answered some seconds later
	interruptLost // Ctrl-C, and the answer does not come
	killBefore    // kill -9 before it arrives
	killAfter     // kill -9 after it was carried out
	wrongEndpoint // the server is not DemandFlow, and says of everything that it is not found
	faultKinds    // how many there are
)

func (t faultKind) String() string {
	return [...]string{
		"lostAnswer", "lostRequest", "lateAnswer", "slowAnswer", "cutAnswer", "failedAfter", "failedBefore", "gatewayPage",
		"limit", "foreign404", "foreignPage", "echo", "forbidden",
		"stale", "idAlone", "conflict", "interrupt", "interruptLost", "killBefore", "killAfter", "wrongEndpoint",
	}[t]
}

// A target is what requests a fault is for.
type target int

const (
	anything target = iota
	posts
	patches
	deletes
	gets
	queries
	definitions
	targets // how many there are
)

func (t target) String() string {
	return [...]string{"anything", "posts", "patches", "deletes", "gets", "queries", "definitions"}[t]
}

func (t target) matches(r request) bool {
	object := strings.HasPrefix(r.path, "/v1/objects")
	switch t {
	case posts:
		return r.method == http.MethodPost && object
	case patches:
		return r.method == http.MethodPatch
	case deletes:
		return r.method == http.MethodDelete
	case gets:
		return r.method == http.MethodGet && object && !definitions.matches(r)
	case definitions:
		return strings.HasPrefix(r.path, "/v1/objects/DOCKER")
	case queries:
		return r.path == "/v1/query"
	}
	return true
}

// A fault is what goes wrong once, or some times, in a run.
type fault struct {
	kind   faultKind
	target target
	after  int // so many matching requests come through
	times  int // how many it hits
	form   int // which of several forms
	hits   int // how many it has hit
}

func (f *fault) String() string {
	return fmt.Sprintf("%s{%s, after %d, times %d, form %d}", f.kind, f.target, f.after, f.times, f.form)
}

// due returns the fault for a request, nil for none.
func (w *world) due(r request) *fault {
	var due *fault
	for _, f := range w.faults {
		switch {
		case !f.target.matches(r) || f.hits >= f.times:
		case f.after > 0:
			f.after--
		case due == nil:
			due = f
		}
	}
	if due != nil {
		due.hits++
	}
	return due
}

// targets are what a fault can happen to.
func (t faultKind) targets() []target {
	switch t {
	case stale, idAlone:
		return []target{gets, queries}
	case foreign404:
		return []target{gets, queries, definitions}
	case conflict:
		return []target{patches}
	case interrupt, interruptLost, killBefore, killAfter:
		return []target{posts, patches, deletes, anything}
	}
	return []target{posts, patches, deletes, gets, queries, definitions, anything}
}

var foreign404s = []struct{ kind, body string }{
	{"text/html", "<html><body><h1>404 Not Found</h1><hr>nginx</body></html>"},
	{"text/plain; charset=utf-8", "404 page not found\n"},
	{"application/json", `{"message":"no Route matched with those values"}`},
	{"", ""},
	{"application/json", `{"timestamp":"2027-01-31T12:00:00.000+00:00","status":404,"error":"Not Found",` +
		`"path":"/v1/objects"}`},
	{"application/json", `{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}`},
	{"application/json", `{"detail":"Not Found"}`},
}

// A cannedAnswer is an answer in DemandFlow's place.
type cannedAnswer struct {
	done       bool // the request is carried out
	status     int
	kind, body string
}

var cannedAnswers = map[faultKind]cannedAnswer{
	failedAfter: {true, http.StatusInternalServerError, "application/json",
		`{"error":"Internal Server Error","message":"Something went wrong."}`},
	failedBefore: {false, http.StatusServiceUnavailable, "application/json",
		`{"error":"Service Unavailable","message":"Come back later."}`},
	gatewayPage: {true, http.StatusBadGateway, "text/html", "<html><h1>502 Bad Gateway</h1></html>"},
	foreignPage: {false, http.StatusOK, "text/html",
		`<!DOCTYPE html><html><body><form action="/login">Sign in</form></body></html>`},
	forbidden: {false, http.StatusForbidden, "application/json",
		`{"error":"Forbidden","message":"The token is invalid, expired or revoked."}`},
}

// happen is what the fault does to a request.
func (f *fault) happen(w *world, r *run, out http.ResponseWriter, in *http.Request) {
	switch f.kind {
	case lostAnswer:
		w.carryOut(in)
		panic(http.ErrAbortHandler)
	case lostRequest:
		panic(http.ErrAbortHandler)
	case lateAnswer:
		w.carryOut(in)
		wait(in, time.Hour)
		panic(http.ErrAbortHandler)
	case slowAnswer:
		wait(in, 40*time.Second)
		w.Server.ServeHTTP(out, in)
	case cutAnswer:
		w.Fail(emulator.Fault{Method: in.Method, Path: in.URL.Path, Truncate: 20})
		w.Server.ServeHTTP(out, in)
	case failedAfter, failedBefore, gatewayPage, foreignPage, forbidden:
		canned := cannedAnswers[f.kind]
		if canned.done {
			w.carryOut(in)
		}
		answer(out, canned.status, canned.kind, canned.body)
	case limit:
		if f.form%2 == 0 {
			out.Header().Set("Retry-After", "7")
		}
		answer(out, http.StatusTooManyRequests, "application/json", `{"error":"Too Many Requests","message":"Slow down."}`)
	case foreign404:
		form := foreign404s[f.form%len(foreign404s)]
		answer(out, http.StatusNotFound, form.kind, form.body)
	case wrongEndpoint:
		form := append(slices.Clip(foreign404s), struct{ kind, body string }{"application/json",
			`{"statusCode":404,"error":"Not Found","message":"Cannot GET /v1/objects"}`})[f.form%(len(foreign404s)+1)]
		answer(out, http.StatusNotFound, form.kind, form.body)
	case echo:
		sent, _ := io.ReadAll(in.Body)
		answer(out, http.StatusBadRequest, "application/json", string(mustJSON(map[string]string{"error": "Bad Request",
			"message": in.Header.Get("Authorization") + " " + string(sent) + " is wrong"})))
	case stale, idAlone:
		w.Fail(emulator.Fault{Method: in.Method, Path: in.URL.Path, Stale: f.kind == stale, IDAlone: f.kind == idAlone})
		w.Server.ServeHTTP(out, in)
	case conflict:
		w.conflict(in, f.form)
		w.Server.ServeHTTP(out, in)
	case interrupt:
		recorder := httptest.NewRecorder()
		w.Server.ServeHTTP(recorder, in.WithContext(context.WithoutCancel(in.Context())))
		r.interrupt()
		wait(in, time.Duration(1+f.form)*time.Second)
		replay(out, recorder)
	case interruptLost:
		w.carryOut(in)
		r.interrupt()
		wait(in, time.Hour)
		panic(http.ErrAbortHandler)
	case killBefore:
		r.kill()
		panic(http.ErrAbortHandler)
	case killAfter:
		w.carryOut(in)
		r.kill()
		panic(http.ErrAbortHandler)
	}
}

// wait waits for so long, or until the client waits no longer.
func wait(in *http.Request, duration time.Duration) {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-in.Context().Done():
	}
}

func answer(out http.ResponseWriter, status int, kind, body string) {
	if kind != "" {
		out.Header().Set("Content-Type", kind)
	} else {
		out.Header()["Content-Type"] = nil
	}
	out.WriteHeader(status)
	_, _ = out.Write([]byte(body))
}

func replay(out http.ResponseWriter, recorded *httptest.ResponseRecorder) {
	maps.Copy(out.Header(), recorded.Header())
	out.WriteHeader(recorded.Code)
	_, _ = out.Write(recorded.Body.Bytes())
}
