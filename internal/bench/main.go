// Command bench measures plans of unchanged images, and plans and applies of creates and of updates: wall time, CPU of
// the engine and of the provider, memory of the provider, and requests to DemandFlow. Beside them, in the same run,
// stand as many terraform_data, the floor (this provider with every request answered by what it brought), and plans of
// unchanged images without each of its measures. Run it with `make bench`; figures are for comparison within one run on
// one machine.
//
// It imports internal/emulator, which serves the API from this process, internal/entity, from whose table it makes the
// images, internal/demandflow for what an object is, and internal/measures. The provider that it measures is built with
// the tag "bench".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// settings say what is measured and where.
type settings struct {
	engine, mirror, binary string // the binary is one in the mirror
	latency                time.Duration
	sizes                  []int
	written                int  // sizes up to this one are also created and updated
	variants               bool // also without each measure
	look, managed, all     int  // look-ups; images that are managed, of how many in the tenant
	profiles               string
}

func main() {
	log.SetFlags(0)
	engine := flag.String("engine", "terraform", "terraform or tofu, by name or path")
	provider := flag.String("provider", "", "directory that holds the provider as a filesystem mirror does")
	sizes := flag.String("sizes", "100,300,1000,3000", "numbers of images")
	latency := flag.Duration("latency", 20*time.Millisecond, "of the emulated API")
	written := flag.Int("written", 1000, "numbers of images up to this one are also created and updated")
	look := flag.Int("look-ups", 500, "how many images are looked up")
	all := flag.Int("tenant", 100_000, "images of the tenant of which ten are managed")
	variants := flag.Bool("variants", true, "also plan without each of the measures")
	check := flag.Bool("check", false, "fail where there are more requests than the targets allow, or writes take more "+
		"CPU beside their floor")
	page := flag.String("page", "", "page to write the tables into, as its last section")
	points := flag.String("points", "", "file to write the points of the plot to, as JSON")
	profiles := flag.String("profiles", "", "directory for the provider's CPU profiles; makes everything a little slower")
	flag.Parse()

	settings := settings{
		engine: *engine, latency: *latency, written: *written, variants: *variants, look: *look, managed: 10, all: *all,
		profiles: *profiles,
	}
	if err := errors.Join(settings.readSizes(*sizes), settings.find(*provider)); err != nil {
		log.Fatal(err)
	}
	results, err := settings.measure(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(results.tables())
	if *page != "" {
		err = errors.Join(err, results.writePage(*page))
	}
	if *points != "" {
		err = errors.Join(err, results.writePoints(*points))
	}
	if *check {
		err = errors.Join(err, results.checkTargets())
	}
	if err != nil {
		log.Fatal(err)
	}
}

func (s *settings) readSizes(list string) error {
	for size := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(size))
		if err != nil || n < 1 {
			return fmt.Errorf("-sizes: %q is not a number of images", size)
		}
		s.sizes = append(s.sizes, n)
	}
	return nil
}

// find looks for the provider's binary in the mirror.
func (s *settings) find(mirror string) error {
	if mirror == "" {
		return errors.New("-provider is missing: run `make bench`")
	}
	var err error
	if s.mirror, err = filepath.Abs(mirror); err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(s.mirror, "*", "*", "*", "*", "*", "terraform-provider-*"))
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("-provider: there is no provider in %s: run `make bench`", s.mirror)
	}
	if err != nil {
		return err
	}
	s.binary = found[0]
	if s.profiles != "" {
		if s.profiles, err = filepath.Abs(s.profiles); err == nil {
			err = os.MkdirAll(s.profiles, 0o700)
		}
	}
	return err
}
