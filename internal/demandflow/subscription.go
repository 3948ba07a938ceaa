package demandflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// subscriptionField is the system field that has the tenant's id in every object.
const subscriptionField = "subscription"

// A subscription is the tenant's id, once it is known.
type subscription struct {
	mutex      sync.Mutex
	configured string
	seen       string        // on an object that DemandFlow answered with
	objects    string        // on an object of the tables, in an answer or as a caller remembers it
	shown      string        // by an object that was read by its id in this run; "" = none was
	failure    error         // why none can be read; nil while no attempt has failed
	turn       chan struct{} // holds a token while a caller asks DemandFlow
}

func (s *subscription) init(configured string) {
	s.configured = configured
	s.turn = make(chan struct{}, 1)
}

// observe takes the tenant's id from any object that DemandFlow answered with: all of them carry the same.
func (s *subscription) observe(object Object) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.seen == "" {
		s.seen = object.Text(subscriptionField)
	}
}

// check returns an error where an object of the tables is of another tenant than those before it: a token is bound to
// one tenant, so that what answers now is not what answered before.
func (s *subscription) check(object Object) error {
	shown := object.Text(subscriptionField)
	if entity.ByCode(object.Text("entity")) == nil || shown == "" {
		return nil
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch {
	case differ(s.configured, shown):
		return &SubscriptionError{Configured: s.configured, Actual: shown}
	case differ(s.objects, shown):
		return fmt.Errorf("the object with id %q is of the subscription (tenant) %s, and the state, or what was read "+
			"before, is of %s", object.ID(), shown, s.objects)
	}
	s.objects = shown
	return nil
}

// expect takes note of the subscription of an object that a caller remembers.
func (s *subscription) expect(object Object) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.objects = cmp.Or(s.objects, object.Text(subscriptionField))
}

// observeRead notes that an object was read by its id. Those answers show that what is asked for single objects is
// DemandFlow, and of which tenant: one that does not name it proves nothing.
func (s *subscription) observeRead(object Object) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.shown == "" {
		s.shown = object.Text(subscriptionField)
	}
}

func (s *subscription) get() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return cmp.Or(s.configured, s.seen)
}

// conflict returns a *SubscriptionError where the configured id is not that of the objects, nil otherwise.
func (s *subscription) conflict() error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.configured == "" || s.seen == "" || strings.EqualFold(s.configured, s.seen) {
		return nil
	}
	return &SubscriptionError{Configured: s.configured, Actual: s.seen}
}

// A SubscriptionError is a configured subscription that is not the token's. Objects that are created under it would
// stand nowhere.
type SubscriptionError struct{ Configured, Actual string }

func (e *SubscriptionError) Error() string {
	return fmt.Sprintf("subscription_id is %s, but what DemandFlow shows to this token is of the subscription (tenant) "+
		"%s\n"+
		"Correct subscription_id (or DEMANDFLOW_SUBSCRIPTION_ID), leave it out, or use a token of that tenant", e.Configured,
		e.Actual)
}

// proof returns the subscription of what was read by its id in this run; known is false where nothing was, and no
// attempt has failed.
func (s *subscription) proof() (shown string, known bool, failure error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.shown, s.shown != "" || s.failure != nil, s.failure
}

// learn calls ask unless enough is known by then. One caller at a time asks DemandFlow.
func (s *subscription) learn(ctx context.Context, enough func() bool, ask func() error) error {
	if enough() {
		return nil
	}
	select { // a mutex would hold a caller that is cancelled
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return fmt.Errorf("cannot find out the subscription: %w", ctx.Err())
	}
	if enough() {
		return nil
	}
	return ask()
}

// Subscription returns the id of the tenant that the token belongs to: the configured one, else the one that any answer
// so far showed, else that of a person or a definition, of which every tenant has some, or of an object of the tables.
// DemandFlow is asked at most once; after a failure the next caller asks again.
func (c *Client) Subscription(ctx context.Context) (string, error) {
	if err := c.subscription.conflict(); err != nil {
		return "", err
	}
	err := c.identify(ctx, func() bool { return c.subscription.get() != "" })
	if id := c.subscription.get(); id != "" {
		return id, nil
	}
	err = cmp.Or(err, errNothingShown)
	if ctx.Err() != nil || refused(err) { // an id would not help
		return "", fmt.Errorf("cannot find out the subscription (tenant) of the token: %w", err)
	}
	return "", fmt.Errorf("cannot find out the subscription (tenant) of the token: %w\n"+
		"Set subscription_id, or the environment variable DEMANDFLOW_SUBSCRIPTION_ID; any object's JSON shows the id", err)
}

