package demandflow

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A countRequest is a query for the number of a tenant's objects, asked once in the life of a client if it comes out.
type countRequest struct {
	*sharedRequest
	done chan struct{} // closed when it has come out
}

func (c *Client) startCount(ctx context.Context) *countRequest {
	countRequest := &countRequest{sharedRequest: newSharedRequest(ctx), done: make(chan struct{})}
	go c.runCount(countRequest)
	return countRequest
}

func (c *Client) runCount(countRequest *countRequest) {
	sizes := map[string]int64{} // one that is not known is not in it
	defer countRequest.stop()
	defer func() {
		c.recovered(countRequest.ctx, recover())
		c.sharing.counted(countRequest, sizes)
		close(countRequest.done)
	}()
	var lines []QueryLine
	for _, of := range entity.All() {
		lines = append(lines, QueryLine{Entity: of.Code, CountOnly: true})
	}
	for item, err := range c.queryAll(countRequest.ctx, lines) {
		switch {
		case err != nil: // of one line, or of all that follow; what is not counted is not listed
			c.log(countRequest.ctx, "Objects cannot be counted, they are read one by one", map[string]any{"error": err.Error()})
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
	countRequest := t.count
	t.mutex.Unlock()
	if _, counted := await(ctx, countRequest.sharedRequest, countRequest.done); !counted {
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
	for _, s := range caches {
		left[s.of.Code] = s
		lines = append(lines, QueryLine{Entity: s.of.Code})
		names = append(names, s.of.Code)
	}
	defer list.stop()
	defer func() { // also after a panic: somebody waits for each of them
		if c.recovered(list.ctx, recover()) {
			clear(left)
		}
		for _, s := range caches {
			whole := left[s.of.Code] == s
			c.sharing.ended(s, whole)
			if whole {
				c.namesakes.listed(s.of.Code)
			}
			s.end(whole)
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
	for item, err := range c.queryAll(list.ctx, lines) {
		if len(left) == 0 {
			break // nobody can use the rest
		}
		if failed, ok := errors.AsType[*itemError](err); ok && left[failed.entity] != nil {
			broken(err, failed.entity)
			continue
		}
		if err != nil {
			broken(err, names...)
			continue
		}
		switch s := left[item.Entity]; {
		case item.Object == nil: // what the query says of itself
		case s != nil:
			s.add(item.Object)
		case !slices.Contains(names, item.Entity):
			broken(fmt.Errorf("it has an object of another entity (%q)", item.Entity), names...)
		}
	}
}

// recovered says whether something went wrong in this program, and where. What the requests were for is then asked for
// one by one. The fault itself is not shown: it may have a value in it.
func (c *Client) recovered(ctx context.Context, fault any) bool {
	if fault == nil {
		return false
	}
	c.log(ctx, "A request for many ended in a fault of the provider; please report it",
		map[string]any{"fault": fmt.Sprintf("%T", fault), "stack": string(debug.Stack())})
	return true
}
