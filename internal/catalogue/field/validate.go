package field

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/robfig/cron/v3"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Problem returns what is wrong with a known value, and what to do; "" when nothing is.
func (c Codec) Problem(v tftypes.Value) string {
	if c.Custom {
		return customProblem(v)
	}
	if c.Access == entity.Required && c.IsUnset(v) {
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
		if s := Text(v); s != "" && !json.Valid([]byte(s)) {
			return fmt.Sprintf("It is not a JSON document%s. Write it with jsonencode.",
				jsonFault(s))
		}
	case entity.DateTime:
		if _, err := time.Parse(time.RFC3339, Text(v)); err != nil && Text(v) != "" {
			return fmt.Sprintf("%q is not an RFC 3339 date and time. Write one such as \"2027-01-31T12:00:00Z\".", Text(v))
		}
	case entity.URL:
		return urlProblem(Text(v), c.Format == entity.GitURL)
	}
	return formatProblem(c.Format, Text(v))
}

// IDProblem returns what is wrong with a known reference; "" where nothing is.
func (c Codec) IDProblem(v tftypes.Value) string {
	if c.Kind != entity.Reference || Text(v) == "" || entity.IsID(Text(v)) {
		return ""
	}
	return NotAnID(Text(v), entity.NounOf(c.References))
}

// NotAnID returns the message about a text where the id of an object belongs.
func NotAnID(id, noun string) string {
	return fmt.Sprintf("%q is not an id. Give the UUID of the %s, as its \"id\" attribute has it.", id, noun)
}

// entriesProblem finds entries that DemandFlow cannot return: it keeps one a line.
func (c Codec) entriesProblem(v tftypes.Value) string {
	for i, entry := range Elements(v) {
		s, which := Text(entry), "An entry"
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
	entries := Map(v)
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

func (c Codec) numberProblem(v tftypes.Value) string {
	var number big.Float
	must(v.As(&number))
	if double, _ := number.Float64(); math.IsInf(double, 0) {
		return "It is too large: DemandFlow keeps numbers of up to some 300 digits."
	}
	if number.Cmp(big.NewFloat(float64(c.AtLeast))) < 0 {
		return fmt.Sprintf("%s is too small. Give a number of %d or more.", number.Text('g', 20), c.AtLeast)
	}
	if c.Kind == entity.Percent && number.Cmp(big.NewFloat(100)) > 0 {
		return fmt.Sprintf("%s is too large. Give a percentage, at most 100.", number.Text('g', 20))
	}
	if c.Integer && !number.IsInt() {
		return fmt.Sprintf("%s is not a whole number. Give a whole number.", number.Text('g', 20))
	}
	return ""
}

// cronParser reads what DemandFlow's "cron format" may mean: its public documents do not say more.
var cronParser = cron.NewParser(
	cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

func parseCron(s string) error {
	if strings.Contains(s, "=") { // the parser panics on "TZ=" without a schedule, and DemandFlow has no time zones
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
