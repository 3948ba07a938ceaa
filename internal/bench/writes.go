package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/bench/usage"
)

// The rows of what is written. Each has one of the floor beside it.
const (
	planCreates  = "the plan of creates"
	applyCreates = "the apply of creates"
	planUpdates  = "the plan of updates"
	applyUpdates = "the apply of updates"
)

var writeSteps = []string{planCreates, applyCreates, planUpdates, applyUpdates}

// floorOf is the row that a row is compared with.
func floorOf(what string) string {
	const suffix = ", the floor"
	if step := strings.TrimSuffix(what, suffix); slices.Contains(writeSteps, step) {
		return step + suffix
	}
	return theFloor
}

// savedPlan is the file that a plan is kept in for its apply, so that the two are measured apart.
const savedPlan = "saved.plan"

// writes measures the creation of n images, then the update of one field of each.
func (s settings) writes(ctx context.Context, n int, found func(what string, taken figures)) error {
	if err := s.write(ctx, n, found, s.profile()...); err != nil {
		return err
	}
	return s.write(ctx, n, func(step string, taken figures) { found(floorOf(step), taken) }, usage.FloorVariable+"=yes")
}

func (s settings) write(ctx context.Context, n int, found func(step string, taken figures),
	environment ...string) error {
	return onStage(s, func(stage *stage) error {
		created := images.config(n, stage.backend.URL)
		updated := strings.ReplaceAll(created, longText("description"), "Another text.")
		for i, step := range writeSteps {
			arguments := []string{"apply", savedPlan}
			if i%2 == 0 {
				arguments = []string{"plan", "-out=" + savedPlan}
				if err := stage.terraform.init(ctx, []string{created, updated}[i/2], stage.fast.URL); err != nil {
					return err
				}
			}
			stage.tenant.ResetRequests()
			taken, err := stage.terraform.run(ctx, stage.slow.URL, environment, arguments...)
			if err != nil {
				return fmt.Errorf("%s: %w", step, err)
			}
			taken.Requests = len(stage.tenant.Requests())
			found(step, taken)
		}
		return nil
	})
}
