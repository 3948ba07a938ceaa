package demandflow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// maxAnswer bounds a single answer and each item of a list, in bytes. The largest field of an object is a text that a
// person may have pasted; what is larger is a mistake that must not eat the machine's memory.
const maxAnswer = 16 << 20

// An Object is one record as DemandFlow writes it: system fields beside the entity's own. Its values are string,
// json.Number, bool, nil, []any and map[string]any.
type Object map[string]any

// ID is the object's id, "" if it has none.
func (o Object) ID() string { return o.Text("id") }

// Version is how often the object was written since its creation; false if the object does not say.
func (o Object) Version() (int64, bool) { return integer(o["_df_version"]) }

// Text is a field that holds a string, or a number as it is spelt; "" for anything else.
func (o Object) Text(field string) string {
	switch value := o[field].(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	return ""
}

func integer(value any) (int64, bool) {
	number, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := number.Int64()
	return n, err == nil
}

// A CreateRequest says what object to create. The client adds entity, level and comboKey to Fields.
type CreateRequest struct {
	Entity  *entity.Entity
	Fields  Object
	Parents []Parent // top-most first; none puts the object right below the tenant
}

// Get reads one object. The entity's code helps DemandFlow to route the request. A missing object is an *Error for which
// IsNotFound holds. What is older than is known is asked for again.
//
// DemandFlow may answer with an object of another entity, because the code is only a hint. That is an error, and not "not
// found": the object exists, and writing an image's fields to a registry would ruin it.
func (c *Client) Get(ctx context.Context, entityCode, id string) (Object, error) {
	var object Object
	err := c.untilCurrent(ctx, func() (again int, err error) {
		object, _, err = c.object(ctx, http.MethodGet, entityCode, id, nil)
		return c.againAfter(ctx, id, object, err), err
	})
	if err != nil {
		return nil, err
	}
	c.known.believe(object)
	if code := object.Text("entity"); code != "" && code != entityCode {
		return nil, fmt.Errorf("the object with id %s is a %s, not a %s: check the id", id, code, entityCode)
	}
	return object, nil
}

// An Updated object is what an update left. Each of its attempts but the last had no usable answer, and may have been
// carried out all the same; DemandFlow counts that as a write.
type Updated struct {
	Object
	Attempts int
}

// Update changes the given fields and no other, and returns the whole object as it is afterwards. nil clears a field. An
// empty change set is an error: DemandFlow would count it as a write by somebody.
func (c *Client) Update(ctx context.Context, entityCode, id string, changes Object) (Updated, error) {
	if len(changes) == 0 {
		return Updated{}, fmt.Errorf("cannot update %s %s: the change set is empty", entityCode, id)
	}
	before := c.known.about(id).version
	var updated Updated
	err := c.untilCurrent(ctx, func() (again int, err error) {
		updated.Object, updated.Attempts, err = c.object(ctx, http.MethodPatch, entityCode, id, changes)
		return c.againAfter(ctx, id, nil, err), err
	})
	if err != nil {
		return updated, err
	}
	if version, said := updated.Version(); said && version <= before { // the answer is not of what the PATCH has made
		c.known.correct(id, func(known *knownObject) { known.version = before + 1 })
		if current, err := c.Get(ctx, entityCode, id); err == nil {
			updated.Object = current
		}
	}
	return updated, nil
}

// Delete deletes an object for good. That it does not exist is an *Error for which IsNotFound holds, except after a
// retry: then the first attempt, whose answer was lost, has deleted it.
func (c *Client) Delete(ctx context.Context, entityCode, id string) error {
	target, err := c.objectAddress(entityCode, id)
	if err != nil {
		return err
	}
	err = c.untilCurrent(ctx, func() (again int, err error) {
		answer, err := c.do(ctx, call{method: http.MethodDelete, url: target})
		if IsNotFound(err) && answer.attempts > 1 {
			err = c.Gone(ctx, err, "")
		}
		return c.againAfter(ctx, id, nil, err), err
	})
	if err == nil {
		c.namesakes.forget(id)
		c.known.correct(id, func(known *knownObject) { known.deleted = true })
	}
	return err
}

// Create creates one object and returns it as DemandFlow wrote it. An object whose POST got no usable answer is looked
// up, and returned if it is certain to be the one; otherwise the error is an *AmbiguousError. There is never a second
// POST unless the first certainly did nothing.
func (c *Client) Create(ctx context.Context, request CreateRequest) (Object, error) {
	if request.Entity == nil {
		return nil, errors.New("cannot create an object: the request names no entity")
	}
	subscription, err := c.Subscription(ctx)
	if err != nil {
		return nil, err
	}
	key, err := NewComboKey(subscription, request.Parents)
	if err != nil {
		return nil, err
	}
	sent := maps.Clone(request.Fields)
	if sent == nil {
		sent = Object{}
	}
	sent["entity"], sent["level"], sent["comboKey"] = request.Entity.Code, request.Entity.Level, key.String()

	post, err := jsonCall(http.MethodPost, c.address(nil, "objects"), sent, fieldNames(sent))
	if err != nil {
		return nil, err
	}
	post.policy, post.secrets = retryUnlessDone, c.redactionOf(request.Entity.Code, sent)
	c.Conceal(request.Entity.Code, sent)
	began := time.Now()
	answer, err := c.do(ctx, post)
	if err == nil {
		var object Object
		if object, err = c.oneObject(ctx, post, answer); err == nil {
			return c.claimCreated(request.Entity, object)
		}
	}
	if !answer.mayHaveHappened() {
		return nil, err
	}
	return c.settle(ctx, lostCreate{entity: request.Entity, body: post.body, began: began, cause: err})
}

func (c *Client) objectAddress(entityCode, id string) (*url.URL, error) {
	// A dot segment would be resolved away on its path through proxies, and address something else.
	if id == "" || id == "." || id == ".." || entityCode == "" {
		return nil, fmt.Errorf("%q is no id of an object of entity %q", id, entityCode)
	}
	return c.address(url.Values{"entity": {entityCode}}, "objects", id), nil
}

// object sends a request about one object and reads the object that answers it. It says how often it was sent.
func (c *Client) object(ctx context.Context, method, entityCode, id string, body Object) (Object, int, error) {
	target, err := c.objectAddress(entityCode, id)
	if err != nil {
		return nil, 0, err
	}
	request := call{method: method, url: target}
	if body != nil {
		if request, err = jsonCall(method, target, body, fieldNames(body)); err != nil {
			return nil, 0, err
		}
		request.secrets = c.redactionOf(entityCode, body)
		c.Conceal(entityCode, body)
	}
	answer, err := c.do(ctx, request)
	if err != nil {
		return nil, answer.attempts, err
	}
	object, err := c.oneObject(ctx, request, answer)
	return object, answer.attempts, err
}

// oneObject insists on exactly one object with an id: a success that says less is not to be trusted.
func (c *Client) oneObject(ctx context.Context, request call, answer answer) (Object, error) {
	object, err := decodeObject(answer.body)
	if err != nil {
		return nil, c.unusable(request, answer, err)
	}
	delete(object, typeField)
	c.learn(object)
	c.known.learn(object, true)
	c.subscription.learnRead(object)
	c.log(ctx, "DemandFlow answered with an object", map[string]any{
		"method": request.method, "path": request.url.EscapedPath(), "answer_fields": fieldNames(object),
	})
	return object, nil
}

func decodeObject(body []byte) (Object, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var object Object
	if err := decoder.Decode(&object); err != nil {
		return nil, fmt.Errorf("the answer is not one JSON object: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("the answer goes on after its JSON object")
	}
	if object.ID() == "" {
		return nil, errors.New("the answer is an object without an id")
	}
	return object, nil
}

func fieldNames(object Object) []string { return slices.Sorted(maps.Keys(object)) }
