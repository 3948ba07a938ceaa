package chaos

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

// command runs a plan or an apply, and the judge. After an apply in which nothing went wrong there is a plan, which
// must be empty.
func (w *walk) command(applies bool, token string, faults []*fault, beside []otherEdit) *finding {
	r, p, f := w.run(applies, token, faults, beside)
	if f != nil || !applies || r.failed || r.stopped.Load() || r.killed.Load() || !r.withoutFault() || token != goodToken {
		return f
	}
	if f := w.firstUnmuted(w.judgeCalm(r, p)); f != nil || w.invalid() || p == nil {
		return f
	}
	r, p, f = w.run(false, token, nil, nil)
	switch {
	case f != nil:
		return f
	case p == nil:
		return w.firstUnmuted(found(calm, "a plan after an apply: %s", r.firstError()))
	case !p.empty():
		return w.firstUnmuted(found(quiet, "%s", p.show()))
	}
	return nil
}

// run is one command.
func (w *walk) run(applies bool, token string, faults []*fault, beside []otherEdit) (*run, *plan, *finding) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r := &run{parallel: w.parallel, schemas: w.schemas, world: w.world, config: w.config, token: token, state: w.state,
		faults: faults}
	before := map[string]map[string]any{}
	for _, k := range kinds {
		for _, object := range w.world.Objects(k.code) {
			before[stringOf(object["id"])] = object
		}
	}
	if w.logged {
		ctx = tflogtest.RootLogger(ctx, &r.log)
	}
	w.world.reset(r, faults, beside)
	w.figures.runs++
	p := w.engine.plan(ctx, r)
	var dropped []removal
	if p != nil {
		dropped = p.dropped
		if f := w.firstUnmuted(w.judgeWarnings(r, p), w.judgeDrift(p)); f != nil {
			return r, p, f
		}
		if applies && w.importWarned(ctx, r, p) {
			if p = w.engine.plan(ctx, r); p != nil {
				dropped = slices.Concat(dropped, p.dropped)
			}
		}
	}
	if applies && p != nil {
		r.applied = true
		w.engine.apply(ctx, r, p)
	}
	r.requests = w.world.end()
	w.record(r, p)
	w.leaveBehind(p)
	for _, request := range r.requests {
		for _, t := range []target{posts, patches, deletes} {
			if t.matches(request) {
				w.figures.writes[t]++
			}
		}
	}
	for _, f := range faults {
		w.figures.hits[f.kind] += f.hits
	}
	f := w.judge(r, before, dropped)
	w.doubt(r)
	return r, p, f
}

// leaveBehind notes what a destroy left in DemandFlow because the configuration said so.
func (w *walk) leaveBehind(p *plan) {
	if p == nil {
		return
	}
	for address, c := range p.changes {
		ended := c.action == remove && w.state[address] == nil || c.action == replace && w.idIn(address) != c.id
		if ended && (c.policy == "archive" || c.policy == "abandon") {
			w.leave(c.id, c.policy)
		}
	}
}

// importWarned does what a person does whom a plan has warned of an object of the same name: imports that.
func (w *walk) importWarned(ctx context.Context, r *run, p *plan) bool {
	heeded := false
	for _, address := range sortedKeys(p.changes) {
		if p.changes[address].action != create {
			continue
		}
		for _, id := range sortedKeys(w.left) {
			if r.warnedOf(address, id) && w.left[id] != nil && !heeded {
				heeded = w.importAs(ctx, r, address, id)
			}
		}
	}
	return heeded
}

// importAs imports an object.
func (w *walk) importAs(ctx context.Context, r *run, address, id string) bool {
	if !w.engine.adopt(ctx, r, address, id) {
		return false
	}
	delete(w.left, id)
	w.records[id] = newRecord(address)
	return true
}

// A logBuffer is a run's log. What outlives the run may still write to it.
type logBuffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (j *logBuffer) Write(p []byte) (int, error) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.text.Write(p)
}

func (j *logBuffer) String() string {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.text.String()
}
