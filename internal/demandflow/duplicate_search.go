package demandflow

import (
	"context"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// keysPerRequest is how many objects of a list of keys cost as much as one request. Such an object has some two hundred
// bytes, a tenth of a whole one.
const keysPerRequest = 10 * objectsPerRequest

// A duplicateSearch is the search for duplicates among the objects of one entity. All creates of a plan share its
// requests: those that come while one is under way wait for the next, which is for all of them. It looks for their keys
// alone, until a list of all keys costs no more than the requests so far; that list answers every create after it.
type duplicateSearch struct {
	asked    int   // creates
	size     int64 // of the tenant, where it is sized
	sized    bool
	all      bool // every object's key is known
	failed   bool // a request has failed; there is no other one
	underWay bool
	next     *duplicateBatch // the request after the one that is under way; nil: none is wanted
}

// A duplicateBatch is what one request looks for.
type duplicateBatch struct {
	*sharedRequest
	filters []Filter
	done    chan struct{}
}

// Duplicates returns the objects of the tenant that have the natural key of these fields, by id. DemandFlow is asked, a
// handful of times for any number of creates; not after a write, because an apply plans each create once more. Where
// DemandFlow refuses, and where the caller's time is over, they are those that some answer has shown anyway. None is no
// proof that there is none.
func (c *Client) Duplicates(ctx context.Context, of *entity.Entity, fields Object) []Duplicate {
	key := keyText(of, fields)
	if key == "" {
		return nil
	}
	if batch := c.joinDuplicates(ctx, of, fields); batch != nil {
		batch.await(ctx, batch.done)
	}
	return c.duplicatesOf(key)
}

// joinDuplicates adds a key to the next request, and sees to it that there is one; nil where nothing is asked for.
func (c *Client) joinDuplicates(ctx context.Context, of *entity.Entity, fields Object) *duplicateBatch {
	n := &c.naturalKeys
	n.mutex.Lock()
	defer n.mutex.Unlock()
	a := n.searches[of.Code]
	if n.written || a.all || a.failed {
		return nil
	}
	a.asked++
	if a.next == nil {
		a.next = &duplicateBatch{sharedRequest: newSharedRequest(ctx), done: make(chan struct{})}
	}
	batch, first := a.next, writtenKey(of).Fields[0]
	if filter := (Filter{Field: first, Term: fields.Text(first)}); !slices.Contains(batch.filters, filter) {
		batch.filters = append(batch.filters, filter)
	}
	if !a.underWay {
		a.underWay = true
		go c.searchDuplicates(of)
	}
	return batch
}

// searchDuplicates sends one request after the other, until no next one is wanted.
func (c *Client) searchDuplicates(of *entity.Entity) {
	n := &c.naturalKeys
	for {
		n.mutex.Lock()
		a := n.searches[of.Code]
		batch := a.next
		a.next, a.underWay = nil, batch != nil
		lines := a.lines(of, batch)
		n.mutex.Unlock()
		if batch == nil {
			return
		}
		c.searchDuplicatesOnce(of, batch, lines)
	}
}

// lines returns the lines of the next request: a list of all keys, or one for each key and, where it is not known, the
// number of objects.
func (a *duplicateSearch) lines(of *entity.Entity, batch *duplicateBatch) []QueryLine {
	if batch == nil || a.failed || a.all {
		return nil
	}
	if a.sized && a.size <= maxNaturalKeys && a.size <= int64(a.asked)*keysPerRequest {
		return []QueryLine{{Entity: of.Code, Load: keyFields(of)}}
	}
	var lines []QueryLine
	for _, filter := range batch.filters {
		lines = append(lines, QueryLine{Entity: of.Code, Load: keyFields(of), Filter: &filter})
	}
	if !a.sized {
		lines = append(lines, QueryLine{Entity: of.Code, CountOnly: true})
	}
	return lines
}

// searchDuplicatesOnce sends a request and releases the creates that wait for it, also after a panic. What it brings is
// observed as it comes.
func (c *Client) searchDuplicatesOnce(of *entity.Entity, batch *duplicateBatch, lines []QueryLine) {
	var failure error
	size, sized := int64(0), false
	defer batch.stop()
	defer close(batch.done)
	defer func() {
		faulty := c.recovered(batch.ctx, recover())
		n := &c.naturalKeys
		n.mutex.Lock()
		defer n.mutex.Unlock()
		a := n.searches[of.Code]
		switch {
		case faulty, failure != nil && batch.ctx.Err() == nil: // a request that was cancelled proves nothing
			a.failed = true
		case failure == nil && len(lines) == 1 && lines[0].Filter == nil:
			a.all = !n.full
			a.failed = n.full
		}
		if sized {
			a.size, a.sized = size, true
		}
	}()
	if len(lines) == 0 {
		return
	}
	for item, err := range c.queryAll(batch.ctx, lines) {
		switch {
		case err != nil: // of one line, or of all that follow
			failure = err
			c.log(batch.ctx, "Objects of the same name cannot be looked for, and nobody is warned of them",
				map[string]any{"entity": of.Code, "error": err.Error()})
		case item.Type == metaCount:
			size, sized = item.Count, true
		}
	}
}

// listed takes note that a list of all objects of an entity came to its regular end, with the fields that make a key.
func (n *naturalKeys) listed(code string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if !n.full {
		n.searches[code].all = true
	}
}

// writing takes note that this client writes.
func (n *naturalKeys) writing() {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.written = true
}

// shown reports whether an answer has shown an object of an entity, and whether this client has written.
func (n *naturalKeys) shown(entityCode, id string) (known, written bool) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return strings.HasPrefix(n.known[id].key, entityCode+"\x00"), n.written
}
