package scaleway

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// shownByImage is how many tags the API shows in an image itself: the newest ones. With so many there may be others.
const shownByImage = 5

// describe converts an image, and reads its tags if they are requested.
func (c *Client) describe(ctx context.Context, e entry, options Options) (*image.Image, error) {
	var tags []image.ScalewayTag
	for _, name := range e.image.Tags {
		tags = append(tags, image.ScalewayTag{Name: name})
	}
	slices.SortFunc(tags, func(a, b image.ScalewayTag) int { return cmp.Compare(a.Name, b.Name) })
	requested := options.Tag != "" || slices.Contains(options.Include, IncludeTags)
	if requested || len(tags) >= shownByImage {
		var err error
		if tags, err = c.tags(ctx, e.region, e.image.ID); err != nil {
			return nil, err
		}
	}
	if !requested {
		for index := range tags {
			tags[index] = image.ScalewayTag{Name: tags[index].Name}
		}
	}
	described := &image.Image{Source: image.SourceScaleway, Reference: e.repository(), Scaleway: facts(e, tags)}
	if err := point(described, tags, options.Tag); err != nil {
		return nil, err
	}
	described.Complete("")
	if options.Warn != nil {
		warn(described.Scaleway, options.Warn)
	}
	return described, nil
}

func facts(e entry, tags []image.ScalewayTag) *image.Scaleway {
	s := &image.Scaleway{
		ID: e.image.ID, Region: e.region.String(), Name: e.image.Name, Repository: e.repository(),
		NamespaceID: e.image.NamespaceID, Namespace: e.namespace.Name, Endpoint: e.endpoint(),
		OrganizationID: image.Known(e.namespace.OrganizationID), ProjectID: image.Known(e.namespace.ProjectID),
		Status: e.image.Status.String(), Size: size(e.image.Size),
		CreatedAt: image.InstantOf(e.image.CreatedAt), UpdatedAt: image.InstantOf(e.image.UpdatedAt), Tags: tags,
	}
	if e.image.StatusMessage != nil {
		s.StatusMessage = image.Known(*e.image.StatusMessage)
	}
	switch e.image.Visibility {
	case registry.ImageVisibilityVisibilityUnknown, "": // unknown
	case registry.ImageVisibilityPublic, registry.ImageVisibilityPrivate:
		s.Visibility, s.Public = new(e.image.Visibility.String()), new(e.image.Visibility == registry.ImageVisibilityPublic)
	case registry.ImageVisibilityInherit:
		s.Visibility, s.Public = new(e.image.Visibility.String()), new(e.namespace.IsPublic)
	default: // a newer one
		s.Visibility = new(e.image.Visibility.String())
	}
	return s
}

// point sets the image's name, digest and tags to those of one tag.
func point(described *image.Image, tags []image.ScalewayTag, tag string) error {
	repository := described.Reference
	find := func(name string) int {
		return slices.IndexFunc(tags, func(t image.ScalewayTag) bool { return t.Name == name })
	}
	chosen := find(cmp.Or(tag, "latest"))
	if chosen < 0 && tag == "" && len(tags) == 1 {
		chosen = 0
	}
	switch {
	case chosen < 0 && tag != "":
		return image.Cannot(fmt.Sprintf("read the tag %s of %s", tag, repository), "the image has no such tag"+butHas(tags),
			"Push it, or name one that is there", image.ErrNotFound)
	case chosen < 0:
		return nil
	}
	described.Reference = repository + ":" + tags[chosen].Name
	if tags[chosen].Digest == nil {
		return nil
	}
	described.Digest = tags[chosen].Digest
	described.RepoDigests = []string{repository + "@" + *described.Digest}
	for _, other := range tags {
		if other.Digest != nil && *other.Digest == *described.Digest {
			described.Tags = append(described.Tags, repository+":"+other.Name)
		}
	}
	return nil
}

const shownTags = 20 // in an error

func butHas(tags []image.ScalewayTag) string {
	if len(tags) == 0 {
		return ", and no other"
	}
	var names []string
	for _, tag := range tags[:min(len(tags), shownTags)] {
		names = append(names, tag.Name)
	}
	more := ""
	if len(tags) > shownTags {
		more = fmt.Sprintf(" and %d more", len(tags)-shownTags)
	}
	return ": there are " + strings.Join(names, ", ") + more
}

func warn(s *image.Scaleway, tell func(image.Warning)) {
	said := ""
	if s.StatusMessage != nil {
		said = ": " + *s.StatusMessage
	}
	switch registry.ImageStatus(s.Status) {
	case registry.ImageStatusDeleting:
		tell(image.Warning{Summary: "Image is being deleted",
			Detail: fmt.Sprintf("Scaleway is deleting %s%s.\n\nIt will be gone soon: use another image.", s.Repository, said)})
	case registry.ImageStatusError:
		tell(image.Warning{Summary: "Image is in error",
			Detail: fmt.Sprintf("Scaleway has %s in status \"error\"%s.\n\nPush it again, or ask Scaleway's support.",
				s.Repository, said)})
	case registry.ImageStatusLocked:
		tell(image.Warning{Summary: "Image is locked",
			Detail: fmt.Sprintf("Scaleway has locked %s%s.\n\nIt cannot be changed, and perhaps not be pulled: ask Scaleway's "+
				"support.", s.Repository, said)})
	}
}

// Tags lists an image's tags by name, each with its digest.
func (c *Client) Tags(ctx context.Context, region, id string) ([]image.ScalewayTag, error) {
	place, id, err := c.place(region, id)
	if err != nil {
		return nil, err
	}
	tags, err := c.tags(ctx, place, id)
	return tags, missing(err)
}

func (c *Client) tags(ctx context.Context, region scw.Region, id string) ([]image.ScalewayTag, error) {
	doing := fmt.Sprintf("list the tags of the Scaleway image %s/%s", region, id)
	found, err := all(c, doing, func(t *registry.Tag) string { return t.ID },
		func(number *int32) ([]*registry.Tag, uint32, error) {
			answer, err := call(ctx, c, doing, (*registry.API).ListTags, registry.ListTagsRequest{
				Region: region, ImageID: id, Page: number, PageSize: new(uint32(pageSize)),
			})
			if err != nil {
				return nil, 0, err
			}
			return answer.Tags, answer.TotalCount, nil
		})
	if err != nil {
		return nil, err
	}
	var tags []image.ScalewayTag
	for _, tag := range found {
		described := image.ScalewayTag{
			Name: tag.Name, ID: image.Known(tag.ID), Status: new(tag.Status.String()),
			CreatedAt: image.InstantOf(tag.CreatedAt), UpdatedAt: image.InstantOf(tag.UpdatedAt),
		}
		if _, err := digest.Parse(tag.Digest); err == nil {
			described.Digest = &tag.Digest
		} else if tag.Digest != "" {
			return nil, c.unusable(doing, fmt.Sprintf("the tag %q has the digest %q, which is not a digest", tag.Name,
				tag.Digest))
		}
		tags = append(tags, described)
	}
	slices.SortFunc(tags, func(a, b image.ScalewayTag) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(*a.ID, *b.ID))
	})
	return tags, nil
}

func size(bytes scw.Size) *int64 {
	if uint64(bytes) > math.MaxInt64 {
		return nil
	}
	return new(int64(bytes))
}
