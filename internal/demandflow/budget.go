package demandflow

import "sync"

// A budget is the memory that all caches of a client share.
type budget struct {
	mutex sync.Mutex
	used  int
	less  int // than maxListBytes, for tests
}

func (r *budget) take(size int) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.used+size > maxListBytes-r.less {
		return false
	}
	r.used += size
	return true
}

func (r *budget) give(size int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.used -= size
}
