package catalogue

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

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

// accept is the filter with a configured value: a test of an object's values. The error says what is wrong with the
// value.
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
