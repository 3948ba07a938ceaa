// Package engine reads images from a Docker Engine, or from what speaks its API, such as Podman: what the engine has, not
// what a registry would give. It talks to the API from 1.40 (Docker 19.03) on, and makes use of what newer ones know.
package engine

import (
	"context"
	"errors"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A Config says which engine to read, and how to get at it. The zero value is what the docker command would use.
type Config struct {
	Host              string // unix:///path, tcp://host:port, https://host:port; beats DOCKER_HOST and the docker context
	Context           string // a docker context by name; beats DOCKER_HOST. Not together with Host
	CACertificate     string // PEM of the authority that the engine's certificate is checked against
	ClientCertificate string // PEM
	ClientKey         string // PEM
	UserAgent         string
}

// A Client reads one engine. It connects when it is first used.
type Client struct{}

// New checks what the configuration says in itself. Nothing is read from the machine or the network before the first use.
func New(config Config) (*Client, error) { return nil, errors.New("not there yet") }

// What Options.Include can ask for beyond what an inspection gives anyway. Each costs one more request per platform.
const (
	IncludeHistory      = "history"      // build steps
	IncludeAttestations = "attestations" // what each attestation states (API 1.55); that there is one is told anyway
)

// Options of reading one image.
type Options struct {
	Platform string // os/architecture[/variant]; the engine's own choice when empty
	Include  []string
}

// Image reads one image by name, digest or id. The error is image.ErrNotFound where the engine says that it has none such.
func (c *Client) Image(ctx context.Context, name string, options Options) (*image.Image, error) {
	return nil, errors.New("not there yet")
}

// ListOptions choose images. Of several references or labels: any of the references, all of the labels.
type ListOptions struct {
	References []string // name patterns, such as "demo/*:1.*"
	Labels     []string // "key" or "key=value"
	Dangling   *bool    // images without a tag only, or with one only
	Before     string   // created before this image (name or id)
	Since      string   // created after this image (name or id)
	Until      string   // created before this time: RFC 3339, Unix seconds or a duration such as "24h" (API 1.43)
	All        bool     // also the steps of builds that older builders left
	SharedSize bool     // have the engine compute shared sizes, which takes it a while
	Identity   bool     // have the engine tell where images came from (API 1.54), which takes it a while
}

// Images lists what the engine has, newest first. An empty list is an answer.
func (c *Client) Images(ctx context.Context, options ListOptions) ([]*image.Image, error) {
	return nil, errors.New("not there yet")
}

// DiskUsage is how much disk space the engine's images use.
type DiskUsage struct {
	TotalCount  int64          `tfsdk:"total_count" doc:"Number of images."`
	ActiveCount int64          `tfsdk:"active_count" doc:"Number of images that a container uses, be it stopped."`
	TotalSize   *int64         `tfsdk:"total_size" doc:"Bytes that the images use, shared ones counted once. Null where the engine does not tell (Podman)."`
	Reclaimable *int64         `tfsdk:"reclaimable" doc:"Bytes that removing all unused images would give back."`
	Images      []*image.Image `tfsdk:"images" doc:"The images, newest first, with 'engine.containers' and 'engine.shared_size'."`
}

// DiskUsage asks the engine to measure. That takes a while on an engine with many images.
func (c *Client) DiskUsage(ctx context.Context) (*DiskUsage, error) {
	return nil, errors.New("not there yet")
}

// PruneOptions choose what is removed. The zero value removes dangling images: those without a tag that nothing uses.
type PruneOptions struct {
	Dangling  *bool    // false: all images that no container uses. Refused without All
	All       bool     // the explicit word for more than dangling images; means Dangling = false where that is not set
	Until     string   // only images created before this time: RFC 3339, Unix seconds or a duration such as "24h"
	Labels    []string // only images with all of these labels ("key" or "key=value")
	NotLabels []string // only images with none of these labels
}

// A PruneReport says what was removed.
type PruneReport struct {
	Deleted        []DeletedImage `tfsdk:"deleted" doc:"What was removed, in the engine's order."`
	SpaceReclaimed int64          `tfsdk:"space_reclaimed" doc:"Bytes that were given back."`
}

// A DeletedImage is one name or one image that was removed: one of the two is set.
type DeletedImage struct {
	Untagged *string `tfsdk:"untagged" doc:"A name that was removed."`
	Deleted  *string `tfsdk:"deleted" doc:"Id of an image, or of one of its layers, that was removed."`
}

// ErrNotAll is in the chain of the error with which Prune refuses to remove more than dangling images.
var ErrNotAll = errors.New("more than dangling images, without all = true")

// Prune removes images that nothing uses.
func (c *Client) Prune(ctx context.Context, options PruneOptions) (*PruneReport, error) {
	return nil, errors.New("not there yet")
}
