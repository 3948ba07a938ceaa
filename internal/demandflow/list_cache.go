package demandflow

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A cache holds what a list brings of one entity until it is asked for.
type listCache struct {
	client *Client
	of     *entity.Entity
	keys   [][]*entity.Field // the natural keys
	list   *sharedRequest
	began  time.Time
	ended  chan struct{} // closed when nothing more comes

	mutex    sync.Mutex
	objects  map[string]*listed  // by id; nil: it came, and is not here any more
	ids      map[string][]string // by natural key, also of what is not here any more: twins must not be missed
	waiting  map[string][]chan *listed
	keep     bool // what was read stays, because look-ups may find it
	whole    bool // the list has come to its regular end, and ids has all of it
	over     bool
	overfull bool // there was no budget for some of it, and ids is not all of it
	full     bool // there was no budget for the content of some of it
	dropped  bool
	size     int   // of what is kept, in bytes
	arrived  int64 // how many objects came
}

// perObject is what an object costs beside its JSON and its keys: entries of maps and what they point to.
const perObject = 256

func newListCache(c *Client, of *entity.Entity, list *sharedRequest, keep bool) *listCache {
	keys := make([][]*entity.Field, len(of.Keys))
	for i, key := range of.Keys {
		for _, name := range key.Fields {
			keys[i] = append(keys[i], of.Field(name))
		}
	}
	return &listCache{
		client: c, of: of, keys: keys, list: list, began: time.Now(), ended: make(chan struct{}), keep: keep,
		objects: map[string]*listed{}, ids: map[string][]string{}, waiting: map[string][]chan *listed{},
	}
}

// read gives the object with an id as soon as it has come; nil if the list does not bring it, or the caller's time is
// over. taken says that it came and was read already.
func (s *listCache) read(ctx context.Context, id string) (reading *listed, taken bool) {
	reading, ready := s.ask(id)
	if ready == nil {
		return reading, reading == nil && s.taken(id)
	}
	reading, came := await(ctx, s.list, ready)
	if !came {
		s.withdraw(id, ready)
	}
	return reading, false
}

// taken says whether one of these objects was there, and is not any more because somebody has read it.
func (s *listCache) taken(ids ...string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.over && !s.full && !s.overfull && !s.dropped && slices.ContainsFunc(ids, func(id string) bool {
		reading, came := s.objects[id]
		return came && reading == nil
	})
}

// brought is how many objects the list has brought so far.
func (s *listCache) brought() int64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.arrived
}

// ask gives an object that has come, or else where it will come; neither if it will not.
func (s *listCache) ask(id string) (*listed, chan *listed) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	reading, came := s.objects[id]
	switch {
	case reading != nil:
		if !s.keep {
			s.forget(id)
		}
		return &listed{raw: reading.raw, client: s.client}, nil
	case came || s.over || s.dropped:
		return nil, nil
	}
	ready := make(chan *listed, 1)
	s.waiting[id] = append(s.waiting[id], ready)
	return nil, ready
}

// withdraw is for who does not wait any more, so that the object is kept for the next.
func (s *listCache) withdraw(id string, ready chan *listed) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.waiting[id] = slices.DeleteFunc(s.waiting[id], func(other chan *listed) bool { return other == ready })
	if len(s.waiting[id]) == 0 {
		delete(s.waiting, id)
	}
}

// add takes an object that the list brought. One who waits for it alone gets it as it is, where nobody else may;
// otherwise everybody gets a copy. Everybody who waits is answered, also where the object cannot be copied, or
// something goes wrong: a channel that is closed says that the list does not bring it.
func (s *listCache) add(object Object) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	id := object.ID()
	waiting := s.waiting[id]
	delete(s.waiting, id)
	defer func() {
		for _, ready := range waiting {
			close(ready)
		}
	}()
	s.arrived++
	if len(waiting) == 0 && (s.dropped || s.overfull) {
		return // nobody wants it now, and nobody will find it later
	}
	reading := &listed{object: object, client: s.client}
	if len(waiting) != 1 || s.keep {
		raw, err := json.Marshal(object)
		if err != nil {
			s.overfull, s.ids = true, nil // it came, and nobody can find it here
			return
		}
		copied := *reading
		copied.object, copied.raw = nil, raw
		s.hold(id, object, &copied)
		for _, ready := range waiting {
			own := copied
			ready <- &own
		}
		return
	}
	s.hold(id, object, nil)
	waiting[0] <- reading
}

