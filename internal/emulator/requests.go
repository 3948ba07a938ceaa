package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// maxBody bounds a request's body; no object comes near it.
const maxBody = 16 << 20

// maxRemembered bounds the log, so that an emulator that runs for weeks does not grow: beyond it the older half goes.
const maxRemembered = 200_000

// A Request is one line of the log.
type Request struct {
	Method string
	Path   string     // decoded
	Sent   string     // path and query as the client wrote them, escapes and all
	Query  url.Values // decoded
	Body   any        // decoded JSON with numbers as json.Number; nil when there was none, or it was not JSON
	Status int        // of the answer; 0 while there is none, and for ever when a fault dropped the connection
}

// Requests returns the log in the order of arrival, up to 200,000 lines. Bodies are shared, not copied: only read them.
func (s *Server) Requests() []Request { return s.log.all() }

// ResetRequests empties the log.
func (s *Server) ResetRequests() { s.log.reset() }

type requestLog struct {
	mu      sync.Mutex
	entries []*Request
	observe func(Request)
}

func (l *requestLog) begin(in *request) *Request {
	entry := &Request{Method: in.method, Path: in.path, Sent: in.sent, Query: in.query, Body: in.body}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) >= maxRemembered {
		l.entries = slices.Clone(l.entries[maxRemembered/2:])
	}
	l.entries = append(l.entries, entry)
	return entry
}

func (l *requestLog) end(entry *Request, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entry.Status = status
	if l.observe != nil {
		l.observe(*entry)
	}
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	requests := make([]Request, len(l.entries))
	for i, entry := range l.entries {
		requests[i] = *entry
	}
	return requests
}

func (l *requestLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = nil
}

// A request is what the handlers see of one: everything is read and decoded before a fault or a handler looks at it.
type request struct {
	method, path, sent string
	segments           []string // of the path, each decoded on its own: an escaped slash is part of its segment
	query              url.Values
	authorization      []string
	body               any
	err                error // why the path, the query or the body cannot be used; nil when they can
}

func readRequest(w http.ResponseWriter, r *http.Request) *request {
	in := &request{
		method:        r.Method,
		path:          r.URL.Path,
		sent:          r.URL.RequestURI(),
		authorization: r.Header.Values("Authorization"),
	}
	if r.RequestURI != "" { // what net/http received; r.URL spells it anew
		in.sent = r.RequestURI
	}
	var pathErr, queryErr, bodyErr error
	in.segments, pathErr = splitPath(r.URL.EscapedPath())
	if strings.Contains(in.sent, "|") {
		pathErr = errors.New("the address holds a bare |, which must be sent as %7C")
	}
	in.query, queryErr = url.ParseQuery(r.URL.RawQuery)
	in.body, bodyErr = readBody(w, r)
	in.err = errors.Join(pathErr, queryErr, bodyErr)
	return in
}

func splitPath(escaped string) ([]string, error) {
	segments := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	for i, segment := range segments {
		decoded, err := url.PathUnescape(segment)
		if err != nil {
			return nil, err
		}
		segments[i] = decoded
	}
	return segments, nil
}

// readBody decodes a body of exactly one JSON value; no body is nil.
func readBody(w http.ResponseWriter, r *http.Request) (any, error) {
	if r.Body == nil {
		return nil, nil
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("the body cannot be read: %w", err)
	}
	if len(text) == 0 {
		return nil, nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != contentJSON {
		return nil, fmt.Errorf("the body must be sent with Content-Type: %s", contentJSON)
	}
	return decodeJSON(text)
}

// decodeJSON decodes one JSON value and keeps its numbers as they were written.
func decodeJSON(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the body holds more than one JSON value")
	}
	return value, nil
}
