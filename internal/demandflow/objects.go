package demandflow

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// maxAnswer bounds a single answer and each item of a list, in bytes. The largest field of an object is a text that a
// person may have pasted; what is larger is a mistake that must not eat the machine's memory.
const maxAnswer = 16 << 20

// An Object is one record as DemandFlow writes it: system fields beside the entity's own. Its values are string,
// json.Number, bool, nil, []any and map[string]any.
type Object map[string]any

// ID returns the object's id, "" if it has none.
func (o Object) ID() string { return o.Text("id") }

// Version returns how often the object was written since its creation; false if the object does not say.
func (o Object) Version() (int64, bool) { return integer(o["_df_version"]) }

// Text returns a field that holds a string, or a number as it is spelt; "" for anything else.
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

// Get reads one object. The entity's code helps DemandFlow to route the request. A missing object is an *Error for
// which IsNotFound holds. What is older than is known, or not the whole object, is asked for again.
//
// DemandFlow may answer with an object of another entity, because the code is only a hint. That is an error, and not
// "not found": the object exists, and writing an image's fields to a registry would ruin it.
func (c *Client) Get(ctx context.Context, entityCode, id string) (Object, error) {
	var object Object
	err := c.untilCurrent(ctx, func() (again int, err error) {
		object, err = c.getOnce(ctx, entityCode, id, checkWhole)
		return c.againAfter(ctx, id, object, err), err
	})
	if err != nil {
		return nil, err
	}
	c.known.acceptVersion(object)
	if code := object.Text("entity"); code != "" && code != entityCode {
		return nil, &OtherEntityError{ID: id, Code: code, Wanted: entityCode}
	}
	return object, nil
}

// getOnce reads one object, whatever is known of it, and insists on what check wants of it.
func (c *Client) getOnce(ctx context.Context, entityCode, id string, check func(string, Object) error) (Object, error) {
	target, err := c.objectAddress(entityCode, id)
	if err != nil {
		return nil, err
	}
	request := call{method: http.MethodGet, url: target}
	answer, err := c.do(ctx, request)
	if err != nil {
		return nil, err
	}
	return c.oneObject(ctx, request, answer, func(object Object) error {
		return cmp.Or(isAbout(id)(object), check(entityCode, object))
	})
}

// A partialError is an answer that lacks what must be there: fields which every object has, or objects of a list. What
// else it lacks is not known to be unset, or gone.
type partialError struct{ text string }

func (e *partialError) Error() string { return e.text }

func isPartial(err error) bool {
	_, is := errors.AsType[*partialError](err)
	return is
}

// checkWhole returns a *partialError where an object that was read with all its fields lacks one that DemandFlow sets
// in every object and no write can clear. Objects of other entities than the tables' end in no state.
func checkWhole(entityCode string, object Object) error {
	if code := object.Text("entity"); entity.ByCode(entityCode) == nil || code != "" && code != entityCode {
		return nil
	}
	var lacks []string
	if object.Text("comboKey") == "" {
		lacks = append(lacks, "comboKey")
	}
	if _, versioned := object.Version(); !versioned {
		lacks = append(lacks, "_df_version")
	}
	if len(lacks) == 0 {
		return nil
	}
	return &partialError{fmt.Sprintf("the object with id %q is not whole: it lacks %s, which every object has",
		object.ID(), strings.Join(lacks, " and "))}
}

// hasID lets any object with an id pass.
func hasID(string, Object) error { return nil }

// isAbout returns what insists on the object with an id.
func isAbout(id string) func(Object) error {
	return func(object Object) error {
		if strings.EqualFold(object.ID(), id) {
			return nil
		}
		return fmt.Errorf("the answer is another object: its id is %q, and %q was asked for", object.ID(), id)
	}
}

// An OtherEntityError is an id that names an object of another entity than the wanted one.
type OtherEntityError struct{ ID, Code, Wanted string }

func (e *OtherEntityError) Error() string {
	return fmt.Sprintf("the object with id %s is a %s, not a %s: check the id", e.ID, entity.NounOf(e.Code),
		entity.NounOf(e.Wanted))
}

func (c *Client) objectAddress(entityCode, id string) (*url.URL, error) {
	// A dot segment would be resolved away on its path through proxies, and address something else.
	if id == "" || id == "." || id == ".." || entityCode == "" {
		return nil, fmt.Errorf("%q is no id of an object of entity %q", id, entityCode)
	}
	return c.address(url.Values{"entity": {entityCode}}, "objects", id), nil
}

// oneObject insists on exactly one object with an id, and that is the one in question: a success that says less, or is
// about something else, is not to be trusted, and nothing is learnt from it.
func (c *Client) oneObject(ctx context.Context, request call, answer answer, check func(Object) error) (Object,
	error) {
	object, err := decodeObject(answer.body)
	if err == nil {
		err = cmp.Or(check(object), c.subscription.check(object))
	}
	if err != nil {
		return nil, c.unusable(request, answer, err)
	}
	delete(object, typeField)
	c.observe(object)
	c.known.observe(object, true)
	c.subscription.observeRead(object)
	c.log(ctx, "DemandFlow answered with an object", map[string]any{
		"method": request.method, "path": request.url.EscapedPath(), "answer_fields": fieldNames(object),
	})
	return object, nil
}

func decodeObject(body []byte) (Object, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var object Object
	err := decoder.Decode(&object)
	if other, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return nil, fmt.Errorf("the answer is not one JSON object: it is of the type %s", other.Value)
	}
	if err != nil {
		return nil, fmt.Errorf("the answer is not one JSON object: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("the answer has more data after its JSON object")
	}
	if object.ID() == "" {
		return nil, errors.New("the answer is an object without an id")
	}
	return object, nil
}

func fieldNames(object Object) []string { return slices.Sorted(maps.Keys(object)) }
