package emulator

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// The fields of images and registries that the server fills in, and those that they come from. The documents say what
// they mean (registry/namespace/name:tag; SHA-256 digest); the figures are made up, and always the same for the same
// image.
const (
	imageName      = "name"
	imageTag       = "tag"
	imageRegistry  = "registry"
	imageFullName  = "fullImageName"
	imageID        = "imageId"
	imageSize      = "size"
	imageLayers    = "layers"
	imagePullCount = "pullCount"

	registryURL         = "url"
	registryNamespace   = "namespace"
	registryImageCount  = "imageCount"
	registryTagCount    = "tagCount"
	registryConnections = "activeConnections"

	digestPrefix = "sha256:"
)

// followImage keeps the index of images by registry, and what follows from an image's name.
func (t *tenant) followImage(image *record, before map[string]any) {
	was, is := textOf(before[imageRegistry]), textOf(image.fields[imageRegistry])
	if was != "" && (was != is || image.deleted) {
		delete(t.imagesOf[was], image)
		if len(t.imagesOf[was]) == 0 {
			delete(t.imagesOf, was)
		}
	}
	if image.deleted {
		return
	}
	if is != "" {
		if t.imagesOf[is] == nil {
			t.imagesOf[is] = map[*record]struct{}{}
		}
		t.imagesOf[is][image] = struct{}{}
	}
	for _, name := range []string{imageName, imageTag, imageRegistry} {
		if before == nil || textOf(before[name]) != textOf(image.fields[name]) {
			t.deriveImage(image)
			return
		}
	}
}

// followRegistry renames the images of a registry that moved. Their versions stay: they were not written.
func (t *tenant) followRegistry(registry *record, before map[string]any) {
	if before != nil && !registry.deleted &&
		textOf(before[registryURL]) == textOf(registry.fields[registryURL]) &&
		textOf(before[registryNamespace]) == textOf(registry.fields[registryNamespace]) {
		return
	}
	for image := range t.imagesOf[registry.id()] {
		t.deriveImage(image)
	}
}

// deriveImage fills in what follows from an image's name, as far as the tenant's definition has the fields.
func (t *tenant) deriveImage(image *record) {
	full := t.fullImageName(image)
	sum := sha256.Sum256([]byte(full))
	t.fill(image, imageFullName, full)
	t.fill(image, imageID, cmp.Or(t.digest(full), digestPrefix+hex.EncodeToString(sum[:])))
	t.fill(image, imageSize, numberOf(5+int(sum[0])*4+int(sum[1])%4)) // 5 to 1028 MB
	t.fill(image, imageLayers, numberOf(1+int(sum[2])%24))
}

// fullImageName returns registry/namespace/name:tag; parts that are not set are left out.
func (t *tenant) fullImageName(image *record) string {
	var parts []string
	registry := t.objects[textOf(image.fields[imageRegistry])]
	if registry != nil && registry.entity == entity.DockerRegistry.Code {
		parts = append(parts, registryHost(textOf(registry.fields[registryURL])), textOf(registry.fields[registryNamespace]))
	}
	name := textOf(image.fields[imageName])
	if tag := textOf(image.fields[imageTag]); tag != "" {
		name += ":" + tag
	}
	var set []string
	for _, part := range append(parts, name) {
		if part = strings.Trim(part, "/"); part != "" {
			set = append(set, part)
		}
	}
	return strings.Join(set, "/")
}

// registryHost returns a registry's address without its scheme.
func registryHost(address string) string {
	if _, rest, found := strings.Cut(address, "://"); found {
		return rest
	}
	return address
}

func (t *tenant) fill(r *record, name string, value any) {
	if definition := t.definition(r.entity); definition != nil && definition.fields[name] != nil {
		r.set(name, value)
	}
}

// touch moves the metrics that move with every read. The version stays: it counts writes.
func (t *tenant) touch(r *record) {
	switch r.entity {
	case entity.DockerImage.Code:
		t.fill(r, imagePullCount, numberOf(wholeOf(r.fields[imagePullCount])+1))
	case entity.DockerRegistry.Code:
		t.fill(r, registryConnections, numberOf((wholeOf(r.fields[registryConnections])+7)%97))
	}
}

// countImages fills a registry's counts into a copy of its fields: images are distinct names, tags are entries.
func (t *tenant) countImages(registry *record, into map[string]any, definition *definition) {
	if definition.fields[registryImageCount] == nil && definition.fields[registryTagCount] == nil {
		return
	}
	images := t.imagesOf[registry.id()]
	names := make(map[string]struct{}, len(images))
	for image := range images {
		names[textOf(image.fields[imageName])] = struct{}{}
	}
	for name, count := range map[string]int{registryImageCount: len(names), registryTagCount: len(images)} {
		if definition.fields[name] != nil {
			into[name] = numberOf(count)
		}
	}
}

// render returns a record as answers show it. It is a copy; only its values are shared.
func (s *Server) render(t *tenant, r *record) map[string]any {
	definition := t.definition(r.entity)
	object := make(map[string]any, len(r.fields)+4)
	maps.Copy(object, r.fields)
	if definition == nil {
		return object
	}
	if r.entity == entity.DockerRegistry.Code {
		t.countImages(r, object, definition)
	}
	for name, field := range definition.fields {
		value, present := s.answers.spell(field, object[name])
		if present {
			object[name] = value
		} else {
			delete(object, name)
		}
	}
	return object
}

func wholeOf(value any) int64 {
	number, _ := value.(json.Number)
	whole, _ := number.Int64()
	return whole
}
