package openshift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // kubeconfigs with an auth-provider: OIDC, and errors for removed ones
	"k8s.io/client-go/rest"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const (
	// A cluster's store accepts objects of up to 1.5 MiB.
	largestImage = 16 << 20
	largestPage  = 160 << 20
	pageSize     = 100

	idleTimeout = 2 * time.Minute
	longestWait = time.Minute
	maxRetries  = 3
)

// A connection is a connection to the API of a cluster. Login and TLS are client-go's, which supports every kind of
// kubeconfig. The two requests are made here: client-go reads whole answers of any length, and takes the 404 of a proxy
// for that of a missing image.
type connection struct {
	base     *url.URL // the API server, perhaps with a path of a proxy
	origin   string   // where the cluster is set, for errors
	secrets  *wire.Secrets
	insecure bool
	named    bool // credentials are sent
	client   *http.Client
	pageSize int
	login    login

	retryWait time.Duration // bounds the wait after a first failure; doubles from there
}

// dial reads the settings. It does not connect yet.
func (c *Client) dial() (*connection, error) {
	const doing = "connect to the OpenShift cluster"
	settings, origin, err := c.settings()
	if err != nil {
		return nil, image.Cannot(doing, err.Error(), "", err)
	}
	base, _, err := rest.DefaultServerUrlFor(settings)
	if err != nil {
		return nil, image.Cannot(doing, fmt.Sprintf("%s has an address that cannot be used: %s", origin,
			withoutUser(err)), "", nil)
	}
	secrets := &wire.Secrets{}
	for _, secret := range []string{settings.BearerToken, settings.Password} {
		secrets.Add(wire.Secret{Text: secret, Instead: wire.Instead})
	}
	// How credentials are got is known only here: client-go's transports hide it.
	login := newLogin(settings, secrets)
	// Below client-go's transports, so that the credentials that they add are seen, such as tokens of plugins and files.
	settings.Wrap(func(below http.RoundTripper) http.RoundTripper {
		return sending{&wire.Transport{
			Base:  &wire.IdleTimeout{Base: below, Limit: idleTimeout},
			Named: []wire.Origin{wire.OriginOf(base)}, Secrets: secrets,
		}}
	})
	client, err := rest.HTTPClientFor(settings)
	if err != nil {
		advice := ""
		if login.provider != "" || login.plugin != "" {
			advice = "Log in again with oc login, or set a token (oc whoami -t)"
		}
		return nil, image.Cannot(doing, fmt.Sprintf("%s cannot be used: %s", origin, secrets.Redact(withoutUser(err))),
			advice, nil)
	}
	if login.provider != "" {
		client.Transport = &loginWait{client.Transport, tokenTimeout}
	} else if login.plugin != "" { // it may wait for a person
		client.Transport = &loginWait{client.Transport, 0}
	}
	client.CheckRedirect = wire.ReturnRedirects // an API has no redirects; a login page has
	made := &connection{
		base: base, origin: origin, insecure: settings.Insecure, client: client, pageSize: pageSize, secrets: secrets,
		retryWait: 500 * time.Millisecond, login: login,
		named: settings.BearerToken != "" || settings.BearerTokenFile != "" || settings.Username != "" ||
			settings.ExecProvider != nil ||
			settings.AuthProvider != nil || len(settings.CertData) > 0 || settings.CertFile != "",
	}
	return made, nil
}

// get requests an Image or a list of them, and passes the body to read, up to the limit, and the API's warnings to
// warn.
func (c *connection) get(ctx context.Context, doing string, parts []string, query url.Values, limit int64,
	warn func(image.Warning), read func(io.Reader) error) error {
	at := c.base.JoinPath(append([]string{"apis/image.openshift.io/v1/images"}, parts...)...)
	at.RawQuery = query.Encode()
	request, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return c.failed(doing, err)
	}
	request.Header.Set("Accept", "application/json")
	retry := wire.Retry{
		Client: c.client, Max: maxRetries, Worth: worthRetrying,
		WaitMin: c.retryWait, WaitMax: longestWait, MaxRetryAfter: longestWait,
	}
	response, _, err := retry.Do(request)
	if wire.Is[*loginError](err) {
		return c.loginFailed(ctx, doing, err)
	}
	if err != nil {
		return c.failed(doing, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return c.failed(doing, refused(response))
	}
	if mediaType, _, err := mime.ParseMediaType(response.Header.Get("Content-Type")); err != nil ||
		mediaType != "application/json" {
		return c.failed(doing, &notAPI{what: fmt.Sprintf("content of type %q", mediaType)})
	}
	warnings, _ := utilnet.ParseWarningHeaders(response.Header["Warning"])
	for _, warning := range warnings {
		warn(image.Warning{Summary: "OpenShift warns", Detail: fmt.Sprintf("%s says: %s", c.base.Host,
			c.oneLine(warning.Text))})
	}
	if err := read(wire.Limit(response.Body, limit)); err != nil {
		return c.failed(doing, err)
	}
	// Only the end of the last line is left. Without reading it, the server logs an error.
	_, _ = io.CopyN(io.Discard, response.Body, 4<<10)
	return nil
}

// worthRetrying reports whether a failure of the network or the cluster may be temporary. That of a credential plugin,
// or of an unknown host, is not.
func worthRetrying(response *http.Response, err error) bool {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		dns, _ := errors.AsType[*net.DNSError](failed.Err)
		ofNetwork := wire.Is[net.Error](failed.Err) || wire.Is[*wire.IdleTimeoutError](failed.Err) ||
			errors.Is(failed.Err, io.EOF) || errors.Is(failed.Err, io.ErrUnexpectedEOF)
		if !ofNetwork || dns != nil && dns.IsNotFound {
			return false
		}
	}
	return wire.WorthRetrying(response, err)
}

// image reads one object by its name.
func (c *connection) image(ctx context.Context, name string, warn func(image.Warning)) (*object, error) {
	o := &object{}
	err := c.get(ctx, "read the image "+name, []string{name}, nil, largestImage, warn, func(body io.Reader) error {
		if err := json.NewDecoder(body).Decode(o); err != nil {
			return unreadable(err)
		}
		if o.Kind != "Image" || o.Metadata.Name != name {
			return &notAPI{what: fmt.Sprintf("a %q of the name %q", o.Kind, o.Metadata.Name)}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return o, nil
}

// oneLine returns a foreign text as one line of limited length, without credentials.
func (c *connection) oneLine(text string) string { return c.secrets.Line(text, longestSaid) }
