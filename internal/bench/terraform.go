package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/bench/usage"
	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// A terraform runs the engine in one directory.
type terraform struct{ engine, provider, dir string }

// figures are what one run of the engine took.
type figures struct {
	Wall     time.Duration
	Engine   time.Duration // CPU of the engine's own process, in user mode
	Provider time.Duration // CPU of all its processes of the provider, in user mode
	Peak     int64         // bytes, of the largest process of the provider
	Requests int           // to DemandFlow
}

func (f figures) cpu() time.Duration { return f.Engine + f.Provider }

// init writes a configuration and has the engine find the provider.
func (t terraform) init(ctx context.Context, config, endpoint string) error {
	if err := os.WriteFile(filepath.Join(t.dir, "main.tf"), []byte(config), 0o600); err != nil {
		return err
	}
	_, err := t.run(ctx, endpoint, nil, "init", "-plugin-dir="+t.provider)
	return err
}

// run calls the engine against an endpoint, with more in the provider's environment. A failure shows what it printed,
// and so does a plan that wants to change something.
func (t terraform) run(ctx context.Context, endpoint string, environment []string, arguments ...string) (figures,
	error) {
	command := exec.CommandContext(ctx, t.engine, arguments...)
	command.Dir = t.dir
	for _, variable := range os.Environ() {
		if !foreign(variable) {
			command.Env = append(command.Env, variable)
		}
	}
	reports := filepath.Join(t.dir, "usage.json")
	if err := os.Remove(reports); err != nil && !errors.Is(err, os.ErrNotExist) {
		return figures{}, err
	}
	command.Env = append(command.Env, "TF_IN_AUTOMATION=1", "DEMANDFLOW_ENDPOINT="+endpoint, "DEMANDFLOW_TOKEN="+
		emulator.DefaultToken,
		usage.FileVariable+"="+reports)
	command.Env = append(command.Env, environment...)
	var printed bytes.Buffer
	command.Stdout, command.Stderr = &printed, &printed
	began := time.Now()
	err := command.Run()
	taken := figures{Wall: time.Since(began)}
	if err != nil {
		const most = 4000
		text := printed.Bytes()
		return figures{}, fmt.Errorf("%s %s: %w\n%s", t.engine, arguments[0], err, text[max(0, len(text)-most):])
	}
	if arguments[0] == "init" {
		return taken, nil // starts no provider
	}
	processes, err := readUsage(reports)
	for _, process := range processes {
		taken.Provider += time.Duration(process.User)
		taken.Peak = max(taken.Peak, process.Peak)
	}
	taken.Engine = command.ProcessState.UserTime() - taken.Provider // the system's figure has the children in it
	return taken, err
}

// foreign reports whether a variable of this process's environment would change what is measured.
func foreign(variable string) bool {
	return slices.ContainsFunc([]string{"TF_", "DEMANDFLOW_", "GOGC=", "GOMEMLIMIT=", "GODEBUG="},
		func(prefix string) bool {
			return strings.HasPrefix(variable, prefix)
		})
}

// readUsage reads what the provider's processes took. The engine starts some in each run that knows of the provider.
func readUsage(name string) ([]usage.Process, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("the provider does not say what it took; it must be built with the tag bench: %w", err)
	}
	defer file.Close()
	var processes []usage.Process
	for decoder := json.NewDecoder(file); ; {
		var process usage.Process
		if err := decoder.Decode(&process); err == io.EOF {
			return processes, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		processes = append(processes, process)
	}
}

// A stateServer is an HTTP backend that keeps one state in memory: the engine rewrites a local state file again and
// again.
type stateServer struct {
	mutex sync.Mutex
	state []byte
}

func (s *stateServer) get() []byte {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.state
}

func (s *stateServer) set(state []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.state = state
}

func (s *stateServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		state, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.set(state)
	case http.MethodGet:
		state := s.get()
		if state == nil {
			w.WriteHeader(http.StatusNoContent)
		}
		_, _ = w.Write(state)
	}
}
