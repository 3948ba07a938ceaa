package reference

import (
	"path"
	"slices"
	"strings"

	"github.com/distribution/reference"
)

// Parse reads an image's name as Kubernetes does (nginx is docker.io/library/nginx:latest). A separate tag counts only
// if the name has neither tag nor digest.
func Parse(name, tag string) (reference.Named, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return nil, err
	}
	if reference.IsNameOnly(named) && tag != "" {
		return reference.WithTag(named, tag)
	}
	return reference.TagNameOnly(named), nil
}

// Variants returns the spellings of an image's name that an entry may have: this one, the full and the short one.
func Variants(name string) []string {
	named, err := Parse(name, "")
	if err != nil {
		return []string{name}
	}
	all := []string{name, named.String(), reference.FamiliarString(named)}
	slices.Sort(all)
	return slices.Compact(all)
}

// LastPart returns the last part of a repository's name: nginx of docker.io/library/nginx.
func LastPart(named reference.Named) string { return path.Base(reference.Path(named)) }

// Repository returns the name in a text without its tag and digest. It does not check the text, which may be a typing
// error.
func Repository(text string) string {
	text, _, _ = strings.Cut(text, "@")
	if at := strings.LastIndexByte(text, ':'); at > strings.LastIndexByte(text, '/') {
		text = text[:at]
	}
	return text
}
