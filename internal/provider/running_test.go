package provider_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A running is the engine at work, so that a test can interrupt it.
type running struct {
	testing.TB
	command *exec.Cmd
	output  string
	ended   chan error
}

func start(t *testing.T, work *workspace, arguments ...string) *running {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), engineTime)
	t.Cleanup(cancel)
	command, output := work.command(ctx, t, arguments...)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	run := &running{t, command, output, make(chan error, 1)}
	go func() { run.ended <- command.Wait() }()
	return run
}

// until waits for something that the run does.
func (r *running) until(done <-chan struct{}) {
	r.Helper()
	select {
	case <-done:
	case err := <-r.ended:
		r.Fatalf("the run ended too soon: %v\n%s", err, r.printed())
	}
}

func (r *running) interrupt() {
	r.Helper()
	if err := r.command.Process.Signal(os.Interrupt); err != nil {
		r.Fatal(err)
	}
}

func (r *running) printed() string {
	content, err := os.ReadFile(r.output)
	if err != nil {
		r.Fatal(err)
	}
	return string(content)
}

// untilPrinted waits until the engine has said something: it says nothing to the provider before.
func (r *running) untilPrinted(text string) {
	r.Helper()
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	for !strings.Contains(r.printed(), text) {
		select {
		case <-every.C:
		case err := <-r.ended:
			r.Fatalf("the run ended before it said %q: %v\n%s", text, err, r.printed())
		}
	}
}

// goesOn checks that the run does not end by itself. Before, it ended within a second.
func (r *running) goesOn() {
	r.Helper()
	select {
	case err := <-r.ended:
		r.Fatalf("the run does not wait: %v\n%s", err, r.printed())
	case <-time.After(3 * time.Second):
	}
}

// wait waits for the run's end, which must come soon, and returns what it has printed. An interrupted run is a failure
// to the engine, whatever came of it.
func (r *running) wait() string {
	r.Helper()
	select {
	case err := <-r.ended:
		if err == nil {
			r.Errorf("the interrupted run says that it succeeded:\n%s", r.printed())
		}
	case <-time.After(interruptTime):
		r.Fatalf("the run goes on after %s:\n%s", interruptTime, r.printed())
	}
	return r.printed()
}
