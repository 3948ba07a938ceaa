// Package measures names what the provider does so that a plan of a thousand images costs little. Each can be left out
// in a build with the tag "bench", so that `make bench` can show what it brings; in every other build all of them are
// taken. It imports nothing of ours, but for that tag.
package measures

// A Measure is one of the things that make a large plan cheap. None of them changes what a plan says.
type Measure string

// The measures, by the names that the benchmark's environment variable has.
const (
	ListSharing Measure = "list-sharing" // reads and look-ups are answered by one list
	FastPath    Measure = "fast-path"    // calls with nothing to say to people are answered without the plugin framework
	QuietLog    Measure = "quiet-log"    // without TF_LOG, no log lines are made
)

// All lists the measures in the order in which the benchmark leaves them out.
func All() []Measure { return []Measure{ListSharing, FastPath, QuietLog} }
