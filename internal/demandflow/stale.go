package demandflow

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// DemandFlow may answer a read from a copy that lags behind its writes. What says less than is known is asked for
// again, before it is believed.

// staleWindow is how long after a write a read may not know of it yet.
const staleWindow = time.Minute

// staleWaits are the waits before a stale answer is asked for again: all of them where the write is young, else the
// first two.
var staleWaits = []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second,
	4 * time.Second}

// oldWaits is how many of the waits there are for what was written long ago.
const oldWaits = 2

// untilCurrent asks until the answer is whole and not stale, or was asked for often enough: ask returns how often the
// answer is to be asked for again, 0 for one that can be used; of one that is not whole its error says that. It is left
// early, with an error, only where ctx leaves no time.
func (c *Client) untilCurrent(ctx context.Context, ask func() (again int, err error)) error {
	for n := 0; ; n++ {
		again, err := ask()
		if isPartial(err) {
			again = oldWaits
		}
		if n >= again {
			return err
		}
		c.log(ctx, "DemandFlow's answer is older than what is known, or not whole; asking again",
			map[string]any{"wait": staleWaits[n].String()})
		switch late := c.config.Wait(ctx, staleWaits[n]); {
		case late != nil && isPartial(err):
			return err
		case late != nil:
			return fmt.Errorf(
				"DemandFlow's answer is older than what was written before, and there was no time to ask again: %w\n"+
					"Allow more time (timeouts)", late)
		}
	}
}

// waitInTime waits. Where the context ends before, there is no time to ask again: it returns an error at once.
func waitInTime(ctx context.Context, wait time.Duration) error {
	if deadline, bounded := ctx.Deadline(); bounded && time.Until(deadline) < wait {
		return context.DeadlineExceeded
	}
	return wire.Wait(ctx, wait)
}

// againAfter returns how often an answer about one object is to be asked for again. A 404 of what is not the object's
// tenant for certain says nothing, now or later.
func (c *Client) againAfter(ctx context.Context, id string, object Object, err error) int {
	known := c.known.get(id)
	switch {
	case IsNotFound(err) && c.isRecent(known.created):
		if _, doubt := c.tenant(ctx); doubt != nil {
			return 0
		}
		return len(staleWaits)
	case err == nil && known.isStale(object) && !known.deleted:
		return c.againSince(known.updated)
	}
	return 0
}

func (c *Client) againSince(written time.Time) int {
	if c.isRecent(written) {
		return len(staleWaits)
	}
	return oldWaits
}

// isRecent reports whether something was written less than staleWindow ago, by DemandFlow's clock.
func (c *Client) isRecent(written time.Time) bool {
	return !written.IsZero() && c.serverTime().Sub(written) < staleWindow
}

// serverTime returns the time that the last answer was dated with; the clock's of this machine where none was.
func (c *Client) serverTime() time.Time {
	if date := c.date.Load(); date != nil {
		return *date
	}
	return time.Now()
}

// observeDate takes the time of DemandFlow's clock from an answer.
func (c *Client) observeDate(header http.Header) {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		c.date.Store(&date)
	}
}

// ListWhole hands all objects of an entity to take, with the given fields or all, as List yields them. Where they are
// older than what was known before, take is called again with the objects of another list.
func (c *Client) ListWhole(ctx context.Context, of *entity.Entity, fields []string, take func(iter.Seq[Object])) error {
	return c.untilCurrent(ctx, func() (again int, err error) {
		expected := c.known.ofEntity(of) // now: what is written while the list is under way may be in it or not
		listed, empty := map[string]Object{}, true
		take(func(yield func(Object) bool) {
			for object, failure := range c.List(ctx, of.Code, fields...) {
				if err = failure; err != nil {
					return
				}
				empty = false
				if _, known := expected[object.ID()]; known {
					listed[object.ID()] = Object{"id": object.ID(), "_df_version": object["_df_version"]}
				}
				if !yield(object) {
					return
				}
			}
		})
		switch {
		case err != nil:
			return 0, err
		case isStaleList(expected, listed):
			return len(staleWaits), nil
		case empty:
			return 0, c.ConfirmEmpty(ctx, of.Code)
		}
		return 0, nil
	})
}

// staleFound returns how often a look-up is to be asked for again that has found these objects.
func (c *Client) staleFound(of *entity.Entity, found []Object, anyOf []Criteria) int {
	if slices.ContainsFunc(found, c.known.isStale) || len(found) == 0 && c.known.shouldBeFound(of, anyOf) {
		return len(staleWaits)
	}
	return 0
}
