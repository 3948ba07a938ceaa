package catalogue

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// A concurrentEdit is another writer's change between our read and our write.
type concurrentEdit struct {
	id          string
	writer      string   // the person's id; "" where the edit came between the last look and the write
	seen        int64    // writes between the refresh and the look just before ours,
	unseen      int64    // and those between that look and our write, which no answer shows
	lost        int64    // attempts of ours before the last one that may be among the unseen ones
	ownUser     bool     // the writer is the token's own user
	sent        []string // the fields of this update
	moved       []string // fields that they changed, and this update left,
	overwritten []string // those that they changed, and it set,
	uncertain   []string // and those that it set, and that cannot be compared
}

// concurrentEdit warns of it. Only fields of the plan are overwritten, because only changed fields are sent. The
// warning says that nothing needs to be done only if that is certain.
func (t *table) concurrentEdit(edit concurrentEdit) diag.Diagnostic {
	summary := "Another user changed the " + t.Noun()
	switch {
	case edit.ownUser && edit.seen == 1 && edit.unseen <= edit.lost:
		summary = "The " + t.Noun() + " was changed outside of this run"
	case edit.ownUser && edit.unseen <= edit.lost:
		summary = "Another user may have changed the " + t.Noun()
	}
	writers, writer := "another user (DemandFlow shows only the last writer, which is this run)", "the person with id "+
		edit.writer
	if lost := edit.lostAnswers(); lost != "" {
		writers += ", or by " + lost
	}
	if edit.ownUser {
		writer = fmt.Sprintf("the token's own user (id %s), in another run or by hand", edit.writer)
		if edit.seen > 1 {
			writer += ", or by others before"
		}
	}
	switch {
	case edit.writer != "" && edit.unseen > 0:
		writers = writer + " and, just before the update, by " + writers
	case edit.writer != "":
		writers = writer
	}
	detail := fmt.Sprintf("The %s %s was written %d more time(s) between Terraform's refresh and this update, by %s.",
		t.Noun(), edit.id, edit.others(), writers)
	if len(edit.moved) > 0 {
		detail += fmt.Sprintf("\n\nThey changed: %s. This update left that as it is; the next plan shows what of it the "+
			"configuration sets.", strings.Join(edit.moved, ", "))
	}
	if len(edit.overwritten) > 0 {
		detail += fmt.Sprintf("\n\nThey also changed what this plan sets, and the plan's value now stands: %s. Ask them "+
			"whether that is right.", strings.Join(edit.overwritten, ", "))
	}
	if len(edit.uncertain) > 0 {
		detail += fmt.Sprintf("\n\nThey may also have changed: %s. Terraform cannot compare that, and what this update "+
			"sent now stands. Ask them whether that is right.", strings.Join(edit.uncertain, ", "))
	}
	if edit.unseen > 0 {
		detail += fmt.Sprintf("\n\nWhat a write just before this update put into the fields of this plan cannot be seen, "+
			"and the values of the plan stand there: %s.", strings.Join(edit.sent, ", "))
	}
	if len(edit.moved)+len(edit.overwritten)+len(edit.uncertain) == 0 && edit.unseen == 0 {
		detail += "\n\nNo field of the plan or of the state differs, so that nothing needs to be done."
	}
	return diag.NewWarningDiagnostic(summary, detail)
}

// others are the writes that were not the one that was answered.
func (e concurrentEdit) others() int64 { return e.seen + e.unseen }

// isOurs reports whether all of these writes are this provider's own, whose answers were lost: attempts of this update,
// and one of an earlier run by the same user that has left what this one sends.
func (e concurrentEdit) isOurs() bool {
	earlier := e.seen <= 0 || e.seen == 1 && e.ownUser
	return earlier && e.unseen <= e.lost && len(e.moved)+len(e.overwritten)+len(e.uncertain) == 0
}

// lostAnswers names the attempts of ours that may have been carried out before the last one, "" where there were none.
func (e concurrentEdit) lostAnswers() string {
	switch {
	case e.lost < 1 || e.unseen < 1:
		return ""
	case e.lost == 1:
		return "this run's first attempt, whose answer was lost"
	default:
		return "this run's first attempts, whose answers were lost"
	}
}

