package drift

import "github.com/demandflow/terraform-provider-demandflow/internal/image"

// What a source cannot know is not a difference.

// knowsAllPlatforms reports whether the source knows all platforms of the image. An engine has those that were pulled,
// usually only its own, and a cluster imports one platform of many unless it keeps the list.
func knowsAllPlatforms(live *image.Image) bool {
	return live.Source != image.SourceDockerEngine && !isOfOnePlatform(live)
}

// isOfOnePlatform reports whether a cluster has one manifest. It may be one of an index that the cluster does not know.
func isOfOnePlatform(live *image.Image) bool {
	return live.Source == image.SourceOpenShift && len(live.Platforms) <= 1
}

// cannotKnow reports whether a source does not store a field. A cluster's metadata has no healthcheck, and the
// operating system is assumed to be Linux. (It has no shell either, but the absence of a shell is not compared.)
func cannotKnow(live *image.Image, field, found string) bool {
	cluster := live.OpenShift
	if cluster == nil || cluster.FactsFrom == nil || *cluster.FactsFrom != image.FactsFromMetadata {
		return false
	}
	return field == "os" || field == "healthcheck" && found == ""
}
