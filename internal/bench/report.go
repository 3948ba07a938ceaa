package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"
)

// tables are the results in Markdown.
func (r results) tables() string {
	var text strings.Builder
	fmt.Fprintf(&text, "Measured on %s, in %s. The API answers after %s.\n\n", r.Machine, r.Took.Round(time.Second),
		r.Settings.latency)
	text.WriteString("| N | what | requests | wall | CPU, Terraform | CPU, provider | CPU ÷ floor | memory, provider |\n")
	text.WriteString("|--:|---|--:|--:|--:|--:|--:|--:|\n")
	for _, row := range r.Rows {
		ratio := "–"
		if floor, ok := r.find(row.N, floorOf(row.What)); ok {
			ratio = fmt.Sprintf("%.2f", ratioOf(row.figures, floor))
		}
		fmt.Fprintf(&text, "| %d | %s | %d | %s | %s | %s | %s | %s |\n",
			row.N, row.What, row.Requests, seconds(row.Wall), seconds(row.Engine), seconds(row.Provider), ratio,
			mebibytes(row.Peak))
	}
	text.WriteString("\n| what | requests | wall | CPU, provider | memory, provider |\n|---|--:|--:|--:|--:|\n")
	for _, line := range []struct {
		what string
		figures
	}{
		{fmt.Sprintf("%d look-ups by name and tag", r.Settings.look), r.ByName},
		{fmt.Sprintf("%d look-ups by full image name", r.Settings.look), r.ByFull},
		{fmt.Sprintf("%d images that are managed and looked up by name and tag", r.Settings.look), r.Both},
		{fmt.Sprintf("%d managed images of a tenant of %d", r.Settings.managed, r.Settings.all), r.Large},
	} {
		fmt.Fprintf(&text, "| %s | %d | %s | %s | %s |\n", line.what, line.Requests, seconds(line.Wall),
			seconds(line.Provider), mebibytes(line.Peak))
	}
	text.WriteString("\n| target | measured | |\n|---|--:|---|\n")
	for _, target := range r.targets() {
		verdict := "met"
		if !target.met {
			verdict = "**missed**"
		}
		fmt.Fprintf(&text, "| %s | %s | %s |\n", target.says, target.measured, verdict)
	}
	return text.String()
}

// A target is what a figure should be, and what it is.
type target struct {
	says, measured string
	met            bool
	checked        bool // it is much the same on every machine: requests, and the CPU of writes beside their floor
}

// What plans should cost. Each is judged by the figures of one run.
const (
	mostRequests       = 10
	mostLookUpRequests = 5
	mostLargeRequests  = 15
	mostCPURatio       = 1.5
	mostWallRatio      = 1.5
	leastWritten       = 300 // with fewer writes, what every run costs once decides the ratio
	mostSlope          = 1.1
	mostSize           = 35 << 20
	mostHandshake      = 30 * time.Millisecond
	mostLargeMemory    = 100 << 20
	mostWritesMemory   = 100 << 20
)

// mostMemory is the provider's, in bytes, by the number of images.
var mostMemory = []struct {
	n    int
	most int64
}{{1000, 250 << 20}, {3000, 600 << 20}}

func (r results) targets() []target {
	var targets []target
	for _, n := range r.Settings.sizes {
		own, _ := r.find(n, asItIs)
		targets = append(targets, target{
			fmt.Sprintf("a refresh of %d images takes at most %d requests", n, mostRequests),
			fmt.Sprint(own.Requests), within(own.Requests, mostRequests), true,
		})
	}
	if own, ok := r.find(1000, asItIs); ok {
		floor, _ := r.find(1000, theFloor)
		ratio := ratioOf(own, floor)
		allowed := time.Duration(mostWallRatio*float64(floor.Wall)) + r.oneList()
		targets = append(targets,
			target{fmt.Sprintf("CPU of 1000 images is at most %.1f × the floor", mostCPURatio), fmt.Sprintf("%.2f", ratio),
				ratio <= mostCPURatio, false},
			target{fmt.Sprintf("wall time of 1000 images is at most %.1f × the floor and one list: %s", mostWallRatio,
				seconds(allowed)), seconds(own.Wall), own.Wall <= allowed, false})
	}
	for _, limit := range mostMemory {
		if own, ok := r.find(limit.n, asItIs); ok {
			targets = append(targets, target{
				fmt.Sprintf("the provider's memory at %d images is at most %s", limit.n, mebibytes(limit.most)),
				mebibytes(own.Peak), within(own.Peak, limit.most), false,
			})
		}
	}
	if slope := r.slope(asItIs); !math.IsNaN(slope) {
		targets = append(targets, target{fmt.Sprintf("CPU grows with N to the power of at most %.1f", mostSlope),
			fmt.Sprintf("%.2f", slope), slope <= mostSlope, false})
	}
	return slices.Concat(targets, r.writeTargets(), r.otherTargets())
}

// writeTargets are those of the largest number of images that were written.
func (r results) writeTargets() []target {
	n := 0
	for _, row := range r.Rows {
		if row.What == planCreates {
			n = max(n, row.N)
		}
	}
	if n == 0 {
		return nil
	}
	var targets []target
	for _, step := range writeSteps {
		own, _ := r.find(n, step)
		floor, _ := r.find(n, floorOf(step))
		ratio := ratioOf(own, floor)
		targets = append(targets,
			target{fmt.Sprintf("CPU of %s of %d images is at most %.1f × the floor", step, n, mostCPURatio),
				fmt.Sprintf("%.2f", ratio), ratio <= mostCPURatio, n >= leastWritten},
			target{fmt.Sprintf("the provider's memory at %s of %d images is at most %s", step, n,
				mebibytes[int64](mostWritesMemory)), mebibytes(own.Peak), within(own.Peak, mostWritesMemory), false})
	}
	return targets
}

