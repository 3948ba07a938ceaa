package emulator

import "fmt"

// Object returns a deep copy of an object as stored, of whichever tenant (a definition: of the default tenant), or nil.
// Numbers are json.Number, as they were sent; fields that are not set are absent, whatever Answers say; reading it here
// moves no metric. A registry's counts are not stored, and therefore not in it.
func (s *Server) Object(id string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, record := s.find(id)
	if record == nil {
		return nil
	}
	return mustBeJSON("Object "+id, record.fields)
}

// Objects returns copies as Object returns them of all objects of an entity in the default tenant, in the order of
// creation.
func (s *Server) Objects(entityCode string) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	var objects []map[string]any
	for _, record := range s.defaultTenant().records(entityCode) {
		if !record.deleted {
			objects = append(objects, mustBeJSON("Objects", record.fields))
		}
	}
	return objects
}

// Edit changes an object as another person does in the UI: the version moves on, updatedId is that person's. Every
// field of the entity may be set to anything, read-only ones included; nil clears. An id that does not exist, or a
// change of id or entity, is an error of the test, and panics.
func (s *Server) Edit(id string, changes map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, record := s.mustFind("Edit", id)
	s.edit(t, record, changes)
}

// mustFind returns what find finds. An id that does not exist is an error of the test, and panics.
func (s *Server) mustFind(what, id string) (*tenant, *record) {
	t, record := s.find(id)
	if record == nil {
		panic(fmt.Sprintf("emulator: %s: there is no object %s", what, id))
	}
	return t, record
}

func (s *Server) edit(t *tenant, r *record, changes map[string]any) {
	body := mustBeJSON("Edit of "+r.id(), changes)
	for _, name := range []string{keyID, keyEntity} {
		if _, ok := body[name]; ok {
			panic(fmt.Sprintf("emulator: Edit of %s: %s cannot change", r.id(), name))
		}
	}
	t.change(r, t.otherPerson, s.now(1), body)
	for name, value := range body { // once more where the server derived another value from the same edit
		if field := t.definition(r.entity); field != nil && field.fields[name] != nil && field.fields[name].readOnly {
			r.set(name, value)
		}
	}
}

// Measure changes read-only fields of an object as DemandFlow does by itself: that is no write, and the version stays.
// An id that does not exist, or a field that can be written, is an error of the test, and panics.
func (s *Server) Measure(id string, fields map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, record := s.mustFind("Measure", id)
	for name, value := range mustBeJSON("Measure of "+id, fields) {
		field := t.definition(record.entity).fields[name]
		if field == nil || !field.readOnly {
			panic(fmt.Sprintf("emulator: Measure of %s: %s is no read-only field", id, name))
		}
		record.set(name, value)
	}
}

// conflict returns an Edit of the object that a request is about to write; a request for an object that is not there
// will fail by itself.
func (s *Server) conflict(in *request, changes map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, record := s.find(in.segments[2]); record != nil {
		s.edit(t, record, changes)
	}
}

// Remove deletes an object behind its callers' backs. An id that does not exist is an error of the test, and panics.
func (s *Server) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(s.mustFind("Remove", id))
}

// SetDefaults gives fields of an entity in the default tenant a value wherever a create or a later write leaves them
// without one. A value that no field could have is an error of the test, and panics.
func (s *Server) SetDefaults(entityCode string, fields map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body := mustBeJSON("SetDefaults of "+entityCode, fields)
	t := s.defaultTenant()
	if problems := t.definition(entityCode).checkFields(body); len(problems) > 0 {
		panic(fmt.Sprintf("emulator: SetDefaults of %s: %v", entityCode, problems))
	}
	if t.defaults == nil {
		t.defaults = map[string]map[string]any{}
	}
	t.defaults[entityCode] = body
}

// addDefaults fills in what is not set.
func (t *tenant) addDefaults(r *record) {
	for name, value := range t.defaults[r.entity] {
		if r.fields[name] == nil {
			r.set(name, value)
		}
	}
}
