package demandflow

import (
	"context"
	"errors"
	"sync"
)

// A sharedRequest is one request whose answer several callers wait for. A caller that runs out of time leaves, and the
// others wait on. The request is cancelled when every caller that waited was cancelled, because then the run is being
// stopped, or when the last one leaves and no other can join.
type sharedRequest struct {
	ctx  context.Context // with the values of the first caller's, and without its end
	stop context.CancelFunc

	mutex   sync.Mutex
	waiting int
	closed  bool // no other caller can join
}

func newSharedRequest(first context.Context) *sharedRequest {
	ctx, stop := context.WithCancel(context.WithoutCancel(first))
	return &sharedRequest{ctx: ctx, stop: stop}
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
