package dockerconfig

import (
	"encoding/json"
	"maps"
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

const secret = "made-up-secret"

// inKey reports whether a key of a configuration has a text.
func inKey(c *configuration, text string) bool {
	for _, keys := range []map[string]json.RawMessage{c.Auths, c.Helpers} {
		for key := range keys {
			if strings.Contains(key, text) {
				return true
			}
		}
	}
	return false
}

// Whatever keys a configuration has: credentials are those of a key that the repository is below, another registry's
// entry changes nothing, and errors quote keys alone.
func FuzzConfiguration(f *testing.F) {
	f.Add(`{"auths":{"registry.example.com/team":{"auth":"bWU6cHc="}}}`, "registry.example.com/team/app")
	f.Add(`{"auths":{"https://registry.example.com/v1/":{"username":"a","password":"b"}},"credsStore":7}`, "registry.example.com/a")
	f.Add(`{"auths":{"a.b":"made-up-secret"},"credHelpers":{"a.b":["made-up-secret"]},"HttpHeaders":"x"}`, "a.b/c")
	f.Add(`{"auths":{"a.b/c":{"auth":["made-up-secret"]},"a.b":7}}`, "a.b/c/d")
	f.Add(`{"auths":{"":{"registrytoken":"x"},"/":{"identitytoken":"x"}}}`, "a/b")
	f.Fuzz(func(t *testing.T, text, repository string) {
		c, err := parse([]byte(text))
		if err != nil || c == nil {
			return
		}
		// Nothing is run: what names a helper is left out.
		isName := func(value json.RawMessage) bool { return json.Unmarshal(value, new(string)) == nil }
		maps.DeleteFunc(c.Helpers, func(_ string, value json.RawMessage) bool { return isName(value) })
		if isName(c.Store) {
			c.Store = nil
		}
		target := fuzzed(repository)
		found, err := c.find(t.Context(), target)
		if err != nil && strings.Contains(text, secret) && strings.Contains(err.Error(), secret) && !inKey(c, secret) {
			t.Errorf("%q: %v", text, err)
		}
		if c.Auths == nil {
			c.Auths = map[string]json.RawMessage{}
		}
		if c.Helpers == nil {
			c.Helpers = map[string]json.RawMessage{}
		}
		c.Auths["other.invalid"], c.Helpers["other.invalid"] = json.RawMessage("7"), json.RawMessage("[]")
		if strings.HasPrefix(repositoryOf(target), "other.invalid") {
			return
		}
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
