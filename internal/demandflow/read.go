package demandflow

import "context"

// A Reading is what DemandFlow says of one object. What it costs to take it apart is paid by who asks for the whole object.
type Reading struct {
	object Object
}

// Version is the object's version, as Object.Version.
func (r *Reading) Version() (int64, bool) { return r.object.Version() }

// Object is the whole object. It is the caller's own.
func (r *Reading) Object() (Object, error) { return r.object, nil }

// Read is Get for a refresh: the object as it was at some moment of this run, after every write of this client that had ended
// when Read was called. Errors are those of Get.
func (c *Client) Read(ctx context.Context, entityCode, id string) (*Reading, error) {
	object, err := c.Get(ctx, entityCode, id)
	if err != nil {
		return nil, err
	}
	return &Reading{object: object}, nil
}
