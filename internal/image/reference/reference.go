// Package reference spells images: each thing has one spelling, which entries of the catalogue, live images and
// functions share, so that they compare equal. It is text alone, and imports nothing of ours.
package reference

import (
	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
)

// Pinned returns the repository of a name in full, with a digest in place of its tag, and of the digest that it may
// have: docker.io/library/nginx@sha256:….
func Pinned(named reference.Named, d digest.Digest) string { return named.Name() + "@" + d.String() }

// PinnedText returns Pinned for a name as people and records write it, such as nginx:1.27. False means that it is not a
// name.
func PinnedText(name string, d digest.Digest) (string, bool) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return "", false
	}
	return Pinned(named, d), true
}
