package demandflow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A CreateRequest is an object to create. The client adds entity, level and comboKey to Fields.
type CreateRequest struct {
	Entity  *entity.Entity
	Fields  Object
	Parents []Parent // top-most first; none puts the object right below the tenant
}

// A Created object is what a create left.
type Created struct {
	Object
	// why Object is no more than the id and what was sent: the answer had no more, and the object could not be read
	Unread error
}

// Create creates one object and returns it as DemandFlow wrote it. An object whose POST got no usable answer is looked
// up, and returned if it is certain to be the one; otherwise the error is an *AmbiguousError. There is never a second
// POST unless the first certainly did nothing. Once the POST is sent, a cancellation of ctx is not obeyed any more.
func (c *Client) Create(ctx context.Context, request CreateRequest) (Created, error) {
	if request.Entity == nil {
		return Created{}, errors.New("cannot create an object: the request names no entity")
	}
	subscription, err := c.Subscription(ctx)
	if err != nil {
		return Created{}, err
	}
	key, err := NewComboKey(subscription, request.Parents)
	if err != nil {
		return Created{}, err
	}
	sent := maps.Clone(request.Fields)
	if sent == nil {
		sent = Object{}
	}
	c.naturalKeys.removePlannedCreate(keyText(request.Entity, sent))
	sent["entity"], sent["level"], sent["comboKey"] = request.Entity.Code, request.Entity.Level, key.String()

	post, err := jsonCall(http.MethodPost, c.address(nil, "objects"), sent, fieldNames(sent))
	if err != nil {
		return Created{}, err
	}
	post.policy, post.secrets = retryUnlessDone, c.redactionOf(request.Entity.Code, sent)
	c.AddSecrets(request.Entity.Code, sent)
	began := time.Now()
	answer, err := c.do(ctx, post)
	lost := lostCreate{entity: request.Entity, body: post.body, began: began, cause: err}
	if since, dated := beganBy(answer.header, began); dated {
		lost.since = since
	}
	isNew := func(object Object) error {
		if lost.isKnown(c, object.ID()) {
			return fmt.Errorf("the answer is not the new object: the one with id %q was there before", object.ID())
		}
		return lost.checkNew(sent, object)
	}
	if err == nil {
		var object Object
		if object, err = c.oneObject(ctx, post, answer, isNew); err == nil {
			if !whole(request.Entity, object, sent) {
				return c.completeCreate(ctx, lost, object.ID(), sent)
			}
			object, err = c.claimCreated(request.Entity, object)
			return Created{Object: object}, err
		}
		lost.cause = err
	}
	if !answer.mayHaveHappened() {
		return Created{}, err
	}
	if id := c.createdAt(answer); id != "" && !lost.isKnown(c, id) {
		object, err := c.readAfter(ctx, request.Entity.Code, id, anything)
		if err == nil && c.isSent(lost, object) && lost.checkNew(sent, object) == nil {
			object, err = c.claimCreated(request.Entity, object)
			return Created{Object: object}, err
		}
	}
	object, err := c.settle(ctx, lost)
	return Created{Object: object}, err
}

// completeCreate reads the object of an answer that has little more than an id. Where it is not found, the id may be
// that of something else, such as a job; then, and where it is not the new object, that is looked for by its natural
// key.
func (c *Client) completeCreate(ctx context.Context, lost lostCreate, id string, sent Object) (Created, error) {
	object, err := c.readAfter(ctx, lost.entity.Code, id, anything)
	if err == nil {
		if lost.cause = lost.checkNew(sent, object); lost.cause != nil {
			object, err = c.settle(ctx, lost)
			return Created{Object: object}, err
		}
	}
	if IsNotFound(err) {
		lost.cause = err
		if found, lookedUp := c.settle(ctx, lost); lookedUp == nil {
			return Created{Object: found}, nil
		}
	}
	if err != nil { // the create has succeeded all the same, and its id must not be lost
		object = maps.Clone(sent)
		object["id"], object["comboKey"], object[subscriptionField] = id, sent.Text("comboKey")+id, c.subscription.get()
	}
	object, taken := c.claimCreated(lost.entity, object)
	return Created{Object: object, Unread: err}, taken
}

func anything(Object) bool { return true }

// isSent reports whether an object is what a create has sent.
func (c *Client) isSent(lost lostCreate, object Object) bool {
	sent, err := decodeFields(lost.body)
	return err == nil && equal(lost.entity, sent, object)
}

// createdAt returns the id in the address that a success, or a 303 within the endpoint, gives for what was created, ""
// where it gives none.
func (c *Client) createdAt(answer answer) string {
	location, err := url.Parse(answer.header.Get("Location"))
	if err != nil || !answer.success() && (answer.status != http.StatusSeeOther || !c.isWithin(location)) {
		return ""
	}
	above, id := path.Split(location.Path)
	if !strings.HasSuffix(above, "/objects/") {
		return ""
	}
	return id
}

// isWithin reports whether an address, perhaps a relative one, is one of the API's.
func (c *Client) isWithin(location *url.URL) bool {
	address := c.endpoint.ResolveReference(location)
	return address.Scheme == c.endpoint.Scheme && address.Host == c.endpoint.Host &&
		strings.HasPrefix(address.Path, c.endpoint.Path+"/"+apiVersion+"/")
}

// An Updated object is what an update left: also that of one that failed and may have been carried out, as far as it
// could be read.
type Updated struct {
	Object       // nil where it is not known
	Sent    bool // DemandFlow has the request, whatever it answered
	Lost    int  // attempts before the last one that may have been carried out, and that DemandFlow then counts as writes
	Shown   bool // Object has what was sent, as far as DemandFlow shows it
	Pending bool // DemandFlow has accepted the update, and Object does not show it yet
}

