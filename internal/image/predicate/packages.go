package predicate

import (
	"encoding/json"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// packages are those of an SBOM while it is read.
type packages struct {
	document *document
	count    int
	read     []image.Package
}

func newPackages(d *document) *packages {
	p := &packages{document: d}
	if d.options.Packages {
		p.read = []image.Package{}
	}
	return p
}

// add counts a package, and reads it if it is asked for.
func (p *packages) add(v value, read func(value) image.Package) {
	p.count++
	if p.document.options.Packages && len(p.read) < MaxPackages {
		p.read = append(p.read, read(v))
	}
}

// note notes the packages in a list of the SBOM, which are unknown if it is of another type. A document of a known
// version without a list has no packages.
func (p *packages) note(s *image.SBOM, v value) {
	if !v.is(list) && (!v.is(absent) || s.FormatVersion == nil) {
		return
	}
	s.PackageCount, s.Packages = new(int64(p.count)), p.read
	if len(p.read) == MaxPackages && p.count > MaxPackages {
		p.document.note("The SBOM has %s packages. The first %s are in the list.", count(p.count), count(MaxPackages))
	}
}

// maxMember is the size of a member that a format's own type decodes, which needs a multiple of it.
const maxMember = 64 << 10

// decode decodes members of an object as a format's own type has them: a list and texts. Those of a wrong type are left
// out, with a warning.
func decode[T any](v value, listed string, texts ...string) T {
	wanted := make(map[string]json.RawMessage, len(texts)+1)
	for name, member := range v.object(append(texts, listed)...) {
		kind := text
		if name == listed {
			kind = list
		}
		switch {
		case !member.expect(kind):
		case len(member.raw) > maxMember:
			member.refuse("has more than %d bytes", maxMember)
		default:
			wanted[name] = member.raw
		}
	}
	whole, err := json.Marshal(wanted)
	if err != nil {
		return *new(T) // never: it has been parsed
	}
	decoded, unread, err := image.Decode[T](whole)
	for range unread { // it is the list: all else is a text
		value{document: v.document, path: v.member(listed)}.refuse("is of a wrong type")
	}
	if err != nil {
		return *new(T)
	}
	return decoded
}
