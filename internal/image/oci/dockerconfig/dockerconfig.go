// Package dockerconfig finds the credentials and the certificates for a registry where Docker and Podman keep them.
//
// Credentials are in, in this order: the variable DOCKER_AUTH_CONFIG, Docker's config.json, the file that
// REGISTRY_AUTH_FILE names, and Podman's auth.json. The first of them that has any for a repository counts. Within one
// of them the longest path counts: what was given for registry.example.com/team-a is never used for another team.
//
// It imports nothing of this module.
package dockerconfig

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

// A Keychain finds the credentials for a repository. They are read anew each time: those of helpers expire.
type Keychain struct{}

var _ authn.ContextKeychain = Keychain{}

// Resolve is ResolveContext without a context.
func (k Keychain) Resolve(target authn.Resource) (authn.Authenticator, error) {
	return k.ResolveContext(context.Background(), target)
}

// ResolveContext returns the credentials for a repository, authn.Anonymous where there are none. The error is a
// *NotInstalledError if there may be some, but the credential helper that has them is not installed.
func (Keychain) ResolveContext(ctx context.Context, target authn.Resource) (authn.Authenticator, error) {
	var notInstalled *NotInstalledError
	for _, place := range places() {
		configuration, err := place.read()
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", place.name, err)
		}
		found, err := configuration.find(ctx, target)
		if missing, ok := errors.AsType[*NotInstalledError](err); ok {
			notInstalled = missing // credentials may be elsewhere
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", place.name, err)
		}
		if found != (authn.AuthConfig{}) {
			return authn.FromConfig(found), nil
		}
	}
	if notInstalled != nil {
		return nil, notInstalled
	}
	return authn.Anonymous, nil
}

// environmentVariable holds a config.json, for docker's command and for CI.
const environmentVariable = "DOCKER_AUTH_CONFIG"

// A place is where a configuration is: a variable, or a file.
type place struct {
	name string
	path string // empty for a variable
}

// places returns the places of configurations, in the order in which they count.
func places() []place {
	all := []place{{name: environmentVariable}}
	home, _ := os.UserHomeDir()
	add := func(folder string, names ...string) {
		if folder != "" {
			path := filepath.Join(append([]string{folder}, names...)...)
			all = append(all, place{path, path})
		}
	}
	add(dockerFolder(), "config.json")
	add(os.Getenv("REGISTRY_AUTH_FILE"))
	add(os.Getenv("XDG_RUNTIME_DIR"), "containers", "auth.json")
	if folder := os.Getenv("XDG_CONFIG_HOME"); folder != "" {
		add(folder, "containers", "auth.json")
	} else {
		add(home, ".config", "containers", "auth.json")
	}
	return all
}

// dockerFolder returns the folder of Docker's configuration, "" if it is unknown.
func dockerFolder() string {
	if folder := os.Getenv("DOCKER_CONFIG"); folder != "" {
		return folder
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".docker")
}

// maxConfiguration bounds a configuration, in bytes.
const maxConfiguration = 16 << 20

// read returns the configuration in a place, nil where there is none.
func (p place) read() (*configuration, error) {
	if p.path == "" {
		return parse([]byte(os.Getenv(p.name)))
	}
	file, err := os.Open(p.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, withoutPath(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxConfiguration))
	if err != nil {
		if stat, statErr := file.Stat(); statErr == nil && stat.IsDir() {
			return nil, nil // containers have a folder where a file was mounted that is not there
		}
		return nil, withoutPath(err)
	}
	return parse(text)
}

// withoutPath returns an error without the path that it says, which the place's name says already.
func withoutPath(err error) error {
	if failed, ok := errors.AsType[*os.PathError](err); ok {
		return failed.Err
	}
	return err
}

// A configuration is what a config.json or an auth.json says of credentials. An entry is decoded when it is needed: a
// wrong one hinders no other registry.
type configuration struct {
	Auths   map[string]json.RawMessage `json:"auths"`
	Store   json.RawMessage            `json:"credsStore"`
	Helpers map[string]json.RawMessage `json:"credHelpers"`
}

