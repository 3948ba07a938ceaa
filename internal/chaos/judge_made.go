package chaos

import (
	"slices"
	"strings"
)

// keyOf returns the natural key of a stored object as one text.
func (k *resourceKind) keyOf(object map[string]any) string {
	var parts []string
	for _, name := range k.key {
		parts = append(parts, stringOf(object[name]))
	}
	return strings.Join(parts, ":")
}

// title is how errors call an object by its natural key.
func (k *resourceKind) title(object map[string]any) string {
	title := stringOf(object["name"])
	if tag := stringOf(object["tag"]); tag != "" {
		title += ":" + tag
	}
	return title
}

// wantedKey returns the natural key that the configuration gives to an address.
func (w *walk) wantedKey(address string) string {
	t := thingAt(address)
	object := map[string]any{}
	for _, name := range t.kind.key {
		if f := t.kind.field(name); w.declared(address, f) {
			object[name] = w.config.wanted(address, f, w.idIn)
		}
	}
	return t.kind.keyOf(object)
}

// duplicates returns the ids of objects that have a natural key.
func (w *walk) duplicates(k *resourceKind, key string) []string {
	var ids []string
	for _, object := range w.world.Objects(k.code) {
		if k.keyOf(object) == key {
			ids = append(ids, stringOf(object["id"]))
		}
	}
	return ids
}

// judgeMade looks for objects that a command has made and that are in no state, and for those made twice.
func (w *walk) judgeMade(r *run, before map[string]map[string]any) *finding {
	inState := map[string]bool{}
	for address := range w.state {
		inState[w.idIn(address)] = true
	}
	made := map[string]int{}
	for _, k := range kinds {
		for _, object := range w.world.Objects(k.code) {
			id, key := stringOf(object["id"]), k.keyOf(object)
			if before[id] != nil || w.left[id] != nil {
				continue
			}
			if made[k.code+key]++; made[k.code+key] > 1 {
				return found(onceOnly, "%s %s was made twice in one run", k.short, key)
			}
			switch {
			case inState[id]:
			case r.killed.Load():
				w.leave(id, "killed")
			case w.onlyInterrupted(r):
				return found(remembered, "%s %s was made, Terraform was interrupted, and the state does not have it", k.short, key)
			case !mentions(r, id, k.title(object)):
				return found(remembered, "%s %s was made, and neither the state has it nor an error says so", k.short, key)
			default:
				w.leave(id, "reported")
			}
		}
	}
	return nil
}

// onlyInterrupted reports whether an interrupt is all that happened: then what was sent is waited for.
func (w *walk) onlyInterrupted(r *run) bool {
	return r.stopped.Load() && !r.hit(func(f *fault) bool { return f.kind != interrupt && f.kind != interruptLost })
}

// mentions reports whether an error names an object, by its id or by its title.
func mentions(r *run, id, title string) bool {
	return slices.ContainsFunc(r.said, func(m message) bool {
		return strings.Contains(m.detail, id) ||
			strings.Contains(m.detail, "may or may not exist") && strings.Contains(m.detail, title)
	})
}

// judgeWarnings holds a plan that creates against what there is. A request that went wrong excuses it.
func (w *walk) judgeWarnings(r *run, p *plan) *finding {
	if !r.withoutFault() {
		return nil
	}
	for _, address := range sortedKeys(p.changes) {
		c := p.changes[address]
		if c.action != create || slices.ContainsFunc(thingAt(address).kind.key, func(name string) bool {
			return !c.planned[thingAt(address).kind.field(name).attrs[0]].IsKnown()
		}) {
			continue
		}
		for _, id := range w.duplicates(thingAt(address).kind, w.wantedKey(address)) {
			if !r.warnedOf(address, id) {
				return found(warned, "%s %s is planned, an object of this name exists (%s), and the plan does not say so", address,
					w.wantedKey(address), w.whyLeft(id))
			}
		}
	}
	return nil
}

func (w *walk) whyLeft(id string) string {
	if l := w.left[id]; l != nil {
		return l.why
	}
	return "in the state"
}

// warnedOf reports whether a warning names an object.
func (r *run) warnedOf(address, id string) bool {
	return slices.ContainsFunc(r.said, func(m message) bool {
		return m.warning && m.address == address && strings.Contains(m.detail, id)
	})
}

// judgeCalm is for a command in which nothing went wrong and no other edit came between.
func (w *walk) judgeCalm(r *run, p *plan) *finding {
	if w.invalid() {
		if !r.failed {
			return found(refused, "an option that the tenant has renamed was taken")
		}
		return nil
	}
	if r.failed || p == nil {
		return found(calm, "%s", r.firstError())
	}
	for _, address := range sortedKeys(w.config.things) {
		object := w.world.Object(w.idIn(address))
		if object == nil {
			return found(inForce, "%s is not there", address)
		}
		record := w.records[stringOf(object["id"])]
		t := thingAt(address)
		for _, f := range t.kind.fields {
			switch want := w.config.wanted; {
			case f.name == "" || f.secret && record.forgotten[f.name]:
			case w.declared(address, f):
				if !f.shape.equal(object[f.name], want(address, f, w.idIn)) {
					return found(inForce, "%s: %s is %v, and %v in the configuration", address, f.name, object[f.name],
						want(address, f, w.idIn))
				}
			case record.clears[f.name] && object[f.name] != nil:
				return found(cleared, "%s: %s is still %v", address, f.name, object[f.name])
			default:
				delete(record.owned, f.name)
				delete(record.clears, f.name)
			}
		}
	}
	for _, address := range sortedKeys(w.state) {
		if w.config.things[address] == nil {
			return found(inForce, "%s was removed from the configuration and is in the state", address)
		}
	}
	return nil
}

func (r *run) firstError() string {
	for _, m := range r.said {
		if !m.warning {
			return m.String()
		}
	}
	return "no error"
}

// withoutFault reports whether nothing went wrong in a run.
func (r *run) withoutFault() bool { return !r.hit(func(*fault) bool { return true }) }

// hit reports whether one of some faults happened in a run.
func (r *run) hit(of func(*fault) bool) bool {
	return slices.ContainsFunc(r.faults, func(f *fault) bool { return f.hits > 0 && of(f) })
}
