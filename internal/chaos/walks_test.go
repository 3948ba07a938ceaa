package chaos

import (
	"os"
	"os/exec"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// Things and their fields by the numbers that steps have.
const (
	registry0, image0, image1, image2, image3 = 0, 2, 3, 4, 5

	registryDescription = 4
	imageDescription    = 4
)

// forms are a step for each form of a fault.
func forms(n int, of func(form int) []step) [][]step {
	var all [][]step
	for form := range n {
		all = append(all, of(form))
	}
	return all
}

// Walks that random ones found, each as short as they get.
var walks = map[string][][]step{
	"a 404 that is not DemandFlow's keeps the state": append(forms(8, func(form int) []step {
		return []step{{deed: declare, thing: registry0}, {deed: applyAll}, {deed: wrongServer, value: form}}
	}), forms(7, func(form int) []step {
		return []step{{deed: declare, thing: registry0}, {deed: applyAll}, {deed: applyAll, faults: []fault{{trouble: foreign404, target: gets, times: 1, form: form}}}}
	})...),
	"an interrupt forgets nothing that was sent": append(forms(8, func(form int) []step {
		return []step{{deed: declare, thing: registry0}, {deed: applyAll, faults: []fault{{trouble: interrupt, target: posts, times: 1, form: form}}}}
	}),
		[]step{{deed: declare, thing: registry0}, {deed: applyAll, faults: []fault{{trouble: interruptLost, target: posts, times: 1}}}, {deed: applyAll}},
		[]step{
			{deed: declare, thing: registry0}, {deed: applyAll}, {deed: set, thing: registry0, field: registryDescription},
			{deed: applyAll, faults: []fault{{trouble: interrupt, target: patches, times: 1}}}, {deed: unset, thing: registry0, field: registryDescription}, {deed: applyAll},
		}),
	"a plan says that what a killed run made is there": {
		{{deed: declare, thing: registry0}, {deed: applyAll, faults: []fault{{trouble: killAfter, target: posts, times: 1}}}, {deed: applyAll}},
		{{deed: declare, thing: image0}, {deed: makeThere, thing: image0}, {deed: applyAll}},
		{{deed: declare, thing: image0}, {deed: applyAll}, {deed: forget, thing: image0}, {deed: applyAll}},
	},
	"what a lost answer wrote is cleared when the argument goes": forms(5, func(form int) []step {
		t := []trouble{failedAfter, lostAnswer, gatewayPage, lateAnswer, cutAnswer}[form]
		return []step{
			{deed: declare, thing: registry0}, {deed: applyAll}, {deed: set, thing: registry0, field: registryDescription},
			{deed: applyAll, faults: []fault{{trouble: t, target: patches, times: 99}}}, {deed: applyAll}, {deed: unset, thing: registry0, field: registryDescription}, {deed: applyAll},
		}
	}),
	"a young object that a read does not know stays": {
		{{deed: declare, thing: registry0}, {deed: applyAll}, {deed: applyAll, faults: []fault{{trouble: stale, target: gets, times: 1}}}},
		{{deed: declare, thing: registry0}, {deed: applyAll}, {deed: planOnly}, {deed: applyAll, faults: []fault{{trouble: stale, target: gets, times: 3}}}},
	},
	"a list that lags shows no drift": {
		{
			{deed: declare, thing: image0}, {deed: declare, thing: image1}, {deed: declare, thing: image2}, {deed: declare, thing: image3}, {deed: applyAll},
			{deed: set, thing: image3, field: imageDescription}, {deed: applyAll}, {deed: applyAll, faults: []fault{{trouble: stale, target: queries, times: 9}}},
		},
	},
	"a read that lags shows no drift": {
		{
			{deed: declare, thing: image0}, {deed: applyAll}, {deed: set, thing: image0, field: imageDescription}, {deed: applyAll},
			{deed: applyAll, faults: []fault{{trouble: stale, target: gets, times: 2}}},
		},
	},
	"a data source that is read in an apply shows what there is then": forms(4, func(form int) []step {
		return []step{{deed: declare, thing: image0}, {deed: lookUp, value: 4}, {deed: applyBeside, thing: 3, field: 2, value: form + 1}}
	}),
}

func TestWalk_scripted(t *testing.T) {
	t.Parallel()
	for name, all := range walks {
		t.Run(name, func(t *testing.T) {
			for _, steps := range all {
				var own figures
				if failed, listing := walkThrough(t, emulator.Answers{}, false, false, steps, &own); failed != nil {
					t.Error(listing)
				}
			}
		})
	}
}

// real are walks through the real engine: what the others see of Terraform is our own.
var real = map[string][]step{
	"all goes well": {
		{deed: declare, thing: registry0, value: 7}, {deed: declare, thing: image0, value: 7}, {deed: lookUp, value: 1}, {deed: applyAll},
		{deed: set, thing: image0, field: imageDescription, value: 1}, {deed: edit, thing: registry0, field: registryDescription, value: 1}, {deed: applyAll},
		{deed: unset, thing: registry0, field: registryDescription}, {deed: drop, thing: image0}, {deed: applyAll},
	},
	"an answer is lost, and Terraform is killed": {
		{deed: declare, thing: registry0}, {deed: applyAll, faults: []fault{{trouble: lostAnswer, target: posts, times: 1}}},
		{deed: declare, thing: image0}, {deed: applyAll, faults: []fault{{trouble: killAfter, target: posts, times: 1}}}, {deed: applyAll},
	},
	"Terraform is interrupted": {
		{deed: declare, thing: registry0}, {deed: applyAll, faults: []fault{{trouble: interrupt, target: posts, times: 1}}}, {deed: applyAll},
		{deed: set, thing: registry0, field: registryDescription}, {deed: applyAll, faults: []fault{{trouble: failedAfter, target: patches, times: 9}}},
		{deed: unset, thing: registry0, field: registryDescription}, {deed: applyAll},
	},
}

func TestWalk_throughTheEngine(t *testing.T) {
	t.Parallel()
	path := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if path == "" {
		var err error
		if path, err = exec.LookPath("terraform"); err != nil {
			t.Fatalf("%s: run the tests with `make test`, which finds or builds an engine", err)
		}
	}
	schemas, err := known()
	if err != nil {
		t.Fatal(err)
	}
	for name, steps := range real {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var own figures
			w := newWalk(schemas, emulator.Answers{}, &own)
			t.Cleanup(w.world.stop)
			w.engine = newBinary(t, w, path)
			for _, s := range steps {
				if failed := w.take(s); failed != nil {
					t.Fatal(w.listing(failed, emulator.Answers{}))
				}
			}
		})
	}
}
