package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/moby/client"
)

// inEnvironment returns a client that sees an environment of its own.
func inEnvironment(t *testing.T, config Config, environment map[string]string) *Client {
	t.Helper()
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	c.getenv = func(name string) string { return environment[name] }
	return c
}

// dockerConfig makes a directory of Docker's configuration with a current context and the contexts that there are.
func dockerConfig(t *testing.T, current string, contexts map[string]string) string {
	t.Helper()
	directory := t.TempDir()
	write(t, filepath.Join(directory, "config.json"), `{"auths":{},"currentContext":"`+current+`"}`)
	for name, meta := range contexts {
		write(t, filepath.Join(directory, "contexts", "meta", hashed(name), "meta.json"), meta)
	}
	return directory
}

func hashed(name string) string {
	hash := sha256.Sum256([]byte(name))
	return hex.EncodeToString(hash[:])
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFind_takesTheEngineInTheOrderOfTheDockerCommand(t *testing.T) {
	t.Parallel()
	directory := dockerConfig(t, "lab", map[string]string{
		"lab":  `{"Name":"lab","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://lab.example.com","SkipTLSVerify":false}}}`,
		"work": `{"Name":"work","Endpoints":{"docker":{"Host":"unix:///work.sock"}}}`,
	})
	for _, test := range []struct {
		name        string
		config      Config
		environment map[string]string
		want        string
	}{
		{"the configured host first", Config{Host: "unix:///own.sock"}, map[string]string{"DOCKER_HOST": "unix:///env.sock"},
			"unix:///own.sock (the configured host)"},
		{"then the configured context", Config{Context: "work"}, map[string]string{"DOCKER_HOST": "unix:///env.sock"},
			`unix:///work.sock (docker context "work")`},
		{"then DOCKER_HOST", Config{}, map[string]string{"DOCKER_HOST": "unix:///env.sock", "DOCKER_CONTEXT": "work"},
			"unix:///env.sock (DOCKER_HOST)"},
		{"DOCKER_HOST without a scheme", Config{}, map[string]string{"DOCKER_HOST": " 127.0.0.1:4243\n"},
			"tcp://127.0.0.1:4243 (DOCKER_HOST)"},
		{"a blank DOCKER_HOST is the default", Config{}, map[string]string{"DOCKER_HOST": " ", "DOCKER_CONTEXT": "work"},
			client.DefaultDockerHost + " (DOCKER_HOST)"},
		{"then DOCKER_CONTEXT", Config{}, map[string]string{"DOCKER_CONTEXT": "work"},
			`unix:///work.sock (docker context "work")`},
		{"then the current context", Config{}, nil, `tcp://lab.example.com:2375 (docker context "lab")`},
		{"the default context is none", Config{Context: "default"}, nil, client.DefaultDockerHost + " (the default)"},
		{"nothing at all", Config{}, map[string]string{"DOCKER_CONFIG": "/nonexistent"}, client.DefaultDockerHost +
			" (the default)"},
		{"the home directory", Config{}, map[string]string{"DOCKER_CONFIG": "", "HOME": "/nonexistent"},
			client.DefaultDockerHost + " (the default)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			environment := map[string]string{"DOCKER_CONFIG": directory}
			maps.Copy(environment, test.environment)
			found, err := inEnvironment(t, test.config, environment).find()
			if err != nil {
				t.Fatal(err)
			}
			if found.String() != test.want {
				t.Errorf("%s, want %s", found, test.want)
			}
		})
	}
}

func TestFind_saysWhatIsWrongWithAContext(t *testing.T) {
	t.Parallel()
	directory := dockerConfig(t, "gone", map[string]string{
		"broken": `{"Endpoints":`, "empty": `{"Name":"empty"}`,
		"ssh": `{"Endpoints":{"docker":{"Host":"ssh://ada:secret@example.com"}}}`,
	})
	broken := t.TempDir()
	write(t, filepath.Join(broken, "config.json"), "{")
	for _, test := range []struct {
		environment map[string]string
		want        string
	}{
		{nil, `cannot use the docker context "gone" (the current docker context): there is no such context in ` + directory},
		{map[string]string{"DOCKER_CONTEXT": "broken"},
			`cannot use the docker context "broken" (DOCKER_CONTEXT): its meta.json cannot be read`},
		{map[string]string{"DOCKER_CONTEXT": "empty"}, "it has no Docker Engine. List the contexts with docker context ls"},
		{map[string]string{"DOCKER_CONTEXT": "ssh"}, "Keys and passwords are up to ssh and its agent"},
		{map[string]string{"DOCKER_CONTEXT": "../../x"}, "there is no such context"},
		{map[string]string{"DOCKER_CONFIG": broken}, "cannot find the docker context in force: " +
			filepath.Join(broken, "config.json")},
		{map[string]string{"DOCKER_HOST": "tcp://h:1", "DOCKER_CERT_PATH": broken}, broken +
			" has none of ca.pem, cert.pem and key.pem. Correct DOCKER_CERT_PATH"},
	} {
		environment := map[string]string{"DOCKER_CONFIG": directory}
		maps.Copy(environment, test.environment)
		if _, err := inEnvironment(t, Config{}, environment).find(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v, want %s", test.environment, err, test.want)
		}
	}
}

