package emulator

import "slices"

// maxDeleted bounds how many deleted records a tenant keeps for stale reads.
const maxDeleted = 1000

// markOld makes a record as old as its tenant: a stale read shows it as it is.
func (r *record) markOld() { r.previous = r.fields }

// stale returns the record as it was before its last write, nil where it was not there.
func (r *record) stale() *record {
	switch {
	case r.deleted:
		return &record{entity: r.entity, fields: r.fields}
	case r.previous == nil:
		return nil
	}
	return &record{entity: r.entity, fields: r.previous}
}

// keepDeleted keeps a deleted record for stale reads.
func (t *tenant) keepDeleted(r *record) {
	t.deleted = append(t.deleted, r)
	if len(t.deleted) > maxDeleted {
		t.deleted = slices.Delete(t.deleted, 0, 1)
	}
}

// visible returns the record with an id as a read under the fault shows it, nil where it shows none.
func (t *tenant) visible(id string, fault Fault) *record {
	current := t.objects[id]
	if !fault.Stale {
		return current
	}
	if current != nil {
		return current.stale()
	}
	for _, r := range t.deleted {
		if r.id() == id {
			return r.stale()
		}
	}
	return nil
}

// allVisible returns the records of an entity as a list under the fault shows them.
func (t *tenant) allVisible(code string, fault Fault) []*record {
	records := t.records(code)
	if !fault.Stale {
		return records
	}
	var shown []*record
	for _, r := range records {
		if !r.deleted && r.stale() != nil {
			shown = append(shown, r.stale())
		}
	}
	for _, r := range t.deleted {
		if r.entity == code {
			shown = append(shown, r.stale())
		}
	}
	return shown
}
