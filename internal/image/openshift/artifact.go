package openshift

import (
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// isImage reports whether an object without a configuration is a container image nevertheless: its layers are known
// then, and its platform is not. Charts and other artifacts have configurations and layers of other types.
func (f *facts) isImage(o *object) bool {
	switch {
	case o.DockerImageConfig != "" || len(f.layers) == 0:
		return false // the configuration was read, and is of something else
	case f.configType != "":
		return image.IsConfig(f.configType)
	case f.mediaType == image.MediaTypeDockerManifest || f.isSchema1():
		return true
	}
	return !slices.ContainsFunc(f.layers, func(layer image.Layer) bool {
		return layer.MediaType == nil || !strings.HasPrefix(*layer.MediaType, "application/vnd.oci.image.layer.") &&
			!strings.HasPrefix(*layer.MediaType, "application/vnd.docker.image.rootfs.")
	})
}
