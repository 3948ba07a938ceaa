package engine

import (
	"os/exec"
	"syscall"
)

// inGroup puts a command into a process group of its own, so that what it starts can be ended with it.
func inGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends what a command has left behind.
func killGroup(command *exec.Cmd) { _ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }

func unmount(path string) { _ = syscall.Unmount(path, syscall.MNT_DETACH) }
