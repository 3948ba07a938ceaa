package drift

import (
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Fields of image.Catalogue that are compared platform by platform.
const (
	fieldArchitecture   = "architecture"
	fieldBuildPlatforms = "build_platforms"
)

// platforms compares the architectures and the platforms, each where the catalogue names any.
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
	c.members(fieldArchitecture, entry.Architecture, architectures, knowsAllPlatforms(live))
	c.members(fieldBuildPlatforms, entry.BuildPlatforms, platforms, knowsAllPlatforms(live))
}

func (c *comparison) members(field string, claimed, found []string, all bool) {
	if len(claimed) == 0 || len(found) == 0 || !c.compares(field) {
		return
	}
	claimed, found = slices.Sorted(slices.Values(claimed)), slices.Sorted(slices.Values(found))
	for _, platform := range found {
		if !slices.ContainsFunc(claimed, func(claim string) bool { return samePlatform(claim, platform) }) {
			c.differs(field, nil, &platform, PlatformAdded)
		}
	}
	for _, claim := range claimed {
		if all && !slices.ContainsFunc(found, func(platform string) bool { return samePlatform(claim, platform) }) {
			c.differs(field, &claim, nil, PlatformRemoved)
		}
	}
}

// samePlatform compares architectures or whole platforms. Who names no variant means any: linux/arm64 is linux/arm64/v8.
func samePlatform(a, b string) bool {
	a, b = strings.ToLower(strings.TrimSpace(a)), strings.ToLower(strings.TrimSpace(b))
	return a == b || (image.Platform{Platform: a}).Matches(b) || (image.Platform{Platform: b}).Matches(a)
}
