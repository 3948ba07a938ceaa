package demandflow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// A idleTimeoutError says that nothing came for too long. It is no context error: the caller's context is alive, so
// that a retry makes sense.
type idleTimeoutError struct{ idleTimeout time.Duration }

func (e *idleTimeoutError) Error() string {
	return fmt.Sprintf("DemandFlow sent nothing for %s", e.idleTimeout)
}

// Timeout makes the error a timeout to whoever asks by interface, as those of package net are.
func (e *idleTimeoutError) Timeout() bool { return true }

// An idleTimeoutTransport gives up when the other side is silent for longer than idleTimeout. A limit on the whole
// request would break lists that stream for minutes; a limit on the headers alone would hang for ever in a body that
// stalls.
type idleTimeoutTransport struct {
	base        http.RoundTripper
	idleTimeout time.Duration
}

func (t *idleTimeoutTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	silence := &idleTimeoutError{t.idleTimeout}
	ctx, cancel := context.WithCancelCause(request.Context())
	timer := time.AfterFunc(t.idleTimeout, func() { cancel(silence) })
	response, err := t.base.RoundTrip(request.WithContext(ctx))
	timer.Stop()
	if err != nil {
		if errors.Is(context.Cause(ctx), silence) {
			err = silence
		}
		cancel(nil)
		return nil, err
	}
	response.Body = &idleTimeoutBody{ReadCloser: response.Body, ctx: ctx, cancel: cancel, timer: timer, silence: silence}
	return response, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the pool.
func (t *idleTimeoutTransport) CloseIdleConnections() {
	if pool, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		pool.CloseIdleConnections()
	}
}

// An idleTimeoutBody runs the timer only while it waits for bytes: the time in which the caller chews on an item is not
// DemandFlow's silence.
type idleTimeoutBody struct {
	io.ReadCloser
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	silence *idleTimeoutError
}

func (b *idleTimeoutBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.silence.idleTimeout)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	if err != nil && err != io.EOF && errors.Is(context.Cause(b.ctx), b.silence) {
		err = b.silence
	}
	return n, err
}

func (b *idleTimeoutBody) Close() error {
	b.timer.Stop()
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}
