package openshifttest

import (
	"os/exec"
	"syscall"
)

// inGroup gives a command a group of its own, so that a Ctrl-C on the terminal ends the test and the test ends the
// command.
func inGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
