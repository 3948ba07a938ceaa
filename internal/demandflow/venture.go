package demandflow

import (
	"context"
	"errors"
	"sync"
)

// A venture is a request on behalf of many. It belongs to none of them: who runs out of time leaves, and the others
// wait on. It is called off when everybody who waited was cancelled, because then the run is being stopped; or when
// nobody can come any more.
type venture struct {
	ctx  context.Context // with the values of the first who asked, and without that one's end
	stop context.CancelFunc

	mutex    sync.Mutex
	waiting  int
	unwanted bool // nobody else can come
}

func newVenture(first context.Context) *venture {
	ctx, stop := context.WithCancel(context.WithoutCancel(first))
	return &venture{ctx: ctx, stop: stop}
}

// await waits for what a venture gives, or for the caller's end; false is the latter. A channel that is closed gives
// the zero value.
func await[T any](ctx context.Context, v *venture, ready <-chan T) (T, bool) {
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

func (v *venture) leave(cancelled bool) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.waiting--
	if v.waiting == 0 && (cancelled || v.unwanted) {
		v.stop()
	}
}

// nobodyElse says that who waits now are the last.
func (v *venture) nobodyElse() {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.unwanted = true
	if v.waiting == 0 {
		v.stop()
	}
}
