package openshift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Origins of an image's configuration.
const (
	fromConfig   = "config"
	fromManifest = "manifest"
	fromMetadata = image.FactsFromMetadata
)

// facts are what an object has of the image itself: of one platform, or of those of a list.
type facts struct {
	from         string
	mediaType    string
	annotations  map[string]string
	configDigest string
	configType   string // media type of the configuration, as the manifest has it
	platform     ocispec.Platform
	createdAt    *string
	author       string
	config       *dockerspec.DockerOCIImageConfig
	layers       []image.Layer
	size         *int64
	history      []image.HistoryEntry
	unread       []string     // names of values of the configuration that could not be read
	docker       *dockerImage // the metadata, may be nil
	// unreadMetadata has the names of values of the metadata, which is read also where there is a configuration.
	unreadMetadata []string
	version        string // of the metadata

	isList       bool
	platforms    []image.Platform
	attestations []image.Statement
	nameless     []string // digests of manifests without a platform
}

// newFacts reads the manifest and the configuration, which are complete, or the metadata if the cluster does not store
// them. What cannot be read is an error, so that half of the facts do not pass for all of them.
func newFacts(o *object) (*facts, error) {
	f := &facts{mediaType: o.DockerImageManifestMediaType}
	if err := f.readMetadata(o); err != nil {
		return nil, err
	}
	var manifest *ocispec.Manifest
	if o.DockerImageManifest != "" {
		var err error
		if manifest, err = f.readManifest(o); err != nil {
			return nil, fmt.Errorf("its dockerImageManifest cannot be read: %w", err)
		}
	}
	if f.isList = f.isList || len(o.DockerImageManifests) > 0 || image.IsIndex(f.mediaType); f.isList {
		if f.platforms == nil {
			f.readManifests(o)
		}
		return f, nil
	}
	if err := f.readConfig(o); err != nil {
		return nil, fmt.Errorf("its dockerImageConfig cannot be read: %w", err)
	}
	if f.from == "" && f.docker != nil && (f.docker.Config != nil || f.docker.Architecture != "") {
		f.take(f.docker)
		f.from, f.unread = fromMetadata, f.unreadMetadata
	}
	f.readLayers(o, manifest)
	if f.configDigest == "" && !f.isSchema1() {
		f.configDigest = configDigest(o, f.docker)
	}
	return f, nil
}

func (f *facts) isSchema1() bool { return strings.HasPrefix(f.mediaType, image.MediaTypeDockerSchema1) }

// readManifest reads the raw manifest of any kind, and returns that of an image.
func (f *facts) readManifest(o *object) (*ocispec.Manifest, error) {
	text := []byte(o.DockerImageManifest)
	var kind struct {
		SchemaVersion int             `json:"schemaVersion"`
		MediaType     string          `json:"mediaType"`
		Manifests     json.RawMessage `json:"manifests"`
	}
	if err := json.Unmarshal(text, &kind); err != nil {
		return nil, err
	}
	if f.mediaType == "" {
		f.mediaType = kind.MediaType
	}
	switch {
	case kind.SchemaVersion == 1:
		if f.mediaType == "" {
			f.mediaType = image.MediaTypeDockerSchema1 + "json"
		}
		return nil, f.readSchema1(text)
	case len(kind.Manifests) > 0:
		if f.mediaType == "" {
			f.mediaType = ocispec.MediaTypeImageIndex
		}
		var index ocispec.Index
		if err := json.Unmarshal(text, &index); err != nil {
			return nil, err
		}
		f.readIndex(&index)
		return nil, nil
	}
	if f.mediaType == "" {
		f.mediaType = ocispec.MediaTypeImageManifest
	}
	manifest := &ocispec.Manifest{}
	if err := json.Unmarshal(text, manifest); err != nil {
		return nil, err
	}
	f.annotations, f.configDigest = manifest.Annotations, manifest.Config.Digest.String()
	f.configType = manifest.Config.MediaType
	return manifest, nil
}

