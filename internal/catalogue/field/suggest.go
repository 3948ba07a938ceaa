package field

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// didYouMean is a sentence (with a space before it) that names the likeliest of several names, or "" when none is
// close.
func DidYouMean(given string, names []string) string {
	name := nearestName(given, names)
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" %s mean %q?", didYou, name)
}

// didYou is how a sentence begins that names what is meant.
const didYou = "Did you"

// Suggests reports whether a message names what is meant.
func Suggests(message string) bool { return strings.Contains(message, didYou) }

// nearestName is the likeliest of several names, or "" when none is close.
func nearestName(given string, names []string) string {
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
