package demandflow

import (
	"context"
	"slices"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A Criteria is one natural key with the values to look for, by field.
type Criteria map[string]string

// Matches says whether an object has every value of the criteria, as look-ups compare them.
func (w Criteria) Matches(of *entity.Entity, object Object) bool {
	for name, value := range w {
		field := of.Field(name)
		if field == nil || field.Comparable(object.Text(name)) != field.Comparable(value) {
			return false
		}
	}
	return true
}

// FirstField is the field of the criteria that comes first in the entity's table, the one that tells objects apart
// best; "" where it has none.
func (w Criteria) FirstField(of *entity.Entity) string {
	for _, field := range slices.Concat(of.Fields(), entity.System()) {
		if _, ok := w[field.Name]; ok {
			return field.Name
		}
	}
	return ""
}

// Find returns the objects of an entity that match one of the anyOf, with the given fields at least, or with all. It
// asks one query, or waits for a list that answers many, as LookUp does. That there is none is never said without a
// query.
func (c *Client) Find(ctx context.Context, of *entity.Entity, anyOf []Criteria, load ...string) ([]Object, error) {
	for cache := c.listCacheFor(ctx, of.Code, toFind); cache != nil; cache = c.listCacheFor(ctx, of.Code, toFind) {
		found, taken := cache.find(ctx, anyOf)
		if slices.ContainsFunc(found, c.known.isStale) {
			break
		}
		if len(found) > 0 {
			return found, nil
		}
		if !taken || !c.sharing.another(cache) {
			break
		}
	}
	return c.FindAnew(ctx, of, anyOf, load...)
}

// FindAnew is Find for what must be as it is now: it asks for all anyOf in one request. DemandFlow's filter is a text
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
				found = matching(of, found, item.Object, anyOf)
			}
		}
		return c.staleFound(of, found, anyOf), nil
	})
	return found, err
}

// matching appends an object that matches one of the anyOf, once.
func matching(of *entity.Entity, found []Object, object Object, anyOf []Criteria) []Object {
	known := slices.ContainsFunc(found, func(other Object) bool { return other.ID() == object.ID() })
	if known || !slices.ContainsFunc(anyOf, func(criteria Criteria) bool { return criteria.Matches(of, object) }) {
		return found
	}
	return append(found, object)
}
