package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/google/uuid"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A stage is one emulated tenant and one state, with a directory for the engine.
type stage struct {
	terraform terraform
	tenant    *emulator.Server
	state     stateServer

	fast, slow, backend *httptest.Server // the tenant, the same with latency, and the state
}

// newStage opens a stage, and gives what closes it.
func newStage(settings settings) (*stage, func() error, error) {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, nil, err
	}
	s := &stage{
		terraform: terraform{engine: settings.engine, provider: settings.mirror, dir: dir},
		tenant:    emulator.New(emulator.Options{}),
	}
	late := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(settings.latency):
			s.tenant.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
	s.fast, s.slow, s.backend = httptest.NewServer(s.tenant), httptest.NewServer(late), httptest.NewServer(&s.state)
	return s, func() error {
		s.fast.Close()
		s.slow.Close()
		s.backend.Close()
		return os.RemoveAll(dir)
	}, nil
}

// onStage runs something on a stage of its own.
func onStage(settings settings, run func(*stage) error) (err error) {
	s, closeStage, err := newStage(settings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStage()) }()
	return run(s)
}

// settle has n instances of a subject in the state and, of images, in the tenant. One is applied; the others are
// copies, and a refresh makes them what they are: to apply thousands would take longer than everything that is
// measured.
func (s *stage) settle(ctx context.Context, what subject, n int) error {
	config := what.config(1, s.backend.URL)
	if err := s.terraform.init(ctx, config, s.fast.URL); err != nil {
		return err
	}
	if _, err := s.terraform.run(ctx, s.fast.URL, nil, "apply", "-auto-approve"); err != nil {
		return err
	}
	ids, err := s.populate(what, n)
	if err != nil {
		return err
	}
	state, err := copies(s.state.get(), ids)
	if err != nil {
		return err
	}
	s.state.set(state)
	if err := s.terraform.init(ctx, what.config(n, s.backend.URL), s.fast.URL); err != nil {
		return err
	}
	_, err = s.terraform.run(ctx, s.fast.URL, nil, "apply", "-refresh-only", "-auto-approve")
	return err
}

// populate gives the ids of n instances, of which the first is there.
func (s *stage) populate(what subject, n int) ([]string, error) {
	if what.resource != images.resource {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = uuid.NewString()
		}
		return ids, nil
	}
	first := demandflow.Object(s.tenant.Objects(entity.DockerImage.Code)[0])
	fields := map[string]any{"entity": first["entity"]}
	for _, field := range entity.DockerImage.Fields() {
		if value, set := first[field.Name]; set && field.Writable() {
			fields[field.Name] = value
		}
	}
	others := make([]map[string]any, n-1)
	for i := range others {
		others[i] = maps.Clone(fields)
		others[i]["name"] = instanceName(i + 1)
	}
	ids, err := s.tenant.Seed(others...)
	return append([]string{first.ID()}, ids...), err
}

// plan measures a plan that must change nothing.
func (s *stage) plan(ctx context.Context, environment ...string) (figures, error) {
	s.tenant.ResetRequests()
	taken, err := s.terraform.run(ctx, s.slow.URL, environment, "plan", "-detailed-exitcode")
	taken.Requests = len(s.tenant.Requests())
	return taken, err
}

// measureLookUps looks n images up, in a tenant that has them, and in a plan that has refreshed one of them: only then
// does the provider know that it is a plan, in which look-ups may share a list.
func measureLookUps(ctx context.Context, settings settings, n int, arguments string) (taken figures, err error) {
	err = onStage(settings, func(s *stage) error {
		if err := s.settle(ctx, images, 1); err != nil {
			return err
		}
		if err := s.seedSmall(n-1, func(i int) string { return instanceName(i + 1) }); err != nil {
			return err
		}
		if err := s.terraform.init(ctx, lookUps(n, 1, s.backend.URL, arguments), s.fast.URL); err != nil {
			return err
		}
		taken, err = s.plan(ctx)
		return err
	})
	return taken, err
}

// measureBoth plans images that data sources look up, too.
func measureBoth(ctx context.Context, settings settings, n int) (taken figures, err error) {
	err = onStage(settings, func(s *stage) error {
		if err := s.settle(ctx, images, n); err != nil {
			return err
		}
		if err := s.terraform.init(ctx, lookUps(n, n, s.backend.URL, byNameAndTag), s.fast.URL); err != nil {
			return err
		}
		taken, err = s.plan(ctx)
		return err
	})
	return taken, err
}

// measureLarge plans a few images of a tenant that has many.
func measureLarge(ctx context.Context, settings settings, managed, all int) (taken figures, err error) {
	err = onStage(settings, func(s *stage) error {
		if err := s.settle(ctx, images, managed); err != nil {
			return err
		}
		if err := s.seedSmall(all-managed, func(i int) string { return fmt.Sprintf("other-%d", i) }); err != nil {
			return err
		}
		taken, err = s.plan(ctx)
		return err
	})
	return taken, err
}

// seedSmall makes images that have a name and a tag.
func (s *stage) seedSmall(n int, name func(int) string) error {
	const most = 1000 // at a time
	for from := 0; from < n; from += most {
		objects := make([]map[string]any, min(most, n-from))
		for i := range objects {
			objects[i] = map[string]any{"entity": entity.DockerImage.Code, "name": name(from + i), "tag": "1.0", "status": "1"}
		}
		if _, err := s.tenant.Seed(objects...); err != nil {
			return fmt.Errorf("cannot fill the tenant: %w", err)
		}
	}
	return nil
}
