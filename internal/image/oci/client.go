// Package oci reads images and tags from registries that speak the OCI distribution API: Docker Hub, GHCR, Harbor, and
// any other.
//
// Names, credentials and the exchange of tokens are go-containerregistry's. Requests are this package's own, because
// they are few and each of them is bounded: in bytes, in time, in where a redirect may lead, and in number. There is no
// greeting before the first one, so that the image of a tag takes three, however many tags there are: the index, the
// manifest of one platform, its configuration. Credentials are shown only to a registry that asks for them.
package oci

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// What Options.Include may name.
const (
	IncludeConfig  = "config"  // the configuration of the requested platform, and with it the catalogue object
	IncludeLayers  = "layers"  // its layers
	IncludeHistory = "history" // its build steps
	// signatures, attestations and other artifacts of the image and of the requested platform
	IncludeReferrers = "referrers"
)

// How Tags may be ordered: TagOptions.OrderBy.
const (
	OrderSemVer  = "semver"  // highest version first, then what is no version, highest first
	OrderLexical = "lexical" // by characters, highest first, so that the latest of dates is first
)

// A Registry is the settings of one registry, its token server, and the storage that it redirects to.
type Registry struct {
	Username      string `tfsdk:"username" doc:"User name."`
	Password      string `tfsdk:"password" doc:"Password, or access token in its place." secret:"true"`
	Token         string `tfsdk:"token" doc:"Bearer token, in place of user name and password." secret:"true"`
	CACertificate string `tfsdk:"ca_certificate" doc:"PEM-encoded CA certificates to trust beside the system's."`
	// Without Insecure there is no plain HTTP, not even to localhost: what works on one machine must not be quietly unsafe
	// on another.
	Insecure bool `tfsdk:"insecure" doc:"Skip TLS certificate verification; also allows plain HTTP."`
}

// Details implements image.Detailed.
func (Registry) Details() map[string]string {
	return map[string]string{
		"insecure": "For this registry only. Without credentials here, those of 'docker login' go to an unverified host.",
	}
}

// A Config is what a Client knows of registries. Where there are no credentials in a registry's settings, they come
// from Docker's configuration and its credential helpers.
type Config struct {
	Registries map[string]Registry // by host, with port where it is not 443
	// Unusable says of hosts why there are no settings for them that can be used. They are an error for a request to such
	// a host without settings of its own, and for no other.
	Unusable  map[string]error
	UserAgent string
}

// A Client reads from registries. It may be used by several goroutines.
type Client struct {
	userAgent   string
	settings    map[string]Registry
	unusable    map[string]error
	keychain    authn.Keychain
	retryWait   time.Duration     // after a first failure; doubles from there
	idleTimeout time.Duration     // between two pieces of an answer
	network     http.RoundTripper // in place of the real one, in tests; nil: the real one

	mutex       sync.Mutex
	connections map[connectionKey]*connection
}

// A connectionKey is what two calls must have in common to share connections and tokens.
type connectionKey struct {
	host     string
	settings Registry
}

// New returns a client. It connects to nothing yet. The error says which settings make no sense.
func New(config Config) (*Client, error) {
	client := &Client{
		userAgent: cmp.Or(config.UserAgent, "terraform-provider-demandflow"),
		unusable:  map[string]error{}, connections: map[connectionKey]*connection{},
		keychain: authn.DefaultKeychain, retryWait: 250 * time.Millisecond, idleTimeout: idleTimeout,
	}
	settings, wrong := usable(config.Registries)
	for _, host := range slices.Sorted(maps.Keys(wrong)) {
		return nil, wrong[host] // the first of them
	}
	client.settings = settings
	for _, host := range slices.Sorted(maps.Keys(config.Unusable)) {
		if known, err := hostOfSettings(host); err == nil { // what is no host, nobody can ask for
			client.unusable[known] = config.Unusable[host]
		}
	}
	return client, nil
}

