package chaos

import (
	"fmt"
	"strings"
)

// A stepKind is what a step does.
type stepKind int

const (
	declare      stepKind = iota // a resource joins the configuration
	applyAll                     // terraform apply, with what goes wrong
	set                          // an argument gets a value
	unset                        // an argument goes
	drop                         // a resource leaves the configuration
	lookUp                       // data sources look for objects of others
	edit                         // a person edits an object in DemandFlow's form
	clearField                   // a person clears a field there
	deleteThere                  // a person deletes an object there
	makeThere                    // a person makes an object of the same name there
	forget                       // terraform state rm
	moveFrom                     // the object is in the state of the generic REST provider, and moved
	renameOption                 // an administrator renames an option, and back
	hour                         // an hour passes
	planOnly                     // terraform plan
	applyBeside                  // terraform apply, and others edit other objects meanwhile
	wrongToken                   // terraform apply with a token of another tenant, or one that was revoked
	wrongServer                  // terraform apply against a server that is not DemandFlow
	stepKinds
)

func (d stepKind) String() string {
	return [...]string{
		"declare", "applyAll", "set", "unset", "drop", "lookUp", "edit", "clearField", "deleteThere", "makeThere", "forget",
		"moveFrom", "renameOption", "hour",
		"planOnly", "applyBeside", "wrongToken", "wrongServer",
	}[d]
}

// A Step is one of a walk. What of it a kind does not need is not looked at, and a step that makes no sense where it
// comes does nothing: so each part of a walk is a walk.
type step struct {
	kind   stepKind
	thing  int
	field  int
	value  int
	faults []fault
}

// literal returns a step as Go has it, in a list, with what it meant where it came.
func (s step) literal(t thing, f *field) string {
	head := fmt.Sprintf("{kind: %s, thing: %d, field: %d, value: %d", s.kind, s.thing, s.field, s.value)
	if len(s.faults) > 0 {
		var faults []string
		for _, f := range s.faults {
			faults = append(faults, fmt.Sprintf("{kind: %s, target: %s, after: %d, times: %d, form: %d}", f.kind, f.target,
				f.after, f.times, f.form))
		}
		head += fmt.Sprintf(", faults: []fault{%s}", strings.Join(faults, ", "))
	}
	switch s.kind {
	case declare, drop, deleteThere, makeThere, forget, moveFrom:
		return fmt.Sprintf("%s}, // %s", head, t.address())
	case set, edit, unset, clearField:
		return fmt.Sprintf("%s}, // %s %s, value %d", head, t.address(), f.attrs[0], s.value%len(f.values))
	}
	return head + "},"
}
