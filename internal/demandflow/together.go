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
	// mostKept bounds the memory of what lists have brought and nobody has asked for yet, in bytes.
	mostKept = 64 << 20
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
type together struct {
	mutex  sync.Mutex
	plans  bool             // something was refreshed
	wrote  bool             // something was written
	writes int              // under way
	sizing *sizing          // nil: not asked for yet
	sizes  map[string]int64 // objects of the tenant, by entity, as far as they were counted
	vain   bool             // a count came to nothing
	crowds map[string]*crowd
	room   room
}

// A crowd is what came in for one entity.
type crowd struct {
	asked  int    // reads and look-ups since the last write
	finds  bool   // there were look-ups
	failed bool   // a list has failed; there is no second one
	again  bool   // what was read is read again
	missed int    // how often a list had brought what it no longer had
	store  *store // what a list brings; nil: there is none
}

// storeFor is the store to ask for an object of an entity, nil where the object is to be asked for alone.
func (c *Client) storeFor(ctx context.Context, code string, why purpose) *store {
	if !measures.Together.Taken() || entity.ByCode(code) == nil {
		return nil
	}
	store, sizing := c.join(ctx, code, why)
	if sizing == nil {
		return store
	}
	if _, counted := await(ctx, sizing.venture, sizing.done); !counted {
		return nil
	}
	return c.decide(ctx, code)
}

// join adds to the crowd. It gives the store if there is one, or the count to wait for before there may be one.
func (c *Client) join(ctx context.Context, code string, why purpose) (*store, *sizing) {
	t := &c.together
	t.mutex.Lock()
	defer t.mutex.Unlock()
	crowd := t.crowd(code)
	t.plans = t.plans || why == toRefresh
	crowd.finds = crowd.finds || why == toFind
	if t.writes > 0 || why != toRefresh && !t.plansOnly() {
		return nil, nil
	}
	if crowd.store != nil && crowd.store.older(freshFor) {
		crowd.disperse()
	}
	crowd.asked++
	switch {
	case crowd.store != nil:
		if crowd.finds {
			crowd.store.keepAll()
		}
		return crowd.store, nil
	case crowd.failed || crowd.asked <= askedSingly:
		return nil, nil
	case t.sizing == nil:
		t.sizing = c.startSizing(ctx)
	}
	return nil, t.sizing
}

// planning reports whether this is a plan for certain.
func (t *together) planning() bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.plansOnly()
}

func (t *together) plansOnly() bool { return t.plans && !t.wrote }

// decide begins a list if it is worth it by now.
func (c *Client) decide(ctx context.Context, code string) *store {
	t := &c.together
	t.mutex.Lock()
	defer t.mutex.Unlock()
	crowd := t.crowd(code)
	if crowd.store == nil && t.worth(code) {
		c.startList(ctx)
	}
	return crowd.store
}

// worth says whether a list of an entity costs no more than what was asked for so far.
func (t *together) worth(code string) bool {
	crowd := t.crowd(code)
	size, known := t.sizes[code]
	return known && t.writes == 0 && crowd.asked > 0 && !crowd.failed && size <= int64(crowd.asked)*objectsPerRequest
}

// startList begins one query for all entities for which a list is worth it.
func (c *Client) startList(ctx context.Context) {
	t := &c.together
	list := newVenture(ctx)
	var stores []*store
	for _, of := range entity.All() {
		if crowd := t.crowd(of.Code); crowd.store == nil && t.worth(of.Code) {
			crowd.store = newStore(c, of, list, crowd.finds || crowd.again)
			stores = append(stores, crowd.store)
		}
	}
	go c.list(list, stores)
}

func (t *together) crowd(code string) *crowd {
	if t.crowds == nil {
		t.crowds = map[string]*crowd{}
	}
	if t.crowds[code] == nil {
		t.crowds[code] = &crowd{}
	}
	return t.crowds[code]
}

// disperse does away with what was read. Who waits for it has asked before, and may have it.
func (w *crowd) disperse() {
	if w.store != nil {
		w.store.drop()
	}
	w.store, w.asked, w.missed = nil, 0, 0
}

// writing is called when a write begins; what it returns, when the write has ended.
func (t *together) writing() (ended func()) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.wrote = true
	t.writes++
	for _, of := range entity.All() {
		t.crowd(of.Code).disperse()
	}
	return func() {
		t.mutex.Lock()
		defer t.mutex.Unlock()
		t.writes--
	}
}

// counted takes what a count has found. One that was called off is asked for anew when somebody needs it, and so, once,
// is one that found nothing.
func (t *together) counted(s *sizing, sizes map[string]int64) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	switch {
	case s.ctx.Err() != nil:
		t.sizing = nil
	case len(sizes) > 0:
		t.sizes = sizes
	case !t.vain:
		t.sizing, t.vain = nil, true
	}
}

// ended says how the list of a store came out. Of a store that a write has done away with it says nothing.
func (t *together) ended(s *store, whole bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	crowd := t.crowd(s.of.Code)
	switch {
	case crowd.store != s:
	case whole:
		t.sizes[s.of.Code] = s.brought()
	case s.list.ctx.Err() != nil: // it was called off, and nobody waits; who comes later may have another
		crowd.disperse()
	default:
		crowd.failed = true
	}
}

// another says whether a store is worth asking that takes the place of one which no longer has what it had brought: the
// same is read more than once, by a resource and a data source for instance. What was asked in vain pays for a new list
// as single reads do, and what that brings stays.
func (t *together) another(s *store) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	crowd := t.crowd(s.of.Code)
	if crowd.store != s {
		return crowd.store != nil
	}
	crowd.missed++
	asked := crowd.missed
	if t.sizes[s.of.Code] > int64(asked)*objectsPerRequest {
		return false
	}
	crowd.disperse()
	crowd.again, crowd.asked = true, max(asked, askedSingly)
	return true
}
