// Package openshift reads images from an OpenShift cluster: the Image objects of its API (image.openshift.io/v1), one
// for every image that was imported, built or pushed there. It needs the right to get and list images, which belong to
// the cluster and not to a project.
//
// image.OpenShift has every field of an Image object except for apiVersion and kind; metadata that the API server keeps
// for itself (generation, resourceVersion, managedFields, owners, finalizers, generateName, selfLink, deletion times,
// and the namespace, which is empty); and Docker's metadata of the container that was run or built (ContainerConfig,
// Hostname, Memory, Tty and the like), which is only in the raw metadata.
package openshift

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A Config is the address of a cluster and its credentials. The zero value is the cluster that kubectl uses: that of
// the kubeconfig in KUBECONFIG, or of ~/.kube/config, or in a pod that of its service account.
type Config struct {
	Kubeconfig    string `tfsdk:"kubeconfig" doc:"Path of a kubeconfig. Takes precedence over 'KUBECONFIG'."`
	Context       string `tfsdk:"context" doc:"Context of the kubeconfig. Defaults to its current context."`
	Host          string `tfsdk:"host" doc:"Address of the API, such as 'https://api.cluster.example.com:6443'."`
	Token         string `tfsdk:"token" doc:"Bearer token, such as 'oc whoami -t' prints." secret:"true"`
	CACertificate string `tfsdk:"ca_certificate" doc:"PEM-encoded CA certificates that signed the API's."`
	Insecure      bool   `tfsdk:"insecure" doc:"Skip TLS certificate verification; also allows plain HTTP."`
	UserAgent     string
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Config) Details() map[string]string {
	return map[string]string{
		"kubeconfig":     "Not together with 'host'.",
		"context":        "Not together with 'host'.",
		"host":           "No kubeconfig is read then.",
		"token":          "Takes precedence over the kubeconfig's credentials.",
		"ca_certificate": "Takes precedence over the kubeconfig's.",
	}
}

// A Client reads one cluster. It connects when it is first used, and may be used by several goroutines.
type Client struct {
	config  Config
	machine machine
	connect func() (*connection, error)
}

// New checks the configuration. Nothing is read from the machine or the network before the first use.
func New(config Config) (*Client, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	c := &Client{config: config, machine: thisMachine()}
	c.connect = sync.OnceValues(c.dial)
	return c, nil
}

// IncludeRaw in Include adds the raw manifest, configuration and metadata.
const IncludeRaw = "raw"

// Options are the options of Image.
type Options struct {
	Platform string // os/architecture[/variant]; empty for linux/amd64, or the first
	Include  []string
	Warn     func(image.Warning) // may be nil; called before Image returns, never after
}

// Image reads one image: by the name of its object ("sha256:…", or another that the list has), by a pull spec with that
// digest, or by another pull spec that the cluster has for it, for which it lists all images. Of a multi-platform image
// it also reads the requested platform, if the cluster has it. The error is image.ErrNotFound if the cluster certainly
// has no such image.
func (c *Client) Image(ctx context.Context, name string, options Options) (*image.Image, error) {
	r, err := newReading(options.Platform, options.Include, options.Warn)
	if err != nil {
		return nil, err
	}
	request, err := parseRequest(name)
	if err != nil {
		return nil, err
	}
	connection, err := c.connect()
	if err != nil {
		return nil, err
	}
	o, err := connection.find(ctx, request, r.warn)
	if err != nil {
		return nil, err
	}
	return r.whole(ctx, connection, o)
}

// ListOptions select images. An image must match all that are set.
type ListOptions struct {
	Reference     string // regular expression, which matches a part of the pull spec unless it has ^ and $
	Repository    string // repository of the pull spec, such as "quay.io/demo/app"
	LabelSelector string // labels of the Image objects, as for oc get -l; the cluster selects by them
	Limit         int    // the first so many by name; 0 for all
	Platform      string
	Include       []string
	Warn          func(image.Warning) // may be nil; called before Images returns, never after
}

// Images lists images by name, and reads pages up to the limit. Platforms of a multi-platform image have no
// configuration here: the cluster may have an image for each of them, which is then in the list, too.
func (c *Client) Images(ctx context.Context, options ListOptions) ([]*image.Image, error) {
	r, err := newReading(options.Platform, options.Include, options.Warn)
	if err != nil {
		return nil, err
	}
	fits, err := options.filter()
	if err != nil {
		return nil, err
	}
	connection, err := c.connect()
	if err != nil {
		return nil, err
	}
	found := []*image.Image{}
	err = connection.list(ctx, options.LabelSelector, r.warn, func(o *object) bool {
		if fits(o) {
			found = append(found, r.listed(o))
		}
		return options.Limit == 0 || len(found) < options.Limit
	}, func() { found = found[:0] })
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b *image.Image) int {
		return strings.Compare(a.OpenShift.Name, b.OpenShift.Name)
	})
	return found, nil
}
