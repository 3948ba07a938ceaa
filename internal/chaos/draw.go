package chaos

import (
	"math/bits"
	"slices"

	"pgregory.net/rapid"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// below draws a number from 0 to n-1, each as often as any other. Those of the library prefer small and great ones.
func below(t *rapid.T, n int) int {
	drawn := 0
	for range bits.Len(uint(n)) + 2 {
		drawn *= 2
		if rapid.Bool().Draw(t, "bit") {
			drawn++
		}
	}
	return drawn % n
}

// weights say how often each kind is drawn. Applies are dear and edits are cheap, and both are needed for anything to
// happen.
var weights = map[stepKind]int{
	declare: 5, set: 16, unset: 5, drop: 2, lookUp: 2, edit: 5, clearField: 2, deleteThere: 2, makeThere: 2, forget: 1,
	moveFrom: 1, renameOption: 1, hour: 1,
	planOnly: 2, applyAll: 14, applyBeside: 2, wrongToken: 1, wrongServer: 1,
}

var kindsDrawn = func() (list []stepKind) {
	for d := range stepKinds {
		list = append(list, slices.Repeat([]stepKind{d}, weights[d])...)
	}
	return list
}()

// faultsDrawn draws none, one or two: most mistakes need one, and some another while the first is being dealt with.
var faultsDrawn = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) fault {
	kind := faultKind(below(t, int(wrongEndpoint)))
	return fault{
		kind:   kind,
		target: kind.targets()[below(t, len(kind.targets()))],
		after:  below(t, 5) * below(t, 2),
		times:  1 + below(t, 3)*below(t, 2),
		form:   below(t, 8),
	}
}), 0, 2)

var stepDrawn = rapid.Custom(func(t *rapid.T) step {
	s := step{kind: kindsDrawn[below(t, len(kindsDrawn))]}
	s.thing = below(t, len(things))
	switch s.kind {
	case set, unset, edit, clearField, applyBeside:
		s.field = below(t, 11)
	}
	switch s.kind {
	case declare, set, lookUp, edit, applyBeside, wrongToken, wrongServer:
		s.value = below(t, 8)
	case applyAll:
		s.faults = faultsDrawn.Draw(t, "faults")
	}
	return s
})

// partsDrawn draws some thirty steps. A list of lists, because the library's lists have six entries on average.
var partsDrawn = rapid.SliceOfN(rapid.SliceOfN(stepDrawn, 1, 12), 1, 12)

// stepsDrawn draws a walk, which begins with some things declared.
var stepsDrawn = rapid.Custom(func(t *rapid.T) []step {
	var steps []step
	for n := range things {
		if below(t, 2) == 1 {
			steps = append(steps, step{kind: declare, thing: n, value: below(t, 8)})
		}
	}
	return append(steps, slices.Concat(partsDrawn.Draw(t, "parts")...)...)
})

// answersDrawn are the ways in which a tenant may spell what DemandFlow's documents leave open.
var answersDrawn = rapid.Custom(func(t *rapid.T) emulator.Answers {
	return emulator.Answers{
		Unset:           emulator.Unset(below(t, 3)),
		Lists:           emulator.ListShape(below(t, 2)),
		EnumsAsNumbers:  rapid.Bool().Draw(t, "enumsAsNumbers"),
		DateTimesAsText: rapid.Bool().Draw(t, "dateTimesAsText"),
		BareDigest:      rapid.Bool().Draw(t, "bareDigest"),
		HideSecrets:     rapid.Bool().Draw(t, "hideSecrets"),
	}
})
