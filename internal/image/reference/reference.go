// Package reference parses and formats image names, tags and digests. Catalogue entries, live images and functions use
// the same spelling, so that they compare equal. It imports no other package of this module.
package reference

import (
	_ "crypto/sha256" // digests of an algorithm that is not linked count as malformed
	_ "crypto/sha512"
	"fmt"
	"strings"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
)

// ParseName reads a name as Docker does: a name without a registry is on Docker Hub.
func ParseName(text string) (reference.Named, error) {
	named, err := reference.ParseNormalizedNamed(text)
	if err == nil {
		return named, nil
	}
	advice := "write it as registry/namespace/name:tag or registry/namespace/name@sha256:…, in lower case"
	if strings.Contains(text, "://") {
		advice = "leave out the scheme: whether there is TLS is a setting of the registry"
	}
	return nil, fmt.Errorf("%q is no image reference: %w; %s", text, err, advice)
}

// Canonical returns a name in full: with its registry, and with the tag "latest" if it has neither tag nor digest. All
// spellings of a name have one canonical form.
func Canonical(named reference.Named) string { return reference.TagNameOnly(named).String() }

// Familiar returns the canonical form without what Docker adds by itself. If the short form would be read as another
// name (docker.io/localhost/app as an image of a registry called localhost), it stays long.
func Familiar(named reference.Named) string {
	named = reference.TagNameOnly(named)
	familiar := reference.FamiliarString(named)
	if again, err := reference.ParseNormalizedNamed(familiar); err != nil || again.String() != named.String() {
		return named.String()
	}
	return familiar
}

// ParseDigest reads a digest with its algorithm.
func ParseDigest(text string) (digest.Digest, error) {
	d, err := digest.Parse(text)
	if err == nil {
		return d, nil
	}
	advice := "write it as sha256: and 64 digits of 0 to 9 and a to f"
	if _, after, found := strings.Cut(text, "@"); found {
		if _, err := digest.Parse(after); err == nil {
			advice = fmt.Sprintf("leave out what is before the @: %s", after)
		}
	} else if _, err := digest.Parse(digest.Canonical.String() + ":" + text); err == nil {
		advice = "put its algorithm before it: sha256:" + text
	}
	return "", fmt.Errorf("%q is no digest: %w; %s", text, err, advice)
}

// Pinned returns the repository of a name in full with a digest, such as docker.io/library/nginx@sha256:…. A tag or
// digest of the name is left out.
func Pinned(named reference.Named, d digest.Digest) string { return named.Name() + "@" + d.String() }

// PinnedText is Pinned for a name in any spelling, such as nginx:1.27. It returns false for what is not a name.
func PinnedText(name string, d digest.Digest) (string, bool) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return "", false
	}
	return Pinned(named, d), true
}
