package demandflow

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// maxNaturalKeys bounds what is remembered, so that a list of a large tenant does not stay in memory. What is beyond it
// is not warned of; a warning is a courtesy.
const maxNaturalKeys = 100_000

// A Duplicate is an object that has the natural key of another one.
type Duplicate struct {
	ID      string
	Status  string    // the id of the option of the field that archives ([entity.Archive])
	Created time.Time // zero where the answer did not say
}

// naturalKeys remembers the natural keys of objects that this client has read or written.
type naturalKeys struct {
	mutex    sync.Mutex
	known    map[string]keyed            // by id
	ids      map[string][]string         // by key
	planned  map[string]int              // creates that are planned and not carried out, by key
	renames  map[string]string           // keys that planned updates give to objects, by id
	full     bool                        // something was not remembered
	searches map[string]*duplicateSearch // by entity, for all of the tables
	written  bool                        // this client has written, so that an apply is under way
}

// keyed is a duplicate and its key.
type keyed struct {
	key string
	Duplicate
}

// duplicatesOf returns the objects, among those that some answer has shown so far, that have a natural key and keep it
// as far as it is planned. By id; none is no proof that there is none.
func (c *Client) duplicatesOf(key string) []Duplicate {
	n := &c.naturalKeys
	n.mutex.Lock()
	defer n.mutex.Unlock()
	var found []Duplicate
	for _, id := range slices.Sorted(slices.Values(n.ids[key])) {
		if to, renamed := n.renames[id]; !renamed || to == key {
			found = append(found, n.known[id].Duplicate)
		}
	}
	return found
}

// AddPlannedCreate takes note of a planned create and reports whether another planned create, which is not carried out
// yet, or a planned update gives the same natural key.
func (c *Client) AddPlannedCreate(of *entity.Entity, fields Object) (again bool) {
	n, key := &c.naturalKeys, keyText(of, fields)
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if key == "" {
		return false
	}
	n.planned[key]++
	return n.planned[key] > 1 || n.renamed(key) > 0
}

// AddPlannedRename takes note of a planned update that gives an object another natural key. It reports whether a
// planned create or the planned update of another object gives the same, and returns the objects that have it, among
// those that some answer has shown and no update that was planned before renames.
func (c *Client) AddPlannedRename(of *entity.Entity, id string, fields Object) (again bool, duplicates []Duplicate) {
	n, key := &c.naturalKeys, keyText(of, fields)
	if key == "" {
		return false, nil
	}
	n.mutex.Lock()
	n.renames[id] = key
	again = n.planned[key] > 0 || n.renamed(key) > 1
	n.mutex.Unlock()
	return again, slices.DeleteFunc(c.duplicatesOf(key),
		func(duplicate Duplicate) bool { return duplicate.ID == id })
}

// renamed returns how many planned updates give objects a key.
func (n *naturalKeys) renamed(key string) int {
	count := 0
	for _, to := range n.renames {
		if to == key {
			count++
		}
	}
	return count
}

// removePlannedCreate is called for a create that begins: what was planned is now an object, or failed.
func (n *naturalKeys) removePlannedCreate(key string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.planned[key] > 0 {
		n.planned[key]--
	}
}

// writtenKey returns the first of the entity's keys that the caller, not DemandFlow, writes; one without fields where
// there is none.
func writtenKey(of *entity.Entity) entity.Key {
	derived := func(name string) bool {
		field := of.Field(name)
		return field == nil || !field.Writable()
	}
	for _, key := range of.Keys {
		if !slices.ContainsFunc(key.Fields, derived) {
			return key
		}
	}
	return entity.Key{}
}

// naturalKey returns the written key of an object; one without fields if the object does not have all of them. Objects
// of equal fields in different registries are no twins, so that what narrows the key counts too; it may be unset.
func naturalKey(of *entity.Entity, sent Object) entity.Key {
	key := writtenKey(of)
	if slices.ContainsFunc(key.Fields, func(name string) bool { return sent.Text(name) == "" }) {
		return entity.Key{}
	}
	return key
}

// sameKey reports whether two objects have the same values of a key.
func sameKey(key entity.Key, a, b Object) bool {
	return !slices.ContainsFunc(key.Fields, func(name string) bool { return !same(a[name], b[name]) }) &&
		(key.Disambiguator == "" || strings.EqualFold(a.Text(key.Disambiguator), b.Text(key.Disambiguator)))
}

func describe(key entity.Key, sent Object) string {
	var parts []string
	for _, name := range append(slices.Clone(key.Fields), key.Disambiguator) {
		if value := sent.Text(name); value != "" {
			parts = append(parts, fmt.Sprintf("%s = %q", name, value))
		}
	}
	return strings.Join(parts, ", ")
}

// titleOf returns a natural key as people say it: nginx:1.27.
func titleOf(key entity.Key, object Object) string {
	parts := make([]string, len(key.Fields))
	for i, name := range key.Fields {
		parts[i] = object.Text(name)
	}
	return strings.Join(parts, ":")
}

// keyText returns an object's natural key as one text, "" where it has none. Which registry an image is in is a part of
// it.
func keyText(of *entity.Entity, object Object) string {
	key := naturalKey(of, object)
	if len(key.Fields) == 0 {
		return ""
	}
	parts := []string{of.Code}
	for _, name := range key.Fields {
		parts = append(parts, object.Text(name))
	}
	if key.Disambiguator != "" {
		parts = append(parts, strings.ToLower(object.Text(key.Disambiguator)))
	}
	return strings.Join(parts, "\x00")
}

// keyFields returns the fields that an object must have been read with for its key to be known, and what a Duplicate
// says.
func keyFields(of *entity.Entity) []string {
	key := writtenKey(of)
	fields := union(key.Fields, of.Archive.Field, "created")
	if key.Disambiguator != "" {
		fields = union(fields, key.Disambiguator)
	}
	return fields
}

// readsKeys reports whether objects of an entity that are read with some fields (none are all) show their keys.
func readsKeys(code string, fields []string) bool {
	of := entity.ByCode(code)
	return of != nil && (len(fields) == 0 || !slices.ContainsFunc(keyFields(of),
		func(name string) bool { return !slices.Contains(fields, name) }))
}

// observe remembers an object that was read with some fields; none are all.
func (n *naturalKeys) observe(object Object, read ...string) {
	of := entity.ByCode(object.Text("entity"))
	if of == nil || !readsKeys(of.Code, read) {
		return // without the registry, two images of one name would look like twins
	}
	key, id := keyText(of, object), object.ID()
	created, _ := Time(object["created"])
	n.mutex.Lock()
	defer n.mutex.Unlock()
	before, known := n.known[id]
	if !known && key != "" && len(n.known) >= maxNaturalKeys {
		n.full = true
		return
	}
	if before.key != key {
		n.drop(id)
	}
	if key == "" {
		return
	}
	if before.key != key {
		n.ids[key] = append(n.ids[key], id)
	}
	n.known[id] = keyed{key, Duplicate{ID: id, Status: object.Text(of.Archive.Field), Created: created}}
}

// Forget has the client treat an object as if it had never read it.
func (c *Client) Forget(id string) { c.naturalKeys.forget(id) }

// forget is for an object that was deleted.
func (n *naturalKeys) forget(id string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.drop(id)
}

func (n *naturalKeys) drop(id string) {
	known, ok := n.known[id]
	if !ok {
		return
	}
	delete(n.known, id)
	if n.ids[known.key] = slices.DeleteFunc(n.ids[known.key],
		func(other string) bool { return other == id }); len(n.ids[known.key]) == 0 {
		delete(n.ids, known.key)
	}
}
