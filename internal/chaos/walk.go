package chaos

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
)

// A walk is a configuration, its state and its tenant, on the way through steps.
type walk struct {
	schemas *schemas
	world   *world
	engine  engine
	config  configuration
	state   state

	records  map[string]*record // by id: what Terraform has made or taken over
	left     map[string]*left   // by id: what was there and is in no state any more
	authors  map[string]any     // of the otherObjects' last write, by id
	renamed  bool
	logged   bool // with a log, which costs time
	parallel bool // Terraform works on several instances at a time
	figures  *figures
	taken    []string // steps so far, as Go has them
	muted    []string // parts of findings that do not count
}

// An engine is Terraform: core in this process, or the real one.
type engine interface {
	plan(ctx context.Context, r *run) *plan // nil where there were errors
	apply(ctx context.Context, r *run, p *plan)
	adopt(ctx context.Context, r *run, address, id string) bool // imports
}

// core is as much of Terraform as walks need, in this process.
type core struct{}

func (core) plan(ctx context.Context, r *run) *plan     { return r.plan(ctx) }
func (core) apply(ctx context.Context, r *run, p *plan) { r.apply(ctx, p) }
func (core) adopt(ctx context.Context, r *run, address, id string) bool {
	return r.adopt(ctx, address, id)
}

// A left object is one that is not in the state any more and may be there for ever.
type left struct {
	why     string
	version int64
}

func newWalk(schemas *schemas, answers emulator.Answers, figures *figures) *walk {
	w := &walk{
		schemas: schemas, world: newWorld(answers), engine: core{},
		config: configuration{things: map[string]map[*field]int{}}, state: state{},
		records: map[string]*record{}, left: map[string]*left{}, authors: map[string]any{}, figures: figures,
	}
	w.world.conflict = w.conflict
	for _, b := range w.world.otherObjects {
		w.authors[b.id] = w.world.Object(b.id)["updatedId"]
	}
	w.world.Edit(foreignRegistryID, map[string]any{"description": "theirs"})
	w.authors["people"] = w.world.Object(foreignRegistryID)["updatedId"]
	return w
}

// take takes a step and judges it.
func (w *walk) take(s step) *finding {
	w.figures.steps++
	w.figures.did[s.kind]++
	t := w.meant(s)
	f := t.kind.fields[s.field%len(t.kind.fields)]
	w.taken = append(w.taken, s.literal(t, f))
	switch s.kind {
	case declare:
		w.config.declare(t, s.value)
	case set:
		if fields := w.config.things[t.address()]; fields != nil {
			fields[f] = s.value % len(f.values)
		}
	case unset:
		if !f.required {
			delete(w.config.things[t.address()], f)
		}
	case drop:
		delete(w.config.things, t.address())
	case lookUp:
		w.config.lookUps = s.value % 5
	case edit, clearField, deleteThere, makeThere:
		w.changeOutside(s.kind, t, f, s.value)
	case forget:
		if id := w.idIn(t.address()); id != "" {
			delete(w.state, t.address())
			w.leave(id, "forgotten")
			// A command takes longer than clocks may differ: what was created before it is older than what comes after it.
			time.Sleep(5 * time.Second) //nolint:forbidigo // on a clock that does not wait
		}
	case moveFrom:
		return w.move(t)
	case renameOption:
		w.rename()
	case hour:
		time.Sleep(time.Hour) //nolint:forbidigo // on a clock that does not wait
	case planOnly:
		return w.command(false, goodToken, nil, nil)
	case applyAll:
		return w.command(true, goodToken, w.possible(s.faults), nil)
	case applyBeside:
		return w.command(true, goodToken, nil, []otherEdit{{s.value, s.thing, "meanwhile"},
			{s.value + 1, s.field, "and then"}})
	case wrongToken:
		if len(w.state) > 0 {
			return w.command(true, []string{otherToken, goneToken}[s.value%2], nil, nil)
		}
	case wrongServer:
		return w.command(true, goodToken, []*fault{{kind: wrongEndpoint, times: 1 << 30, form: s.value}}, nil)
	}
	return nil
}

// meant returns the thing that a step is about: for all that makes sense only with something declared, the next that
// is.
func (w *walk) meant(s step) thing {
	for i := range things {
		t := things[(s.thing+i)%len(things)]
		if s.kind == declare || w.config.things[t.address()] != nil {
			return t
		}
	}
	return things[s.thing%len(things)]
}

// possible returns the faults that can happen now. DemandFlow lags by seconds, and not behind what is older.
func (w *walk) possible(given []fault) []*fault {
	var faults []*fault
	for _, f := range given {
		if f.kind != stale || w.allYoung() {
			faults = append(faults, &f)
		}
	}
	return faults
}

// allYoung reports whether every object was written in the last seconds.
func (w *walk) allYoung() bool {
	for _, k := range kinds {
		for _, object := range w.world.Objects(k.code) {
			written, _ := object["updated"].(json.Number)
			n, err := written.Int64()
			must(err)
			if _, seeded := w.authors[stringOf(object["id"])]; !seeded && time.Since(time.UnixMilli(n)) > 5*time.Second {
				return false
			}
		}
	}
	return true
}

// changeOutside is what people do in DemandFlow.
func (w *walk) changeOutside(d stepKind, t thing, f *field, i int) {
	id := w.idIn(t.address())
	switch {
	case d == makeThere:
		w.makeThere(t)
	case id == "":
	case d == deleteThere:
		if w.world.Object(id) != nil {
			w.world.Remove(id)
		}
	case f.name == "" || f.secret && w.config.things[t.address()] != nil:
	case d == clearField && !f.required:
		w.edit(id, map[string]any{f.name: nil})
	case d == edit && f.secret:
		w.edit(id, map[string]any{f.name: formSecret})
	case d == edit:
		w.edit(id, map[string]any{f.name: t.value(f, i).stored()})
	}
}

// makeThere has people make what the configuration declares.
func (w *walk) makeThere(t thing) {
	address := t.address()
	if w.config.things[address] == nil || len(w.duplicates(t.kind, w.wantedKey(address))) > 0 {
		return
	}
	object := map[string]any{"entity": t.kind.code}
	for _, f := range t.kind.fields {
		if f.required || slices.Contains(t.kind.key, f.name) && w.declared(address, f) {
			object[f.name] = w.config.wanted(address, f, w.idIn)
		}
	}
	made, err := w.world.Seed(object)
	must(err)
	w.leave(made[0], "made by people")
}

func (w *walk) leave(id, why string) {
	if object := w.world.Object(id); object != nil {
		w.left[id] = &left{why, version(object)}
	}
}

// rename changes the label of an option, or changes it back.
func (w *walk) rename() {
	w.renamed = !w.renamed
	label := "linux"
	if w.renamed {
		label = "GNU/Linux"
	}
	w.world.EditField("DOCKERIMAGE", "os", map[string]any{"options": []any{
		map[string]any{"id": "1", "text": label}, map[string]any{"id": "2", "text": "windows"},
		map[string]any{"id": "3", "text": "darwin"},
	}})
}

// invalid reports whether the configuration has the option's old name.
func (w *walk) invalid() bool {
	os := kinds[1].field("os")
	for _, fields := range w.config.things {
		if i, declared := fields[os]; declared && i == 0 && w.renamed {
			return true
		}
	}
	return false
}

// idIn returns the id that the state has for an address, "" for none.
func (w *walk) idIn(address string) string {
	if w.state[address] == nil {
		return ""
	}
	object, _ := decodeJSON([]byte(w.state[address].json)).(map[string]any)
	return stringOf(object["id"])
}
