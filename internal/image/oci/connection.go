package oci

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/hashicorp/go-cleanhttp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/dockerconfig"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const (
	maxRedirects = 5
	maxHeader    = 1 << 20
	idleTimeout  = time.Minute
	tlsTimeout   = 10 * time.Second
)

// A connection is what calls to one registry with the same settings share: open connections, tokens, and whether it has
// TLS.
type connection struct {
	registry  name.Registry
	settings  Registry
	keychain  authn.Keychain
	userAgent string
	wire      *wire.Transport
	client    *http.Client
	secrets   wire.Secrets // what must not be seen in an error
	retryWait time.Duration

	showsCertificate bool  // of this client, to the registry
	certificates     error // why what a folder certs.d has for the registry is not used

	plain   atomic.Bool // it has no TLS
	secured atomic.Bool // it has answered with TLS: plain HTTP is not tried any more

	mutex sync.Mutex
	auths map[string]*repositoryAuth // by repository
}

func newConnection(client *Client, key connectionKey) (*connection, error) {
	registry, err := name.NewRegistry(key.host, name.StrictValidation)
	if err != nil {
		return nil, fmt.Errorf("%q is no registry: %w", key.host, err)
	}
	c := &connection{
		registry: registry, settings: key.settings, auths: map[string]*repositoryAuth{},
		keychain: client.keychain, userAgent: client.userAgent, retryWait: client.retryWait,
	}
	transport := cleanhttp.DefaultPooledTransport()
	transport.MaxResponseHeaderBytes = maxHeader
	// Digests are of the stored bytes, and limits of the bytes that are read.
	transport.DisableCompression = true
	transport.TLSHandshakeTimeout = client.tlsTimeout
	if transport.TLSClientConfig, err = c.tls(); err != nil {
		return nil, fmt.Errorf("settings of registry %s: %w", key.host, err)
	}
	c.wire = &wire.Transport{
		Base:    &wire.IdleTimeout{Base: transport, Limit: client.idleTimeout},
		Others:  &wire.IdleTimeout{Base: wire.WithoutCertificate(transport), Limit: client.idleTimeout},
		Secrets: &c.secrets,
	}
	if client.network != nil {
		c.wire.Base, c.wire.Others = client.network, client.network
	}
	schemes := []string{"https"}
	if key.settings.Insecure {
		schemes = append(schemes, "http")
	}
	for _, scheme := range schemes {
		c.wire.Named = append(c.wire.Named, wire.OriginOf(&url.URL{Scheme: scheme, Host: registry.RegistryStr()}))
	}
	c.client = &http.Client{Transport: c.wire, CheckRedirect: wire.CrossOrigin{Max: maxRedirects,
		AllowHTTP: key.settings.Insecure}.Follow}
	for _, secret := range []string{key.settings.Password, key.settings.Token} {
		c.secrets.Add(wire.Secret{Text: secret, Instead: wire.Instead})
	}
	return c, nil
}

// tls returns the settings of the registry's TLS, and what a folder certs.d has for it.
func (c *connection) tls() (*tls.Config, error) {
	s := c.settings
	var found dockerconfig.Certificates
	found, c.certificates = dockerconfig.FindCertificates(c.registry.RegistryStr())
	if found.Authorities != "" {
		if err := wire.CheckCACertificate(found.Authorities); err != nil {
			c.certificates = errors.Join(c.certificates, fmt.Errorf("%s/*.crt: %w", found.Folder, err))
		} else {
			s.CACertificate += "\n" + found.Authorities
		}
	}
	config, err := wire.TLS{CACertificate: s.CACertificate, Certificate: s.ClientCertificate, Key: s.ClientKey,
		Insecure: s.Insecure}.Config()
	if err != nil {
		return nil, err
	}
	if len(config.Certificates) == 0 {
		config.Certificates = found.Own
	}
	c.showsCertificate = len(config.Certificates) > 0
	return config, nil
}

func (c *connection) scheme() string {
	if c.plain.Load() && !c.secured.Load() {
		return "http"
	}
	return "https"
}