var errNothingShown = errors.New("DemandFlow shows neither a person, a definition nor another object to this token")

// examples returns one object of each entity that the token may read and of which the tenant has any. Every tenant has
// people and definitions. The error is why there is none.
func (c *Client) examples(ctx context.Context) ([]Object, error) {
	var found []Object
	failure := errNothingShown
	for item, err := range c.queryAll(ctx, exampleLines()) {
		switch {
		case err != nil: // of one line: another one may still answer
			failure = err
		case item.Object != nil:
			found = append(found, item.Object)
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	return nil, failure
}

// exampleLines ask for one object of each of some entities, first those of which every tenant has some.
func exampleLines() []QueryLine {
	codes := []string{"PPL", entity.DefinitionCode}
	for _, of := range entity.All() {
		codes = append(codes, of.Code)
	}
	var lines []QueryLine
	for _, code := range codes {
		lines = append(lines, QueryLine{Entity: code, Limit: 1, Load: []string{"id", subscriptionField}})
	}
	return lines
}

// tenant returns the subscription of something that was read by its id in this run. Where nothing was that names it,
// one object that must exist is read: once, however many ask.
func (c *Client) tenant(ctx context.Context) (string, error) {
	s := &c.subscription
	err := s.learn(ctx, func() bool { _, known, _ := s.proof(); return known }, func() error {
		failure := c.readExample(ctx)
		if failure != nil && ctx.Err() == nil {
			s.mutex.Lock()
			defer s.mutex.Unlock()
			s.failure = failure
		}
		return failure
	})
	shown, _, failure := s.proof()
	return shown, cmp.Or(err, failure)
}

// readExample reads the examples by their ids until one names its subscription.
func (c *Client) readExample(ctx context.Context) error {
	examples, err := c.examples(ctx)
	for _, example := range examples {
		var object Object
		object, err = c.getOnce(ctx, example.Text("entity"), example.ID(), hasID)
		switch {
		case IsNotFound(err):
			return fmt.Errorf("DemandFlow lists an object, and does not find it by its id: %w", err)
		case IsForbidden(err):
		case err != nil, object.Text(subscriptionField) != "":
			return err
		default:
			err = fmt.Errorf("DemandFlow does not name the subscription of %s %s", entity.NounOf(example.Text("entity")),
				example.ID())
		}
	}
	return err
}

// Authorized returns an error where DemandFlow accepts the token for nothing, or the configured subscription is not the
// token's. A success so far proves a token; else DemandFlow is asked, once. A token that may read nothing is authorized
// all the same: a query tells a token that is not accepted from rights that are missing. What is not an answer to that
// (5xx, no connection) proves nothing.
func (c *Client) Authorized(ctx context.Context) error {
	// Another failure than a refusal proves nothing.
	_ = c.identify(ctx, func() bool { return c.accepted.Load() || c.refusal.Load() != nil })
	if refusal := c.refusal.Load(); refusal != nil && !c.accepted.Load() {
		return refusal
	}
	return c.subscription.conflict()
}

// refused reports whether the other side does not accept a request at all, now or later.
func refused(err error) bool {
	answer, ok := errors.AsType[*Error](err)
	return ok && answer.Status >= 300 && answer.Status < 500 && !wire.IsTransient(answer.Status)
}

// identify asks for one object of each entity that a token may show its tenant by, unless enough is known by then. It
// returns what went wrong where nothing came.
func (c *Client) identify(ctx context.Context, enough func() bool) error {
	return c.subscription.learn(ctx, enough, func() error {
		_, failure := c.examples(ctx)
		if answer, ok := errors.AsType[*Error](failure); ok && refused(failure) {
			c.refusal.Store(answer) // before the next caller's turn
		}
		return failure
	})
}
