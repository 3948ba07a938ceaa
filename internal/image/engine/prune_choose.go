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

// unnamed reports whether an image has no name. Some engines list the name of an image that was pulled by digest among
// the tags. Such an image is not dangling.
func unnamed(s api.Summary) bool {
	return !slices.ContainsFunc(s.RepoTags, func(name string) bool {
		return name != "" && !strings.Contains(name, noName)
	})
}

// choose returns the images to remove, in the order of removal: no image before those that were built on it.
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
		// The bound ends a list in which two images were built on each other.
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

// inUse returns all images, and the ids of those that a container uses, also a stopped one.
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
	var mounted []string // by name or id
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

// matches reports whether an image matches the filters. It inspects the image, because lists may have no labels, or
// only those of one platform. An image of several platforms matches if all available ones do.
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

// platformsHere returns the available platforms of an image with their configurations. It returns none if the image is
// gone, or if a platform cannot be inspected: an unknown configuration must not pass for one that matches.
func (r reading) platformsHere(ctx context.Context, id string) ([]image.Platform, error) {
	found, err := r.inspect(ctx, id, nil)
	if errors.Is(err, image.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := r.platforms(ctx, found, "") // the meaning of the id does not matter here
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

// createdBefore reports whether a platform's image was certainly created before a time.
func createdBefore(platform image.Platform, until time.Time) bool {
	if platform.CreatedAt == nil {
		return false
	}
	at, err := time.Parse(time.RFC3339Nano, *platform.CreatedAt)
	return err == nil && at.Before(until)
}
