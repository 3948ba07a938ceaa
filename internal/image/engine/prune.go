package engine

import (
	"context"
	"errors"
	"math"
	"strconv"

	"github.com/moby/moby/client"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// PruneOptions choose what is removed. The zero value removes dangling images: those without a tag that nothing uses.
type PruneOptions struct {
	Dangling  *bool    // false: all images that no container uses. Refused without All
	All       bool     // the explicit word for more than dangling images; means Dangling = false where that is not set
	Until     *string  // only images created before this time: RFC 3339, Unix seconds or a duration such as "24h"
	Labels    []string // only images with all of these labels ("key" or "key=value")
	NotLabels []string // only images with none of these labels
}

// A PruneReport says what was removed.
type PruneReport struct {
	Deleted        []DeletedImage `tfsdk:"deleted" doc:"What was removed, in the engine's order."`
	SpaceReclaimed int64          `tfsdk:"space_reclaimed" doc:"Bytes that were given back."`
}

// A DeletedImage is one name or one image that was removed: one of the two is set.
type DeletedImage struct {
	Untagged *string `tfsdk:"untagged" doc:"A name that was removed."`
	Deleted  *string `tfsdk:"deleted" doc:"Id of an image, or of one of its layers, that was removed."`
}

// ErrNotAll is in the chain of the error with which Prune refuses to remove more than dangling images.
var ErrNotAll = errors.New("more than dangling images would go")

// check gives what the engine is asked for, or says why it is not asked.
func (o PruneOptions) check() (client.Filters, error) {
	dangling := !o.All
	if o.Dangling != nil {
		dangling = *o.Dangling
	}
	if !dangling && !o.All {
		return nil, &Error{Doing: "prune the images", Said: "all images that no container uses would go, tagged ones too", cause: ErrNotAll,
			Advice: "If that is meant, say so with all = true; otherwise leave dangling = false out"}
	}
	// An empty filter is one that somebody meant to set. Without it, more would go than was meant.
	filters := client.Filters{}.Add("dangling", strconv.FormatBool(dangling))
	for _, chosen := range []struct {
		term   string
		labels []string
	}{{"label", o.Labels}, {"label!", o.NotLabels}} {
		if chosen.labels != nil && len(chosen.labels) == 0 {
			return nil, &Error{Doing: "prune the images", Said: "an empty list of labels chooses nothing", Advice: "Name a label, or leave the list out"}
		}
		for _, label := range chosen.labels {
			if err := CheckLabel(label); err != nil {
				return nil, &Error{Doing: "prune the images", Said: err.Error(), cause: err}
			}
			filters.Add(chosen.term, label)
		}
	}
	if err := add(filters, "until", o.Until); err != nil {
		return nil, &Error{Doing: "prune the images", Said: err.Error(), cause: err}
	}
	return filters, nil
}

// Prune removes images that nothing uses. By Until, the graph-driver store and Podman go by when an image was built, and the
// containerd store by when it came to the engine.
func (c *Client) Prune(ctx context.Context, options PruneOptions) (*PruneReport, error) {
	filters, err := options.check()
	if err != nil {
		return nil, err
	}
	connected, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	if c.podman.Load() != nil && filters["dangling"]["false"] {
		report, err := c.prunePodman(ctx, filters)
		if err != nil {
			return nil, c.failed("prune the images", err)
		}
		return report, nil
	}
	result, err := connected.ImagePrune(ctx, client.ImagePruneOptions{Filters: filters})
	if err != nil {
		return nil, c.failed("prune the images", err)
	}
	report := &PruneReport{
		Deleted:        make([]DeletedImage, 0, len(result.Report.ImagesDeleted)),
		SpaceReclaimed: int64(min(result.Report.SpaceReclaimed, math.MaxInt64)),
	}
	for _, item := range result.Report.ImagesDeleted {
		report.Deleted = append(report.Deleted, DeletedImage{Untagged: image.Known(item.Untagged), Deleted: image.Known(withAlgorithm(item.Deleted))})
	}
	return report, nil
}
