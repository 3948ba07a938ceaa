package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/containerd/errdefs"
	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client/pkg/versions"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// podmanWithNoPrune is the first Podman that can leave the images that an image was built on.
const podmanWithNoPrune = "4.3.0"

// removeFromPodman removes an image by its id. It never forces Podman, which would remove the containers of the image,
// too. Without force Podman refuses an image with several names, so all names but one are removed first, by the image's
// id, so that a tag that moves meanwhile does not lead to another image. They are restored if the image stays.
func (p *pruning) removeFromPodman(ctx context.Context, one chosenImage) ([]api.DeleteResponse, error) {
	if base := p.lostBase(one); base != "" {
		return nil, fmt.Errorf("%w: Podman before %s would remove %s with it, which it was built on and which does not match",
			errSkipped, podmanWithNoPrune, base)
	}
	given := slices.Clone(one.RepoTags)
	slices.SortFunc(given, func(a, b string) int { // a digest cannot be restored, so it goes last
		return cmp.Or(cmp.Compare(strings.Count(a, "@"), strings.Count(b, "@")), cmp.Compare(a, b))
	})
	var taken []string
	if len(given) > 1 {
		if err := p.free(ctx, one); err != nil {
			return nil, err
		}
		taken = given[:len(given)-1]
	}
	removed, err := p.removeUnder(ctx, one, taken)
	if err != nil {
		return nil, err
	}
	untagged := make([]api.DeleteResponse, 0, len(taken)+len(removed))
	for _, name := range taken {
		untagged = append(untagged, api.DeleteResponse{Untagged: name})
	}
	return append(untagged, removed...), nil
}

// removeUnder removes names of an image and then the image, or restores the names.
func (p *pruning) removeUnder(ctx context.Context, one chosenImage, taken []string) ([]api.DeleteResponse, error) {
	for index, name := range taken {
		if _, err := p.own(ctx, http.MethodPost, "/images/"+one.ID+"/untag", repositoryAndTag(name), nil); err != nil {
			return nil, p.giveBack(ctx, one, taken[:index], err)
		}
	}
	removed, err := p.removeByID(ctx, one.ID)
	if err != nil {
		return nil, p.giveBack(ctx, one, taken, err)
	}
	return removed, nil
}

// lostBase returns an image without a name that is to stay, and that an older Podman would remove with one built on it.
func (p *pruning) lostBase(one chosenImage) string {
	if versions.GreaterThanOrEqualTo(*p.podman.Load(), podmanWithNoPrune) {
		return ""
	}
	for _, base := range one.bases {
		if !unnamed(*base) {
			break
		}
		if p.stays[base.ID] {
			return base.ID
		}
	}
	return ""
}

// removeByID removes an image with at most one name, and not those that it was built on.
func (p *pruning) removeByID(ctx context.Context, id string) ([]api.DeleteResponse, error) {
	var answer struct {
		Deleted, Untagged []string
		ExitCode          int // that of podman rmi
		Errors            []string
	}
	if _, err := p.own(ctx, http.MethodDelete, "/images/remove", url.Values{"images": {id}, "noprune": {"true"}},
		&answer); err != nil {
		return nil, err
	}
	switch said := strings.Join(answer.Errors, "; "); {
	case answer.ExitCode == 1:
		return nil, errors.Join(image.ErrNotFound, errors.New(said))
	case answer.ExitCode == 2:
		return nil, errdefs.ErrConflict.WithMessage(said)
	case answer.ExitCode != 0 || len(answer.Errors) > 0:
		return nil, errdefs.ErrInternal.WithMessage(said)
	}
	var removed []api.DeleteResponse
	for _, name := range answer.Untagged {
		removed = append(removed, api.DeleteResponse{Untagged: name})
	}
	// Podman does not list an image whose layers others need, but it is removed, too.
	if !slices.ContainsFunc(answer.Deleted, func(deleted string) bool { return withAlgorithm(deleted) == id }) {
		answer.Deleted = append(answer.Deleted, id)
	}
	for _, deleted := range answer.Deleted {
		removed = append(removed, api.DeleteResponse{Deleted: deleted})
	}
	return removed, nil
}

// giveBack restores the names of an image that could not be removed, unless another image has them by now, and returns
// why it could not be removed.
func (p *pruning) giveBack(ctx context.Context, one chosenImage, taken []string, err error) error {
	for _, name := range taken {
		if status, _ := p.own(ctx, http.MethodGet, "/images/"+name+"/exists", nil, nil); status == http.StatusNoContent {
			continue
		}
		if _, lost := p.own(ctx, http.MethodPost, "/images/"+one.ID+"/tag", repositoryAndTag(name), nil); lost != nil &&
			!errors.Is(err, image.ErrNotFound) {
			return fmt.Errorf("%w; its name %s was taken away and cannot be given back: %w", err, name, lost)
		}
	}
	if changed := p.free(ctx, one); changed != nil {
		return changed
	}
	return err
}

// repositoryAndTag splits a name for Podman: the tag, or the digest, is after the last colon.
func repositoryAndTag(name string) url.Values {
	tag := name[strings.LastIndex(name, ":")+1:]
	return url.Values{"repo": {strings.TrimSuffix(name, ":"+tag)}, "tag": {tag}}
}
