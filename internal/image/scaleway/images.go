package scaleway

import (
	"context"
	"fmt"
	"strings"

	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// IncludeTags in Include adds each tag's digest, id, status and times, for a request per hundred tags of an image. The
// names of the tags are there without it, for which the API is asked if an image may have more than it shows.
const IncludeTags = "tags"

// Options are the options of Image and ImageByName.
type Options struct {
	Include []string
	// The tag of Reference, Digest and PinnedReference. It implies IncludeTags. If it is empty, it is "latest", or else
	// the only tag; with several others, Reference is the repository.
	Tag  string
	Warn func(image.Warning) // may be nil; called before the image is returned, never after
}

// Image reads an image by its id. An empty region is that of the id, or else the configured one. The error is an
// image.ErrNotFound if Scaleway certainly has no such image.
func (c *Client) Image(ctx context.Context, region, id string, options Options) (*image.Image, error) {
	place, id, err := c.place(region, id)
	if err != nil {
		return nil, err
	}
	found, err := c.get(ctx, place, id)
	if err != nil {
		return nil, err
	}
	namespace, err := c.namespace(ctx, place, found.NamespaceID)
	if err != nil {
		return nil, err
	}
	return c.describe(ctx, entry{found, namespace, place}, options)
}

// ImageByName reads an image by its whole name. The namespace is an id, perhaps with the region, or a name, or empty
// for any. The error is an image.ErrNotFound if no image has the name. If several have it, the error lists them.
func (c *Client) ImageByName(ctx context.Context, region, namespace, name string, options Options) (*image.Image,
	error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	if namespace != "" {
		var err error
		if region, _, _, err = LocateNamespace(region, namespace); err != nil {
			return nil, err
		}
	}
	place, err := c.region(region)
	if err != nil {
		return nil, err
	}
	entries, err := c.entries(ctx, place, ListOptions{Namespace: namespace, Name: name,
		OrganizationID: c.config.OrganizationID, ProjectID: c.config.ProjectID})
	if err != nil {
		return nil, err
	}
	where := "region " + place.String()
	if namespace != "" {
		where = fmt.Sprintf("namespace %s of %s", namespace, where)
	}
	switch len(entries) {
	case 0:
		return nil, image.Cannot(fmt.Sprintf("find the image %s in %s", name, where),
			"Scaleway has none of this name that the key may see",
			"Check name, namespace and region: names are compared as a whole, and the namespace is no part of a name",
			image.ErrNotFound)
	case 1:
		return c.describe(ctx, entries[0], options)
	}
	sortEntries(entries, OrderNameAsc)
	var list strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&list, "\n  %s/%s  %s", e.region, e.image.ID, e.repository())
	}
	return nil, image.Cannot(fmt.Sprintf("find the image %s in %s", name, where),
		fmt.Sprintf("%d images have this name:%s\nGive the namespace, or the id, of the one that is meant",
			len(entries), list.String()), "", nil)
}

// An entry is an image with its namespace and region.
type entry struct {
	image     *registry.Image
	namespace *registry.Namespace
	region    scw.Region
}

// repository returns the image's name in the registry.
func (e entry) repository() string { return e.endpoint() + "/" + e.image.Name }

// endpoint returns the namespace's address, or else the one that follows from its region and name.
func (e entry) endpoint() string {
	if e.namespace.Endpoint != "" {
		return e.namespace.Endpoint
	}
	return "rg." + e.region.String() + ".scw.cloud/" + e.namespace.Name
}

func (c *Client) get(ctx context.Context, region scw.Region, id string) (*registry.Image, error) {
	doing := fmt.Sprintf("read the Scaleway image %s/%s", region, id)
	found, err := call(ctx, c, doing, (*registry.API).GetImage,
		registry.GetImageRequest{Region: region, ImageID: id})
	if err != nil {
		return nil, missing(err)
	}
	return found, sameID(doing, id, found.ID)
}

// sameID returns an error for an answer with another id.
func sameID(doing, asked, answered string) error {
	if strings.EqualFold(asked, answered) {
		return nil
	}
	return image.Cannot(doing, "the answer is about something else, or nothing", adviceOnAddress, nil)
}
