package demandflow

import (
	"context"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// keysPerRequest is how many objects of a list of keys cost as much as one request. Such an object has some two hundred
// bytes, a tenth of a whole one.
const keysPerRequest = 10 * objectsPerRequest

// A duplicateSearch is the search for duplicates among the objects of one entity. All creates of a plan share its
// requests. It looks for their keys alone, until a list of all keys costs no more than the requests so far; that list
// answers every create after it.
type duplicateSearch struct {
	requests batches[Filter]
	asked    int   // creates
	size     int64 // of the tenant, where it is sized
	sized    bool
	all      bool // every object's key is known
	failed   bool // a request has failed; there is no other one
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
	if search := c.naturalKeys.search(of); search != nil {
		first := writtenKey(of).Fields[0]
		search.requests.await(ctx, Filter{Field: first, Term: fields.Text(first)}, func(batch *batch[Filter]) {
			c.searchDuplicates(of, search, batch)
		})
	}
	return c.duplicatesOf(key)
}

// search returns the search that a create takes part in; nil where nothing is asked for.
func (n *naturalKeys) search(of *entity.Entity) *duplicateSearch {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	search := n.searches[of.Code]
	if n.written || search.all || search.failed {
		return nil
	}
	search.asked++
	return search
}

// lines returns the lines of the next request: a list of all keys, or one for each key and, where it is not known, the
// number of objects. There are none where a request has made it unnecessary.
func (s *duplicateSearch) lines(of *entity.Entity, filters []Filter) []QueryLine {
	if s.failed || s.all {
		return nil
	}
	if s.sized && s.size <= maxNaturalKeys && s.size <= int64(s.asked)*keysPerRequest {
		return []QueryLine{{Entity: of.Code, Load: keyFields(of)}}
	}
	var lines []QueryLine
	for _, filter := range filters {
		lines = append(lines, QueryLine{Entity: of.Code, Load: keyFields(of), Filter: &filter})
	}
	if !s.sized {
		lines = append(lines, QueryLine{Entity: of.Code, CountOnly: true})
	}
	return lines
}

// searchDuplicates sends a request. What it brings is observed as it comes.
func (c *Client) searchDuplicates(of *entity.Entity, search *duplicateSearch, batch *batch[Filter]) {
	n := &c.naturalKeys
	n.mutex.Lock()
	lines := search.lines(of, batch.wanted)
	n.mutex.Unlock()
	var failure error
	size, sized := int64(0), false
	batch.send(c, func(ctx context.Context) {
		if len(lines) == 0 {
			return
		}
		for item, err := range c.queryAll(ctx, lines) {
			switch {
			case err != nil: // of one line, or of all that follow
				failure = err
				c.log(ctx, "Duplicates cannot be looked for, so that no plan warns of them",
					map[string]any{"entity": of.Code, "error": err.Error()})
			case item.Type == metaCount:
				size, sized = item.Count, true
			}
		}
	}, func(faulty bool) {
		n.mutex.Lock()
		defer n.mutex.Unlock()
		switch {
		case faulty, failure != nil && batch.ctx.Err() == nil: // a request that was cancelled proves nothing
			search.failed = true
		case failure == nil && len(lines) == 1 && lines[0].Filter == nil:
			search.all, search.failed = !n.full, n.full
		}
		if sized {
			search.size, search.sized = size, true
		}
	})
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

// HasWritten reports whether this client has written, so that an apply is under way.
func (c *Client) HasWritten() bool {
	c.naturalKeys.mutex.Lock()
	defer c.naturalKeys.mutex.Unlock()
	return c.naturalKeys.written
}
