package dockerconfig_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/dockerconfig"
)

// A repository is a host and a path, as go-containerregistry writes it.
type repository string

func (r repository) String() string { return string(r) }

func (r repository) RegistryStr() string {
	host, _, _ := strings.Cut(string(r), "/")
	return host
}

// A home is where the configurations of a test are.
type home string

// newHome makes an empty home, in which nothing of the machine's takes part.
func newHome(t *testing.T) home {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"DOCKER_CONFIG", "DOCKER_AUTH_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR",
		"XDG_CONFIG_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", folder)
	t.Setenv("PATH", filepath.Join(folder, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	return home(folder)
}

func (h home) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(string(h), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// helper installs a credential helper that is a shell script.
func (h home) helper(t *testing.T, name, script string) {
	t.Helper()
	h.write(t, "bin/docker-credential-"+name, "#!/bin/sh\n"+script)
}

func find(t *testing.T, of string) (authn.AuthConfig, error) {
	t.Helper()
	found, err := dockerconfig.Keychain{}.ResolveContext(t.Context(), repository(of))
	if err != nil {
		return authn.AuthConfig{}, err
	}
	known, err := found.Authorization()
	if err != nil {
		t.Fatal(err)
	}
	return *known, nil
}

// userOf returns the user whose credentials a repository gets, "" for none.
func userOf(t *testing.T, of string) string {
	t.Helper()
	found, err := find(t, of)
	if err != nil {
		t.Fatalf("%s: %v", of, err)
	}
	return found.Username
}

// auths is a configuration with a user for each key.
func auths(users map[string]string) string {
	var entries []string
	for key, user := range users {
		entries = append(entries, fmt.Sprintf("%q:%s", key, entry(user+":pw")))
	}
	return `{"auths":{` + strings.Join(entries, ",") + `}}`
}

func entry(login string) string {
	return fmt.Sprintf(`{"auth":%q}`, base64.StdEncoding.EncodeToString([]byte(login)))
}

func TestKeychain_longestPathWins(t *testing.T) {
	h := newHome(t)
	h.write(t, ".docker/config.json", auths(map[string]string{
		"registry.example.com": "host", "registry.example.com/team-a": "team-a", "registry.example.com/team-a/app": "app",
		"other.example.com/team-a": "a", "other.example.com/team-b": "b", "other.example.com/team-c": "c",
	}))
	for of, want := range map[string]string{
		"registry.example.com/team-a/app":     "app",
		"registry.example.com/team-a/app/sub": "app",
		"registry.example.com/team-a/other":   "team-a",
		"registry.example.com/team-ab/app":    "host", // another team
		"registry.example.com/team-b/app":     "host",
		"other.example.com/team-b/app":        "b",
		"other.example.com/team-d/app":        "", // of several logins it is none
		"other.example.com/app":               "",
		"else.example.com/team-a/app":         "",
	} {
		for range 20 { // not by chance
			if got := userOf(t, of); got != want {
				t.Fatalf("%s gets the credentials of %q, want %q", of, got, want)
			}
		}
	}
}

func TestKeychain_keysAreSpelledInManyWays(t *testing.T) {
	for key, ofs := range map[string][]string{
		"https://registry.example.com":        {"registry.example.com/app"},
		"http://registry.example.com/":        {"registry.example.com/app"},
		"https://registry.example.com/v2/":    {"registry.example.com/app"},
		"registry.example.com/v1/":            {"registry.example.com/app"},
		"https://registry.example.com/team":   {"registry.example.com/team/app"},
		"REGISTRY.example.com":                {"registry.example.com/app"},
		"registry.example.com:443":            {"registry.example.com/app", "registry.example.com:443/app"},
		"registry.example.com":                {"registry.example.com:443/app"},
		"https://index.docker.io/v1/":         {"index.docker.io/library/nginx"},
		"docker.io":                           {"index.docker.io/library/nginx"},
		"registry-1.docker.io":                {"index.docker.io/team/app"},
		"docker.io/team":                      {"index.docker.io/team/app"},
		"[::1]:5000":                          {"[::1]:5000/app"},
		"https://registry.example.com:5000/a": {"registry.example.com:5000/a/b"},
	} {
		h := newHome(t)
		h.write(t, ".docker/config.json", auths(map[string]string{key: "me"}))
		for _, of := range ofs {
			if got := userOf(t, of); got != "me" {
				t.Errorf("%s is not found for %s", key, of)
			}
		}
		if got := userOf(t, "registry.example.com:5001/app"); got != "" {
			t.Errorf("%s is found for another port", key)
		}
	}
}

// Of two keys that mean the same, the one counts that is spelled like the host, in every run.
func TestKeychain_ofTwoSpellingsTheExactOneCounts(t *testing.T) {
	h := newHome(t)
	h.write(t, ".docker/config.json", auths(map[string]string{"https://registry.example.com": "url",
		"registry.example.com": "host", "http://registry.example.com/v2/": "old"}))
	for range 20 {
		if got := userOf(t, "registry.example.com/app"); got != "host" {
			t.Fatalf("it is %q", got)
		}
	}
}

func TestKeychain_looksWhereDockerAndPodmanKeepCredentials(t *testing.T) {
	docker := auths(map[string]string{"registry.example.com": "docker"})
	podman := auths(map[string]string{"registry.example.com": "podman"})
	inline := auths(map[string]string{"registry.example.com": "inline"})
	other := auths(map[string]string{"other.example.com": "other"})
	for name, test := range map[string]struct {
		files     map[string]string
		variables map[string]string // HOME/ is the home
		want      string
	}{
		"docker":                        {map[string]string{".docker/config.json": docker}, nil, "docker"},
		"DOCKER_CONFIG":                 {map[string]string{"x/config.json": docker}, map[string]string{"DOCKER_CONFIG": "HOME/x"}, "docker"},
		"DOCKER_AUTH_CONFIG":            {nil, map[string]string{"DOCKER_AUTH_CONFIG": inline}, "inline"},
		"DOCKER_AUTH_CONFIG first":      {map[string]string{".docker/config.json": docker}, map[string]string{"DOCKER_AUTH_CONFIG": inline}, "inline"},
		"DOCKER_AUTH_CONFIG of another": {map[string]string{".docker/config.json": docker}, map[string]string{"DOCKER_AUTH_CONFIG": other}, "docker"},
		"podman":                        {map[string]string{"run/containers/auth.json": podman}, map[string]string{"XDG_RUNTIME_DIR": "HOME/run"}, "podman"},
		"podman, for good":              {map[string]string{".config/containers/auth.json": podman}, nil, "podman"},
		"REGISTRY_AUTH_FILE":            {map[string]string{"auth": podman}, map[string]string{"REGISTRY_AUTH_FILE": "HOME/auth"}, "podman"},
		"podman beside docker":          {map[string]string{".docker/config.json": other, ".config/containers/auth.json": podman}, nil, "podman"},
		"docker before podman":          {map[string]string{".docker/config.json": docker, ".config/containers/auth.json": podman}, nil, "docker"},
		"an empty file":                 {map[string]string{".docker/config.json": " \n", ".config/containers/auth.json": podman}, nil, "podman"},
		"a byte order mark":             {map[string]string{".docker/config.json": "\ufeff" + docker}, nil, "docker"},
		"a folder in its place":         {map[string]string{".docker/config.json/x": "", ".config/containers/auth.json": podman}, nil, "podman"},
		"nothing":                       {nil, nil, ""},
	} {
		h := newHome(t)
		for file, text := range test.files {
			h.write(t, file, text)
		}
		for variable, value := range test.variables {
			t.Setenv(variable, strings.Replace(value, "HOME", string(h), 1))
		}
		if got := userOf(t, "registry.example.com/team/app"); got != test.want {
			t.Errorf("%s: the credentials are those of %q, want %q", name, got, test.want)
		}
	}
}

func TestKeychain_entriesHaveCredentialsInManyForms(t *testing.T) {
	for form, want := range map[string]authn.AuthConfig{
		entry("me:p:w ü"): {Username: "me", Password: "p:w ü"},
		`{"auth":"` + base64.RawStdEncoding.EncodeToString([]byte("me:pw1")) + `"}`: {Username: "me", Password: "pw1"},
		`{"username":"me","password":"pw"}`:                                         {Username: "me", Password: "pw"},
		entry("me:pw\n"):                                                            {Username: "me", Password: "pw"},
		entry("me:pw\r\n"):                                                          {Username: "me", Password: "pw"},
		entry("me:pw\x00"):                                                          {Username: "me", Password: "pw"},
		`{"identitytoken":"refresh-me"}`:                                            {IdentityToken: "refresh-me"},
		`{"registrytoken":"t\n"}`:                                                   {RegistryToken: "t"},
		`{"auth":"MDAwMDA6","identitytoken":"refresh-me"}`:                          {Username: "00000", IdentityToken: "refresh-me"},
		`{}`:          {},
		`null`:        {},
		`{"auth":""}`: {},
	} {
		h := newHome(t)
		h.write(t, ".docker/config.json", `{"auths":{"registry.example.com":`+form+`}}`)
		got, err := find(t, "registry.example.com/app")
		got.Auth = ""
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", form, got, err)
		}
	}
}

// What cannot be read is an error for the registry that it is about, and names the place and no secret.
func TestKeychain_saysWhatCannotBeRead(t *testing.T) {
	const secret = "c2VjcmV0LXNlY3JldA"
	for text, words := range map[string][]string{
		`{"auths":{"registry.example.com":{"auth":"` + secret + `"}}}`: {`entry "registry.example.com"`, "base64"},
		`{"auths":{"registry.example.com":{"auth":"` + secret + `"}`:   {"not in JSON", "at byte"},
		`{"auths":["` + secret + `"]}`:                                 {"auths", "not as docker writes it"},
	} {
		for _, variable := range []bool{true, false} {
			h, place := newHome(t), "DOCKER_AUTH_CONFIG"
			if variable {
				t.Setenv(place, text)
			} else {
				place = h.write(t, ".docker/config.json", text)
			}
			_, err := find(t, "registry.example.com/app")
			for _, word := range append(words, place) {
				if err == nil || !strings.Contains(err.Error(), word) {
					t.Errorf("%s: no %q in %v", text, word, err)
				}
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error has a secret: %v", err)
			}
		}
	}
	h := newHome(t)
	h.write(t, ".docker/config.json", `{"auths":{"other.example.com":{"auth":"?"},"registry.example.com":`+entry("me:pw")+`}}`)
	if got := userOf(t, "registry.example.com/app"); got != "me" {
		t.Errorf("an entry of another registry hinders: %q", got)
	}
}
