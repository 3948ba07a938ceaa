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

// Values of SetVisibility.
const (
	VisibilityPublic  = "public"  // pull without credentials
	VisibilityPrivate = "private" // pull with read access to the registry
	VisibilityInherit = "inherit" // as the namespace
)

// Visibilities lists them.
func Visibilities() []string { return []string{VisibilityPublic, VisibilityPrivate, VisibilityInherit} }

// SetVisibility sets who may pull an image. The error is an image.ErrNotFound if Scaleway certainly has no such image.
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
	if failureOf(err).lost {
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

// Delete deletes an image with all of its tags, and waits until it is gone. The error is an image.ErrNotFound if there
// is no such image.
func (c *Client) Delete(ctx context.Context, region, id string) error {
	place, id, err := c.place(region, id)
	if err != nil {
		return err
	}
	doing := fmt.Sprintf("delete the Scaleway image %s/%s", place, id)
	_, err = call(ctx, c, doing, (*registry.API).DeleteImage,
		registry.DeleteImageRequest{Region: place, ImageID: id})
	lost := err
	if failed := failureOf(err); err != nil && !failed.deleting && !failed.lost {
		return missing(err)
	}
	last, err := c.Wait(ctx, place.String(), id)
	switch {
	case errors.Is(err, image.ErrNotFound):
		return nil
	case failureOf(lost).lost:
		return lost
	case err != nil:
		return err
	}
	return image.Cannot(doing, fmt.Sprintf("Scaleway took the request, but the image is in status %s", last),
		"See in Scaleway's console what keeps it, and try again", nil)
}

// look reads an image after a write, also after the caller's deadline.
func (c *Client) look(ctx context.Context, place scw.Region, id string) (*registry.Image, error) {
	longer, cancel := wire.WithGrace(ctx, lookTime)
	defer cancel()
	return c.get(longer, place, id)
}

const (
	longestStatusWait = 15 * time.Second
	// lookTime is how long look may take after the caller's deadline.
	lookTime = 10 * time.Second
)

// Wait reads an image until its status is another than "deleting", and returns that status, or an image.ErrNotFound if
// the image is gone. It reads at least once, also if the context has ended.
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

// withReason returns an image's status with Scaleway's explanation, if there is one.
func withReason(i *registry.Image) string {
	if i.StatusMessage == nil || *i.StatusMessage == "" {
		return i.Status.String()
	}
	return i.Status.String() + " (" + *i.StatusMessage + ")"
}
