package demandflow

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A countRequest is a query for the number of a tenant's objects, sent once in the life of a client if it succeeds.
type countRequest struct {
	*sharedRequest
	done chan struct{} // closed when it has ended
}

func (c *Client) startCount(ctx context.Context) *countRequest {
	count := &countRequest{sharedRequest: newSharedRequest(ctx), done: make(chan struct{})}
	go c.runCount(count)
	return count
}

func (c *Client) runCount(count *countRequest) {
	sizes := map[string]int64{} // without those that are not known
	defer count.stop()
	defer func() {
		c.recovered(count.ctx, recover())
		c.sharing.counted(count, sizes)
		close(count.done)
	}()
	var lines []QueryLine
	for _, of := range entity.All() {
		lines = append(lines, QueryLine{Entity: of.Code, CountOnly: true})
	}
	for item, err := range c.queryAll(count.ctx, lines) {
		switch {
		case err != nil: // of one line, or of all that follow; what is not counted is not listed
			c.log(count.ctx, "Objects cannot be counted, they are read one by one", map[string]any{"error": err.Error()})
		case item.Type == metaCount:
			sizes[item.Entity] = item.Count
		}
	}
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

// list reads all objects of some entities into their caches.
func (c *Client) list(list *sharedRequest, caches []*listCache) {
	left := map[string]*listCache{}
	var lines []QueryLine
	var names []string
	for _, cache := range caches {
		left[cache.of.Code] = cache
		lines = append(lines, QueryLine{Entity: cache.of.Code})
		names = append(names, cache.of.Code)
	}
	defer list.stop()
	defer func() { // also after a panic: others wait for each of the caches
		if c.recovered(list.ctx, recover()) {
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
	}()
	broken := func(err error, of ...string) {
		c.log(list.ctx, "A list that was to answer many reads failed, they are sent one by one",
			map[string]any{"entities": of, "error": err.Error()})
		for _, code := range of {
			delete(left, code)
		}
	}
	c.log(list.ctx, "One list answers many reads", map[string]any{"entities": names})
	request, err := c.queryCall(lines)
	if err != nil {
		broken(err, names...)
		return
	}
	request.decodeItem = c.partialItem()
	for item, err := range c.queryItems(list.ctx, request, lines) {
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

// recovered reports whether the program itself failed, and logs where. The requests that others wait for are then sent
// one by one. The value of the panic is not shown: it may hold a field's value.
func (c *Client) recovered(ctx context.Context, fault any) bool {
	if fault == nil {
		return false
	}
	c.log(ctx, "A request for many ended in a fault of the provider; please report it",
		map[string]any{"fault": fmt.Sprintf("%T", fault), "stack": string(debug.Stack())})
	return true
}
