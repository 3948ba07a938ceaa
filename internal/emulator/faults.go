package emulator

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Fault makes requests go wrong. The first fault in the queue that matches a request and is due applies to it, alone.
// Method, Entity and Path narrow it; what else is set decides what happens. A Fault with ErrorItem matches lists and
// queries only, one with Stale or IDAlone those and GET of an object, one with Conflict PATCH and DELETE of an object
// only.
type Fault struct {
	Method string // "" = any
	Entity string // as the path, the query, the body or the stored object has it; "" = any
	Path   string // a prefix of the decoded path; "" = any
	Times  int    // how many requests it hits: 0 = one, -1 = all
	After  int    // how many matching requests it lets through first

	Status   int         // answer this status instead of carrying the request out
	Body     string      // of that answer; "" = an error body as DemandFlow's
	Empty    bool        // that answer has no body at all
	Header   http.Header // of that answer; a Content-Type replaces the usual one, one without values leaves it out
	Commit   bool        // carry the request out all the same, then fail
	Drop     bool        // close the connection without an answer
	Truncate int         // close the connection after so many bytes of the body

	// carry the request out, and answer this in place of the object that it wrote (JSON)
	Reply func(id, object string) Reply

	// hold the request until this is closed or its context ends; with Commit, after carrying it out
	Wait       chan struct{}
	ErrorItem  string         // end the list with an item {"_type":"error","message":ErrorItem} …
	ErrorAfter int            // … after so many items
	Conflict   map[string]any // another person's Edit with these changes lands just before the write
	Stale      bool           // answer the read from the store as it was before the last write of each object
	IDAlone    bool           // answer the read with nothing of the objects but their ids; a query with their entity, too
}

// A Reply is an answer in the words of a test.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// Fail queues a fault.
func (s *Server) Fail(fault Fault) { s.faults.add(fault) }

// ClearFaults forgets all faults, used up or not; requests that one holds stay held.
func (s *Server) ClearFaults() { s.faults.clear() }

type faultQueue struct {
	mu    sync.Mutex
	queue []*Fault
}

func (q *faultQueue) add(fault Fault) {
	if fault.Times == 0 {
		fault.Times = 1
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queue = append(q.queue, &fault)
}

func (q *faultQueue) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queue = nil
}

// take returns the fault that applies to a request and counts it; the zero Fault does nothing. Every fault that matches
// counts the request towards its After, so that two faults can stand for two points of one sequence.
func (q *faultQueue) take(in *request, entities []string) Fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	due := -1
	for i, fault := range q.queue {
		switch {
		case !fault.matches(in, entities):
		case fault.After > 0:
			fault.After--
		case due < 0:
			due = i
		}
	}
	if due < 0 {
		return Fault{}
	}
	taken := q.queue[due]
	if taken.Times > 0 {
		taken.Times--
	}
	if taken.Times == 0 {
		q.queue = slices.Delete(q.queue, due, due+1)
	}
	return *taken
}

func (f *Fault) matches(in *request, entities []string) bool {
	return (f.Method == "" || f.Method == in.method) &&
		(f.Entity == "" || slices.Contains(entities, f.Entity)) &&
		strings.HasPrefix(in.path, f.Path) &&
		(f.ErrorItem == "" || in.streams()) &&
		(!f.Stale && !f.IDAlone || in.reads()) &&
		(f.Conflict == nil || in.changesObject())
}

// answer returns what the fault answers instead of the server.
func (f *Fault) answer() answer {
	a := refuse(f.Status, "A fault asked for this answer.").answer()
	if f.Empty {
		a.body, a.contentType = nil, ""
	}
	if f.Body != "" {
		a.body = rawBody(f.Body)
		if !json.Valid([]byte(f.Body)) {
			a.contentType = "text/plain; charset=utf-8"
		}
	}
	a.header = f.Header
	return a
}

// reply returns what the fault answers in place of an answer with an object.
func (f *Fault) reply(written answer) answer {
	object, ok := written.body.(map[string]any)
	if !ok {
		return written
	}
	reply := f.Reply(textOf(object[keyID]), string(encodeJSON(object)))
	return answer{status: reply.Status, contentType: contentJSON, header: reply.Header, body: rawBody(reply.Body)}
}

// abandoned waits for the fault's channel and reports whether the request's context ended first: there is no one to
// answer then.
func (f *Fault) abandoned(ctx context.Context) bool {
	if f.Wait == nil {
		return false
	}
	select {
	case <-f.Wait:
		return false
	case <-ctx.Done():
		return true
	}
}

// pause waits, and reports whether the context was still alive at the end.
func pause(ctx context.Context, duration time.Duration) bool {
	if duration <= 0 {
		return true
	}
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
