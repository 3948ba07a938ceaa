package demandflow

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// CanonicalText returns a text as all its spellings share it: lines end as Unix ends them, the text ends with none of
// these ends, and accents are composed (NFC). Forms add and trim the line end at a text's end, Windows writes line ends
// otherwise, and Terraform composes.
func CanonicalText(s string) string {
	return norm.NFC.String(strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\r\n"))
}

// isoLayouts are RFC 3339, and what ISO 8601 allows beside it: no seconds, and an offset without a colon or without
// minutes.
var isoLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700", "2006-01-02T15:04Z07",
}

// ParseTime reads a date and time with an offset, as RFC 3339 or ISO 8601 write it.
func ParseTime(s string) (time.Time, error) {
	var first error
	for _, layout := range isoLayouts {
		moment, err := time.Parse(layout, strings.ToUpper(s))
		if err == nil {
			return moment, nil
		}
		if first == nil {
			first = err
		}
	}
	return time.Time{}, first
}
