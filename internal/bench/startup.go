package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// handshake is how long the provider takes from its start to the line that tells Terraform where it listens: the median
// of several starts.
func handshake(ctx context.Context, provider string) (time.Duration, error) {
	const starts = 15
	taken := make([]time.Duration, starts)
	for i := range taken {
		var err error
		if taken[i], err = firstLine(ctx, provider); err != nil {
			return 0, fmt.Errorf("%s: %w", provider, err)
		}
	}
	slices.Sort(taken)
	return taken[starts/2], nil
}

func firstLine(ctx context.Context, provider string) (time.Duration, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	command := exec.CommandContext(ctx, provider)
	// Public constants of the plugin protocol, by which a provider knows that no person has started it.
	command.Env = append(slices.DeleteFunc(os.Environ(), foreign),
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		"PLUGIN_PROTOCOL_VERSIONS=6")
	output, err := command.StdoutPipe()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := command.Start(); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	taken := time.Since(began)
	stop()
	_ = command.Wait() // it was killed
	if err == nil && !strings.Contains(line, "|grpc") {
		err = fmt.Errorf("it began with %q, which is no handshake", line)
	}
	return taken, err
}

// strippedSize is the size of the provider's binary without its symbols, as releases have it, in bytes.
func strippedSize(ctx context.Context) (size int64, err error) {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "provider")
	stripped := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	stripped.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := stripped.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go build: %w\n%s", err, output)
	}
	info, err := os.Stat(binary)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// machine names what this runs on: processor, cores, Go, the engine.
func machine(ctx context.Context, engine string) (string, error) {
	output, err := exec.CommandContext(ctx, engine, "version", "-json").Output()
	if err != nil {
		return "", fmt.Errorf("%s version: %w", engine, err)
	}
	var version struct {
		Number string `json:"terraform_version"` // OpenTofu's too
	}
	if err := json.Unmarshal(output, &version); err != nil {
		return "", fmt.Errorf("%s version: %w", engine, err)
	}
	processor := runtime.GOARCH
	cpus, _ := os.ReadFile("/proc/cpuinfo") // elsewhere than on Linux the architecture must do
	for line := range strings.Lines(string(cpus)) {
		if name, model, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			processor = strings.TrimSpace(model)
			break
		}
	}
	return fmt.Sprintf("%d cores of %s with %s and %s %s", runtime.NumCPU(), processor, runtime.Version(),
		filepath.Base(engine), version.Number), nil
}
