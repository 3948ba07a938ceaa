package demandflow

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// maxListBytes is the memory that all list caches of a client share, in bytes.
const maxListBytes = 64 << 20

// perObject is what an object costs beside its JSON and its keys: entries of maps and what they point to.
const perObject = 256

// A listCache keeps the objects of one entity that a list has brought, as JSON, for as long as a plan reads. Callers
// get their own copies, as often as they ask.
type listCache struct {
	client *Client
	of     *entity.Entity
	keys   [][]*entity.Field // the natural keys
	list   *sharedRequest
	began  time.Time

	mutex    sync.Mutex
	closed   bool                // the list has ended, or was dropped: no object is waited for any more
	complete bool                // the list came to its regular end, and ids has all of it
	objects  map[string][]byte   // by id; nil content: it came, and the budget had no room for it
	ids      map[string][]string // by natural key; nil where the budget had no room for all keys
	awaited  map[string]*awaited // by id
	size     int                 // of what is kept, in bytes
	arrived  int64               // how many objects came

	subscription string // of the objects that came
}

// An awaited object is one that was asked for before it has come.
type awaited struct {
	ready chan struct{} // closed when the object has come, or will not come
	raw   []byte        // nil: the list did not bring it
}

func newListCache(c *Client, of *entity.Entity, list *sharedRequest) *listCache {
	keys := make([][]*entity.Field, len(of.Keys))
	for i, key := range of.Keys {
		for _, name := range key.Fields {
			keys[i] = append(keys[i], of.Field(name))
		}
	}
	return &listCache{
		client: c, of: of, keys: keys, list: list, began: time.Now(),
		objects: map[string][]byte{}, ids: map[string][]string{}, awaited: map[string]*awaited{},
	}
}

// read returns the object with an id as soon as it has come; nil if the cache does not have it, or ctx ends before.
func (s *listCache) read(ctx context.Context, id string) Object {
	raw, coming := s.get(id)
	if coming != nil {
		if !s.list.await(ctx, coming.ready) {
			return nil
		}
		raw = coming.raw
	}
	if raw == nil {
		return nil
	}
	return s.decode(raw)
}

// get returns the JSON of an object that has come, or else what to wait for; neither if it will not come.
func (s *listCache) get(id string) ([]byte, *awaited) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if raw, came := s.objects[id]; came || s.closed {
		return raw, nil
	}
	if s.awaited[id] == nil {
		s.awaited[id] = &awaited{ready: make(chan struct{})}
	}
	return nil, s.awaited[id]
}

// decode returns an object of the list, nil where its JSON cannot be read.
func (s *listCache) decode(raw []byte) Object {
	object, err := decodeObject(raw)
	if err != nil {
		return nil
	}
	delete(object, typeField)
	// Its secrets were recorded when it came; those of many others may have displaced them since.
	s.client.AddSecrets(s.of.Code, object)
	return object
}

// add takes an object that the list brought. Reads that wait for it are answered, also where it cannot be kept.
func (s *listCache) add(item listItem) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	id := item.ID()
	s.arrived++
	s.subscription = cmp.Or(s.subscription, item.Text(subscriptionField))
	if coming := s.awaited[id]; coming != nil {
		coming.raw = item.raw
		close(coming.ready)
		delete(s.awaited, id)
	}
	if _, twice := s.objects[id]; twice || s.objects == nil {
		return
	}
	var keys []string
	size := perObject
	for i := range s.keys {
		if key := s.key(i, item.Text); key != "" {
			keys = append(keys, key)
			size += len(key)
		}
	}
	// Keys first: without all of them the cache answers no look-up.
	if s.ids == nil || !s.reserve(size) {
		s.ids = nil
		return
	}
	for _, key := range keys {
		s.ids[key] = append(s.ids[key], id)
	}
	s.objects[id] = nil
	if s.reserve(len(item.raw)) {
		s.objects[id] = item.raw
	}
}

func (s *listCache) reserve(size int) bool {
	if !s.client.sharing.budget.reserve(size) {
		return false
	}
	s.size += size
	return true
}

// find returns the objects that match one of the criteria. It waits for the list's end: twins may come until then. None
// also means that the cache cannot tell.
func (s *listCache) find(ctx context.Context, anyOf []Criteria) (found []Object) {
	if !s.list.await(ctx, s.list.done) {
		return nil
	}
	for _, raw := range s.candidates(anyOf) {
		object := s.decode(raw)
		if object == nil {
			return nil
		}
		found = appendMatching(s.of, found, object, anyOf)
	}
	return found
}

// candidates returns the objects that have the natural keys of the criteria, none where the cache may lack one.
func (s *listCache) candidates(anyOf []Criteria) (found [][]byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !s.complete {
		return nil
	}
	for _, criteria := range anyOf {
		key := s.keyOf(criteria)
		if key == "" {
			return nil
		}
		for _, id := range s.ids[key] {
			if s.objects[id] == nil {
				return nil
			}
			found = append(found, s.objects[id])
		}
	}
	return found
}

// keyOf returns the first natural key that criteria have all fields of, "" if there is none.
func (s *listCache) keyOf(criteria Criteria) string {
	for i := range s.keys {
		if key := s.key(i, func(name string) string { return criteria[name] }); key != "" {
			return key
		}
	}
	return ""
}

// key returns the i-th natural key of an object as look-ups compare it, "" where one of its fields is missing.
func (s *listCache) key(i int, value func(field string) string) string {
	parts := []string{strconv.Itoa(i)}
	for _, field := range s.keys[i] {
		text := value(field.Name)
		if text == "" {
			return ""
		}
		parts = append(parts, field.Comparable(text))
	}
	return strings.Join(parts, "\x00")
}

// end is called when the list has ended: reads that wait for what did not come are answered with nothing.
func (s *listCache) end(regular bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.closed, s.complete = true, regular && s.ids != nil
	for _, coming := range s.awaited {
		close(coming.ready)
	}
	clear(s.awaited)
}

// drop releases the memory of the cache. Reads that wait are still answered with what comes: they began before.
func (s *listCache) drop() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.client.sharing.budget.release(s.size)
	s.size, s.closed, s.complete, s.objects, s.ids = 0, true, false, nil, nil
	s.list.close()
}

func (s *listCache) isOlder(than time.Duration) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.closed && time.Since(s.began) > than
}

// A budget is an amount of memory, in bytes.
type budget struct {
	mutex sync.Mutex
	left  int
}

// reserve takes from the budget, and reports whether that much was left.
func (b *budget) reserve(size int) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if size > b.left {
		return false
	}
	b.left -= size
	return true
}

func (b *budget) release(size int) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.left += size
}
