package provider_test

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// heardProvider is a mirror with a program in the provider's place that runs it and keeps what it writes into the
// engine's log, which the engine itself throws away where nobody asks for it. It returns a CLI configuration, and where
// the log is kept.
func heardProvider(t *testing.T) (config, log string) {
	t.Helper()
	if err := buildMirror(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	log = filepath.Join(dir, "stderr.log")
	err := filepath.WalkDir(filepath.Join(mirrorDir, "mirror"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		below, err := filepath.Rel(mirrorDir, path)
		if err != nil {
			return err
		}
		script := filepath.Join(dir, below)
		if err := os.MkdirAll(filepath.Dir(script), 0o700); err != nil {
			return err
		}
		return os.WriteFile(script, fmt.Appendf(nil, "#!/bin/sh\nexec '%s' \"$@\" 2>>'%s'\n", path, log), 0o700)
	})
	if err != nil {
		t.Fatal(err)
	}
	config = filepath.Join(dir, "terraform.rc")
	text := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n",
		filepath.Join(dir, "mirror"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config, log
}

// Lines that nobody reads are not made: in a large plan they are dear.
func TestLog_isMadeWhereSomebodyReadsItAndNowhereElse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		variables map[string]string
		sdk, ours bool // whose lines there are
	}{
		"nobody asked":                 {},
		"all was asked for":            {map[string]string{"TF_LOG": "TRACE"}, true, true},
		"the provider's was asked for": {map[string]string{"TF_LOG_PROVIDER": "DEBUG"}, true, true},
		"what is asked for is off":     {map[string]string{"TF_LOG": "TRACE", "TF_LOG_SDK": "off"}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener := httptest.NewServer(emulator.New(emulator.Options{}))
			t.Cleanup(listener.Close)
			config, log := heardProvider(t)
			variables := map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken, "TF_CLI_CONFIG_FILE": config,
				"TF_LOG_PATH": os.DevNull}
			maps.Copy(variables, test.variables)
			if len(test.variables) == 0 {
				delete(variables, "TF_LOG_PATH")
			}
			work := newWorkspace(t, listener.URL, variables)
			work.write(t, "main.tf", besides)
			work.mustRun(t, "plan", "-no-color")

			written := contentOf(t, log)
			for module, want := range map[string]bool{`"@module":"sdk.`: test.sdk, `"@module":"demandflow"`: test.ours} {
				if has := strings.Contains(written, module); has != want {
					t.Errorf("lines with %s: %t, want %t:\n%.2000s", module, has, want, written)
				}
			}
		})
	}
}
