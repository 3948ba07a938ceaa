package emulator

import (
	"encoding/json"
	"strings"
)

// The entities that every tenant has beside its own.
const (
	codeDefinition = "DEFINITION"
	codePerson     = "PPL"
	levelPerson    = 220
)

// A fieldKind is what a field's JSON value is. It is named after no type of the provider's, because it is read from a
// tenant's definition, which may say anything.
type fieldKind int

const (
	kindOther fieldKind = iota // a type that the documents do not know: any value will do
	kindText
	kindSecret
	kindNumber
	kindPercent
	kindBool
	kindDateTime
	kindEnum
	kindMultiSelect
	kindReference
)

// typeWords are the words for a field's type in a definition: those of DemandFlow's documents. The documents of the two
// entities show multi-line texts and addresses as "text (multi-line)" and "text (URL)"; how the definition itself
// spells them is not documented, so that the emulator uses the same words there.
var typeWords = map[string]fieldKind{
	"text":              kindText,
	"text (multi-line)": kindText,
	"text (url)":        kindText,
	"password":          kindSecret,
	"number":            kindNumber,
	"gauge":             kindPercent,
	"boolean":           kindBool,
	"datetime":          kindDateTime,
	"indexedselect":     kindEnum,
	"enum":              kindEnum,
	"multiselect":       kindMultiSelect,
	"objectlookup":      kindReference,
	"reference":         kindReference,
}

// A definition is what is in force for an entity of a tenant: validation, and the spelling of answers, follow it.
type definition struct {
	code   string
	level  int64
	fields map[string]*definitionField
}

type definitionField struct {
	id                           string
	kind                         fieldKind
	required, readOnly, multiple bool
	options                      []string // ids
}

// builtIn define the entities whose objects the emulator makes itself.
var builtIn = map[string]*definition{
	codeDefinition: {code: codeDefinition, fields: textFields("name", "plural", definitionText)},
	codePerson:     {code: codePerson, level: levelPerson, fields: textFields("name")},
}

func textFields(names ...string) map[string]*definitionField {
	fields := map[string]*definitionField{}
	for _, name := range names {
		fields[name] = &definitionField{id: name, kind: kindText}
	}
	return fields
}

// definition returns what is in force for an entity, or nil: the tenant does not have it.
func (t *tenant) definition(code string) *definition {
	if definition := builtIn[code]; definition != nil {
		return definition
	}
	return t.definitions[code]
}

// definitionText is the property of a DEFINITION object that holds its form, as a JSON text.
const definitionText = "definition"

// enforce puts a DEFINITION object in force. One whose text cannot be read leaves the last that could: a test that
// breaks what clients see must not stop the server from judging what they send.
func (t *tenant) enforce(r *record) {
	code := r.id()
	if r.deleted {
		delete(t.definitions, code)
		return
	}
	inForce := &definition{code: code, level: wholeOf(r.fields[keyLevel]),
		fields: fieldsInForce(textOf(r.fields[definitionText]))}
	if last := t.definitions[code]; last != nil && len(inForce.fields) == 0 {
		inForce.fields = last.fields
	}
	t.definitions[code] = inForce
}

// fieldsInForce is fieldsOf, short of reading again what every tenant begins with.
func fieldsInForce(text string) map[string]*definitionField {
	for _, known := range shipped() {
		if known.object[definitionText] == text {
			return known.fields
		}
	}
	return fieldsOf(text)
}

// fieldsOf reads the text of a definition; what is no JSON has no fields.
func fieldsOf(text string) map[string]*definitionField {
	fields := map[string]*definitionField{}
	var form any
	if err := json.Unmarshal([]byte(text), &form); err != nil {
		return fields
	}
	editFields(form, func(node any) any {
		if field := readField(node); field != nil {
			fields[field.id] = field
		}
		return node
	})
	return fields
}

// editFields walks a definition and replaces every item of an array called fields, in any case, by what edit returns;
// nil removes it.
func editFields(node any, edit func(item any) any) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			editFields(item, edit)
		}
	case map[string]any:
		for key, value := range node {
			if list, ok := value.([]any); ok && strings.EqualFold(key, "fields") {
				kept := []any{}
				for _, item := range list {
					if item = edit(item); item != nil {
						kept = append(kept, item)
					}
				}
				node[key] = kept
			}
			editFields(node[key], edit)
		}
	}
}

// readField reads a field, which has a text id and type; nil where the node is none.
func readField(node any) *definitionField {
	form := map[string]any{}
	if node, ok := node.(map[string]any); ok {
		for key, value := range node {
			form[strings.ToLower(key)] = value
		}
	}
	field := &definitionField{id: textOf(form["id"]), kind: typeWords[strings.ToLower(textOf(form["type"]))]}
	if field.id == "" || textOf(form["type"]) == "" {
		return nil
	}
	field.required, _ = form["required"].(bool)
	field.readOnly, _ = form["readonly"].(bool)
	field.multiple, _ = form["multiple"].(bool)
	options, _ := form["options"].([]any)
	for _, option := range options {
		if option, ok := option.(map[string]any); ok {
			if id := textOf(option["id"]); id != "" {
				field.options = append(field.options, id)
			}
		}
	}
	return field
}
