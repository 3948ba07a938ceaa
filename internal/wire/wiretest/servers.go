package wiretest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// NeedsRealServers skips a test of real servers unless these are asked for: starting one takes a while.
func NeedsRealServers(t testing.TB) {
	t.Helper()
	const variable = "DEMANDFLOW_TEST_SERVERS"
	if os.Getenv(variable) == "" {
		t.Skip("real servers are started only where " + variable + "=1 is set (make test-servers)")
	}
}

// Built returns the path of a program that a script of the repository builds: that of a variable, or .bin/NAME. Without
// either it skips the test, and says how to build it.
func Built(t testing.TB, name, variable, how string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		_, here, _, _ := runtime.Caller(0)
		path = filepath.Join(filepath.Dir(here), "../../../.bin", name)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("there is no %s: %s, or name one in %s", name, how, variable)
	}
	return path
}

// WriteFile writes a file and returns its path.
func WriteFile(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
