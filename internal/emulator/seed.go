package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// A SeedError says which of the objects given to Seed was refused.
type SeedError struct {
	Index int // from 0
	Err   error
}

// Error counts from 1, as people do.
func (e *SeedError) Error() string { return fmt.Sprintf("object %d: %v", e.Index+1, e.Err) }

// Unwrap returns the reason.
func (e *SeedError) Unwrap() error { return e.Err }

// Seed creates objects in the default tenant as POST would, and returns their ids. comboKey (right below the tenant)
// and level (from the definition) may be left out, and an id that is given is kept. An object of the entity DEFINITION
// whose id is an entity code adds that entity, or replaces its definition. The first object that POST would refuse ends
// the seed with a *SeedError; those before it stay, and their ids are returned. What is seeded counts as old: a Fault
// with Stale shows it.
func (s *Server) Seed(objects ...map[string]any) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stamp := s.now(len(objects))
	ids := make([]string, 0, len(objects))
	for i, object := range objects {
		id, err := s.seed(object, stamp+int64(i))
		if err != nil {
			return ids, &SeedError{i, err}
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (s *Server) seed(object map[string]any, stamp int64) (string, error) {
	body, err := asJSON(object)
	if err != nil {
		return "", err
	}
	t := s.defaultTenant()
	caller := s.tokens[s.options.Token]
	if caller == nil { // revoked; the seed then has no owner of its own
		caller = &login{tenant: t, person: t.otherPerson}
	}
	code, id := textOf(body[keyEntity]), textOf(body[keyID])
	if given, ok := body[keyID]; ok && id == "" {
		return "", fmt.Errorf("id must be a string that is not empty, not %v", given)
	}
	delete(body, keyID)
	if code == codeDefinition {
		return s.seedDefinition(t, id, stamp, body)
	}
	definition := t.definition(code)
	if definition == nil {
		return "", fmt.Errorf("entity %q is not one that the tenant has", code)
	}
	if _, given := body[keyLevel]; !given {
		body[keyLevel] = numberOf(definition.level)
	}
	if _, given := body[keyComboKey]; !given {
		body[keyComboKey] = keyOfTenant(t.subscription) + keyEnd
	}
	if err := definition.checkCreate(t.subscription, body); err != nil {
		return "", err
	}
	if id == "" {
		id = uuid.NewString()
	}
	if t.objects[id] != nil || s.owners[id] != nil {
		return "", fmt.Errorf("id %s is taken", id)
	}
	s.store(t, code, id, caller.person, stamp, body).markOld()
	return id, nil
}

func (s *Server) seedDefinition(t *tenant, code string, stamp int64, body map[string]any) (string, error) {
	if code == "" {
		return "", errors.New("id is required: the id of a DEFINITION is the code of its entity")
	}
	if builtIn[code] != nil {
		return "", fmt.Errorf("id %s names an entity that cannot be redefined", code)
	}
	if wholeOf(body[keyLevel]) <= 0 {
		return "", errors.New("level is required, a whole number: the level of the entity's objects")
	}
	if problems := builtIn[codeDefinition].checkFields(body); len(problems) > 0 {
		return "", errors.New(strings.Join(problems, "; "))
	}
	if len(fieldsOf(textOf(body[definitionText]))) == 0 {
		return "", errors.New("definition must be a JSON text with at least one field in it: panel[], columns[], rows[], " +
			"fields[]")
	}
	fields := map[string]any{}
	for _, name := range []string{keyLevel, "name", "plural", definitionText} {
		fields[name] = body[name]
	}
	if existing := t.objects[code]; existing != nil {
		t.change(existing, t.otherPerson, stamp, fields)
		existing.markOld()
		return code, nil
	}
	s.store(t, codeDefinition, code, t.otherPerson, stamp, fields).markOld()
	return code, nil
}

// mustBeJSON is asJSON for what a test gives; what is not JSON is an error of the test, and panics.
func mustBeJSON(what string, object map[string]any) map[string]any {
	body, err := asJSON(object)
	if err != nil {
		panic(fmt.Sprintf("emulator: %s: %v", what, err))
	}
	return body
}

// asJSON returns a Go value as the API would receive it: numbers of any type become json.Number, nested values are
// copies.
func asJSON(object map[string]any) (map[string]any, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	value, err := decodeJSON(text)
	if err != nil {
		return nil, err
	}
	body, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("it is null, not an object")
	}
	return body, nil
}
