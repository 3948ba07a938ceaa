package chaos

import (
	"fmt"
	"strings"
)

// figures count what walks did.
type figures struct {
	steps, runs int
	writes      [targets]int // requests that wrote
	did         [stepKinds]int
	hits        [faultKinds]int
}

func (f *figures) add(other figures) {
	f.steps += other.steps
	f.runs += other.runs
	for i := range f.writes {
		f.writes[i] += other.writes[i]
	}
	for i := range f.did {
		f.did[i] += other.did[i]
	}
	for i := range f.hits {
		f.hits[i] += other.hits[i]
	}
}

// String returns the closing figures.
func (f *figures) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d steps, %d runs of Terraform, %d creates, %d updates, %d deletes\nsteps: ", f.steps, f.runs,
		f.writes[posts], f.writes[patches], f.writes[deletes])
	for d, n := range f.did {
		fmt.Fprintf(&b, "%s %d, ", stepKind(d), n)
	}
	fmt.Fprintf(&b, "\nfaults: ")
	for t, n := range f.hits {
		fmt.Fprintf(&b, "%s %d, ", faultKind(t), n)
	}
	return b.String()
}
