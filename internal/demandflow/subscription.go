package demandflow

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// A subscription is the tenant's id, once somebody knows it.
type subscription struct {
	known  sync.Mutex
	id     string
	asking chan struct{} // holds a token while somebody asks DemandFlow
}

func (s *subscription) init(configured string) {
	s.id = configured
	s.asking = make(chan struct{}, 1)
}

// learn takes the tenant's id from any object that DemandFlow answered with: all of them carry the same.
func (s *subscription) learn(object Object) {
	s.known.Lock()
	defer s.known.Unlock()
	if s.id == "" {
		s.id = object.Text("subscription")
	}
}

func (s *subscription) get() string {
	s.known.Lock()
	defer s.known.Unlock()
	return s.id
}

// Subscription is the id of the tenant that the token belongs to: the configured one, else the one that any answer so far
// showed, else that of a person or a definition, of which every tenant has some. DemandFlow is asked at most once; after a
// failure the next caller asks again.
func (c *Client) Subscription(ctx context.Context) (string, error) {
	if id := c.subscription.get(); id != "" {
		return id, nil
	}
	select { // a mutex would not let go of a caller who is cancelled
	case c.subscription.asking <- struct{}{}:
		defer func() { <-c.subscription.asking }()
	case <-ctx.Done():
		return "", fmt.Errorf("cannot find out the subscription: %w", ctx.Err())
	}
	if id := c.subscription.get(); id != "" {
		return id, nil
	}
	lines := []QueryLine{
		{Entity: "PPL", Limit: 1, Load: []string{"id", "subscription"}},
		{Entity: "DEFINITION", Limit: 1, Load: []string{"id", "subscription"}},
	}
	request, err := c.queryCall(lines)
	if err != nil {
		return "", err
	}
	failure := errors.New("DemandFlow shows neither a person nor a definition to this token")
	for _, err := range c.queryItems(ctx, request, lines, nil) {
		if id := c.subscription.get(); id != "" {
			return id, nil
		}
		if err != nil {
			failure = err // of one line: the other one may still answer
		}
	}
	return "", fmt.Errorf("cannot find out the subscription (tenant) of the token: %w\n"+
		"Set subscription_id, or the environment variable DEMANDFLOW_SUBSCRIPTION_ID; any object's JSON shows the id", failure)
}
