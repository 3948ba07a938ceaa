package dockerconfig

import (
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
)

type fuzzed string

func (f fuzzed) String() string { return string(f) }

func (f fuzzed) RegistryStr() string {
	host, _, _ := strings.Cut(string(f), "/")
	return host
}

// Whatever keys a configuration has: credentials are those of a key that the repository is below.
func FuzzConfiguration(f *testing.F) {
	f.Add(`{"auths":{"registry.example.com/team":{"auth":"bWU6cHc="}}}`, "registry.example.com/team/app")
	f.Add(`{"auths":{"https://registry.example.com/v1/":{"username":"a","password":"b"}},"credsStore":7}`, "registry.example.com/a")
	f.Add(`{"auths":{"":{"registrytoken":"x"},"/":{"identitytoken":"x"}}}`, "a/b")
	f.Fuzz(func(t *testing.T, text, repository string) {
		c, err := parse([]byte(text))
		if err != nil || c == nil {
			return
		}
		c.Store, c.Helpers = "", nil // nothing is run
		target := fuzzed(repository)
		found, err := c.find(t.Context(), target)
		again, _ := c.find(t.Context(), target)
		if found != again {
			t.Errorf("%q: %+v, and then %+v", text, found, again)
		}
		if err != nil || found == (authn.AuthConfig{}) {
			return
		}
		for key, entry := range c.Auths {
			known, err := decode(entry)
			if scope := scopeOf(key); err == nil && known == found && (scope == repositoryOf(target) ||
				strings.HasPrefix(repositoryOf(target), scope+"/")) {
				return
			}
		}
		t.Errorf("%q: %+v is of no key for %q", text, found, repository)
	})
}
