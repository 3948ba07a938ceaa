package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// chosen returns the platform for the image's own facts: one whose configuration the engine has, and of those that
// match the request the closest. Without a request it may also be one of which the engine has only the content, or ""
// for what is no image of any platform; a warning says so.
func (r reading) chosen(i *image.Image, found *inspection) (string, error) {
	r.warnOfMixed(i, found)
	wanted := r.options.Platform
	closest := i.Choose(cmp.Or(wanted, image.DefaultPlatform))
	if closest != nil && closest.Config != nil {
		return closest.Platform, nil
	}
	var read, listed []string
	for _, platform := range i.Platforms {
		listed = append(listed, platform.Platform)
		if platform.Config != nil {
			read = append(read, platform.Platform)
		}
	}
	mixed := closest != nil && slices.Contains(found.mixed, textOf(closest.Digest))
	switch {
	case wanted == "" && mixed:
		return closest.Platform, nil // which has no configuration: that of another platform is another image's
	case wanted == "":
		for _, platform := range i.Platforms {
			if platform.Config != nil && runs(found, platform) {
				return platform.Platform, nil
			}
		}
		if len(read) > 0 {
			return read[0], nil
		}
	}
	there := contentOf(found, wanted)
	failure := image.Cannot(r.doing+" at "+r.endpoint.String(), "", "", nil)
	switch {
	case wanted == "" && len(found.mixed) > 0:
		return there[0], nil
	case wanted == "" && len(there) > 0:
		r.warn("Configuration is not known", fmt.Sprintf("The engine has %s for %s, but it can only inspect its own "+
			"platform. %s.", i.Reference, strings.Join(there, ", "), r.adviceOnAPI("1.49 (Docker 28.1)")))
		return there[0], nil
	case len(listed) == 0:
		return "", r.withoutPlatform(i, found, failure)
	case wanted != "" && closest == nil:
		failure.Said, failure.Cause = "it is not there for "+wanted, image.ErrNoPlatform
		failure.Advice = "The platforms that it is there for: " + strings.Join(listed, ", ")
	case mixed:
		failure.Said, failure.Cause = "the engine has it for "+closest.Platform+", and its answers do not say which of "+
			"several images for this architecture they are about", image.ErrNoPlatform
		failure.Advice = r.adviceOnMixed(listed)
	case len(there) > 0:
		failure.Said, failure.Cause = "the engine has its platform "+wanted+", but can only inspect its own",
			image.ErrNoPlatform
		failure.Advice = r.adviceOnAPI("1.49 (Docker 28.1)")
	default:
		failure.Said = "the engine knows its name and platforms, but the content of none of them was pulled"
		if wanted != "" {
			failure.Said = "the engine knows its name and platforms, but the content of " + wanted + " was never pulled"
		}
		failure.Advice = "Pull it there: docker pull --platform " + i.Choose(wanted).Platform + " " + i.Reference
	}
	return "", failure
}

// warnOfMixed warns of platforms whose configurations are not known because the engine does not tell them apart.
func (r reading) warnOfMixed(i *image.Image, found *inspection) {
	if len(found.mixed) == 0 {
		return
	}
	var names []string
	for _, platform := range i.Platforms {
		if slices.Contains(found.mixed, textOf(platform.Digest)) {
			names = append(names, strings.TrimSpace(platform.Platform+" "+textOf(platform.OSVersion)))
		}
	}
	r.warn("Configuration is not known", fmt.Sprintf("Of %s the engine has several images for one architecture, and its "+
		"answers do not say which of them they are about, so that the configuration for %s is null. %s.", i.Reference,
		strings.Join(slices.Compact(names), ", "), r.adviceOnMixed(names)))
}

// adviceOnMixed returns what to do about images that the engine does not tell apart. Those of one platform can never be
// asked for one by one.
func (r reading) adviceOnMixed(platforms []string) string {
	if different := slices.Compact(slices.Sorted(slices.Values(platforms))); !speaks(r.api, "1.49") &&
		len(different) == len(platforms) {
		return r.adviceOnAPI("1.49 (Docker 28.1)")
	}
	return "Read the image from its registry (demandflow_oci_image)"
}

// contentOf returns the platforms whose content the engine has, of those that match.
func contentOf(found *inspection, wanted string) (platforms []string) {
	for _, m := range imageManifests(found) {
		platform := image.NewPlatform(platformOf(m))
		if m.Available && (wanted == "" || platform.Matches(wanted)) {
			platforms = append(platforms, platform.Platform)
		}
	}
	return platforms
}

// withoutPlatform warns of an image of which the engine reports no platform, or returns the failure if one is
// requested.
func (r reading) withoutPlatform(i *image.Image, found *inspection, failure *wire.Error) error {
	kind := "it is no container image, but another artifact"
	advice := ""
	switch {
	case found.Descriptor == nil:
		kind = "it is an artifact, or an index without images, or the content for the engine's own platform was not " +
			"pulled: which of them, this version of the API does not say"
		advice = r.adviceOnAPI("1.48 (Docker 28)")
	case image.IsIndex(found.Descriptor.MediaType):
		kind = "its index has no image for any platform"
	case slices.ContainsFunc(found.Manifests, func(m api.ManifestSummary) bool { return m.Kind == api.ManifestKindImage }):
		kind = "its configuration was not pulled, or names no platform"
	}
	if wanted := r.options.Platform; wanted != "" {
		failure.Said, failure.Cause = fmt.Sprintf("the engine reports no platform of it, so not %s: %s", wanted, kind),
			image.ErrNoPlatform
		failure.Advice = advice
		return failure
	}
	detail := fmt.Sprintf("The engine reports neither platforms nor a configuration of %s: %s.", i.Reference, kind)
	if advice != "" {
		detail += " " + advice + "."
	}
	r.warn("Image without a platform", detail)
	return nil
}

// warn passes on a warning about an image that is returned nevertheless.
func (r reading) warn(summary, detail string) {
	if r.options.Warn != nil {
		r.options.Warn(image.Warning{Summary: summary, Detail: detail})
	}
}

// adviceOnAPI returns what to do for what only a newer API has.
func (r reading) adviceOnAPI(needed string) string {
	if pinned := r.pinned(); pinned != "" {
		return "That needs API " + needed + ", and " + client.EnvOverrideAPIVersion + " is set to " + pinned + ": unset it"
	}
	return "That needs API " + needed + ", and this engine speaks " + r.api.ClientVersion()
}

// pinned returns the version of the API that the environment requires, "" for none.
func (c *Client) pinned() string { return strings.TrimSpace(c.getenv(client.EnvOverrideAPIVersion)) }
