package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	api "github.com/moby/moby/api/types/image"
	mounts "github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/client"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A chosenImage is an image that is to be removed.
type chosenImage struct {
	api.Summary
	tagged []string       // its tags in full, in order
	bases  []*api.Summary // the images that it was built on, the last one first
	own    int64          // bytes beyond those of the image that it was built on
}

func (i chosenImage) name() string { return first(i.tagged, nil, i.ID) }

// unnamed reports whether an image has no name. Engines that keep the name of an image pulled by digest list it among
// the tags, and do not take such an image for a dangling one.
func unnamed(s api.Summary) bool {
	return !slices.ContainsFunc(s.RepoTags, func(name string) bool {
		return name != "" &&
			!strings.Contains(name, noName)
	})
}

// choose decides what is to be removed, in the order in which it can be: no image before those that were built on it.
func (p *pruning) choose(ctx context.Context) ([]chosenImage, error) {
	all, used, err := p.inUse(ctx)
	if err != nil {
		return nil, err
	}
	byID, goes := map[string]*api.Summary{}, map[string]bool{}
	for index := range all {
		byID[all[index].ID] = &all[index]
	}
	var chosen []chosenImage
	for _, one := range all {
		if used[one.ID] || p.dangling && !unnamed(one) {
			continue
		}
		if goes[one.ID], err = p.matches(ctx, one); err != nil {
			return nil, err
		}
		if !goes[one.ID] {
			continue
		}
		tagged, _ := names(one.RepoTags, one.RepoDigests)
		image := chosenImage{Summary: one, tagged: tagged, own: max(0, one.Size)}
		if base := byID[one.ParentID]; base != nil {
			image.own = max(0, one.Size-base.Size)
		}
		// A list in which two images were built on each other must not be followed for ever.
		for base := byID[one.ParentID]; base != nil && len(image.bases) < len(all); base = byID[base.ParentID] {
			image.bases = append(image.bases, base)
		}
		chosen = append(chosen, image)
	}
	for _, one := range all {
		if !goes[one.ID] {
			p.stays[one.ID], p.needed[one.ParentID] = true, true
		}
	}
	slices.SortStableFunc(chosen, func(a, b chosenImage) int {
		return cmp.Or(cmp.Compare(len(b.bases), len(a.bases)), cmp.Compare(b.Created, a.Created), cmp.Compare(a.ID, b.ID))
	})
	return chosen, nil
}

// inUse lists all images, and says by id which of them a container uses, be it stopped.
func (p *pruning) inUse(ctx context.Context) ([]api.Summary, map[string]bool, error) {
	containers, err := p.api.ContainerList(ctx, client.ContainerListOptions{All: true})
	if err != nil {
		return nil, nil, p.failed("see which images containers use", err)
	}
	result, err := p.api.ImageList(ctx, client.ImageListOptions{All: true})
	if err != nil {
		return nil, nil, p.failed(doingList, err)
	}
	used := map[string]bool{}
	var mounted []string // by the name, or the id, that somebody wrote
	for _, container := range containers.Items {
		used[withAlgorithm(container.ImageID)] = true
		for _, mount := range container.Mounts {
			if mount.Type == mounts.TypeImage {
				mounted = append(mounted, mount.Name)
			}
		}
	}
	all := slices.Clone(result.Items)
	for index := range all {
		one := &all[index]
		one.ID, one.ParentID = withAlgorithm(one.ID), withAlgorithm(one.ParentID)
		tagged, digested := names(one.RepoTags, one.RepoDigests)
		if one.Containers > 0 || slices.ContainsFunc(mounted, func(name string) bool {
			full := called(name, one.ID, nil, nil)
			return isID(name, one.ID) || slices.Contains(tagged, full) || slices.Contains(digested, full)
		}) {
			used[one.ID] = true
		}
	}
	return all, used, nil
}

// matches reports whether an image has what is asked of it: by the image itself, since not every list has labels, and a
// list has those of one platform only. An image of several platforms matches when each platform that is here does.
func (p *pruning) matches(ctx context.Context, one api.Summary) (bool, error) {
	if p.until == nil && p.labels == nil && p.notLabels == nil {
		return true, nil
	}
	if hasAny(one.Labels, p.notLabels) {
		return false, nil
	}
	here, err := p.platformsHere(ctx, one.ID)
	if err != nil {
		return false, err
	}
	for _, platform := range here {
		labels := platform.Config.Labels
		if !hasAll(labels, p.labels) || hasAny(labels, p.notLabels) || p.until != nil && !createdBefore(platform, *p.until) {
			return false, nil
		}
	}
	return len(here) > 0, nil
}

// platformsHere returns those platforms of an image that the engine has, each with its configuration. There are none
// where the image went meanwhile, or where one of them cannot be asked for: what is not known of it must not pass for
// known.
func (r reading) platformsHere(ctx context.Context, id string) ([]image.Platform, error) {
	found, err := r.inspect(ctx, id, nil)
	if errors.Is(err, image.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := r.platforms(ctx, found, "") // what a store's id means does not matter here
	if err != nil {
		return nil, err
	}
	here := slices.DeleteFunc(all, func(platform image.Platform) bool { return platform.Config == nil })
	available := slices.DeleteFunc(imageManifests(found), func(m api.ManifestSummary) bool { return !m.Available })
	if len(here) < len(available) {
		return nil, nil
	}
	return here, nil
}

// createdBefore reports whether a platform's image is known to have been created before a time.
func createdBefore(platform image.Platform, until time.Time) bool {
	if platform.CreatedAt == nil {
		return false
	}
	at, err := time.Parse(time.RFC3339Nano, *platform.CreatedAt)
	return err == nil && at.Before(until)
}
