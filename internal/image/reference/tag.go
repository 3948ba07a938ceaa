package reference

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/distribution/reference"
	"github.com/hashicorp/go-version"
)

// A TagConstraint selects tags by version.
type TagConstraint struct{ constraints version.Constraints }

// ParseTagConstraint reads a constraint as Terraform writes those of providers: ">= 1.4, < 2".
func ParseTagConstraint(text string) (*TagConstraint, error) {
	constraints, err := version.NewConstraint(text)
	for one := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(one) == "" { // the library quotes what is malformed, and here that is nothing
			err = errors.New("a constraint is empty")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%q is no version constraint: %w; write it as in >= 1.4, < 2", text, err)
	}
	return &TagConstraint{constraints}, nil
}

// Allows reports whether a version satisfies the constraint. nil, for a tag that is not a version, does not.
func (c *TagConstraint) Allows(v *version.Version) bool { return v != nil && c.constraints.Check(v) }

// versions are tags that can be versions: with a dot, and with numbers of a few digits. A number alone is a build, a
// date or a moving tag (20240115, 4711000, 1), and would be higher than any version.
var versions = regexp.MustCompile(`^v?[0-9]{1,5}\.[0-9]`)

// TagVersion returns the version that a tag is, with or without a v before it, or nil.
func TagVersion(tag string) *version.Version {
	known, err := version.NewVersion(tag)
	if err != nil || !versions.MatchString(tag) {
		return nil
	}
	return known
}

// anyImage is for checking a tag: the library checks whole references only.
var anyImage, _ = reference.WithName("registry.invalid/image")

// CheckTag returns an error for a text that cannot be a tag.
func CheckTag(text string) error {
	if _, err := reference.WithTag(anyImage, text); err == nil {
		return nil
	}
	advice := "a tag has up to 128 letters, digits, dots, dashes and underscores, and starts with none of dot and dash"
	if strings.ContainsAny(text, "/:@") {
		advice = "give the tag alone, without the image's name or digest"
	}
	return fmt.Errorf("%q is no tag: %s", text, advice)
}
