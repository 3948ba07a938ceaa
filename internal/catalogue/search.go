package catalogue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A match is an object that a search found.
type match struct {
	values
	unreadable []string // values that could not be understood
	name       string   // shown as its name
}

func (m match) id() string { return field.Text(m.values[idAttribute]) }

// search lists the objects that a configuration's filters let through, in its order: what plural data sources and list
// resources have in common. load are the fields to read, all where none are given.
func (t *table) search(
	ctx context.Context, tenant *Tenant, config values, read func(demandflow.Object) (values, []string), load ...string,
) ([]match, diag.Diagnostics) {
	accept, diags := t.accepts(config, tenant)
	if diags.HasError() {
		return nil, diags
	}
	var found []match
	err := tenant.client.ListWhole(ctx, t.Entity, load, func(objects iter.Seq[demandflow.Object]) {
		found = nil
		for object := range objects {
			if v, unreadable := read(object); accept(v) {
				found = append(found, match{values: v, unreadable: unreadable, name: t.name(object)})
			}
		}
	})
	if err != nil {
		return nil, diag.Diagnostics{t.cannot("list", "", err)}
	}
	compare := t.compare(field.Text(config[orderByArgument]))
	slices.SortFunc(found, func(a, b match) int { return compare(a.values, b.values) })
	return found, diags
}

// accepts joins the configured filters into one test. An invalid value is an error on its argument; whether
// an option exists and an id is valid is checked only if the tenant is known (see checkIDs). tenant
// is nil where a configuration is validated.
func (t *table) accepts(config values, tenant *Tenant) (func(values) bool, diag.Diagnostics) {
	var diags diag.Diagnostics
	var tests []func(values) bool
	for _, f := range t.filters() {
		configured := config[f.argument]
		if configured.IsNull() || !configured.IsFullyKnown() {
			continue
		}
		test, err := f.accept(configured, tenant)
		if err != nil {
			diags.Append(invalidArgument(f.argument, err.Error()))
			continue
		}
		tests = append(tests, test)
	}
	return func(v values) bool {
		return !slices.ContainsFunc(tests, func(test func(values) bool) bool { return !test(v) })
	}, diags
}

const (
	ascending  = "_asc"
	descending = "_desc"
)

// orders returns the values of order_by, the default first.
func (t *table) orders() []string {
	var orders []string
	for _, field := range t.OrderBy {
		attribute := t.column(field).attribute
		orders = append(orders, attribute+ascending, attribute+descending)
	}
	return orders
}

// compare returns a total order: by the chosen attribute, what is not set first, then by id. Date-times are compared as
// instants (RFC 3339 without trailing zeros does not sort as text), enums by label.
func (t *table) compare(orderBy string) func(a, b values) int {
	if orderBy == "" {
		orderBy = t.orders()[0]
	}
	attribute, down := strings.CutSuffix(orderBy, descending)
	attribute = strings.TrimSuffix(attribute, ascending)
	by := slices.IndexFunc(t.columns, func(c column) bool { return c.attribute == attribute })
	return func(a, b values) int {
		order := t.columns[by].Compare(a[attribute], b[attribute])
		if down {
			order = -order
		}
		return cmp.Or(order, cmp.Compare(field.Text(a[idAttribute]), field.Text(b[idAttribute])))
	}
}

// A filter is an argument of the plural data source and the list resource: a field and how it is compared.
type filter struct {
	column
	match    entity.Match
	argument string
}

func (t *table) filters() []filter {
	filters := make([]filter, len(t.Filters))
	for i, declared := range t.Filters {
		c := t.column(declared.Field)
		filters[i] = filter{column: c, match: declared.Match, argument: c.attribute}
		if declared.Match == entity.Regex {
			filters[i].argument += "_regex"
		}
	}
	return filters
}

func (f filter) schema() schema.Attribute {
	if f.match == entity.Pairs {
		return schema.MapAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: f.doc()}
	}
	return schema.StringAttribute{Optional: true, MarkdownDescription: f.doc()}
}

func (f filter) doc() string {
	name := "`" + f.attribute + "`"
	switch f.match {
	case entity.Regex:
		return fmt.Sprintf("Only those whose %s matches this regular expression "+
			"([RE2](https://github.com/google/re2/wiki/Syntax)), anywhere in it.", name)
	case entity.Contains:
		return fmt.Sprintf("Only those whose %s holds this value.", name)
	case entity.Pairs:
		return fmt.Sprintf("Only those whose %s have each of these keys with this value.", name)
	default:
		return fmt.Sprintf("Only those with exactly this %s. %s", name, f.Note())
	}
}

// accept returns the filter with a configured value: a test of an object's values. The error explains what is wrong
// with the value.
func (f filter) accept(configured tftypes.Value, tenant *Tenant) (func(values) bool, error) {
	wanted := field.Text(configured)
	switch f.match {
	case entity.Regex:
		expression, err := regexp.Compile(wanted)
		if err != nil {
			return nil, fmt.Errorf("%q is not a regular expression: %w", wanted, err)
		}
		return func(v values) bool { return expression.MatchString(field.Text(v[f.attribute])) }, nil
	case entity.Contains:
		label := f.Options.Spelling(f.Options.ID(wanted))
		return func(v values) bool {
			return !v[f.attribute].IsNull() && slices.ContainsFunc(field.Texts(v[f.attribute]),
				func(entry string) bool { return strings.EqualFold(entry, label) })
		}, nil
	case entity.Pairs:
		return func(v values) bool { return field.HasPairs(field.Text(v[f.attribute]), configured) }, nil
	default:
		if f.Encode(configured) == nil {
			return nil, errors.New("it is empty: leave it out to have all, or give a value")
		}
		problem := f.Problem(configured)
		if problem == "" && tenant != nil {
			problem = f.IDProblem(configured)
		}
		if problem == "" && tenant != nil && tenant.ValidateDefinition {
			problem = f.OptionProblem(configured)
		}
		if problem != "" {
			return nil, errors.New(problem)
		}
		return func(v values) bool { return f.Same(v[f.attribute], configured) }, nil
	}
}
