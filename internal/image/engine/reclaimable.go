package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
)

// reclaimable returns the bytes that removing all unused images frees: those of all images without those of the images
// in use. Engines report a smaller number, each image's own bytes without those of layers that it shares with any other
// image, also with an unused one. All is nil if the engine does not report it (Podman).
//
// Layers that several images in use share are counted once, for which these images are inspected. The containerd store
// does not report the compressed size of a layer, and some images cannot be read: what they share counts twice then, so
// that the result is a lower bound.
func (r reading) reclaimable(ctx context.Context, all *int64, items []api.Summary) (*int64, error) {
	if slices.ContainsFunc(items, func(one api.Summary) bool { return one.Size < 0 }) {
		return nil, nil // it did not count
	}
	used, unused, err := r.byUse(ctx, items)
	if err != nil {
		return nil, err
	}
	var alone, most int64 // of the unused images: without what is shared, and at most
	for _, one := range unused {
		alone, most = alone+max(0, one.Size-max(0, one.SharedSize)), most+one.Size
		if one.SharedSize < 0 {
			alone -= one.Size // it may share everything
		}
	}
	kept, _, err := r.bytesOf(ctx, used)
	if err != nil {
		return nil, err
	}
	if all == nil {
		sharing := slices.ContainsFunc(unused, func(one api.Summary) bool { return one.SharedSize != 0 })
		if !sharing {
			return &most, nil
		}
		sum, exact, err := r.bytesOf(ctx, items)
		if err != nil {
			return nil, err
		}
		if !exact {
			return &alone, nil
		}
		all = &sum
	}
	freed := min(max(*all-kept, alone), most)
	return &freed, nil
}

// byUse divides images into those that a container uses, also a stopped one, and the others. The engine counts no
// containers of an image for a foreign platform alone.
func (r reading) byUse(ctx context.Context, items []api.Summary) (used, unused []api.Summary, err error) {
	var uncounted func(id string) bool
	for _, one := range items {
		if one.Containers < 0 && uncounted == nil {
			if uncounted, err = r.usedByContainers(ctx); err != nil {
				return nil, nil, err
			}
		}
		if one.Containers > 0 || one.Containers < 0 && uncounted(withAlgorithm(one.ID)) {
			used = append(used, one)
		} else {
			unused = append(unused, one)
		}
	}
	return used, unused, nil
}

// usedByContainers returns a function that reports whether a container uses an image. If the engine does not list its
// containers, each image is one in use.
func (r reading) usedByContainers(ctx context.Context) (func(id string) bool, error) {
	containers, err := r.api.ContainerList(ctx, client.ContainerListOptions{All: true})
	if err != nil && ctx.Err() != nil {
		return nil, r.failed(r.doing, err)
	}
	ids := map[string]bool{}
	for _, container := range containers.Items {
		ids[withAlgorithm(container.ImageID)] = true
		if m := container.ImageManifestDescriptor; m != nil {
			ids[m.Digest.String()] = true
		}
	}
	return func(id string) bool { return err != nil || ids[id] }, nil
}

// bytesOf returns the bytes of images, shared layers once. It is exact if the layers of all that share some are known.
func (r reading) bytesOf(ctx context.Context, images []api.Summary) (sum int64, exact bool, err error) {
	var sharing []api.Summary
	for _, one := range images {
		if one.SharedSize != 0 {
			sharing = append(sharing, one)
		}
		sum += one.Size
	}
	if len(sharing) < 2 {
		return sum, true, nil
	}
	exact = true
	var known []layered
	for _, one := range sharing {
		image, err := r.layersOf(ctx, one.ID)
		if err != nil {
			return 0, false, err
		}
		if image == nil {
			exact = false
			continue
		}
		known = append(known, *image)
	}
	byLayers := !slices.ContainsFunc(known, func(l layered) bool { return l.layers == nil })
	seen := map[string]bool{}
	for _, image := range known {
		for _, part := range image.parts(byLayers) {
			if seen[part.key] {
				sum -= part.size
			}
			seen[part.key] = true
		}
	}
	return sum, exact, nil
}

// A layered is an image by its build steps, the first one first, and by its layers where it is known which step made
// which layer.
type layered struct {
	steps  []api.HistoryResponseItem
	layers []layerPart // nil if that is unknown
}

// A layerPart is a layer, or a build step, upon all below it.
type layerPart struct {
	key  string // the same in all images that have it upon the same ones
	size int64
}

// layersOf reads the layers of an image, nil if the engine does not give them.
func (r reading) layersOf(ctx context.Context, id string) (*layered, error) {
	id = withAlgorithm(id)
	found, err := r.inspect(ctx, id, nil)
	if err == nil {
		var history client.ImageHistoryResult
		if history, err = r.api.ImageHistory(ctx, id); err == nil {
			image := &layered{steps: slices.Clone(history.Items)}
			slices.Reverse(image.steps)
			image.layers = sized(found.RootFS.Layers, image.steps)
			return image, nil
		}
	}
	if ctx.Err() != nil {
		return nil, r.failed(r.doing, err)
	}
	return nil, nil
}

// emptyLayer is the digest of a layer without files, which has no size.
const emptyLayer = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

// sized returns layers with the sizes of the steps that made them, nil if it is unknown which did: steps without a size
// have made a layer or none.
func sized(ids []string, steps []api.HistoryResponseItem) []layerPart {
	var sizes []int64
	for _, step := range steps {
		if step.Size > 0 {
			sizes = append(sizes, step.Size)
		}
	}
	filled := 0
	for _, id := range ids {
		if id != emptyLayer {
			filled++
		}
	}
	if filled != len(sizes) {
		return nil
	}
	parts, below := make([]layerPart, 0, filled), ""
	for _, id := range ids {
		below += "\n" + id
		if id != emptyLayer {
			parts = append(parts, layerPart{below, sizes[len(parts)]})
		}
	}
	return parts
}

// parts returns the layers of an image, or else its build steps: images with the same steps, made at the same time,
// have the same layers.
func (l layered) parts(byLayers bool) []layerPart {
	if byLayers {
		return l.layers
	}
	parts := make([]layerPart, 0, len(l.steps))
	var below strings.Builder
	for _, step := range l.steps {
		fmt.Fprintf(&below, "%d %d %q %q\n", step.Created, step.Size, step.CreatedBy, step.Comment)
		parts = append(parts, layerPart{below.String(), step.Size})
	}
	return parts
}
