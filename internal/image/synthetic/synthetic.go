// Package synthetic builds small images with any platforms and configuration for tests and the demo's registry. The
// same description makes the same image. It imports go-containerregistry and nothing of this module.
package synthetic

import (
	"archive/tar"
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/google/go-containerregistry/pkg/name"
)

// A Description describes an image.
type Description struct {
	Seed      string   // distinguishes images that are otherwise the same
	Platforms []string // os/architecture[/variant]; one makes a plain image, several an index, none linux/amd64
	Config    v1.Config
	Author    string
}

// built is the build time of all images, so that their digests do not depend on the time.
var built = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Push builds an image, pushes it under a reference over a transport (nil for the default one), and returns its digest.
func Push(reference string, d Description, transport http.RoundTripper) (string, error) {
	tag, err := name.ParseReference(reference)
	if err != nil {
		return "", err
	}
	if transport == nil {
		transport = remote.DefaultTransport
	}
	platforms := d.Platforms
	if len(platforms) == 0 {
		platforms = []string{"linux/amd64"}
	}
	if len(platforms) == 1 {
		image, _, err := d.image(platforms[0])
		if err != nil {
			return "", err
		}
		if err := remote.Write(tag, image, remote.WithTransport(transport)); err != nil {
			return "", err
		}
		digest, err := image.Digest()
		return digest.String(), err
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, platform := range platforms {
		image, parsed, err := d.image(platform)
		if err != nil {
			return "", err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: parsed}})
	}
	if err := remote.WriteIndex(tag, index, remote.WithTransport(transport)); err != nil {
		return "", err
	}
	digest, err := index.Digest()
	return digest.String(), err
}

// image returns the image for one platform, with a layer of its own and the configuration.
func (d Description) image(platform string) (v1.Image, *v1.Platform, error) {
	parsed, err := v1.ParsePlatform(platform)
	if err != nil {
		return nil, nil, fmt.Errorf("platform %q: %w", platform, err)
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	content, err := archive(strings.Join([]string{"made up", d.Seed, platform}, "\n"))
	if err != nil {
		return nil, nil, err
	}
	image, err = mutate.Append(image, mutate.Addendum{
		Layer:   static.NewLayer(content, types.OCIUncompressedLayer),
		History: v1.History{Created: v1.Time{Time: built}, CreatedBy: "COPY made-up /"},
	})
	if err != nil {
		return nil, nil, err
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, nil, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Variant = parsed.OS, parsed.Architecture, parsed.Variant
	file.Created, file.Author, file.Config = v1.Time{Time: built}, d.Author, d.Config
	image, err = mutate.ConfigFile(image, file)
	return image, parsed, err
}

// archive returns a layer of one file, which engines can unpack.
func archive(text string) ([]byte, error) {
	var layer bytes.Buffer
	writer := tar.NewWriter(&layer)
	if err := writer.WriteHeader(&tar.Header{Name: "made-up", Mode: 0o444, Size: int64(len(text)), ModTime: built,
		Format: tar.FormatUSTAR}); err != nil {
		return nil, err
	}
	if _, err := writer.Write([]byte(text)); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return layer.Bytes(), nil
}
