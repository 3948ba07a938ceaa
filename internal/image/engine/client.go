// Package engine reads images from a Docker Engine, or from another server of its API, such as Podman: the images that
// the engine has, not those of a registry. It needs API 1.40 (Docker 19.03), and uses what newer ones have.
package engine

import (
	"context"
	"crypto/tls"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A Config is the address of an engine and its certificates. The zero value is the engine that the docker command uses.
type Config struct {
	Host              string `tfsdk:"host" doc:"Engine address, such as 'unix:///var/run/docker.sock'."`
	Context           string `tfsdk:"context" doc:"Name of a docker context. Not together with 'host'."`
	CACertificate     string `tfsdk:"ca_certificate" doc:"PEM-encoded CA certificate that signed the engine's."`
	ClientCertificate string `tfsdk:"client_certificate" doc:"PEM-encoded client certificate for the engine."`
	ClientKey         string `tfsdk:"client_key" doc:"PEM-encoded key of 'client_certificate'." secret:"true"`
	UserAgent         string
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Config) Details() map[string]string {
	return map[string]string{
		"host": "Or 'ssh://user@engine.example.com', 'tcp://engine.example.com:2376', 'engine.example.com:2375'. Takes " +
			"precedence over 'DOCKER_HOST' and the docker context.",
	}
}

// A Client reads one engine. It connects when it is first used, and may be used by several goroutines at once.
type Client struct {
	config  Config
	tls     *tls.Config // of the configuration, may be nil
	secrets wire.Secrets
	getenv  func(string) string

	lock       sync.Mutex // held while connecting
	endpoint   *endpoint
	http       *http.Client
	api        *client.Client
	negotiated bool
	newestAPI  string                 // the newest that the engine has; DOCKER_API_VERSION may name an older one
	podman     atomic.Pointer[string] // version of Podman's own API, nil for other engines

	descriptionLock sync.Mutex // held while the engine's description is read
	description     *string    // the store that it names; nil before it was read
}

// pingTimeout is for a ping, which engines answer at once.
const pingTimeout = 30 * time.Second

// New checks the configuration. Nothing is read from the machine or the network before the first use: an engine that is
// not running is an error only for those that use it.
func New(config Config) (*Client, error) {
	settings, err := config.check()
	if err != nil {
		return nil, err
	}
	return &Client{config: config, tls: settings, getenv: os.Getenv}, nil
}

// connect returns the API of the engine, in the newest version that both sides have.
func (c *Client) connect(ctx context.Context) (*client.Client, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.api == nil {
		found, err := c.find()
		if err != nil {
			return nil, err
		}
		guarded := &wire.Transport{Base: found.transport(), Named: found.origins(), Secrets: &c.secrets}
		c.http = &http.Client{Transport: bounded{guarded, c.detectPodman}, CheckRedirect: wire.RefuseRedirects}
		settings := []client.Opt{
			client.WithHost(found.libraryHost()),
			client.WithHTTPClient(c.http),
			client.WithScheme(found.scheme()),
			client.WithAPIVersion(c.getenv(client.EnvOverrideAPIVersion)),
		}
		if c.config.UserAgent != "" {
			settings = append(settings, client.WithUserAgent(c.config.UserAgent))
		}
		api, err := client.New(settings...)
		if err != nil {
			advice := adviceOnHost
			if strings.Contains(err.Error(), "API version") {
				advice = "Unset " + client.EnvOverrideAPIVersion + ": the version is found out by itself"
			}
			return nil, image.Cannot("use the Docker Engine at "+found.String(), err.Error(), advice, err)
		}
		c.api, c.endpoint = api, found
	}
	if !c.negotiated {
		ctx, cancel := context.WithTimeout(ctx, pingTimeout)
		defer cancel()
		pong, err := c.api.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true})
		if err != nil {
			return nil, c.failed("reach the Docker Engine", err)
		}
		if pong.APIVersion == "" {
			return nil, c.failed("reach the Docker Engine", errNoEngine)
		}
		c.newestAPI, c.negotiated = pong.APIVersion, true
	}
	return c.api, nil
}

// detectPodman keeps the version of Podman if an answer comes from it.
func (c *Client) detectPodman(header http.Header) {
	if version := podmanVersion.FindStringSubmatch(header.Get(headerOfPodman)); version != nil && c.podman.Load() == nil {
		c.podman.Store(&version[1])
	}
}

// speaks reports whether the API has at least a version.
func speaks(api *client.Client, version string) bool {
	return versions.GreaterThanOrEqualTo(api.ClientVersion(), version)
}