// helperIn returns the name of a helper, which is the value of a key of the configuration; "" for none.
func helperIn(key string, value json.RawMessage) (name string, err error) {
	if len(value) > 0 && json.Unmarshal(value, &name) != nil {
		return "", fmt.Errorf("its %s is not the name of a credential helper", key)
	}
	return name, nil
}

// parse returns a configuration, nil for an empty text. The error quotes nothing of it.
func parse(text []byte) (*configuration, error) {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff"))) // editors on Windows write the mark
	if len(text) == 0 {
		return nil, nil
	}
	var c configuration
	err := json.Unmarshal(text, &c)
	syntax, isSyntax := errors.AsType[*json.SyntaxError](err)
	wrong, isType := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case isSyntax:
		return nil, fmt.Errorf("it is not in JSON, at byte %d", syntax.Offset)
	case isType:
		return nil, fmt.Errorf("its %q is not as docker writes it", wrong.Field)
	case err != nil:
		return nil, errors.New("it is not in JSON")
	}
	return &c, nil
}

// find returns the credentials for a repository.
func (c *configuration) find(ctx context.Context, target authn.Resource) (authn.AuthConfig, error) {
	if c == nil {
		return authn.AuthConfig{}, nil
	}
	var unusable error // of a helper; an entry may be in the file all the same
	for _, scope := range scopes(target) {
		entryKey, listed := keyFor(c.Auths, scope)
		helperKey, own := keyFor(c.Helpers, scope)
		isHost := !strings.Contains(scope, "/")
		helper, server := "", scope
		switch {
		case own:
			var err error
			server = helperKey
			if helper, err = helperIn(fmt.Sprintf("credHelpers entry %q", helperKey), c.Helpers[helperKey]); err != nil {
				return authn.AuthConfig{}, err
			}
		case listed || isHost || scope == repositoryOf(target):
			var err error
			if helper, err = helperIn(`"credsStore"`, c.Store); err != nil {
				unusable = err
			}
			if listed {
				server = entryKey
			}
		}
		if isHost && scope == name.DefaultRegistry {
			server = authn.DefaultAuthKey
		}
		if helper != "" {
			found, err := ask(ctx, helper, server)
			if _, missing := errors.AsType[*NotInstalledError](err); missing {
				unusable = err
			} else if err != nil || found != (authn.AuthConfig{}) {
				return found, err
			}
		}
		if listed {
			if found, err := decode(c.Auths[entryKey]); err != nil || found != (authn.AuthConfig{}) {
				if err != nil {
					err = fmt.Errorf("its entry %q: %w", entryKey, err)
				}
				return found, err
			}
		}
	}
	return authn.AuthConfig{}, unusable
}

// decode returns the credentials in an entry. A line end at the end of a password is not a part of it: it is what
// echo has put there.
func decode(entry json.RawMessage) (authn.AuthConfig, error) {
	var found authn.AuthConfig
	err := json.Unmarshal(entry, &found)
	wrong, isType := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case isType && wrong.Field == "":
		return authn.AuthConfig{}, errors.New("it is no object with a login, as docker login writes it")
	case isType:
		return authn.AuthConfig{}, fmt.Errorf("its %s is no text", wrong.Field)
	case err != nil:
		return authn.AuthConfig{}, errors.New("its auth is not base64 of a user name, a colon and a password")
	}
	found.Auth = "" // it is decoded
	found.Password = strings.TrimRight(found.Password, "\r\n\x00")
	found.IdentityToken = strings.TrimSpace(found.IdentityToken)
	found.RegistryToken = strings.TrimSpace(found.RegistryToken)
	if found.Password == "" && found.IdentityToken == "" && found.RegistryToken == "" {
		return authn.AuthConfig{}, nil
	}
	return found, nil
}

// keyFor returns the key of a map that means a scope. Of several, the one that is spelled like the scope counts, else
// the first in the alphabet.
func keyFor[V any](all map[string]V, scope string) (string, bool) {
	if _, exact := all[scope]; exact {
		return scope, true
	}
	var keys []string
	for key := range all {
		if scopeOf(key) == scope {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return "", false
	}
	return slices.Min(keys), true
}
