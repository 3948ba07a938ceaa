package oci

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/distribution/reference"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const (
	maxRetries = 3
	// longestWait is the longest Retry-After that is waited for. Limits of public registries last hours: an error is
	// better than waiting for their end.
	longestWait = 2 * time.Minute
)

// A reader is one call that reads one repository.
type reader struct {
	*connection
	repository name.Repository
	auth       *repositoryAuth

	mutex    sync.Mutex
	limit    *rateLimit
	warnings []image.Warning
	// The registry has no referrers API: it is not tried again.
	absent *noReferrers
}

func (c *Client) read(named reference.Named, own *Registry) (*reader, error) {
	connection, err := c.connect(hostOf(named), own)
	if err != nil {
		return nil, err
	}
	path := reference.Path(named)
	return &reader{connection: connection, repository: connection.registry.Repo(path), auth: connection.authFor(path)}, nil
}

func (r *reader) host() string { return r.registry.RegistryStr() }

// at returns the address of a manifest, a blob or a list of the repository.
func (r *reader) at(kind, identifier string) *url.URL {
	return &url.URL{Path: "/v2/" + r.repository.RepositoryStr() + "/" + kind + "/" + identifier}
}

// do sends a request with the credentials that the registry asks for. The answer may have any status.
func (r *reader) do(ctx context.Context, method string, at *url.URL, accept string) (*http.Response, error) {
	sent := r.auth.header()
	response, err := r.send(ctx, method, at, accept, sent)
	if err != nil {
		return nil, err
	}
	switch response.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		again, err := r.authorize(ctx, response, sent)
		if err != nil {
			discard(response)
			return nil, err
		}
		if again {
			discard(response)
			return r.send(ctx, method, at, accept, r.auth.header())
		}
	}
	return response, nil
}

// send sends a request with retries. With insecure = true it tries plain HTTP where there is no TLS.
func (r *reader) send(ctx context.Context, method string, at *url.URL, accept, authorization string) (*http.Response,
	error) {
	try := func(scheme string) (*http.Response, error) {
		target := *at
		target.Scheme, target.Host = scheme, r.host()
		request, err := retryablehttp.NewRequestWithContext(ctx, method, target.String(), nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("User-Agent", r.userAgent)
		if accept != "" {
			request.Header.Set("Accept", accept)
		}
		if authorization != "" {
			request.Header.Set("Authorization", authorization)
		}
		return r.retry(r.client, request)
	}
	scheme := r.scheme()
	response, err := try(scheme)
	if err == nil && scheme == "https" {
		r.secured.Store(true)
	}
	if err != nil && scheme == "https" && r.settings.Insecure && lacksTLS(err) && !r.secured.Load() && ctx.Err() == nil {
		var spoken *http.Response
		if spoken, err = try("http"); err == nil {
			r.plain.Store(true)
			response = spoken
		}
	}
	if err != nil {
		return nil, r.unreachable(ctx, r.host(), err)
	}
	r.noteLimit(response.Header)
	return response, nil
}

// retry sends a request, again where that may help and there is time for it.
func (r *reader) retry(client *http.Client, request *retryablehttp.Request) (*http.Response, error) {
	retry := wire.Retry{
		Client: client, Max: maxRetries, Worth: worthRetrying,
		WaitMin: r.retryWait, WaitMax: longestWait, MaxRetryAfter: longestWait,
	}
	response, _, err := retry.Do(request)
	return response, err
}

// worthRetrying reports whether a failure may be temporary. A server that took a request and sent nothing is not asked
// again: four such waits are no better than one.
func worthRetrying(response *http.Response, err error) bool {
	if err == nil {
		return !isInPlaceOfReferrers(response) && wire.IsTransient(response.StatusCode) ||
			response.StatusCode == http.StatusRequestTimeout || response.StatusCode == http.StatusInternalServerError
	}
	dns, ok := errors.AsType[*net.DNSError](err)
	unknownHost := ok && dns.IsNotFound
	return !unknownHost && !errors.Is(err, wire.ErrRedirect) && !lacksTLS(err) &&
		!wire.Is[*wire.IdleTimeoutError](err) && wire.MayPass(err)
}

// body reads an answer to its end and closes it. An answer over the limit is an error, before it is read if its length
// is known.
func (r *reader) body(response *http.Response, limit int64, what string) ([]byte, error) {
	var text []byte
	var err error = &wire.TooLargeError{Limit: limit}
	if response.ContentLength <= limit {
		text, err = wire.ReadAll(response.Body, limit)
	} else {
		response.Body.Close()
	}
	if wire.Is[*wire.TooLargeError](err) {
		return nil, fmt.Errorf("%s of %s is larger than %d MiB: it is not read", what, r.host(), limit>>20)
	}
	if ctx := response.Request.Context(); ctx.Err() != nil {
		return nil, fmt.Errorf("%s of %s was not there in time, but %d bytes of it: %w", what, r.host(), len(text),
			context.Cause(ctx))
	}
	if err != nil {
		return nil, fmt.Errorf("%s of %s broke off after %d bytes: %w; try again", what, r.host(), len(text), err)
	}
	return text, nil
}

// discard reads the rest of an answer, so that its connection can be used again.
func discard(response *http.Response) {
	_, _ = io.CopyN(io.Discard, response.Body, maxErrorBody) // a longer one costs the connection
	response.Body.Close()
}

// hide adds secrets that must not be shown in an error of any reader: a server may repeat to one what another has sent.
func (r *reader) hide(secrets ...string) {
	for _, secret := range secrets {
		r.secrets.AddSeen(wire.Secret{Text: secret, Instead: wire.Instead})
	}
}

// line returns a foreign text as one line of limited length, without secrets.
func (r *reader) line(text string) string { return r.secrets.Line(text, maxSaid) }

func (r *reader) remark(warning image.Warning) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.warnings = append(r.warnings, warning)
}

// warn passes the warnings on.
func (r *reader) warn(to func(image.Warning)) {
	if to == nil {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.limit != nil && r.limit.nearlyUsed() {
		r.warnings = append(r.warnings, r.limit.warning(r.host(), r.auth.header() == ""))
	}
	for _, warning := range r.warnings {
		to(warning)
	}
	r.warnings = nil
}
