package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func measured(n int, what string, cpu time.Duration) row {
	return row{n, what, figures{Engine: cpu / 2, Provider: cpu / 2}}
}

func TestSlope_isThePowerOfNByWhichCPUGrows(t *testing.T) {
	for power, times := range map[float64][]time.Duration{
		1: {time.Second, 3 * time.Second, 10 * time.Second},
		2: {time.Second, 9 * time.Second, 100 * time.Second},
	} {
		r := results{Rows: []row{measured(100, asItIs, times[0]), measured(100, theFloor, time.Hour),
			measured(300, asItIs, times[1]), measured(1000, asItIs, times[2])}}
		if slope := r.slope(asItIs); math.Abs(slope-power) > 0.001 {
			t.Errorf("slope %f of %v, want %f", slope, times, power)
		}
	}
}

func TestTargets_missWhatIsTooMuch(t *testing.T) {
	r := results{
		Settings:  settings{sizes: []int{100, 1000}, look: 500, managed: 10, all: 1000},
		Handshake: time.Millisecond, Size: 1,
		Rows: []row{
			measured(100, asItIs, time.Second), measured(100, theFloor, time.Second),
			measured(1000, asItIs, 16*time.Second), measured(1000, theFloor, 10*time.Second),
		},
	}
	for i := range r.Rows {
		r.Rows[i].Requests, r.Rows[i].Peak = 1, 1
	}
	r.Rows[0].Requests = mostRequests + 1
	r.ByName.Requests, r.ByFull.Requests, r.Both.Requests, r.Large.Requests, r.Large.Peak = 1, 1, 1, mostLargeRequests, 1
	var missed []string
	for _, target := range r.targets() {
		if !target.met {
			missed = append(missed, target.says)
		}
	}
	want := "a refresh of 100 images takes at most 10 requests; CPU of 1000 images is at most 1.5 × the floor; CPU " +
		"grows with N to the power of at most 1.1"
	if got := strings.Join(missed, "; "); got != want {
		t.Errorf("missed:\n%s\nwant:\n%s", got, want)
	}
	if err := r.checkTargets(); err == nil ||
		err.Error() != "a refresh of 100 images takes at most 10 requests, but it took 11" {
		t.Errorf("the check of targets says %v", err)
	}
}

func TestTargets_ofWritesAreJudgedByTheirOwnFloor(t *testing.T) {
	r := results{}
	for _, step := range writeSteps {
		r.Rows = append(r.Rows, measured(100, step, time.Hour), measured(300, step, 3*time.Second),
			measured(300, floorOf(step), 2*time.Second))
	}
	if missed := r.missed("CPU of the "); missed != nil {
		t.Errorf("missed: %s", missed)
	}
	r.Rows[1].Engine += time.Millisecond
	want := []string{"CPU of the plan of creates of 300 images is at most 1.5 × the floor"}
	if missed := r.missed("CPU of the "); !slices.Equal(missed, want) || r.checkTargets() == nil {
		t.Errorf("missed: %s, want %s; the check says %v", missed, want, r.checkTargets())
	}
}

// missed lists the targets that begin so and are not met.
func (r results) missed(beginning string) (missed []string) {
	for _, target := range r.targets() {
		if !target.met && strings.HasPrefix(target.says, beginning) {
			missed = append(missed, target.says)
		}
	}
	return missed
}

func TestTargets_areNotMetByWhatWasNotMeasured(t *testing.T) {
	r := results{Settings: settings{sizes: []int{1000}}, Rows: []row{{N: 1000, What: asItIs}, {N: 1000, What: theFloor}}}
	for _, target := range r.targets() {
		if target.met && !strings.HasPrefix(target.says, "wall time") {
			t.Errorf("met: %s (%s)", target.says, target.measured)
		}
	}
}

func TestPage_hasTheTablesOfTheLastRun(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n"+figuresSection+"old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := results{Machine: "a machine", Rows: []row{measured(100, asItIs, time.Second)}}
	for range 2 {
		if err := r.writePage(page); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range map[string]int{"before\n" + figuresSection: 1, "a machine": 1, "old": 0} {
		if got := strings.Count(string(text), part); got != want {
			t.Errorf("%q is %d times in the page, want %d:\n%s", part, got, want, text)
		}
	}
}

func TestPage_withoutAPlaceForTheTablesIsLeftAlone(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("prose\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (results{}).writePage(page); err == nil {
		t.Error("no error")
	}
	if text, _ := os.ReadFile(page); string(text) != "prose\n" {
		t.Errorf("the page is now %q", text)
	}
}

func TestCopies_differInKeyNameAndID(t *testing.T) {
	const one = `{"version":4,"resources":[{"type":"x","instances":[{"index_key":"image-0","attributes":{"id":"id-a","full":"image-0:1.0"},"private":"cA=="}]}]}`
	state, err := copies([]byte(one), []string{"id-a", "id-b"})
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Version   int
		Resources []struct {
			Instances []struct {
				Key        string            `json:"index_key"`
				Attributes map[string]string `json:"attributes"`
				Private    string            `json:"private"`
			}
		}
	}
	if err := json.Unmarshal(state, &document); err != nil {
		t.Fatal(err)
	}
	second := document.Resources[0].Instances[1]
	if document.Version != 4 || second.Key != "image-1" || second.Attributes["id"] != "id-b" ||
		second.Attributes["full"] != "image-1:1.0" || second.Private != "cA==" {
		t.Errorf("the state with a copy is %s", state)
	}
}
