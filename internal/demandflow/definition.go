package demandflow

import (
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
	read   map[string]*entity.Definition // nil: the token may not read it, or the tenant has none
}

func (d *definitions) get(entityCode string) (definition *entity.Definition, known bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	definition, known = d.read[entityCode]
	return definition, known
}

// Definition returns the tenant's definition in force of an entity, read once in the client's life however many ask at the
// same time; nil where the token may not read it or there is none (403, 404), and the default definition serves. Any other
// failure is an error and is tried again by the next caller: a guess at options would write wrong ids.
func (c *Client) Definition(ctx context.Context, entityCode string) (*entity.Definition, error) {
	for {
		if definition, known := c.definitions.get(entityCode); known {
			return definition, nil
		}
		led := false
		answer := c.definitions.flight.DoChan(entityCode, func() (any, error) {
			led = true
			return c.definitionOnce(ctx, entityCode)
		})
		select {
		case <-ctx.Done():
			return nil, gaveUp(ctx, entityCode)
		case result := <-answer:
			definition, _ := result.Val.(*entity.Definition)
			if !led && ctx.Err() == nil && (errors.Is(result.Err, context.Canceled) || errors.Is(result.Err, context.DeadlineExceeded)) {
				continue // who asked first ran out of time, and this caller did not
			}
			return definition, result.Err
		}
	}
}

// gaveUp is the error of a caller whose time is over while another one's request is under way.
func gaveUp(ctx context.Context, entityCode string) error {
	err := fmt.Errorf("the definition of %s did not come: %w", entityCode, ctx.Err())
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w\nAllow more time (timeouts), or try again later.", err)
	}
	return err
}

// definitionOnce runs for one caller at a time. It looks whether another one has just read the definition.
func (c *Client) definitionOnce(ctx context.Context, entityCode string) (*entity.Definition, error) {
	if definition, known := c.definitions.get(entityCode); known {
		return definition, nil
	}
	definition, err := c.readDefinition(ctx, entityCode)
	if err != nil {
		return nil, err
	}
	c.definitions.mutex.Lock()
	defer c.definitions.mutex.Unlock()
	if c.definitions.read == nil {
		c.definitions.read = map[string]*entity.Definition{}
	}
	c.definitions.read[entityCode] = definition
	return definition, nil
}

func (c *Client) readDefinition(ctx context.Context, entityCode string) (*entity.Definition, error) {
	object, err := c.Get(ctx, entity.DefinitionCode, entityCode)
	if IsForbidden(err) || IsNotFound(err) {
		c.log(ctx, "The tenant's definition cannot be read, the default one serves", map[string]any{"entity": entityCode, "error": err.Error()})
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	definition, err := entity.ParseDefinition(object)
	if err != nil {
		c.log(ctx, "The tenant's definition cannot be understood, the default one serves", map[string]any{"entity": entityCode, "error": err.Error()})
		return nil, nil //nolint:nilerr // as if it could not be read: nothing can be told from it
	}
	return definition, nil
}
