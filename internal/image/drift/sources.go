package drift

import (
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

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

// cannotKnow reports whether a field could not be read, or its source does not store it. A cluster's metadata has no
// healthcheck, and the operating system is assumed to be Linux. (It has no shell either, but the absence of a shell is
// not compared.)
func cannotKnow(live *image.Image, field, found string) bool {
	if couldNotRead(live, field) {
		return true
	}
	cluster := live.OpenShift
	if cluster == nil || cluster.FactsFrom == nil || *cluster.FactsFrom != image.FactsFromMetadata {
		return false
	}
	return field == "os" || field == "healthcheck" && found == ""
}

// couldNotRead reports whether the image has a malformed value where a field is read from. What is left of a list of
// labels is not all of them; of a field that is read from one label, absence is not compared.
func couldNotRead(live *image.Image, field string) bool {
	member := strings.ReplaceAll(field, "_", "") // as in "config.WorkingDir", in any case
	return slices.ContainsFunc(live.Unread, func(name string) bool {
		name = strings.ToLower(name)
		inner, ofConfig := strings.CutPrefix(name, "config.")
		first, _, _ := strings.Cut(inner, ".")
		return name == "config" && field != "os" || ofConfig && first == member || name == "os" && field == "os"
	})
}