// warnOfConcurrentEdit compares the versions of the state, of the object just before the write and of the answer.
// Anything but one step, ours, is another write: of another user, or one of ours whose answer was lost. Of the latter
// nothing is said. Writes of this run since the state was read are those of another block with the same object.
func (t *table) warnOfConcurrentEdit(changes demandflow.Object, state values, before demandflow.Object,
	after demandflow.Updated, own *ownWrites) diag.Diagnostics {
	planned, err := versionOf(state)
	read, okBefore := before.Version()
	written, okAfter := after.Version()
	if err != nil || !okBefore || !okAfter {
		return nil
	}
	read = max(read, planned) // what was read before the write may lag behind what the refresh saw
	ours := own.between(planned, read)
	edit := concurrentEdit{id: after.ID(), seen: read - planned - ours, unseen: written - read - 1,
		lost: int64(after.Lost)}
	var diags diag.Diagnostics
	if ours > 0 {
		diags.Append(t.twoBlocks(after.ID()))
	}
	if edit.others() <= 0 {
		return diags
	}
	if edit.seen > 0 {
		edit.writer = before.Text("updatedId")
		edit.ownUser = edit.writer != "" && edit.writer == after.Text("updatedId")
	}
	for _, c := range t.allColumns(slices.Concat(declaredIn(state), t.customIn(changes))) {
		_, set := changes[c.Name]
		seen := after.Object
		if set { // what is sent stands there afterwards, whatever was written before
			seen = before
			edit.sent = append(edit.sent, c.attribute)
		}
		switch {
		case !c.Writable():
		case c.Custom && c.in(state).IsNull(): // sent for the first time, so that the state has nothing to compare with
			if set && edit.seen > 0 && !demandflow.Unset(before[c.Name]) && !t.isSent(c, before, changes) {
				edit.uncertain = append(edit.uncertain, c.attribute)
			}
		case c.Secret && (state[c.attribute].IsNull() || demandflow.Hidden(c.Field, seen)):
			unchanged := !demandflow.Hidden(c.Field, before) && before[c.Name] == changes[c.Name]
			if set && edit.seen > 0 && !unchanged {
				edit.uncertain = append(edit.uncertain, c.attribute)
			}
		case !t.moved(c, seen, state):
		case set && t.isSent(c, before, changes): // the plan's value stood there already
		case set:
			edit.overwritten = append(edit.overwritten, c.attribute)
		default:
			edit.moved = append(edit.moved, c.attribute)
		}
	}
	if edit.isOurs() {
		return diags
	}
	for _, list := range [][]string{edit.moved, edit.overwritten, edit.uncertain, edit.sent} {
		slices.Sort(list)
	}
	diags.Append(t.concurrentEdit(edit))
	return diags
}

// moved reports whether an object has another value than the state.
func (t *table) moved(c column, object demandflow.Object, state values) bool {
	now, err := c.Value(object)
	return err != nil || !c.Same(now, c.in(state))
}

// isSent reports whether an object has the value that an update sends.
func (t *table) isSent(c column, object, changes demandflow.Object) bool {
	now, errNow := c.Value(object)
	sent, errSent := c.Decode(changes[c.Name])
	return errNow == nil && errSent == nil && c.Same(now, sent)
}

// ownWrites are the versions of an object that this run has written, and serialise its updates. An object has more than
// one update in a run only where two blocks have its id, as after two imports.
type ownWrites struct {
	mutex    sync.Mutex
	versions []int64
}

// writesOf returns this run's writes of an object.
func (t *Tenant) writesOf(id string) *ownWrites {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.writes[id] == nil {
		t.writes[id] = &ownWrites{}
	}
	return t.writes[id]
}

// add takes note of a write by its answer.
func (w *ownWrites) add(after demandflow.Updated) {
	if version, said := after.Version(); said && w != nil {
		w.versions = append(w.versions, version)
	}
}

// between returns the number of writes that came after one version and are part of another.
func (w *ownWrites) between(after, until int64) (count int64) {
	if w == nil {
		return 0
	}
	for _, version := range slices.Compact(slices.Sorted(slices.Values(w.versions))) {
		if version > after && version <= until {
			count++
		}
	}
	return count
}

// twoBlocks warns of two blocks that have one object.
func (t *table) twoBlocks(id string) diag.Diagnostic {
	return newWarning("Two blocks have the same "+t.Noun(),
		"This run has updated the %s %s for another block of the configuration already: both have its id, as "+
			"after two import blocks with one id. Each sets what the other may set otherwise.\n\n"+
			"Keep one of the blocks. Take the other one out of the state with a removed block (destroy = false).", t.Noun(), id)
}
