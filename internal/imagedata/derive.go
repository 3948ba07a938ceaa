package imagedata

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

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A direction is whether attributes are results or arguments.
type direction bool

const (
	result   direction = false
	argument direction = true
)

// attributesOf returns the attributes of a struct of the shape, by its tags: "tfsdk" for the name, "doc" for the
// description. They are shared and must not be changed: with and chosen return copies.
func attributesOf[T any](d direction) map[string]schema.Attribute {
	return d.attributes(reflect.TypeFor[T]())
}

// with returns attributes with others added. Those replace results of the same name.
func with(attributes, more map[string]schema.Attribute) map[string]schema.Attribute {
	all := maps.Clone(attributes)
	maps.Copy(all, more)
	return all
}

// derived caches the results of attributes: Terraform asks each run of the provider for all schemas, several times in a
// plan.
var derived sync.Map

func (d direction) attributes(object reflect.Type) map[string]schema.Attribute {
	type key struct {
		direction direction
		object    reflect.Type
	}
	if made, ok := derived.Load(key{d, object}); ok {
		return made.(map[string]schema.Attribute) //nolint:forcetypeassert // nothing else is stored
	}
	attributes := d.derive(object)
	derived.Store(key{d, object}, attributes)
	return attributes
}

func (d direction) derive(object reflect.Type) map[string]schema.Attribute {
	if object == reflect.TypeFor[image.Catalogue]() {
		return d.catalogueAttributes()
	}
	attributes := map[string]schema.Attribute{}
	for field := range object.Fields() {
		if field.Anonymous {
			maps.Copy(attributes, d.attributes(field.Type))
			continue
		}
		attributes[field.Tag.Get("tfsdk")] = d.attribute(field.Type, describe(object, field))
	}
	return attributes
}

func (d direction) attribute(field reflect.Type, doc string) schema.Attribute {
	optional, computed := bool(d), !bool(d)
	for field.Kind() == reflect.Pointer {
		field = field.Elem()
	}
	switch field.Kind() {
	case reflect.Struct:
		return schema.SingleNestedAttribute{Optional: optional, Computed: computed, MarkdownDescription: doc,
			Attributes: d.attributes(field)}
	case reflect.Slice:
		element := field.Elem()
		for element.Kind() == reflect.Pointer {
			element = element.Elem()
		}
		if element.Kind() == reflect.Struct {
			return d.list(doc, d.attributes(element))
		}
	}
	return d.plain(plainType(field), doc)
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
	panic(fmt.Sprintf("the shape has a field of type %s, which no attribute has", field))
}

func (d direction) plain(t attr.Type, doc string) schema.Attribute {
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

// catalogueAttributes returns those of the image resource, types and descriptions included, that the shape can fill.
func (d direction) catalogueAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	names := tagsOf[image.Catalogue]()
	for _, attribute := range catalogue.ImageAttributes() {
		if slices.Contains(names, attribute.Name) {
			attributes[attribute.Name] = d.plain(attribute.Type, attribute.Doc)
		}
	}
	return attributes
}

// tagsOf returns the names of a struct's attributes, in its order.
func tagsOf[T any]() []string {
	var names []string
	for field := range reflect.TypeFor[T]().Fields() {
		names = append(names, field.Tag.Get("tfsdk"))
	}
	return names
}

// docOf returns the description of one field of the shape.
func docOf[T any](name string) string {
	for field := range reflect.TypeFor[T]().Fields() {
		if field.Tag.Get("tfsdk") == name {
			return describe(reflect.TypeFor[T](), field)
		}
	}
	panic(fmt.Sprintf("%s has no field with the tag %s", reflect.TypeFor[T](), name))
}

// describe returns the description of a field: the sentence in its tag, and what image.Detailed adds to it.
func describe(object reflect.Type, field reflect.StructField) string {
	doc := field.Tag.Get("doc")
	if detailed, ok := reflect.TypeAssert[image.Detailed](reflect.Zero(object)); ok {
		doc = strings.TrimSpace(doc + " " + detailed.Details()[field.Tag.Get("tfsdk")])
	}
	return inMarkdown(doc)
}

// quotedWord is code in a description: a struct tag has quotes where Markdown has backticks. A quote after a letter is
// an apostrophe.
var quotedWord = regexp.MustCompile(`(^|[^\pL\pN'])'([^']+)'`)

func inMarkdown(doc string) string { return quotedWord.ReplaceAllString(doc, "$1`$2`") }

// chosen returns some of many attributes.
func chosen(attributes map[string]schema.Attribute, names []string) map[string]schema.Attribute {
	some := maps.Clone(attributes)
	maps.DeleteFunc(some, func(name string, _ schema.Attribute) bool { return !slices.Contains(names, name) })
	return some
}

func (d direction) list(doc string, attributes map[string]schema.Attribute) schema.Attribute {
	return schema.ListNestedAttribute{
		Optional: bool(d), Computed: !bool(d), MarkdownDescription: doc,
		NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}
