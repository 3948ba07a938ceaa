package catalogue

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// didYouMean is a sentence (with a space before it) that names the likeliest of several names, or "" when none is close.
func didYouMean(given string, names []string) string {
	name := nearestName(given, names)
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", name)
}

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

// nearest keeps the few objects that look most like what was asked for, the likeliest first.
type nearest struct{ found []candidate }

type candidate struct {
	title    string
	likeness float64
}

const mostCandidates = 5

// add offers an object under one of its names; an object that is there already keeps the better of its two likenesses.
func (n *nearest) add(asked, name, title string) {
	offered := candidate{title, levenshtein.Match(strings.ToLower(asked), strings.ToLower(name), nil)}
	if at := slices.IndexFunc(n.found, func(c candidate) bool { return c.title == title }); at >= 0 {
		if n.found[at].likeness >= offered.likeness {
			return
		}
		n.found = slices.Delete(n.found, at, at+1)
	}
	n.found = append(n.found, offered)
	slices.SortStableFunc(n.found, func(a, b candidate) int { return cmp.Compare(b.likeness, a.likeness) })
	n.found = n.found[:min(len(n.found), mostCandidates)]
}
