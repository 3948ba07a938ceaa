package entity

import "strings"

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
	Name       string // as objects spell it
	Label      string // as the form shows it
	Type       string
	Section    string
	References string // the entity that it points at
	Required   bool
	ReadOnly   bool
	Options    Options
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

// Fits reports whether a field of this kind can hold what the definition's type is. A type that is not known fits:
// better no check than a wrong one.
func (d *DefinedField) Fits(kind Kind) bool {
	shape, known := shapes[strings.ToLower(d.Type)]
	return !known || shape == shapeOf(kind)
}

// shapeKnown reports whether a word is a type of DemandFlow's public documents.
func shapeKnown(typ string) bool {
	_, known := shapes[strings.ToLower(typ)]
	return known
}

// Kind returns a kind of field that stores what the definition's type does, and false where the type is not known.
func (d *DefinedField) Kind() (kind Kind, known bool) {
	shape, known := shapes[strings.ToLower(d.Type)]
	return kindsOfShapes[shape], known
}

// kindsOfShapes are the plainest kinds of each shape.
var kindsOfShapes = map[shape]Kind{
	textShape: Text, numberShape: Number, boolShape: Bool, dateTimeShape: DateTime, optionShape: Enum,
	optionsShape: MultiSelect, referenceShape: Reference,
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
	"text": textShape, "text (multi-line)": textShape, "text (url)": textShape, "password": textShape,
	"textarea": textShape, "url": textShape,
	"number": numberShape, "gauge": numberShape, "boolean": boolShape, "datetime": dateTimeShape,
	"enum": optionShape, "indexedselect": optionShape, "multiselect": optionsShape, "reference": referenceShape,
	"objectlookup": referenceShape,
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

// Hidden reports whether the definition calls the field a secret.
func (d *DefinedField) Hidden() bool { return strings.EqualFold(d.Type, "password") }
