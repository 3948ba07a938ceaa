package drift

import (
	"cmp"
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
	c.members(fieldArchitecture, entry.Architecture, architectures, sameArchitecture, knowsAllPlatforms(live))
	c.members(fieldBuildPlatforms, entry.BuildPlatforms, platforms, samePlatform, knowsAllPlatforms(live))
	told := func(d Difference) bool {
		return d.Class == PlatformRemoved && d.Field == fieldBuildPlatforms && samePlatform(*d.Catalogue, entry.Missing)
	}
	if entry.Missing != "" && !slices.ContainsFunc(c.Differences, told) {
		c.differs(fieldBuildPlatforms, &entry.Missing, nil, PlatformRemoved)
	}
}

func (c *comparison) members(field string, claimed, found []string, same func(a, b string) bool, all bool) {
	if len(claimed) == 0 || len(found) == 0 || !c.compares(field) {
		return
	}
	claimed, found = slices.Sorted(slices.Values(claimed)), slices.Sorted(slices.Values(found))
	for _, platform := range found {
		if !slices.ContainsFunc(claimed, func(claim string) bool { return same(claim, platform) }) {
			c.differs(field, nil, &platform, PlatformAdded)
		}
	}
	for _, claim := range claimed {
		if all && !slices.ContainsFunc(found, func(platform string) bool { return same(claim, platform) }) {
			c.differs(field, &claim, nil, PlatformRemoved)
		}
	}
}

// aliases are other names by which people and tools know one, with the variant that the name implies.
var aliases = map[string]string{
	"x86_64": "amd64", "x86-64": "amd64", "x64": "amd64",
	"aarch64": "arm64", "armv8": "arm64", "armhf": "arm/v7", "armv7": "arm/v7", "armv7l": "arm/v7", "armel": "arm/v6",
	"armv6": "arm/v6",
	"i386":  "386", "i486": "386", "i586": "386", "i686": "386", "x86": "386",
}

// known returns an architecture, perhaps with a variant, under the name that images have for it. The first variant of
// amd64 and the eighth of arm64 are what these are without one.
func known(architecture string) string {
	name, variant, _ := strings.Cut(strings.ToLower(strings.TrimSpace(architecture)), "/")
	name, implied, _ := strings.Cut(cmp.Or(aliases[name], name), "/")
	switch variant = cmp.Or(variant, implied); {
	case variant == "", name == "amd64" && variant == "v1", name == "arm64" && (variant == "v8" || variant == "8"):
		return name
	case name == "arm" && len(variant) == 1:
		variant = "v" + variant
	}
	return name + "/" + variant
}

// sameArchitecture compares architectures, which have no variants: what is told of one is not looked at.
func sameArchitecture(a, b string) bool {
	a, _, _ = strings.Cut(known(a), "/")
	b, _, _ = strings.Cut(known(b), "/")
	return a == b
}

// samePlatform compares whole platforms. Who names no variant means any: linux/arm is linux/arm/v7.
func samePlatform(a, b string) bool {
	a, b = knownPlatform(a), knownPlatform(b)
	return a == b || (image.Platform{Platform: a}).Matches(b) || (image.Platform{Platform: b}).Matches(a)
}

func knownPlatform(platform string) string {
	system, architecture, found := strings.Cut(strings.ToLower(strings.TrimSpace(platform)), "/")
	if !found {
		return system
	}
	return system + "/" + known(architecture)
}
