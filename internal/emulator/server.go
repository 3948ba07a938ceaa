// Package emulator is DemandFlow's objects API in memory: an http.Handler for in-process tests, for the demo, and for
// module authors who want to try a configuration without a tenant. It follows DemandFlow's public articles down to
// error bodies, versions, keys and tokens. It is an instrument, and therefore strict: where the real API would store a
// mistake without an error (an unfinished comboKey, an unknown field), the emulator refuses it and says so.
//
// It imports the standard library, internal/entity and google/uuid, and never the API client: a client that is tested
// against its own code would agree with itself.
package emulator

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"time"
)

// DefaultToken and DefaultSubscription are what a Server's first tenant is called when Options name nothing else.
const (
	DefaultToken        = "df_pat_emulator"
	DefaultSubscription = "00000000-0000-4000-8000-0000000000df"
)

// foundedBefore is how long before its server a tenant was set up: its definitions and people are older than anything
// that is created later, and leave room for a seed's stamps between them and the present.
const foundedBefore = 7 * 24 * time.Hour

// Options say what New builds; the zero value is a working server.
type Options struct {
	Token, Subscription string           // of the default tenant; empty: DefaultToken, DefaultSubscription
	Latency             time.Duration    // added to each answer; a request whose context ends first gets none
	Answers             Answers          // how the server spells what the documents leave open
	Now                 func() time.Time // the clock behind created, updated and the Date of answers; nil: time.Now
	// the digest of an image by its full name, "" where it is not known; nil: digests are made up; it must not call the
	// server
	Digest func(string) string
	Keep   Keep // what is stored of a field that a request writes; nil: what was sent
	// called after each request, one at a time; it must not call the server; may be nil
	Observe func(Request)
}

// Keep returns what is stored of a field that a request writes: a server may trim a text, or drop it (nil). It must not
// call the server. System fields are stored as they are.
type Keep func(field string, value any) any

// kept returns the body of a write with what is stored of it.
func (s *Server) kept(definition *definition, body map[string]any) map[string]any {
	if s.options.Keep == nil {
		return body
	}
	stored := maps.Clone(body)
	for name, value := range body {
		if definition.fields[name] != nil {
			stored[name] = s.options.Keep(name, value)
		}
	}
	return stored
}

// A Server is an http.Handler that answers as DemandFlow does. All its methods may be called at the same time.
type Server struct {
	options Options
	log     requestLog
	faults  faultQueue

	mu        sync.Mutex // guards all below, the records of all tenants included
	answers   Answers
	tenants   map[string]*tenant // by subscription
	tokens    map[string]*login
	owners    map[string]*tenant // by object id, definitions excepted: their ids are the same in every tenant
	lastStamp int64              // the latest created or updated, epoch milliseconds
}

// New returns a server with one tenant that holds its definitions and one person, and nothing else.
func New(options Options) *Server {
	if options.Token == "" {
		options.Token = DefaultToken
	}
	if options.Subscription == "" {
		options.Subscription = DefaultSubscription
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Digest == nil {
		options.Digest = func(string) string { return "" }
	}
	s := &Server{
		options: options,
		answers: options.Answers,
		tenants: map[string]*tenant{},
		tokens:  map[string]*login{},
		owners:  map[string]*tenant{},
	}
	s.log.observe = options.Observe
	s.lastStamp = options.Now().Add(-foundedBefore).UnixMilli()
	s.AddTenant(options.Subscription, options.Token)
	return s
}

// SetAnswers changes how the server spells its answers from now on; what it stores stays as it is.
func (s *Server) SetAnswers(answers Answers) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = answers
}

// ServeHTTP answers one request. Where there is to be no answer (a Fault drops the connection, or the request's context
// ends while it waits) it panics with http.ErrAbortHandler, which net/http turns into a closed connection and which a
// bare httptest.ResponseRecorder hands to its test.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in := readRequest(w, r)
	entry := s.log.begin(in)
	result, fault, ok := s.decide(r.Context(), in)
	// Logged before it is sent: a client that has its answer must find the status in the log.
	s.log.end(entry, result.status)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Date", s.options.Now().UTC().Format(http.TimeFormat))
	result.write(w, fault.Truncate)
}

// decide waits as long as latency and faults ask for and returns the answer; ok is false when there is to be none,
// because the fault says so or because the client has gone.
func (s *Server) decide(ctx context.Context, in *request) (result answer, fault Fault, ok bool) {
	if !pause(ctx, s.options.Latency) {
		return answer{}, fault, false
	}
	fault = s.faults.take(in, s.entitiesOf(in))
	if !fault.Commit && fault.abandoned(ctx) {
		return answer{}, fault, false
	}
	result = s.carryOut(in, fault)
	if fault.Drop || fault.Commit && fault.abandoned(ctx) {
		return answer{}, fault, false
	}
	return result, fault, true
}

// carryOut returns the answer to a request; with a fault that answers in the server's place the request is carried out
// only when the fault says Commit.
func (s *Server) carryOut(in *request, fault Fault) answer {
	instead := fault.Status != 0 || fault.Drop
	var result answer
	if !instead || fault.Commit {
		if fault.Conflict != nil {
			s.conflict(in, fault.Conflict)
		}
		result = s.handle(in, fault)
	}
	switch {
	case instead:
		result = fault.answer()
	case fault.Reply != nil:
		result = fault.reply(result)
	}
	return result
}

// setUp returns the next stamp without regard to the clock, for definitions and people.
func (s *Server) setUp() int64 {
	s.lastStamp++
	return s.lastStamp
}

// now returns the first of n stamps in epoch milliseconds that nothing has had yet, so that created and updated order
// all writes of a server. Many at once end at the present where they can: a seed of 100,000 must not lie in the future,
// where "created since I asked" would find it.
func (s *Server) now(n int) int64 {
	first := max(s.lastStamp+1, s.options.Now().UnixMilli()-int64(n)+1)
	s.lastStamp = first + int64(n) - 1
	return first
}
