package chaos

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// walkThrough takes steps in a bubble of its own, on a clock that moves when everybody waits.
func walkThrough(t *testing.T, answers emulator.Answers, steps []step, figures *figures) (failed *finding) {
	t.Helper()
	schemas, err := known()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(*testing.T) {
		w := newWalk(schemas, answers, figures)
		defer w.world.stop()
		for _, s := range steps {
			if failed = w.take(s); failed != nil {
				return
			}
		}
	})
	return failed
}

func TestSmoke(t *testing.T) {
	var figures figures
	steps := []step{{deed: declare, thing: 0}, {deed: declare, thing: 2}, {deed: set, thing: 2, field: 3, value: 0}, {deed: applyAll}, {deed: set, thing: 0, field: 4}, {deed: applyAll}, {deed: unset, thing: 0, field: 4}, {deed: applyAll}, {deed: drop, thing: 0}, {deed: applyAll}}
	for range 20 {
		if f := walkThrough(t, emulator.Answers{}, steps, &figures); f != nil {
			t.Fatal(f)
		}
	}
	fmt.Printf("%+v\n", figures)
}
