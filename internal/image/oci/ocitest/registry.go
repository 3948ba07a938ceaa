// Package ocitest starts a real registry for tests, Debian's docker-registry, with files and a port of its own, and
// stops it.
package ocitest

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// Gate is the environment variable without which no server is started.
const Gate = "DEMANDFLOW_TEST_SERVERS"

// Credentials of the registries that ask for them. The hash is that of the password, by bcrypt.
const (
	Username     = "me"
	Password     = "hunter2"
	passwordHash = "$2a$05$hi8cMnePytr3zSWfzsYy.e1mQx.0py6V54qHywcEYtyk2D89U4gh6"
)

// An Auth is how a registry wants to be asked.
type Auth int

// The ways in which a registry wants to be asked. Only an open one is without TLS.
const (
	Open       Auth = iota // plain HTTP, and no credentials
	ByPassword             // TLS and htpasswd
	ByToken                // TLS and a token server, which has the password
)

// A Registry is one that was started.
type Registry struct {
	Host          string
	CACertificate string // PEM; empty without TLS
	Issued        func() int

	client http.RoundTripper
	auth   Auth
}

// Start starts a registry for as long as a test runs, or skips the test and says why.
func Start(t testing.TB, auth Auth) *Registry {
	t.Helper()
	if os.Getenv(Gate) == "" {
		t.Skip("real servers are started only where " + Gate + "=1 is set (make test-servers)")
	}
	program, err := exec.LookPath("docker-registry")
	if err != nil {
		t.Skip("there is no docker-registry in PATH: scripts/servers installs Debian's package where there are root and apt")
	}
	directory := t.TempDir()
	r := &Registry{auth: auth, client: http.DefaultTransport, Issued: func() int { return 0 }}
	configuration := fmt.Sprintf(`version: 0.1
log: {accesslog: {disabled: false}, level: info, formatter: json}
storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
`, filepath.Join(directory, "data"))
	if auth == Open {
		configuration += "http: {addr: 127.0.0.1:0}\n"
	} else {
		identity := newIdentity(t, directory)
		r.CACertificate, r.client = identity.certificate, identity.transport
		configuration += fmt.Sprintf("http: {addr: 127.0.0.1:0, tls: {certificate: %s, key: %s}}\n", identity.certificateFile,
			identity.keyFile)
		if auth == ByToken {
			issuer := startIssuer(t, identity)
			r.Issued = func() int { return int(issuer.issued.Load()) }
			configuration += fmt.Sprintf("auth: {token: {realm: %s, service: %s, issuer: %s, rootcertbundle: %s}}\n",
				issuer.realm, service, issuerName, identity.certificateFile)
		} else {
			passwords := write(t, filepath.Join(directory, "htpasswd"), Username+":"+passwordHash+"\n")
			configuration += fmt.Sprintf("auth: {htpasswd: {realm: test, path: %s}}\n", passwords)
		}
	}
	r.Host = serve(t, program, write(t, filepath.Join(directory, "config.yml"), configuration))
	return r
}

var listening = regexp.MustCompile(`listening on (127\.0\.0\.1:\d+)`)

// serve runs the registry and reads from its log which port the kernel gave it.
func serve(t testing.TB, program, configuration string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	command := exec.CommandContext(ctx, program, "serve", configuration)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	output, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	address, said, ended := make(chan string, 1), &strings.Builder{}, make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			fmt.Fprintln(said, lines.Text())
			if found := listening.FindStringSubmatch(lines.Text()); found != nil {
				address <- found[1]
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		_ = command.Wait() // it was told to end
		if t.Failed() {
			t.Logf("docker-registry said:\n%s", said)
		}
	})
	select {
	case host := <-address:
		return host
	case <-ended:
		t.Fatalf("docker-registry ended:\n%s", said)
	case <-time.After(time.Minute):
		t.Fatal("docker-registry does not listen after a minute")
	}
	return ""
}

// Push writes an image, an index or another artifact under a repository with a tag or a digest.
func (r *Registry) Push(t testing.TB, what remote.Taggable, rest string) {
	t.Helper()
	options := []name.Option{}
	if r.auth == Open {
		options = append(options, name.Insecure)
	}
	reference, err := name.ParseReference(r.Host+"/"+rest, options...)
	if err != nil {
		t.Fatal(err)
	}
	authenticator := authn.Anonymous
	if r.auth != Open {
		authenticator = authn.FromConfig(authn.AuthConfig{Username: Username, Password: Password})
	}
	with := []remote.Option{remote.WithTransport(r.client), remote.WithAuth(authenticator),
		remote.WithContext(t.Context())}
	switch known := what.(type) {
	case v1.ImageIndex:
		err = remote.WriteIndex(reference, known, with...)
	case v1.Image:
		err = remote.Write(reference, known, with...)
	default:
		err = remote.Put(reference, known, with...)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
