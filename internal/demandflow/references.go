package demandflow

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A Reference is what an id turns out to name.
type Reference int

// ReferenceUnknown is said where DemandFlow does not tell, or does not let the token know.
const (
	ReferenceUnknown Reference = iota
	ReferenceValid             // an object of the wanted entity
	ReferenceToOther           // an object of another entity
	ReferenceMissing           // no object of the tenant
)

// references remember what ids name, each asked for once however many refer to it.
type references struct {
	mutex  sync.Mutex
	checks map[string]*referenceCheck // by entity and id
}

type referenceCheck struct {
	once  sync.Once
	what  Reference
	other string // the code of the other entity
}

// CheckReference returns what an id names, as an object of an entity that a field points to. An object that some answer
// has shown is not asked for, and nothing is after a write: an apply plans once more what its plan has proved. other is
// the code of the other entity.
func (c *Client) CheckReference(ctx context.Context, entityCode, id string) (what Reference, other string) {
	id = strings.ToLower(id)
	if known, after := c.naturalKeys.shown(entityCode, id); known || after {
		if known {
			return ReferenceValid, ""
		}
		return ReferenceUnknown, ""
	}
	c.references.mutex.Lock()
	check := c.references.checks[entityCode+"/"+id]
	if check == nil {
		check = &referenceCheck{}
		c.references.checks[entityCode+"/"+id] = check
	}
	c.references.mutex.Unlock()
	check.once.Do(func() { check.what, check.other = c.checkReference(ctx, entityCode, id) })
	return check.what, check.other
}

func (c *Client) checkReference(ctx context.Context, entityCode, id string) (Reference, string) {
	_, err := c.LookUp(ctx, entityCode, id)
	switch other, is := errors.AsType[*OtherEntityError](err); {
	case err == nil:
		return ReferenceValid, ""
	case is:
		return ReferenceToOther, other.Code
	case isWithheld(err):
	default:
		return ReferenceUnknown, ""
	}
	if other := c.EntityOf(ctx, entityCode, id); other != "" {
		return ReferenceToOther, other
	}
	if !c.readable(ctx, entityCode) {
		return ReferenceUnknown, ""
	}
	return ReferenceMissing, ""
}

// EntityOf returns the code of the entity of the tables that has an object with the id, "" where none has or it cannot
// be told. It is for errors: a wanted entity has no such object.
func (c *Client) EntityOf(ctx context.Context, wanted, id string) string {
	for _, of := range entity.All() {
		if of.Code == wanted {
			continue
		}
		_, err := c.Get(ctx, of.Code, id)
		if other, is := errors.AsType[*OtherEntityError](err); is {
			return other.Code
		}
		if err == nil {
			return of.Code
		}
	}
	return ""
}

// readable reports whether the token may read an entity, and the tenant has it: only then does it say something that an
// id is not found. DemandFlow answers 403 for another tenant's object as for missing rights.
func (c *Client) readable(ctx context.Context, entityCode string) bool {
	for _, err := range c.Query(ctx, QueryLine{Entity: entityCode, Limit: 1, Load: []string{"id"}}) {
		if err != nil {
			return false
		}
	}
	return true
}
