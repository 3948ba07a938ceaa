package chaos

import (
	"os"
	"os/exec"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// Things and their fields by the numbers that steps have.
const (
	registry0, registry1, image0, image1, image2, image3 = 0, 1, 2, 3, 4, 5

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
		return []step{{kind: declare, thing: registry0}, {kind: applyAll}, {kind: wrongServer, value: form}}
	}), forms(7, func(form int) []step {
		return []step{{kind: declare, thing: registry0}, {kind: applyAll},
			{kind: applyAll, faults: []fault{{kind: foreign404, target: gets, times: 1, form: form}}}}
	})...),
	"an interrupt forgets nothing that was sent": append(forms(8, func(form int) []step {
		return []step{{kind: declare, thing: registry0},
			{kind: applyAll, faults: []fault{{kind: interrupt, target: posts, times: 1, form: form}}}}
	}),
		[]step{{kind: declare, thing: registry0},
			{kind: applyAll, faults: []fault{{kind: interruptLost, target: posts, times: 1}}}, {kind: applyAll}},
		[]step{
			{kind: declare, thing: registry0}, {kind: applyAll}, {kind: set, thing: registry0, field: registryDescription},
			{kind: applyAll, faults: []fault{{kind: interrupt, target: patches, times: 1}}}, {kind: unset, thing: registry0,
				field: registryDescription}, {kind: applyAll},
		}),
	"a plan says that what a killed run made is there": {
		{{kind: declare, thing: registry0}, {kind: applyAll, faults: []fault{{kind: killAfter, target: posts, times: 1}}},
			{kind: applyAll}},
		{{kind: declare, thing: image0}, {kind: makeThere, thing: image0}, {kind: applyAll}},
		{{kind: declare, thing: image0}, {kind: applyAll}, {kind: forget, thing: image0}, {kind: applyAll}},
	},
	// A stale read shows the object, so that an update is planned and sent, and finds nothing.
	"an update of an object that is gone is no write of another owner's field": {
		{{kind: declare, thing: image0}, {kind: applyAll}, {kind: set, thing: image0, field: 3, value: 7}, {kind: applyAll},
			{kind: declare, thing: registry1}, {kind: applyAll}, {kind: forget, thing: registry1},
			{kind: makeThere, thing: registry1}, {kind: deleteThere, thing: image0}, {kind: drop, thing: registry1},
			{kind: applyAll, faults: []fault{{kind: stale, target: gets, times: 3, form: 1}}}},
	},
	// The import that the plan advises fails, and the create after it gets no answer.
	"a create that got no answer takes no object that is older than it": {
		{{kind: declare, thing: image1}, {kind: declare, thing: image3}, {kind: applyAll}, {kind: forget, thing: image3},
			{kind: applyAll, faults: []fault{{kind: foreignPage, target: gets, after: 1, times: 1},
				{kind: lostRequest, target: posts, times: 1}}},
			{kind: set, thing: image3, field: 1, value: 1}, {kind: applyAll}},
	},
	// Write-only arguments, of which DemandFlow is not asked for the value.
	"a secret that a killed run wrote is not known to differ": {
		{{kind: declare, thing: registry0}, {kind: set, thing: registry0, field: 9, value: 1}, {kind: applyAll},
			{kind: set, thing: registry0, field: 9, value: 3},
			{kind: applyAll, faults: []fault{{kind: killAfter, target: patches, times: 1}}},
			{kind: set, thing: registry0, field: 9, value: 1}, {kind: applyAll}},
	},
	"what a lost answer wrote is cleared when the argument goes": forms(5, func(form int) []step {
		t := []faultKind{failedAfter, lostAnswer, gatewayPage, lateAnswer, cutAnswer}[form]
		return []step{
			{kind: declare, thing: registry0}, {kind: applyAll}, {kind: set, thing: registry0, field: registryDescription},
			{kind: applyAll, faults: []fault{{kind: t, target: patches, times: 99}}}, {kind: applyAll},
			{kind: unset, thing: registry0, field: registryDescription}, {kind: applyAll},
		}
	}),
	"a create whose answer is lost is made once, and adopted": forms(5, func(form int) []step {
		return []step{
			{kind: declare, thing: registry0, value: 7}, {kind: declare, thing: image0, value: 7},
			{kind: applyAll, faults: []fault{{kind: []faultKind{failedAfter, lostAnswer, gatewayPage, lateAnswer,
				cutAnswer}[form], target: posts, times: 2}}}, {kind: applyAll},
		}
	}),
	"what people fill in stays, and what they change of the configuration's is corrected": {
		{{kind: declare, thing: registry0}, {kind: applyAll}, {kind: edit, thing: registry0, field: registryDescription},
			{kind: set, thing: registry0, field: 5}, {kind: applyAll}},
		{{kind: declare, thing: image0, value: 7}, {kind: applyAll}, {kind: edit, thing: image0, field: imageDescription,
			value: 1}, {kind: applyAll}},
	},
	"a refusal that repeats secrets shows none": {
		{{kind: declare, thing: registry0, value: 7},
			{kind: applyAll, faults: []fault{{kind: echo, target: posts, times: 1}}}, {kind: applyAll}},
		{{kind: declare, thing: registry0}, {kind: set, thing: registry0, field: 9, value: 1},
			{kind: applyAll, faults: []fault{{kind: echo, target: posts, times: 1}}}, {kind: applyAll}},
	},
	"a wrong token changes nothing": forms(2, func(form int) []step {
		return []step{{kind: declare, thing: registry0}, {kind: declare, thing: image0}, {kind: applyAll},
			{kind: drop, thing: image0}, {kind: wrongToken, value: form}, {kind: applyAll}}
	}),
	"a young object that a read does not know stays": {
		{{kind: declare, thing: registry0}, {kind: applyAll},
			{kind: applyAll, faults: []fault{{kind: stale, target: gets, times: 1}}}},
		{{kind: declare, thing: registry0}, {kind: applyAll}, {kind: planOnly},
			{kind: applyAll, faults: []fault{{kind: stale, target: gets, times: 3}}}},
	},
	"a list that lags shows no drift": {
		{
			{kind: declare, thing: image0}, {kind: declare, thing: image1}, {kind: declare, thing: image2},
			{kind: declare, thing: image3}, {kind: applyAll},
			{kind: set, thing: image3, field: imageDescription}, {kind: applyAll},
			{kind: applyAll, faults: []fault{{kind: stale, target: queries, times: 9}}},
		},
	},
	"a read that lags shows no drift": {
		{
			{kind: declare, thing: image0}, {kind: applyAll}, {kind: set, thing: image0, field: imageDescription},
			{kind: applyAll},
			{kind: applyAll, faults: []fault{{kind: stale, target: gets, times: 2}}},
		},
	},
	"a data source that is read in an apply shows what there is then": forms(4, func(form int) []step {
		return []step{{kind: declare, thing: image0}, {kind: lookUp, value: 4}, {kind: applyBeside, thing: 3, field: 2,
			value: form + 1}}
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

// engineWalks go through the real engine: what the others see of Terraform is our own.
var engineWalks = map[string][]step{
	"all goes well": {
		{kind: declare, thing: registry0, value: 7}, {kind: declare, thing: image0, value: 7}, {kind: lookUp, value: 1},
		{kind: applyAll},
		{kind: set, thing: image0, field: imageDescription, value: 1}, {kind: edit, thing: registry0,
			field: registryDescription, value: 1}, {kind: applyAll},
		{kind: unset, thing: registry0, field: registryDescription}, {kind: drop, thing: image0}, {kind: applyAll},
	},
	"an answer is lost, and Terraform is killed": {
		{kind: declare, thing: registry0}, {kind: applyAll, faults: []fault{{kind: lostAnswer, target: posts, times: 1}}},
		{kind: declare, thing: image0}, {kind: applyAll, faults: []fault{{kind: killAfter, target: posts, times: 1}}},
		{kind: applyAll},
	},
	"Terraform is interrupted": {
		{kind: declare, thing: registry0}, {kind: applyAll, faults: []fault{{kind: interrupt, target: posts, times: 1}}},
		{kind: applyAll},
		{kind: set, thing: registry0, field: registryDescription},
		{kind: applyAll, faults: []fault{{kind: failedAfter, target: patches, times: 9}}},
		{kind: unset, thing: registry0, field: registryDescription}, {kind: applyAll},
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
	for name, steps := range engineWalks {
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
