package chaos

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// apply is `terraform apply` of a plan, in a provider process of its own. The state file has what was read, then what
// each change gave.
func (r *run) apply(ctx context.Context, p *plan) {
	for _, address := range r.addresses() {
		r.state.put(address, p.read[address])
	}
	if p.empty() {
		return
	}
	r.world.apply(p)
	if !r.start(ctx) {
		return
	}
	now := maps.Clone(p.read)
	failed := map[string]bool{}
	for _, addresses := range r.order(p) {
		r.each(addresses, func(address string) {
			r.mutex.Lock()
			skip := slices.ContainsFunc(r.config.refers(address), func(to string) bool { return failed[to] })
			r.mutex.Unlock()
			fine := false
			if !skip {
				r.world.between()
				fine = r.carryOut(ctx, p.changes[address], now)
			}
			r.mutex.Lock()
			defer r.mutex.Unlock()
			failed[address] = !fine
		})
	}
	if !r.failed && !r.over() {
		r.look(ctx, p.answers)
	}
}

// order returns the order of an apply: what refers to others goes before they do. What is of one part may be done at a
// time.
func (r *run) order(p *plan) [][]string {
	parts := make([][]string, 4)
	for _, address := range r.addresses() {
		c, image := p.changes[address], thingAt(address).kind == kinds[1]
		switch {
		case c == nil || c.action == nothing:
		case c.action == remove && image:
			parts[0] = append(parts[0], address)
		case c.action == remove:
			parts[3] = append(parts[3], address)
		case image:
			parts[2] = append(parts[2], address)
		default:
			parts[1] = append(parts[1], address)
		}
	}
	return parts
}

// carryOut plans a change again with what is known by now, and applies it.
func (r *run) carryOut(ctx context.Context, c *change, now map[string]*resource) bool {
	r.mutex.Lock()
	before := now[c.address]
	r.mutex.Unlock()
	if c.action == replace {
		deletion, ok := r.ask(ctx, c.address, remove, nil, before)
		if !ok || !r.applyOne(ctx, deletion, before, now) || r.over() {
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
		if final, ok = r.ask(ctx, c.address, what, r.config.evaluate(c.address, r.ids(now, nil), r.typeOf(c.address)),
			prior); !ok {
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
	answer, err := r.process.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: t.name, PriorState: t.encode(prior.object), PlannedState: t.encode(c.planned), Config: t.encode(c.config),
		PlannedPrivate: c.private, PlannedIdentity: c.identity,
	})
	if !r.answered(c.address, err) {
		return false
	}
	fine := r.heard(c.address, answer.Diagnostics)
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

// keep is what Terraform's state has after one change: where a provider failed and gives nothing, what was there
// before; where it failed to create and gives something all the same, that, to be replaced.
func (r *run) keep(c *change, before *resource, got object, answer *tfprotov6.ApplyResourceChangeResponse, fine bool,
	now map[string]*resource) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
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
