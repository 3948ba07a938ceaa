package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
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
	found := false
	editFields(tree, func(item any) any {
		field, _ := item.(map[string]any)
		if field["id"] != fieldID {
			return item
		}
		found = true
		if form == nil {
			return nil
		}
		maps.Copy(field, form)
		return field
	})
	if panels, ok := tree["panel"].([]any); ok && !found && form != nil {
		added := map[string]any{"id": fieldID, "type": "text", "name": label(fieldID)}
		maps.Copy(added, form)
		row := map[string]any{"fields": []any{added}}
		tree["panel"] = append([]any{map[string]any{"columns": []any{map[string]any{"rows": []any{row}}}}}, panels...)
	}
	s.edit(s.defaultTenant(), r, map[string]any{definitionText: string(encodeJSON(tree))})
}
