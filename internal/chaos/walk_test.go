package chaos

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

var (
	wantedSteps = flag.Int("chaos.steps", 0,
		"how many steps the random walks have, all together; 0 for a few of a fixed seed")
	wantedTime = flag.Duration("chaos.time", time.Hour,
		"how long the random walks go on, if that ends before their steps")
	walkers = flag.Int("chaos.walkers", runtime.GOMAXPROCS(0), "how many walks are under way at a time")
	mute    = flag.String("chaos.mute", "", "parts of findings to pass over, divided by semicolons")
)

func TestMain(m *testing.M) {
	flag.Parse()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "DEMANDFLOW_") {
			os.Unsetenv(name)
		}
	}
	// they log to the test's standard error otherwise
	for _, variable := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_DEMANDFLOW"} {
		os.Setenv(variable, "off")
	}
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}

// walkThrough takes steps in a bubble of its own, on a clock that moves when all goroutines wait.
func walkThrough(t *testing.T, answers emulator.Answers, parallel, logged bool, steps []step,
	figures *figures) (failed *finding, listing string) {
	t.Helper()
	schemas, err := known()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(*testing.T) {
		w := newWalk(schemas, answers, figures)
		w.parallel, w.logged = parallel, logged
		if *mute != "" {
			w.muted = strings.Split(*mute, ";")
		}
		defer w.world.stop()
		for _, s := range steps {
			if failed = w.take(s); failed != nil {
				listing = w.listing(failed, answers)
				return
			}
		}
	})
	return failed, listing
}

// fewSteps are walked where no number is given: in some seconds.
const fewSteps = 200

// seed is what the random walks begin with.
func seed(t *testing.T) string {
	t.Helper()
	seed := flag.Lookup("rapid.seed").Value
	if *wantedSteps == 0 {
		*wantedSteps = fewSteps
		if err := seed.Set("1"); err != nil {
			t.Fatal(err)
		}
	}
	if seed.String() == "0" {
		if err := seed.Set(fmt.Sprint(rand.Uint32())); err != nil {
			t.Fatal(err)
		}
	}
	return seed.String()
}

func TestWalk_random(t *testing.T) {
	begun := time.Now()
	t.Logf("seed %s", seed(t))
	for name, value := range map[string]string{"rapid.checks": fmt.Sprint(*wantedSteps), "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	var all figures
	var mutex sync.Mutex
	t.Run("walkers", func(t *testing.T) {
		for walker := range *walkers {
			t.Run(fmt.Sprint(walker), func(t *testing.T) {
				t.Parallel()
				turn, promise := -1, ""
				rapid.Check(t, func(r *rapid.T) {
					// All walkers have the same walks, and each takes those of its turn.
					turn++
					mutex.Lock()
					over := promise == "" && (turn%*walkers != walker || all.steps >= *wantedSteps || time.Since(begun) > *wantedTime)
					mutex.Unlock()
					if over {
						return
					}
					answers, steps := answersDrawn.Draw(r, "answers"), stepsDrawn.Draw(r, "steps")
					parallel, logged := below(r, 4) == 3, below(r, 8) == 7
					var own figures
					failed, listing := walkThrough(t, answers, parallel, logged, steps, &own)
					for range 3 { // what is at a time may come out otherwise
						if failed != nil || !parallel || promise == "" {
							break
						}
						failed, listing = walkThrough(t, answers, parallel, logged, steps, &own)
					}
					mutex.Lock()
					all.add(own)
					mutex.Unlock()
					if failed == nil || promise != "" && failed.promise != promise {
						return
					}
					if promise == "" {
						t.Logf("found, and to be shrunk: %s", listing)
					}
					promise = failed.promise
					r.Logf("%s", listing)
					r.Fatalf("%s", failed.promise)
				})
			})
		}
	})
	t.Logf("%s\n%s", time.Since(begun).Round(time.Second), all.String())
}

// listing is a walk so far, as a test can repeat it.
func (w *walk) listing(failed *finding, answers emulator.Answers) string {
	return fmt.Sprintf("%s\n%#v, parallel: %t\n\t%s\n", failed, answers, w.parallel, strings.Join(w.taken, "\n\t"))
}
