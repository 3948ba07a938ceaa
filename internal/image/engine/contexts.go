package engine

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Docker contexts are two small files each, whose form has not changed since Docker 19.03. Docker's own code for them
// comes with the whole of docker/cli, so they are read here.

const (
	defaultContext    = "default" // Docker's name for "none"
	environmentConfig = "DOCKER_CONFIG"
	environmentOfName = "DOCKER_CONTEXT"
)

func (c *Client) configDirectory() string {
	if directory := c.getenv(environmentConfig); directory != "" {
		return directory
	}
	home := c.getenv("HOME")
	if home == "" {
		home, _ = os.UserHomeDir() // "" leads to a relative path, where there is no configuration either
	}
	return filepath.Join(home, ".docker")
}

// currentContext names the context in force, and who said so. An empty name is none.
func (c *Client) currentContext() (name, origin string, err error) {
	if name := c.getenv(environmentOfName); name != "" {
		return name, environmentOfName, nil
	}
	file := filepath.Join(c.configDirectory(), "config.json")
	text, err := readFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	var config struct {
		CurrentContext string `json:"currentContext"`
	}
	if err == nil {
		err = json.Unmarshal(text, &config)
	}
	if err != nil {
		return "", "", &Error{Doing: "find the docker context in force", Said: file + ": " + reason(err), cause: err,
			Advice: "Correct the file, or say which engine is meant: set the host, or DOCKER_HOST"}
	}
	return config.CurrentContext, "the current docker context", nil
}

// inContext returns the engine of a docker context. The certificates are the context's own, unless there are configured
// ones.
func (c *Client) inContext(name, origin string) (*endpoint, error) {
	host, settings, err := c.readContext(name)
	if err != nil {
		return nil, &Error{Doing: fmt.Sprintf("use the docker context %q (%s)", name, origin), Said: reason(err), cause: err,
			Advice: "List the contexts with docker context ls, or set the host instead"}
	}
	if c.tls != nil {
		settings = c.tls
	}
	return newEndpoint(host, fmt.Sprintf("docker context %q", name), settings)
}

func (c *Client) readContext(name string) (host string, settings *tls.Config, err error) {
	// The directory is named by a hash, so that a context may have any name, and none leads out of the store.
	hash := sha256.Sum256([]byte(name))
	id, store := hex.EncodeToString(hash[:]), filepath.Join(c.configDirectory(), "contexts")
	text, err := readFile(filepath.Join(store, "meta", id, "meta.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("there is no such context in %s", store)
	}
	if err != nil {
		return "", nil, err
	}
	host, unchecked, err := parseContext(text)
	if err != nil {
		return "", nil, err
	}
	settings, err = newTLSFrom(filepath.Join(store, "tls", id, "docker"))
	if err != nil {
		return "", nil, err
	}
	if unchecked {
		if settings == nil {
			settings = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		settings.InsecureSkipVerify = true // whoever made the context said so, with skip-tls-verify
	}
	return host, settings, nil
}

// parseContext returns a context's engine, and whether its certificate goes unchecked.
func parseContext(text []byte) (host string, unchecked bool, err error) {
	var context struct {
		Endpoints map[string]struct {
			Host          string
			SkipTLSVerify bool
		}
	}
	if err := json.Unmarshal(text, &context); err != nil {
		return "", false, fmt.Errorf("its meta.json cannot be read: %w", err)
	}
	docker := context.Endpoints["docker"]
	if docker.Host == "" {
		return "", false, errors.New("it has no Docker Engine")
	}
	return docker.Host, docker.SkipTLSVerify, nil
}
