package main

import (
	"os"
	"syscall"
)

// largest is the most memory, in bytes, that a program or one that it waited for had at a time.
func largest(ended *os.ProcessState) int64 {
	if usage, ok := ended.SysUsage().(*syscall.Rusage); ok {
		return usage.Maxrss << 10 // in kilobytes on Linux
	}
	return 0
}
