package demandflow

import (
	"slices"
	"strings"
	"sync"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// mostNamesakes bounds what is remembered, so that a list of a large tenant does not stay in memory. What is beyond it is
// not warned of; a warning is a courtesy.
const mostNamesakes = 10_000

// namesakes remember the natural keys of objects that this client has read or written anyway. It never asks for more.
type namesakes struct {
	mutex sync.Mutex
	keys  map[string]string   // id → key
	ids   map[string][]string // key → ids
}

// Namesakes are the ids of objects, among those that some answer has shown so far, that have the natural key of these
// fields. Sorted; none is no proof that there is none.
func (c *Client) Namesakes(of *entity.Entity, fields Object) []string {
	c.namesakes.mutex.Lock()
	defer c.namesakes.mutex.Unlock()
	return slices.Sorted(slices.Values(c.namesakes.ids[keyText(of, fields)]))
}

// keyText is an object's natural key as one text, "" where it has none.
func keyText(of *entity.Entity, object Object) string {
	names := naturalKey(of, object)
	if len(names) == 0 {
		return ""
	}
	parts := []string{of.Code}
	for _, name := range names {
		parts = append(parts, object.Text(name))
	}
	return strings.Join(parts, "\x00")
}

func (n *namesakes) learn(object Object) {
	of := entity.ByCode(object.Text("entity"))
	if of == nil {
		return
	}
	key, id := keyText(of, object), object.ID()
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if before, known := n.keys[id]; known && before == key || !known && (key == "" || len(n.keys) >= mostNamesakes) {
		return
	}
	n.drop(id)
	if key != "" {
		if n.keys == nil {
			n.keys, n.ids = map[string]string{}, map[string][]string{}
		}
		n.keys[id] = key
		n.ids[key] = append(n.ids[key], id)
	}
}

// Forget has the client treat an object as if it had never read it.
func (c *Client) Forget(id string) { c.namesakes.forget(id) }

// forget is for an object that was deleted.
func (n *namesakes) forget(id string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.drop(id)
}

func (n *namesakes) drop(id string) {
	key, known := n.keys[id]
	if !known {
		return
	}
	delete(n.keys, id)
	if n.ids[key] = slices.DeleteFunc(n.ids[key], func(other string) bool { return other == id }); len(n.ids[key]) == 0 {
		delete(n.ids, key)
	}
}