// hold keeps an object, as far as there is budget: its keys first, because without all of them there are no look-ups.
func (s *listCache) hold(id string, object Object, reading *listed) {
	if s.dropped || s.overfull {
		return
	}
	var keys []string
	size := perObject
	for i := range s.keys {
		if key := s.key(i, object.Text); key != "" {
			keys = append(keys, key)
			size += len(key)
		}
	}
	if !s.client.sharing.budget.take(size) {
		s.overfull, s.ids = true, nil
		return
	}
	s.size += size
	for _, key := range keys {
		s.ids[key] = append(s.ids[key], id)
	}
	s.forget(id) // a list should not bring an object twice
	s.objects[id] = nil
	switch {
	case reading == nil:
	case s.client.sharing.budget.take(len(reading.raw)):
		s.size += len(reading.raw)
		s.objects[id] = reading
	default:
		s.full = true
	}
}

// forget gives up an object's content, not that it came.
func (s *listCache) forget(id string) {
	if reading := s.objects[id]; reading != nil {
		s.size -= len(reading.raw)
		s.client.sharing.budget.give(len(reading.raw))
		s.objects[id] = nil
	}
}

// find gives the objects that match one of the anyOf. It waits for the list's end: twins may come until then. None
// also means that the cache cannot tell; taken says that one of them came and was read already.
func (s *listCache) find(ctx context.Context, anyOf []Criteria) (found []Object, taken bool) {
	if _, over := await(ctx, s.list, s.ended); !over {
		return nil, false
	}
	readings, ids := s.candidates(anyOf)
	if readings == nil {
		return nil, s.taken(ids...)
	}
	for _, reading := range readings {
		object, err := reading.whole()
		if err != nil {
			return nil, false
		}
		found = matching(s.of, found, object, anyOf)
	}
	return found, false
}

// candidates are the objects that have the natural keys of the anyOf, and their ids; no objects if one of them is not
// here any more.
func (s *listCache) candidates(anyOf []Criteria) (found []*listed, ids []string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !s.whole {
		return nil, nil
	}
	for _, criteria := range anyOf {
		key := s.keyOf(criteria)
		if key == "" {
			return nil, nil
		}
		ids = append(ids, s.ids[key]...)
	}
	for _, id := range ids {
		reading := s.objects[id]
		if reading == nil {
			return nil, ids
		}
		found = append(found, reading)
	}
	return found, ids
}

// keyOf is the first natural key that a criteria has whole, "" if it has none.
func (s *listCache) keyOf(criteria Criteria) string {
	for i := range s.keys {
		if key := s.key(i, func(name string) string { return criteria[name] }); key != "" {
			return key
		}
	}
	return ""
}

// key is the i-th natural key of an object as look-ups compare it, "" where the object does not have it whole.
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

// keepAll is for when look-ups come.
func (s *listCache) keepAll() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.keep = true
}

// end wakes everybody who waits for what did not come.
func (s *listCache) end(whole bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.over, s.whole = true, whole && !s.overfull && !s.dropped
	for _, waiting := range s.waiting {
		for _, ready := range waiting {
			close(ready)
		}
	}
	clear(s.waiting)
	close(s.ended)
}

// drop lets go of everything. Who waits still gets what comes.
func (s *listCache) drop() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.client.sharing.budget.give(s.size)
	s.size, s.dropped, s.whole, s.objects, s.ids = 0, true, false, nil, nil
	s.list.closeToOthers()
}

func (s *listCache) older(than time.Duration) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.over && time.Since(s.began) > than
}
