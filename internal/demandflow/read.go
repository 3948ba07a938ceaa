package demandflow

import "context"

// A listed object is one as a list has brought it. What it costs to take it apart is paid when somebody asks for it.
type listed struct {
	object Object // nil: to be read from raw
	raw    []byte // JSON
	client *Client
}

// whole is the object. It is the caller's own, to be asked for once.
func (l *listed) whole() (Object, error) {
	if l.object != nil {
		return l.object, nil
	}
	object, err := decodeObject(l.raw)
	if err != nil {
		return nil, err
	}
	// Its secrets were learned when it came; those of many others may have come since, and have them forgotten.
	l.client.Conceal(object.Text("entity"), object)
	return object, nil
}

// Read is Get for a refresh, which reads many: the object as it was at some moment of this run, after every write of this
// client that had ended when Read was called. One list may answer the reads of many objects. What it does not answer is asked
// for by Get, whose errors are those of Read; so that an object is missing is never said by a list.
func (c *Client) Read(ctx context.Context, entityCode, id string) (Object, error) {
	for store := c.storeFor(ctx, entityCode, toRead); store != nil; store = c.storeFor(ctx, entityCode, toRead) {
		reading, taken := store.read(ctx, id)
		if reading != nil {
			return reading.whole()
		}
		if !taken || !c.together.another(store) {
			break
		}
	}
	return c.Get(ctx, entityCode, id)
}
