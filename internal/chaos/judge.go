package chaos

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A finding is a promise that the provider broke.
type finding struct {
	promise string // a constant, by which findings are the same or others
	detail  string
}

func (f *finding) Error() string { return f.promise + ": " + f.detail }

func found(promise, format string, arguments ...any) *finding {
	return &finding{promise, fmt.Sprintf(format, arguments...)}
}

// What is promised.
const (
	rules      = "Terraform accepts what the provider answers"
	readOnly   = "nothing is written before an apply"
	asPlanned  = "a write has what the plan showed, and no more"
	owners     = "a field of another owner is left alone"
	others     = "what is not in the configuration is left alone"
	kept       = "what is there stays in the state"
	remembered = "what was made is in the state, or an error says so"
	onceOnly   = "nothing is made twice"
	warned     = "a plan that creates says so where an object of this name is there"
	inForce    = "what an apply reports done is done"
	calm       = "a run in which nothing goes wrong succeeds"
	noDrift    = "a plan shows no drift that is not there"
	quiet      = "a plan after an apply is empty"
	cleared    = "an argument that is no longer set is cleared"
	fresh      = "a data source shows nothing older than the question"
	secrecy    = "no secret is said"
	refused    = "a configuration that the tenant does not take is an error of the plan"
)

// judge looks at a command that has ended.
func (w *walk) judge(r *run, before map[string]map[string]any, dropped []removal) *finding {
	return w.firstUnmuted(w.judgeRules(r), w.judgeWrites(r), w.judgeState(dropped), w.judgeMade(r, before),
		w.judgeOthers(),
		w.judgePeople(), w.judgeLooks(r), w.judgeSecrets(r))
}

// firstUnmuted returns the first of some findings, nil for none, that is not among those to ignore.
func (w *walk) firstUnmuted(findings ...*finding) *finding {
	for _, f := range findings {
		if f != nil && !slices.ContainsFunc(w.muted, func(part string) bool { return strings.Contains(f.Error(), part) }) {
			return f
		}
	}
	return nil
}

func (w *walk) judgeRules(r *run) *finding {
	if len(r.broken) > 0 {
		return found(rules, "%s", r.broken[0])
	}
	return nil
}

// judgeWrites holds every request that writes against the plan, and against whose the fields are.
func (w *walk) judgeWrites(r *run) *finding {
	for _, request := range r.requests {
		writes := request.method == http.MethodPatch || request.method == http.MethodDelete || posts.matches(request)
		switch {
		case !writes:
			continue
		case !request.applying || request.change == nil:
			return found(readOnly, "%s %s", request.method, request.path)
		}
		if f := w.judgeWrite(request); f != nil {
			return f
		}
	}
	return nil
}

func (w *walk) judgeWrite(request request) *finding {
	c := request.change
	k := thingAt(c.address).kind
	id := request.id()
	ends, begins := c.action == remove || c.action == replace, c.action == create || c.action == replace
	switch {
	case request.method == http.MethodDelete && (!ends || c.policy == "archive" || c.policy == "abandon"),
		request.method == http.MethodPost && !begins,
		request.method == http.MethodPatch && c.action != update && (!ends || c.policy != "archive"):
		return found(asPlanned, "%s: %s for a plan to %s (%s)", c.address, request.method, c.action, c.policy)
	}
	for _, name := range sortedKeys(request.body) {
		f := k.field(name)
		switch {
		case request.method == http.MethodPost && slices.Contains([]string{"entity", "level", "comboKey"}, name):
			continue
		case request.method == http.MethodPatch && ends && name == "status":
			continue
		case f == nil:
			return found(owners, "%s: %s of %s, which no configuration has", c.address, request.method, name)
		}
		if problem := w.judgeField(c, f, id, request.body[name]); problem != nil {
			return problem
		}
	}
	return nil
}

