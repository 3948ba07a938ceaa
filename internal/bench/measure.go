package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/bench/usage"
	"github.com/demandflow/terraform-provider-demandflow/internal/measures"
)

// The rows of every size. Those without a measure are named by withoutMeasure.
const (
	asItIs     = "the provider"
	theFloor   = "the floor"
	comparison = "`terraform_data`"
)

func withoutMeasure(m measures.Measure) string { return fmt.Sprintf("without `%s`", m) }

// results are all that was measured.
type results struct {
	Machine   string
	Rows      []row
	Settings  settings
	ByName    figures // look-ups by name and tag
	ByFull    figures // look-ups by full image name
	Both      figures // images that are managed and looked up
	Large     figures // a few images of a large tenant
	Handshake time.Duration
	Size      int64 // bytes
	Took      time.Duration
}

// A row is a plan of n instances.
type row struct {
	N    int
	What string
	figures
}

func (s settings) measure(ctx context.Context) (results, error) {
	began := time.Now()
	result := results{Settings: s}
	var err error
	if result.Machine, err = machine(ctx, s.engine); err != nil {
		return result, err
	}
	if result.Size, err = strippedSize(ctx); err != nil {
		return result, err
	}
	if result.Handshake, err = handshake(ctx, s.binary); err != nil {
		return result, err
	}
	for _, n := range s.sizes {
		if err := s.size(ctx, n, func(what string, taken figures) {
			log.Printf("%d × %s: %.1f s", n, what, taken.Wall.Seconds())
			result.Rows = append(result.Rows, row{n, what, taken})
		}); err != nil {
			return result, fmt.Errorf("%d images: %w", n, err)
		}
	}
	if result.ByName, err = measureLookUps(ctx, s, s.look, byNameAndTag); err != nil {
		return result, fmt.Errorf("look-ups by name and tag: %w", err)
	}
	if result.ByFull, err = measureLookUps(ctx, s, s.look, byFullImageName); err != nil {
		return result, fmt.Errorf("look-ups by full image name: %w", err)
	}
	log.Printf("%d look-ups: %.1f s and %.1f s", s.look, result.ByName.Wall.Seconds(), result.ByFull.Wall.Seconds())
	if result.Both, err = measureBoth(ctx, s, s.look); err != nil {
		return result, fmt.Errorf("images that are managed and looked up: %w", err)
	}
	if result.Large, err = measureLarge(ctx, s, s.managed, s.all); err != nil {
		return result, fmt.Errorf("a tenant of %d images: %w", s.all, err)
	}
	result.Took = time.Since(began)
	return result, nil
}

// profile is the environment that has the provider write profiles, empty where none are wanted.
func (s settings) profile() []string {
	if s.profiles == "" {
		return nil
	}
	return []string{usage.ProfileVariable + "=" + s.profiles}
}

// size measures all rows of one number of instances.
func (s settings) size(ctx context.Context, n int, found func(what string, taken figures)) error {
	err := onStage(s, func(stage *stage) error {
		if err := stage.settle(ctx, images, n); err != nil {
			return err
		}
		plan := func(what string, environment ...string) error {
			taken, err := stage.plan(ctx, environment...)
			if err == nil && (taken.Requests == 0) != (what == theFloor) {
				err = fmt.Errorf("it sent %d requests: it is not what it should be; build the provider with the tag bench",
					taken.Requests)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			found(what, taken)
			return nil
		}
		if err := plan(asItIs, s.profile()...); err != nil {
			return err
		}
		if err := plan(theFloor, usage.FloorVariable+"=yes"); err != nil {
			return err
		}
		if !s.variants {
			return nil
		}
		for _, m := range measures.All() {
			if err := plan(withoutMeasure(m), usage.WithoutVariable+"="+string(m)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = onStage(s, func(stage *stage) error {
		if err := stage.settle(ctx, terraformData, n); err != nil {
			return err
		}
		taken, err := stage.plan(ctx)
		found(comparison, taken)
		return err
	})
	if err != nil || n > s.written {
		return err
	}
	return s.writes(ctx, n, found)
}
