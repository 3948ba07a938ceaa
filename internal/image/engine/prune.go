package engine

import (
	"context"
	"errors"
	"time"

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

// A PruneReport lists what was removed, and what matched and was not removed.
type PruneReport struct {
	Deleted        []DeletedImage // in order of removal
	NotDeleted     []NotDeletedImage
	SpaceReclaimed int64 // in bytes
	AtMost         bool  // SpaceReclaimed is an upper bound: the engine does not measure
}

// A DeletedImage is one name or one image that was removed: one of the two is set.
type DeletedImage struct {
	Untagged *string // a name
	Deleted  *string // id of an image or of one of its layers
}

// A NotDeletedImage is an image that matched and was not removed.
type NotDeletedImage struct{ Name, ID, Reason string }

// ErrNotAll is in the chain of the error with which Prune refuses to remove more than dangling images.
var ErrNotAll = errors.New("more than dangling images would go")

// A selection is what PruneOptions mean.
type selection struct {
	dangling          bool // images without a tag only
	until             *time.Time
	labels, notLabels []string
}

// selection reads the options, or says why nothing is removed.
func (o PruneOptions) selection(now time.Time) (*selection, error) {
	dangling := !o.All
	if o.Dangling != nil {
		dangling = *o.Dangling
	}
	if !dangling && !o.All {
		return nil, image.Cannot(doingPrune, "all images that no container uses would go, tagged ones too",
			"If that is meant, say so with all = true; otherwise leave dangling = false out", ErrNotAll)
	}
	// An empty filter is one that somebody meant to set. Without it, more would go than was meant.
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

// Prune removes images that no container uses. Which ones, is decided here and not by the engine, because engines
// disagree on what several filters mean together. Nothing is removed before all is decided, and an image goes with all
// its names or not at all. Where there is a report beside an error, it says what was done until then.
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
	most   int64 // bytes that the removed images took, counting layers that others share
}

// measure returns how many bytes all images take, nil where the engine does not tell: Podman, or behind a proxy. What
// was not measured is no reason to leave images where they are.
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

// reclaimed notes how many bytes were given back: the difference of two measurements, which somebody may have pulled
// between.
func (p *pruning) reclaimed(before, after *int64) {
	p.report.SpaceReclaimed, p.report.AtMost = p.most, p.most > 0
	if before != nil && after != nil {
		p.report.SpaceReclaimed, p.report.AtMost = min(max(0, *before-*after), p.most), false
	}
}
