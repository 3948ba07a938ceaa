package demandflow

import (
	"context"
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

// Definition returns the tenant's definition in force of an entity, read once in the client's life however many ask at the
// same time; nil where the token may not read it or there is none (403, 404), and the default definition serves. Any other
// failure is an error and is tried again by the next caller: a guess at options would write wrong ids.
func (c *Client) Definition(ctx context.Context, entityCode string) (*entity.Definition, error) {
	c.definitions.mutex.Lock()
	definition, known := c.definitions.read[entityCode]
	c.definitions.mutex.Unlock()
	if known {
		return definition, nil
	}
	result, err, _ := c.definitions.flight.Do(entityCode, func() (any, error) {
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
	})
	if err != nil {
		return nil, err
	}
	definition, _ = result.(*entity.Definition)
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
		return nil, nil
	}
	return definition, nil
}
