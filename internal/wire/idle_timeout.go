package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// An IdleTimeoutError is the error of a request for which nothing arrived for too long. It is not a context error: the
// caller's context is alive, so that a retry makes sense.
type IdleTimeoutError struct{ Limit time.Duration }

func (e *IdleTimeoutError) Error() string {
	return fmt.Sprintf("the other side sent nothing for %s", e.Limit)
}

// Timeout makes the error a timeout to callers that ask by interface, as those of package net are.
func (e *IdleTimeoutError) Timeout() bool { return true }

// An IdleTimeout is a transport that ends a request when nothing comes for longer than Limit. A limit on the whole
// request would break lists that stream for minutes; a limit on the headers alone would hang for ever in a body that
// stalls.
type IdleTimeout struct {
	Base  http.RoundTripper
	Limit time.Duration
}

// RoundTrip sends a request.
func (t *IdleTimeout) RoundTrip(request *http.Request) (*http.Response, error) {
	idle := &IdleTimeoutError{t.Limit}
	ctx, cancel := context.WithCancelCause(request.Context())
	timer := time.AfterFunc(t.Limit, func() { cancel(idle) })
	response, err := t.Base.RoundTrip(request.WithContext(ctx))
	timer.Stop()
	if err != nil {
		if errors.Is(context.Cause(ctx), idle) {
			err = idle
		}
		cancel(nil)
		return nil, err
	}
	response.Request = request // whose context outlives the body
	response.Body = &idleTimeoutBody{ReadCloser: response.Body, ctx: ctx, cancel: cancel, timer: timer, idle: idle}
	return response, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the pool.
func (t *IdleTimeout) CloseIdleConnections() { closeIdleConnections(t.Base) }

// An idleTimeoutBody runs the timer only while it waits for bytes, not while the caller works on those that came.
type idleTimeoutBody struct {
	io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	idle   *IdleTimeoutError
}

func (b *idleTimeoutBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.idle.Limit)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	if err != nil && err != io.EOF && errors.Is(context.Cause(b.ctx), b.idle) {
		err = b.idle
	}
	return n, err
}

func (b *idleTimeoutBody) Close() error {
	b.timer.Stop()
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}

func closeIdleConnections(transports ...http.RoundTripper) {
	for _, transport := range transports {
		if pool, ok := transport.(interface{ CloseIdleConnections() }); ok {
			pool.CloseIdleConnections()
		}
	}
}
