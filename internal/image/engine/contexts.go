package engine

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const (
	defaultContext    = "default" // Docker's name for no context
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

// currentContext returns the name of the context in force, and where it is set. It is empty if there is none.
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
		return "", "", image.Cannot("find the docker context in force", file+": "+reason(err),
			"Correct the file, or say which engine is meant: set the host, or DOCKER_HOST", err)
	}
	return config.CurrentContext, "the current docker context", nil
}

// inContext returns the engine of a docker context. Configured certificates take precedence over the context's own.
func (c *Client) inContext(name, origin string) (*endpoint, error) {
	host, settings, err := c.readContext(name)
	if err != nil {
		return nil, image.Cannot(fmt.Sprintf("use the docker context %q (%s)", name, origin), reason(err),
			"List the contexts with docker context ls, or set the host instead", err)
	}
	if c.tls != nil {
		settings = c.tls
	}
	return newEndpoint(strings.TrimSpace(host), fmt.Sprintf("docker context %q", name), settings)
}

func (c *Client) readContext(name string) (host string, settings *tls.Config, err error) {
	directory := filepath.Join(c.configDirectory(), "contexts")
	contexts := store.New(directory, store.NewConfig(func() any { return &map[string]any{} },
		store.EndpointTypeGetter(docker.DockerEndpoint, func() any { return &docker.EndpointMeta{} })))
	metadata, err := contexts.GetMetadata(name)
	if errdefs.IsNotFound(err) {
		return "", nil, fmt.Errorf("there is no such context in %s", directory)
	}
	if err != nil {
		return "", nil, fmt.Errorf("its meta.json cannot be read: %w", err)
	}
	meta, err := docker.EndpointFromContext(metadata)
	if err != nil || meta.Host == "" {
		return "", nil, errors.New("it has no Docker Engine")
	}
	files, err := docker.WithTLSData(contexts, name, meta)
	if err != nil {
		return "", nil, err
	}
	if data := files.TLSData; data != nil {
		if settings, err = newTLS(string(data.CA), string(data.Cert), string(data.Key)); err != nil {
			return "", nil, err
		}
	}
	if meta.SkipTLSVerify {
		if settings == nil {
			settings = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		settings.InsecureSkipVerify = true // skip-tls-verify of the context
	}
	return meta.Host, settings, nil
}
