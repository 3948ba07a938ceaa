package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// A realEngine needs Linux, root, and Debian's packages docker.io, podman, containerd and runc; scripts/dockerd builds
// the newest dockerd. It has a directory of its own, and uses no service, default socket, network or firewall of the
// system.
type realEngine struct {
	Name       string
	Host       string // unix://…
	Containerd bool   // whether it keeps images in the containerd store
	Podman     bool
	version    string // of the API that the tests themselves speak
}

// An engineKind is a kind of engine, by name.
type engineKind struct {
	Name       string
	Containerd bool
	Podman     bool
	start      func(testing.TB, string) *exec.Cmd
}

// engineKinds lists the engines to test against.
func engineKinds() []engineKind {
	return []engineKind{
		{Name: "docker-20.10", start: debianDocker},
		{Name: "podman-4.3", Podman: true, start: startPodman},
		{Name: "moby-2", Containerd: true, start: newestDocker()},
		{Name: "moby-2-graphdriver", start: newestDocker("--storage-driver=vfs", "--feature=containerd-snapshotter=false")},
	}
}

// startEngine starts an engine for as long as a test runs, or skips the test and says why.
func startEngine(t testing.TB, kind engineKind) *realEngine {
	t.Helper()
	wiretest.NeedsRealServers(t)
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("starting an engine takes Linux and root")
	}
	// The path of a socket may have 107 bytes; those of t.TempDir are often longer.
	directory, err := os.MkdirTemp("", "engine") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(directory, "s")
	command := kind.start(t, directory)
	log, err := os.Create(filepath.Join(directory, "log"))
	if err != nil {
		t.Fatal(err)
	}
	command.Stdout, command.Stderr = log, log
	inGroup(command)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = command.Wait() // how it ended is in its log
	}()
	t.Cleanup(func() { stopEngine(t, command, ended, directory, log) })
	if err := awaitSocket(t.Context(), socket, ended); err != nil {
		text, _ := os.ReadFile(log.Name())
		t.Fatalf("%s does not start: %v\n%s", kind.Name, err, lastLines(string(text), 20))
	}
	engine := &realEngine{Name: kind.Name, Host: "unix://" + socket, Containerd: kind.Containerd, Podman: kind.Podman,
		version: "v1.41"}
	if kind.Podman {
		engine.version = "v4.3.1"
	}
	return engine
}

// awaitSocket waits until something listens on a socket.
func awaitSocket(ctx context.Context, socket string, ended <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		connection, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
		if err == nil {
			return connection.Close()
		}
		select {
		case <-ended:
			return errors.New("it ended by itself")
		case <-ctx.Done():
			return fmt.Errorf("nothing listens on its socket after a minute: %w", err)
		case <-tick.C:
		}
	}
}

// stopEngine ends an engine, and removes its processes, mounts and files.
func stopEngine(t testing.TB, command *exec.Cmd, ended <-chan struct{}, directory string, log *os.File) {
	defer log.Close()
	_ = command.Process.Signal(os.Interrupt)
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Errorf("%s did not stop within 30 seconds", command.Path)
	}
	killGroup(command)
	mounts, _ := os.ReadFile("/proc/self/mounts")
	for line := range strings.SplitSeq(string(mounts), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && strings.HasPrefix(fields[1], directory+"/") {
			unmount(fields[1])
		}
	}
	if err := os.RemoveAll(directory); err != nil {
		t.Error(err)
	}
}

func debianDocker(t testing.TB, directory string) *exec.Cmd {
	return dockerd(t, program(t, "dockerd", "/usr/sbin/dockerd"), directory, "--storage-driver=vfs")
}

func newestDocker(more ...string) func(testing.TB, string) *exec.Cmd {
	return func(t testing.TB, directory string) *exec.Cmd {
		return dockerd(t, wiretest.Built(t, "dockerd", "DEMANDFLOW_TEST_DOCKERD",
			"build the newest one with scripts/dockerd (three minutes)"), directory, more...)
	}
}

func dockerd(t testing.TB, path, directory string, more ...string) *exec.Cmd {
	program(t, "containerd", "/usr/bin/containerd")
	program(t, "runc", "/usr/sbin/runc")
	in := func(name string) string { return filepath.Join(directory, name) }
	config := wiretest.WriteFile(t, in("daemon.json"), "{}") // instead of the machine's
	arguments := append([]string{
		"--config-file=" + config, "--iptables=false", "--ip6tables=false", "--bridge=none",
		"--data-root=" + in("data"), "--exec-root=" + in("exec"), "--pidfile=" + in("pid"), "-H", "unix://" + in("s"),
	}, more...)
	return exec.CommandContext(context.WithoutCancel(t.Context()), path, arguments...)
}

func startPodman(t testing.TB, directory string) *exec.Cmd {
	path := program(t, "podman", "/usr/bin/podman")
	in := func(name string) string { return filepath.Join(directory, name) }
	storage := fmt.Sprintf("[storage]\ndriver = \"vfs\"\nrunroot = %q\ngraphroot = %q\n", in("run"), in("graph"))
	for name, text := range map[string]string{"storage.conf": storage, "registries.conf": "",
		"policy.json": `{"default":[{"type":"insecureAcceptAnything"}]}`} {
		wiretest.WriteFile(t, in(name), text)
	}
	// The test's context ends before the engine is stopped.
	command := exec.CommandContext(context.WithoutCancel(t.Context()), path,
		"--cgroup-manager=cgroupfs", "--events-backend=file", "--tmpdir="+in("tmp"), "system", "service", "-t", "0",
		"unix://"+in("s"))
	command.Env = append(os.Environ(), "CONTAINERS_STORAGE_CONF="+in("storage.conf"), "CONTAINERS_REGISTRIES_CONF="+
		in("registries.conf"))
	return command
}

// program returns the path of a program, which may be in a directory that is only in root's PATH, or skips the test.
func program(t testing.TB, name, place string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if _, err := os.Stat(place); err != nil {
		t.Skipf("there is no %s on this machine (scripts/servers installs it)", name)
	}
	return place
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
