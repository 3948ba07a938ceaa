package image

import (
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Docker's media types of manifests.
const (
	MediaTypeDockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
	MediaTypeDockerList     = "application/vnd.docker.distribution.manifest.list.v2+json"
	MediaTypeDockerSchema1  = "application/vnd.docker.distribution.manifest.v1+" // json, or prettyjws for a signed one
)

// IsIndex reports whether a media type is that of an index, as OCI or Docker calls it.
func IsIndex(mediaType string) bool {
	return mediaType == ocispec.MediaTypeImageIndex || mediaType == MediaTypeDockerList
}

// IsConfig reports whether a media type is that of a container image's configuration, as OCI or Docker calls it.
func IsConfig(mediaType string) bool {
	return mediaType == ocispec.MediaTypeImageConfig || mediaType == dockerspec.DockerOCIImageMediaType
}

// Annotations of an index's entries, by which BuildKit ties an attestation to a platform.
const (
	AnnotationReferenceType   = "vnd.docker.reference.type"
	AnnotationReferenceDigest = "vnd.docker.reference.digest"
)

// NewAttestation returns an attestation of BuildKit's, which is an entry of the image's own index. The subject and the
// artifact type may be empty.
func NewAttestation(digest, subject, artifactType string) Statement {
	return Statement{
		Kind: KindAttestation, Format: new("buildkit"), Digest: Known(digest), Subject: Known(subject),
		ArtifactType: Known(artifactType),
	}
}

// NewArtifact returns an entry of an image's own index that is of another type.
func NewArtifact(digest, artifactType string) Statement {
	return Statement{Kind: KindOfArtifact(artifactType), Digest: Known(digest), ArtifactType: Known(artifactType)}
}

// NewLayers returns the layers of a manifest. Their content's digests are in the image's configuration.
func NewLayers(layers []ocispec.Descriptor) []Layer {
	result := make([]Layer, 0, len(layers))
	for _, layer := range layers {
		result = append(result, Layer{
			Digest: new(layer.Digest.String()), MediaType: Known(layer.MediaType), Size: new(layer.Size),
		})
	}
	return result
}

// NewHistory returns the build steps of a configuration, nil for one without a history.
func NewHistory(history []ocispec.History) []HistoryEntry {
	if history == nil {
		return nil
	}
	result := make([]HistoryEntry, 0, len(history))
	for _, step := range history {
		result = append(result, HistoryEntry{
			CreatedAt: InstantOf(step.Created), CreatedBy: Known(step.CreatedBy), Comment: Known(step.Comment),
			Author: Known(step.Author), EmptyLayer: new(step.EmptyLayer),
		})
	}
	return result
}
