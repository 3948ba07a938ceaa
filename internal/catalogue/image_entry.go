package catalogue

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// An ImageAttribute is an attribute of the image resource, for data sources that show live images under the same names.
type ImageAttribute struct {
	Name, Doc string
	Type      attr.Type
	Writable  bool // a resource can be filled with it
}

// ImageAttributes lists the attributes of the image resource that are fields of DemandFlow's form, section by section.
func ImageAttributes() []ImageAttribute {
	var attributes []ImageAttribute
	for _, field := range entity.DockerImage.Fields() {
		c := newColumn(field, false)
		attributes = append(attributes, ImageAttribute{c.attribute, c.Doc, c.dataSourceAttribute(false).GetType(),
			c.Writable()})
	}
	return attributes
}

// An ImageEntry is one image's entry in the catalogue, for a comparison with the image itself.
type ImageEntry struct {
	table  *table
	values values
}

// imageTable returns one table for all entries: a tenant caches adapted tables by the default one.
var imageTable = sync.OnceValue(func() *table { return newTable(&entity.DockerImage).withoutSecrets() })

// ImageEntry reads the entry with an id. at is the argument of errors.
func (t *Tenant) ImageEntry(ctx context.Context, id string, at path.Path) (*ImageEntry, diag.Diagnostics) {
	base := imageTable()
	if !entity.IsID(id) {
		return nil, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, "Invalid id", field.NotAnID(id, base.Noun()))}
	}
	table, err := t.inForce(ctx, base)
	if err != nil {
		return nil, diag.Diagnostics{base.noDefinition(err)}
	}
	object, diags := table.lookUp(ctx, t.client, criteria{idAttribute: id}, at)
	if diags.HasError() {
		return nil, diags
	}
	v, unreadable := table.readAll(object, nil)
	diags.Append(table.unreadableValues(object.ID(), unreadable)...)
	return &ImageEntry{table, v}, diags
}

// Object returns the entry's attributes of some names.
func (e *ImageEntry) Object(ctx context.Context, names ...string) types.Object {
	return e.object(ctx, names, func(c column) tftypes.Value { return e.values[c.attribute] })
}

// Spelled returns an object of such attributes as the entry would have it: options under the tenant's own labels, sets
// in order.
func (e *ImageEntry) Spelled(ctx context.Context, object types.Object) types.Object {
	raw, err := object.ToTerraformValue(ctx)
	if err != nil {
		panic("objects are of the schema's types: " + err.Error())
	}
	given := valuesOf(raw)
	return e.object(ctx, slices.Collect(maps.Keys(given)), func(c column) tftypes.Value {
		spelled, err := c.Decode(c.Encode(given[c.attribute]))
		if err != nil {
			return given[c.attribute] // it cannot be read in another way either
		}
		return spelled
	})
}

func (e *ImageEntry) object(ctx context.Context, names []string, value func(column) tftypes.Value) types.Object {
	raw := map[string]tftypes.Value{}
	attributeTypes, terraformTypes := map[string]attr.Type{}, map[string]tftypes.Type{}
	for _, c := range e.table.columns {
		if slices.Contains(names, c.attribute) {
			raw[c.attribute], terraformTypes[c.attribute] = value(c), c.Type
			attributeTypes[c.attribute] = c.dataSourceAttribute(false).GetType()
		}
	}
	object, err := types.ObjectType{AttrTypes: attributeTypes}.ValueFromTerraform(ctx,
		tftypes.NewValue(tftypes.Object{AttributeTypes: terraformTypes}, raw))
	if err != nil {
		panic("objects are of the schema's types: " + err.Error())
	}
	return object.(types.Object) //nolint:forcetypeassert // ObjectType makes objects
}
