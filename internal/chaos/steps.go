package chaos

import (
	"fmt"
	"strings"
)

// A deed is what a step does.
type deed int

const (
	declare      deed = iota // a resource joins the configuration
	applyAll                 // terraform apply, with what goes wrong
	set                      // an argument gets a value
	unset                    // an argument goes
	drop                     // a resource leaves the configuration
	lookUp                   // data sources look for objects of others
	edit                     // somebody edits an object in DemandFlow's form
	clearField               // somebody clears a field there
	deleteThere              // somebody deletes an object there
	makeThere                // somebody makes an object of the same name there
	forget                   // terraform state rm
	moveFrom                 // the object is in the state of the generic REST provider, and moved
	renameOption             // an administrator renames an option, and back
	hour                     // an hour passes
	planOnly                 // terraform plan
	applyBeside              // terraform apply, and others edit other objects meanwhile
	wrongToken               // terraform apply with a token of another tenant, or one that was revoked
	wrongServer              // terraform apply against a server that is not DemandFlow
	deeds
)

func (d deed) String() string {
	return [...]string{
		"declare", "applyAll", "set", "unset", "drop", "lookUp", "edit", "clearField", "deleteThere", "makeThere", "forget", "moveFrom", "renameOption", "hour",
		"planOnly", "applyBeside", "wrongToken", "wrongServer",
	}[d]
}

// A Step is one of a walk. What of it a deed does not need is not looked at, and a step that makes no sense where it comes does
// nothing: so each part of a walk is a walk.
type step struct {
	deed   deed
	thing  int
	field  int
	value  int
	faults []fault
}

func (s step) String() string {
	t := things[s.thing%len(things)]
	f := &t.kind.fields[s.field%len(t.kind.fields)]
	head := fmt.Sprintf("{deed: %s, thing: %d, field: %d, value: %d", s.deed, s.thing, s.field, s.value)
	var note string
	switch s.deed {
	case declare, drop, deleteThere, makeThere, forget, moveFrom:
		note = t.address()
	case set, edit:
		note = fmt.Sprintf("%s %s, value %d", t.address(), f.attrs[0], s.value%len(f.values))
	case unset, clearField:
		note = fmt.Sprintf("%s %s", t.address(), f.attrs[0])
	case applyAll:
		var faults []string
		for _, f := range s.faults {
			faults = append(faults, fmt.Sprintf("{trouble: %s, target: %s, after: %d, times: %d, form: %d}", f.trouble, f.target, f.after, f.times, f.form))
		}
		if len(faults) > 0 {
			head += fmt.Sprintf(", faults: []fault{%s}", strings.Join(faults, ", "))
		}
	}
	if note == "" {
		return head + "},"
	}
	return head + "}, // " + note
}
