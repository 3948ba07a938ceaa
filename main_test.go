package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// asProvider has the test's binary be a provider: it says that it is ready, and ends when its input does.
const asProvider = "DEMANDFLOW_TEST_AS_PROVIDER"

func TestMain(m *testing.M) {
	if os.Getenv(asProvider) == "" {
		os.Exit(m.Run())
	}
	outliveTermination()
	fmt.Fprintln(os.Stdout, "ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	fmt.Fprintln(os.Stdout, "done")
}

// A SIGTERM to the whole process group must not end the provider before Terraform has heard what came of its requests.
func TestTermination_ofTheProcessGroupIsForTerraform(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), asProvider+"=1")
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	lines.Scan()
	for range 2 {
		if err := command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	input.Close()
	lines.Scan()
	if err := command.Wait(); err != nil || lines.Text() != "done" {
		t.Errorf("it ends with %v, after %q", err, lines.Text())
	}
}

func TestLog_isOffOnlyWhereNobodySaidAnythingOfIt(t *testing.T) {
	loggers := []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_DEMANDFLOW"}
	for said, asks := range map[string]bool{
		"": false, "TF_LOG=": false, "TF_LOG=off": false, "TF_LOG_PATH=terraform.log": false,
		"TF_LOG=INFO": true, "TF_LOG_PROVIDER=INFO": true, "TF_LOG_SDK_PROTO=INFO": true,
	} {
		t.Run(said, func(t *testing.T) {
			for _, name := range append([]string{"TF_LOG", "TF_LOG_CORE", "TF_LOG_PATH", "TF_LOG_PROVIDER", "TF_LOG_SDK_PROTO"},
				loggers...) {
				t.Setenv(name, "") // so that it is put back
				_ = os.Unsetenv(name)
			}
			if name, value, given := strings.Cut(said, "="); given {
				t.Setenv(name, value)
			}
			quietUnlessAsked()
			for _, name := range loggers {
				if off := os.Getenv(name) == "off"; off == asks {
					t.Errorf("%s is %q", name, os.Getenv(name))
				}
			}
		})
	}
}
