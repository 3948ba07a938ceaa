package provider_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// ownFile is the first line of a block that is a file of its own.
var ownFile = regexp.MustCompile(`^# (\S+\.(?:tf|tfquery\.hcl|tftest\.hcl))\n`)

// keep writes such a block. A shell applies it later.
func (s *story) keep(name, block string) {
	s.t.Helper()
	s.write(name, block)
	s.complete(block)
}

func (s *story) write(name, text string) {
	s.t.Helper()
	file := filepath.Join(s.run.directory, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// complete puts beside what is written what it takes for granted: modules, mocks, and where the provider comes from.
func (s *story) complete(configuration string) {
	s.t.Helper()
	for named, from := range map[string]string{"modules": modulesDir, "tests/mocks": mocksDir} {
		into := filepath.Join(s.run.directory, named)
		if _, err := os.Stat(into); err != nil && strings.Contains(configuration, `"./`+named) {
			if err := os.CopyFS(into, os.DirFS(from)); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	s.write("versions.tf", "")
	files, err := filepath.Glob(filepath.Join(s.run.directory, "*.tf"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, file := range files {
		if strings.Contains(exampleText(s.t, file), "required_providers") {
			return
		}
	}
	s.write("versions.tf", requiredProvider())
}

var shellApply = regexp.MustCompile(`(?m)^terraform apply\b`)

// shell runs a block as a reader would, except that an apply is not asked about. `terraform` is whichever engine the
// tests have.
func (s *story) shell(block string) {
	s.t.Helper()
	s.begin()
	// else the command fails over the same
	if err := s.run.engine.Init(s.t.Context(), s.run.reattach); err != nil && s.fails == "" {
		s.t.Fatal(err)
	}
	programs := s.t.TempDir()
	if err := os.Symlink(enginePath(s.t), filepath.Join(programs, "terraform")); err != nil {
		s.t.Fatal(err)
	}
	providers, err := json.Marshal(s.run.providers)
	if err != nil {
		s.t.Fatal(err)
	}
	command := exec.CommandContext(s.t.Context(), "bash", "-euc", block)
	command.Dir = s.run.directory
	command.Env = append(os.Environ(), "PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"),
		"TF_REATTACH_PROVIDERS="+string(providers),
		"TF_CLI_ARGS=-no-color", "TF_CLI_ARGS_apply=-auto-approve", "CHECKPOINT_DISABLE=1")
	output, err := command.CombinedOutput()
	s.printed, s.pending = s.place.documented(unwrapped(string(output))), false
	switch {
	case s.fails == "" && err != nil:
		s.t.Fatalf("%s\n%s: %s", block, err, output)
	case s.fails != "" && (err == nil || !strings.Contains(s.printed, s.fails)):
		s.t.Errorf("%s does not fail with %q but prints:\n%s", block, s.fails, output)
	case s.fails == "" && shellApply.MatchString(block):
		s.planAgain()
	}
	s.fails, s.leaves = "", ""
}
