package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
)

// CheckFilter returns an error for an empty filter, perhaps from an empty variable. Engines take it for none, and would
// list, or remove, everything.
func CheckFilter(value string) error {
	if strings.TrimSpace(value) == "" {
		return errors.New("it is empty, and so chooses nothing. Give it a value, or leave it out (null)")
	}
	return nil
}

// add adds a filter if it is set.
func add(filters client.Filters, term string, value *string) error {
	if value == nil {
		return nil
	}
	if err := CheckFilter(*value); err != nil {
		return fmt.Errorf("%s: %w", term, err)
	}
	filters.Add(term, *value)
	return nil
}

// filters returns the filters for the engine.
func (o ListOptions) filters() (client.Filters, error) {
	filters := client.Filters{}
	for _, pattern := range o.References {
		if err := add(filters, referenceFilter, &pattern); err != nil {
			return nil, err
		}
	}
	for _, label := range o.Labels {
		if err := CheckLabel(label); err != nil {
			return nil, err
		}
		filters.Add(labelFilter, label)
	}
	if o.Dangling != nil {
		filters.Add("dangling", strconv.FormatBool(*o.Dangling))
	}
	return filters, errors.Join(add(filters, "before", o.Before), add(filters, "since", o.Since))
}

const (
	labelFilter     = "label"
	referenceFilter = "reference"
)

// asUnderstood changes filters so that the engine does what is documented. Podman gets no labels: for it one of several
// is enough, and may be a pattern. Docker's graph-driver store has names without docker.io.
func (r reading) asUnderstood(filters client.Filters) client.Filters {
	if r.podman.Load() != nil {
		delete(filters, labelFilter)
		return filters
	}
	for pattern := range maps.Clone(filters[referenceFilter]) {
		if short, found := strings.CutPrefix(pattern, "docker.io/"); found {
			filters.Add(referenceFilter, short, strings.TrimPrefix(short, "library/"))
		}
	}
	return filters
}

// filter removes from a list what does not match, for filters in which engines differ.
func (r reading) filter(ctx context.Context, items []api.Summary, options ListOptions, until *time.Time) ([]api.Summary,
	error) {
	var left []api.Summary
	for _, one := range items {
		if options.Dangling != nil && *options.Dangling != unnamed(one) {
			continue // the graph-driver store lists an image with a digest and no tag in both cases
		}
		if r.podman.Load() != nil && !hasAll(one.Labels, options.Labels) {
			continue
		}
		if until != nil {
			if older, err := r.older(ctx, one, *until); err != nil {
				return nil, err
			} else if !older {
				continue
			}
		}
		left = append(left, one)
	}
	return left, nil
}

// older reports whether a listed image was created before a time. Lists have whole seconds.
func (r reading) older(ctx context.Context, one api.Summary, until time.Time) (bool, error) {
	if one.Created == 0 { // 1970 or unknown: the image itself has it
		here, err := r.platformsHere(ctx, one.ID)
		return len(here) > 0 && createdBefore(here[0], until), err
	}
	created := time.Unix(one.Created, 0)
	return created.Year() > 1 && !created.Add(time.Second).After(until), nil
}
