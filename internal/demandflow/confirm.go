package demandflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A success whose body is an error, or not what is documented, proves nothing: then a read decides.

// refuses reports whether the body of a success is an error in place of an object.
func refuses(body []byte) bool {
	var object Object
	if json.Unmarshal(body, &object) != nil || object.ID() != "" {
		return false
	}
	return object[typeField] == "error" || wire.HasAny(object, "error", "errors")
}

// isAboutElse reports whether the body of a success is another object than the one with an id, or says something in
// place of an object.
func isAboutElse(body []byte, id string) bool {
	var object Object
	if json.Unmarshal(body, &object) != nil {
		return false
	}
	code, message := wire.ReasonOf(object)
	return object.ID() == "" && code+message != "" || object.ID() != "" && !strings.EqualFold(object.ID(), id)
}

// confirmDeleted returns nil where an object is not there any more whose DELETE was answered otherwise than documented.
// One that was only accepted may take a while.
func (c *Client) confirmDeleted(ctx context.Context, request call, answer answer, entityCode, id string) error {
	var err error
	for range c.looks(ctx) {
		if _, err = c.getOnce(ctx, entityCode, id, hasID); err != nil {
			break
		}
	}
	switch {
	case err == nil:
		return c.unusable(request, answer, errors.New("the object is still there"))
	case !IsNotFound(err):
		return c.unusable(request, answer, fmt.Errorf("whether the object is still there could not be read: %s",
			sentences(err)))
	}
	return c.ConfirmGone(ctx, err, entityCode, id, "")
}

// isDeleted reports whether a DELETE is answered as DemandFlow documents it.
func isDeleted(answer answer) bool { return answer.status == http.StatusNoContent }
