package provider_test

import (
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// Short forms of what tests of data sources say of a state.

func expect(address, attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), check)
}

// expectAt is expect further down: names of attributes, and numbers of elements.
func expectAt(address string, check knownvalue.Check, first string, rest ...any) statecheck.StateCheck {
	at := tfjsonpath.New(first)
	for _, step := range rest {
		switch step := step.(type) {
		case int:
			at = at.AtSliceIndex(step)
		case string:
			at = at.AtMapKey(step)
		}
	}
	return statecheck.ExpectKnownValue(address, at, check)
}

func texts(list ...string) []knownvalue.Check {
	var checks []knownvalue.Check
	for _, text := range list {
		checks = append(checks, knownvalue.StringExact(text))
	}
	return checks
}
