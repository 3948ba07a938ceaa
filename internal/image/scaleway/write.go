package scaleway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// Who may pull an image: SetVisibility.
const (
	VisibilityPublic  = "public"  // anybody, without credentials
	VisibilityPrivate = "private" // who may read the registry of the organization
	VisibilityInherit = "inherit" // as the namespace says
)

// Visibilities lists them.
func Visibilities() []string { return []string{VisibilityPublic, VisibilityPrivate, VisibilityInherit} }

// SetVisibility says who may pull an image. The error is an image.ErrNotFound where Scaleway says for certain that
// there is no such image.
func (c *Client) SetVisibility(ctx context.Context, region, id, visibility string) error {
	if !slices.Contains(Visibilities(), visibility) {
		return fmt.Errorf("%q is no visibility: they are %s", visibility, strings.Join(Visibilities(), ", "))
	}
	place, id, err := c.place(region, id)
	if err != nil {
		return err
	}
	doing := fmt.Sprintf("make the Scaleway image %s/%s %s", place, id, visibility)
	if visibility == VisibilityInherit {
		doing = fmt.Sprintf("have the Scaleway image %s/%s inherit its namespace's visibility", place, id)
	}
	changed, err := call(ctx, c, doing, (*registry.API).UpdateImage, registry.UpdateImageRequest{
		Region: place, ImageID: id, Visibility: registry.ImageVisibility(visibility),
	})
	if mayBeDone(err) {
		if seen, unread := c.look(ctx, place, id); unread == nil && seen.Visibility.String() == visibility {
			return nil
		}
	}
	if err != nil {
		return missing(err)
	}
	if err := sameID(doing, id, changed.ID); err != nil {
		return err
	}
	if changed.Visibility.String() != visibility {
		return image.Cannot(doing, c.clean(fmt.Sprintf("Scaleway took the request, but the image is %s, in status %s",
			changed.Visibility, withReason(changed))),
			"See in Scaleway's console whether the image may be changed, and try again", nil)
	}
	return nil
}

// Delete deletes an image with all of its tags, for good, and waits until it is gone. One that is not there is an
// image.ErrNotFound.
func (c *Client) Delete(ctx context.Context, region, id string) error {
	place, id, err := c.place(region, id)
	if err != nil {
		return err
	}
	doing := fmt.Sprintf("delete the Scaleway image %s/%s", place, id)
	_, err = call(ctx, c, doing, (*registry.API).DeleteImage,
		registry.DeleteImageRequest{Region: place, ImageID: id})
	lost := err
	if err != nil && !deletingAlready(err) && !mayBeDone(err) {
		return missing(err)
	}
	last, err := c.Wait(ctx, place.String(), id)
	switch {
	case errors.Is(err, image.ErrNotFound):
		return nil
	case mayBeDone(lost):
		return lost
	case err != nil:
		return err
	}
	return image.Cannot(doing, fmt.Sprintf("Scaleway took the request, but the image is in status %s", last),
		"See in Scaleway's console what keeps it, and try again", nil)
}

// deletingAlready reports whether a delete was refused because there was one before, perhaps this one's own, whose
// answer was lost.
func deletingAlready(err error) bool {
	failed, ok := errors.AsType[*failure](err)
	return ok && failed.deleting
}

// mayBeDone reports whether a write has failed and was carried out, perhaps: its answer was lost.
func mayBeDone(err error) bool {
	failed, ok := errors.AsType[*failure](err)
	return ok && failed.lost
}

// look reads an image after a write, also where the caller's time is over.
func (c *Client) look(ctx context.Context, place scw.Region, id string) (*registry.Image, error) {
	longer, cancel := wire.WithGrace(ctx, lookTime)
	defer cancel()
	return c.get(longer, place, id)
}

const (
	longestStatusWait = 15 * time.Second
	// lookTime is how long a look after a write may go on when the time for the whole is over.
	lookTime = 10 * time.Second
)

// Wait looks at an image until its status is one that stays: any but "deleting". It gives that status, or an
// image.ErrNotFound when the image is gone. How long that may take is the context's to say; one look is taken in any
// case.
func (c *Client) Wait(ctx context.Context, region, id string) (string, error) {
	place, id, err := c.place(region, id)
	if err != nil {
		return "", err
	}
	for wait := c.statusWait; ; wait = min(2*wait, longestStatusWait) {
		found, err := c.look(ctx, place, id)
		if err != nil {
			return "", err
		}
		if found.Status != registry.ImageStatusDeleting {
			return c.clean(withReason(found)), nil
		}
		if ended := wire.Wait(ctx, wait); ended != nil {
			return "", image.Cannot(fmt.Sprintf("wait for the end of the Scaleway image %s/%s", place, id),
				"it is still being deleted", "Scaleway goes on with it: see later whether it is gone", ended)
		}
	}
}

// withReason returns an image's status, and what Scaleway says of it, if it says anything.
func withReason(i *registry.Image) string {
	if i.StatusMessage == nil || *i.StatusMessage == "" {
		return i.Status.String()
	}
	return i.Status.String() + " (" + *i.StatusMessage + ")"
}
