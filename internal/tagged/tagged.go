// Package tagged derives the schemas of data sources from structs: each field is an attribute, with its name in the tag
// "tfsdk" and its description in the tag "doc". The same structs are the data sources' states, so that an attribute is
// declared once.
//
// It imports the plugin framework and nothing of this module.
package tagged

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A Direction is whether attributes are results or arguments.
type Direction bool

// The directions.
const (
	Result   Direction = false
	Argument Direction = true
)

// A Deriver derives the attributes of structs. It keeps them: Terraform asks each run of the provider for all schemas,
// several times in a plan.
type Deriver struct {
	// Instead has the attributes of structs that are not derived from their tags.
	Instead map[reflect.Type]func(Direction) map[string]schema.Attribute

	derived sync.Map
}

// Attributes returns the attributes of a struct. They are shared and must not be changed: With and Chosen return
// copies.
func (d *Deriver) Attributes(object reflect.Type, direction Direction) map[string]schema.Attribute {
	type key struct {
		object    reflect.Type
		direction Direction
	}
	if made, ok := d.derived.Load(key{object, direction}); ok {
		return made.(map[string]schema.Attribute) //nolint:forcetypeassert // nothing else is stored
	}
	attributes := map[string]schema.Attribute{}
	if instead := d.Instead[object]; instead != nil {
		attributes = instead(direction)
	} else {
		for field := range object.Fields() {
			if field.Anonymous {
				maps.Copy(attributes, d.Attributes(field.Type, direction))
				continue
			}
			attributes[field.Tag.Get("tfsdk")] = d.attribute(field.Type, Describe(object, field), direction)
		}
	}
	d.derived.Store(key{object, direction}, attributes)
	return attributes
}

func (d *Deriver) attribute(field reflect.Type, doc string, direction Direction) schema.Attribute {
	switch field = pointedAt(field); field.Kind() {
	case reflect.Struct:
		attributes := d.Attributes(field, direction)
		return schema.SingleNestedAttribute{Optional: bool(direction), Computed: !bool(direction),
			MarkdownDescription: doc, Attributes: attributes, CustomType: typeOf(attributes)}
	case reflect.Slice:
		if element := pointedAt(field.Elem()); element.Kind() == reflect.Struct {
			return direction.List(doc, d.Attributes(element, direction))
		}
	}
	return direction.Plain(plainType(field), doc)
}

func pointedAt(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// plainType returns the type of what has no attributes of its own.
func plainType(field reflect.Type) attr.Type {
	switch field {
	case reflect.TypeFor[string]():
		return types.StringType
	case reflect.TypeFor[bool]():
		return types.BoolType
	case reflect.TypeFor[int64]():
		return types.Int64Type
	case reflect.TypeFor[[]string]():
		return types.ListType{ElemType: types.StringType}
	case reflect.TypeFor[map[string]string]():
		return types.MapType{ElemType: types.StringType}
	}
	panic(fmt.Sprintf("no attribute has the type %s", field))
}

// Plain returns an attribute of a type without attributes of its own.
func (d Direction) Plain(t attr.Type, doc string) schema.Attribute {
	optional, computed := bool(d), !bool(d)
	switch t := t.(type) {
	case types.ListType:
		return schema.ListAttribute{ElementType: t.ElemType, Optional: optional, Computed: computed, MarkdownDescription: doc}
	case types.SetType:
		return schema.SetAttribute{ElementType: t.ElemType, Optional: optional, Computed: computed, MarkdownDescription: doc}
	case types.MapType:
		return schema.MapAttribute{ElementType: t.ElemType, Optional: optional, Computed: computed, MarkdownDescription: doc}
	}
	switch t {
	case types.BoolType:
		return schema.BoolAttribute{Optional: optional, Computed: computed, MarkdownDescription: doc}
	case types.Int64Type:
		return schema.Int64Attribute{Optional: optional, Computed: computed, MarkdownDescription: doc}
	}
	return schema.StringAttribute{Optional: optional, Computed: computed, MarkdownDescription: doc}
}

// List returns an attribute that is a list of objects.
func (d Direction) List(doc string, attributes map[string]schema.Attribute) schema.Attribute {
	object := typeOf(attributes)
	return schema.ListNestedAttribute{
		Optional: bool(d), Computed: !bool(d), MarkdownDescription: doc, CustomType: types.ListType{ElemType: object},
		NestedObject: schema.NestedAttributeObject{Attributes: attributes, CustomType: object},
	}
}

// typeOf returns the type of an object with attributes. It is the one that the framework would make of them, once: it
// would do so for each value in a state, which for a list of a thousand images takes longer than all else.
func typeOf(attributes map[string]schema.Attribute) types.ObjectType {
	object := types.ObjectType{AttrTypes: make(map[string]attr.Type, len(attributes))}
	for name, attribute := range attributes {
		object.AttrTypes[name] = attribute.GetType()
	}
	return object
}

// With returns attributes with others added. Those replace attributes of the same name.
func With(attributes, more map[string]schema.Attribute) map[string]schema.Attribute {
	all := maps.Clone(attributes)
	maps.Copy(all, more)
	return all
}

// Chosen returns some of many attributes.
func Chosen(attributes map[string]schema.Attribute, names []string) map[string]schema.Attribute {
	some := maps.Clone(attributes)
	maps.DeleteFunc(some, func(name string, _ schema.Attribute) bool { return !slices.Contains(names, name) })
	return some
}

// Names returns the names of a struct's attributes, in its order.
func Names[T any]() []string {
	var names []string
	for field := range reflect.TypeFor[T]().Fields() {
		names = append(names, field.Tag.Get("tfsdk"))
	}
	return names
}

// Doc returns the description of one attribute of a struct.
func Doc[T any](name string) string {
	for field := range reflect.TypeFor[T]().Fields() {
		if field.Tag.Get("tfsdk") == name {
			return Describe(reflect.TypeFor[T](), field)
		}
	}
	panic(fmt.Sprintf("%s has no field with the tag %s", reflect.TypeFor[T](), name))
}

// A detailed struct has descriptions that do not fit into its tags. Details returns, by attribute, the sentences that
// follow the one in the tag.
type detailed interface{ Details() map[string]string }

// Describe returns the description of a field of a struct.
func Describe(object reflect.Type, field reflect.StructField) string {
	doc := field.Tag.Get("doc")
	if object, ok := reflect.TypeAssert[detailed](reflect.Zero(object)); ok {
		doc = strings.TrimSpace(doc + " " + object.Details()[field.Tag.Get("tfsdk")])
	}
	return inMarkdown(doc)
}

// quotedWord is code in a description: a struct tag has quotes where Markdown has backticks. A quote after a letter is
// an apostrophe.
var quotedWord = regexp.MustCompile(`(^|[^\pL\pN'])'([^']+)'`)

func inMarkdown(doc string) string { return quotedWord.ReplaceAllString(doc, "$1`$2`") }
