package demandflow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// A subscription is the tenant's id, once somebody knows it.
type subscription struct {
	known      sync.Mutex
	configured string
	seen       string        // on an object that DemandFlow answered with
	asking     chan struct{} // holds a token while somebody asks DemandFlow
}

func (s *subscription) init(configured string) {
	s.configured = configured
	s.asking = make(chan struct{}, 1)
}

// learn takes the tenant's id from any object that DemandFlow answered with: all of them carry the same.
func (s *subscription) learn(object Object) {
	s.known.Lock()
	defer s.known.Unlock()
	if s.seen == "" {
		s.seen = object.Text("subscription")
	}
}

func (s *subscription) get() string {
	s.known.Lock()
	defer s.known.Unlock()
	return orElse(s.configured, s.seen)
}

func (s *subscription) isSeen() bool {
	s.known.Lock()
	defer s.known.Unlock()
	return s.seen != ""
}

// conflict returns a *SubscriptionError where the configured id is not that of the objects, nil otherwise.
func (s *subscription) conflict() error {
	s.known.Lock()
	defer s.known.Unlock()
	if s.configured == "" || s.seen == "" || strings.EqualFold(s.configured, s.seen) {
		return nil
	}
	return &SubscriptionError{Configured: s.configured, Actual: s.seen}
}

// A SubscriptionError is a configured subscription that is not the token's. Objects that are created under it would stand nowhere.
type SubscriptionError struct{ Configured, Actual string }

func (e *SubscriptionError) Error() string {
	return fmt.Sprintf("subscription_id is %s, but what DemandFlow shows to this token is of the subscription (tenant) %s\n"+
		"Correct subscription_id (or DEMANDFLOW_SUBSCRIPTION_ID), leave it out, or use a token of that tenant", e.Configured, e.Actual)
}

// Subscription is the id of the tenant that the token belongs to: the configured one, else the one that any answer so far
// showed, else that of a person or a definition, of which every tenant has some, or of an object of the tables. DemandFlow is asked
// at most once; after a failure the next caller asks again.
func (c *Client) Subscription(ctx context.Context) (string, error) {
	if err := c.subscription.conflict(); err != nil {
		return "", err
	}
	err := c.identify(ctx, func() bool { return c.subscription.get() != "" })
	if id := c.subscription.get(); id != "" {
		return id, nil
	}
	if err == nil {
		err = errors.New("DemandFlow shows neither a person, a definition nor another object to this token")
	}
	if ctx.Err() != nil || refused(err) { // an id would not help
		return "", fmt.Errorf("cannot find out the subscription (tenant) of the token: %w", err)
	}
	return "", fmt.Errorf("cannot find out the subscription (tenant) of the token: %w\n"+
		"Set subscription_id, or the environment variable DEMANDFLOW_SUBSCRIPTION_ID; any object's JSON shows the id", err)
}
