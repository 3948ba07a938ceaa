package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// answerTime is the timeout for the removal of one image, and for measuring all.
const answerTime = 2 * time.Minute

// errSkipped is in the chain of the reason why a chosen image is not removed.
var errSkipped = errors.New("not removed")

// skip reports a chosen image as not removed.
func (p *pruning) skip(one chosenImage, reason string) {
	p.report.NotDeleted = append(p.report.NotDeleted, NotDeletedImage{Name: one.name(), ID: one.ID, Reason: reason})
}

// removed reports whether an image was removed, perhaps with another one.
func (p *pruning) removed(id string) bool {
	return slices.ContainsFunc(p.report.Deleted, func(item DeletedImage) bool {
		return item.Deleted != nil && *item.Deleted == id
	})
}

// keep marks an image as one that stays, and the image that it was built on as needed.
func (p *pruning) keep(one chosenImage) { p.stays[one.ID], p.needed[one.ParentID] = true, true }

// removeAll removes the chosen images one by one. An image that is gone, used or tagged by now is not an error, and one
// that the engine fails to remove does not keep the others.
func (p *pruning) removeAll(ctx context.Context, chosen []chosenImage) error {
	var failed []error
	for done, one := range chosen {
		if ctx.Err() != nil {
			return p.stopped(context.Cause(ctx), len(chosen)-done)
		}
		if p.needed[one.ID] && (unnamed(one.Summary) || p.podman.Load() == nil) {
			// Without a name it is a step of a build. With one, Docker's engines would only remove the name.
			if !unnamed(one.Summary) {
				p.skip(one, "an image that stays was built on it")
			}
			p.keep(one)
			continue
		}
		switch err := p.removeOne(ctx, one); {
		case err == nil:
			p.most += one.own
		case errors.Is(err, image.ErrNotFound):
			if !p.removed(one.ID) {
				p.skip(one, "it was gone by then")
			}
		case errors.Is(err, errSkipped) || errdefs.IsConflict(err):
			p.keep(one)
			p.skip(one, said(err))
		case errdefs.IsInternal(err):
			p.keep(one)
			p.skip(one, said(err))
			failed = append(failed, fmt.Errorf("%s: %s", one.name(), said(err)))
		case errdefs.IsPermissionDenied(err) || errdefs.IsUnauthorized(err) || errdefs.IsNotFound(err):
			p.skip(one, said(err)) // the answer of a proxy, also to the others
			return p.stopped(err, len(chosen)-done-1)
		default:
			p.skip(one, "whether it was removed is not known: "+said(err))
			return p.stopped(err, len(chosen)-done-1)
		}
	}
	if len(failed) > 0 {
		return image.Cannot(doingPrune+" at "+p.endpoint.String(), fmt.Sprintf("%d of %d images were not removed. %s",
			len(failed), len(chosen), errors.Join(failed...)), "See what the engine's log says of them", nil)
	}
	return nil
}

// stopped returns the error of a prune that ended early.
func (p *pruning) stopped(err error, left int) error {
	stopped := image.Cannot(doingPrune, said(err), "", err)
	if known, ok := errors.AsType[*wire.Error](p.failed(doingPrune, err)); ok {
		*stopped = *known
	}
	if left > 0 {
		stopped.Said += fmt.Sprintf("; images that matched and were left as they are: %d", left)
	}
	return stopped
}

// said returns the reason of an error without what failed.
func said(err error) string {
	text := reason(err)
	if known, ok := errors.AsType[*wire.Error](err); ok {
		text = known.Said
	}
	return strings.TrimPrefix(text, errSkipped.Error()+": ")
}

// removeOne removes an image with all its names, or leaves it as it is. An interruption does not stop it halfway.
func (p *pruning) removeOne(ctx context.Context, one chosenImage) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	found, err := p.inspect(ctx, one.ID, nil)
	if err != nil {
		return err
	}
	if err := one.sameNames(found.RepoTags, found.RepoDigests); err != nil {
		return err
	}
	remove := p.removeFromDocker
	if p.podman.Load() != nil {
		remove = p.removeFromPodman
	}
	removed, err := remove(ctx, one)
	if err != nil {
		return p.failed("remove "+one.name(), err)
	}
	for _, item := range removed {
		p.report.Deleted = append(p.report.Deleted, DeletedImage{Untagged: image.Known(item.Untagged),
			Deleted: image.Known(withAlgorithm(item.Deleted))})
	}
	return nil
}

// sameNames returns an error if an image has other tags than when it was chosen: it may be in use.
func (i chosenImage) sameNames(tags, digests []string) error {
	if tagged, _ := names(tags, digests); !slices.Equal(tagged, i.tagged) {
		return fmt.Errorf("%w: its tags have changed meanwhile", errSkipped)
	}
	return nil
}

// free returns an error if a container uses an image by now, or if its tags have changed.
func (p *pruning) free(ctx context.Context, one chosenImage) error {
	all, used, err := p.inUse(ctx)
	if err != nil {
		return err
	}
	if used[one.ID] {
		return fmt.Errorf("%w: a container uses it by now", errSkipped)
	}
	for _, now := range all {
		if now.ID == one.ID {
			return one.sameNames(now.RepoTags, now.RepoDigests)
		}
	}
	return image.ErrNotFound
}

// removeFromDocker removes an image by its id, so that a tag that moves meanwhile does not lead to another one. The
// engine refuses that for an image with several names and for one that a container uses, with the same error. Removing
// the names one by one could end halfway. Force removes all at once, but also an image that a stopped container uses.
// So it is used for several names only, after another check of the containers.
func (p *pruning) removeFromDocker(ctx context.Context, one chosenImage) ([]api.DeleteResponse, error) {
	// The steps of its build are images, too, which may not match.
	result, err := p.api.ImageRemove(ctx, one.ID, client.ImageRemoveOptions{PruneChildren: false})
	if errdefs.IsConflict(err) && len(one.RepoTags)+len(one.RepoDigests) > 1 {
		if err := p.free(ctx, one); err != nil {
			return nil, err
		}
		result, err = p.api.ImageRemove(ctx, one.ID, client.ImageRemoveOptions{Force: true, PruneChildren: false})
	}
	return result.Items, err
}
