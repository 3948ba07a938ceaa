// Package oci reads images and tags from registries that speak the OCI distribution API.
package oci

import (
	"context"
	"errors"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// What Options.Include may name.
const (
	IncludeConfig    = "config"    // the configuration of the wanted platform, and with it the catalogue object
	IncludeLayers    = "layers"    // its layers
	IncludeHistory   = "history"   // its build steps
	IncludeReferrers = "referrers" // signatures, attestations and other artifacts of the image and of the wanted platform
)

// How Tags may be ordered: TagOptions.OrderBy.
const (
	OrderSemVer  = "semver"  // highest version first, then what is no version, highest first
	OrderLexical = "lexical" // by characters, highest first, so that the latest of dates is first
)

// A Registry is how to reach one registry. Nothing of it touches another one.
type Registry struct {
	Username, Password string
	Token              string // bearer token that is sent as it is
	CACertificate      string // PEM; beside the system's
	Insecure           bool   // certificates are not verified, and plain HTTP will do where there is no TLS
}

// A Config is what a Client knows of registries. For one that has no settings, credentials come from Docker's configuration
// and its credential helpers.
type Config struct {
	Registries map[string]Registry // by host, with port where it is not 443
	UserAgent  string
}

// A Client reads from registries. It may be used by several goroutines.
type Client struct{}

// New gives a client. It connects to nothing yet. The error says which settings make no sense.
func New(Config) (*Client, error) { return nil, errors.New("not there yet") }

// Options say what Image is to read.
type Options struct {
	Platform   string              // os/architecture or os/architecture/variant; empty for linux/amd64, or the first
	Include    []string            // beyond the digest, which alone costs one HEAD; empty for the digest alone
	PublicKeys []string            // PEM; signatures must be by one of them. They bring IncludeReferrers with them
	Registry   *Registry           // in place of the client's settings for this registry
	Warn       func(image.Warning) // may be nil; called before Image returns, never after
}

// Image reads an image. The error is an image.ErrNotFound where the registry says for certain that there is no such tag,
// digest or repository.
func (c *Client) Image(ctx context.Context, reference string, options Options) (*image.Image, error) {
	return nil, errors.New("not there yet")
}

// TagOptions say which tags are wanted.
type TagOptions struct {
	SemVer   string              // constraint, such as "~> 1.4"; leaves out tags that are no version
	Regex    string              // that a tag must match, anywhere unless it has ^ and $
	OrderBy  string              // OrderSemVer or OrderLexical; empty for semver where SemVer is set, else for lexical
	Limit    int                 // the first so many; 0 for all
	All      bool                // those of signatures and referrers too
	Registry *Registry           // in place of the client's settings for this registry
	Warn     func(image.Warning) // may be nil; called before Tags returns, never after
}

// Tags lists a repository's tags, highest first. The error is an image.ErrNotFound where the registry says for certain that
// there is no such repository.
func (c *Client) Tags(ctx context.Context, repository string, options TagOptions) ([]string, error) {
	return nil, errors.New("not there yet")
}
