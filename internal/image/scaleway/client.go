// Package scaleway reads images in Scaleway's Container Registry through Scaleway's own API, sets their visibility, and
// deletes them.
//
// The API calls a repository an image. It knows its tags with their digests, but no platform, configuration or layer.
// An image.Image from here therefore has no Catalogue. For that, internal/image/oci reads its Reference with the user
// name and password of RegistryLogin.
//
// Each field of the API's image is in image.Scaleway, and each filter and order in ListOptions. All pages are read.
// Namespaces are read only for an image's name in the registry: Scaleway's provider manages them.
//
// The SDK makes the requests. It does not retry, follows redirects with the key, reads answers of any length, takes an
// empty one for an image without a name, and repeats a malformed key in its error. transport.go and settings.go prevent
// that.
package scaleway

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	registry "github.com/scaleway/scaleway-sdk-go/api/registry/v1"
	"github.com/scaleway/scaleway-sdk-go/scw"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A Config is the access to Scaleway. What it leaves out comes from the environment (SCW_ACCESS_KEY and so on), or else
// from the profile in Scaleway's configuration file. OrganizationID and ProjectID do not: the defaults there are for
// creating, and an image that a list leaves out would pass for a deleted one.
type Config struct {
	AccessKey      string `tfsdk:"access_key" doc:"Access key of the API key ('SCW…'), with 'secret_key'."`
	SecretKey      string `tfsdk:"secret_key" doc:"Secret key of the API key." secret:"true"`
	Profile        string `tfsdk:"profile" doc:"Name of a profile. Takes precedence over the environment."`
	Region         string `tfsdk:"region" doc:"Default region, such as 'fr-par'. Environment: 'SCW_DEFAULT_REGION'."`
	OrganizationID string `tfsdk:"organization_id" doc:"Default organization of lists and of look-ups by name."`
	ProjectID      string `tfsdk:"project_id" doc:"Default project of lists and of look-ups by name."`
	APIURL         string `tfsdk:"api_url" doc:"Address of the API, if it is not 'https://api.scaleway.com'."`
	UserAgent      string
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Config) Details() map[string]string {
	return map[string]string{
		"access_key": "The configuration file is not read then, unless 'profile' is set. Environment: 'SCW_ACCESS_KEY'.",
		"secret_key": "It is also the password for the registry, which is read if 'include' names what only the registry " +
			"knows. Environment: 'SCW_SECRET_KEY'.",
		"profile":         "Defaults to that of 'SCW_PROFILE', or the active one.",
		"organization_id": "Defaults to all that the key can access; the environment and the profile do not limit them.",
		"project_id":      "Defaults to all that the key can access; the environment and the profile do not limit them.",
		"api_url":         "Environment: 'SCW_API_URL'.",
	}
}

// A Client reads and changes images. It may be used by several goroutines.
type Client struct {
	config     Config
	connect    func() (*connection, error) // once
	retryWait  time.Duration               // after the first failure; doubles from there
	statusWait time.Duration               // between two reads of a status that will change; doubles from there
}

// A connection is the SDK's client with the settings that calls need.
type connection struct {
	api      *registry.API
	region   scw.Region
	address  *url.URL // of the API
	secret   string
	secrets  *wire.Secrets
	insecure bool // certificates are not verified: SCW_INSECURE, or the same in the profile
}

// New checks the configuration. The environment, files and the network are not read before the first use.
func New(config Config) (*Client, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	c := &Client{config: config, retryWait: 500 * time.Millisecond, statusWait: time.Second}
	c.connect = sync.OnceValues(c.open)
	return c, nil
}

// An operation is a method of the SDK for the registry.
type operation[Request, Answer any] func(*registry.API, *Request, ...scw.RequestOption) (*Answer, error)

// call carries out an operation of the API. Its error says what could not be done.
func call[Request, Answer any](ctx context.Context, c *Client, doing string, do operation[Request, Answer],
	request Request) (*Answer, error) {
	conn, err := c.connect()
	if err != nil {
		return nil, err
	}
	watching, seen := watched(ctx)
	answer, err := do(conn.api, &request, scw.WithContext(watching))
	if err != nil {
		return nil, conn.failed(ctx, doing, seen, err)
	}
	return answer, nil
}

// place checks a region and an id, and returns them in the API's spelling. An empty region is that of the id, or else
// the configured one.
func (c *Client) place(region, id string) (scw.Region, string, error) {
	at, uuid, err := Locate(region, id)
	if err != nil {
		return "", "", err
	}
	found, err := c.region(at)
	return found, uuid, err
}

func (c *Client) region(region string) (scw.Region, error) {
	if region != "" {
		return scw.Region(region), CheckRegion(region)
	}
	conn, err := c.connect()
	if err != nil {
		return "", err
	}
	if conn.region == "" {
		return "", fmt.Errorf("there is no region: give one (%s), or set %s or the region of the provider's \"scaleway\"",
			strings.Join(Regions(), ", "), scw.ScwDefaultRegionEnv)
	}
	return conn.region, nil
}