// CheckRegistries says what is wrong with settings, by host; New refuses them for the first of these reasons. The rest
// can be used without those.
func CheckRegistries(registries map[string]Registry) map[string]error {
	_, wrong := usable(registries)
	return wrong
}

// usable returns the settings that can be used, by the host that is asked, and why the others cannot, by the host as it
// is written.
func usable(registries map[string]Registry) (settings map[string]Registry, wrong map[string]error) {
	settings, wrong = map[string]Registry{}, map[string]error{}
	for _, host := range slices.Sorted(maps.Keys(registries)) {
		known, err := hostOfSettings(host)
		if err != nil {
			wrong[host] = err
		} else if _, twice := settings[known]; twice {
			wrong[host] = fmt.Errorf("registry %s has settings under two names: %q means it too", known, host)
		} else if err := registries[host].check(); err != nil {
			wrong[host] = fmt.Errorf("settings of registry %s: %w", host, err)
		} else {
			settings[known] = registries[host]
		}
	}
	return settings, wrong
}

// Options say what Image is to read.
type Options struct {
	Platform string   // os/architecture or os/architecture/variant; empty for linux/amd64, or the first
	Include  []string // beyond the digest, which alone costs one HEAD; empty for the digest alone
	// a digest; where it is not among the image's others, every platform's configuration's is read
	Sought     string
	PublicKeys []string            // PEM; signatures must be by one of them. They bring IncludeReferrers with them
	Registry   *Registry           // in place of the client's settings for this registry
	Warn       func(image.Warning) // may be nil; called before Image returns, never after
}

// TagOptions say which tags are requested.
type TagOptions struct {
	SemVer   string              // constraint, such as "~> 1.4"; leaves out tags that are no version
	Regex    string              // that a tag must match, anywhere unless it has ^ and $
	OrderBy  string              // OrderSemVer or OrderLexical; empty for semver where SemVer is set, else for lexical
	Limit    int                 // the first so many; 0 for all
	All      bool                // those of signatures and referrers too
	Registry *Registry           // in place of the client's settings for this registry
	Warn     func(image.Warning) // may be nil; called before Tags returns, never after
}

// connect returns the connection to a host, with the call's own settings or the client's.
func (c *Client) connect(host string, own *Registry) (*connection, error) {
	key := connectionKey{host: host, settings: c.settings[withoutPort(host)]}
	if own != nil {
		if err := own.check(); err != nil {
			return nil, fmt.Errorf("settings of registry %s: %w", host, err)
		}
		key.settings = *own
	} else if err := c.unusable[withoutPort(host)]; err != nil {
		return nil, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if known, ok := c.connections[key]; ok {
		return known, nil
	}
	fresh, err := newConnection(c, key)
	if err != nil {
		return nil, err
	}
	c.connections[key] = fresh
	return fresh, nil
}

// Image reads an image. The error is an image.ErrNotFound where the registry says for certain that there is no such
// tag, digest or repository.
func (c *Client) Image(ctx context.Context, reference string, options Options) (*image.Image, error) {
	request, err := parseRequest(reference, options)
	if err != nil {
		return nil, err
	}
	reader, err := c.read(request.named, options.Registry)
	if err != nil {
		return nil, err
	}
	defer reader.warn(options.Warn)
	result, err := reader.image(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("cannot read image %s: %w", request.named, err)
	}
	return result, nil
}

// Tags lists a repository's tags, highest first. The error is an image.ErrNotFound where the registry says for certain
// that there is no such repository.
func (c *Client) Tags(ctx context.Context, repository string, options TagOptions) ([]string, error) {
	named, choice, err := parseTagOptions(repository, options)
	if err != nil {
		return nil, err
	}
	reader, err := c.read(named, options.Registry)
	if err != nil {
		return nil, err
	}
	defer reader.warn(options.Warn)
	tags, err := reader.tags(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot list the tags of %s: %w", named, err)
	}
	return choice.of(tags), nil
}
