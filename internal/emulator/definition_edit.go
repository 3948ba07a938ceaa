package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// EditField changes one field of an entity's definition in the default tenant, as an administrator does on the
// Definitions screen: what form holds replaces those keys of the field (type, name, required, readonly, options,
// entity, multiple), an id that the definition does not have adds a field in a panel of its own, first in the form, and
// a nil form removes the field. Objects keep what they store. An entity that does not exist is an error of the test,
// and panics.
func (s *Server) EditField(entityCode, fieldID string, form map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.defaultTenant().objects[entityCode]
	if r == nil || r.entity != codeDefinition {
		panic(fmt.Sprintf("emulator: EditField: the tenant has no definition of %s", entityCode))
	}
	var tree map[string]any
	if err := json.Unmarshal([]byte(textOf(r.fields[definitionText])), &tree); err != nil {
		panic(fmt.Sprintf("emulator: EditField: the definition of %s cannot be read: %v", entityCode, err))
	}
	edit := &fieldEdit{id: fieldID, form: form}
	edit.walk(tree)
	if panels, ok := tree["panel"].([]any); ok && !edit.found && form != nil {
		added := map[string]any{"id": fieldID, "type": "text", "name": label(fieldID)}
		maps.Copy(added, form)
		row := map[string]any{"fields": []any{added}}
		tree["panel"] = append([]any{map[string]any{"columns": []any{map[string]any{"rows": []any{row}}}}}, panels...)
	}
	s.edit(s.defaultTenant(), r, map[string]any{definitionText: string(encodeJSON(tree))})
}

type fieldEdit struct {
	id    string
	form  map[string]any // nil removes
	found bool
}

// walk edits the field wherever it is, in every array called fields.
func (e *fieldEdit) walk(node any) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			e.walk(item)
		}
	case map[string]any:
		for key, value := range node {
			if list, ok := value.([]any); ok && strings.EqualFold(key, "fields") {
				node[key] = e.edited(list)
			}
			e.walk(value)
		}
	}
}

func (e *fieldEdit) edited(list []any) []any {
	kept := []any{}
	for _, item := range list {
		field, _ := item.(map[string]any)
		if field["id"] != e.id {
			kept = append(kept, item)
			continue
		}
		e.found = true
		if e.form != nil {
			maps.Copy(field, e.form)
			kept = append(kept, field)
		}
	}
	return kept
}
