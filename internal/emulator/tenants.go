package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// A tenant is one subscription with all that it keeps.
type tenant struct {
	subscription string
	people       int                          // how many it has, for their ids
	otherPerson  string                       // makes the edits in the UI, behind the callers' backs
	digest       func(fullName string) string // Options.Digest
	objects      map[string]*record
	byEntity     map[string]*collection
	definitions  map[string]*definition          // in force, by entity code
	imagesOf     map[string]map[*record]struct{} // images by the id of their registry
	defaults     map[string]map[string]any       // of fields that were not set, by entity code
	deleted      []*record                       // the last that were deleted, for stale reads
}

// Rights narrow a token; the zero value may do everything in its tenant.
type Rights struct {
	ReadOnly bool     // every write answers 403
	Deny     []string // codes of entities that answer 403, and an error line in a query: DEFINITION, PPL …
}

func (r Rights) denies(code string) bool { return slices.Contains(r.Deny, code) }

// A login is a token: whose it is, and what it may do.
type login struct {
	tenant *tenant
	person string // id of the PPL object
	rights Rights
}

// AddTenant adds a tenant with definitions and a person of its own, and its first token. A subscription that exists
// already is an error of the test, and panics.
func (s *Server) AddTenant(subscription, token string) {
	s.mu.Lock()
	if s.tenants[subscription] != nil {
		s.mu.Unlock()
		panic(fmt.Sprintf("emulator: AddTenant: the subscription %s exists already", subscription))
	}
	t := &tenant{
		subscription: subscription,
		digest:       s.options.Digest,
		objects:      map[string]*record{},
		byEntity:     map[string]*collection{},
		definitions:  map[string]*definition{},
		imagesOf:     map[string]map[*record]struct{}{},
	}
	t.otherPerson = t.nextPersonID()
	s.tenants[subscription] = t
	for _, definition := range shipped() {
		s.store(t, codeDefinition, definition.code, t.otherPerson, s.setUp(), definition.object).markOld()
	}
	s.mu.Unlock()
	s.AddToken(subscription, token, Rights{})
}

// AddToken adds a token, and the person that it belongs to, to a tenant; a token that exists gets the new rights and
// keeps its person. An unknown subscription, or another tenant's token, is an error of the test, and panics.
func (s *Server) AddToken(subscription, token string, rights Rights) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tenants[subscription]
	if t == nil {
		panic(fmt.Sprintf("emulator: AddToken: no tenant has the subscription %s; call AddTenant first", subscription))
	}
	if known := s.tokens[token]; known != nil {
		if known.tenant != t {
			panic("emulator: AddToken: the token belongs to another tenant already")
		}
		s.tokens[token] = &login{t, known.person, rights}
		return
	}
	person := t.nextPersonID()
	s.tokens[token] = &login{t, person, rights}
	s.store(t, codePerson, person, person, s.setUp(), map[string]any{
		keyLevel: numberOf(levelPerson),
		"name":   fmt.Sprintf("Person %d", t.people-1), // the first makes the edits in the UI, and is no object
	}).markOld()
}

// RevokeToken takes a token back: it answers 403 from now on.
func (s *Server) RevokeToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, token)
}

// nextPersonID returns the same ids on every run, so that a demo prints the same twice.
func (t *tenant) nextPersonID() string {
	t.people++
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s/person/%d", t.subscription, t.people)).String()
}

// authenticate finds the caller of a request by its Authorization header. Neither answer repeats the token.
func (s *Server) authenticate(header []string) (*login, error) {
	if len(header) == 0 {
		return nil, refuse(http.StatusUnauthorized,
			"The request has no Authorization header; send Authorization: Bearer df_pat_….")
	}
	token, found := strings.CutPrefix(header[0], "Bearer ")
	caller := s.tokens[token]
	if !found || caller == nil {
		return nil, refuse(http.StatusForbidden, "The token is invalid, expired or revoked.")
	}
	return caller, nil
}

// defaultTenant returns the tenant of Options.
func (s *Server) defaultTenant() *tenant { return s.tenants[s.options.Subscription] }
