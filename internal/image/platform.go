package image

import (
	"fmt"
	"regexp"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// NewPlatform converts an OCI platform. The operating system and the architecture get the names that Go has for them;
// the variant stays as it is written: linux/aarch64/v8 is linux/arm64/v8.
func NewPlatform(p ocispec.Platform) Platform {
	p = named(p)
	return Platform{
		Platform: FormatPlatform(p), OS: p.OS, Architecture: p.Architecture,
		Variant: Known(p.Variant), OSVersion: Known(p.OSVersion), OSFeatures: nonEmpty(p.OSFeatures),
	}
}

// FormatPlatform writes a platform as os/architecture/variant, without the parts that are empty at its end.
func FormatPlatform(p ocispec.Platform) string {
	return strings.TrimRight(p.OS+"/"+p.Architecture+"/"+p.Variant, "/")
}

// ParsePlatform reads os/architecture or os/architecture/variant.
func ParsePlatform(text string) (ocispec.Platform, error) {
	parts := strings.Split(text, "/")
	if len(parts) == 2 {
		parts = append(parts, "")
	}
	if len(parts) == 3 && !strings.HasSuffix(text, "/") {
		platform := ocispec.Platform{OS: parts[0], Architecture: parts[1], Variant: parts[2]}
		if CheckPlatform(platform) == nil {
			return platform, nil
		}
	}
	if lower := strings.ToLower(text); lower != text {
		if _, err := ParsePlatform(lower); err == nil {
			return ocispec.Platform{}, fmt.Errorf("%q is no platform: write it in lower case, %s", text, lower)
		}
	}
	return ocispec.Platform{}, fmt.Errorf("%q is no platform: write it as os/architecture or os/architecture/variant, "+
		"such as linux/amd64 or linux/arm/v7", text)
}

// platformPart is what containerd accepts as a part of a platform, in lower case.
var platformPart = regexp.MustCompile(`^[a-z0-9_.-]+$`)

// CheckPlatform returns an error for a part of a platform that ParsePlatform does not accept. The variant may be empty.
func CheckPlatform(p ocispec.Platform) error {
	const allowed = "lower-case letters, digits, dots, dashes and underscores"
	switch {
	case !platformPart.MatchString(p.OS):
		return fmt.Errorf("%q is no operating system: give a name of %s, such as linux", p.OS, allowed)
	case !platformPart.MatchString(p.Architecture):
		return fmt.Errorf("%q is no architecture: give a name of %s, such as amd64", p.Architecture, allowed)
	case p.Variant != "" && !platformPart.MatchString(p.Variant):
		return fmt.Errorf("%q is no variant: give a name of %s, such as v7, or none", p.Variant, allowed)
	}
	return nil
}

// IsUnknown reports whether a platform is unknown/unknown, as which build tools put attestations into an index.
func IsUnknown(p ocispec.Platform) bool { return p.OS == "unknown" && p.Architecture == "unknown" }

// IsPlatform reports whether an index's entry is for a platform. What is unknown in a part cannot run.
func IsPlatform(p *ocispec.Platform) bool {
	return p != nil && p.OS != "" && p.OS != "unknown" && p.Architecture != "" && p.Architecture != "unknown"
}

// Matches reports whether a platform is the requested one, however the two are spelled. A request without a variant
// matches any variant.
func (p Platform) Matches(platform string) bool {
	_, matches := distance(p.Platform, platform)
	return matches
}

// DefaultPlatform is that of most servers and most images. It is not that of the machine that runs Terraform: a
// configuration must have the same result on a laptop and in CI.
const DefaultPlatform = "linux/amd64"

// Choose returns the platform whose facts are the image's own: the requested one; without a request linux/amd64, or
// else the first. Of several that match, such as versions of Windows, it is one whose configuration the source has, and
// of these the one that is closest to the request, such as linux/amd64 before linux/amd64/v3.
func (i *Image) Choose(platform string) *Platform {
	fallback := platform == ""
	if fallback {
		platform = DefaultPlatform
	}
	var chosen *Platform
	var closest int
	for index := range i.Platforms {
		candidate := &i.Platforms[index]
		away, matches := distance(candidate.Platform, platform)
		if !matches {
			continue
		}
		known := candidate.Config != nil
		if chosen == nil || known && chosen.Config == nil || known == (chosen.Config != nil) && away < closest {
			chosen, closest = candidate, away
		}
	}
	if chosen == nil && fallback && len(i.Platforms) > 0 {
		return &i.Platforms[0]
	}
	return chosen
}

// NotThereFor returns the text of the error for a platform that an image does not have. It lists those that the image
// has; other is the end of the sentence where it has none.
func NotThereFor(platform string, there []Platform, other string) string {
	var names []string
	for _, platform := range there {
		if platform.Platform != "" {
			names = append(names, platform.Platform)
		}
	}
	if len(names) == 0 {
		return fmt.Sprintf("it is not there for %s, or for %s", platform, other)
	}
	return fmt.Sprintf("it is not there for %s, but for %s: ask for one of these", platform, strings.Join(names, ", "))
}
