package chaos

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// apply is `terraform apply` of a plan, in a provider process of its own. The state file has what was read, then what each change gave.
func (r *run) apply(ctx context.Context, p *plan) {
	for _, address := range r.addresses() {
		r.state.put(address, p.read[address])
	}
	if p.empty() {
		return
	}
	r.applying = true
	if !r.start(ctx) {
		return
	}
	now := map[string]*resource{}
	for address, read := range p.read {
		now[address] = read
	}
	failed := map[string]bool{}
	for _, address := range r.order(p) {
		if r.stopped.Load() || r.killed.Load() {
			return
		}
		c := p.changes[address]
		switch {
		case c.action == nothing:
			continue
		case slices.ContainsFunc(r.config.refers(address), func(to string) bool { return failed[to] }):
			failed[address] = true
			continue
		}
		r.world.between()
		failed[address] = !r.carryOut(ctx, c, now)
	}
	if !r.failed && !r.stopped.Load() && !r.killed.Load() {
		r.look(ctx, p.answers)
	}
}

// order is the order of an apply: what refers to others goes before they do.
func (r *run) order(p *plan) []string {
	var first, then, last []string
	for _, address := range r.addresses() {
		switch c := p.changes[address]; {
		case c == nil:
		case c.action != remove:
			then = append(then, address)
		case thingAt(address).kind == &kinds[0]:
			last = append(last, address)
		default:
			first = append(first, address)
		}
	}
	return slices.Concat(first, then, last)
}

// carryOut plans a change again with what is known by now, and applies it.
func (r *run) carryOut(ctx context.Context, c *change, now map[string]*resource) bool {
	before := now[c.address]
	if c.action == replace {
		deletion, ok := r.ask(ctx, c.address, remove, nil, before)
		if !ok || !r.applyOne(ctx, deletion, before, now) || r.stopped.Load() || r.killed.Load() {
			return false
		}
		before = nil
	}
	final := c
	if c.action != remove {
		prior := before
		if c.action == replace {
			prior = &resource{private: c.private}
		}
		if prior == nil {
			prior = &resource{}
		}
		what := c.action
		if what == replace {
			what = create
		}
		var ok bool
		if final, ok = r.ask(ctx, c.address, what, r.config.evaluate(c.address, ids(now, nil), r.typeOf(c.address)), prior); !ok {
			return false
		}
		if problem := r.typeOf(c.address).compatibleProblem(c.planned, final.planned); problem != "" {
			r.breaks(c.address, "Provider produced inconsistent final plan: %s", problem)
			return false
		}
		if final.action == nothing {
			return true
		}
	}
	return r.applyOne(ctx, final, before, now)
}

// applyOne applies one change and puts what came of it into the state, also where that is an error.
func (r *run) applyOne(ctx context.Context, c *change, before *resource, now map[string]*resource) bool {
	t := r.typeOf(c.address)
	prior := &resource{}
	if before != nil {
		prior = before
	}
	r.world.begin(c)
	answer, err := r.process.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: t.name, PriorState: t.encode(prior.object), PlannedState: t.encode(c.planned), Config: t.encode(c.config),
		PlannedPrivate: c.private, PlannedIdentity: c.identity,
	})
	r.world.end()
	if r.killed.Load() {
		return false
	}
	if err != nil {
		return r.heard(c.address, err, nil)
	}
	fine := r.heard(c.address, nil, answer.Diagnostics)
	got, err := t.decode(answer.NewState)
	if err != nil {
		r.breaks(c.address, "what was applied cannot be read: %v", err)
		return false
	}
	if fine {
		r.checkApplied(c, got)
	}
	r.keep(c, before, got, answer, fine, now)
	return fine
}

func (r *run) checkApplied(c *change, got object) {
	if name := unknownName(got); name != "" {
		r.breaks(c.address, "%s is not known after an apply", name)
	}
	if problem := r.typeOf(c.address).compatibleProblem(c.planned, got); problem != "" {
		r.breaks(c.address, "Provider produced inconsistent result after apply: %s", problem)
	}
}

// keep is what Terraform's state has after one change: where a provider failed and gives nothing, what was there before; where it
// failed to create and gives something all the same, that, to be replaced.
func (r *run) keep(c *change, before *resource, got object, answer *tfprotov6.ApplyResourceChangeResponse, fine bool, now map[string]*resource) {
	var after *resource
	switch {
	case got == nil && !fine:
		after = before
	case got != nil:
		after = &resource{object: r.typeOf(c.address).knownOnly(got), private: answer.Private, identity: answer.NewIdentity}
		after.tainted = !fine && (before == nil || before.tainted)
	}
	r.state.put(c.address, after)
	delete(now, c.address)
	if after != nil {
		now[c.address] = after
	}
}
