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
	l.client.AddSecrets(object.Text("entity"), object)
	return object, nil
}

// Read is Get for a refresh, which reads many: the object as it was at some moment of this run, after every write of
// this client that had ended when Read was called. One list may answer the reads of many objects. What it does not
// answer, or answers with less than is known, is asked for by Get, whose errors are those of Read; so that an object is
// missing is never said by a list.
func (c *Client) Read(ctx context.Context, entityCode, id string) (Object, error) {
	return c.read(ctx, entityCode, id, toRefresh)
}

// LookUp is Read for a look-up. In a plan, that is after a refresh and before a write, it may be answered by a list
// too; otherwise the object is as it was when LookUp was called.
func (c *Client) LookUp(ctx context.Context, entityCode, id string) (Object, error) {
	return c.read(ctx, entityCode, id, toLookUp)
}

func (c *Client) read(ctx context.Context, entityCode, id string, why purpose) (Object, error) {
	for cache := c.listCacheFor(ctx, entityCode, why); cache != nil; cache = c.listCacheFor(ctx, entityCode, why) {
		reading, taken := cache.read(ctx, id)
		if reading != nil {
			object, err := reading.whole()
			if err == nil && c.known.isStale(object) {
				break
			}
			return object, err
		}
		if !taken || !c.sharing.another(cache) {
			break
		}
	}
	return c.Get(ctx, entityCode, id)
}
