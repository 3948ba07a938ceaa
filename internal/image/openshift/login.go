package openshift

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A login is the part of a kubeconfig's user that gets credentials when a request needs them. Its zero value gets none.
type login struct {
	plugin   string // command of the exec plugin, "" for none
	hint     string // how to install it
	shell    string // that runs the plugin, "" if it runs by itself
	stderr   string // directory in which the shell keeps what a failed plugin wrote to its standard error
	provider string // name of the auth-provider, "" for none
	issuer   string // address of its issuer, "" if it is not known
}

// keepStderr runs a command and keeps its standard error, if it fails, in a directory of the user's own. client-go
// passes that on to the standard error of this process, which Terraform shows nobody.
const keepStderr = `mkdir -m 700 "$0" 2>/dev/null || exec "$@"
"$@" 2>"$0/stderr"
status=$?
[ "$status" -ne 0 ] || rm -rf "$0"
exit "$status"`

// newLogin prepares the settings so that a plugin's own words are known when it fails.
func newLogin(settings *rest.Config, secrets *wire.Secrets) login {
	l := login{}
	if provider := settings.AuthProvider; provider != nil {
		l.provider, l.issuer = provider.Name, issuerOf(provider.Config["idp-issuer-url"])
		for key, value := range provider.Config {
			if isSecretName(key) {
				secrets.Add(wire.Secret{Text: value, Instead: wire.Instead})
			}
		}
	}
	plugin := settings.ExecProvider
	if plugin == nil {
		return l
	}
	l.plugin, l.hint = plugin.Command, plugin.InstallHint
	addSecretsOf(plugin, secrets)
	shell, err := exec.LookPath("sh")
	if _, missing := exec.LookPath(plugin.Command); err != nil || missing != nil || runtime.GOOS == "windows" {
		return l // client-go has the words for a plugin that is not there
	}
	l.shell, l.stderr = shell, filepath.Join(os.TempDir(), "demandflow-"+uuid.NewString())
	wrapped := *plugin
	wrapped.Command, wrapped.Args = shell, slices.Concat([]string{"-c", keepStderr, l.stderr, plugin.Command}, plugin.Args)
	settings.ExecProvider = &wrapped
	return l
}

// isSecretName reports whether a name is one of a credential.
func isSecretName(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"token", "secret", "password", "passwd", "key", "credential", "assertion"},
		func(word string) bool { return strings.Contains(name, word) })
}

// minEnvironmentSecret is how long a value of this process's environment must be to be taken for a credential because
// of its name.
const minEnvironmentSecret = 8

// addSecretsOf adds the credentials in a plugin's environment and arguments (--client-secret=…, --token …), by their
// names.
func addSecretsOf(plugin *clientcmdapi.ExecConfig, secrets *wire.Secrets) {
	add := func(name, value string) {
		if isSecretName(name) && utf8.RuneCountInString(value) >= wire.MinSecretLength {
			secrets.Add(wire.Secret{Text: value, Instead: wire.Instead, Unsure: true})
		}
	}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if len(value) >= minEnvironmentSecret && !filepath.IsAbs(value) {
			add(name, value)
		}
	}
	for _, variable := range plugin.Env {
		add(variable.Name, variable.Value)
	}
	for index, argument := range plugin.Args {
		name, value, found := strings.Cut(argument, "=")
		if !strings.HasPrefix(name, "-") {
			continue
		}
		if found {
			add(name, value)
		} else if index+1 < len(plugin.Args) {
			add(name, plugin.Args[index+1])
		}
	}
}

// tokens match what looks like a token: a JSON Web Token, one of OpenShift, one in a header.
var tokens = regexp.MustCompile(`eyJ[\w-]+\.[\w.-]+|sha256~[\w-]+|(?i:\bbearer\s+)[\w.~+/=-]{8,}`)

// words returns what a plugin that has just failed wrote to its standard error, without credentials.
func (c *connection) words() string {
	if c.login.stderr == "" {
		return ""
	}
	defer os.RemoveAll(c.login.stderr)
	file, err := os.Open(filepath.Join(c.login.stderr, "stderr"))
	if err != nil {
		return ""
	}
	defer file.Close()
	text, _ := io.ReadAll(io.LimitReader(file, longestRefusal)) // as far as it can be read
	return c.oneLine(tokens.ReplaceAllString(string(text), wire.Instead))
}

// loginFailed returns the error of a request for which there are no credentials.
func (c *connection) loginFailed(ctx context.Context, doing string, err error) error {
	l := c.login
	if ctx.Err() != nil && l.stderr != "" {
		_ = os.RemoveAll(l.stderr) // what a plugin that was interrupted wrote
	}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return c.failed(doing, err)
	case ctx.Err() != nil || errors.Is(err, errNotInTime):
		return c.loginTimedOut(doing)
	}
	said := c.oneLine(wire.WithoutURL(err).Error())
	if l.plugin == "" {
		return image.Cannot(doing+" at "+c.base.Host, fmt.Sprintf("the auth provider %s of %s gives no credentials: %s",
			l.provider, c.origin, said),
			"Log in again with the program that wrote the kubeconfig, or set a token (oc whoami -t)", errors.New(said))
	}
	said = strings.TrimPrefix(said, "getting credentials: ")
	if missing, _, found := strings.Cut(said, " It looks like you are trying to use"); found {
		said = strings.TrimSpace(missing + ". " + c.oneLine(l.hint)) // in place of client-go's own long explanation
	}
	if l.shell != "" {
		said = strings.Replace(said, "executable "+filepath.Clean(l.shell)+" ", "executable "+l.plugin+" ", 1)
	}
	if words := c.words(); words != "" {
		said += ", and says: " + words
	}
	return image.Cannot(doing+" at "+c.base.Host, fmt.Sprintf("the plugin of %s gives no credentials: %s", c.origin, said),
		"See whether oc whoami works with the same kubeconfig and in the same environment, or set a token (oc whoami -t)",
		errors.New(said))
}

// loginTimedOut returns the error of a request for which there were no credentials in time.
func (c *connection) loginTimedOut(doing string) error {
	l := c.login
	if l.plugin != "" {
		return image.Cannot(doing+" at "+c.base.Host, fmt.Sprintf("the plugin of %s, %s, gave no credentials in time",
			c.origin, l.plugin), "It may wait for a login in a browser: see whether oc whoami works with the same kubeconfig "+
			"and in the same environment, or set a token (oc whoami -t)", errNotInTime)
	}
	waited := ""
	if l.issuer != "" {
		waited = ": its issuer " + c.oneLine(l.issuer) + " did not answer in time"
	}
	return image.Cannot(doing+" at "+c.base.Host, fmt.Sprintf("the auth provider %s of %s gave no credentials in time%s",
		l.provider, c.origin, waited),
		"See whether the issuer can be reached from here, or set a token (oc whoami -t)", errNotInTime)
}
