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

// Unproved is said where DemandFlow does not tell, or does not let the token know.
const (
	Unproved     Reference = iota
	Names                  // an object of the wanted entity
	NamesOther             // an object of another entity
	NamesNothing           // no object of the tenant
)

// references remember what ids name, each asked for once however many refer to it.
type references struct {
	mutex  sync.Mutex
	proofs map[string]*proof // by entity and id
}

type proof struct {
	once  sync.Once
	what  Reference
	other string // the code of the other entity
}

// Refer says what an id names, as an object of an entity that a field points to. An object that some answer has shown
// is not asked for, and nothing is after a write: an apply plans once more what its plan has proved. other is the code
// of the other entity.
func (c *Client) Refer(ctx context.Context, entityCode, id string) (what Reference, other string) {
	id = strings.ToLower(id)
	if known, after := c.namesakes.shown(entityCode, id); known || after {
		if known {
			return Names, ""
		}
		return Unproved, ""
	}
	c.references.mutex.Lock()
	if c.references.proofs == nil {
		c.references.proofs = map[string]*proof{}
	}
	key := entityCode + "/" + id
	if c.references.proofs[key] == nil {
		c.references.proofs[key] = &proof{}
	}
	p := c.references.proofs[key]
	c.references.mutex.Unlock()
	p.once.Do(func() { p.what, p.other = c.refer(ctx, entityCode, id) })
	return p.what, p.other
}

func (c *Client) refer(ctx context.Context, entityCode, id string) (Reference, string) {
	_, err := c.LookUp(ctx, entityCode, id)
	switch other, is := errors.AsType[*OtherEntityError](err); {
	case err == nil:
		return Names, ""
	case is:
		return NamesOther, other.Code
	case isWithheld(err):
	default:
		return Unproved, ""
	}
	if other := c.EntityOf(ctx, entityCode, id); other != "" {
		return NamesOther, other
	}
	if !c.readable(ctx, entityCode) {
		return Unproved, ""
	}
	return NamesNothing, ""
}

// EntityOf is the code of the entity of the tables that has an object with the id, "" where none has or it cannot be
// told. It is for errors: a wanted entity has no such object.
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
