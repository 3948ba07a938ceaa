package demandflow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Before an object counts as gone, a query must not list it: a gateway or a replica that has lost the objects answers
// every read by id with a 404 as DemandFlow writes it. All callers share the requests: those that come while one is
// under way wait for the next, which is for all of them. A complete list of a refresh makes the request unnecessary.

// missing are the objects that were found to be gone in this run, and how far those were looked for that may be.
type missing struct {
	mutex    sync.Mutex
	ids      map[string]bool
	unlisted map[string]bool // no query lists them, by id
	underWay bool
	next     *missingBatch // the request after the one that is under way; nil: none is wanted
}

// A missingBatch is what one request looks for.
type missingBatch struct {
	*sharedRequest
	lines []QueryLine
	done  chan struct{}

	listed   map[string]bool  // by id
	failures map[string]error // by entity
}

// isListed reports whether a query lists an object that is not found by its id.
func (c *Client) isListed(ctx context.Context, entityCode, id string) (bool, error) {
	if c.sharing.lacks(entityCode, id) {
		return false, nil
	}
	batch := c.joinMissing(ctx, entityCode, id)
	if batch == nil {
		return false, nil
	}
	if !batch.await(ctx, batch.done) {
		return false, ctx.Err()
	}
	return batch.listed[strings.ToLower(id)], batch.failures[entityCode]
}

// joinMissing adds an object to the next request, and starts it if none is under way. It returns nil where the object
// is known not to be listed.
func (c *Client) joinMissing(ctx context.Context, entityCode, id string) *missingBatch {
	m := &c.missing
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.unlisted[id] {
		return nil
	}
	if m.next == nil {
		m.next = &missingBatch{sharedRequest: newSharedRequest(ctx), done: make(chan struct{})}
	}
	batch := m.next
	batch.lines = append(batch.lines, QueryLine{Entity: entityCode, Load: []string{"id"},
		Filter: &Filter{Field: "id", Term: id}})
	if !m.underWay {
		m.underWay = true
		go c.askForMissing()
	}
	return batch
}

// askForMissing sends one request after the other, until no caller waits for the next.
func (c *Client) askForMissing() {
	m := &c.missing
	for {
		m.mutex.Lock()
		batch := m.next
		m.next, m.underWay = nil, batch != nil
		m.mutex.Unlock()
		if batch == nil {
			return
		}
		c.askForMissingOnce(batch)
	}
}

// askForMissingOnce sends a request and releases the callers that wait for it, also after a panic. A list may lag
// behind a delete: what is listed is asked for again.
func (c *Client) askForMissingOnce(batch *missingBatch) {
	defer batch.stop()
	defer close(batch.done)
	defer func() {
		if c.recovered(batch.ctx, recover()) {
			batch.fail(errors.New("the query ended in a fault of the provider"))
		}
		m := &c.missing
		m.mutex.Lock()
		defer m.mutex.Unlock()
		if m.unlisted == nil {
			m.unlisted = map[string]bool{}
		}
		for _, line := range batch.lines {
			if id := line.Filter.Term; batch.failures[line.Entity] == nil && !batch.listed[strings.ToLower(id)] {
				m.unlisted[id] = true
			}
		}
	}()
	err := c.untilCurrent(batch.ctx, func() (again int, err error) {
		batch.listed, batch.failures = map[string]bool{}, map[string]error{}
		for item, err := range c.queryAll(batch.ctx, batch.lines) {
			switch failed, ok := errors.AsType[*itemError](err); {
			case ok && failed.entity != "":
				batch.failures[failed.entity] = err
			case err != nil:
				batch.fail(err)
			case item.Object != nil && batch.wants(item.Object.ID()): // a filter is wider than equality
				batch.listed[strings.ToLower(item.Object.ID())] = true
			}
		}
		if len(batch.listed) > 0 {
			return oldWaits, nil
		}
		return 0, nil
	})
	if err != nil {
		batch.fail(err)
	}
}

// wants reports whether an object is among those that are looked for.
func (b *missingBatch) wants(id string) bool {
	return slices.ContainsFunc(b.lines, func(line QueryLine) bool { return strings.EqualFold(line.Filter.Term, id) })
}

// fail records that the request has failed for all entities.
func (b *missingBatch) fail(err error) {
	b.failures = map[string]error{}
	for _, code := range entitiesOf(b.lines) {
		b.failures[code] = err
	}
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