func (w *walk) judgeField(c *change, f *field, id string, sent any) *finding {
	declared := w.declared(c.address, f)
	changes := differences(c.prior, c.planned)
	shown := c.prior == nil ||
		slices.ContainsFunc(f.written(), func(attr string) bool { return slices.Contains(changes, attr) })
	record := w.records[id]
	switch {
	case !shown && (!f.secret || record == nil || !record.unsure[f.name]):
		return found(asPlanned, "%s: %s was sent, which the plan does not change", c.address, f.name)
	case !declared && (record == nil || !record.owned[f.name]):
		return found(owners, "%s: %s was sent, which the configuration never set", c.address, f.name)
	case !declared && sent != nil:
		return found(owners, "%s: %s was sent as %v, and is not in the configuration", c.address, f.name, sent)
	case declared && !f.shape.equal(sent, w.config.wanted(c.address, f, w.idIn)):
		return found(asPlanned, "%s: %s was sent as %v, and is %v in the configuration", c.address, f.name, sent,
			w.config.wanted(c.address, f, w.idIn))
	}
	return nil
}

// judgeState finds objects that are there and were dropped, which nothing excuses.
func (w *walk) judgeState(dropped []removal) *finding {
	for _, d := range dropped {
		if w.world.Object(d.id) != nil {
			return found(kept, "%s was dropped from the state, and exists", d.address)
		}
	}
	return nil
}

// judgeOthers compares those that no configuration has with what was left of them.
func (w *walk) judgeOthers() *finding {
	for _, b := range w.world.otherObjects {
		object := w.world.Object(b.id)
		if object == nil {
			return found(others, "%s is gone", b.name)
		}
		if object["updatedId"] != w.authors[b.id] && object["updatedId"] != w.authors["people"] {
			return found(others, "%s was written", b.name)
		}
	}
	for _, id := range sortedKeys(w.left) {
		if object := w.world.Object(id); object == nil || version(object) != w.left[id].version {
			return found(others, "an object that was left (%s) was written or deleted", w.left[id].why)
		}
	}
	return nil
}

// judgePeople looks for edits of people's that are gone.
func (w *walk) judgePeople() *finding {
	for _, id := range sortedKeys(w.records) {
		r := w.records[id]
		object := w.world.Object(id)
		if object == nil || w.idIn(r.address) != id {
			continue
		}
		k := thingAt(r.address).kind
		for _, name := range sortedKeys(r.people) {
			f := k.field(name)
			if !r.owned[name] && !w.declared(r.address, f) && !f.shape.equal(object[name], r.people[name]) {
				return found(owners, "%s: %s is %v, people made it %v", r.address, name, object[name], r.people[name])
			}
		}
	}
	return nil
}

// judgeLooks holds what data sources were answered against what there was when they were asked.
func (w *walk) judgeLooks(r *run) *finding {
	for _, look := range r.world.looks {
		if look.answered && look.got < look.least && !r.hit(func(f *fault) bool { return f.kind == stale }) {
			return found(fresh, "%s had version %d, and version %d was shown", look.of.name, look.least, look.got)
		}
	}
	return nil
}

// judgeSecrets looks for secrets in all that was said and kept.
func (w *walk) judgeSecrets(r *run) *finding {
	var all strings.Builder
	all.WriteString(r.log.String())
	for _, m := range r.said {
		all.WriteString(m.String())
	}
	for _, address := range sortedKeys(w.state) {
		kept := w.state[address].json
		for _, secret := range []string{woSecret, woSecret2, formSecret} {
			if strings.Contains(kept, secret) {
				return found(secrecy, "%s has a secret in the state that the configuration did not put there", address)
			}
		}
		all.Write(w.state[address].private)
	}
	for _, secret := range []string{plainSecret, plainSecret2, woSecret, woSecret2, formSecret, goodToken, otherToken,
		goneToken} {
		if strings.Contains(all.String(), secret) {
			return found(secrecy, "%q was said", secret)
		}
	}
	return nil
}
