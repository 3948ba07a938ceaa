package engine

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/docker/cli/cli/connhelper"
	"github.com/docker/cli/cli/connhelper/ssh"
	"github.com/docker/go-connections/sockets"
	"github.com/moby/moby/client"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// An endpoint is the address of an engine and where it is set. Errors name both, because a wrong engine is the usual
// mistake.
type endpoint struct {
	host   string
	origin string
	tls    *tls.Config // nil: plain HTTP, or a socket
}

func (e *endpoint) String() string { return e.host + " (" + e.origin + ")" }

func (e *endpoint) local() bool {
	return strings.HasPrefix(e.host, "unix://") || strings.HasPrefix(e.host, "npipe://")
}

func (e *endpoint) scheme() string {
	if e.tls != nil {
		return "https"
	}
	return "http"
}

func (e *endpoint) ssh() bool { return strings.HasPrefix(e.host, "ssh://") }

// libraryHost returns the address for the client library, which does not support ssh://.
func (e *endpoint) libraryHost() string {
	if e.ssh() {
		return "tcp://" + client.DummyHost
	}
	return e.host
}

// address returns the base address of the API.
func (e *endpoint) address() string {
	if e.local() {
		return "http://" + client.DummyHost
	}
	_, address, _ := strings.Cut(e.libraryHost(), "://")
	return e.scheme() + "://" + strings.TrimSuffix(address, "/")
}

// origins returns the origins of the engine's requests. For a socket the client library uses its path as host.
func (e *endpoint) origins() []wire.Origin {
	_, address, _ := strings.Cut(e.libraryHost(), "://")
	hosts := []string{address}
	if e.local() {
		hosts = append(hosts, client.DummyHost)
	} else {
		hosts[0], _, _ = strings.Cut(address, "/")
	}
	var origins []wire.Origin
	for _, host := range hosts {
		origins = append(origins, wire.OriginOf(&url.URL{Scheme: e.scheme(), Host: host}))
	}
	return origins
}

func (e *endpoint) transport() http.RoundTripper {
	if e.ssh() {
		helper, err := connhelper.GetConnectionHelper(e.host)
		if err != nil {
			return failing{err}
		}
		return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := helper.Dialer(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &commandConn{Conn: conn, ended: make(chan struct{})}, nil
		}}
	}
	transport := &http.Transport{TLSClientConfig: e.tls}
	protocol, address, _ := strings.Cut(e.host, "://")
	if err := sockets.ConfigureTransport(transport, protocol, address); err != nil {
		return failing{err}
	}
	return transport
}

const adviceOnHost = "Write it as unix:///var/run/docker.sock, ssh://user@host, tcp://host:2375, or tcp://host:2376 " +
	"with TLS"

// defaultAddresses are those of a scheme alone, for the docker command.
var defaultAddresses = map[string]string{
	"unix": "/var/run/docker.sock", "npipe": "//./pipe/docker_engine", "tcp": "localhost",
}

// parseHost checks an address, and completes it as the docker command does: without a scheme it is one of TCP, and
// without a host or a path the default one.
func parseHost(host string, encrypted bool) (string, error) {
	host = strings.TrimSpace(host)
	protocol, address, found := strings.Cut(host, "://")
	if !found {
		protocol, address = "tcp", host
	}
	if host == "" || !found && (strings.HasPrefix(host, "/") || strings.HasSuffix(host, ".sock")) {
		return "", fmt.Errorf("%q is no address of a Docker Engine. %s", host, adviceOnHost)
	}
	if protocol == "tcp" && (address == "" || strings.HasPrefix(address, ":") && strings.Count(address, ":") == 1) ||
		address == "" {
		address = defaultAddresses[protocol] + address
	}
	if _, err := netip.ParseAddr(address); err == nil && strings.Contains(address, ":") {
		address = "[" + address + "]" // an IPv6 address without a port
	}
	host = protocol + "://" + address
	switch protocol {
	case "unix", "npipe":
		return host, nil
	case "ssh":
		if _, err := ssh.ParseURL(host); err != nil {
			// the address is not repeated: it may hold a password
			return "", errors.New(
				"the ssh:// address of the Docker Engine is not ssh://user@host:port with, at most, the path " +
					"of a socket. Keys and passwords are up to ssh and its agent")
		}
		return host, nil
	case "tcp", "http", "https":
	default:
		return "", fmt.Errorf("the address is none of a Docker Engine: nothing is known of %s://. %s", protocol,
			adviceOnHost)
	}
	parsed, err := url.Parse(host)
	if err == nil && strings.Contains(parsed.Hostname(), ":") {
		_, err = netip.ParseAddr(parsed.Hostname()) // only IPv6 addresses have colons
	}
	if err != nil || parsed.Hostname() == "" {
		// the error may repeat a password
		return "", fmt.Errorf("the address of the Docker Engine cannot be read. %s", adviceOnHost)
	}
	if parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" {
		return "", fmt.Errorf("the address of a Docker Engine is host and port: it has no user name, no password and no "+
			"query. %s", adviceOnHost)
	}
	if protocol == "http" && encrypted {
		return "", fmt.Errorf("%q is without TLS, and there are certificates for it: write tcp:// or https:// instead of "+
			"http://", host)
	}
	if parsed.Port() == "" {
		port := map[string]string{"tcp": "2375", "http": "80", "https": "443"}[protocol]
		if protocol == "tcp" && encrypted {
			port = "2376"
		}
		parsed.Host = net.JoinHostPort(parsed.Hostname(), port)
	}
	// The client library reads a path from tcp:// only.
	parsed.Scheme = "tcp"
	return parsed.String(), nil
}

