package dockerconfig_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/dockerconfig"
)

// has is a helper that has a login for one server, and writes down what it is asked for.
func has(server string) string {
	return `read server; echo "$server" >> "$HOME/asked"
if [ "$server" = "` + server + `" ]; then echo '{"Username":"helped","Secret":"pw"}'
else echo "credentials not found in native keychain"; exit 1; fi`
}

func TestHelper_isAskedForWhatTheConfigurationSays(t *testing.T) {
	for name, test := range map[string]struct{ configuration, server, of, want string }{
		"a host":              {`{"credHelpers":{"registry.example.com":"h"}}`, "registry.example.com", "registry.example.com/app", "helped"},
		"another host":        {`{"credHelpers":{"registry.example.com":"h"}}`, "registry.example.com", "other.example.com/app", ""},
		"a path":              {`{"credHelpers":{"registry.example.com/team":"h"}}`, "registry.example.com/team", "registry.example.com/team/app", "helped"},
		"a store":             {`{"credsStore":"h"}`, "registry.example.com", "registry.example.com/team/app", "helped"},
		"a store by path":     {`{"credsStore":"h","auths":{"registry.example.com/team":{}}}`, "registry.example.com/team", "registry.example.com/team/app", "helped"},
		"a store by image":    {`{"credsStore":"h"}`, "registry.example.com/team/app", "registry.example.com/team/app", "helped"},
		"Docker Hub":          {`{"credsStore":"h"}`, "https://index.docker.io/v1/", "index.docker.io/library/nginx", "helped"},
		"Docker Hub, by name": {`{"credHelpers":{"docker.io":"h"}}`, "https://index.docker.io/v1/", "index.docker.io/library/nginx", "helped"},
		"an entry beside a store that has nothing": {`{"credsStore":"h","auths":{"registry.example.com":` + entry("me:pw") + `}}`,
			"none", "registry.example.com/app", "me"},
		"an entry beside a store that is not installed": {`{"credsStore":"none","auths":{"registry.example.com":` + entry("me:pw") + `}}`,
			"none", "registry.example.com/app", "me"},
		"an own helper before a store": {`{"credsStore":"none","credHelpers":{"registry.example.com":"h"}}`, "registry.example.com",
			"registry.example.com/app", "helped"},
	} {
		h := newHome(t)
		h.helper(t, "h", has(test.server))
		h.write(t, ".docker/config.json", test.configuration)
		if got := userOf(t, test.of); got != test.want {
			asked, _ := os.ReadFile(filepath.Join(string(h), "asked"))
			t.Errorf("%s: the credentials are those of %q, want %q; the helper was asked for %q", name, got, test.want, asked)
		}
	}
}

func TestHelper_mayHaveAnIdentityToken(t *testing.T) {
	h := newHome(t)
	h.helper(t, "h", `echo '{"Username":"<token>","Secret":"refresh-me"}'`)
	h.write(t, ".docker/config.json", `{"credsStore":"h"}`)
	got, err := find(t, "registry.example.com/app")
	if want := (authn.AuthConfig{IdentityToken: "refresh-me"}); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}

// The error of a helper that fails has its own words, and none of what may be a secret.
func TestHelper_failsInItsOwnWords(t *testing.T) {
	for name, test := range map[string]struct {
		script string
		words  []string
	}{
		"standard error":       {"echo 'keychain is locked' >&2; exit 1", []string{"exit status 1", "keychain is locked"}},
		"standard output":      {"echo 'no session'; exit 3", []string{"exit status 3", "no session"}},
		"on several lines":     {"echo one >&2; echo two >&2; exit 1", []string{"one two"}},
		"without a word":       {"exit 1", []string{"exit status 1"}},
		"an answer in no JSON": {"echo hunter2-hunter2", []string{"not as the protocol"}},
		"an answer all the same": {`echo '{"Username":"u","Secret":"hunter2-hunter2"}'; echo locked >&2; exit 1`,
			[]string{"exit status 1", "locked"}},
	} {
		h := newHome(t)
		h.helper(t, "h", test.script)
		h.write(t, ".docker/config.json", `{"credsStore":"h"}`)
		_, err := find(t, "registry.example.com/app")
		for _, word := range append(test.words, "docker-credential-h", "registry.example.com") {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%s: no %q in %v", name, word, err)
			}
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHelper_mayLeaveAnAgentRunning(t *testing.T) {
	h := newHome(t)
	h.helper(t, "h", `echo '{"ServerURL":"x","Username":"agent","Secret":"hunter2"}'; sleep 5 &`)
	h.write(t, ".docker/config.json", `{"credsStore":"h"}`)
	if got := userOf(t, "registry.example.com/app"); got != "agent" {
		t.Errorf("the user is %q", got)
	}
}

func TestHelper_thatIsNotInstalledIsAnErrorOfItsOwn(t *testing.T) {
	h := newHome(t)
	h.write(t, ".docker/config.json", `{"credsStore":"not-there"}`)
	_, err := find(t, "registry.example.com/app")
	missing, ok := errors.AsType[*dockerconfig.NotInstalledError](err)
	if !ok || missing.Program != "docker-credential-not-there" {
		t.Errorf("%v", err)
	}
	h.write(t, ".config/containers/auth.json", auths(map[string]string{"registry.example.com": "podman"}))
	if got := userOf(t, "registry.example.com/app"); got != "podman" {
		t.Errorf("another place is not looked at: %q", got)
	}
}

func TestHelper_thatHangsEndsWithItsContext(t *testing.T) {
	h := newHome(t)
	h.helper(t, "h", "exec tail -f /dev/null")
	h.write(t, ".docker/config.json", `{"credsStore":"h"}`)
	ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, errors.New("time is up"))
	defer cancel()
	_, err := dockerconfig.Keychain{}.ResolveContext(ctx, repository("registry.example.com/app"))
	if err == nil || !strings.Contains(err.Error(), "time is up") {
		t.Errorf("%v", err)
	}
}
