package provider_test

import (
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// mayLack prepares for a block that fails where the engine lacks a feature: "FEATURE: what it then says".
func (s *story) mayLack(rest string) {
	s.t.Helper()
	name, says, _ := strings.Cut(rest, ": ")
	if says == "" {
		s.t.Fatalf("%q does not tell what an engine says that lacks it", rest)
	}
	if s.knows = providertest.TheEngine(s.t).Has(s.feature(name)); !s.knows {
		s.fails = says
	}
}

// begin is a run of the engine, whose output is quoted next.
func (s *story) begin() {
	s.unquoted, s.knows = s.knows, false
}

// need skips the rest of a section on engines that lack a feature.
func (s *story) need(name string) {
	s.t.Helper()
	providertest.Needs(s.t, s.feature(name))
}

// feature is the one of a name.
func (s *story) feature(name string) providertest.Feature {
	s.t.Helper()
	features := providertest.Features()
	at := slices.IndexFunc(features, func(f providertest.Feature) bool { return f.Name == name })
	if at < 0 {
		s.t.Fatalf("%q is no feature", name)
	}
	return features[at]
}
