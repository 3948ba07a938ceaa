package emulator

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// The system fields that the emulator reads or writes by name.
const (
	keyID           = "id"
	keyEntity       = "entity"
	keyLevel        = "level"
	keyComboKey     = "comboKey"
	keySubscription = "subscription"
	keyOwner        = "ownerId"
	keyCreated      = "created"
	keyUpdatedBy    = "updatedId"
	keyUpdated      = "updated"
	keyVersion      = "_df_version"
)

// comboKeys are the hierarchies that an object can stand in.
var comboKeys = []string{keyComboKey, "comboKey2", "comboKey3"}

// A record is one object as stored: no field is nil or "", numbers are json.Number. A value is never changed in place,
// only replaced, so that a shallow copy of fields may leave the lock.
type record struct {
	entity   string
	fields   map[string]any
	previous map[string]any // the fields before the last write; nil: the object was not there
	deleted  bool
}

func (r *record) id() string { return textOf(r.fields[keyID]) }

// A collection is all records of an entity in the order of creation. Deleted ones stay until they are the greater part,
// so that deleting many costs no quadratic time.
type collection struct {
	records []*record
	deleted int
}

// records returns a copy of an entity's records, some of which may be deleted.
func (t *tenant) records(code string) []*record {
	if t.byEntity[code] == nil {
		return nil
	}
	return append([]*record(nil), t.byEntity[code].records...)
}

// store keeps a new object with its system fields set. comboKeys in fields end with "|ENT:"; without one the object
// stands right below its tenant.
func (s *Server) store(t *tenant, code, id, person string, stamp int64, fields map[string]any) *record {
	r := &record{entity: code, fields: map[string]any{}}
	for name, value := range fields {
		r.set(name, value)
	}
	if r.fields[keyComboKey] == nil {
		r.fields[keyComboKey] = keyOfTenant(t.subscription) + keyEnd
	}
	for _, key := range comboKeys {
		if prefix := textOf(r.fields[key]); prefix != "" {
			r.fields[key] = prefix + id
		}
	}
	r.fields[keyID] = id
	r.fields[keyEntity] = code
	r.fields[keySubscription] = t.subscription
	r.fields[keyOwner] = person
	r.fields[keyCreated] = numberOf(stamp)
	r.fields[keyVersion] = numberOf(0)
	r.stamp(person, stamp)

	t.objects[id] = r
	if t.byEntity[code] == nil {
		t.byEntity[code] = &collection{}
	}
	t.byEntity[code].records = append(t.byEntity[code].records, r)
	if code != codeDefinition {
		s.owners[id] = t
	}
	t.follow(r, nil)
	return r
}

// change writes fields into a record as one PATCH, or one edit in the UI, does; nil and "" clear.
func (t *tenant) change(r *record, person string, stamp int64, changes map[string]any) {
	before := maps.Clone(r.fields)
	r.previous = before
	for name, value := range changes {
		r.set(name, value)
	}
	version, _ := r.fields[keyVersion].(json.Number)
	number, _ := version.Int64()
	r.fields[keyVersion] = numberOf(number + 1)
	r.stamp(person, stamp)
	t.follow(r, before)
}

func (r *record) set(name string, value any) {
	if isUnset(value) {
		delete(r.fields, name)
		return
	}
	r.fields[name] = value
}

func (r *record) stamp(person string, stamp int64) {
	r.fields[keyUpdatedBy] = person
	r.fields[keyUpdated] = numberOf(stamp)
}

// remove deletes a record for good.
func (s *Server) remove(t *tenant, r *record) {
	before := r.fields
	r.deleted = true
	delete(t.objects, r.id())
	if r.entity != codeDefinition {
		delete(s.owners, r.id())
	}
	t.keepDeleted(r)
	all := t.byEntity[r.entity]
	all.deleted++
	if all.deleted > len(all.records)/2 {
		var kept []*record
		for _, other := range all.records {
			if !other.deleted {
				kept = append(kept, other)
			}
		}
		all.records, all.deleted = kept, 0
	}
	t.follow(r, before)
}

// find looks an id up, in the default tenant first: ids of definitions are the same everywhere.
func (s *Server) find(id string) (*tenant, *record) {
	if r := s.defaultTenant().objects[id]; r != nil {
		return s.defaultTenant(), r
	}
	if t := s.owners[id]; t != nil {
		return t, t.objects[id]
	}
	return nil, nil
}

// follow brings up to date what depends on a record that was made, changed or removed: the definition in force, the
// names of images, the defaults of what is not set. before are the fields as they were, nil for a new record.
func (t *tenant) follow(r *record, before map[string]any) {
	t.addDefaults(r)
	switch r.entity {
	case codeDefinition:
		t.enforce(r)
	case entity.DockerImage.Code:
		t.followImage(r, before)
	case entity.DockerRegistry.Code:
		t.followRegistry(r, before)
	}
}

// keyEnd is what a comboKey ends with before the server appends the new object's id.
const keyEnd = "|ENT:"

// keyOfTenant returns the first segment of every comboKey of a tenant.
func keyOfTenant(subscription string) string { return "SUB:" + subscription }

// checkComboKey returns what is wrong with the comboKey of a POST, "" where nothing is.
func checkComboKey(subscription, name string, value any) string {
	key, ok := value.(string)
	own := keyOfTenant(subscription)
	middle, ended := strings.CutSuffix(key, keyEnd)
	middle, started := strings.CutPrefix(middle, own)
	switch {
	case !ok:
		return name + " must be a string"
	case !started:
		return name + " must start with SUB:{subscription} of the token's own tenant, " + own
	case !ended:
		return name + " must end with " + keyEnd + ", to which the server appends the new id; without it the key is corrupted"
	}
	for i, segment := range strings.Split(middle, "|") {
		code, id, _ := strings.Cut(segment, ":")
		if i == 0 && segment != "" || i > 0 && (code == "" || id == "" || code == "ENT") {
			return name + " must be SUB:{subscription}|{PARENT_CODE}:{parentId}|…" + keyEnd
		}
	}
	return ""
}

// isUnset reports whether a value stands for "not set": all spellings are stored as absent.
func isUnset(value any) bool { return value == nil || value == "" }

// numberOf returns a whole number as the store keeps it.
func numberOf[N int | int64](n N) json.Number { return json.Number(strconv.FormatInt(int64(n), 10)) }
