package engine

import (
	"context"
	"errors"
	"time"

	"github.com/moby/moby/client"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// PruneOptions select the images to remove. The zero value selects dangling images: unused ones without a tag.
type PruneOptions struct {
	Dangling  *bool    // false: all images that no container uses. Refused without All
	All       bool     // confirms more than dangling images; implies Dangling = false if that is not set
	Until     *string  // only images created before this time: RFC 3339, Unix seconds or a duration such as "24h"
	Labels    []string // only images with all of these labels ("key" or "key=value")
	NotLabels []string // only images with none of these labels
}

// A PruneReport lists the selected images that were removed, and those that were not.
type PruneReport struct {
	Deleted        []DeletedImage // in order of removal
	NotDeleted     []NotDeletedImage
	SpaceReclaimed int64 // in bytes
	AtMost         bool  // SpaceReclaimed is an upper bound, because the engine does not measure
}

// A DeletedImage is a name or an image that was removed: one of the two is set.
type DeletedImage struct {
	Untagged *string // a name
	Deleted  *string // id of an image or of one of its layers
}

// A NotDeletedImage is an image that was selected and not removed.
type NotDeletedImage struct{ Name, ID, Reason string }

// ErrNotAll is in the chain of the error where All is missing for more than dangling images.
var ErrNotAll = errors.New("more than dangling images would go")

// A selection is parsed PruneOptions.
type selection struct {
	dangling          bool // images without a tag only
	until             *time.Time
	labels, notLabels []string
}

// selection parses the options.
func (o PruneOptions) selection(now time.Time) (*selection, error) {
	dangling := !o.All
	if o.Dangling != nil {
		dangling = *o.Dangling
	}
	if !dangling && !o.All {
		return nil, image.Cannot(doingPrune, "all images that no container uses would go, tagged ones too",
			"If that is meant, say so with all = true; otherwise leave dangling = false out", ErrNotAll)
	}
	// An empty filter is likely a mistake, and without it more would be removed.
	for _, labels := range [][]string{o.Labels, o.NotLabels} {
		if labels != nil && len(labels) == 0 {
			return nil, image.Cannot(doingPrune, "an empty list of labels chooses nothing",
				"Name a label, or leave the list out", nil)
		}
		for _, label := range labels {
			if err := CheckLabel(label); err != nil {
				return nil, image.Cannot(doingPrune, err.Error(), "", err)
			}
		}
	}
	until, err := untilOf(o.Until, now)
	if err != nil {
		return nil, image.Cannot(doingPrune, err.Error(), "", err)
	}
	return &selection{dangling: dangling, until: until, labels: o.Labels, notLabels: o.NotLabels}, nil
}

const doingPrune = "prune the images"

// Prune removes images that no container uses. It selects them itself, because engines differ in the meaning of several
// filters together. It selects all before it removes one, and removes an image with all its names or not at all. With
// an error, the report lists what was done until then.
func (c *Client) Prune(ctx context.Context, options PruneOptions) (*PruneReport, error) {
	wanted, err := options.selection(time.Now())
	if err != nil {
		return nil, err
	}
	connected, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	p := &pruning{
		reading: reading{Client: c, api: connected, doing: doingPrune}, selection: wanted,
		stays: map[string]bool{}, needed: map[string]bool{},
		report: &PruneReport{Deleted: []DeletedImage{}, NotDeleted: []NotDeletedImage{}},
	}
	chosen, err := p.choose(ctx)
	if err != nil {
		return nil, err
	}
	if len(chosen) == 0 {
		return p.report, nil
	}
	before := p.measure(ctx)
	err = p.removeAll(ctx, chosen)
	p.reclaimed(before, p.measure(context.WithoutCancel(ctx)))
	return p.report, err
}

// A pruning is one run of Prune.
type pruning struct {
	reading
	*selection
	stays  map[string]bool // ids of the images that are not removed
	needed map[string]bool // ids of the images that one of these was built on
	report *PruneReport
	most   int64 // bytes of the removed images, with shared layers
}

// measure returns the bytes of all images, nil if the engine does not report them: Podman, or behind a proxy. An error
// is no reason not to prune.
func (p *pruning) measure(ctx context.Context) *int64 {
	if p.podman.Load() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	result, err := p.api.DiskUsage(ctx, client.DiskUsageOptions{Images: true})
	if err != nil {
		return nil
	}
	return &result.Images.TotalSize
}

// reclaimed sets the reclaimed bytes: the difference of two measurements, between which images may have been pulled.
func (p *pruning) reclaimed(before, after *int64) {
	p.report.SpaceReclaimed, p.report.AtMost = p.most, p.most > 0
	if before != nil && after != nil {
		p.report.SpaceReclaimed, p.report.AtMost = min(max(0, *before-*after), p.most), false
	}
}
