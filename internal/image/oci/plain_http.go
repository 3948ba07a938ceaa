package oci

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"syscall"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// sendBy sends a request by TLS or, with insecure = true, by plain HTTP where the registry has no TLS: what it does
// when somebody begins TLS is its own matter. Once it has answered by TLS, there is no plain HTTP any more.
func (r *reader) sendBy(ctx context.Context, request func(scheme string) (*retryablehttp.Request, error)) (
	*http.Response, error) {
	try := func(ctx context.Context, scheme string, worth func(*http.Response, error) bool) (*http.Response, error) {
		prepared, err := request(scheme)
		if err != nil {
			return nil, err
		}
		return r.retry(r.client, prepared.WithContext(ctx), worth)
	}
	scheme := r.scheme()
	mayBePlain := scheme == "https" && r.settings.Insecure && !r.secured.Load()
	if !mayBePlain {
		response, err := try(ctx, scheme, worthRetrying)
		if err == nil && scheme == "https" {
			r.secured.Store(true)
		}
		return response, err
	}
	var shaken atomic.Bool // a handshake of TLS has ended well
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil {
				shaken.Store(true)
			}
		},
	})
	plainInstead := func(err error) bool {
		return err != nil && ctx.Err() == nil && !shaken.Load() && !r.secured.Load() && (lacksTLS(err) || endsTLS(err))
	}
	response, err := try(traced, scheme, func(response *http.Response, err error) bool {
		return !plainInstead(err) && worthRetrying(response, err)
	})
	if err == nil {
		r.secured.Store(true)
	}
	if !plainInstead(err) {
		return response, err
	}
	plain, plainErr := try(ctx, "http", worthRetrying)
	switch {
	case plainErr != nil && (lacksTLS(err) || ctx.Err() != nil || wire.Is[*wire.IdleTimeoutError](plainErr)):
		return nil, plainErr
	case plainErr == nil && !r.secured.Load() && (lacksTLS(err) || isPlain(plain)):
		r.plain.Store(true)
		return plain, nil
	case plainErr == nil:
		discard(plain) // the network broke, and the registry has TLS
	}
	if response, err = try(ctx, scheme, worthRetrying); err == nil {
		r.secured.Store(true)
	}
	return response, err
}

// isPlain reports whether an answer is of a server without TLS. One with TLS answers 400 to plain HTTP on its port, or
// redirects from another port.
func isPlain(response *http.Response) bool {
	return response.StatusCode != http.StatusBadRequest && response.Request.URL.Scheme == "http"
}

// lacksTLS reports whether the other side answered in plain HTTP, or nothing listens on the port of TLS.
func lacksTLS(err error) bool {
	if errors.Is(err, http.ErrSchemeMismatch) {
		return true
	}
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "dial" && errors.Is(err, syscall.ECONNREFUSED)
}

// endsTLS reports whether an error before the end of a handshake may be of a server without TLS: it hung up, said
// nothing, or said something else. One with TLS ends a handshake with an alert, or a certificate is not accepted.
func endsTLS(err error) bool {
	return !isAlert(err) && !wire.Is[*tls.CertificateVerificationError](err) && !wire.NotSent(err) &&
		!wire.Is[*wire.IdleTimeoutError](err) && !errors.Is(err, wire.ErrRedirect)
}
