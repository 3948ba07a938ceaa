package dockerconfig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"
	"github.com/google/go-containerregistry/pkg/authn"
)

// A NotInstalledError is a credential helper that a configuration names and that is not in PATH. It can have no
// credentials, so that a registry which asks for none can be read all the same.
type NotInstalledError struct{ Program string }

func (e *NotInstalledError) Error() string {
	return fmt.Sprintf("the credential helper %s, which Docker's configuration names, is not installed (not in PATH)",
		e.Program)
}

// identityUser is the user name with which a helper says that its secret is an identity token.
const identityUser = "<token>"

// ask returns the credentials that a helper has for a server, none where it has none. The error has the helper's own
// words.
func ask(ctx context.Context, name, server string) (authn.AuthConfig, error) {
	run := &program{cmd: exec.CommandContext(ctx, "docker-credential-"+name, credentials.ActionGet)}
	found, err := client.Get(func(...string) client.Program { return run }, server)
	command := "the credential helper docker-credential-" + name
	switch {
	case err == nil:
	case credentials.IsErrCredentialsNotFound(err):
		return authn.AuthConfig{}, nil
	case errors.Is(run.err, exec.ErrNotFound):
		return authn.AuthConfig{}, &NotInstalledError{"docker-credential-" + name}
	case ctx.Err() != nil:
		return authn.AuthConfig{}, fmt.Errorf("%s gave no answer for %s in time: %w", command, server, context.Cause(ctx))
	case run.err == nil: // what it printed may be a secret
		return authn.AuthConfig{}, fmt.Errorf("%s answered for %s, but not as the protocol of credential helpers has it",
			command, server)
	default:
		return authn.AuthConfig{}, fmt.Errorf("%s failed for %s (%w)%s", command, server, run.err, run.said())
	}
	secret := strings.TrimRight(found.Secret, "\r\n")
	switch {
	case secret == "":
		return authn.AuthConfig{}, nil
	case found.Username == identityUser:
		return authn.AuthConfig{IdentityToken: secret}, nil
	}
	return authn.AuthConfig{Username: found.Username, Password: secret}, nil
}

// A program is a run of a helper that keeps what it printed.
type program struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
	err            error
}

// Input sets what the helper reads.
func (p *program) Input(in io.Reader) { p.cmd.Stdin = in }

// Output runs the helper.
func (p *program) Output() ([]byte, error) {
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	p.cmd.WaitDelay = time.Second // what it has started may hold its output open
	if p.err = p.cmd.Run(); errors.Is(p.err, exec.ErrWaitDelay) {
		p.err = nil // the helper itself has ended well
	}
	return p.stdout.Bytes(), p.err
}

// said returns the words of a helper that has failed, on one line. An answer among them is left out: it has the secret.
func (p *program) said() string {
	printed := p.stdout.String()
	if strings.ContainsAny(printed, "{}") {
		printed = ""
	}
	words := strings.Fields(printed + " " + p.stderr.String())
	if len(words) == 0 {
		return ""
	}
	return ": " + strings.Join(words, " ")
}
