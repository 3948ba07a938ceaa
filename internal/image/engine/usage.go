package engine

import (
	"context"
	"slices"
	"strings"

	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A DiskUsage is the disk space of an engine's images.
type DiskUsage struct {
	TotalCount  int64          `tfsdk:"total_count" doc:"Number of images."`
	ActiveCount int64          `tfsdk:"active_count" doc:"Number of images that a container uses, also a stopped one."`
	TotalSize   *int64         `tfsdk:"total_size" doc:"Bytes of all images; shared layers count once."`
	Reclaimable *int64         `tfsdk:"reclaimable" doc:"Bytes that removing all unused images would free."`
	Images      []*image.Image `tfsdk:"images" doc:"Images, newest first."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (DiskUsage) Details() map[string]string {
	return map[string]string{
		"total_size": "Null if the engine does not report it (Podman).",
		"reclaimable": "Computed on every engine: a layer counts once, and only if no image in use has it. If several " +
			"images in use share layers in the containerd store, it is a lower bound.",
		"images": "With 'engine.containers' and 'engine.shared_size'.",
	}
}

const doingMeasure = "measure the disk usage"

// DiskUsage has the engine measure, which takes a while with many images.
func (c *Client) DiskUsage(ctx context.Context) (*DiskUsage, error) {
	connected, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	result, err := connected.DiskUsage(ctx, client.DiskUsageOptions{Images: true, Verbose: true})
	if err != nil {
		return nil, c.failed(doingMeasure, err)
	}
	measured := result.Images
	usage := &DiskUsage{
		TotalCount: measured.TotalCount, ActiveCount: measured.ActiveCount,
		TotalSize: count(measured.TotalSize), Reclaimable: count(measured.Reclaimable),
	}
	if measured.TotalSize == 0 && measured.TotalCount > 0 {
		usage.TotalSize = nil
	}
	items := measured.Items
	if slices.ContainsFunc(items, ofPodman) {
		if items, err = c.named(ctx, connected, items); err != nil {
			return nil, err
		}
		usage.count(items)
	}
	if len(items) > 0 || usage.TotalCount == 0 {
		r := reading{Client: c, api: connected, doing: doingMeasure}
		if usage.Reclaimable, err = r.reclaimable(ctx, usage.TotalSize, items); err != nil {
			return nil, err
		}
	}
	if usage.Images, err = c.summaries(ctx, connected, items); err != nil {
		return nil, err
	}
	return usage, nil
}

// count counts images, each once, as the library does for older engines.
func (u *DiskUsage) count(items []api.Summary) {
	u.TotalCount, u.ActiveCount = int64(len(items)), 0
	for _, item := range items {
		if item.Containers > 0 {
			u.ActiveCount++
		}
	}
}

// ofPodman reports whether an item is one of Podman's measurement: it has the id without the algorithm, and one item
// per tag, without the repository and without labels.
func ofPodman(s api.Summary) bool { return s.ID != "" && !strings.Contains(s.ID, ":") }

// named completes measured images with the names and labels of Podman's list.
func (c *Client) named(ctx context.Context, connected *client.Client, measured []api.Summary) ([]api.Summary, error) {
	result, err := connected.ImageList(ctx, client.ImageListOptions{All: true})
	if err != nil {
		return nil, c.failed(doingList, err)
	}
	listed := map[string]api.Summary{}
	for _, item := range result.Items {
		listed[withAlgorithm(item.ID)] = item
	}
	var images []api.Summary
	for _, item := range measured {
		item.ID = withAlgorithm(item.ID)
		if slices.ContainsFunc(images, func(other api.Summary) bool { return other.ID == item.ID }) {
			continue
		}
		known := listed[item.ID]
		item.RepoTags, item.RepoDigests, item.Labels, item.ParentID = known.RepoTags, known.RepoDigests, known.Labels,
			known.ParentID
		images = append(images, item)
	}
	return images, nil
}
