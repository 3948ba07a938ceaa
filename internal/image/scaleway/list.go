package scaleway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"
	"golang.org/x/sync/errgroup"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// ListOptions select and sort images.
type ListOptions struct {
	Regions        []string // empty for the configured one
	Namespace      string   // id, perhaps with the region, or name
	Name           string   // the whole name of the image
	OrganizationID string
	ProjectID      string
	OrderBy        string // one of Orders; empty for OrderCreatedAtAsc
	Limit          int    // the first so many in that order; 0 for all
	Include        []string
}

// tagReaders is how many images' tags are read at once: enough to hide latency, few enough for the API's limits.
const tagReaders = 4

// Images lists the images of one region or several, which it reads at once. A list without one of the regions or pages
// is an error.
func (c *Client) Images(ctx context.Context, o ListOptions) ([]*image.Image, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	within, err := o.regionOfNamespace()
	if err != nil {
		return nil, err
	}
	if within != "" {
		o.Regions = []string{within}
	}
	regions, err := c.regions(o.Regions)
	if err != nil {
		return nil, err
	}
	o.OrganizationID, o.ProjectID = cmp.Or(o.OrganizationID, c.config.OrganizationID),
		cmp.Or(o.ProjectID, c.config.ProjectID)
	lists, failures := make([][]entry, len(regions)), make([]error, len(regions))
	var group sync.WaitGroup
	for i, region := range regions {
		group.Go(func() { lists[i], failures[i] = c.entries(ctx, region, o) })
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		return nil, err
	}
	entries := slices.Concat(lists...)
	sortEntries(entries, o.OrderBy)
	count := len(entries)
	if o.Limit > 0 {
		count = min(count, o.Limit)
	}
	images := make([]*image.Image, 0, count)
	for len(images) < count && len(entries) > 0 {
		next := min(count-len(images), len(entries))
		described, err := c.describeAll(ctx, entries[:next], o.Include)
		if err != nil {
			return nil, err
		}
		images, entries = append(images, described...), entries[next:]
	}
	return images, nil
}

// describeAll converts images, without those that were deleted since they were listed.
func (c *Client) describeAll(ctx context.Context, entries []entry, include []string) ([]*image.Image, error) {
	described := make([]*image.Image, len(entries))
	readers, ctx := errgroup.WithContext(ctx)
	readers.SetLimit(tagReaders)
	for i := range entries {
		readers.Go(func() (err error) {
			described[i], err = c.describe(ctx, entries[i], Options{Include: include})
			if errors.Is(missing(err), image.ErrNotFound) {
				return nil
			}
			return err
		})
	}
	err := readers.Wait()
	return slices.DeleteFunc(described, func(i *image.Image) bool { return i == nil }), err
}

func (o ListOptions) check() error {
	for _, id := range []string{o.OrganizationID, o.ProjectID} {
		if id != "" {
			if err := CheckID(id); err != nil {
				return err
			}
		}
	}
	if o.OrderBy != "" && !slices.Contains(Orders(), o.OrderBy) {
		return fmt.Errorf("%q is no order: they are %s", o.OrderBy, strings.Join(Orders(), ", "))
	}
	if o.Limit < 0 {
		return fmt.Errorf("%d is no limit: give the number of images, or 0 for all", o.Limit)
	}
	return nil
}

// regionOfNamespace returns the region in the namespace's id, "" if there is none. No other one needs to be read.
func (o ListOptions) regionOfNamespace() (string, error) {
	if o.Namespace == "" {
		return "", nil
	}
	within, _, _, err := LocateNamespace("", o.Namespace)
	if err != nil || within == "" || len(o.Regions) == 0 || slices.Contains(o.Regions, within) {
		return within, err
	}
	return "", fmt.Errorf("the namespace %q is one of the region %s, which is not among the regions that are given: %s",
		o.Namespace, within, strings.Join(o.Regions, ", "))
}

// regions checks regions, and returns each once.
func (c *Client) regions(names []string) ([]scw.Region, error) {
	if len(names) == 0 {
		names = []string{""}
	}
	var regions []scw.Region
	for _, name := range names {
		region, err := c.region(name)
		if err != nil {
			return nil, err
		}
		regions = append(regions, region)
	}
	slices.Sort(regions)
	return slices.Compact(regions), nil
}

// entries lists the selected images of a region.
func (c *Client) entries(ctx context.Context, region scw.Region, o ListOptions) ([]entry, error) {
	namespaces, err := c.namespaces(ctx, region, o)
	if err != nil || o.Namespace != "" && len(namespaces) == 0 {
		return nil, err // there is no such namespace, and so no image in it
	}
	request := registry.ListImagesRequest{
		Region: region, PageSize: new(uint32(pageSize)), Name: image.Known(o.Name),
		OrganizationID: image.Known(o.OrganizationID), ProjectID: image.Known(o.ProjectID),
		// The images are sorted here (order.go). Only in the order of creation does an image that is pushed meanwhile come
		// last, so that it moves no other image to another page.
		OrderBy: registry.ListImagesRequestOrderByCreatedAtAsc,
	}
	if o.Namespace != "" {
		request.NamespaceID = &namespaces[0].ID
	}
	doing := "list the Scaleway images of " + region.String()
	images, err := all(c, doing, func(i *registry.Image) string { return i.ID },
		func(number *int32) ([]*registry.Image, uint32, error) {
			request.Page = number
			answer, err := call(ctx, c, doing, (*registry.API).ListImages, request)
			if err != nil {
				return nil, 0, err
			}
			return answer.Images, answer.TotalCount, nil
		})
	if err != nil {
		return nil, err
	}
	byID := map[string]*registry.Namespace{}
	for _, namespace := range namespaces {
		byID[namespace.ID] = namespace
	}
	var entries []entry
	for _, found := range images {
		if o.Name != "" && found.Name != o.Name || o.Namespace != "" && found.NamespaceID != namespaces[0].ID {
			continue // a proxy has removed the filters
		}
		if byID[found.NamespaceID] == nil {
			// The namespace is newer than the list of namespaces, or in another project.
			if byID[found.NamespaceID], err = c.namespace(ctx, region, found.NamespaceID); err != nil {
				return nil, err
			}
		}
		entries = append(entries, entry{found, byID[found.NamespaceID], region})
	}
	return entries, nil
}
