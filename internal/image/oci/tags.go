package oci

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"github.com/distribution/reference"
	"github.com/hashicorp/go-version"

	spelling "github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// besideImages are the tags under which tools store the referrers of an image.
var besideImages = regexp.MustCompile(`^sha(256-[0-9a-f]{64}|512-[0-9a-f]{64}|512-[0-9a-f]{128})(\.[a-z]+)?$`)

// A tagChoice is parsed TagOptions.
type tagChoice struct {
	constraint *spelling.TagConstraint // may be nil
	expression *regexp.Regexp
	bySemVer   bool
	limit      int
	all        bool
}

func parseTagOptions(repository string, options TagOptions) (reference.Named, *tagChoice, error) {
	named, err := spelling.ParseName(repository)
	if err != nil {
		return nil, nil, err
	}
	if !reference.IsNameOnly(named) {
		return nil, nil, fmt.Errorf("%q is one image: leave out the tag or digest to name the repository", repository)
	}
	choice := &tagChoice{limit: options.Limit, all: options.All}
	if options.Limit < 0 {
		return nil, nil, fmt.Errorf("a limit of %d makes no sense: leave it out for all tags", options.Limit)
	}
	if options.SemVer != "" {
		if choice.constraint, err = spelling.ParseTagConstraint(options.SemVer); err != nil {
			return nil, nil, err
		}
	}
	if options.Regex != "" {
		if choice.expression, err = regexp.Compile(options.Regex); err != nil {
			return nil, nil, fmt.Errorf("%q is no regular expression: %w", options.Regex, err)
		}
	}
	switch options.OrderBy {
	case OrderSemVer:
		choice.bySemVer = true
	case OrderLexical:
	case "":
		choice.bySemVer = options.SemVer != ""
	default:
		return nil, nil, fmt.Errorf("%q is no order: there are %s and %s", options.OrderBy, OrderSemVer, OrderLexical)
	}
	return named, choice, nil
}

// of returns the tags that match, in order.
func (c *tagChoice) of(tags []string) []string {
	type tagged struct {
		tag     string
		version *version.Version // nil if it is none
	}
	var matching []tagged
	for _, tag := range tags {
		known := spelling.TagVersion(tag)
		switch {
		case !c.all && besideImages.MatchString(tag):
		case c.expression != nil && !c.expression.MatchString(tag):
		case c.constraint != nil && !c.constraint.Allows(known):
		default:
			matching = append(matching, tagged{tag, known})
		}
	}
	slices.SortFunc(matching, func(a, b tagged) int {
		if c.bySemVer {
			switch {
			case a.version != nil && b.version != nil:
				if order := b.version.Compare(a.version); order != 0 {
					return order
				}
			case a.version != nil:
				return -1
			case b.version != nil:
				return 1
			}
		}
		return cmp.Compare(b.tag, a.tag) // 1.0.0 before 1.0, which is the same version
	})
	result := []string{}
	for _, one := range slices.CompactFunc(matching, func(a, b tagged) bool { return a.tag == b.tag }) {
		if c.limit > 0 && len(result) == c.limit {
			break
		}
		result = append(result, one.tag)
	}
	return result
}
