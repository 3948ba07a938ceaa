package field

import (
	"fmt"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Describe returns an attribute's documentation in a resource: the table's sentence and the accepted values. A
// read-only attribute has the sentence alone, or the note that it is a metric.
func (c Codec) Describe() string {
	if c.Metric {
		return c.Doc + " A metric (`refresh_metrics`)."
	}
	if note := c.Note(); note != "" && c.Writable() {
		return c.Doc + " " + note
	}
	return c.Doc
}

// Note returns the accepted values of the field, "" if the table's sentence has them.
func (c Codec) Note() string {
	switch c.Kind {
	case entity.Enum:
		return fmt.Sprintf("One of %s, in any case, or the option's id.", Quoted(c.Options.Labels()))
	case entity.MultiSelect:
		return "Options by label or id; their order means nothing."
	case entity.JSON:
		return "A JSON document, best written with `jsonencode`; white space and the order of keys mean nothing."
	case entity.Lines:
		return "DemandFlow keeps one entry a line."
	case entity.LineSet:
		return "DemandFlow keeps one entry a line; their order means nothing."
	case entity.KeyValues:
		return "DemandFlow keeps one `KEY=value` a line."
	case entity.Number:
		return c.numberRange()
	}
	switch c.Format {
	case entity.Cron:
		return "Five fields (minute, hour, day of month, month, day of week), six with seconds first, or a descriptor such " +
			"as `@daily`."
	case entity.GitURL:
		return "A URL, or the form `git@host:path`."
	}
	return ""
}

// numberRange returns the valid numbers.
func (c Codec) numberRange() string {
	kind := "A number"
	if c.Integer {
		kind = "A whole number"
	}
	return fmt.Sprintf("%s, %d or more.", kind, c.AtLeast)
}

// Quoted lists names as code, for documentation.
func Quoted(names []string) string {
	marked := make([]string, len(names))
	for i, name := range names {
		marked[i] = "`" + name + "`"
	}
	return strings.Join(marked, ", ")
}
