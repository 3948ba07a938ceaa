package predicate

import (
	"cmp"
	"crypto/sha256"
	"iter"
	"maps"
	"slices"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// findings counts what a scanner found: each vulnerability once for each version of a package.
type findings struct {
	document *document
	worst    map[[16]byte]severity // by a digest of vulnerability and package: a report may have a million of them
	ids      map[string]severity   // no more than twice as many as are returned
	cut      bool                  // whether ids were left out
	unread   bool                  // whether there is more, of a wrong type
}

// each returns the objects in a list.
func (f *findings) each(v value) iter.Seq[value] {
	return func(yield func(value) bool) {
		if !v.is(list) && !v.is(absent) {
			f.unread = true
		}
		for one := range v.elements() {
			switch {
			case !one.expect(object):
				f.unread = f.unread || !one.is(absent)
			case !yield(one):
				return
			}
		}
	}
}

// add counts a finding of a vulnerability in something, such as the name and version of a package. One without an id
// is counted too: it was found.
func (f *findings) add(finding value, id *string, worst severity, in ...value) {
	hash := sha256.New()
	if id == nil {
		in = []value{finding}
	} else {
		hash.Write([]byte(*id))
	}
	for _, part := range in {
		hash.Write([]byte{'\n'}) // it is in no text of JSON
		hash.Write(part.raw)
	}
	key := [16]byte(hash.Sum(nil))
	if f.worst == nil {
		f.worst, f.ids = map[[16]byte]severity{}, map[string]severity{}
	}
	f.worst[key] = max(f.worst[key], worst)
	if id == nil {
		return
	}
	f.ids[*id] = max(f.ids[*id], worst)
	if len(f.ids) > 2*MaxVulnerabilities {
		f.keepWorst()
	}
}

// keepWorst leaves out ids of the lowest severity. It may be called as often as needed: an id that was left out comes
// back with a higher one.
func (f *findings) keepWorst() {
	if len(f.ids) <= MaxVulnerabilities {
		return
	}
	f.cut = true
	ids := slices.SortedFunc(maps.Keys(f.ids), func(a, b string) int {
		return cmp.Or(cmp.Compare(f.ids[b], f.ids[a]), cmp.Compare(a, b))
	})
	for _, id := range ids[MaxVulnerabilities:] {
		delete(f.ids, id)
	}
}

// note notes the numbers and ids in a scan. A number that leaves out findings would be too low, and is unknown.
func (f *findings) note(s *image.Scan) {
	var counts [severities]int64
	for _, worst := range f.worst {
		counts[worst]++
	}
	if f.unread {
		f.document.note("Some findings of the scan cannot be read. Their number is unknown.")
	} else {
		s.CriticalCount, s.HighCount = new(counts[critical]), new(counts[high])
		s.MediumCount, s.LowCount = new(counts[medium]), new(counts[low])
		s.NegligibleCount, s.UnknownCount = new(counts[negligible]), new(counts[unknown])
	}
	f.keepWorst()
	s.Vulnerabilities = slices.AppendSeq([]string{}, maps.Keys(f.ids))
	slices.Sort(s.Vulnerabilities)
	if f.cut {
		f.document.note("The scan has more than %s vulnerabilities. Those of the highest severity are in the list.",
			count(MaxVulnerabilities))
	}
}
