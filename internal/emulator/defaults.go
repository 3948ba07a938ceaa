package emulator

import "fmt"

// SetDefaults gives fields of an entity in the default tenant a value wherever a create or a later write leaves them
// without one. A value that no field could have is an error of the test, and panics.
func (s *Server) SetDefaults(entityCode string, fields map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, err := asJSON(fields)
	if err != nil {
		panic(fmt.Sprintf("emulator: SetDefaults of %s: %v", entityCode, err))
	}
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
