package entity

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// DefinitionCode is the entity whose objects say what other entities are; its ids are their codes.
const DefinitionCode = "DEFINITION"

// A Definition is what a tenant's administrators have made of an entity: the fields in force, in the order of the form.
type Definition struct {
	Code, Name, Plural string
	Level              int
	Fields             []DefinedField
	Raw                string // the JSON document that the fields were read from
}

// A DefinedField is one field of a definition, in the definition's own words.
type DefinedField struct {
	Name     string // as objects spell it
	Label    string // as the form shows it
	Type     string
	Section  string
	To       string // the entity that it points at
	Required bool
	ReadOnly bool
	Options  Options
}

// Field returns the field that objects call name, or nil.
func (d *Definition) Field(name string) *DefinedField {
	for i := range d.Fields {
		if d.Fields[i].Name == name {
			return &d.Fields[i]
		}
	}
	return nil
}

// Names lists the fields, in the order of the form.
func (d *Definition) Names() []string {
	names := make([]string, len(d.Fields))
	for i, field := range d.Fields {
		names[i] = field.Name
	}
	return names
}

// ParseDefinition reads a DEFINITION object. Which keys the document has is not documented beyond panel, columns, rows and
// fields, so it is walked: any object with a string id and a type, inside an array called fields in any case, is a field.
// What is missing is tolerated; a document without a single field is an error, because nothing could be told from it.
func ParseDefinition(object map[string]any) (*Definition, error) {
	d := &Definition{Code: word(object["id"]), Name: word(object["name"]), Plural: word(object["plural"])}
	_, _ = fmt.Sscan(word(object["level"]), &d.Level) // 0 where it is missing: it only informs
	tree := object["definition"]
	if text, ok := tree.(string); ok {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&tree); err != nil {
			return nil, fmt.Errorf("the definition is not a JSON document: %w", err)
		}
		d.Raw = text
	} else if document, err := json.Marshal(tree); err == nil {
		d.Raw = string(document)
	}
	d.walk(tree, "", false)
	if len(d.Fields) == 0 {
		return nil, errors.New("the definition has no field")
	}
	return d, nil
}

// walk finds fields below a node. Objects are walked in the order of their keys, so that a definition reads the same twice.
func (d *Definition) walk(node any, section string, inFields bool) {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			d.walk(child, section, inFields)
		}
	case map[string]any:
		id, isText := node["id"].(string)
		if kind := word(node["type"]); inFields && isText && id != "" && kind != "" {
			d.add(node, id, kind, section)
			return
		}
		section = firstWord(node, section, "title", "label", "name")
		for _, key := range slices.Sorted(maps.Keys(node)) {
			d.walk(node[key], section, strings.EqualFold(key, "fields"))
		}
	}
}

func (d *Definition) add(node map[string]any, id, kind, section string) {
	if d.Field(id) != nil {
		return // a form may show a field twice
	}
	field := DefinedField{
		Name: id, Type: kind, Section: section, To: word(node["entity"]), Label: firstWord(node, id, "name", "label", "title"),
		Required: truth(node["required"]), ReadOnly: truth(node["readonly"]) || truth(node["readOnly"]),
	}
	options, _ := node["options"].([]any)
	for _, option := range options {
		if option, ok := option.(map[string]any); ok && word(option["id"]) != "" {
			field.Options = append(field.Options, Option{ID: word(option["id"]), Label: firstWord(option, word(option["id"]), "text", "label", "name")})
		}
	}
	d.Fields = append(d.Fields, field)
}

// firstWord is the first of the keys that holds a text, or otherwise.
func firstWord(node map[string]any, otherwise string, keys ...string) string {
	for _, key := range keys {
		if text := word(node[key]); text != "" {
			return text
		}
	}
	return otherwise
}

func word(value any) string {
	switch value := value.(type) {
	case string:
		return strings.TrimSpace(value)
	case json.Number:
		return value.String()
	}
	return ""
}

func truth(value any) bool {
	return value == true || strings.EqualFold(word(value), "true") || word(value) == "1"
}

// Fits says whether a field of this kind can hold what the definition's type is. A type that is not known fits: better no
// check than a wrong one.
func (d *DefinedField) Fits(kind Kind) bool {
	shape, known := shapes[strings.ToLower(d.Type)]
	return !known || shape == shapeOf(kind)
}

// Kind is a kind of field that stores what the definition's type does, and false where the type is not known.
func (d *DefinedField) Kind() (kind Kind, known bool) {
	shape, known := shapes[strings.ToLower(d.Type)]
	return kindsOfShapes[shape], known
}

// kindsOfShapes are the plainest kinds of each shape.
var kindsOfShapes = map[shape]Kind{
	textShape: Text, numberShape: Number, boolShape: Bool, dateTimeShape: DateTime, optionShape: Enum, optionsShape: MultiSelect, referenceShape: Reference,
}

// A shape is the JSON type that a definition's type stands for.
type shape int

const (
	textShape shape = iota
	numberShape
	boolShape
	dateTimeShape
	optionShape
	optionsShape
	referenceShape
)

// shapes are the types of DemandFlow's public documents, in lower case.
var shapes = map[string]shape{
	"text": textShape, "text (multi-line)": textShape, "text (url)": textShape, "password": textShape, "textarea": textShape, "url": textShape,
	"number": numberShape, "gauge": numberShape, "boolean": boolShape, "datetime": dateTimeShape,
	"enum": optionShape, "indexedselect": optionShape, "multiselect": optionsShape, "reference": referenceShape, "objectlookup": referenceShape,
}

func shapeOf(kind Kind) shape {
	switch kind {
	case Number, Percent:
		return numberShape
	case Bool:
		return boolShape
	case DateTime:
		return dateTimeShape
	case Enum:
		return optionShape
	case MultiSelect:
		return optionsShape
	case Reference:
		return referenceShape
	default:
		return textShape
	}
}

// Hidden says whether the definition calls the field a secret.
func (d *DefinedField) Hidden() bool { return strings.EqualFold(d.Type, "password") }
