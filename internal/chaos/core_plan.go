package chaos

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

type action int

const (
	nothing action = iota
	create
	update
	replace
	remove
)

func (a action) String() string {
	return [...]string{"nothing", "create", "update", "replace", "delete"}[a]
}

// A change is what is planned for one instance.
type change struct {
	address  string
	action   action
	id       string // of the object in the state, "" for none
	policy   string // of a destroy, as the state has it
	config   object // as it was known
	prior    object
	planned  object
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

// A plan is a plan file: the state as it was read, and what is to change.
type plan struct {
	read    map[string]*resource
	dropped []removal // that were in the state and are not there any more
	changes map[string]*change
	answers map[string]object // of data sources that could be read
}

// A removal is an instance that a refresh has taken out of the state.
type removal struct{ address, id string }

func (p *plan) empty() bool {
	for _, c := range p.changes {
		if c.action != nothing {
			return false
		}
	}
	return true
}

// changeOf finds the change that a request carries out: by the object's id, or by the name of a new one, which no other
// has.
func (p *plan) changeOf(got request) *change {
	for _, address := range sortedKeys(p.changes) {
		c := p.changes[address]
		if c.id != "" && strings.HasSuffix(got.path, c.id) {
			return c
		}
		if posts.matches(got) && (c.action == create || c.action == replace) &&
			got.body["name"] == textOf(c.planned["name"]) && thingAt(address).kind.code == got.body["entity"] {
			return c
		}
	}
	return nil
}

// show returns a plan for people.
func (p *plan) show() string {
	var changes []string
	for _, address := range sortedKeys(p.changes) {
		c := p.changes[address]
		if c.action == nothing {
			continue
		}
		text := fmt.Sprintf("%s of %s", c.action, address)
		for _, name := range differences(c.prior, c.planned) {
			if c.action == update {
				text += fmt.Sprintf(", %s from %s to %s", name, show(c.prior[name]), show(c.planned[name]))
			}
		}
		changes = append(changes, text)
	}
	return strings.Join(changes, "; ")
}

// plan is `terraform plan`. It returns nil where there were errors.
func (r *run) plan(ctx context.Context) *plan {
	p := &plan{read: map[string]*resource{}, changes: map[string]*change{}, answers: map[string]object{}}
	if !r.start(ctx) {
		return nil
	}
	var failed atomic.Bool
	r.each(sortedKeys(r.config.things), func(address string) {
		if !r.validate(ctx, address, r.config.evaluate(address, r.ids(nil, nil), r.typeOf(address))) {
			failed.Store(true)
		}
	})
	for _, k := range kinds {
		if failed.Load() || r.over() {
			return nil
		}
		r.each(ofKind(r.addresses(), k), func(address string) {
			if !r.planOne(ctx, p, address) {
				failed.Store(true)
			}
		})
	}
	if failed.Load() || r.over() {
		return nil
	}
	if p.empty() {
		r.look(ctx, p.answers)
	}
	if r.failed || r.over() {
		return nil
	}
	return p
}

// planOne refreshes and plans one instance.
func (r *run) planOne(ctx context.Context, p *plan, address string) bool {
	var before *resource
	if r.state[address] != nil {
		loaded, ok := r.load(ctx, address)
		if !ok {
			return false
		}
		if before, ok = r.refresh(ctx, address, loaded); !ok {
			return false
		}
		r.mutex.Lock()
		if before == nil {
			p.dropped = append(p.dropped, removal{address, textOf(loaded.object["id"])})
		} else {
			p.read[address] = before
		}
		r.mutex.Unlock()
	}
	if r.over() {
		return false
	}
	var config object
	if r.config.things[address] != nil {
		config = r.config.evaluate(address, r.ids(p.read, p.changes), r.typeOf(address))
	}
	c, ok := r.planChange(ctx, address, config, before)
	if ok && c != nil {
		if before != nil {
			c.id, c.policy = textOf(before.object["id"]), textOf(before.object["deletion_policy"])
		}
		r.mutex.Lock()
		defer r.mutex.Unlock()
		p.changes[address] = c
	}
	return ok
}

// planChange plans one instance; nil where there is none and none is wanted.
func (r *run) planChange(ctx context.Context, address string, config object, before *resource) (*change, bool) {
	switch {
	case config == nil && before == nil:
		return nil, true
	case before == nil:
		return r.ask(ctx, address, create, config, &resource{})
	case config == nil:
		return r.ask(ctx, address, remove, nil, before)
	case before.tainted:
		return r.ask(ctx, address, replace, config, &resource{private: before.private})
	}
	return r.ask(ctx, address, update, config, before)
}

func (r *run) ask(ctx context.Context, address string, what action, config object, before *resource) (*change, bool) {
	t := r.typeOf(address)
	answer, err := r.process.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: t.name, PriorState: t.encode(before.object), ProposedNewState: t.encode(t.proposed(config, before.object)),
		Config: t.encode(config), PriorPrivate: before.private, PriorIdentity: before.identity,
	})
	if !r.answered(address, err) || !r.heard(address, answer.Diagnostics) {
		return nil, false
	}
	planned, err := t.decode(answer.PlannedState)
	if err != nil {
		r.breaks(address, "the plan cannot be read: %v", err)
		return nil, false
	}
	c := &change{address: address, action: what, config: config, prior: before.object, planned: planned,
		private: answer.PlannedPrivate, identity: answer.PlannedIdentity}
	if what == remove {
		return c, true
	}
	if planned == nil {
		r.breaks(address, "a plan to %s has no state", what)
		return nil, false
	}
	if problem := t.planProblem(config, before.object, planned); problem != "" {
		r.breaks(address, "Provider produced invalid plan: %s", problem)
	}
	if what == update {
		switch {
		case len(differences(before.object, planned)) == 0:
			c.action = nothing
		case len(answer.RequiresReplace) > 0:
			return r.ask(ctx, address, replace, config, &resource{private: answer.PlannedPrivate})
		}
	}
	return c, true
}

// look reads the data sources.
func (r *run) look(ctx context.Context, answers map[string]object) {
	for n := range r.config.lookUps {
		if r.over() {
			return
		}
		t := r.schemas.lookUps[kinds[1].name]
		by := r.world.otherObjects[n%len(r.world.otherObjects)]
		config := maps.Clone(t.blank)
		config["name"], config["tag"] = str(by.name), str("1")
		address := "data." + by.name
		if r.world.applied != nil {
			r.world.between()
		}
		r.world.asked(by)
		answer, err := r.process.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: t.name,
			Config: t.encode(config)})
		if !r.answered(address, err) || !r.heard(address, answer.Diagnostics) {
			continue
		}
		found, err := t.decode(answer.State)
		if err != nil || found == nil {
			r.breaks(address, "what was found cannot be read: %v", err)
			continue
		}
		answers[by.id] = found
		r.world.answered(found)
	}
}

// adopt is `terraform import`.
func (r *run) adopt(ctx context.Context, address, id string) bool {
	t := r.typeOf(address)
	answer, err := r.process.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: t.name, ID: id})
	if !r.answered(address, err) || !r.heard(address, answer.Diagnostics) {
		return false
	}
	imported := answer.ImportedResources[0]
	value, err := t.decode(imported.State)
	must(err)
	got, ok := r.refresh(ctx, address, &resource{object: value, private: imported.Private, identity: imported.Identity})
	if ok && got != nil {
		r.state.put(address, got)
	}
	return ok && got != nil
}
