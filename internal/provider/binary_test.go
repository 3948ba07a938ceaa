package provider_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Some things can only be seen on what people install: the provider as a program of its own, which the engine finds in
// a mirror, starts, interrupts, and whose standard error it writes into its log. The program is built once, by
// whichever test needs it first.

var mirrorDir string

func TestMain(m *testing.M) {
	var err error
	if mirrorDir, err = os.MkdirTemp("", "demandflow-mirror-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(mirrorDir)
	os.Exit(code)
}

var buildMirror = sync.OnceValue(func() error {
	if output, err := exec.Command("bash", "../../scripts/mirror", mirrorDir).CombinedOutput(); err != nil {
		return fmt.Errorf("the provider cannot be built: %w\n%s", err, output)
	}
	return nil
})

// engineTime bounds one call of the engine. It is for what hangs: calls take a second or two.
const engineTime = 2 * time.Minute

// A workspace is a directory in which the engine runs the built provider. All that a run leaves behind is below root.
type workspace struct {
	root        string
	environment map[string]string // beside the machine's own, without its TF_ and DEMANDFLOW_ variables
	folder      string            // below dir, where the engine works; "" for dir itself
	calls       int
}

// newWorkspace prepares a workspace for the DemandFlow at an endpoint. The engine knows the provider afterwards, so
// that configurations need not say where it comes from.
func newWorkspace(t *testing.T, endpoint string, environment map[string]string) *workspace {
	t.Helper()
	if err := buildMirror(); err != nil {
		t.Fatal(err)
	}
	w := &workspace{root: t.TempDir(), environment: map[string]string{
		"DEMANDFLOW_ENDPOINT": endpoint,
		"TF_CLI_CONFIG_FILE":  filepath.Join(mirrorDir, "terraform.rc"),
		"TF_IN_AUTOMATION":    "1",
		"CHECKPOINT_DISABLE":  "1",
	}}
	maps.Copy(w.environment, environment)
	for _, dir := range []string{w.dir(), w.printed()} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	w.write(t, "versions.tf", requiredProvider())
	w.mustRun(t, "init")
	return w
}

// dir has configuration, state and plans.
func (w *workspace) dir() string { return filepath.Join(w.root, "work") }

// printed is where each call's output is kept, standard output and standard error in one file.
func (w *workspace) printed() string { return filepath.Join(w.root, "printed") }

func (w *workspace) write(t *testing.T, name, hcl string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir(), name), []byte(hcl), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w *workspace) read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(w.dir(), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// command is a call of the engine that is not started yet; output says where it will print.
func (w *workspace) command(ctx context.Context, t *testing.T, arguments ...string) (command *exec.Cmd, output string) {
	t.Helper()
	w.calls++
	output = filepath.Join(w.printed(), fmt.Sprintf("%02d-%s.txt", w.calls, arguments[0]))
	file, err := os.Create(output)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	command = exec.CommandContext(ctx, enginePath(t), arguments...)
	command.Dir, command.Stdout, command.Stderr = filepath.Join(w.dir(), w.folder), file, file
	command.WaitDelay = time.Second
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "DEMANDFLOW_") {
			command.Env = append(command.Env, variable)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.environment)) {
		command.Env = append(command.Env, name+"="+w.environment[name])
	}
	return command, output
}

// run calls the engine and returns what it printed, and whether it succeeded.
func (w *workspace) run(t *testing.T, arguments ...string) (string, bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), engineTime)
	defer cancel()
	command, output := w.command(ctx, t, arguments...)
	err := command.Run()
	if ctx.Err() != nil {
		t.Fatalf("%v does not end: %v", arguments, ctx.Err())
	}
	return contentOf(t, output), err == nil
}

func contentOf(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func (w *workspace) mustRun(t *testing.T, arguments ...string) string {
	t.Helper()
	output, ok := w.run(t, arguments...)
	if !ok {
		t.Fatalf("%v fails:\n%s", arguments, output)
	}
	return output
}

func (w *workspace) mustFail(t *testing.T, arguments ...string) string {
	t.Helper()
	output, ok := w.run(t, arguments...)
	if ok {
		t.Fatalf("%v succeeds:\n%s", arguments, output)
	}
	return output
}
