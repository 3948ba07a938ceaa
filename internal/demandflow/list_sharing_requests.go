package demandflow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// startCount asks for the number of a tenant's objects: once in the life of a client, if it succeeds.
func (c *Client) startCount(ctx context.Context) *sharedRequest {
	count, sizes := newSharedRequest(ctx), map[string]int64{} // without those that are not known
	var lines []QueryLine
	for _, of := range entity.All() {
		lines = append(lines, QueryLine{Entity: of.Code, CountOnly: true})
	}
	go count.send(c, func(ctx context.Context) {
		for item, err := range c.queryAll(ctx, lines) {
			switch {
			case err != nil: // of one line, or of all that follow; what is not counted is not listed
				c.log(ctx, "Objects cannot be counted, they are read one by one", map[string]any{"error": err.Error()})
			case item.Type == metaCount:
				sizes[item.Entity] = item.Count
			}
		}
	}, func(bool) { c.sharing.counted(count, sizes) })
	return count
}

// count returns how many objects of the tables the tenant has, as far as the token may know. The count of this run
// serves, if there was one.
func (c *Client) count(ctx context.Context) (total int64, err error) {
	t := &c.sharing
	t.mutex.Lock()
	if t.count == nil {
		t.count = c.startCount(ctx)
	}
	count := t.count
	t.mutex.Unlock()
	if !count.await(ctx, count.done) {
		return 0, ctx.Err()
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if len(t.sizes) == 0 {
		return 0, errors.New("nothing was counted")
	}
	for _, size := range t.sizes {
		total += size
	}
	return total, nil
}

// startList begins one query for all objects of the entities for which a list is worth it.
func (c *Client) startList(ctx context.Context) {
	list := newSharedRequest(ctx)
	left := map[string]*listCache{} // those whose list has not failed
	var caches []*listCache
	var lines []QueryLine
	var names []string
	for _, of := range entity.All() {
		if demand := c.sharing.demands[of.Code]; demand.cache == nil && c.sharing.worth(of.Code) {
			demand.cache = newListCache(c, of, list)
			left[of.Code] = demand.cache
			caches = append(caches, demand.cache)
			lines = append(lines, QueryLine{Entity: of.Code})
			names = append(names, of.Code)
		}
	}
	go list.send(c, func(ctx context.Context) { c.list(ctx, lines, names, left) }, func(faulty bool) {
		if faulty {
			clear(left)
		}
		for _, cache := range caches {
			regular := left[cache.of.Code] == cache
			c.sharing.listed(cache, regular)
			if regular {
				c.naturalKeys.listed(cache.of.Code)
			}
			cache.end(regular)
		}
	})
}

// list sends the query of a list, and takes out of left what fails.
func (c *Client) list(ctx context.Context, lines []QueryLine, names []string, left map[string]*listCache) {
	broken := func(err error, of ...string) {
		c.log(ctx, "A list that was to answer many reads failed, they are sent one by one",
			map[string]any{"entities": of, "error": err.Error()})
		for _, code := range of {
			delete(left, code)
		}
	}
	c.log(ctx, "One list answers many reads", map[string]any{"entities": names})
	request, err := c.queryCall(lines)
	if err != nil {
		broken(err, names...)
		return
	}
	request.decodeItem = c.partialItem()
	for item, err := range c.queryItems(ctx, request, lines) {
		if len(left) == 0 {
			break // the rest is of no use
		}
		if failed, ok := errors.AsType[*itemError](err); ok && left[failed.entity] != nil {
			broken(err, failed.entity)
			continue
		}
		if err != nil {
			broken(err, names...)
			continue
		}
		switch cache := left[item.Entity]; {
		case item.Object == nil: // what the query says of itself
		case cache != nil:
			cache.add(listItem{item.Object, item.raw})
		case !slices.Contains(names, item.Entity):
			broken(fmt.Errorf("it has an object of another entity (%q)", item.Entity), names...)
		}
	}
}
