package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// annotationOfConfig is BuildKit's annotation with the configuration's digest. The API of an engine with the containerd
// store has it nowhere else.
const annotationOfConfig = "config.digest"

// platforms returns the platforms of an image: all of an index, with the configuration of those that are available.
func (r reading) platforms(ctx context.Context, found *inspection, store string) ([]image.Platform, error) {
	images := imageManifests(found)
	foreign := len(images) == 1 && neverPulled(found) // of another platform than the engine's own
	if d := found.Descriptor; (d == nil || !image.IsIndex(d.MediaType)) && len(images) <= 1 && !foreign {
		return r.onlyPlatform(ctx, found, store)
	}
	answers, err := r.inspectAvailable(ctx, found, images)
	if err != nil {
		return nil, err
	}
	platforms := make([]image.Platform, 0, len(images))
	for index, m := range images {
		wanted := platformOf(m)
		platform := image.NewPlatform(wanted)
		platform.Digest, platform.MediaType = image.Known(m.ID), image.Known(m.Descriptor.MediaType)
		platform.ConfigDigest = image.Known(m.Descriptor.Annotations[annotationOfConfig])
		if m.Available {
			platform.Size = count(m.Size.Total)
		}
		if one := answers[index]; one != nil {
			if neverPulled(found) {
				found.Comment, found.RootFS.Type = one.Comment, one.RootFS.Type
			}
			fill(&platform, one)
			if err := r.history(ctx, found.ID, &wanted, &platform); err != nil {
				return nil, err
			}
		}
		platforms = append(platforms, platform)
	}
	return platforms, nil
}

// imageManifests returns the manifests of an index that are of a platform.
func imageManifests(found *inspection) []api.ManifestSummary {
	return slices.DeleteFunc(slices.Clone(found.Manifests), func(m api.ManifestSummary) bool {
		platform := platformOf(m)
		return m.Kind != api.ManifestKindImage || !image.IsPlatform(&platform)
	})
}

// onlyPlatform returns the platform of an image without an index, or of which the engine reports only one.
func (r reading) onlyPlatform(ctx context.Context, found *inspection, store string) ([]image.Platform, error) {
	if neverPulled(found) {
		return nil, nil
	}
	platform := image.NewPlatform(ocispec.Platform{
		OS: found.Os, Architecture: found.Architecture, Variant: found.Variant, OSVersion: found.OsVersion,
	})
	platform.Size = count(found.Size)
	if store == storeGraphDriver {
		// The engine's names with a digest may be of an index, so the digest of this platform's manifest is unknown.
		platform.ConfigDigest = image.Known(found.ID)
	}
	if d := found.Descriptor; d != nil {
		platform.Digest, platform.MediaType = image.Known(d.Digest.String()), image.Known(d.MediaType)
		platform.ConfigDigest = image.Known(d.Annotations[annotationOfConfig])
	}
	fill(&platform, found)
	if err := r.history(ctx, found.ID, nil, &platform); err != nil {
		return nil, err
	}
	return []image.Platform{platform}, nil
}

// fill sets what an inspection has of a platform.
func fill(platform *image.Platform, found *inspection) {
	if created, err := time.Parse(time.RFC3339Nano, found.Created); err == nil {
		platform.CreatedAt = image.Instant(created)
	}
	platform.Author, platform.Unread = image.Known(found.Author), found.unread
	platform.Config = image.NewConfig(cmp.Or(found.Config, &dockerspec.DockerOCIImageConfig{}))
	for _, layer := range found.RootFS.Layers {
		platform.Layers = append(platform.Layers, image.Layer{DiffID: new(layer)})
	}
}

// history sets the build steps, if they are requested.
func (r reading) history(ctx context.Context, id string, wanted *ocispec.Platform, platform *image.Platform) error {
	if !r.options.includes(IncludeHistory) {
		return nil
	}
	var options []client.ImageHistoryOption
	if wanted != nil && speaks(r.api, "1.48") {
		options = append(options, client.ImageHistoryWithPlatform(*wanted))
	}
	result, err := r.api.ImageHistory(ctx, id, options...)
	if err != nil {
		return r.failed(r.doing+"'s history", err)
	}
	platform.History = steps(result.Items)
	return nil
}

// steps converts build steps, which engines list from the last to the first.
func steps(items []api.HistoryResponseItem) []image.HistoryEntry {
	entries := make([]image.HistoryEntry, 0, len(items))
	for _, item := range slices.Backward(items) {
		tags, digests := names(item.Tags, nil)
		entry := image.HistoryEntry{
			CreatedAt: seconds(item.Created), CreatedBy: image.Known(item.CreatedBy), Comment: image.Known(item.Comment),
			Size: count(item.Size), Tags: slices.Concat(tags, digests),
		}
		if item.ID != "<missing>" {
			entry.ID = image.Known(withAlgorithm(item.ID))
		}
		entries = append(entries, entry)
	}
	return entries
}

// platformOf returns the platform of a manifest in the index, else that of the image itself.
func platformOf(m api.ManifestSummary) ocispec.Platform {
	switch {
	case m.Descriptor.Platform != nil:
		return *m.Descriptor.Platform
	case m.ImageData != nil:
		return m.ImageData.Platform
	}
	return ocispec.Platform{}
}

// neverPulled reports whether an inspection is of a platform that was never pulled: it has no content then.
func neverPulled(found *inspection) bool {
	return found.Os == "" && found.Architecture == "" && len(found.RootFS.Layers) == 0
}

// count returns a number, nil for the -1 of an engine that did not count.
func count(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

// seconds converts Unix seconds. For an unknown time newer engines have 0, and older ones the year 1.
func seconds(n int64) *string {
	if n <= 0 {
		return nil
	}
	return image.Instant(time.Unix(n, 0))
}
