package demandflow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Read is Get for a refresh, which reads many: the object as it was at some moment of this run, after every write of
// this client that had ended when Read was called. One list may answer the reads of many objects. What the list does
// not have, or has in an older version than is known, is read by Get, whose errors are those of Read: only a GET proves
// that an object is missing.
func (c *Client) Read(ctx context.Context, entityCode, id string) (Object, error) {
	return c.read(ctx, entityCode, id, toRefresh)
}

// LookUp is Read for a look-up. In a plan, that is after a refresh and before a write, it may be answered by a list
// too; otherwise the object is as it was when LookUp was called.
func (c *Client) LookUp(ctx context.Context, entityCode, id string) (Object, error) {
	return c.read(ctx, entityCode, id, toLookUp)
}

func (c *Client) read(ctx context.Context, entityCode, id string, why purpose) (Object, error) {
	if cache := c.listCacheFor(ctx, entityCode, why); cache != nil {
		if object := cache.read(ctx, id); object != nil && !c.known.isStale(object) {
			return object, nil
		}
	}
	return c.Get(ctx, entityCode, id)
}

// Criteria are the values that an object must have, by field: one natural key.
type Criteria map[string]string

// Matches reports whether an object has every value of the criteria, as look-ups compare them.
func (c Criteria) Matches(of *entity.Entity, object Object) bool {
	for name, value := range c {
		field := of.Field(name)
		if field == nil || field.Comparable(object.Text(name)) != field.Comparable(value) {
			return false
		}
	}
	return true
}

// FirstField returns the field of the criteria that comes first in the entity's table, which tells objects apart best;
// "" where there is none.
func (c Criteria) FirstField(of *entity.Entity) string {
	for _, field := range slices.Concat(of.Fields(), entity.System()) {
		if _, ok := c[field.Name]; ok {
			return field.Name
		}
	}
	return ""
}

// Find returns the objects of an entity that match one of the criteria, with the given fields at least, or with all. It
// sends one query, or waits for a list that answers many, as LookUp does. Only a query proves that there is none.
func (c *Client) Find(ctx context.Context, of *entity.Entity, anyOf []Criteria, load ...string) ([]Object, error) {
	if cache := c.listCacheFor(ctx, of.Code, toLookUp); cache != nil {
		if found := cache.find(ctx, anyOf); len(found) > 0 && !slices.ContainsFunc(found, c.known.isStale) {
			return found, nil
		}
	}
	return c.FindAnew(ctx, of, anyOf, load...)
}

// FindAnew is Find for objects as they are now: it sends one query for all criteria. DemandFlow's filter is a text
// match on one field, wider than equality, so that what comes back is compared again here.
func (c *Client) FindAnew(ctx context.Context, of *entity.Entity, anyOf []Criteria, load ...string) ([]Object, error) {
	var lines []QueryLine
	for _, criteria := range anyOf {
		name := criteria.FirstField(of)
		term := criteria[name]
		if field := of.Field(name); field != nil {
			term = field.Comparable(term) // the part that all spellings share
		}
		lines = append(lines, QueryLine{Entity: of.Code, Load: load, Filter: &Filter{Field: name, Term: term}})
	}
	var found []Object
	err := c.untilCurrent(ctx, func() (again int, err error) {
		found = nil
		for item, err := range c.Query(ctx, lines...) {
			if err != nil {
				return 0, err
			}
			if item.Object != nil {
				found = appendMatching(of, found, item.Object, anyOf)
			}
		}
		return c.staleFound(of, found, anyOf), nil
	})
	return found, err
}

// appendMatching appends an object that matches one of the criteria, once.
func appendMatching(of *entity.Entity, found []Object, object Object, anyOf []Criteria) []Object {
	known := slices.ContainsFunc(found, func(other Object) bool { return other.ID() == object.ID() })
	if known || !slices.ContainsFunc(anyOf, func(criteria Criteria) bool { return criteria.Matches(of, object) }) {
		return found
	}
	return append(found, object)
}

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
