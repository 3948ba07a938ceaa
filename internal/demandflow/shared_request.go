package demandflow

import (
	"context"
	"errors"
	"sync"
)

// A sharedRequest is a request on behalf of many. It belongs to none of them: who runs out of time leaves, and the
// others wait on. It is called off when everybody who waited was cancelled, because then the run is being stopped; or
// when nobody can come any more.
type sharedRequest struct {
	ctx  context.Context // with the values of the first who asked, and without that one's end
	stop context.CancelFunc

	mutex   sync.Mutex
	waiting int
	closed  bool // nobody else can come
}

func newSharedRequest(first context.Context) *sharedRequest {
	ctx, stop := context.WithCancel(context.WithoutCancel(first))
	return &sharedRequest{ctx: ctx, stop: stop}
}

// await waits for what a sharedRequest gives, or for the caller's end; false is the latter. A channel that is closed
// gives the zero value.
func await[T any](ctx context.Context, v *sharedRequest, ready <-chan T) (T, bool) {
	v.mutex.Lock()
	v.waiting++
	v.mutex.Unlock()
	select {
	case value := <-ready:
		v.leave(false)
		return value, true
	case <-ctx.Done():
		v.leave(errors.Is(ctx.Err(), context.Canceled))
		var nothing T
		return nothing, false
	}
}

func (v *sharedRequest) leave(cancelled bool) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.waiting--
	if v.waiting == 0 && (cancelled || v.closed) {
		v.stop()
	}
}

// closeToOthers says that who waits now are the last.
func (v *sharedRequest) closeToOthers() {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.closed = true
	if v.waiting == 0 {
		v.stop()
	}
}
