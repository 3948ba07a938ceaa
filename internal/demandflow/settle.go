package demandflow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// What this file is about: a write was sent, and its answer does not say what came of it. Then DemandFlow is read.

// looksAgain is how often it is read once more where it does not show the write yet. The waits in between double, from
// Config.RetryWaitMin on: with its default, the last look is three and a half seconds after the first.
const looksAgain = 3

// looks yields until the context ends, at once and then looksAgain times after a wait.
func (c *Client) looks(ctx context.Context) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range looksAgain + 1 {
			if !yield(i) || i == looksAgain {
				return
			}
			if c.config.Wait(ctx, c.config.RetryWaitMin<<i) != nil {
				return
			}
		}
	}
}

// settling returns a context that outlives the caller's by one RequestTimeout: an object that is in no state is worse
// than a run that ends a little later.
func (c *Client) settling(ctx context.Context) (context.Context, context.CancelFunc) {
	return wire.WithGrace(ctx, c.config.RequestTimeout)
}

// contextError returns why a context has ended: because of its time, or because it was cancelled; nil where it has not.
func contextError(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// readAfter reads an object after a write, until it shows what is wanted. The last look is returned in any case. A new
// object may not be found at once.
func (c *Client) readAfter(ctx context.Context, entityCode, id string, shows func(Object) bool) (object Object,
	err error) {
	longer, cancel := c.settling(ctx)
	defer cancel()
	for range c.looks(longer) {
		object, err = c.Get(longer, entityCode, id)
		if err == nil && shows(object) || err != nil && !IsNotFound(err) {
			break
		}
	}
	return object, err
}

// readOnce reads an object after a write that failed.
func (c *Client) readOnce(ctx context.Context, entityCode, id string) (Object, error) {
	longer, cancel := c.settling(ctx)
	defer cancel()
	return c.Get(longer, entityCode, id)
}

// whole reports whether an answer to a write is the whole object: it has the fields that every object has, and those
// that were sent.
func whole(of *entity.Entity, object, sent Object) bool {
	for _, field := range entity.System() {
		if _, has := object[field.Name]; !has {
			return false
		}
	}
	for _, name := range fieldNames(sent) {
		_, has := object[name]
		if !has && sent[name] != nil && !fixed(name) && !Hidden(fieldOf(of, name), object) {
			return false
		}
	}
	return true
}

// shows reports whether an object has what an update has set, as far as DemandFlow shows it.
func shows(of *entity.Entity, object, changes Object) bool {
	for _, name := range fieldNames(changes) {
		if !Hidden(fieldOf(of, name), object) && !same(changes[name], object[name]) {
			return false
		}
	}
	return true
}

// fixed reports whether a field is the same for every object of an entity.
func fixed(name string) bool { return name == "entity" || name == "level" }

// fieldOf returns a field of an entity; nil where the entity or the field is the tenant's own.
func fieldOf(of *entity.Entity, name string) *entity.Field {
	if of == nil {
		return nil
	}
	return of.Field(name)
}

// decodeFields returns a request's fields as DemandFlow saw them, so that both sides compare alike.
func decodeFields(body []byte) (Object, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var sent Object
	err := decoder.Decode(&sent)
	return sent, err
}

// A success whose body is an error, or not what is documented, proves nothing: then a read decides.

// refuses reports whether the body of a success is an error in place of an object.
func refuses(body []byte) bool {
	var object Object
	if json.Unmarshal(body, &object) != nil || object.ID() != "" {
		return false
	}
	return object[typeField] == "error" || wire.HasAny(object, "error", "errors")
}

// isAboutElse reports whether the body of a success is another object than the one with an id, or says something in
// place of an object.
func isAboutElse(body []byte, id string) bool {
	var object Object
	if json.Unmarshal(body, &object) != nil {
		return false
	}
	code, message := wire.ReasonOf(object)
	return object.ID() == "" && code+message != "" || object.ID() != "" && !strings.EqualFold(object.ID(), id)
}

// confirmDeleted returns nil where an object is not there any more whose DELETE was answered otherwise than documented.
// One that was only accepted may take a while.
func (c *Client) confirmDeleted(ctx context.Context, request call, answer answer, entityCode, id string) error {
	var err error
	for range c.looks(ctx) {
		if _, err = c.getOnce(ctx, entityCode, id, hasID); err != nil {
			break
		}
	}
	switch {
	case err == nil:
		return c.unusable(request, answer, errors.New("the object is still there"))
	case !IsNotFound(err):
		return c.unusable(request, answer, fmt.Errorf("whether the object is still there could not be read: %s",
			sentences(err)))
	}
	return c.ConfirmGone(ctx, err, entityCode, id, "")
}
