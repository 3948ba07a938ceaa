package provider_test

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// unwrapped is a text without the engine's frames and line breaks, which depend on the width of the terminal.
func unwrapped(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("╷", "", "│", "", "╵", "").Replace(text)), " ")
}

// named is the one object of a registry's or an image's name.
func (s *story) named(name string) map[string]any {
	s.t.Helper()
	var all []map[string]any
	for _, e := range entity.All() {
		all = append(all, s.tenant.Objects(e.Code)...)
	}
	all = slices.DeleteFunc(all, func(object map[string]any) bool { return object["name"] != name })
	if len(all) != 1 {
		s.t.Fatalf("%d objects have the name %s", len(all), name)
	}
	return all[0]
}

func (s *story) object(text string) map[string]any {
	s.t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		s.t.Fatalf("%q is not a JSON object: %s", text, err)
	}
	return object
}
