package demandflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// definitions are the definitions in force that this client has read.
type definitions struct {
	flight singleflight.Group
	mutex  sync.Mutex
	read   map[string]outcome
}

// An outcome is what came of reading a definition for good: the definition, why the default one serves, or why none
// does.
type outcome struct {
	definition *entity.Definition
	missing    error // the token may not read it, or the tenant has none
	unreadable error // it is there, and cannot be understood
}

func (d *definitions) get(entityCode string) (r outcome, known bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	r, known = d.read[entityCode]
	return r, known
}

// Definition returns the tenant's definition in force of an entity, read once in the client's life however many ask at
// the same time; nil where DemandFlow says that the token may not read it or that there is none (403, 404), and the
// default definition serves. One that cannot be understood is an error. So is any other failure, which is tried again
// by the next caller: a guess at options would write wrong ids. What is read shows the tenant, and another one than the
// configured is a *SubscriptionError.
func (c *Client) Definition(ctx context.Context, entityCode string) (*entity.Definition, error) {
	r, err := c.outcome(ctx, entityCode)
	if err := cmp.Or(err, r.unreadable, c.subscription.conflict()); err != nil {
		return nil, err
	}
	return r.definition, nil
}

// MustHaveDefinition is Definition for a look-up: where the default one would serve, the error is why, and outside of
// a plan the definition is read anew.
func (c *Client) MustHaveDefinition(ctx context.Context, entityCode string) (*entity.Definition, error) {
	read := c.readDefinition
	if c.sharing.planning() {
		read = c.outcome
	}
	r, err := read(ctx, entityCode)
	if err := cmp.Or(err, r.unreadable, c.subscription.conflict()); err != nil {
		return nil, err
	}
	return r.definition, r.missing
}

func (c *Client) outcome(ctx context.Context, entityCode string) (outcome, error) {
	for {
		if r, known := c.definitions.get(entityCode); known {
			return r, nil
		}
		led := false
		answer := c.definitions.flight.DoChan(entityCode, func() (any, error) {
			led = true
			return c.definitionOnce(ctx, entityCode)
		})
		select {
		case <-ctx.Done():
			return outcome{}, gaveUp(ctx, entityCode)
		case result := <-answer:
			r, _ := result.Val.(outcome)
			if !led && ctx.Err() == nil && (errors.Is(result.Err, context.Canceled) ||
				errors.Is(result.Err, context.DeadlineExceeded)) {
				continue // the caller that asked first ran out of time, and this one did not
			}
			return r, result.Err
		}
	}
}

// gaveUp returns the error of a caller whose time is over while another one's request is under way.
func gaveUp(ctx context.Context, entityCode string) error {
	err := fmt.Errorf("the definition of %s did not come: %w", entityCode, ctx.Err())
	switch {
	case errors.Is(err, context.Canceled):
		err = fmt.Errorf("Terraform was interrupted before the definition of %s was read: %w", entityCode, ctx.Err())
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("%w\nAllow more time (timeouts), or try again later.", err)
	}
	return err
}

// definitionOnce runs for one caller at a time. It looks whether another one has just read the definition. A panic
// becomes an error: in the goroutine that all wait for it would end the process, and the state of what is being applied
// would be lost.
func (c *Client) definitionOnce(ctx context.Context, entityCode string) (r outcome, err error) {
	if r, known := c.definitions.get(entityCode); known {
		return r, nil
	}
	defer func() {
		if c.recovered(ctx, recover()) {
			r, err = outcome{}, fmt.Errorf("reading the definition of %s ended in a fault of the provider: please report it, "+
				"with a log (TF_LOG_PROVIDER=DEBUG)", entityCode)
		}
	}()
	r, err = c.readDefinition(ctx, entityCode)
	if err != nil {
		return outcome{}, err
	}
	if r.missing != nil {
		c.log(ctx, "The tenant's definition cannot be used, the default one serves", map[string]any{"entity": entityCode,
			"error": r.missing.Error()})
	}
	c.definitions.mutex.Lock()
	defer c.definitions.mutex.Unlock()
	c.definitions.read[entityCode] = r
	return r, nil
}

func (c *Client) readDefinition(ctx context.Context, entityCode string) (outcome, error) {
	object, err := c.Get(ctx, entity.DefinitionCode, entityCode)
	if isWithheld(err) {
		return outcome{missing: err}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	definition, err := entity.ParseDefinition(object)
	if err != nil {
		return outcome{unreadable: fmt.Errorf("the tenant's definition of %s is there, and cannot be understood: %w\n"+
			"It is what GET /v1/objects/%s?entity=%s answers. Correct it if it was changed by hand; otherwise "+
			"please report it, with that answer",
			entityCode, err, entityCode, entity.DefinitionCode)}, nil
	}
	return outcome{definition: definition}, nil
}
