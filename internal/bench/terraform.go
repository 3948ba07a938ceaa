package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// A terraform runs the engine in one directory.
type terraform struct{ engine, dir string }

func (t terraform) write(config string) error {
	return os.WriteFile(filepath.Join(t.dir, "main.tf"), []byte(config), 0o600)
}

// run calls the engine against an endpoint. A failure shows what it printed, and so does a plan that wants to change something.
func (t terraform) run(ctx context.Context, endpoint string, arguments ...string) (figures, error) {
	command := exec.CommandContext(ctx, t.engine, arguments...)
	command.Dir = t.dir
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "DEMANDFLOW_") {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(command.Env, "TF_IN_AUTOMATION=1", "DEMANDFLOW_ENDPOINT="+endpoint, "DEMANDFLOW_TOKEN="+emulator.DefaultToken)
	var printed bytes.Buffer
	command.Stdout, command.Stderr = &printed, &printed
	began := time.Now()
	err := command.Run()
	wall := time.Since(began)
	if err != nil {
		const most = 4000
		text := printed.Bytes()
		return figures{}, fmt.Errorf("%s %s: %w\n%s", t.engine, arguments[0], err, text[max(0, len(text)-most):])
	}
	return figures{wall: wall, cpu: command.ProcessState.UserTime(), memory: largest(command.ProcessState)}, nil
}

// A stateServer is an HTTP backend that keeps one state in memory.
type stateServer struct {
	mutex sync.Mutex
	state []byte
}

func (s *stateServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch r.Method {
	case http.MethodPost:
		s.state, _ = io.ReadAll(r.Body) // a state that breaks off is one that terraform cannot read later, and says so
	case http.MethodGet:
		if s.state == nil {
			w.WriteHeader(http.StatusNoContent)
		}
		_, _ = w.Write(s.state)
	}
}
