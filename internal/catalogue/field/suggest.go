package field

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// DidYouMean is a sentence (with a space before it) that names the likeliest of several names, or "" when none is
// close.
func DidYouMean(given string, names []string) string {
	name := mostSimilar(given, names)
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" %s mean %q?", suggestion, name)
}

// suggestion is how a sentence begins that names what is meant.
const suggestion = "Did you"

// Suggests reports whether a message names what is meant.
func Suggests(message string) bool { return strings.Contains(message, suggestion) }

// mostSimilar returns the most similar of several names, or "" when none is close.
func mostSimilar(given string, names []string) string {
	const alike = 0.6 // similarity from 0 to 1, above which two short names look like a slip of the finger
	best, name := alike, ""
	for _, candidate := range names {
		likeness := levenshtein.Match(strings.ToLower(given), strings.ToLower(candidate), nil)
		if likeness > best {
			best, name = likeness, candidate
		}
	}
	return name
}
