package engine

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// environmentOfSSH makes this binary the remote end of a connection by SSH: docker system dial-stdio.
const environmentOfSSH = "ENGINE_TEST_SSH_SOCKET"

func TestMain(m *testing.M) {
	socket := os.Getenv(environmentOfSSH)
	if socket == "" {
		os.Exit(m.Run())
	}
	conn, err := new(net.Dialer).Dial("unix", socket)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go func() { _, _ = io.Copy(conn, os.Stdin) }()
	_, _ = io.Copy(os.Stdout, conn)
}

// fakeSSH puts an ssh into PATH that notes its arguments and then runs a line of shell.
func fakeSSH(t *testing.T, line string) (arguments string) {
	t.Helper()
	directory := t.TempDir()
	arguments = filepath.Join(directory, "arguments")
	script := fmt.Sprintf("#!/bin/sh\necho \"$@\" >> '%s'\n%s\n", arguments, line)
	if err := os.WriteFile(filepath.Join(directory, "ssh"), []byte(script), 0o700); err != nil { //nolint:gosec // runs
		t.Fatal(err)
	}
	t.Setenv("PATH", directory+string(os.PathListSeparator)+os.Getenv("PATH"))
	return arguments
}

func TestSSH_reachesTheEngineThroughTheSSHCommand(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "engine.sock")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	engine := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.52")
		if strings.HasSuffix(r.URL.Path, "/images/json") {
			fmt.Fprintf(w, `[{"Id":%q,"RepoTags":["nginx:1"],"Created":1,"Size":2}]`, idOfConfig)
		}
	}))
	engine.Listener = listener
	engine.Start()
	defer engine.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	arguments := fakeSSH(t, fmt.Sprintf("%s='%s' exec '%s'", environmentOfSSH, socket, self))
	c, err := New(Config{Host: "ssh://ada@engine.example.com:2222"})
	if err != nil {
		t.Fatal(err)
	}
	images, err := c.Images(t.Context(), ListOptions{})
	if err != nil || len(images) != 1 || images[0].Reference != "docker.io/library/nginx:1" {
		t.Errorf("%v, %v", images, err)
	}
	c.api.Close()
	asked, err := os.ReadFile(arguments)
	if err != nil || !strings.Contains(string(asked), "-l ada -p 2222") ||
		!strings.Contains(string(asked), "engine.example.com docker system dial-stdio") {
		t.Errorf("ssh %s, %v", asked, err)
	}
}

func TestSSH_adviceIsTheDockerCommandsOwnConnection(t *testing.T) {
	for _, test := range []struct{ host, line, want string }{
		{"ssh://ada@engine/run/user/1000/docker.sock", "read -r request; echo 'no route to engine' >&2; exit 255",
			"no route to engine"},
		{" ssh://ada@engine", "read -r request; echo 'docker: command not found' >&2; exit 127", "docker: command not found"},
		{"ssh://ada@engine", "echo 'Host key verification failed.' >&2; exit 255", "Host key verification failed"},
	} {
		fakeSSH(t, test.line)
		c, err := New(Config{Host: test.host})
		if err != nil {
			t.Fatal(err)
		}
		host := strings.TrimSpace(test.host)
		if _, err = c.Images(t.Context(), ListOptions{}); err == nil || !strings.Contains(err.Error(), test.want) ||
			!strings.HasSuffix(err.Error(), "See whether docker -H "+host+" version works") {
			t.Errorf("%s: %v", test.host, err)
		}
	}
}

func TestSSH_withoutTheSSHCommandSaysSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	c, err := New(Config{Host: "ssh://ada@engine"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Images(t.Context(), ListOptions{})
	if err == nil || !strings.Contains(err.Error(), `"ssh": executable file not found`) ||
		!strings.HasSuffix(err.Error(), "See whether docker -H ssh://ada@engine version works") {
		t.Error(err)
	}
}

func TestSSH_saysWhatSSHSays(t *testing.T) {
	fakeSSH(t, "read -r request; echo 'ada@engine: Permission denied (publickey).' >&2; exit 255")
	c, err := New(Config{Host: "ssh://ada@engine"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Images(t.Context(), ListOptions{})
	if err == nil || !strings.Contains(err.Error(), "ssh://ada@engine (the configured host)") ||
		!strings.Contains(err.Error(), "Permission denied (publickey)") ||
		!strings.HasSuffix(err.Error(), "See whether docker -H ssh://ada@engine version works") {
		t.Error(err)
	}
}
