package field

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
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

// A Similar keeps the few objects whose names are most similar to the wanted ones, the most similar first.
type Similar struct {
	Wanted   []string
	Versions bool // names have a version: name:tag
	found    []candidate
}

type candidate struct {
	title    string
	likeness float64
}

// Add adds an object, by its title, if one of its names is similar.
func (s *Similar) Add(title string, names []string) {
	const most = 5
	added := candidate{title: title}
	for _, name := range names {
		for _, wanted := range s.Wanted {
			added.likeness = max(added.likeness, likeness(wanted, name, s.Versions))
		}
	}
	if added.likeness > 0 {
		s.found = append(s.found, added)
		slices.SortStableFunc(s.found, func(a, b candidate) int { return cmp.Compare(b.likeness, a.likeness) })
		s.found = s.found[:min(len(s.found), most)]
	}
}

// Titles returns the titles of the objects.
func (s *Similar) Titles() []string {
	titles := make([]string, len(s.found))
	for i, c := range s.found {
		titles[i] = c.title
	}
	return titles
}

// likeness returns how similar a name is to the wanted one, 0 where it is not. Where names have a version (name:tag),
// other versions of the wanted name come first, then the same name elsewhere.
func likeness(wanted, name string, versions bool) float64 {
	const alike, shortest = 0.5, 3
	wanted, name = strings.ToLower(wanted), strings.ToLower(name)
	likeness := levenshtein.Match(wanted, name, nil)
	if versions {
		repository, other := reference.Repository(wanted), reference.Repository(name)
		switch {
		case repository == other:
			return 2 + likeness
		case strings.HasSuffix(repository, "/"+other), strings.HasSuffix(other, "/"+repository):
			return 1 + likeness
		}
		wanted, name = repository, other
		likeness = levenshtein.Match(wanted, name, nil)
	}
	if contained := min(len(wanted), len(name)) >= shortest && (strings.Contains(wanted, name) ||
		strings.Contains(name, wanted)); likeness < alike && !contained {
		return 0
	}
	return likeness
}
