package wire

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"
)

// WriteGrace is how long a write that was sent is waited for beyond its operation's deadline. A deadline limits what is
// begun. An answer that comes a little later still is the write's result.
const WriteGrace = 5 * time.Second

// WriteContext returns the context of one attempt at a write. Until the attempt has a connection, it ends when ctx
// does. From then on the other side may act on the request, and to hang up would only lose the answer: a cancellation
// of ctx, by which Terraform stops a provider, no longer ends it, and its deadline does so after
// WriteGrace. release frees what the context holds.
func WriteContext(ctx context.Context) (attempt context.Context, release context.CancelFunc) {
	attempt, release = context.WithoutCancel(ctx), func() {}
	if deadline, limited := ctx.Deadline(); limited {
		attempt, release = context.WithDeadline(attempt, deadline.Add(WriteGrace))
	}
	attempt, end := context.WithCancelCause(attempt)
	if ctx.Err() != nil {
		end(context.Cause(ctx)) // at once: AfterFunc needs a goroutine, and an idle connection is there before it
	}
	detach := context.AfterFunc(ctx, func() { end(context.Cause(ctx)) })
	attempt = httptrace.WithClientTrace(attempt, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { detach() }})
	inner := release
	return attempt, func() { detach(); end(nil); inner() }
}

// A WriteTransport sends writes, each in the context that WriteContext makes of its own.
type WriteTransport struct{ Base http.RoundTripper }

// RoundTrip sends a request. Its context is kept until the answer's body is closed.
func (t WriteTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, release := WriteContext(request.Context())
	response, err := t.Base.RoundTrip(request.WithContext(ctx))
	if err != nil {
		release()
		return nil, err
	}
	response.Body = &writeBody{response.Body, release}
	return response, nil
}

type writeBody struct {
	io.ReadCloser
	release context.CancelFunc
}

func (b *writeBody) Close() error {
	defer b.release()
	return b.ReadCloser.Close()
}

// WithGrace returns a context that ends a while after ctx does, for finding out what came of a write: the end of ctx is
// often what lost its answer. Where ctx has ended already, the while begins now. The cause of its end is
// context.DeadlineExceeded.
func WithGrace(ctx context.Context, while time.Duration) (context.Context, context.CancelFunc) {
	longer, end := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(while, func() { end(context.DeadlineExceeded) })
		context.AfterFunc(longer, func() { timer.Stop() })
	})
	return longer, func() { stop(); end(nil) }
}
