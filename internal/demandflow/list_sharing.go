package demandflow

import (
	"context"
	"sync"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/measures"
)

// When reads of many objects are answered by one list. The first few of an entity are asked one by one. Then a query
// counts the tenant's objects, and a list is read as soon as it costs no more than the requests so far: so in the worst
// case, that the list was not worth it, twice of what was needed is spent ("ski rental"). Ten objects of a hundred
// thousand are never listed for; a thousand of a thousand are listed at once.
const (
	// askedSingly is how many reads of an entity are sent before anything else is thought of: a plan of two images needs
	// no list.
	askedSingly = 2
	// objectsPerRequest is how many objects of a list cost as much as one request. A request takes some 20 ms there and
	// back, an object of a list some 40 µs, half of it for its two kilobytes on the way and half for decoding them.
	objectsPerRequest = 500
	// freshFor is how long a list answers. A plan refreshes all that it has at its beginning.
	freshFor = 5 * time.Minute
	// maxListBytes bounds the memory of what lists have brought and nobody has asked for yet, in bytes.
	maxListBytes = 64 << 20
)

// A purpose says what an object is read for.
type purpose int

const (
	toRefresh purpose = iota // by id, and most objects once in a run
	toLookUp                 // by id, and many look-ups may find the same
	toFind                   // by natural key, as toLookUp
)

// together is what one client knows of its reads. Nothing of it outlives the client, and no two clients share any.
//
// A write of this client does away with all lists, because what is derived moves in other objects than the written one
// too; and none begins while a write is under way. So who asks after a write has ended never hears of what was before
// it.
//
// In an apply a look-up may wait for something that was done outside of this client, so that a list from before must
// not answer it. What Terraform asks of a provider does not say whether it plans or applies. But only plans refresh,
// and each plan and each apply has a client of its own: so look-ups share lists where something was refreshed and
// nothing was written, and are sent one by one elsewhere.
type listSharing struct {
	mutex   sync.Mutex
	plans   bool             // something was refreshed
	wrote   bool             // something was written
	writes  int              // under way
	count   *countRequest    // nil: not asked for yet
	sizes   map[string]int64 // objects of the tenant, by entity, as far as they were counted
	vain    bool             // a count came to nothing
	demands map[string]*demand
	budget  budget
}

// A demand is what came in for one entity.
type demand struct {
	asked  int        // reads and look-ups since the last write
	finds  bool       // there were look-ups
	failed bool       // a list has failed; there is no second one
	again  bool       // what was read is read again
	missed int        // how often a list had brought what it no longer had
	cache  *listCache // what a list brings; nil: there is none
}

// listCacheFor is the cache to ask for an object of an entity, nil where the object is to be asked for alone.
func (c *Client) listCacheFor(ctx context.Context, code string, why purpose) *listCache {
	if !measures.Together.Taken() || entity.ByCode(code) == nil {
		return nil
	}
	cache, countRequest := c.join(ctx, code, why)
	if countRequest == nil {
		return cache
	}
	if _, counted := await(ctx, countRequest.sharedRequest, countRequest.done); !counted {
		return nil
	}
	return c.decide(ctx, code)
}

// join adds to the demand. It gives the cache if there is one, or the count to wait for before there may be one.
func (c *Client) join(ctx context.Context, code string, why purpose) (*listCache, *countRequest) {
	t := &c.sharing
	t.mutex.Lock()
	defer t.mutex.Unlock()
	demand := t.demandFor(code)
	t.plans = t.plans || why == toRefresh
	demand.finds = demand.finds || why == toFind
	if t.writes > 0 || why != toRefresh && !t.plansOnly() {
		return nil, nil
	}
	if demand.cache != nil && demand.cache.older(freshFor) {
		demand.reset()
	}
	demand.asked++
	switch {
	case demand.cache != nil:
		if demand.finds {
			demand.cache.keepAll()
		}
		return demand.cache, nil
	case demand.failed || demand.asked <= askedSingly:
		return nil, nil
	case t.count == nil:
		t.count = c.startCount(ctx)
	}
	return nil, t.count
}

// planning reports whether this is a plan for certain.
func (t *listSharing) planning() bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.plansOnly()
}

func (t *listSharing) plansOnly() bool { return t.plans && !t.wrote }

// decide begins a list if it is worth it by now.
func (c *Client) decide(ctx context.Context, code string) *listCache {
	t := &c.sharing
	t.mutex.Lock()
	defer t.mutex.Unlock()
	demand := t.demandFor(code)
	if demand.cache == nil && t.worth(code) {
		c.startList(ctx)
	}
	return demand.cache
}

// worth says whether a list of an entity costs no more than what was asked for so far.
func (t *listSharing) worth(code string) bool {
	demand := t.demandFor(code)
	size, known := t.sizes[code]
	return known && t.writes == 0 && demand.asked > 0 && !demand.failed && size <= int64(demand.asked)*objectsPerRequest
}

// startList begins one query for all entities for which a list is worth it.
func (c *Client) startList(ctx context.Context) {
	t := &c.sharing
	list := newSharedRequest(ctx)
	var caches []*listCache
	for _, of := range entity.All() {
		if demand := t.demandFor(of.Code); demand.cache == nil && t.worth(of.Code) {
			demand.cache = newListCache(c, of, list, demand.finds || demand.again)
			caches = append(caches, demand.cache)
		}
	}
	go c.list(list, caches)
}

func (t *listSharing) demandFor(code string) *demand {
	if t.demands == nil {
		t.demands = map[string]*demand{}
	}
	if t.demands[code] == nil {
		t.demands[code] = &demand{}
	}
	return t.demands[code]
}

// reset does away with what was read. Who waits for it has asked before, and may have it.
func (w *demand) reset() {
	if w.cache != nil {
		w.cache.drop()
	}
	w.cache, w.asked, w.missed = nil, 0, 0
}

// writing is called when a write begins; what it returns, when the write has ended.
func (t *listSharing) writing() (ended func()) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.wrote = true
	t.writes++
	for _, of := range entity.All() {
		t.demandFor(of.Code).reset()
	}
	return func() {
		t.mutex.Lock()
		defer t.mutex.Unlock()
		t.writes--
	}
}

// counted takes what a count has found. One that was called off is asked for anew when somebody needs it, and so, once,
// is one that found nothing.
func (t *listSharing) counted(s *countRequest, sizes map[string]int64) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	switch {
	case s.ctx.Err() != nil:
		t.count = nil
	case len(sizes) > 0:
		t.sizes = sizes
	case !t.vain:
		t.count, t.vain = nil, true
	}
}

// ended says how the list of a cache came out. Of a cache that a write has done away with it says nothing.
func (t *listSharing) ended(s *listCache, whole bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	demand := t.demandFor(s.of.Code)
	switch {
	case demand.cache != s:
	case whole:
		t.sizes[s.of.Code] = s.brought()
	case s.list.ctx.Err() != nil: // it was called off, and nobody waits; who comes later may have another
		demand.reset()
	default:
		demand.failed = true
	}
}

// another says whether a cache is worth asking that takes the place of one which no longer has what it had brought: the
// same is read more than once, by a resource and a data source for instance. What was asked in vain pays for a new list
// as single reads do, and what that brings stays.
func (t *listSharing) another(s *listCache) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	demand := t.demandFor(s.of.Code)
	if demand.cache != s {
		return demand.cache != nil
	}
	demand.missed++
	asked := demand.missed
	if t.sizes[s.of.Code] > int64(asked)*objectsPerRequest {
		return false
	}
	demand.reset()
	demand.again, demand.asked = true, max(asked, askedSingly)
	return true
}
