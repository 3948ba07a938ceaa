package demandflow

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Before an object counts as gone, a query must not list it: a gateway or a replica that has lost the objects answers
// every read by id with a 404 as DemandFlow writes it. The same query shows of which tenant it is answered, now: what
// was read before the 404 may have been another server's. All callers share the requests. A complete list of a refresh
// that has objects makes the request unnecessary.

// missing are the objects that were found to be gone in this run, and what queries say of those that may be.
type missing struct {
	requests batches[objectID]
	mutex    sync.Mutex
	ids      map[string]bool
	found    map[objectID]lookedFor
}

// add records an object and returns how many are missing by now.
func (m *missing) add(id string) int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.ids[id] = true
	return len(m.ids)
}

// lookedFor is what a query says of an object.
type lookedFor struct {
	err   error    // nil: it does not list the object; errListed: it does; else why that is not known
	shown []string // the subscriptions of the objects that it lists
}

// An objectID is an entity's code and the id of an object.
type objectID struct{ entity, id string }

var errListed = errors.New("a query lists the object")

// lookForMissing asks whether a query lists an object that is not found by its id (errListed), and of which
// subscriptions the objects are that it lists.
func (c *Client) lookForMissing(ctx context.Context, entityCode, id string) (shown []string, err error) {
	if subscription, lacks := c.sharing.lacks(entityCode, id); lacks {
		return []string{subscription}, nil
	}
	object := objectID{entityCode, id}
	if found, known := c.missing.get(object); known && found.err == nil {
		return found.shown, nil
	}
	if !c.missing.requests.await(ctx, object, c.sendForMissing) {
		return nil, ctx.Err()
	}
	found, _ := c.missing.get(object)
	return found.shown, found.err
}

func (m *missing) get(object objectID) (found lookedFor, known bool) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	found, known = m.found[object]
	return found, known
}

// sendForMissing sends a request. A list may lag behind a delete: what is listed is asked for again.
func (c *Client) sendForMissing(batch *batch[objectID]) {
	lines, shown := exampleLines(), []string(nil)
	for _, object := range batch.wanted {
		lines = append(lines, QueryLine{Entity: object.entity, Load: []string{"id", subscriptionField},
			Filter: &Filter{Field: "id", Term: object.id}})
	}
	found := map[objectID]error{}
	mark := func(err error, is func(objectID) bool) (hit bool) {
		for _, object := range batch.wanted {
			if is(object) && !errors.Is(found[object], errListed) {
				found[object], hit = err, true
			}
		}
		return hit
	}
	all := func(objectID) bool { return true }
	batch.send(c, func(ctx context.Context) {
		err := c.untilCurrent(ctx, func() (again int, err error) {
			clear(found)
			shown = nil
			for item, err := range c.queryAll(ctx, lines) {
				switch failed, ok := errors.AsType[*itemError](err); {
				case ok && failed.entity != "":
					mark(err, func(object objectID) bool { return object.entity == failed.entity })
				case err != nil:
					mark(err, all)
				case item.Object != nil: // a filter is wider than equality
					shown = union(shown, item.Object.Text(subscriptionField))
					if mark(errListed, func(object objectID) bool {
						return object.entity == cmp.Or(item.Entity, object.entity) && strings.EqualFold(object.id, item.Object.ID())
					}) {
						again = oldWaits
					}
				}
			}
			return again, nil
		})
		if err != nil {
			mark(err, all)
		}
	}, func(faulty bool) {
		if faulty {
			mark(errors.New("the query ended in a fault of the provider"), all)
		}
		c.missing.mutex.Lock()
		defer c.missing.mutex.Unlock()
		for _, object := range batch.wanted {
			c.missing.found[object] = lookedFor{found[object], shown}
		}
	})
}

// lacks reports whether a list of all objects of an entity is complete and does not have an object, and of which
// subscription the others are. A list that does not show that proves nothing.
func (s *listSharing) lacks(entityCode, id string) (subscription string, lacks bool) {
	if entity.ByCode(entityCode) == nil {
		return "", false
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	cache := s.demands[entityCode].cache
	if cache == nil || cache.isOlder(freshFor) {
		return "", false
	}
	cache.mutex.Lock()
	defer cache.mutex.Unlock()
	_, came := cache.objects[id]
	return cache.subscription, cache.complete && !came && cache.subscription != ""
}
