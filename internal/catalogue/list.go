package catalogue

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// The list resource of an entity is its resource: what it lists are the resource's own identities and states. It has
// the plural data source's filters and order; the limit is Terraform's own argument.
var (
	_ list.ListResourceWithConfigure      = (*entityResource)(nil)
	_ list.ListResourceWithValidateConfig = (*entityResource)(nil)
)

func (r *entityResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest,
	resp *list.ListResourceSchemaResponse) {
	orders := r.base.orders()
	attributes := map[string]listschema.Attribute{orderByArgument: listschema.StringAttribute{
		Optional: true, Validators: []validator.String{stringvalidator.OneOf(orders...)},
		MarkdownDescription: orderByDoc(orders),
	}}
	for _, f := range r.base.filters() {
		attributes[f.argument] = f.listSchema()
	}
	resp.Schema = listschema.Schema{
		MarkdownDescription: fmt.Sprintf("The %s of the tenant, filtered and in order, for `terraform query`. With "+
			"`-generate-config-out` it writes configuration for them.", r.base.Nouns()),
		Attributes: attributes,
	}
}

func (f filter) listSchema() listschema.Attribute {
	if f.match == entity.Pairs {
		return listschema.MapAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: f.doc()}
	}
	return listschema.StringAttribute{Optional: true, MarkdownDescription: f.doc()}
}

// ValidateListResourceConfig checks the filters, as far as they are known without the tenant.
func (r *entityResource) ValidateListResourceConfig(_ context.Context, req list.ValidateConfigRequest,
	resp *list.ValidateConfigResponse) {
	_, diags := r.base.accepts(valuesOf(req.Config.Raw), nil)
	resp.Diagnostics.Append(diags...)
}

// List streams the objects that match. Sorting needs all of them first. If Terraform does not ask for the resources
// themselves, only the fields for filters, order and names are read.
func (r *entityResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	table, err := r.tenant.inForce(ctx, r.base)
	if err != nil {
		stream.Results = list.ListResultsStreamDiagnostics(diag.Diagnostics{r.base.noDefinition(err)})
		return
	}
	var load []string
	if !req.IncludeResource {
		load = table.searchFields()
	}
	config := valuesOf(req.Config.Raw)
	blank := nullValues(r.schema.Type().TerraformType(ctx))
	found, diags := table.search(ctx, r.tenant, config, func(object demandflow.Object) (values, []string) {
		state, unreadable := table.readFields(object, nil)
		table.readArguments(state, blank, object)
		return state, unreadable
	}, load...)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	total := len(found)
	if req.Limit > 0 {
		found = found[:min(total, int(req.Limit))]
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for i, match := range found {
			result := req.NewListResult(ctx)
			result.DisplayName = match.name
			result.Diagnostics = table.unreadableValues(match.id(), match.unreadable)
			if i == len(found)-1 && len(found) < total { // Terraform reads no further than the limit
				result.Diagnostics.Append(table.limitReached(len(found), total))
			}
			identify(result.Identity, match.values, nil)
			if req.IncludeResource {
				result.Diagnostics.Append(table.omitUnplannable(match.values, r.tenant.ValidateDefinition)...)
				result.Resource.Raw = tftypes.NewValue(result.Resource.Raw.Type(), match.raw())
			}
			if !push(result) {
				return
			}
		}
	}
}

// searchFields returns the fields, by API name, that a search needs.
func (t *table) searchFields() []string {
	fields := slices.Concat(t.keyFields(), t.OrderBy, []string{"subscription"})
	for _, declared := range t.Filters {
		fields = append(fields, declared.Field)
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

// omitUnplannable removes the values from a listed object that a plan would refuse or change: configuration is
// generated from it, and should plan nothing. A field that is left out stays with the users of DemandFlow's UI; a
// required one has to be corrected there.
func (t *table) omitUnplannable(state values, checkDefinition bool) diag.Diagnostics {
	var left []string
	for _, c := range t.columns {
		value := state[c.attribute]
		if c.Access != entity.Optional || value.IsNull() {
			continue
		}
		problem := cmp.Or(c.Problem(value), c.Respelling(value))
		if checkDefinition {
			problem = cmp.Or(problem, t.refusal(c), c.OptionProblem(value))
		}
		if problem != "" {
			left = append(left, fmt.Sprintf("%s: %s", c.attribute, problem))
			state[c.attribute] = c.Null()
		}
	}
	return t.valuesLeftOut(field.Text(state[idAttribute]), left)
}

// nullValues returns a resource's attributes, all of them null.
func nullValues(typ tftypes.Type) values {
	object, ok := typ.(tftypes.Object)
	if !ok {
		panic("a schema's type is an object")
	}
	blank := make(values, len(object.AttributeTypes))
	for name, attribute := range object.AttributeTypes {
		blank[name] = tftypes.NewValue(attribute, nil)
	}
	return blank
}
