package emulator

import (
	"cmp"
	"strings"
	"sync"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// kindWords are the words in a default definition for the kinds of the tables; the others are "text".
var kindWords = map[entity.Kind]string{
	entity.URL:         "text (URL)",
	entity.Lines:       "text (multi-line)",
	entity.LineSet:     "text (multi-line)",
	entity.KeyValues:   "text (multi-line)",
	entity.JSON:        "text (multi-line)",
	entity.Number:      "number",
	entity.Percent:     "gauge",
	entity.Bool:        "boolean",
	entity.DateTime:    "datetime",
	entity.Enum:        "indexedSelect",
	entity.MultiSelect: "multiselect",
	entity.Reference:   "objectLookup",
}

// A shippedDefinition is a DEFINITION object that every tenant begins with, and what its text says.
type shippedDefinition struct {
	code   string
	object map[string]any
	fields map[string]*definitionField
}

// shipped are the definitions of the entities of the tables. They are made once, because tests start servers by the
// hundred, and shared, because nothing changes them in place.
var shipped = sync.OnceValue(func() []shippedDefinition {
	var all []shippedDefinition
	for _, e := range append(entity.All(), &entity.K8sWorkload) {
		object := defaultDefinition(e)
		all = append(all, shippedDefinition{e.Code, object, fieldsOf(textOf(object[definitionText]))})
	}
	return all
})

// defaultDefinition returns the DEFINITION object of an entity of the tables: one panel a section, one row a field.
func defaultDefinition(e *entity.Entity) map[string]any {
	panels := make([]any, len(e.Sections))
	for i, section := range e.Sections {
		rows := make([]any, len(section.Fields))
		for j := range section.Fields {
			rows[j] = map[string]any{"fields": []any{fieldOfForm(&section.Fields[j])}}
		}
		panels[i] = map[string]any{"title": section.Title, "columns": []any{map[string]any{"rows": rows}}}
	}
	return map[string]any{
		keyLevel:       numberOf(e.Level),
		"name":         e.DisplayName,
		"plural":       e.Plural,
		definitionText: string(encodeJSON(map[string]any{"panel": panels})),
	}
}

func fieldOfForm(field *entity.Field) map[string]any {
	word := cmp.Or(kindWords[field.Kind], "text")
	if field.Secret {
		word = "password"
	}
	form := map[string]any{
		"id":       field.Name,
		"type":     word,
		"name":     label(field.Name),
		"required": field.Access == entity.Required,
		"readonly": field.Access == entity.ReadOnly,
	}
	if len(field.Options) > 0 {
		options := make([]any, len(field.Options))
		for i, option := range field.Options {
			options[i] = map[string]any{"id": option.ID, "text": option.Label}
		}
		form["options"] = options
	}
	if field.References != "" {
		form["entity"] = field.References
	}
	return form
}

// label makes "Notary URL" of notaryURL.
func label(name string) string {
	var words []string
	for word := range strings.SplitSeq((&entity.Field{Name: name}).AttributeName(), "_") {
		if word != "" {
			words = append(words, strings.ToUpper(word[:1])+word[1:])
		}
	}
	return strings.Join(words, " ")
}
