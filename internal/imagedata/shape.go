package imagedata

import (
	"reflect"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue"
	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/tagged"
)

const (
	result   = tagged.Result
	argument = tagged.Argument
)

// shape derives attributes from the structs of internal/image.
var shape = tagged.Deriver{Instead: map[reflect.Type]func(tagged.Direction) map[string]schema.Attribute{
	reflect.TypeFor[image.Catalogue](): catalogueAttributes,
}}

func attributesOf[T any](d tagged.Direction) map[string]schema.Attribute {
	return shape.Attributes(reflect.TypeFor[T](), d)
}

// catalogueAttributes returns those of the image resource, types and descriptions included, that the shape can fill.
func catalogueAttributes(d tagged.Direction) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	names := tagged.Names[image.Catalogue]()
	for _, attribute := range catalogue.ImageAttributes() {
		if slices.Contains(names, attribute.Name) {
			attributes[attribute.Name] = d.Plain(attribute.Type, attribute.Doc)
		}
	}
	return attributes
}