// Update changes the given fields and no other, and returns the whole object as it is afterwards. nil clears a field.
// An empty change set is an error: DemandFlow would count it as a write. Once the PATCH is sent, a
// cancellation of ctx is not obeyed any more.
func (c *Client) Update(ctx context.Context, entityCode, id string, changes Object) (Updated, error) {
	if len(changes) == 0 {
		return Updated{}, fmt.Errorf("cannot update %s %s: the change set is empty", entityCode, id)
	}
	target, err := c.objectAddress(entityCode, id)
	if err != nil {
		return Updated{}, err
	}
	patch, err := jsonCall(http.MethodPatch, target, changes, fieldNames(changes))
	if err != nil {
		return Updated{}, err
	}
	sent, err := decodeFields(patch.body)
	if err != nil {
		return Updated{}, err
	}
	patch.secrets = c.redactionOf(entityCode, changes)
	c.AddSecrets(entityCode, changes)
	before := c.known.get(id).version
	var answer answer
	err = c.untilCurrent(ctx, func() (again int, err error) {
		answer, err = c.do(ctx, patch)
		return c.againAfter(ctx, id, nil, err), err
	})
	updated := Updated{Sent: answer.sent, Lost: answer.lost}
	switch {
	case answer.success():
		updated, err = c.completeUpdate(ctx, lostUpdate{entityCode, id, before, patch, sent, answer, err}, updated)
	case answer.mayHaveHappened():
		if object, unread := c.readOnce(ctx, entityCode, id); unread == nil {
			updated.Object = object
		}
	}
	updated.Shown = updated.Object != nil && shows(entity.ByCode(entityCode), updated.Object, sent)
	return updated, err
}

// A lostUpdate is a PATCH that has succeeded, perhaps without a usable answer.
type lostUpdate struct {
	entityCode, id string
	before         int64 // the version that was known; -1 where none was
	patch          call
	sent           Object
	answer         answer
	cause          error // why the answer's body could not be read
}

// completeUpdate returns the object of a PATCH that has succeeded: that of the answer or, where it does not have the
// whole of it, that of a GET. A PATCH that was only accepted (202) may take a while to show. A web page is a proxy's
// success, and an error in place of the object, or another object, is none; what counts is whether the object shows the
// change.
func (c *Client) completeUpdate(ctx context.Context, lost lostUpdate, updated Updated) (Updated, error) {
	of := entity.ByCode(lost.entityCode)
	refused := isPage(lost.answer.body) || refuses(lost.answer.body)
	done := lost.answer.status != http.StatusAccepted && !refused && !isAboutElse(lost.answer.body, lost.id)
	complete := func(object Object) bool { return done || shows(of, object, lost.sent) }
	current := func(object Object) bool { // else the answer is not of what the PATCH has made
		version, said := object.Version()
		return !said || version > lost.before
	}
	if lost.cause == nil {
		var object Object
		if object, lost.cause = c.oneObject(ctx, lost.patch, lost.answer, isAbout(lost.id)); lost.cause == nil &&
			whole(of, object, lost.sent) && current(object) && complete(object) {
			updated.Object = object
			return updated, nil
		}
	}
	if lost.cause == nil {
		lost.cause = c.unusable(lost.patch, lost.answer, errors.New("the answer is not the whole object"))
	}
	c.known.update(lost.id, func(known *knownObject) { known.version = max(known.version, lost.before+1) })
	object, err := c.readAfter(ctx, lost.entityCode, lost.id, complete)
	if err != nil {
		return updated, fmt.Errorf("%w\nThe object could not be read afterwards: %s", lost.cause, sentences(err))
	}
	updated.Object = object
	if complete(object) {
		return updated, nil
	}
	if refused || lost.answer.status != http.StatusAccepted {
		return updated, lost.cause
	}
	updated.Pending = true
	return updated, nil
}

// Delete deletes an object for good. Where the answer is a success and not the one that is documented (204), it must be
// gone afterwards. That it does not exist is an *Error for which IsNotFound holds, unless an attempt
// whose answer was lost may have deleted it. Once the DELETE is sent, a cancellation of ctx is not obeyed any more.
func (c *Client) Delete(ctx context.Context, entityCode, id string) error {
	target, err := c.objectAddress(entityCode, id)
	if err != nil {
		return err
	}
	request := call{method: http.MethodDelete, url: target}
	longer, cancel := c.settling(ctx)
	defer cancel()
	var answer answer
	err = c.untilCurrent(ctx, func() (again int, err error) {
		if answer, err = c.do(ctx, request); IsNotFound(err) && answer.lost > 0 {
			err = c.ConfirmGone(longer, err, entityCode, id, "")
		}
		return c.againAfter(ctx, id, nil, err), err
	})
	switch {
	case answer.status == http.StatusNoContent: // as it is documented
		err = nil
	case answer.success():
		err = c.confirmDeleted(longer, request, answer, entityCode, id)
	case err != nil && answer.mayHaveHappened():
		_, unread := c.Get(longer, entityCode, id)
		if IsNotFound(unread) && c.ConfirmGone(longer, unread, entityCode, id, "") == nil {
			err = nil
		}
	}
	if err == nil {
		c.naturalKeys.forget(id)
		c.known.update(id, func(known *knownObject) { known.deleted = true })
	}
	return err
}
