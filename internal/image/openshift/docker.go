package openshift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// readMetadata reads Docker's metadata of the image, in either version. It may be empty.
func (f *facts) readMetadata(o *object) error {
	text := o.DockerImageMetadata
	if len(text) == 0 || string(text) == "null" {
		return nil
	}
	f.version = o.DockerImageMetadataVersion
	if f.version == "" {
		f.version = metadataVersion10
	}
	if f.version != metadataVersion10 && f.version != metadataVersionPre012 {
		return fmt.Errorf("its dockerImageMetadata is of version %q: known are %s and %s", f.version, metadataVersion10,
			metadataVersionPre012)
	}
	docker, unread, err := image.Decode[dockerImage](text)
	if err != nil {
		return fmt.Errorf("its dockerImageMetadata cannot be read: %w", err)
	}
	f.docker, f.unreadMetadata = &docker, image.NamesOfConfig(unread)
	return nil
}

// take reads a description in Docker's first form, which the metadata and manifests of schema 1 have. Without an
// operating system it is for Linux.
func (f *facts) take(d *dockerImage) {
	f.platform = ocispec.Platform{OS: d.OS, Architecture: d.Architecture, Variant: d.Variant}
	if f.platform.OS == "" {
		f.platform.OS = "linux"
	}
	f.createdAt, f.author, f.config = moment(d.Created), d.Author, d.Config.Specified()
}

// readSchema1 reads a manifest of schema 1. The configuration is in the description of the uppermost layer, which is
// the first.
func (f *facts) readSchema1(text []byte) error {
	var manifest schema1
	if err := json.Unmarshal(text, &manifest); err != nil {
		return err
	}
	for index, entry := range manifest.History {
		step, unread, err := image.Decode[schema1Step]([]byte(entry.V1Compatibility))
		if err != nil {
			return fmt.Errorf("its history: %w", err)
		}
		if index == 0 {
			f.take(&step.dockerImage)
			f.from, f.unread = fromManifest, image.NamesOfConfig(unread)
		}
		f.history = append(f.history, image.HistoryEntry{
			CreatedAt: moment(step.Created), CreatedBy: image.Known(strings.Join(step.ContainerConfig.Cmd, " ")),
			Comment: image.Known(step.Comment), Author: image.Known(step.Author), EmptyLayer: new(step.Throwaway),
			ID: image.Known(step.ID),
		})
	}
	slices.Reverse(f.history)
	if f.platform.Architecture == "" {
		f.platform.Architecture = manifest.Architecture
	}
	for _, layer := range slices.Backward(manifest.FSLayers) {
		f.layers = append(f.layers, image.Layer{Digest: image.Known(layer.BlobSum)})
	}
	return nil
}

// readIndex reads the platforms of a raw list or index, which has more of them than the object's own list.
func (f *facts) readIndex(index *ocispec.Index) {
	f.isList, f.annotations, f.platforms = true, index.Annotations, []image.Platform{}
	for _, entry := range index.Manifests {
		if image.IsPlatform(entry.Platform) && entry.Annotations[image.AnnotationReferenceType] == "" {
			f.addPlatform(*entry.Platform, entry.Digest.String(), entry.MediaType)
			continue
		}
		kind := entry.Annotations[image.AnnotationReferenceType]
		platform := ocispec.Platform{}
		if entry.Platform != nil {
			platform = *entry.Platform
		}
		switch {
		case kind != "" || image.IsUnknown(platform):
			f.attestations = append(f.attestations, image.NewAttestation(entry.Digest.String(),
				entry.Annotations[image.AnnotationReferenceDigest], entry.ArtifactType))
		case entry.ArtifactType == "" || image.IsConfig(entry.ArtifactType): // some tools give images a type, too
			f.nameless = append(f.nameless, entry.Digest.String())
		default:
			f.attestations = append(f.attestations, image.NewArtifact(entry.Digest.String(), entry.ArtifactType))
		}
	}
}

// readManifests reads the object's own list of manifests.
func (f *facts) readManifests(o *object) {
	f.platforms = []image.Platform{}
	for _, m := range o.DockerImageManifests {
		platform := ocispec.Platform{OS: m.OS, Architecture: m.Architecture, Variant: m.Variant}
		if image.IsPlatform(&platform) {
			f.addPlatform(platform, m.Digest, m.MediaType)
			continue
		}
		if image.IsUnknown(platform) {
			f.attestations = append(f.attestations, image.NewAttestation(m.Digest, "", ""))
			continue
		}
		f.nameless = append(f.nameless, m.Digest)
	}
}

func (f *facts) addPlatform(p ocispec.Platform, digest, mediaType string) {
	platform := image.NewPlatform(p)
	platform.Digest, platform.MediaType = image.Known(digest), image.Known(mediaType)
	f.platforms = append(f.platforms, platform)
}
