package demandflow

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
)

// A sharedRequest is one request whose answer several callers wait for. A caller that runs out of time leaves, and the
// others wait on. The request is cancelled when every caller that waited was cancelled, because then the run is being
// stopped, or when the last one leaves and no other can join.
type sharedRequest struct {
	ctx  context.Context // with the values of the first caller's, and without its end
	stop context.CancelFunc
	done chan struct{} // closed when it has ended

	mutex   sync.Mutex
	waiting int
	closed  bool // no other caller can join
}

func newSharedRequest(first context.Context) *sharedRequest {
	ctx, stop := context.WithCancel(context.WithoutCancel(first))
	return &sharedRequest{ctx: ctx, stop: stop, done: make(chan struct{})}
}

// send sends the request, calls ended with whether the program itself has failed, and releases the callers that wait.
func (r *sharedRequest) send(c *Client, request func(ctx context.Context), ended func(faulty bool)) {
	defer r.stop()
	defer close(r.done)
	defer func() { ended(c.recovered(r.ctx, recover())) }()
	request(r.ctx)
}

// await waits until ready is closed, and reports whether that was before the caller's end.
func (r *sharedRequest) await(ctx context.Context, ready <-chan struct{}) bool {
	r.mutex.Lock()
	r.waiting++
	r.mutex.Unlock()
	select {
	case <-ready:
		r.leave(false)
		return true
	case <-ctx.Done():
		r.leave(errors.Is(ctx.Err(), context.Canceled))
		return false
	}
}

func (r *sharedRequest) leave(cancelled bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.waiting--
	if r.waiting == 0 && (cancelled || r.closed) {
		r.stop()
	}
}

// close has no other caller join.
func (r *sharedRequest) close() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.closed = true
	if r.waiting == 0 {
		r.stop()
	}
}

// batches are requests for what many callers want, one after the other: callers that come while one is under way wait
// for the next, which is for all of them.
type batches[T comparable] struct {
	mutex    sync.Mutex
	underWay bool
	next     *batch[T] // nil: none is wanted
}

// A batch is one request for all that its callers want.
type batch[T comparable] struct {
	*sharedRequest
	wanted []T
}

// await adds to the next request, which send sends in its turn, and waits for its end. It reports whether that was
// before the caller's.
func (b *batches[T]) await(ctx context.Context, wanted T, send func(*batch[T])) bool {
	b.mutex.Lock()
	if b.next == nil {
		b.next = &batch[T]{sharedRequest: newSharedRequest(ctx)}
	}
	next := b.next
	if !slices.Contains(next.wanted, wanted) {
		next.wanted = append(next.wanted, wanted)
	}
	if !b.underWay {
		b.underWay = true
		go b.sendAll(send)
	}
	b.mutex.Unlock()
	return next.await(ctx, next.done)
}

// sendAll sends one request after the other, until no next one is wanted.
func (b *batches[T]) sendAll(send func(*batch[T])) {
	for {
		b.mutex.Lock()
		next := b.next
		b.next, b.underWay = nil, next != nil
		b.mutex.Unlock()
		if next == nil {
			return
		}
		send(next)
	}
}

// recovered reports whether the program itself failed, and logs where. The requests that others wait for are then sent
// one by one. The value of the panic is not shown: it may hold a field's value.
func (c *Client) recovered(ctx context.Context, fault any) bool {
	if fault == nil {
		return false
	}
	c.log(ctx, "A request for many ended in a fault of the provider; please report it",
		map[string]any{"fault": fmt.Sprintf("%T", fault), "stack": string(debug.Stack())})
	return true
}
