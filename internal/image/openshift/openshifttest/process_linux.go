package openshifttest

import (
	"os/exec"
	"syscall"
)

// inGroup puts a command into a process group of its own, so that a Ctrl-C on the terminal ends the test and the test
// ends the command.
func inGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
