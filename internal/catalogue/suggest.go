package catalogue

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// nearest keeps the few objects that look most like what was asked for, the likeliest first.
type nearest struct{ found []candidate }

type candidate struct {
	title    string
	likeness float64
}

const mostCandidates = 5

// add offers an object; one that is there already keeps the better of its two likenesses. What is not alike is not
// kept.
func (n *nearest) add(likeness float64, title string) {
	if likeness <= 0 {
		return
	}
	offered := candidate{title, likeness}
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

// likeness is how much a name looks like what was asked for, 0 where it is something else. Where names have a part that
// tells versions apart (name:tag), the versions of what was asked for come first, then what is the same but for where
// it is.
func (t *table) likeness(asked, name string) float64 {
	const alike, shortest = 0.5, 3
	asked, name = strings.ToLower(asked), strings.ToLower(name)
	likeness := levenshtein.Match(asked, name, nil)
	if t.hasVersions() {
		repository, other := reference.Repository(asked), reference.Repository(name)
		switch {
		case repository == other:
			return 2 + likeness
		case strings.HasSuffix(repository, "/"+other), strings.HasSuffix(other, "/"+repository):
			return 1 + likeness
		}
		asked, name = repository, other
		likeness = levenshtein.Match(asked, name, nil)
	}
	if contained := min(len(asked), len(name)) >= shortest && (strings.Contains(asked, name) ||
		strings.Contains(name, asked)); likeness < alike && !contained {
		return 0
	}
	return likeness
}

// hasVersions reports whether objects of one name are told apart by further fields.
func (t *table) hasVersions() bool {
	return slices.ContainsFunc(t.Keys, func(key entity.Key) bool { return len(key.Fields) > 1 })
}
