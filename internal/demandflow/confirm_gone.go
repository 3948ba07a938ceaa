package demandflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// An UnconfirmedError is a 404 of DemandFlow's own that does not prove that an object is gone.
type UnconfirmedError struct{ text string }

// Error returns what DemandFlow answered, what speaks against it and what to check.
func (e *UnconfirmedError) Error() string { return e.text }

// ConfirmGone returns nil where the error of a request about an object means for certain that the object is gone. It
// must be DemandFlow's own 404; something else must have been read by its id in this run, or be read now, so that this
// is DemandFlow for certain; that must be of the subscription in which the object was ("" = not known); and a query
// after that may neither list the object nor an object of another subscription. Otherwise the error is an
// *UnconfirmedError, or the one that was given.
func (c *Client) ConfirmGone(ctx context.Context, answer error, entityCode, id, subscription string) error {
	if !IsNotFound(answer) {
		return answer
	}
	proven, err := c.tenant(ctx)
	if ctx.Err() != nil {
		return fmt.Errorf("%w\nWhether this is the tenant of the object could not be found out: %w",
			&UnconfirmedError{answer.Error()}, ctx.Err())
	}
	if err != nil {
		return c.notGone(answer, " and the token, and proxies and gateways on the way.",
			"nothing shows that this is DemandFlow and the object's tenant: %s", firstLine(err))
	}
	if err := c.sameTenant(answer, subscription, proven); err != nil {
		return err
	}
	shown, err := c.lookForMissing(ctx, entityCode, id)
	if ctx.Err() != nil {
		return fmt.Errorf("%w\nWhether a query lists the object could not be found out: %w",
			&UnconfirmedError{answer.Error()}, ctx.Err())
	}
	for _, now := range shown {
		if err := c.sameTenant(answer, cmp.Or(subscription, proven), now); err != nil {
			return err
		}
	}
	switch {
	case errors.Is(err, errListed):
		return c.notGone(answer, ", and proxies and gateways on the way; or try again in a while.", "a query lists it: "+
			"POST /v1/query shows the %s %s, and by its id it is not found.", entity.NounOf(entityCode), id)
	case err != nil:
		return c.notGone(answer, " and the token.", "the query for it has failed: %s", firstLine(err))
	}
	return nil
}

// sameTenant returns an error where an answer shows another subscription than the one in which an object was, or than
// the configured one.
func (c *Client) sameTenant(answer error, subscription, shown string) error {
	switch configured := c.config.Subscription; {
	case differ(subscription, shown):
		return c.notGone(answer, " and the token.", "this is another tenant: the object is of the subscription %s, and the "+
			"token is of %s.", subscription, shown)
	case differ(configured, shown):
		return c.notGone(answer, ", the token and subscription_id.", "this is another tenant: subscription_id is set to %s, "+
			"and the token is of %s.", configured, shown)
	}
	return nil
}

// ConfirmEmpty returns nil where a list without an object of an entity may be believed: what answers is DemandFlow, and
// of the subscription that the client is configured for, if it is, and its count is 0, too. A token that may read
// nothing else cannot tell more. The error is a *partialError where a count says otherwise.
func (c *Client) ConfirmEmpty(ctx context.Context, entityCode string) error {
	shown, err := c.tenant(ctx)
	_, refused := errors.AsType[*itemError](err)
	switch {
	case ctx.Err() != nil || err != nil && !refused && !IsForbidden(err):
		return fmt.Errorf("the list is empty, and nothing shows that it is DemandFlow's: %s\nCheck the endpoint (%s)",
			firstLine(err), c.endpoint)
	case differ(c.config.Subscription, shown):
		return fmt.Errorf("the list is empty, and it is another tenant's: subscription_id is set to %s, and the token is "+
			"of %s\nCheck the endpoint (%s), the token and subscription_id",
			c.config.Subscription, shown, c.endpoint)
	}
	for item, err := range c.queryAll(ctx, append(exampleLines(), QueryLine{Entity: entityCode, CountOnly: true})) {
		switch now := item.Object.Text(subscriptionField); {
		case err != nil: // the list itself was answered
		case item.Type == metaCount && item.Entity == entityCode && item.Count > 0:
			return &partialError{fmt.Sprintf("the list is empty, and by a count the tenant has %d of them\n"+
				"Check the endpoint (%s), and proxies on the way", item.Count, c.endpoint)}
		case differ(shown, now):
			return fmt.Errorf("the list is empty, and another tenant answers: what was read before is of the subscription %s, "+
				"and now one of %s is shown\nCheck the endpoint (%s) and the token", shown, now, c.endpoint)
		}
	}
	return nil
}

// ConfirmGoneInRefresh is ConfirmGone for a refresh, which reads all that a caller knows of. Where more than one object
// is gone or may be, and none of their entity was there in this run, the tenant must have some object at least: else it
// is not what it was. Terraform reads an object before those that depend on it, so that nothing may be known of others
// yet when the first is found to be gone.
func (c *Client) ConfirmGoneInRefresh(ctx context.Context, answer error, entityCode, id, subscription string) error {
	if err := c.ConfirmGone(ctx, answer, entityCode, id, subscription); err != nil {
		return err
	}
	if missing := c.missing.add(id); c.known.hasSeen(entityCode) || missing < 2 && !c.known.expectsOthers(id) {
		return nil
	}
	total, err := c.count(ctx)
	switch {
	case err != nil:
		return c.unconfirmed(answer, " and the token.",
			"No object of its kind was found so far, and how many the tenant has "+
				"could not be counted: %s", firstLine(err))
	case total == 0:
		return c.unconfirmed(answer, " and the token.", "This is not the only object that is missing: the tenant has no %s "+
			"at all. Objects that this run reported as gone may still exist, too.", nounsOfAll())
	}
	return nil
}

// notGone is unconfirmed for what shows that the object may be there.
func (c *Client) notGone(answer error, check, format string, args ...any) error {
	return c.unconfirmed(answer, check, "It does not mean that the object is gone, because "+format, args...)
}

// unconfirmed returns the error of a 404 with what speaks against it, and what to check beside the endpoint.
func (c *Client) unconfirmed(answer error, check, format string, args ...any) error {
	said := strings.TrimSuffix(answer.Error(), "\n"+WasDeleted) // which is what is in doubt
	return &UnconfirmedError{c.redactToken(fmt.Sprintf("%s\n%s\nCheck the endpoint (%s)%s", said,
		fmt.Sprintf(format, args...), c.endpoint, check))}
}

// firstLine returns an error without the advice below it.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return withPeriod(line)
}

// differ reports whether two subscriptions are both known and are not the same.
func differ(a, b string) bool { return a != "" && b != "" && !strings.EqualFold(a, b) }

// nounsOfAll returns the entities of the tables in running text.
func nounsOfAll() string {
	var nouns []string
	for _, of := range entity.All() {
		nouns = append(nouns, of.Nouns())
	}
	return strings.Join(nouns, " and ")
}
