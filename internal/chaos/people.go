package chaos

import (
	"maps"
	"net/http"
	"path"
)

// A record is what the judge knows of an object that Terraform has made or taken over: whose its fields are.
type record struct {
	address string
	// owned are the fields that were declared when Terraform last wrote the object, or earlier, and that it has not given
	// up since. It may clear them when they are not declared any more.
	owned map[string]bool
	// clears are those that it must clear: it has put a value there.
	clears map[string]bool
	// unsure are secrets of which a write has got no usable answer. What is not shown cannot be compared, and so it is
	// sent once more.
	unsure map[string]bool
	// forgotten are secrets that a killed run wrote. Neither the state nor, where secrets are hidden, a read tells that
	// there is another value, until the next write of them.
	forgotten map[string]bool
	// people are the values that people gave to fields, and that Terraform has had no right to touch since; nil for a
	// cleared one.
	people map[string]any
}

func newRecord(address string) *record {
	return &record{address: address, owned: map[string]bool{}, clears: map[string]bool{}, unsure: map[string]bool{},
		forgotten: map[string]bool{}, people: map[string]any{}}
}

// edit is what a person does in DemandFlow's form.
func (w *walk) edit(id string, changes map[string]any) {
	if w.world.Object(id) == nil {
		return
	}
	w.world.Edit(id, changes)
	if r := w.records[id]; r != nil {
		for name, value := range changes {
			r.people[name] = value
			if value == nil {
				delete(r.clears, name)
			}
		}
	}
}

// conflict edits the object that a request is about to write, of a field that the form picks.
func (w *walk) conflict(in *http.Request, form int) {
	id := path.Base(in.URL.Path)
	r := w.records[id]
	if r == nil {
		return
	}
	t := thingAt(r.address)
	f := t.kind.fields[len(t.kind.fields)/2+form%2]
	if name := f.name; name != "" && !f.secret {
		w.edit(id, map[string]any{name: t.value(f, form).stored()})
	}
}

// stored returns the value as DemandFlow keeps it, nil for none.
func (v value) stored() any {
	switch {
	case v.to != "":
		return foreignRegistryID
	case v.api == "":
		return nil
	}
	return v.api
}

// record brings the records up to date after a command: what was sent, and what was put into the state. An update of
// the state alone, where only the spelling differs, makes what is declared Terraform's too.
func (w *walk) record(r *run, p *plan) {
	for address, c := range r.carriedOut(p) {
		if record := w.records[c.id]; record != nil && c.action == update {
			w.own(record, address)
		}
	}
	for _, request := range r.requests {
		id := request.id()
		if request.method == http.MethodPatch && w.records[id] != nil {
			w.wrote(r, w.records[id], id, request.body)
		}
	}
	for _, address := range sortedKeys(w.state) {
		id := w.idIn(address)
		if w.records[id] == nil {
			w.records[id] = newRecord(address)
			for _, request := range r.requests { // the one that made it
				if request.method == http.MethodPost && request.change != nil && request.change.address == address {
					w.wrote(r, w.records[id], id, request.body)
				}
			}
		}
		w.records[id].address = address
	}
	// What a state has is kept: a stale read shows an object that is gone, and an update may still be sent to it.
	maps.DeleteFunc(w.records, func(id string, r *record) bool {
		return w.world.Object(id) == nil && w.idIn(r.address) != id
	})
}

// doubt records which writes have got no usable answer. It runs after the judge, which needs what was recorded before.
func (w *walk) doubt(r *run) {
	for _, request := range r.requests {
		id := request.id()
		if record := w.records[id]; record != nil && request.method == http.MethodPatch {
			for name, value := range request.body {
				record.unsure[name] = request.hit != nil
				f := thingAt(record.address).kind.field(name)
				record.forgotten[name] = r.killed.Load() && f != nil &&
					(record.forgotten[name] || f.shape.equal(w.world.Object(id)[name], value))
			}
		}
	}
}

// wrote notes a write of Terraform's.
func (w *walk) wrote(in *run, r *record, id string, body map[string]any) {
	w.own(r, r.address)
	stored := w.world.Object(id)
	k := thingAt(r.address).kind
	for name, value := range body {
		if value == nil && stored[name] == nil {
			delete(r.people, name)
			delete(r.clears, name)
		}
		if f := k.field(name); f != nil && value != nil && stored != nil && f.shape.equal(stored[name], value) {
			r.owned[name] = true
			r.clears[name] = r.clears[name] || !in.killed.Load() // a killed run remembers nothing
			delete(r.people, name)
		}
	}
}

// own notes that what is declared is Terraform's.
func (w *walk) own(r *record, address string) {
	for f := range w.config.things[address] {
		if f.name != "" && w.declared(address, f) {
			r.owned[f.name] = true
			delete(r.people, f.name)
		}
	}
}

// carriedOut returns the changes that a run has begun to apply.
func (r *run) carriedOut(p *plan) map[string]*change {
	if p == nil || !r.applied {
		return nil
	}
	return p.changes
}

// declared reports whether the configuration says something of a field.
func (w *walk) declared(address string, f *field) bool {
	i, set := w.config.things[address][f]
	if !set {
		return false
	}
	to := thingAt(address).value(f, i).to
	return to == "" || to == foreignRegistry || w.config.things[to] != nil
}
