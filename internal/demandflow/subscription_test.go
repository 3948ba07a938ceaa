package demandflow

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
)

func undiscovered(c *Config) { c.Subscription = "" }

func TestSubscription_configuredAsksNothing(t *testing.T) {
	t.Parallel()
	server := serve(t, text(500, ""))
	id, err := newClient(t, server.URL).Subscription(t.Context())
	if id != tenant || err != nil || len(server.asked()) != 0 {
		t.Errorf("%q, %v, %d requests", id, err, len(server.asked()))
	}
}

func TestSubscription_isAskedForOnce(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `{"id":"p","entity":"PPL","subscription":"`+tenant+`"}`))
	client := newClient(t, server.URL, undiscovered)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if id, err := client.Subscription(t.Context()); id != tenant || err != nil {
				t.Errorf("%q, %v", id, err)
			}
		})
	}
	all.Wait()
	asked := server.asked()
	want := `[{"comboKey":"comboKey","entity":"PPL","limit":1,"load":"id,subscription,entity","query":"SUB"},` +
		`{"comboKey":"comboKey","entity":"DEFINITION","limit":1,"load":"id,subscription,entity","query":"SUB"},` +
		`{"comboKey":"comboKey","entity":"DOCKERREGISTRY","limit":1,"load":"id,subscription,entity","query":"SUB"},` +
		`{"comboKey":"comboKey","entity":"DOCKERIMAGE","limit":1,"load":"id,subscription,entity","query":"SUB"}]`
	if len(asked) != 1 || asked[0].body != want {
		t.Errorf("asked %+v", asked)
	}
}

func TestSubscription_isLearntFromAnyAnswer(t *testing.T) {
	t.Parallel()
	object := `{"id":"1","subscription":"` + tenant + `"}`
	for name, call := range map[string]func(*Client) error{
		"get":   func(c *Client) error { _, err := c.Get(t.Context(), "X", "1"); return err },
		"list":  func(c *Client) error { _, err := collect(c.List(t.Context(), "X")); return err },
		"query": func(c *Client) error { _, err := collect(c.Query(t.Context(), QueryLine{Entity: "X"})); return err },
	} {
		server := serve(t, text(200, object))
		client := newClient(t, server.URL, undiscovered)
		if err := call(client); err != nil {
			t.Fatal(err)
		}
		if id, err := client.Subscription(t.Context()); id != tenant || err != nil || len(server.asked()) != 1 {
			t.Errorf("%s: %q, %v, %d requests", name, id, err, len(server.asked()))
		}
	}
}

func TestSubscription_oneReadableLineIsEnough(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `{"_type":"error","message":"forbidden","entity":"PPL"}
{"id":"X","entity":"DEFINITION","subscription":"`+tenant+`"}`))
	if id, err := newClient(t, server.URL, undiscovered).Subscription(t.Context()); id != tenant || err != nil {
		t.Errorf("%q, %v", id, err)
	}
}

func TestSubscription_thatCannotBeReadMustBeSet(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		want   string
	}{
		"nothing": {200, "", "neither a person, a definition nor another object"},
		"lines":   {200, `{"_type":"error","message":"no right","entity":"PPL"}`, "no right"},
	} {
		server := serve(t, text(test.status, test.body))
		client := newClient(t, server.URL, undiscovered)
		_, err := client.Subscription(t.Context())
		wantText(t, err, test.want, "subscription_id", "DEMANDFLOW_SUBSCRIPTION_ID")
		wantText(t, createError(t, client), test.want, "subscription_id")
		for _, request := range server.asked() {
			if request.path != "/v1/query" {
				t.Errorf("%s: asked %s", name, request.path)
			}
		}
	}
}

// An id does not help where the token is not accepted.
func TestSubscription_ofATokenThatIsRefusedIsNotAskedOfPeople(t *testing.T) {
	t.Parallel()
	server := serve(t, text(403, `{"error":"Forbidden","message":"The token is revoked."}`))
	err := createError(t, newClient(t, server.URL, undiscovered))
	wantText(t, err, "403", "token is revoked", "not revoked")
	if strings.Contains(err.Error(), "subscription_id") || !IsForbidden(err) {
		t.Errorf("got %v", err)
	}
}

func TestSubscription_thatIsNotTheTokensIsAnError(t *testing.T) {
	t.Parallel()
	const other = "99999999-0000-4000-8000-000000000001"
	server := serve(t, text(200, `{"id":"DOCKERIMAGE","entity":"DEFINITION","subscription":"`+tenant+
		`","definition":{"fields":[{"id":"name","type":"text"}]}}`))
	for configured, wrong := range map[string]bool{other: true, strings.ToUpper(tenant): false, "": false} {
		client := newClient(t, server.URL, func(c *Config) { c.Subscription = configured })
		_, atPlan := client.Definition(t.Context(), "DOCKERIMAGE")
		_, atApply := client.Subscription(t.Context())
		for _, err := range []error{atPlan, atApply, client.Authorized(t.Context())} {
			if _, is := errors.AsType[*SubscriptionError](err); is != wrong || err != nil && !is {
				t.Errorf("configured as %q: %v", configured, err)
			}
		}
		if wrong {
			wantText(t, atPlan, other, tenant, "subscription_id")
		}
	}
}

func TestAuthorized_asksOnceWhereNothingHasProvedTheToken(t *testing.T) {
	t.Parallel()
	const denied = `{"_type":"error","message":"This token may not read it.","entity":"PPL"}`
	for name, test := range map[string]struct {
		status  int
		body    string
		refused bool
	}{
		"it is refused":          {403, `{"error":"Forbidden","message":"The token is revoked."}`, true},
		"it is not understood":   {401, ``, true},
		"a proxy refuses it":     {403, `<html>Access denied</html>`, true},
		"there is no such API":   {404, `{"error":"Not Found","message":"no route"}`, true},
		"it may read nothing":    {200, denied, false},
		"the tenant is empty":    {200, ``, false},
		"the server is at fault": {500, ``, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, text(test.status, test.body))
			client := newClient(t, server.URL, func(c *Config) { c.MaxRetries = 0 })
			for range 5 {
				if err := client.Authorized(t.Context()); (err != nil) != test.refused {
					t.Errorf("got %v", err)
				}
			}
			if asked := server.asked(); asked[0].path != "/v1/query" || test.status != 500 && len(asked) != 1 {
				t.Errorf("asked %+v", asked)
			}
		})
	}
}

func TestAuthorized_isProvedByAnySuccess(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `{"id":"1"}`))
	client := newClient(t, server.URL)
	if _, err := client.Get(t.Context(), "X", "1"); err != nil {
		t.Fatal(err)
	}
	if err := client.Authorized(t.Context()); err != nil || len(server.asked()) != 1 {
		t.Errorf("%v after %d requests", err, len(server.asked()))
	}
}

func TestSubscription_afterAFailureAsksAgain(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 1 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		text(200, `{"id":"p","subscription":"`+tenant+`"}`)(w, r, n)
	})
	client := newClient(t, server.URL, undiscovered)
	if _, err := client.Subscription(t.Context()); err == nil {
		t.Fatal("no error")
	}
	if id, err := client.Subscription(t.Context()); id != tenant || err != nil {
		t.Errorf("%q, %v", id, err)
	}
}

func TestSubscription_aCancelledCallerDoesNotWaitForAnother(t *testing.T) {
	t.Parallel()
	client := newClient(t, "http://demandflow.test", undiscovered)
	client.subscription.turn <- struct{}{} // a caller asks, and never ends
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Subscription(ctx); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(),
		"subscription") {
		t.Errorf("got %v", err)
	}
}
