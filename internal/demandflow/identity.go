package demandflow

import (
	"context"
	"errors"
)

// Authorized returns an error where DemandFlow accepts the token for nothing, or the configured subscription is not the
// token's. A success so far proves a token; else DemandFlow is asked, once. Who may read nothing is authorized all the
// same: a query tells a token that is not accepted from rights that are missing. What is not an answer to that (5xx, no
// connection) proves nothing.
func (c *Client) Authorized(ctx context.Context) error {
	// Another failure than a refusal proves nothing, and so is none of this.
	_ = c.identify(ctx, func() bool { return c.accepted.Load() || c.refusal.Load() != nil })
	if refusal := c.refusal.Load(); refusal != nil && !c.accepted.Load() {
		return refusal
	}
	return c.subscription.conflict()
}

// refused reports whether the other side does not take a request at all, whoever asks and whenever.
func refused(err error) bool {
	answer, ok := errors.AsType[*Error](err)
	return ok && answer.Status >= 300 && answer.Status < 500 && !isTransient(answer.Status)
}

// identify asks for one object of each entity that a token may show its tenant by, unless enough is known by then. One
// caller asks at a time. It returns what went wrong where nothing came.
func (c *Client) identify(ctx context.Context, enough func() bool) error {
	if enough() {
		return nil
	}
	done, err := c.subscription.ask(ctx)
	if err != nil {
		return err
	}
	defer done()
	if enough() {
		return nil
	}
	_, failure := c.examples(ctx)
	if answer, ok := errors.AsType[*Error](failure); ok && refused(failure) {
		c.refusal.Store(answer) // before the next caller's turn
	}
	return failure
}
