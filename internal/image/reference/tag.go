package reference

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/distribution/reference"
	"github.com/hashicorp/go-version"
)

// A TagConstraint chooses tags by the versions that they are.
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

// Allows reports whether a version is within the constraint. Nil, a tag's that is no version, is not.
func (c *TagConstraint) Allows(v *version.Version) bool { return v != nil && c.constraints.Check(v) }

// versions are tags that can be versions: with a dot, and of numbers that people count up to. A lone number is a
// build's, a date or a moving tag (20240115, 4711000, 1), and would be higher than any version.
var versions = regexp.MustCompile(`^v?[0-9]{1,5}\.[0-9]`)

// TagVersion returns the version that a tag is, with or without a v before it, or nil.
func TagVersion(tag string) *version.Version {
	known, err := version.NewVersion(tag)
	if err != nil || !versions.MatchString(tag) {
		return nil
	}
	return known
}

// anyImage carries a tag to the grammar's check, which wants a whole reference.
var anyImage, _ = reference.WithName("registry.invalid/image")

// CheckTag says what is wrong with what cannot be a tag.
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
