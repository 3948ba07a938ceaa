package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// The three families of paths, as their segments below the root.
const (
	apiVersion   = "v1"
	objectsPath  = "objects"
	entitiesPath = "entities"
	queryPath    = "query"
)

// is reports whether the path is /v1/{family} with so many further segments.
func (in *request) is(family string, further int) bool {
	return len(in.segments) == 2+further && in.segments[0] == apiVersion && in.segments[1] == family
}

// streams reports whether the answer is a stream of items: a list or a query.
func (in *request) streams() bool {
	return in.is(entitiesPath, 2) && in.method == http.MethodGet || in.is(queryPath, 0) && in.method == http.MethodPost
}

// reads reports whether the request reads objects: one, a list or a query.
func (in *request) reads() bool {
	return in.streams() || in.is(objectsPath, 1) && in.method == http.MethodGet
}

// changesObject reports whether the request writes an object that exists.
func (in *request) changesObject() bool {
	return in.is(objectsPath, 1) && (in.method == http.MethodPatch || in.method == http.MethodDelete)
}

// A handler answers a request. It is called under the server's lock.
type handler func(s *Server, caller *login, in *request, fault Fault) (answer, error)

// routes are the paths of the API, as a family with so many further segments, and their methods.
var routes = []struct {
	family  string
	further int
	methods map[string]handler
}{
	{objectsPath, 0, map[string]handler{http.MethodPost: (*Server).create}},
	{objectsPath, 1, map[string]handler{http.MethodGet: (*Server).get, http.MethodPatch: (*Server).update,
		http.MethodDelete: (*Server).delete}},
	{entitiesPath, 2, map[string]handler{http.MethodGet: (*Server).list}},
	{queryPath, 0, map[string]handler{http.MethodPost: (*Server).runQuery}},
}

// handle checks the token, then routes: without a token nothing is said about paths.
func (s *Server) handle(in *request, fault Fault) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	caller, err := s.authenticate(in.authorization)
	if err == nil && in.err != nil {
		err = refuse(http.StatusBadRequest, "%s.", capitalized(in.err))
	}
	if err == nil && in.is(objectsPath, 1) && in.segments[2] == "" {
		err = refuse(http.StatusBadRequest, "The path has no id: /v1/objects/{id}.")
	}
	if err != nil {
		return refusalOf(err).answer()
	}
	for _, route := range routes {
		if !in.is(route.family, route.further) {
			continue
		}
		handle := route.methods[in.method]
		if handle == nil {
			return in.notAllowed(slices.Sorted(maps.Keys(route.methods)))
		}
		result, err := handle(s, caller, in, fault)
		if err != nil {
			return refusalOf(err).answer()
		}
		return result
	}
	return refuse(http.StatusNotFound, "There is no %s. The API has /v1/objects, /v1/entities/{ENTITY}/{comboKeyPrefix} "+
		"and /v1/query.", in.path).answer()
}

// notAllowed answers 405 with the methods that there are.
func (in *request) notAllowed(methods []string) answer {
	allowed := strings.Join(methods, ", ")
	a := refuse(http.StatusMethodNotAllowed, "%s takes %s, not %s.", in.path, allowed, in.method).answer()
	a.header = http.Header{"Allow": {allowed}}
	return a
}

// parameters refuses query parameters other than the given ones: a misspelt one would be ignored in silence.
func (in *request) parameters(known ...string) error {
	for _, name := range slices.Sorted(maps.Keys(in.query)) {
		if !slices.Contains(known, name) {
			return refuse(http.StatusBadRequest, "Unknown query parameter %q; %s takes %s.", name, in.path,
				strings.Join(known, ", "))
		}
	}
	return nil
}

// entitiesOf lists the entities that a request is about, wherever it names them.
func (s *Server) entitiesOf(in *request) []string {
	var codes []string
	if in.is(entitiesPath, 2) {
		codes = append(codes, in.segments[2])
	}
	codes = append(codes, in.query["entity"]...)
	switch body := in.body.(type) {
	case map[string]any:
		codes = append(codes, textOf(body["entity"]))
	case []any:
		for _, line := range body {
			if line, ok := line.(map[string]any); ok {
				codes = append(codes, textOf(line["entity"]))
			}
		}
	}
	if in.is(objectsPath, 1) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if _, record := s.find(in.segments[2]); record != nil {
			codes = append(codes, record.entity)
		}
	}
	return codes
}

// capitalized puts an error's text on one line with a capital, as the message of an error body.
func capitalized(err error) string {
	text := strings.ReplaceAll(err.Error(), "\n", "; ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// textOf returns a string, or "" for anything else.
func textOf(value any) string {
	text, _ := value.(string)
	return text
}

// A refusal is an error with the status that it answers.
type refusal struct {
	status  int
	message string
}

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

func (r *refusal) Error() string { return r.message }

func (r *refusal) answer() answer {
	return answer{status: r.status, contentType: contentJSON, body: map[string]any{
		"error":   http.StatusText(r.status),
		"message": r.message,
	}}
}
