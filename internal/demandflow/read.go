package demandflow

import "context"

// A Reading is what DemandFlow says of one object. What it costs to take it apart is paid by who asks for the whole object.
type Reading struct {
	object    Object // nil: to be read from raw
	raw       []byte // JSON
	version   int64
	versioned bool
	client    *Client
}

// Version is the object's version, as Object.Version.
func (r *Reading) Version() (int64, bool) { return r.version, r.versioned }

// Object is the whole object. It is the caller's own, to be asked for once.
func (r *Reading) Object() (Object, error) {
	if r.object != nil {
		return r.object, nil
	}
	object, err := decodeObject(r.raw)
	if err != nil {
		return nil, err
	}
	// Its secrets were learned when it came; those of many others may have come since, and have them forgotten.
	r.client.Conceal(object.Text("entity"), object)
	return object, nil
}

func (c *Client) readingOf(object Object) *Reading {
	version, versioned := object.Version()
	return &Reading{object: object, version: version, versioned: versioned, client: c}
}

// Read is Get for a refresh, which reads many: the object as it was at some moment of this run, after every write of this
// client that had ended when Read was called. One list may answer the reads of many objects. What it does not answer is asked
// for by Get, whose errors are those of Read; so that an object is missing is never said by a list.
func (c *Client) Read(ctx context.Context, entityCode, id string) (*Reading, error) {
	for store := c.storeFor(ctx, entityCode, toRead); store != nil; store = c.storeFor(ctx, entityCode, toRead) {
		reading, taken := store.read(ctx, id)
		if reading != nil {
			return reading, nil
		}
		if !taken || !c.together.another(store) {
			break
		}
	}
	object, err := c.Get(ctx, entityCode, id)
	if err != nil {
		return nil, err
	}
	return c.readingOf(object), nil
}