// readConfig reads the raw configuration. That of charts and other artifacts has no platform, and is left out.
func (f *facts) readConfig(o *object) error {
	if o.DockerImageConfig == "" {
		return nil
	}
	config, err := image.ReadDocument([]byte(o.DockerImageConfig))
	if err != nil {
		return err
	}
	if config.OS == "" && config.Architecture == "" {
		return nil
	}
	f.unread = config.Unread
	f.from, f.platform, f.author, f.config = fromConfig, config.Platform, config.Author, &config.Config
	f.createdAt = image.InstantOf(config.Created)
	f.history = append(f.history, image.NewHistory(config.History)...)
	for _, id := range config.RootFS.DiffIDs {
		f.layers = append(f.layers, image.Layer{DiffID: new(id.String())})
	}
	return nil
}

// readLayers takes the layers from the manifest, or else from the object's own list. They keep the diff ids of the
// configuration if there is one for each.
func (f *facts) readLayers(o *object, manifest *ocispec.Manifest) {
	contents := f.layers
	var layers []image.Layer
	switch {
	case manifest != nil:
		layers = append(layers, image.NewLayers(manifest.Layers)...)
	case len(o.DockerImageLayers) > 0:
		for _, l := range o.DockerImageLayers {
			layer := image.Layer{Digest: image.Known(l.Name), MediaType: image.Known(l.MediaType)}
			if l.Size > 0 {
				layer.Size = new(l.Size)
			}
			layers = append(layers, layer)
		}
		if topFirst(o, f.mediaType) {
			slices.Reverse(layers)
		}
	default:
		return // with the layers of a manifest of schema 1 or of the configuration
	}
	if len(contents) == len(layers) {
		for index := range layers {
			layers[index].DiffID = contents[index].DiffID
		}
	}
	f.layers = layers
	size := int64(0)
	for _, layer := range layers {
		if layer.Size == nil {
			return // the old registry did not count
		}
		size += *layer.Size
	}
	f.size = &size
}

// annotationOfOrder has the order of an object's layers. Older objects, without it, list them lowest first for schema
// 1, and top first for schema 2: the cluster reversed both.
const annotationOfOrder = "image.openshift.io/dockerLayersOrder"

func topFirst(o *object, mediaType string) bool {
	switch o.Metadata.Annotations[annotationOfOrder] {
	case "descending":
		return true
	case "":
		return mediaType == image.MediaTypeDockerManifest
	}
	return false
}

// configDigest returns the configuration's digest without a manifest: the metadata's id, or else that of its text.
func configDigest(o *object, docker *dockerImage) string {
	if docker != nil {
		if d, err := digest.Parse(docker.ID); err == nil {
			return d.String()
		}
	}
	if o.DockerImageConfig != "" {
		return digest.FromString(o.DockerImageConfig).String()
	}
	return ""
}

// fill sets the facts of a platform.
func (f *facts) fill(p *image.Platform) {
	p.ConfigDigest, p.CreatedAt, p.Author = image.Known(f.configDigest), f.createdAt, image.Known(f.author)
	p.Layers, p.History, p.Size, p.Unread = f.layers, f.history, f.size, f.unread
	if p.Size == nil && f.docker != nil && f.docker.Size > 0 {
		p.Size = new(f.docker.Size)
	}
	if p.OSVersion == nil {
		p.OSVersion, p.OSFeatures = image.NewPlatform(f.platform).OSVersion, image.NewPlatform(f.platform).OSFeatures
	}
	if f.from != "" {
		p.Config = image.NewConfig(f.config)
	}
	if f.from != "" && p.Config == nil {
		p.Config = &image.Config{} // known to be empty
	}
}

// own sets the fields of Docker's metadata that only OpenShift has.
func (f *facts) own(own *image.OpenShift) {
	own.FactsFrom, own.MetadataVersion = image.Known(f.from), image.Known(f.version)
	if d := f.docker; d != nil {
		own.ID, own.ParentID, own.ContainerID = image.Known(d.ID), image.Known(d.Parent), image.Known(d.Container)
		own.Comment = image.Known(d.Comment)
		own.DockerVersion = image.Known(d.DockerVersion)
		if own.DockerVersion == nil {
			own.DockerVersion = image.Known(d.DockerPre012)
		}
	}
}

// moment converts a time of the API. One that cannot be parsed, or is zero, is unknown.
func moment(text string) *string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	return image.Instant(at)
}
