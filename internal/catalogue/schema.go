package catalogue

import (
	"context"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	resource "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// resourceSchema has every column: required and optional fields as arguments, read-only ones Computed. An optional
// field is Computed too, because people may fill it in DemandFlow's UI; plan decides what happens to it. There are no
// plan modifiers and hardly any validators on single attributes (see the package comment); ModifyPlan and
// ValidateConfig walk the table once.
func (t *table) resourceSchema() resource.Schema {
	attributes := map[string]resource.Attribute{
		customFieldsArgument:   customFieldsSchema(),
		deletionPolicyArgument: t.deletionPolicySchema(),
		parentsArgument:        parentsSchema(),
		timeoutsArgument:       timeoutsSchema(context.Background()),
	}
	t.writeOnlySchemas(attributes)
	for _, c := range t.columns {
		attributes[c.attribute] = c.resourceAttribute()
	}
	return resource.Schema{Version: int64(len(t.upgrades)), MarkdownDescription: t.Doc, Attributes: attributes}
}

func (c column) resourceAttribute() resource.Attribute {
	required := c.Access == entity.Required
	optional := c.Access == entity.Optional
	computed := !required
	doc := c.Describe()
	switch c.Kind {
	case entity.Number, entity.Percent:
		return resource.NumberAttribute{Required: required, Optional: optional, Computed: computed, MarkdownDescription: doc}
	case entity.Bool:
		return resource.BoolAttribute{Required: required, Optional: optional, Computed: computed, MarkdownDescription: doc}
	case entity.Lines:
		return resource.ListAttribute{ElementType: types.StringType, Required: required, Optional: optional,
			Computed: computed, MarkdownDescription: doc}
	case entity.LineSet, entity.MultiSelect:
		return resource.SetAttribute{ElementType: types.StringType, Required: required, Optional: optional,
			Computed: computed, MarkdownDescription: doc}
	case entity.KeyValues:
		return resource.MapAttribute{ElementType: types.StringType, Required: required, Optional: optional,
			Computed: computed, MarkdownDescription: doc}
	default:
		return resource.StringAttribute{Required: required, Optional: optional, Computed: computed, Sensitive: c.Secret,
			MarkdownDescription: doc}
	}
}

// dataSourceAttributes are all columns, Computed; those that argue says are arguments too are Optional as well.
func (t *table) dataSourceAttributes(argument func(column) bool) map[string]datasource.Attribute {
	attributes := map[string]datasource.Attribute{customFieldsArgument: datasource.MapAttribute{
		Computed: true, ElementType: types.StringType,
		MarkdownDescription: "Fields that the tenant's administrators added and that are set: from the field's name in the " +
			"API to its value as JSON. Null where the tenant's definition may not be read.",
	}}
	for _, c := range t.columns {
		attributes[c.attribute] = c.dataSourceAttribute(argument(c))
	}
	return attributes
}

func (c column) dataSourceAttribute(optional bool) datasource.Attribute {
	doc := c.Doc
	switch c.Kind {
	case entity.Number, entity.Percent:
		return datasource.NumberAttribute{Computed: true, Optional: optional, MarkdownDescription: doc}
	case entity.Bool:
		return datasource.BoolAttribute{Computed: true, Optional: optional, MarkdownDescription: doc}
	case entity.Lines:
		return datasource.ListAttribute{ElementType: types.StringType, Computed: true, Optional: optional,
			MarkdownDescription: doc}
	case entity.LineSet, entity.MultiSelect:
		return datasource.SetAttribute{ElementType: types.StringType, Computed: true, Optional: optional,
			MarkdownDescription: doc}
	case entity.KeyValues:
		return datasource.MapAttribute{ElementType: types.StringType, Computed: true, Optional: optional,
			MarkdownDescription: doc}
	default:
		return datasource.StringAttribute{Computed: true, Optional: optional, MarkdownDescription: doc}
	}
}
