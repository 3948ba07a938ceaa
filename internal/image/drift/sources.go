package drift

import "github.com/demandflow/terraform-provider-demandflow/internal/image"

// What a source cannot know is no difference.

// knowsAllPlatforms reports whether a platform that is not there is one that the image does not have. An engine has
// what was pulled to it, which is as a rule its own platform alone, and a cluster imports one platform out of many
// unless it is told to keep the list.
func knowsAllPlatforms(live *image.Image) bool {
	return live.Source != image.SourceDockerEngine && !isOfOnePlatform(live)
}

// isOfOnePlatform reports whether a cluster has one manifest, which may be one of a list's: the list is not known then.
func isOfOnePlatform(live *image.Image) bool {
	return live.Source == image.SourceOpenShift && len(live.Platforms) <= 1
}

// cannotKnow reports whether a source has no place for a field. A cluster's metadata has none for a healthcheck, and of
// the operating system it is supposed there that it is Linux. (It has none for a shell either, but an image without one
// says nothing anyway.)
func cannotKnow(live *image.Image, field, found string) bool {
	cluster := live.OpenShift
	if cluster == nil || cluster.FactsFrom == nil || *cluster.FactsFrom != image.FactsFromMetadata {
		return false
	}
	return field == "os" || field == "healthcheck" && found == ""
}
