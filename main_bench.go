//go:build bench && unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/demandflow/terraform-provider-demandflow/internal/bench/floor"
	"github.com/demandflow/terraform-provider-demandflow/internal/bench/usage"
)

// forBenchmark obeys the benchmark's environment: serve the floor, write a profile, and say at the end what it took.
func forBenchmark(server func() tfprotov6.ProviderServer) (served func() tfprotov6.ProviderServer, ended func()) {
	served = server
	if os.Getenv(usage.FloorVariable) != "" {
		served = func() tfprotov6.ProviderServer { return floor.Server{ProviderServer: server()} }
	}
	profile := func() {}
	if directory := os.Getenv(usage.ProfileVariable); directory != "" {
		file, err := os.Create(filepath.Join(directory, "provider-"+strconv.Itoa(os.Getpid())+".prof"))
		if err == nil {
			err = pprof.StartCPUProfile(file)
		}
		if err != nil {
			fail(err)
		}
		profile = pprof.StopCPUProfile
	}
	return served, func() {
		profile()
		report(os.Getenv(usage.FileVariable))
	}
}

// report appends what this process took. Terraform starts the provider several times in a plan.
func report(name string) {
	if name == "" {
		return
	}
	var taken syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &taken); err != nil {
		fail(err)
	}
	line, err := json.Marshal(usage.Process{User: taken.Utime.Nano(), Peak: peak()})
	if err != nil {
		fail(err)
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		fail(err)
	}
	if _, err := file.Write(append(line, '\n')); err != nil {
		fail(err)
	}
}

// peak is the most memory that this process had at a time, in bytes. The rusage would not do: it has the parent's peak
// at the fork in it. 0 where the system is not Linux.
func peak() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kilobytes, _ := strconv.ParseInt(fields[1], 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}

// fail ends the process: figures that are not written would pass for none.
func fail(err error) {
	fmt.Fprintln(os.Stderr, "benchmark:", err)
	os.Exit(1)
}
