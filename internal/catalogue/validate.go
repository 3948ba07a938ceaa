package catalogue

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/robfig/cron/v3"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// validate checks a configuration against the table, in one pass and before anything is sent. What is not known yet is
// checked when it is: Terraform validates again with the values of an apply. Options are checked when Terraform plans,
// because they are the tenant's (checkDefinition), and so are ids (checkIDs).
func (t *table) validate(config values) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, c := range t.columns {
		value := config[c.attribute]
		if !c.Writable() || value.IsNull() || !value.IsFullyKnown() {
			continue
		}
		if problem := c.problem(value); problem != "" {
			diags.Append(invalidValue(c, problem))
		} else if doubt := c.doubt(value); doubt != "" {
			diags.Append(doubtfulValue(c, doubt))
		}
	}
	return diags
}

// problem says what is wrong with a known value, in a sentence that says what to do; "" when nothing is.
func (c column) problem(v tftypes.Value) string {
	if c.Access == entity.Required && c.unset(v) {
		return "It is required, and an empty value counts as none in DemandFlow. Give it a value."
	}
	switch c.Kind {
	case entity.MultiSelect, entity.Lines, entity.LineSet:
		return c.entriesProblem(v)
	case entity.KeyValues:
		return keyValuesProblem(v)
	case entity.Number, entity.Percent:
		return c.numberProblem(v)
	case entity.JSON:
		if refused(jsontypes.NewNormalizedValue(text(v)), text(v)) {
			return fmt.Sprintf("It is not a JSON document%s. Write it with jsonencode, which cannot go wrong.",
				jsonFault(text(v)))
		}
	case entity.DateTime:
		if refused(timetypes.RFC3339{StringValue: types.StringValue(text(v))}, text(v)) {
			return fmt.Sprintf("%q is not an RFC 3339 date and time. Write one such as \"2027-01-31T12:00:00Z\".", text(v))
		}
	case entity.URL:
		return urlProblem(text(v), c.Format == entity.GitURL)
	}
	return formatProblem(c.Format, text(v))
}

// refused asks a value of a library's type whether its text is well formed. The library's own message is not shown: it
// repeats the value, and a JSON document may hold a secret. The types are not the attributes' types: a custom type is
// validated wherever it is read too, and what people typed into DemandFlow's form would block every plan.
func refused(value xattr.ValidateableAttribute, s string) bool {
	var resp xattr.ValidateAttributeResponse
	if s != "" {
		value.ValidateAttribute(context.Background(), xattr.ValidateAttributeRequest{}, &resp)
	}
	return resp.Diagnostics.HasError()
}

// entriesProblem finds entries that DemandFlow could not give back: it keeps one a line.
func (c column) entriesProblem(v tftypes.Value) string {
	var entries []tftypes.Value
	must(v.As(&entries))
	for i, entry := range entries {
		s, which := text(entry), "An entry"
		if c.Kind == entity.Lines { // the entries of a set have no place
			which = fmt.Sprintf("Entry %d", i+1)
		}
		switch {
		case entry.IsNull() || strings.TrimSpace(s) == "":
			return which + " is empty. Remove it: DemandFlow would drop it."
		case c.Kind != entity.MultiSelect && strings.ContainsAny(s, "\r\n"):
			return which + " has a line break, but DemandFlow keeps one entry a line. Split it into several entries."
		}
	}
	return ""
}

func keyValuesProblem(v tftypes.Value) string {
	for _, pair := range pairs(v) {
		key, _, _ := strings.Cut(pair, "=")
		if strings.TrimSpace(key) == "" {
			return "A key is empty. DemandFlow keeps one KEY=value a line: give each value a key."
		}
		if strings.ContainsAny(pair, "\r\n") {
			return fmt.Sprintf("%q has a line break, but DemandFlow keeps one KEY=value a line. Remove the line break.", key)
		}
	}
	var entries map[string]tftypes.Value
	must(v.As(&entries))
	for _, pair := range pairs(v) {
		key, _, _ := strings.Cut(pair, "=")
		if value, ok := entries[key]; !ok {
			return fmt.Sprintf("A key that begins with %q has an equals sign in it, which ends a key in DemandFlow. Rename "+
				"the key.", key)
		} else if value.IsNull() {
			return fmt.Sprintf("%q has no value. Give it one (\"\" for an empty one) or remove it.", key)
		}
	}
	return ""
}

func (c column) numberProblem(v tftypes.Value) string {
	var number big.Float
	must(v.As(&number))
	if double, _ := number.Float64(); math.IsInf(double, 0) {
		return "It is too large: DemandFlow keeps numbers of up to some 300 digits."
	}
	if number.Cmp(big.NewFloat(float64(c.AtLeast))) < 0 {
		return fmt.Sprintf("%s makes no sense here. Give a number of %d or more.", number.Text('g', 20), c.AtLeast)
	}
	if c.Kind == entity.Percent && number.Cmp(big.NewFloat(100)) > 0 {
		return fmt.Sprintf("%s makes no sense here. Give a percentage, at most 100.", number.Text('g', 20))
	}
	if c.Integer && !number.IsInt() {
		return fmt.Sprintf("%s makes no sense here. Give a whole number.", number.Text('g', 20))
	}
	return ""
}

// cronParser reads what DemandFlow's "cron format" may mean: its public documents do not say more.
var cronParser = cron.NewParser(
	cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

func parseCron(s string) error {
	if strings.Contains(s, "=") { // the parser panics on "TZ=" without a schedule, and DemandFlow knows no zones
		return errors.New("time zones are not supported")
	}
	_, err := cronParser.Parse(s)
	return err
}

func formatProblem(format entity.Format, s string) string {
	if s == "" {
		return ""
	}
	switch format {
	case entity.Cron:
		if err := parseCron(s); err != nil {
			return fmt.Sprintf("%q is not a cron expression (%s). Write five fields such as \"0 3 * * 0\", six with seconds "+
				"first, or a descriptor such as \"@daily\".", s, err)
		}
	case entity.ImageName:
		return imageNameProblem(s)
	case entity.Tag:
		return tagProblem(s)
	}
	return ""
}
