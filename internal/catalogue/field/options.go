package field

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// OptionProblem returns which option of an enum or a multi-select does not exist, and what else the tenant's definition
// does not take of a custom field.
func (c Codec) OptionProblem(v tftypes.Value) string {
	switch {
	case c.Custom:
		return customValueProblem(c.Defined, c.Encode(v))
	case c.Kind == entity.Enum:
		return c.unknownOption(Text(v))
	case c.Kind == entity.MultiSelect:
		for _, spelling := range Texts(v) {
			if problem := c.unknownOption(spelling); problem != "" {
				return problem
			}
		}
	}
	return ""
}

func (c Codec) unknownOption(spelling string) string {
	option, ok := c.Options.Find(spelling)
	if c.Options.Ambiguous(spelling) {
		return fmt.Sprintf("%q is the label of the option with the id %s, and itself the id of the option %q. Write %q for "+
			"the one or %q for the other.",
			spelling, option.ID, c.Options.Label(spelling), option.ID, c.Options.Label(spelling))
	}
	if matches := c.Options.Matches(spelling); len(matches) > 1 {
		ids := make([]string, len(matches))
		for i, match := range matches {
			ids[i] = match.ID
		}
		return fmt.Sprintf("%q is the label of several options, with the ids %s. Write the id of the one that is meant.",
			spelling, strings.Join(ids, ", "))
	}
	if ok || spelling == "" || len(c.Options) == 0 {
		return ""
	}
	labels := c.Options.Labels()
	where := ""
	if c.Defined != nil {
		where = " in this tenant"
	}
	meant := c.renamed(spelling)
	if meant == "" {
		meant = DidYouMean(spelling, labels)
	}
	return fmt.Sprintf("%q is not a valid option%s.%s The options are %s.", spelling, where, meant,
		strings.Join(labels, ", "))
}

// renamed is a sentence (with a space before it) that names what an option of DemandFlow's default definition is called
// in the tenant, "" where the spelling names none that the tenant has. What looks alike may be another option.
func (c Codec) renamed(spelling string) string {
	shipped, ok := c.Shipped.Find(spelling)
	label := c.Options.Spelling(shipped.ID)
	if !ok || !slices.ContainsFunc(c.Options, func(option entity.Option) bool { return option.ID == shipped.ID }) {
		return ""
	}
	return fmt.Sprintf(" %s mean %q? The option was renamed: its id is still %s.", suggestion, label, shipped.ID)
}