func TestNew_readsNothingBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	c, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	c.getenv = func(name string) string {
		t.Errorf("%s was read", name)
		return ""
	}
}

func TestNew_saysWhatIsWrongInItself(t *testing.T) {
	t.Parallel()
	certificate, key := selfSigned(t)
	for want, config := range map[string]Config{
		"both a host and a docker context":                 {Host: "unix:///x", Context: "work"},
		`"docker.sock" is no address of a Docker Engine`:   {Host: "docker.sock"},
		"nothing is known of fd://":                        {Host: "fd://3"},
		`"/run/docker.sock" is no address`:                 {Host: "/run/docker.sock"},
		`"unix:/run/docker.sock" is no address`:            {Host: "unix:/run/docker.sock"},
		`" " is no address`:                                {Host: " "},
		`"engine" is no address`:                           {Host: "engine"},
		"it has no user name, no password and":             {Host: "ada:secret@example.com:2376"},
		"nothing is known of http+unix://":                 {Host: "http+unix://ada:sec@ret"},
		"is not ssh://user@host:port":                      {Host: "ssh://ada:secret@example.com"},
		"no user name, no password":                        {Host: "tcp://ada:secret@example.com:2376"},
		"cannot be read":                                   {Host: "tcp://ada:sec ret@example.com:port"},
		"the CA certificate: it holds no PEM-encoded":      {CACertificate: "no"},
		"a client certificate and its key belong together": {ClientCertificate: certificate},
		"the client certificate and its key cannot be used": {ClientCertificate: certificate,
			ClientKey: "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"},
		"certificates are for tcp:// and https://": {Host: "unix:///x", CACertificate: certificate},
		"and ssh://ada@example.com has no TLS":     {Host: "ssh://ada@example.com", CACertificate: certificate},
		"without TLS, and there are certificates for it": {Host: "http://example.com:2375", ClientCertificate: certificate,
			ClientKey: key},
	} {
		_, err := New(config)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		} else if strings.Contains(err.Error(), "sec") && strings.Contains(err.Error(), "ret@") ||
			strings.Contains(err.Error(), "c2VjcmV0") {
			t.Errorf("a secret is in %v", err)
		}
	}
}

func TestParseHost(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		host      string
		encrypted bool
		want      string
	}{
		{"unix:///var/run/docker.sock", true, "unix:///var/run/docker.sock"},
		{"tcp://engine", false, "tcp://engine:2375"},
		{"tcp://engine", true, "tcp://engine:2376"},
		{"tcp://[::1]", true, "tcp://[::1]:2376"},
		{"tcp://engine:9999/docker", false, "tcp://engine:9999/docker"},
		{"https://engine/docker", true, "tcp://engine:443/docker"},
		{"http://engine", false, "tcp://engine:80"},
		{"ssh://ada@engine:2222", false, "ssh://ada@engine:2222"},
		{"engine:2375", false, "tcp://engine:2375"},
		{"engine", false, "tcp://engine:2375"},
		{"127.0.0.1:4243/docker", false, "tcp://127.0.0.1:4243/docker"},
		{"[::1]:2375", false, "tcp://[::1]:2375"},
		{"::1", false, "tcp://[::1]:2375"},
		{"tcp://[::1]:", true, "tcp://[::1]:2376"},
		{"engine:", false, "tcp://engine:2375"},
		{":4243", false, "tcp://localhost:4243"},
		{"tcp://:4243", true, "tcp://localhost:4243"},
		{"tcp://", false, "tcp://localhost:2375"},
		{"unix://", false, "unix:///var/run/docker.sock"},
		{"npipe://", false, "npipe:////./pipe/docker_engine"},
		{" tcp://engine:2375\n", false, "tcp://engine:2375"},
		{"\tunix:///run/docker.sock ", false, "unix:///run/docker.sock"},
		{" ssh://ada@engine ", false, "ssh://ada@engine"},
	} {
		if got, err := parseHost(test.host, test.encrypted); err != nil || got != test.want {
			t.Errorf("%s: %s, %v; want %s", test.host, got, err, test.want)
		}
	}
}
