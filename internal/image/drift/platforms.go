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

// aliases are other names of architectures, with the variant that they imply.
var aliases = map[string]string{
	"x86_64": "amd64", "x86-64": "amd64", "x64": "amd64",
	"aarch64": "arm64", "armv8": "arm64", "armhf": "arm/v7", "armv7": "arm/v7", "armv7l": "arm/v7", "armel": "arm/v6",
	"armv6": "arm/v6",
	"i386":  "386", "i486": "386", "i586": "386", "i686": "386", "x86": "386",
}

// canonical returns an architecture, perhaps with a variant, under the name that images have for it. amd64/v1 is amd64,
// and arm64/v8 is arm64.
func canonical(architecture string) string {
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

// sameArchitecture compares architectures without their variants.
func sameArchitecture(a, b string) bool {
	a, _, _ = strings.Cut(canonical(a), "/")
	b, _, _ = strings.Cut(canonical(b), "/")
	return a == b
}

// samePlatform compares whole platforms. One without a variant stands for any: linux/arm is linux/arm/v7.
func samePlatform(a, b string) bool {
	a, b = canonicalPlatform(a), canonicalPlatform(b)
	return a == b || (image.Platform{Platform: a}).Matches(b) || (image.Platform{Platform: b}).Matches(a)
}

func canonicalPlatform(platform string) string {
	system, architecture, found := strings.Cut(strings.ToLower(strings.TrimSpace(platform)), "/")
	if !found {
		return system
	}
	return system + "/" + canonical(architecture)
}