// check validates the configuration, and returns its TLS settings.
func (c Config) check() (*tls.Config, error) {
	if c.Host != "" && c.Context != "" {
		return nil, errors.New(
			"both a host and a docker context are set: a context is a host with a name, so set one of them")
	}
	settings, err := newTLS(c.CACertificate, c.ClientCertificate, c.ClientKey)
	if err != nil {
		return nil, err
	}
	if c.Host == "" {
		return settings, nil
	}
	if !strings.Contains(c.Host, ":") {
		// The docker command takes a word for a host, but here it is more likely the name of something else.
		return nil, fmt.Errorf("%q is no address of a Docker Engine. %s", c.Host, adviceOnHost)
	}
	host, err := parseHost(c.Host, settings != nil)
	if err != nil {
		return nil, err
	}
	if e := (&endpoint{host: host}); settings != nil && (e.local() || e.ssh()) {
		return nil, fmt.Errorf("certificates are for tcp:// and https://, and %s has no TLS", host)
	}
	return settings, nil
}

// find returns the engine in the order of the docker command: the configuration, DOCKER_HOST, DOCKER_CONTEXT, the
// current context, the default socket.
func (c *Client) find() (*endpoint, error) {
	switch host := c.getenv(client.EnvOverrideHost); {
	case c.config.Host != "":
		return c.at(c.config.Host, "the configured host")
	case c.config.Context != "" && c.config.Context != defaultContext:
		return c.inContext(c.config.Context, "the configured docker context")
	case host != "":
		return c.at(cmp.Or(strings.TrimSpace(host), client.DefaultDockerHost), client.EnvOverrideHost)
	case c.config.Context == defaultContext:
		return c.at(client.DefaultDockerHost, "the default")
	}
	name, origin, err := c.currentContext()
	if err != nil {
		return nil, err
	}
	if name == "" || name == defaultContext {
		return c.at(client.DefaultDockerHost, "the default")
	}
	return c.inContext(name, origin)
}

// at returns the engine at an address, with the certificates of the configuration or else of the environment.
func (c *Client) at(host, origin string) (*endpoint, error) {
	settings, host := c.tls, strings.TrimSpace(host)
	if settings == nil && !strings.HasPrefix(host, "unix://") && !strings.HasPrefix(host, "npipe://") &&
		!strings.HasPrefix(host, "http://") {
		var err error
		if settings, err = c.tlsFromEnvironment(); err != nil {
			return nil, image.Cannot("use the certificates for the Docker Engine from "+origin, err.Error(), "Correct "+
				client.EnvOverrideCertPath+", or unset it where the engine has no TLS", err)
		}
	}
	return newEndpoint(host, origin, settings)
}

func newEndpoint(host, origin string, settings *tls.Config) (*endpoint, error) {
	if settings == nil && strings.HasPrefix(host, "https://") {
		settings = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	written, err := parseHost(host, settings != nil)
	if err != nil {
		return nil, image.Cannot("use the Docker Engine from "+origin, err.Error(), "", err)
	}
	found := &endpoint{host: written, origin: origin, tls: settings}
	if found.local() || found.ssh() {
		found.tls = nil
	}
	return found, nil
}
