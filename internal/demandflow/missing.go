package demandflow

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Before an object counts as gone, a query must not list it: a gateway or a replica that has lost the objects answers
// every read by id with a 404 as DemandFlow writes it. All callers share the requests. A complete list of a refresh
// makes the request unnecessary.

// missing are the objects that were found to be gone in this run, and what queries say of those that may be.
type missing struct {
	requests batches[objectID]
	mutex    sync.Mutex
	ids      map[string]bool
	found    map[objectID]error // nil: no query lists the object; errListed: one does; else why that is not known
}

// An objectID is an entity's code and the id of an object.
type objectID struct{ entity, id string }

var errListed = errors.New("a query lists the object")

// isListed reports whether a query lists an object that is not found by its id.
func (c *Client) isListed(ctx context.Context, entityCode, id string) (bool, error) {
	if c.sharing.lacks(entityCode, id) {
		return false, nil
	}
	object := objectID{entityCode, id}
	if err, known := c.missing.get(object); known && err == nil {
		return false, nil
	}
	if !c.missing.requests.await(ctx, object, c.lookForMissing) {
		return false, ctx.Err()
	}
	err, _ := c.missing.get(object)
	if errors.Is(err, errListed) {
		return true, nil
	}
	return false, err
}

func (m *missing) get(object objectID) (err error, known bool) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	err, known = m.found[object]
	return err, known
}

// lookForMissing sends a request. A list may lag behind a delete: what is listed is asked for again.
func (c *Client) lookForMissing(batch *batch[objectID]) {
	var lines []QueryLine
	for _, object := range batch.wanted {
		lines = append(lines, QueryLine{Entity: object.entity, Load: []string{"id"},
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
			for item, err := range c.queryAll(ctx, lines) {
				switch failed, ok := errors.AsType[*itemError](err); {
				case ok && failed.entity != "":
					mark(err, func(object objectID) bool { return object.entity == failed.entity })
				case err != nil:
					mark(err, all)
				case item.Object != nil: // a filter is wider than equality
					if mark(errListed, func(object objectID) bool { return strings.EqualFold(object.id, item.Object.ID()) }) {
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
			c.missing.found[object] = found[object]
		}
	})
}

// lacks reports whether a list of all objects of an entity is complete and does not have an object.
func (s *listSharing) lacks(entityCode, id string) bool {
	if entity.ByCode(entityCode) == nil {
		return false
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	cache := s.demands[entityCode].cache
	if cache == nil || cache.isOlder(freshFor) {
		return false
	}
	cache.mutex.Lock()
	defer cache.mutex.Unlock()
	_, came := cache.objects[id]
	return cache.complete && !came
}
