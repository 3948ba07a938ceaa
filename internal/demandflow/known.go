package demandflow

import (
	"slices"
	"sync"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// maxKnownKeys bounds the objects whose natural keys are remembered. Beyond it a look-up that finds nothing is
// believed at once.
const maxKnownKeys = 10_000

// known is what a client knows of the objects of the tables, from answers of this run and from what its callers
// remember of earlier ones. An answer that says less is stale.
type known struct {
	mutex   sync.Mutex
	objects map[string]*knownObject // by id
	met     map[string]time.Time    // by id and this machine's clock: when this client learnt of an object
	keys    int                     // how many of the objects have keys
	seen    map[string]bool         // entities of which an answer of this run had an object
}

// A knownObject is what is known of one object.
type knownObject struct {
	entity  *entity.Entity
	version int64     // the highest that was seen; -1 where none was
	created time.Time // by DemandFlow's clock, as updated is; zero where it is not known
	updated time.Time
	seen    bool   // an answer of this run had it
	deleted bool   // by this client
	keys    Object // the fields of its natural keys; nil where they are not remembered
}

// SetKnown adds what the caller remembers of an object: id and entity, and system fields and natural keys
// as far as it has them.
func (c *Client) SetKnown(object Object) {
	if of := entity.ByCode(object.Text("entity")); of != nil {
		c.subscription.expect(object)
		c.known.mutex.Lock()
		defer c.known.mutex.Unlock()
		c.known.merge(of, object)
	}
}

// observe takes over what an answer says of an object. Of what a list brings, more than that it is there is remembered
// only where something is known already.
func (k *known) observe(object Object, single bool) {
	of := entity.ByCode(object.Text("entity"))
	if of == nil {
		return
	}
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.seen[of.Code] = true
	if len(k.met) < maxNaturalKeys {
		k.meet(object.ID())
	}
	if single || k.objects[object.ID()] != nil {
		k.merge(of, object).seen = true
	}
}

// merge updates what is known of an object, unless it is older than that.
func (k *known) merge(of *entity.Entity, object Object) *knownObject {
	version, said := object.Version()
	before := k.objects[object.ID()]
	k.meet(object.ID())
	switch {
	case before == nil:
		before = &knownObject{entity: of, version: -1}
		k.objects[object.ID()] = before
	case said && version <= before.version:
		return before
	}
	if said {
		before.version = version
	}
	if created, said := Time(object["created"]); said {
		before.created = created
	}
	if updated, said := Time(object["updated"]); said {
		before.updated = updated
	}
	if before.keys == nil {
		if k.keys >= maxKnownKeys {
			return before
		}
		k.keys++
	}
	before.keys = keysOf(of, object)
	return before
}

func (k *known) meet(id string) {
	if _, met := k.met[id]; !met {
		k.met[id] = time.Now()
	}
}

// keysOf returns the fields of an object by which it is looked up.
func keysOf(of *entity.Entity, object Object) Object {
	keys := Object{}
	for _, key := range of.Keys {
		for _, name := range union(key.Fields, key.Disambiguator) {
			if value, said := object[name]; said {
				keys[name] = value
			}
		}
	}
	return keys
}

// get returns what is known of an object.
func (k *known) get(id string) knownObject {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if object := k.objects[id]; object != nil {
		return *object
	}
	return knownObject{version: -1}
}

// metBefore reports whether this client knew an object at a time. A list that runs beside a create may show what that
// has just made.
func (k *known) metBefore(id string, at time.Time) bool {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	met, known := k.met[id]
	return known && met.Before(at)
}

// update changes what is known of an object, if anything is.
func (k *known) update(id string, change func(*knownObject)) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if object := k.objects[id]; object != nil {
		change(object)
	}
}

// acceptVersion lowers the known version of an object to its own: it was asked for again and again.
func (k *known) acceptVersion(object Object) {
	if version, said := object.Version(); said {
		k.update(object.ID(), func(known *knownObject) { known.version = min(known.version, version) })
	}
}

// hasSeen reports whether an answer of this run had an object of an entity.
func (k *known) hasSeen(entityCode string) bool {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return k.seen[entityCode]
}

// expectsOthers reports whether other objects than one are remembered that no answer of this run had.
func (k *known) expectsOthers(id string) bool {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	for other, object := range k.objects {
		if other != id && !object.seen && !object.deleted {
			return true
		}
	}
	return false
}

// isStale reports whether an object says less than is known of it.
func (k knownObject) isStale(object Object) bool {
	version, said := object.Version()
	return said && version < k.version || k.deleted
}

// isStale reports whether an object says less than is known of it.
func (k *known) isStale(object Object) bool { return k.get(object.ID()).isStale(object) }

// shouldBeFound reports whether a look-up that found nothing should have found an object that this run has seen.
func (k *known) shouldBeFound(of *entity.Entity, anyOf []Criteria) bool {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	for _, object := range k.objects {
		matches := func(criteria Criteria) bool { return criteria.Matches(of, object.keys) }
		if object.entity == of && object.seen && !object.deleted && slices.ContainsFunc(anyOf, matches) {
			return true
		}
	}
	return false
}

// ofEntity returns what is known of the objects of an entity, by id.
func (k *known) ofEntity(of *entity.Entity) map[string]knownObject {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	objects := map[string]knownObject{}
	for id, object := range k.objects {
		if object.entity == of {
			objects[id] = *object
		}
	}
	return objects
}

// isStaleList reports whether a whole list says less than was expected: of an object, or by not having one that this
// run has seen.
func isStaleList(expected map[string]knownObject, listed map[string]Object) bool {
	for id, known := range expected {
		object, came := listed[id]
		if came && known.isStale(object) || !came && known.seen && !known.deleted {
			return true
		}
	}
	return false
}
