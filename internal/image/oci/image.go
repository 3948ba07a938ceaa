package oci

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// image reads what is requested.
func (r *reader) image(ctx context.Context, request *imageRequest) (*image.Image, error) {
	result := &image.Image{Source: image.SourceOCI, Reference: request.named.String()}
	if !request.details() && !request.referrers && request.platform == "" && request.sought == "" {
		answered, ok, err := r.head(ctx, request.identifier)
		if err != nil {
			return nil, err
		}
		if ok {
			identify(result, request, &answered)
			result.Complete("")
			return result, nil
		}
	}
	root, err := r.manifest(ctx, request.identifier)
	if err != nil {
		return nil, err
	}
	identify(result, request, root)
	if sought := digest.Digest(request.sought); sought != root.digest && root.is(sought) { // by another algorithm
		result.RepoDigests = append(result.RepoDigests, request.named.Name()+"@"+request.sought)
		slices.Sort(result.RepoDigests)
	}
	if err := r.platforms(ctx, request, root, result); err != nil {
		return nil, err
	}
	if request.sought != "" {
		if err := r.seek(ctx, request.sought, result); err != nil {
			return nil, err
		}
	}
	if request.referrers {
		if err := r.statements(ctx, request, root, result); err != nil {
			return nil, err
		}
	}
	result.Complete(request.platform)
	return result, nil
}

// identify sets what the manifest of the reference says of the image.
func identify(result *image.Image, request *imageRequest, m *manifest) {
	result.Digest, result.MediaType = new(m.digest.String()), new(m.mediaType)
	if tagged, ok := request.named.(reference.Tagged); ok && request.digest == "" {
		result.Tags = []string{request.named.Name() + ":" + tagged.Tag()}
	}
	result.RepoDigests = []string{request.named.Name() + "@" + m.digest.String()}
	switch {
	case m.index != nil:
		result.Annotations = m.index.Annotations
	case m.image != nil:
		result.Annotations = m.image.Annotations
	}
}

// platforms lists the platforms, and reads the details of the requested one.
func (r *reader) platforms(ctx context.Context, request *imageRequest, root *manifest, result *image.Image) error {
	if root.index != nil {
		return r.platformsOfIndex(ctx, request, root, result)
	}
	switch {
	case !root.isImage() && request.platform != "":
		return noPlatform(fmt.Sprintf("it is there for no platform: it is no container image, but %s", r.kindOf(root.image)))
	case !root.isImage():
		r.remark(image.Warning{
			Summary: "Not a container image",
			Detail: fmt.Sprintf("%s is %s: it has a digest, but neither platforms nor a configuration of containers.",
				request.named, r.kindOf(root.image)),
		})
		return nil
	case !request.details() && request.platform == "":
		return nil // the platform of an image without an index is only in its configuration
	}
	config, err := r.configuration(ctx, root)
	if err != nil {
		return err
	}
	platform := image.NewPlatform(config.Platform)
	if platform.OS == "" || platform.Architecture == "" {
		platform.Platform = "" // half a name is none
	}
	platform.Digest, platform.MediaType = result.Digest, result.MediaType
	result.Platforms = []image.Platform{platform}
	if request.platform != "" && result.Choose(request.platform) == nil {
		return noPlatform(image.NotThereFor(request.platform, result.Platforms, "any other platform"))
	}
	if platform.Platform == "" {
		r.remark(image.Warning{
			Summary: "Image for an unknown platform",
			Detail: fmt.Sprintf("The configuration of %s names no platform, or half of one: it needs an operating system "+
				"and an architecture.", request.named),
		})
	}
	request.describe(&result.Platforms[0], root, config)
	return nil
}

// seek reads the manifests of all platforms for their configuration digests, unless the sought digest is known already.
// A manifest that the registry has lost, or whose digest is none, is left out.
func (r *reader) seek(ctx context.Context, sought string, result *image.Image) error {
	known := slices.Clone(result.Nameless)
	for _, pinned := range result.RepoDigests { // of the image, and of indexes in its index
		_, sum, _ := strings.Cut(pinned, "@")
		known = append(known, sum)
	}
	for _, platform := range result.Platforms {
		known = append(known, *platform.Digest)
		if platform.ConfigDigest != nil {
			known = append(known, *platform.ConfigDigest)
		}
	}
	if slices.Contains(known, sought) {
		return nil
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for index := range result.Platforms {
		platform := &result.Platforms[index]
		if platform.ConfigDigest != nil {
			continue
		}
		group.Go(func() error {
			if malformed := r.checkDigest(digest.Digest(*platform.Digest)); malformed != nil {
				return nil //nolint:nilerr // such an entry is left out, as one that is not there
			}
			m, err := r.manifest(ctx, *platform.Digest)
			if refused, ok := errors.AsType[*refusal](err); ok && refused.status == http.StatusNotFound {
				return nil
			}
			if err != nil {
				return fmt.Errorf("its manifest for %s: %w", platform.Platform, ofPart(err))
			}
			if m.image != nil {
				platform.ConfigDigest = new(m.image.Config.Digest.String())
			}
			return nil
		})
	}
	return group.Wait()
}

// describe sets the requested details of a platform. The configuration is nil if it was not requested.
func (request *imageRequest) describe(platform *image.Platform, m *manifest, config *image.Document) {
	size := int64(0)
	for _, layer := range m.image.Layers {
		size += layer.Size
	}
	platform.Size = &size
	platform.ConfigDigest = new(m.image.Config.Digest.String())
	if request.layers {
		platform.Layers = layersOf(m.image.Layers, config)
	}
	if config == nil {
		return
	}
	platform.CreatedAt, platform.Author = image.InstantOf(config.Created), image.Known(config.Author)
	platform.Unread = config.Unread
	if request.config {
		platform.Config = image.NewConfig(&config.Config)
	}
	if request.history {
		platform.History = image.NewHistory(config.History)
	}
}

// layersOf returns the layers, with their diff ids if the configuration was read and has one for each.
func layersOf(layers []ocispec.Descriptor, config *image.Document) []image.Layer {
	result := image.NewLayers(layers)
	if config != nil && len(config.RootFS.DiffIDs) == len(layers) {
		for index, id := range config.RootFS.DiffIDs {
			result[index].DiffID = new(id.String())
		}
	}
	return result
}

// noPlatform returns the error for an image that does not have the platform.
func noPlatform(text string) error { return &wire.Error{Failed: text, Cause: image.ErrNoPlatform} }

// kindOf describes the artifact of a manifest that is not an image.
func (r *reader) kindOf(m *ocispec.Manifest) string {
	for _, kind := range []string{m.ArtifactType, m.Config.MediaType} {
		if kind != "" {
			return fmt.Sprintf("an artifact of type %q", r.line(kind))
		}
	}
	return "an artifact of unknown type"
}
