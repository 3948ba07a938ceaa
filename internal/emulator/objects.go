package emulator

import (
	"errors"
	"maps"
	"net/http"

	"github.com/google/uuid"
)

// get answers GET /v1/objects/{id}.
func (s *Server) get(caller *login, in *request, fault Fault) (answer, error) {
	record, err := s.addressed(caller, in, fault)
	if err != nil {
		return answer{}, err
	}
	caller.tenant.touch(record)
	result := s.shown(http.StatusOK, caller.tenant, record)
	if fault.IDAlone {
		result.body = map[string]any{keyID: record.id()}
	}
	return result, nil
}

// create answers POST /v1/objects.
func (s *Server) create(caller *login, in *request, _ Fault) (answer, error) {
	body, err := bodyObject(in)
	if err == nil {
		err = in.parameters()
	}
	if err == nil {
		err = s.mayCreate(caller, body)
	}
	if err != nil {
		return answer{}, err
	}
	code := textOf(body[keyEntity])
	record := s.store(caller.tenant, code, uuid.NewString(), caller.person, s.now(1),
		s.kept(caller.tenant.definition(code), body))
	return s.shown(http.StatusCreated, caller.tenant, record), nil
}

func (s *Server) mayCreate(caller *login, body map[string]any) error {
	code := textOf(body[keyEntity])
	if code == "" {
		return refuse(http.StatusBadRequest, "entity is required: the code of an entity in upper case, such as DOCKERIMAGE.")
	}
	definition := caller.tenant.definition(code)
	if definition == nil {
		return refuse(http.StatusBadRequest, "This tenant has no entity %q.", code)
	}
	if err := caller.mayWrite(code); err != nil {
		return err
	}
	return definition.checkCreate(caller.tenant.subscription, body)
}

// update answers PATCH /v1/objects/{id}.
func (s *Server) update(caller *login, in *request, _ Fault) (answer, error) {
	record, err := s.addressed(caller, in, Fault{})
	var body map[string]any
	if err == nil {
		body, err = bodyObject(in)
	}
	if err == nil {
		err = caller.mayWrite(record.entity)
	}
	if err == nil {
		err = caller.tenant.checkUpdate(record, body)
	}
	if err != nil {
		return answer{}, err
	}
	changes := maps.Clone(s.kept(caller.tenant.definition(record.entity), body))
	for _, name := range ignoredInPatch {
		delete(changes, name)
	}
	caller.tenant.change(record, caller.person, s.now(1), changes)
	return s.shown(http.StatusOK, caller.tenant, record), nil
}

// checkUpdate judges a PATCH by the definition in force; an object whose definition is gone cannot be judged, or
// written.
func (t *tenant) checkUpdate(r *record, body map[string]any) error {
	definition := t.definition(r.entity)
	if definition == nil {
		return refuse(http.StatusBadRequest, "This tenant has no entity %q any more.", r.entity)
	}
	return definition.checkPatch(body)
}

// delete answers DELETE /v1/objects/{id}.
func (s *Server) delete(caller *login, in *request, _ Fault) (answer, error) {
	record, err := s.addressed(caller, in, Fault{})
	if err == nil {
		err = caller.mayWrite(record.entity)
	}
	if err != nil {
		return answer{}, err
	}
	s.remove(caller.tenant, record)
	return answer{status: http.StatusNoContent}, nil
}

// addressed returns the record of a path. Another tenant's object is 403, as documented, and not 404.
func (s *Server) addressed(caller *login, in *request, fault Fault) (*record, error) {
	if err := in.parameters(keyEntity); err != nil {
		return nil, err
	}
	id := in.segments[2]
	record := caller.tenant.visible(id, fault)
	if record == nil {
		if owner := s.owners[id]; owner != nil && owner != caller.tenant {
			return nil, refuse(http.StatusForbidden, "The object %s belongs to another subscription.", id)
		}
		return nil, refuse(http.StatusNotFound, "There is no object %s.", id)
	}
	if in.query.Has(keyEntity) && in.query.Get(keyEntity) != record.entity {
		return nil, refuse(http.StatusNotFound, "There is no object %s of the entity %q.", id, in.query.Get(keyEntity))
	}
	if caller.rights.denies(record.entity) {
		return nil, refuse(http.StatusForbidden, "This token may not read %s.", record.entity)
	}
	return record, nil
}

// mayWrite returns why a token may not write an entity, nil where it may. Definitions and people are an administrator's
// business, which the objects API of the emulator has no part in; Edit and Seed change them.
func (l *login) mayWrite(code string) error {
	switch {
	case l.rights.denies(code):
		return refuse(http.StatusForbidden, "This token may not write %s.", code)
	case l.rights.ReadOnly:
		return refuse(http.StatusForbidden, "This token may only read.")
	case builtIn[code] != nil:
		return refuse(http.StatusForbidden, "%s is changed by administrators only, in DemandFlow's settings.", code)
	}
	return nil
}

func (s *Server) shown(status int, t *tenant, r *record) answer {
	return answer{status: status, contentType: contentJSON, body: s.render(t, r)}
}

func bodyObject(in *request) (map[string]any, error) {
	body, ok := in.body.(map[string]any)
	if !ok {
		return nil, refuse(http.StatusBadRequest, "The body must be one JSON object.")
	}
	return body, nil
}

// refusalOf returns the refusal in an error; handlers return no other errors.
func refusalOf(err error) *refusal {
	if refused, ok := errors.AsType[*refusal](err); ok {
		return refused
	}
	return refuse(http.StatusBadRequest, "%s.", capitalized(err))
}
