package oci

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

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// Credentials of the real registries that ask for them. The hash is that of the password, by bcrypt.
const (
	realUsername = "me"
	realPassword = "hunter2"
	passwordHash = "$2a$05$hi8cMnePytr3zSWfzsYy.e1mQx.0py6V54qHywcEYtyk2D89U4gh6"
)

// A realAuth is how a real registry wants to be asked.
type realAuth int

// The ways in which a registry wants to be asked. Only an open one is without TLS.
const (
	openToAll  realAuth = iota // plain HTTP, and no credentials
	byPassword                 // TLS and htpasswd
	byToken                    // TLS and a token server, which has the password
)

// A realRegistry is a registry's program, with files and a port of its own.
type realRegistry struct {
	host          string
	caCertificate string // PEM; empty without TLS
	issued        func() int

	transport http.RoundTripper
	auth      realAuth
}

// startRegistry starts Debian's registry for as long as a test runs, or skips the test and says why.
func startRegistry(t testing.TB, auth realAuth) *realRegistry {
	t.Helper()
	wiretest.NeedsRealServers(t)
	program, err := exec.LookPath("docker-registry")
	if err != nil {
		t.Skip("there is no docker-registry in PATH: scripts/servers installs Debian's package where there are root and apt")
	}
	return startProgram(t, program, auth, "")
}

// startDistribution starts the newest distribution registry as startRegistry does Debian's.
func startDistribution(t testing.TB, auth realAuth) *realRegistry {
	t.Helper()
	return startDistributionWith(t, auth, "")
}

// startDistributionWith is startDistribution with further lines of configuration.
func startDistributionWith(t testing.TB, auth realAuth, more string) *realRegistry {
	t.Helper()
	wiretest.NeedsRealServers(t)
	return startProgram(t, wiretest.Built(t, "registry", "DEMANDFLOW_TEST_REGISTRY", howBuilt), auth, more)
}

func startProgram(t testing.TB, program string, auth realAuth, more string) *realRegistry {
	t.Helper()
	directory := t.TempDir()
	file := func(name, content string) string {
		return wiretest.WriteFile(t, filepath.Join(directory, name), content)
	}
	r := &realRegistry{auth: auth, transport: http.DefaultTransport, issued: func() int { return 0 }}
	configuration := fmt.Sprintf(`version: 0.1
log: {accesslog: {disabled: false}, level: info, formatter: json}
storage: {filesystem: {rootdirectory: %q}, delete: {enabled: true}}
`, filepath.Join(directory, "data")) + more
	if auth == openToAll {
		configuration += "http: {addr: 127.0.0.1:0}\n"
	} else {
		authority := wiretest.NewAuthority(t)
		r.caCertificate = authority.PEM()
		settings, err := wire.TLS{CACertificate: r.caCertificate}.Config()
		if err != nil {
			t.Fatal(err)
		}
		transport := &http.Transport{TLSClientConfig: settings}
		t.Cleanup(transport.CloseIdleConnections)
		r.transport = transport
		certificate, key := file("registry.crt", r.caCertificate), file("registry.key", authority.KeyPEM(t))
		configuration += fmt.Sprintf("http: {addr: 127.0.0.1:0, tls: {certificate: %q, key: %q}}\n", certificate, key)
		if auth == byToken {
			issuer := startIssuer(t, authority)
			r.issued = func() int { return int(issuer.issued.Load()) }
			configuration += fmt.Sprintf("auth: {token: {realm: %s, service: %s, issuer: %s, rootcertbundle: %q}}\n",
				issuer.realm, tokenService, tokenIssuer, certificate)
		} else {
			passwords := file("htpasswd", realUsername+":"+passwordHash+"\n")
			configuration += fmt.Sprintf("auth: {htpasswd: {realm: test, path: %q}}\n", passwords)
		}
	}
	r.host = runRegistry(t, program, file("config.yml", configuration))
	return r
}

var listening = regexp.MustCompile(`listening on (127\.0\.0\.1:\d+)`)

// runRegistry runs the registry and reads from its log which port the kernel gave it.
func runRegistry(t testing.TB, program, configuration string) string {
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
			t.Logf("the registry said:\n%s", said)
		}
	})
	select {
	case host := <-address:
		return host
	case <-ended:
		t.Fatalf("the registry ended:\n%s", said)
	case <-time.After(time.Minute):
		t.Fatal("the registry does not listen after a minute")
	}
	return ""
}

// push writes an image, an index or another artifact under a repository with a tag or a digest.
func (r *realRegistry) push(t testing.TB, what remote.Taggable, rest string) {
	t.Helper()
	options := []name.Option{}
	if r.auth == openToAll {
		options = append(options, name.Insecure)
	}
	reference, err := name.ParseReference(r.host+"/"+rest, options...)
	if err != nil {
		t.Fatal(err)
	}
	authenticator := authn.Anonymous
	if r.auth != openToAll {
		authenticator = authn.FromConfig(authn.AuthConfig{Username: realUsername, Password: realPassword})
	}
	with := []remote.Option{remote.WithTransport(r.transport), remote.WithAuth(authenticator),
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
