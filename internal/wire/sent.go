// Package wire is what the clients of different services have in common about HTTP. It knows none of these services, and imports
// nothing of ours.
package wire

import (
	"context"
	"net/http/httptrace"
	"time"
)

// LastWait is how long a write that was sent is waited for beyond its operation's deadline. A deadline limits what is begun. An
// answer that comes a little later still tells what became of the write.
const LastWait = 5 * time.Second

// Sent returns the context of one attempt at a write. Until the attempt has a connection, it ends when ctx does. From then on
// the other side may act on the request, and to hang up would only lose the answer: a cancellation of ctx, which is how Terraform
// tells a provider to stop, no longer ends it, and its deadline does so after LastWait. release frees what the context holds.
func Sent(ctx context.Context) (attempt context.Context, release context.CancelFunc) {
	attempt, release = context.WithoutCancel(ctx), func() {}
	if deadline, limited := ctx.Deadline(); limited {
		attempt, release = context.WithDeadline(attempt, deadline.Add(LastWait))
	}
	attempt, end := context.WithCancelCause(attempt)
	detach := context.AfterFunc(ctx, func() { end(context.Cause(ctx)) })
	attempt = httptrace.WithClientTrace(attempt, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { detach() }})
	inner := release
	return attempt, func() { detach(); end(nil); inner() }
}
