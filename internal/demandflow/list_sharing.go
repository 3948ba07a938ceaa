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
	// askedSingly is how many reads of an entity are always sent: a plan of two images needs no list.
	askedSingly = 2
	// objectsPerRequest is how many objects of a list cost as much as one request. A request takes some 20 ms there and
	// back, an object of a list some 40 µs, half of it for its two kilobytes on the way and half for decoding them.
	objectsPerRequest = 500
	// freshFor is how long a list answers. A plan refreshes all that it has at its beginning.
	freshFor = 5 * time.Minute
)

// A purpose is what an object is read for.
type purpose int

const (
	toRefresh purpose = iota // by id, once in a run
	toLookUp                 // by id or natural key; many look-ups may find the same
)

// A listSharing decides which reads of one client are answered by lists. Nothing of it outlives the client, and no two
// clients share any.
//
// A write of this client drops all lists, because derived fields move in other objects than the written one too; and
// none begins while a write is under way. So no read that begins after a write has ended is answered with what was
// before it.
//
// In an apply a look-up may wait for something that was done outside of this client, so that a list from before must
// not answer it. Terraform does not tell a provider whether it plans or applies. But only plans refresh, and each plan
// and each apply has a client of its own: so look-ups share lists where something was refreshed and nothing was
// written, and are sent one by one elsewhere.
type listSharing struct {
	mutex     sync.Mutex
	refreshed bool               // something was refreshed
	wrote     bool               // something was written
	writes    int                // under way
	count     *sharedRequest     // nil: not sent yet
	sizes     map[string]int64   // objects of the tenant, by entity, as far as they were counted
	recounted bool               // a count has brought nothing, and the next one is the last
	demands   map[string]*demand // by entity, for all of the tables
	budget    budget
}

// A demand is what was asked for of one entity.
type demand struct {
	asked  int        // reads and look-ups since the last write
	failed bool       // a list has failed; there is no second one
	cache  *listCache // of the list; nil: there is none
}

// listCacheFor returns the cache to ask for an object of an entity, nil where the object is to be asked for alone.
func (c *Client) listCacheFor(ctx context.Context, code string, why purpose) *listCache {
	if !measures.ListSharing.Taken() || entity.ByCode(code) == nil {
		return nil
	}
	cache, count := c.joinDemand(ctx, code, why)
	if count == nil {
		return cache
	}
	if !count.await(ctx, count.done) {
		return nil
	}
	return c.listIfWorthIt(ctx, code)
}

// joinDemand adds to the demand. It returns the cache if there is one, or the count to wait for before there may be
// one.
func (c *Client) joinDemand(ctx context.Context, code string, why purpose) (*listCache, *sharedRequest) {
	t := &c.sharing
	t.mutex.Lock()
	defer t.mutex.Unlock()
	demand := t.demands[code]
	t.refreshed = t.refreshed || why == toRefresh
	if t.writes > 0 || why != toRefresh && !t.isPlan() {
		return nil, nil
	}
	if demand.cache != nil && demand.cache.isOlder(freshFor) {
		demand.reset()
	}
	demand.asked++
	switch {
	case demand.cache != nil:
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
	return t.isPlan()
}

func (t *listSharing) isPlan() bool { return t.refreshed && !t.wrote }

// listIfWorthIt begins a list if it is worth it by now, and returns its cache.
func (c *Client) listIfWorthIt(ctx context.Context, code string) *listCache {
	t := &c.sharing
	t.mutex.Lock()
	defer t.mutex.Unlock()
	demand := t.demands[code]
	if demand.cache == nil && t.worth(code) {
		c.startList(ctx)
	}
	return demand.cache
}

// worth reports whether a list of an entity costs no more than what was asked for so far.
func (t *listSharing) worth(code string) bool {
	demand := t.demands[code]
	size, known := t.sizes[code]
	return known && t.writes == 0 && demand.asked > 0 && !demand.failed && size <= int64(demand.asked)*objectsPerRequest
}

// reset drops the list. Reads that wait for it are still answered by it: they began before.
func (d *demand) reset() {
	if d.cache != nil {
		d.cache.drop()
	}
	d.cache, d.asked = nil, 0
}

// writing is called when a write begins; what it returns, when the write has ended.
func (t *listSharing) writing() (ended func()) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.wrote = true
	t.writes++
	for _, of := range entity.All() {
		t.demands[of.Code].reset()
	}
	return func() {
		t.mutex.Lock()
		defer t.mutex.Unlock()
		t.writes--
	}
}

// counted takes the result of a count. A count that was cancelled is sent anew when it is needed, and so, once, is
// one that brought nothing.
func (t *listSharing) counted(count *sharedRequest, sizes map[string]int64) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	switch {
	case count.ctx.Err() != nil:
		t.count = nil
	case len(sizes) > 0:
		t.sizes = sizes
	case !t.recounted:
		t.count, t.recounted = nil, true
	}
}

// listed takes the result of a list. That of a list which a write has dropped does not count.
func (t *listSharing) listed(cache *listCache, regular bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	demand := t.demands[cache.of.Code]
	switch {
	case demand.cache != cache:
	case regular:
		t.sizes[cache.of.Code] = cache.arrived
	case cache.list.ctx.Err() != nil: // it was cancelled; the next read may begin another
		demand.reset()
	default:
		demand.failed = true
	}
}
