package main

import (
	"runtime/debug"
	"testing"
)

// collector is how the collector is set, which is the process's: these tests run one after the other.
func collector() (percent int, limit int64) {
	percent = debug.SetGCPercent(100)
	debug.SetGCPercent(percent)
	return percent, debug.SetMemoryLimit(-1)
}

func TestCollector_isSetUnlessPeopleSetIt(t *testing.T) {
	percent, limit := collector()
	for said, want := range map[string]struct {
		percent int
		limit   int64
	}{
		"":           {collectAt, memoryLimit},
		"GOGC":       {percent, limit},
		"GOMEMLIMIT": {percent, limit},
	} {
		t.Run(said, func(t *testing.T) {
			t.Cleanup(func() {
				debug.SetGCPercent(percent)
				debug.SetMemoryLimit(limit)
			})
			for _, variable := range []string{"GOGC", "GOMEMLIMIT"} {
				t.Setenv(variable, "")
			}
			if said != "" {
				t.Setenv(said, "100")
			}
			collectSeldom()
			if p, l := collector(); p != want.percent || l != want.limit {
				t.Errorf("the collector runs at %d %% with a limit of %d, want %d %% and %d", p, l, want.percent, want.limit)
			}
		})
	}
}