func (r results) otherTargets() []target {
	var targets []target
	for _, line := range []struct {
		by    string
		taken figures
	}{{"name and tag", r.ByName}, {"full image name", r.ByFull}} {
		targets = append(targets, target{
			fmt.Sprintf("%d look-ups by %s take at most %d requests", r.Settings.look, line.by, mostLookUpRequests),
			fmt.Sprint(line.taken.Requests), within(line.taken.Requests, mostLookUpRequests), true,
		})
	}
	targets = append(targets, target{
		fmt.Sprintf("a refresh of %d images that are looked up, too, takes at most %d requests", r.Settings.look,
			mostRequests),
		fmt.Sprint(r.Both.Requests), within(r.Both.Requests, mostRequests), true,
	})
	large := fmt.Sprintf("%d images of %d take at most ", r.Settings.managed, r.Settings.all)
	return append(targets,
		target{fmt.Sprintf("%s%d requests", large, mostLargeRequests), fmt.Sprint(r.Large.Requests),
			within(r.Large.Requests, mostLargeRequests), true},
		target{large + mebibytes(mostLargeMemory) + " of the provider", mebibytes(r.Large.Peak),
			within(r.Large.Peak, mostLargeMemory), false},
		target{fmt.Sprintf("the provider's handshake takes at most %s", mostHandshake),
			r.Handshake.Round(100 * time.Microsecond).String(), within(r.Handshake, mostHandshake), false},
		target{fmt.Sprintf("the stripped binary has at most %s", mebibytes(mostSize)), mebibytes(r.Size),
			within(r.Size, mostSize), false})
}

// within reports whether a figure keeps to a limit. None of them can be 0; what was not measured is not met.
func within[N int | int64 | time.Duration](figure, most N) bool { return figure > 0 && figure <= most }

func (r results) find(n int, what string) (figures, bool) {
	at := slices.IndexFunc(r.Rows, func(row row) bool { return row.N == n && row.What == what })
	if at < 0 {
		return figures{}, false
	}
	return r.Rows[at].figures, true
}

// oneList is how long one list of 1000 images takes beside the work that is CPU: a request for it, and one for its
// size.
func (r results) oneList() time.Duration { return 2 * r.Settings.latency }

// slope is that of CPU over N, both as logarithms, by least squares; NaN for fewer than two sizes.
func (r results) slope(what string) float64 {
	var xs, ys []float64
	for _, row := range r.Rows {
		if row.What == what {
			xs, ys = append(xs, math.Log(float64(row.N))), append(ys, math.Log(row.cpu().Seconds()))
		}
	}
	meanX, meanY := mean(xs), mean(ys)
	var covariance, variance float64
	for i := range xs {
		covariance += (xs[i] - meanX) * (ys[i] - meanY)
		variance += (xs[i] - meanX) * (xs[i] - meanX)
	}
	return covariance / variance
}

func mean(values []float64) float64 {
	var sum float64
	for _, value := range values {
		sum += value
	}
	return sum / float64(len(values))
}

func ratioOf(a, b figures) float64   { return float64(a.cpu()) / float64(b.cpu()) }
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// mebibytes rounds up. 0 is what is not known: only Linux tells a process's peak.
func mebibytes[N int | int64](n N) string {
	if n == 0 {
		return "not measured"
	}
	return fmt.Sprintf("%d MiB", (n+1<<20-1)>>20)
}

// figuresSection is the heading of the page's last section, which is the tables.
const figuresSection = "\n## Figures\n"

// writePage puts the tables into a page.
func (r results) writePage(name string) error {
	page, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, after, found := strings.Cut(string(page), figuresSection)
	if !found || strings.Contains(after, "\n## ") {
		return fmt.Errorf("%s does not end with a section %q, whose text would be replaced", name,
			strings.TrimSpace(figuresSection))
	}
	return os.WriteFile(name, []byte(before+figuresSection+"\n"+r.tables()),
		0o644) //nolint:gosec // a page that all may read
}

// writePoints writes what the plot shows: CPU over N, a line for each row of the table but the floors of writes.
func (r results) writePoints(name string) error {
	type line struct {
		Name   string
		Points [][2]float64 // N, seconds
	}
	var lines []line
	for _, row := range r.Rows {
		if row.What != theFloor && row.What == floorOf(row.What) {
			continue
		}
		at := slices.IndexFunc(lines, func(l line) bool { return l.Name == row.What })
		if at < 0 {
			at = len(lines)
			lines = append(lines, line{Name: row.What})
		}
		lines[at].Points = append(lines[at].Points, [2]float64{float64(row.N), row.cpu().Seconds()})
	}
	for i := range lines {
		lines[i].Name = fmt.Sprintf("%s, slope %.2f", strings.ReplaceAll(lines[i].Name, "`", ""), r.slope(lines[i].Name))
	}
	encoded, err := json.MarshalIndent(lines, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(encoded, '\n'), 0o600)
}

// checkTargets fails where a target is missed that does not depend on the machine.
func (r results) checkTargets() error {
	var failed []error
	for _, target := range r.targets() {
		if target.checked && !target.met {
			failed = append(failed, fmt.Errorf("%s, but it took %s", target.says, target.measured))
		}
	}
	return errors.Join(failed...)
}
