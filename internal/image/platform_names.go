package image

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// architectures are other names of architectures, with the variant that they imply. The first ones are those that
// containerd knows, the others are written by people and by operating systems.
var architectures = map[string]string{
	"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm/v7", "armel": "arm/v6", "i386": "386",

	"x64": "amd64", "armv8": "arm64", "armv7": "arm/v7", "armv7l": "arm/v7", "armv6": "arm/v6", "armv6l": "arm/v6",
	"i486": "386", "i586": "386", "i686": "386", "x86": "386",
}

// SamePlatform reports whether two texts name one platform. One without a variant stands for any variant.
func SamePlatform(a, b string) bool {
	return a == b || Platform{Platform: a}.Matches(b) || Platform{Platform: b}.Matches(a)
}

// SameArchitecture reports whether two texts name one architecture. Variants are not compared.
func SameArchitecture(a, b string) bool {
	plain := func(text string) string {
		architecture, _, _ := strings.Cut(text, "/")
		return named(ocispec.Platform{Architecture: architecture}).Architecture
	}
	return plain(a) == plain(b)
}

// normalizePlatform returns the one spelling of a platform, as containerd has it: x86_64 and amd64/v1 are amd64,
// arm64/v8 is arm64, arm is arm/v7.
func normalizePlatform(p ocispec.Platform) ocispec.Platform {
	p = named(p)
	switch p.Architecture + "/" + p.Variant {
	case "amd64/v1", "arm64/8", "arm64/v8", "arm64/v8.0":
		p.Variant = ""
	case "arm64/9", "arm64/9.0", "arm64/v9.0":
		p.Variant = "v9"
	case "arm/":
		p.Variant = "v7"
	case "arm/5", "arm/6", "arm/7", "arm/8":
		p.Variant = "v" + p.Variant
	}
	return p
}

// named returns a platform with the names that Go has for its operating system and architecture. It adds a variant only
// where the architecture's other name implies one.
func named(p ocispec.Platform) ocispec.Platform {
	plain := func(text string) string { return strings.ToLower(strings.TrimSpace(text)) }
	p.OS, p.Architecture, p.Variant = plain(p.OS), plain(p.Architecture), plain(p.Variant)
	if p.OS == "macos" {
		p.OS = "darwin"
	}
	if known, ok := architectures[p.Architecture]; ok {
		name, implied, _ := strings.Cut(known, "/")
		p.Architecture, p.Variant = name, cmp.Or(p.Variant, implied)
	}
	return p
}

// partsOf returns the parts of a platform that is written as os/architecture/variant. It accepts any text.
func partsOf(text string) ocispec.Platform {
	system, rest, _ := strings.Cut(text, "/")
	architecture, variant, _ := strings.Cut(rest, "/")
	return named(ocispec.Platform{OS: system, Architecture: architecture, Variant: variant})
}

// distance returns how far a platform is from the requested one: 0 for the platform itself. It returns false if it is
// another one. A request without a variant matches any: first the variants that run where the requested one does, the
// next one first, and then those that need more.
func distance(platform, wanted string) (int, bool) {
	have, want := partsOf(platform), partsOf(wanted)
	anyVariant := want.Variant == ""
	have, want = normalizePlatform(have), normalizePlatform(want)
	switch {
	case have.OS != want.OS || have.Architecture != want.Architecture:
		return 0, false
	case have.Variant == want.Variant:
		return 0, true
	case !anyVariant:
		return 0, false
	}
	const needsMore = 1_000_000 // farther than any that does not
	more := level(have) - level(want)
	if more > 0 {
		return needsMore + more, true
	}
	return max(-more, 1), true // only the platform itself is at no distance
}

// level returns the number of a normalized platform's variant: 802 for v8.2. An unknown variant needs more than all
// others.
func level(p ocispec.Platform) int {
	const minors, unknown = 100, 10_000
	if p.Variant == "" {
		return map[string]int{"amd64": 1, "arm64": 8}[p.Architecture] * minors
	}
	major, minor, _ := strings.Cut(strings.TrimPrefix(p.Variant, "v"), ".")
	number, err := strconv.Atoi(major)
	below, errBelow := strconv.Atoi(cmp.Or(minor, "0"))
	if errors.Join(err, errBelow) != nil || number < 0 || number >= unknown/minors || below < 0 || below >= minors {
		return unknown
	}
	return number*minors + below
}
