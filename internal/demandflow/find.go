package demandflow

import (
	"context"
	"slices"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A Wish is one natural key with the values to look for, by field.
type Wish map[string]string

// Matches says whether an object has every value of the wish, as look-ups compare them.
func (w Wish) Matches(of *entity.Entity, object Object) bool {
	for name, value := range w {
		field := of.Field(name)
		if field == nil || field.Comparable(object.Text(name)) != field.Comparable(value) {
			return false
		}
	}
	return true
}

// FirstField is the field of the wish that comes first in the entity's table, the one that tells objects apart best; ""
// where it has none.
func (w Wish) FirstField(of *entity.Entity) string {
	for _, field := range slices.Concat(of.Fields(), entity.System()) {
		if _, ok := w[field.Name]; ok {
			return field.Name
		}
	}
	return ""
}

// Find returns the objects of an entity that match one of the wishes, with the given fields at least, or with all. It
// asks one query, or waits for a list that answers many, as LookUp does. That there is none is never said without a
// query.
func (c *Client) Find(ctx context.Context, of *entity.Entity, wishes []Wish, load ...string) ([]Object, error) {
	for store := c.storeFor(ctx, of.Code, toFind); store != nil; store = c.storeFor(ctx, of.Code, toFind) {
		found, taken := store.find(ctx, wishes)
		if slices.ContainsFunc(found, c.known.isStale) {
			break
		}
		if len(found) > 0 {
			return found, nil
		}
		if !taken || !c.together.another(store) {
			break
		}
	}
	return c.FindAnew(ctx, of, wishes, load...)
}

// FindAnew is Find for what must be as it is now: it asks for all wishes in one request. DemandFlow's filter is a text
// match on one field, wider than equality, so that what comes back is compared again here.
func (c *Client) FindAnew(ctx context.Context, of *entity.Entity, wishes []Wish, load ...string) ([]Object, error) {
	var lines []QueryLine
	for _, wish := range wishes {
		name := wish.FirstField(of)
		term := wish[name]
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
				found = matching(of, found, item.Object, wishes)
			}
		}
		return c.staleFound(of, found, wishes), nil
	})
	return found, err
}

// matching appends an object that matches one of the wishes, once.
func matching(of *entity.Entity, found []Object, object Object, wishes []Wish) []Object {
	known := slices.ContainsFunc(found, func(other Object) bool { return other.ID() == object.ID() })
	if known || !slices.ContainsFunc(wishes, func(wish Wish) bool { return wish.Matches(of, object) }) {
		return found
	}
	return append(found, object)
}
