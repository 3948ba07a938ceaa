package header

import (
	"strings"
	"testing"
)

func TestParseLinks_refusesMoreThanItsLimit(t *testing.T) {
	t.Parallel()
	const next = `</next>; rel="next"`
	fits := strings.Repeat(",", maxLinks-len(next))
	if links, whole := ParseLinks([]string{fits, next}); !whole || len(links) != 1 || !links[0].IsNext() {
		t.Errorf("at the limit: %v, %t", links, whole)
	}
	for _, values := range [][]string{{fits + ",", next}, {fits + "," + next}, {strings.Repeat("<,", 1<<19)}} {
		if links, whole := ParseLinks(values); whole || links != nil {
			t.Errorf("over the limit: %d links, %t", len(links), whole)
		}
	}
}

// What is read costs in proportion to its length.
func TestParseLinks_copiesNoTargetForEachOfItsCommas(t *testing.T) {
	text := strings.Repeat("a,", maxLinks/2)
	if count := testing.AllocsPerRun(1, func() { ParseLinks([]string{text}) }); count > 100 {
		t.Errorf("%d bytes take %v allocations", len(text), count)
	}
}

func TestParseLinks_readsBracketsThatCloseBeforeOneThatDoesNot(t *testing.T) {
	t.Parallel()
	links, _ := ParseLinks([]string{`</a>; rel=x, </b; rel=y, </c; rel=next`, `</d>`})
	var targets []string
	for _, l := range links {
		targets = append(targets, l.Target)
	}
	if got := strings.Join(targets, " "); got != "/a /b /c /d" || !links[2].IsNext() {
		t.Errorf("read as %q", got)
	}
}
