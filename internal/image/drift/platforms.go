package drift

import (
	"fmt"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Fields of image.Catalogue that are compared platform by platform.
const (
	fieldArchitecture   = "architecture"
	fieldBuildPlatforms = "build_platforms"
)

// platforms compares the architectures and the platforms, each if the catalogue names any.
func (c *comparison) platforms(entry Entry, live *image.Image) {
	var architectures, platforms []string
	for _, platform := range live.Platforms {
		if platform.Architecture != "" && !slices.Contains(architectures, platform.Architecture) {
			architectures = append(architectures, platform.Architecture)
		}
		if platform.Platform != "" {
			platforms = append(platforms, platform.Platform)
		}
	}
	all, nameless := knowsAllPlatforms(live), len(live.Nameless) > 0 || len(platforms) < len(live.Platforms)
	c.members(fieldArchitecture, entry.Architecture, architectures, image.SameArchitecture, all, nameless)
	c.members(fieldBuildPlatforms, entry.BuildPlatforms, platforms, image.SamePlatform, all, nameless)
	told := func(d Difference) bool {
		return d.Class == PlatformRemoved && d.Field == fieldBuildPlatforms && image.SamePlatform(*d.Catalogue, entry.Missing)
	}
	switch {
	case entry.Missing == "" || slices.Contains(c.ignore, fieldBuildPlatforms) || slices.ContainsFunc(c.Differences, told):
	case nameless:
		c.leavesOpen(fieldBuildPlatforms, fmt.Sprintf("The image %s is not there for %s under that name, but the platforms "+
			"of some of its manifests are not known.", live.Reference, entry.Missing))
	default:
		c.differs(fieldBuildPlatforms, &entry.Missing, nil, PlatformRemoved)
	}
}

// members compares the elements of two lists. If the source does not know all elements of the image (all), none is
// missing; if it has some whose names it does not know (nameless), one may be among these.
func (c *comparison) members(field string, claimed, found []string, same func(a, b string) bool, all, nameless bool) {
	if len(claimed) == 0 || len(found) == 0 || !c.compares(field) {
		return
	}
	claimed, found = slices.Sorted(slices.Values(claimed)), slices.Sorted(slices.Values(found))
	for _, platform := range found {
		if !slices.ContainsFunc(claimed, func(claim string) bool { return same(claim, platform) }) {
			c.differs(field, nil, &platform, PlatformAdded)
		}
	}
	var open []string
	for _, claim := range claimed {
		switch {
		case slices.ContainsFunc(found, func(platform string) bool { return same(claim, platform) }):
		case all && nameless:
			open = append(open, claim)
		case all:
			c.differs(field, &claim, nil, PlatformRemoved)
		}
	}
	if len(open) > 0 {
		c.leavesOpen(field, fmt.Sprintf("The catalogue has %s, not among the platforms that are known of the live image, "+
			"but the platforms of some of its manifests are not known.", strings.Join(open, ", ")))
	}
}

// unnamed returns the fields of which an image with a configuration leaves out its part.
func unnamed(live *image.Image) (fields []string) {
	if len(live.Nameless) > 0 || slices.ContainsFunc(live.Platforms,
		func(p image.Platform) bool { return p.Platform == "" || p.Architecture == "" }) {
		fields = []string{fieldArchitecture, fieldBuildPlatforms}
	}
	if live.Catalogue.OS == nil {
		fields = append(fields, "os")
	}
	return fields
}
