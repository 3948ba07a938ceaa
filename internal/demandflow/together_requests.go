package demandflow

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A sizing is a query for the number of a tenant's objects, asked once in the life of a client if it comes out.
type sizing struct {
	*venture
	done chan struct{} // closed when it has come out
}

func (c *Client) startSizing(ctx context.Context) *sizing {
	sizing := &sizing{venture: newVenture(ctx), done: make(chan struct{})}
	go c.runCount(sizing)
	return sizing
}

func (c *Client) runCount(sizing *sizing) {
	sizes := map[string]int64{} // one that is not known is not in it
	defer sizing.stop()
	defer func() {
		c.survived(sizing.ctx, recover())
		c.together.counted(sizing, sizes)
		close(sizing.done)
	}()
	var lines []QueryLine
	for _, of := range entity.All() {
		lines = append(lines, QueryLine{Entity: of.Code, CountOnly: true})
	}
	for item, err := range c.queryAll(sizing.ctx, lines) {
		switch {
		case err != nil: // of one line, or of all that follow; what is not counted is not listed
			c.log(sizing.ctx, "Objects cannot be counted, they are read one by one", map[string]any{"error": err.Error()})
		case item.Type == metaCount:
			sizes[item.Entity] = item.Count
		}
	}
}

// count returns how many objects of the tables the tenant has, as far as the token may know. The count of this run
// serves, if there was one.
func (c *Client) count(ctx context.Context) (total int64, err error) {
	t := &c.together
	t.mutex.Lock()
	if t.sizing == nil {
		t.sizing = c.startSizing(ctx)
	}
	sizing := t.sizing
	t.mutex.Unlock()
	if _, counted := await(ctx, sizing.venture, sizing.done); !counted {
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

// list reads all objects of some entities into their stores.
func (c *Client) list(list *venture, stores []*store) {
	left := map[string]*store{}
	var lines []QueryLine
	var names []string
	for _, s := range stores {
		left[s.of.Code] = s
		lines = append(lines, QueryLine{Entity: s.of.Code})
		names = append(names, s.of.Code)
	}
	defer list.stop()
	defer func() { // also after a panic: somebody waits for each of them
		if c.survived(list.ctx, recover()) {
			clear(left)
		}
		for _, s := range stores {
			whole := left[s.of.Code] == s
			c.together.ended(s, whole)
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

// survived says whether something went wrong in this program, and where. What the requests were for is then asked for
// one by one. The fault itself is not shown: it may have a value in it.
func (c *Client) survived(ctx context.Context, fault any) bool {
	if fault == nil {
		return false
	}
	c.log(ctx, "A request for many ended in a fault of the provider; please report it",
		map[string]any{"fault": fmt.Sprintf("%T", fault), "stack": string(debug.Stack())})
	return true
}
