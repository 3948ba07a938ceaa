package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	resource "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// An attribute is a line of a page.
type attribute struct {
	Name, Doc string
	Traits    string // type and behaviour, in words
	argument  bool
	nested    map[string]attribute // of the objects in a list that a data source found
	Parts     []attribute          // of an argument that is an object, or a list of them
}

// Anchor returns where the attributes of a list's objects are on the page, by tfplugindocs' own custom; "" for anything
// else.
func (a attribute) Anchor() string {
	if a.nested == nil {
		return ""
	}
	return "nestedatt--" + a.Name
}

// attributeSchema is what the schemas of resources and of data sources have in common.
type attributeSchema interface {
	GetDescription() string
	GetMarkdownDescription() string
	GetType() attr.Type
	IsOptional() bool
	IsRequired() bool
	IsSensitive() bool
	IsWriteOnly() bool
}

// attributesOf reads the attributes of a schema, by name.
func attributesOf[A attributeSchema](schema map[string]A) map[string]attribute {
	attributes := make(map[string]attribute, len(schema))
	for name, s := range schema {
		a := attribute{Name: name, Doc: strings.TrimSpace(cmp.Or(s.GetMarkdownDescription(), s.GetDescription())),
			argument: s.IsRequired() || s.IsOptional()}
		switch s := any(s).(type) {
		case datasource.ListNestedAttribute:
			a.nested = attributesOf(s.NestedObject.Attributes)
		case resource.ListNestedAttribute:
			a.Parts = inOrder(attributesOf(s.NestedObject.Attributes))
		case resource.SingleNestedAttribute:
			a.Parts = inOrder(attributesOf(s.Attributes))
		}
		traits := []string{typeName(s.GetType().TerraformType(context.Background()))}
		switch {
		case s.IsRequired():
			traits = append(traits, "Required")
		case s.IsOptional():
			traits = append(traits, "Optional")
		default:
			traits = append(traits, "Read-only")
		}
		if s.IsSensitive() {
			traits = append(traits, "Sensitive")
		}
		if s.IsWriteOnly() {
			traits = append(traits, "Write-only")
		}
		a.Traits = strings.Join(traits, ", ")
		attributes[name] = a
	}
	return attributes
}

// typeName returns a type as the registry's pages call it.
func typeName(t tftypes.Type) string {
	switch t := t.(type) {
	case tftypes.List:
		return "List of " + typeName(t.ElementType)
	case tftypes.Set:
		return "Set of " + typeName(t.ElementType)
	case tftypes.Map:
		return "Map of " + typeName(t.ElementType)
	case tftypes.Object:
		return "Object"
	}
	switch {
	case t.Is(tftypes.String):
		return "String"
	case t.Is(tftypes.Number):
		return "Number"
	case t.Is(tftypes.Bool):
		return "Boolean"
	}
	panic(fmt.Sprintf("no name for type %s", t))
}

// inOrder lists attributes by name.
func inOrder(attributes map[string]attribute) []attribute {
	var list []attribute
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		list = append(list, attributes[name])
	}
	return list
}
