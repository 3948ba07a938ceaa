package oci

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	utilnet "k8s.io/apimachinery/pkg/util/net"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const (
	maxRetries = 3
	// longestWait is the longest Retry-After that is waited for. Limits of public registries last hours: an error is
	// better than waiting for their end.
	longestWait = 2 * time.Minute
	// maxAttempts bounds how often one request is sent with other credentials.
	maxAttempts = 5
)

// do sends a request with the credentials that the registry asks for. The answer may have any status.
func (r *reader) do(ctx context.Context, method string, at *url.URL, accept string) (*http.Response, error) {
	var tried attempt
	for left := maxAttempts; ; left-- {
		sent := r.auth.header()
		response, err := r.send(ctx, method, at, accept, sent)
		if err != nil {
			return nil, err
		}
		if left == 0 || !slices.Contains(mayBeRefusals, response.StatusCode) {
			return response, nil
		}
		again, err := r.authorize(ctx, response, sent, &tried)
		if err != nil {
			discard(response)
			return nil, err
		}
		if !again {
			return response, nil
		}
		discard(response)
	}
}

// mayBeRefusals are the statuses that other credentials may turn into a success.
var mayBeRefusals = []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}

// send sends a request with retries. With insecure = true it tries plain HTTP where there is no TLS.
func (r *reader) send(ctx context.Context, method string, at *url.URL, accept, authorization string) (*http.Response,
	error) {
	request := func(scheme string) (*retryablehttp.Request, error) {
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
		return request, nil
	}
	response, err := r.sendBy(ctx, request)
	if err != nil {
		return nil, r.unreachable(ctx, r.host(), err)
	}
	r.noteLimit(response.Header)
	r.noteWarnings(response.Header)
	return response, nil
}

// warned is the code of a warning that the distribution specification wants to be shown to people.
const warned = 299

const (
	registryWarns = "Registry warns"
	// maxWarned is how many warnings of a registry's own a call passes on.
	maxWarned = 10
)

// noteWarnings passes on what the registry warns of in its headers.
func (r *reader) noteWarnings(header http.Header) {
	headers, _ := utilnet.ParseWarningHeaders(header["Warning"])
	left := maxWarned
	for _, found := range headers {
		if found.Code == warned && left > 0 {
			left--
			r.remark(image.Warning{Summary: registryWarns, Detail: r.host() + " says: " + r.line(found.Text)})
		}
	}
}

// retry sends a request, again where that may help and there is time for it.
func (r *reader) retry(client *http.Client, request *retryablehttp.Request,
	worth func(*http.Response, error) bool) (*http.Response, error) {
	retry := wire.Retry{
		Client: client, Max: maxRetries, Worth: worth,
		WaitMin: r.retryWait, WaitMax: longestWait, MaxRetryAfter: longestWait,
	}
	request.Header.Set("Accept-Encoding", "identity")
	response, _, err := retry.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusNonAuthoritativeInfo {
		response.StatusCode = http.StatusOK // so answers a proxy that has changed a header
	}
	return response, decode(response)
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
	return !unknownHost && !errors.Is(err, wire.ErrRedirect) && !lacksTLS(err) && !isAlert(err) &&
		!wire.Is[*wire.IdleTimeoutError](err) && wire.MayPass(err)
}
