// Package oci reads images and tags from registries that speak the OCI distribution API: Docker Hub, GHCR, Harbor, and
// any other.
//
// Names are go-containerregistry's, and credentials come from package dockerconfig. The requests are this package's
// own: they are few, and each is limited in bytes, time, redirects and number. There is no ping before the first one,
// so that an image takes three requests however many tags there are: the index, the manifest of one platform, its
// configuration. Credentials are sent only to a registry that asks for them.
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

	"github.com/distribution/reference"
	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/dockerconfig"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	spelling "github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// Values of Options.Include.
const (
	IncludeConfig  = "config"  // the configuration of the requested platform, and with it the catalogue object
	IncludeLayers  = "layers"  // its layers
	IncludeHistory = "history" // its build steps
	// signatures, attestations and other artifacts of the image and of the requested platform
	IncludeReferrers = "referrers"
	// what the statements among them say: builds, SBOMs, scans and exploitability
	IncludeStatements = "statements"
	IncludePackages   = "packages" // that, and the packages of SBOMs
)

// Includes returns all values of Options.Include.
func Includes() []string {
	return []string{IncludeConfig, IncludeLayers, IncludeHistory, IncludeReferrers, IncludeStatements, IncludePackages}
}

// Values of Options.Subjects.
const (
	SubjectsChosen = "chosen" // the image itself, and the platform that is chosen
	SubjectsAll    = "all"    // the image itself, and every platform
)

// Values of TagOptions.OrderBy.
const (
	OrderSemVer  = "semver"  // highest version first, then tags that are no version, highest first
	OrderLexical = "lexical" // by characters, highest first, so that the latest date comes first
)

// A Config is the settings of a Client. Credentials that a registry's settings leave out come from Docker's
// configuration and its credential helpers.
type Config struct {
	Registries map[string]Registry // by host, with port where it is not 443
	// Unusable holds, by host, why its settings cannot be used: the error of a request to it without settings of its own.
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
	tlsTimeout  time.Duration     // for the handshake
	network     http.RoundTripper // in place of the real one, in tests; nil: the real one

	mutex       sync.Mutex
	connections map[connectionKey]*connection
}

// A connectionKey is what calls must have in common to share connections and tokens.
type connectionKey struct {
	host     string
	settings Registry
}

// New returns a client, or an error for settings that cannot be used. It does not connect yet.
func New(config Config) (*Client, error) {
	client := &Client{
		userAgent: cmp.Or(config.UserAgent, "terraform-provider-demandflow"),
		unusable:  map[string]error{}, connections: map[connectionKey]*connection{},
		keychain: dockerconfig.Keychain{}, retryWait: 250 * time.Millisecond, idleTimeout: idleTimeout,
		tlsTimeout: tlsTimeout,
	}
	settings, wrong := usable(config.Registries)
	for _, host := range slices.Sorted(maps.Keys(wrong)) {
		return nil, wrong[host] // the first of them
	}
	client.settings = settings
	for _, host := range slices.Sorted(maps.Keys(config.Unusable)) {
		if known, err := hostOfSettings(host); err == nil { // what is not a host cannot be requested
			client.unusable[known] = config.Unusable[host]
		}
	}
	return client, nil
}

// CheckRegistries returns, by host, why settings cannot be used. New refuses a configuration with such settings.
func CheckRegistries(registries map[string]Registry) map[string]error {
	_, wrong := usable(registries)
	return wrong
}

// usable returns the settings that can be used, by canonical host, and why the others cannot, by host as it is written.
func usable(registries map[string]Registry) (settings map[string]Registry, wrong map[string]error) {
	settings, wrong = map[string]Registry{}, map[string]error{}
	for _, host := range slices.Sorted(maps.Keys(registries)) {
		known, err := hostOfSettings(host)
		if err != nil {
			wrong[host] = err
		} else if _, twice := settings[known]; twice {
			wrong[host] = fmt.Errorf("registry %s has settings under two names: %q means it too", known, host)
		} else if fit, err := registries[host].usable(); err != nil {
			wrong[host] = fmt.Errorf("settings of registry %s: %w", host, err)
		} else {
			settings[known] = fit
		}
	}
	return settings, wrong
}

// Options are the options of Image.
type Options struct {
	Platform string   // os/architecture or os/architecture/variant; empty for linux/amd64, or the first
	Include  []string // beyond the digest, which takes one HEAD
	// a digest; if it is not one of the image's others, the configuration digests of all platforms are read
	Sought              string
	Trust               *signature.Trust    // who may sign; nil: nothing is verified. It implies IncludeReferrers
	Subjects            string              // whose referrers are read; empty for SubjectsChosen
	SignatureRepository string              // where they are, with its registry; empty for the image's repository
	Registry            *Registry           // in place of the client's settings for this registry
	Warn                func(image.Warning) // may be nil; called before Image returns, never after
}

// TagOptions select tags.
type TagOptions struct {
	SemVer   string              // constraint, such as "~> 1.4"; tags that are no version are left out
	Regex    string              // matches a part of the tag unless it has ^ and $
	OrderBy  string              // OrderSemVer or OrderLexical; empty for semver where SemVer is set, else for lexical
	Limit    int                 // the first so many; 0 for all
	All      bool                // also those of signatures and referrers
	Registry *Registry           // in place of the client's settings for this registry
	Warn     func(image.Warning) // may be nil; called before Tags returns, never after
}

// connect returns the connection to a host, with the call's own settings or the client's.
func (c *Client) connect(host string, own *Registry) (*connection, error) {
	key := connectionKey{host: host, settings: c.settings[withoutPort(host)]}
	if own != nil {
		fit, err := own.usable()
		if err != nil {
			return nil, fmt.Errorf("settings of registry %s: %w", host, err)
		}
		key.settings = fit
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

// Image reads an image. The error is an image.ErrNotFound if the registry certainly has no such tag, digest or
// repository.
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
	if options.SignatureRepository != "" {
		if request.elsewhere, err = c.signaturesIn(options.SignatureRepository, request.named, options.Registry); err != nil {
			return nil, err
		}
		defer request.elsewhere.warn(options.Warn)
	}
	result, err := reader.image(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("cannot read image %s: %w", request.named, err)
	}
	return result, nil
}

// signaturesIn returns the reader of another repository. A call's own settings are for the image's registry alone.
func (c *Client) signaturesIn(repository string, image reference.Named, own *Registry) (*reader, error) {
	named, err := spelling.ParseName(repository)
	if err != nil {
		return nil, fmt.Errorf("the repository of signatures: %w", err)
	}
	if hostOf(named) != hostOf(image) {
		own = nil
	}
	return c.read(named, own)
}

// Tags lists a repository's tags, highest first. The error is an image.ErrNotFound if the registry certainly has no
// such repository.
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
