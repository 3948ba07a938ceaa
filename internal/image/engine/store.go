package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/storage"
	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// The image stores of engines, which differ in the meaning of an image's id.
const (
	storeGraphDriver = "graphdriver" // the id is the configuration's digest
	storeContainerd  = "containerd"  // the id is the manifest's or index's
)

// snapshotters are drivers that only the containerd store has. Others, such as btrfs, are in both stores.
var snapshotters = []string{"overlayfs", "native", "stargz", "soci", "nydus", "devmapper", "erofs", "blockfile"}

// An answered is what an answer has that depends on the store.
type answered struct {
	id            string
	descriptor    *ocispec.Descriptor
	hasManifests  bool
	tags, digests []string            // as the engine wrote them
	driver        *storage.DriverData // of an inspection, may be nil
}

// storeOf returns the store of an image, "" if it cannot be found out. Since API 1.48 only the containerd store has a
// descriptor. An older API has none in either store, and may be that of a newer engine (DOCKER_API_VERSION). There the
// containerd store has the id among the digests, with the image's name or alone. Only of an image without names and
// digests the engine's description is read.
func (c *Client) storeOf(ctx context.Context, connected *client.Client, a answered) (string, error) {
	named := func(name string) bool { return spell(name) != "" }
	switch {
	case a.descriptor != nil || a.hasManifests:
		return storeContainerd, nil
	case speaks(connected, "1.48") || c.podman.Load() != nil || versions.LessThan(c.newestAPI, "1.42"):
		return storeGraphDriver, nil // Docker has the containerd store since API 1.42
	case slices.ContainsFunc(a.digests, func(name string) bool {
		return name == a.id || strings.HasSuffix(name, "@"+a.id)
	}):
		return storeContainerd, nil
	case a.driver != nil && slices.Contains(snapshotters, a.driver.Name):
		return storeContainerd, nil
	case a.driver != nil && len(a.driver.Data) > 0, slices.ContainsFunc(a.digests, named),
		slices.ContainsFunc(a.tags, named):
		return storeGraphDriver, nil
	}
	return c.described(ctx, connected)
}

// described returns the store that the engine's description names. It is asked for once. If the engine, or a proxy in
// front of it, does not give it, the store is "", and the list is complete all the same.
func (c *Client) described(ctx context.Context, connected *client.Client) (string, error) {
	c.descriptionLock.Lock()
	defer c.descriptionLock.Unlock()
	if c.description != nil {
		return *c.description, nil
	}
	limited, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	result, err := connected.Info(limited, client.InfoOptions{})
	if err != nil && ctx.Err() != nil {
		return "", c.failed("find out how images are stored", err)
	}
	store := ""
	switch {
	case err != nil:
	case slices.Contains(result.Info.DriverStatus, [2]string{"driver-type", "io.containerd.snapshotter.v1"}):
		store = storeContainerd
	default:
		store = storeGraphDriver
	}
	c.description = &store
	return store, nil
}

// newImage returns what a list and an inspection have in common.
func newImage(full, store string, a answered) *image.Image {
	tagged, digested := names(a.tags, a.digests)
	i := &image.Image{
		Source: image.SourceDockerEngine, Reference: full, Tags: tagged, RepoDigests: digested,
		Engine: &image.Engine{ID: a.id, Store: image.Known(store), Descriptor: descriptor(a.descriptor)},
	}
	switch d := a.descriptor; {
	case d != nil:
		i.Digest, i.MediaType = image.Known(d.Digest.String()), image.Known(d.MediaType)
	case store == storeContainerd:
		i.Digest = image.Known(a.id)
	default:
		name, digest := repoDigest(full, digested)
		if i.Digest = image.Known(digest); repositoryOf(name) != repositoryOf(full) {
			i.PinnedReference = image.Known(name) // only there can it be pulled by that digest
		}
	}
	return i
}
