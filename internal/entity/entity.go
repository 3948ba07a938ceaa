// Package entity declares DemandFlow's records: one table of fields per entity, and the rules that turn a field's API
// name into Terraform's. It is the only place where a field is declared; schemas, JSON, PATCH bodies, validation,
// documentation and the emulator's behaviour are derived from it.
//
// It imports no Terraform and nothing of this module, so that every other package may import it.
package entity

import (
	"slices"
	"strings"
)

// An Entity is one kind of DemandFlow record, as its default definition describes it.
type Entity struct {
	Code        string // as the API spells it, upper case: DOCKERIMAGE
	DisplayName string // "Docker Image"; Terraform's type name is derived from it
	Plural      string // "Docker Images"
	Level       int    // sent on create, fixed by the entity's definition
	Doc         string // one sentence
	Sections    []Section
	Derived     []Field  // attributes that the API does not have, computed from fields that it has
	Keys        []Key    // the natural keys, the preferred one first
	Filters     []Filter // what the plural data source can narrow by
	OrderBy     []string // what the plural data source can order by, by API name
	Archive     Archive  // what "archived" is, for those who do not want to delete for good
}

// A Section is a panel of DemandFlow's form; documentation groups attributes by it.
type Section struct {
	Title  string
	Fields []Field
}

// A Field is one attribute of an entity, declared once; schemas, JSON and docs follow from it.
type Field struct {
	Name          string // as the API spells it; Terraform's name is derived
	Kind          Kind
	Access        Access
	Doc           string   // one sentence
	Options       Options  // of an Enum or MultiSelect: what its ids mean
	References    string   // of a Reference: the code of the entity it points at
	Format        Format   // of a Text: the grammar it must follow
	AtLeast       int      // of a Number: the least value that makes sense; nothing may be negative
	Integer       bool     // of a Number: fractions make no sense
	Secret        bool     // sensitive, and absent from data sources
	Metric        bool     // read-only, and changes by itself, through use: its changes are not drift
	DerivedFrom   []string // read-only and derived from these fields: unknown when they change
	TerraformName string   // Terraform's name where the rule does not give it: system fields only
}

// Access is how a field can be written.
type Access int

// The zero value is what most fields are.
const (
	Optional Access = iota
	Required
	ReadOnly
)

// A Key is a set of fields that together name one object, so that people can look it up without its id.
type Key struct {
	Fields        []string // all of them must match
	Disambiguator string   // a further field that may be given to choose one of several duplicates; "" for none
}

// A Filter is one argument of the plural data source.
type Filter struct {
	Field string
	Match Match
}

// A Match is how a filter compares.
type Match int

// Exact compares in the field's own terms (an enum by label or id), Regex matches RE2 anywhere in a text, Contains asks
// that a multi-select holds the value, Pairs that a JSON object holds every given key with the given value.
const (
	Exact Match = iota
	Regex
	Contains
	Pairs
)

// An Archive is the option (by id) of a field that takes an object out of use without deleting it.
type Archive struct{ Field, Option string }

// All lists the entities that become resources and data sources, in the order in which documentation shows them.
func All() []*Entity { return []*Entity{&DockerRegistry, &DockerImage} }

// ByCode returns the entity of the tables with a code, nil where there is none.
func ByCode(code string) *Entity {
	for _, e := range All() {
		if e.Code == code {
			return e
		}
	}
	return nil
}

// Fields returns every field of the entity, section by section, system fields not included.
func (e *Entity) Fields() []*Field {
	var fields []*Field
	for i := range e.Sections {
		for j := range e.Sections[i].Fields {
			fields = append(fields, &e.Sections[i].Fields[j])
		}
	}
	return fields
}

// Field returns the field that the API calls name, system fields included, or nil.
func (e *Entity) Field(name string) *Field {
	for _, field := range slices.Concat(System(), e.Fields()) {
		if field.Name == name {
			return field
		}
	}
	return nil
}

// TypeName returns the entity in Terraform's names, without the provider's: "docker_image".
func (e *Entity) TypeName() string { return underscore(e.DisplayName) }

// PluralTypeName returns TypeName of many: "docker_images".
func (e *Entity) PluralTypeName() string { return underscore(e.Plural) }

// Noun returns the entity in running text: "docker image".
func (e *Entity) Noun() string { return strings.ToLower(e.DisplayName) }

// Nouns returns Noun of many: "docker images".
func (e *Entity) Nouns() string { return strings.ToLower(e.Plural) }

// Short returns the last word of the plural, the name of the plural data source's list: "images".
func (e *Entity) Short() string {
	words := strings.Fields(e.Nouns())
	return words[len(words)-1]
}

func underscore(s string) string { return strings.ReplaceAll(strings.ToLower(s), " ", "_") }

// Writable reports whether a PATCH may carry the field.
func (f *Field) Writable() bool { return f.Access != ReadOnly }

// system are the fields that every DemandFlow object has. Only what a reader of HCL can use is an attribute: `entity`
// and `level` are the same for every object of an entity, `comboKey2` and `comboKey3` belong to other hierarchies.
var system = []Field{
	{Name: "id", Access: ReadOnly, Doc: "The object's id (a UUID), given by DemandFlow on create and stable."},
	{Name: "comboKey", Access: ReadOnly, Doc: "Where the object stands in the tenant's hierarchy."},
	{Name: "subscription", Kind: Reference, Access: ReadOnly,
		Doc: "The tenant (subscription) that the object belongs to."},
	{Name: "ownerId", Access: ReadOnly, Doc: "The person who created the object."},
	{Name: "updatedId", Access: ReadOnly, TerraformName: "updated_by_id", Doc: "The person who last wrote the object."},
	{Name: "created", Kind: DateTime, Access: ReadOnly, TerraformName: "created_at",
		Doc: "When the object was created (RFC 3339)."},
	{Name: "updated", Kind: DateTime, Access: ReadOnly, TerraformName: "updated_at", DerivedFrom: []string{AnyWrite},
		Doc: "When the object was last written (RFC 3339)."},
	{Name: "_df_version", Kind: Number, Integer: true, Access: ReadOnly, TerraformName: "object_version",
		DerivedFrom: []string{AnyWrite}, Doc: "How often the object was written; 0 after its creation. Equal versions mean " +
			"equal content."},
}

// AnyWrite in DerivedFrom stands for every writable field: the field moves with each PATCH.
const AnyWrite = "*"

// System returns the fields that every object of every entity has.
func System() []*Field {
	fields := make([]*Field, len(system))
	for i := range system {
		fields[i] = &system[i]
	}
	return fields
}

// Reserved are the names of fields that every object has and no attribute shows: a tenant's own field is never one of
// them.
func Reserved() []string { return []string{"entity", "level", "comboKey2", "comboKey3", "_type"} }

// NounOf returns what the entity with a code is called in running text; the code itself where the tables do not have
// it.
func NounOf(code string) string {
	for _, e := range append(All(), &K8sWorkload) {
		if e.Code == code {
			return e.Noun()
		}
	}
	return code
}
