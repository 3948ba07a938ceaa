package provider_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// mayLack prepares for a block that fails where the engine lacks a feature: "FEATURE: what it then says".
func (s *story) mayLack(rest string) {
	s.t.Helper()
	name, says, _ := strings.Cut(rest, ": ")
	features := providertest.Features()
	at := slices.IndexFunc(features, func(f providertest.Feature) bool { return f.Name == name })
	if at < 0 || says == "" {
		s.t.Fatalf("%q is no feature with what an engine says that lacks it", rest)
	}
	if s.unquoted = providertest.TheEngine(s.t).Has(features[at]); !s.unquoted {
		s.fails = says
	}
}

// ask has the block be a query.
func (s *story) ask() {
	s.t.Helper()
	file := filepath.Join(s.run.directory, "guide.tfquery.hcl")
	if err := os.WriteFile(file, []byte(s.configuration), 0o600); err != nil {
		s.t.Fatal(err)
	}
	defer os.Remove(file)
	if err := s.run.engine.Init(s.t.Context(), s.run.reattach); err != nil {
		s.t.Fatal(err)
	}
	providers, err := json.Marshal(s.run.providers)
	if err != nil {
		s.t.Fatal(err)
	}
	query := exec.CommandContext(s.t.Context(), enginePath(s.t), "query", "-no-color")
	query.Dir, query.Env = s.run.directory, append(os.Environ(), "TF_REATTACH_PROVIDERS="+string(providers))
	printed, err := query.CombinedOutput()
	s.printed = unwrapped(string(printed))
	if failed := err != nil; failed != (s.fails != "") || !strings.Contains(s.printed, s.fails) {
		s.t.Errorf("the query should fail with %q; error: %v\n%s", s.fails, err, printed)
	}
	s.fails, s.query, s.pending = "", false, false
}
