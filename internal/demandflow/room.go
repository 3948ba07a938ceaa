package demandflow

import "sync"

// A room is the memory that all stores of a client share.
type room struct {
	mutex sync.Mutex
	used  int
	less  int // than mostKept, for tests
}

func (r *room) take(size int) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.used+size > mostKept-r.less {
		return false
	}
	r.used += size
	return true
}

func (r *room) give(size int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.used -= size
}
