// Command bench measures a plan of unchanged images: wall time, CPU and memory of terraform and the provider together, and
// requests to DemandFlow, with terraform's own terraform_data of the same number beside it. Run it with `make bench`; figures
// are for comparison within one run on one machine.
//
// It imports internal/emulator, which serves the API from this process, and internal/entity, from whose table it makes the
// images.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

func main() {
	log.SetFlags(0)
	engine := flag.String("engine", "terraform", "terraform or tofu, by name or path")
	provider := flag.String("provider", "", "directory that holds the provider as a filesystem mirror does")
	sizes := flag.String("sizes", "100,1000", "numbers of images")
	latency := flag.Duration("latency", 20*time.Millisecond, "of the emulated API")
	flag.Parse()
	mirror, err := filepath.Abs(*provider)
	if err != nil || *provider == "" {
		log.Fatal("-provider is missing: run `make bench`")
	}
	if err := run(context.Background(), *engine, mirror, *sizes, *latency); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, engine, provider, sizes string, latency time.Duration) error {
	fmt.Printf("A plan of unchanged images, %d of their fields set; %s of latency; %s, %d cores.\n\n", wideFields, latency, runtime.GOARCH, runtime.NumCPU())
	fmt.Println("| N | resource | wall | user CPU | largest process | requests |")
	fmt.Println("|---|---|---|---|---|---|")
	for size := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(size))
		if err != nil || n < 1 {
			return fmt.Errorf("-sizes: %q is not a number of images", size)
		}
		for _, subject := range []subject{images, terraformData} {
			figures, err := measure(ctx, engine, provider, subject, n, latency)
			if err != nil {
				return fmt.Errorf("%d × %s: %w", n, subject.resource, err)
			}
			fmt.Printf("| %d | %s | %.1f s | %.1f s | %d MB | %d |\n", n, subject.resource,
				figures.wall.Seconds(), figures.cpu.Seconds(), figures.memory>>20, figures.requests)
		}
	}
	return nil
}

// figures are what one plan took.
type figures struct {
	wall, cpu time.Duration // cpu: user time of terraform and all its children
	memory    int64         // bytes, of the largest of these processes
	requests  int
}

// measure applies n resources, then plans them unchanged. The state is served over HTTP from this process: Terraform rewrites
// a local state file after each resource, and an apply of many would spend its time on that.
func measure(ctx context.Context, engine, provider string, what subject, n int, latency time.Duration) (measured figures, err error) {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return figures{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	var state stateServer
	stateListener := httptest.NewServer(&state)
	defer stateListener.Close()
	fast := emulator.New(emulator.Options{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(latency):
			fast.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
	fastListener, slowListener := httptest.NewServer(fast), httptest.NewServer(slow)
	defer fastListener.Close()
	defer slowListener.Close()

	terraform := terraform{engine: engine, dir: dir}
	if err := terraform.write(what.config(n, stateListener.URL)); err != nil {
		return figures{}, err
	}
	if _, err := terraform.run(ctx, fastListener.URL, "init", "-plugin-dir="+provider); err != nil {
		return figures{}, err
	}
	if _, err := terraform.run(ctx, fastListener.URL, "apply", "-auto-approve"); err != nil {
		return figures{}, err
	}
	fast.ResetRequests()
	measured, err = terraform.run(ctx, slowListener.URL, "plan", "-detailed-exitcode")
	measured.requests = len(fast.Requests())
	return measured, err
}
