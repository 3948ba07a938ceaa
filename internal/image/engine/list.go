package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// ListOptions select images: those with one of the references and all of the labels.
type ListOptions struct {
	References []string // name patterns, such as "demo/*:1.*"
	Labels     []string // "key" or "key=value"
	Dangling   *bool    // only images without a tag, or only those with one
	Before     *string  // created before this image (name or id)
	Since      *string  // created after this image (name or id)
	Until      *string  // created before this time: RFC 3339, Unix seconds or a duration such as "24h"
	All        bool     // also the intermediate images of older builders
	SharedSize bool     // computes shared sizes, which takes a while (API 1.42)
}

// Images lists images, newest first. A list has less than an inspection: no configuration and no catalogue object, and
// platforms only in the containerd store. With references, Docker's engines leave out an image's other names.
func (c *Client) Images(ctx context.Context, options ListOptions) ([]*image.Image, error) {
	filters, err := options.filters()
	until, errUntil := untilOf(options.Until, time.Now())
	if err := errors.Join(err, errUntil); err != nil {
		return nil, image.Cannot(doingList, err.Error(), "", err)
	}
	connected, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	r := reading{Client: c, api: connected, doing: doingList}
	result, err := connected.ImageList(ctx, client.ImageListOptions{
		All: options.All, Filters: r.asUnderstood(filters), SharedSize: options.SharedSize, Manifests: true,
		Identity: speaks(connected, "1.54"),
	})
	if err != nil {
		return nil, c.failed(doingList, err)
	}
	items, err := r.filter(ctx, result.Items, options, until)
	if err != nil {
		return nil, err
	}
	return c.summaries(ctx, connected, items)
}

const doingList = "list the images"

// summaries converts a list, and sorts it by time and id: engines sort by time only.
func (c *Client) summaries(ctx context.Context, connected *client.Client, items []api.Summary) ([]*image.Image, error) {
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b api.Summary) int {
		return cmp.Or(cmp.Compare(b.Created, a.Created), cmp.Compare(a.ID, b.ID))
	})
	images := make([]*image.Image, 0, len(items))
	for _, item := range items {
		one, err := c.summary(ctx, connected, item)
		if err != nil {
			return nil, err
		}
		images = append(images, one)
	}
	return images, nil
}

func (c *Client) summary(ctx context.Context, connected *client.Client, s api.Summary) (*image.Image, error) {
	a := answered{id: withAlgorithm(s.ID), descriptor: s.Descriptor, hasManifests: len(s.Manifests) > 0, tags: s.RepoTags,
		digests: s.RepoDigests}
	store, err := c.storeOf(ctx, connected, a)
	if err != nil {
		return nil, err
	}
	tagged, digested := names(s.RepoTags, s.RepoDigests)
	i := newImage(first(tagged, digested, a.id), store, a)
	i.Engine.ParentID = image.Known(withAlgorithm(s.ParentID))
	i.Engine.Containers, i.Engine.SharedSize, i.Engine.Size = count(s.Containers), count(s.SharedSize), count(s.Size)
	i.Engine.Manifests = manifests(s.Manifests)
	if len(s.Labels) > 0 {
		i.Engine.Labels = s.Labels
	}
	i.Attestations = attestations(s.Manifests)
	for _, m := range s.Manifests {
		wanted := platformOf(m)
		if m.Kind != api.ManifestKindImage || !image.IsPlatform(&wanted) {
			continue
		}
		platform := image.NewPlatform(wanted)
		platform.Digest, platform.MediaType = image.Known(m.ID), image.Known(m.Descriptor.MediaType)
		platform.ConfigDigest = image.Known(m.Descriptor.Annotations[annotationOfConfig])
		if m.Available {
			platform.Size = count(m.Size.Total)
		}
		i.Platforms = append(i.Platforms, platform)
		if m.ImageData != nil {
			i.Signatures = append(i.Signatures, signatures(m.ImageData.Identity, image.Known(m.ID))...)
		}
	}
	i.Complete("")
	if len(i.Platforms) <= 1 {
		// The list's size is that of the only platform. But the containerd store counts all platforms together, and without
		// manifests their number is unknown.
		i.CreatedAt = seconds(s.Created)
		if store == storeGraphDriver || len(i.Platforms) == 1 {
			i.Size = count(s.Size)
		}
		if store == storeGraphDriver {
			i.ConfigDigest = image.Known(a.id)
		}
	}
	return i, nil
}
