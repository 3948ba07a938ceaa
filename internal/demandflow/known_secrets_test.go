package demandflow

import (
	"context"
	"net/http"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A message may show the stored row, although the request that failed has nothing of its secrets.
func TestKnownSecrets_hidesAStoredSecretInTheErrorOfAnotherRequest(t *testing.T) {
	t.Parallel()
	stored := asRead(`{"id":"1","entity":"DOCKERREGISTRY","name":"LEAK","password":"canary-plain-secret","pin":"canary-pin"}`)
	const definition = `{"id":"DOCKERREGISTRY","entity":"DEFINITION","definition":{"fields":[{"id":"pin","type":"password"}]}}`
	code := entity.DockerRegistry.Code
	for name, meet := range map[string]func(ctx context.Context, client *Client) error{
		"read": func(ctx context.Context, client *Client) error { _, err := client.Get(ctx, code, "1"); return err },
		"listed": func(ctx context.Context, client *Client) error {
			_, err := collect(client.List(ctx, code))
			return err
		},
		"found": func(ctx context.Context, client *Client) error {
			_, err := collect(client.Query(ctx, QueryLine{Entity: code}))
			return err
		},
		"created": func(ctx context.Context, client *Client) error {
			_, err := client.Create(ctx, CreateRequest{Entity: &entity.DockerRegistry, Fields: Object{"name": "LEAK",
				"password": "canary-plain-secret", "pin": "canary-pin"}})
			return err
		},
		"updated": func(ctx context.Context, client *Client) error {
			_, err := client.Update(ctx, code, "2", Object{"password": "canary-plain-secret", "pin": "canary-pin"})
			return err
		},
		"kept in a state": func(_ context.Context, client *Client) error {
			client.AddSecrets(code, Object{"password": "canary-plain-secret", "pin": "canary-pin", "description": "row"})
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
				switch {
				case r.URL.Query().Get("entity") == "DEFINITION":
					text(200, definition)(w, r, n)
				case r.URL.Path == "/v1/objects" || r.URL.Path == "/v1/objects/2":
					text(200, asRead(`{"id":"2","entity":"DOCKERREGISTRY"}`))(w, r, n) // a write that is taken, and not repeated
				case r.Method == http.MethodPatch || r.Method == http.MethodDelete:
					text(400, `{"message":"row (LEAK, canary-plain-secret, canary-pin) violates a constraint"}`)(w, r, n)
				default:
					text(200, stored)(w, r, n)
				}
			})
			client := newClient(t, server.URL)
			if _, err := client.Definition(t.Context(), code); err != nil {
				t.Fatal(err)
			}
			if err := meet(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			_, err := client.Update(t.Context(), code, "1", Object{"description": "New."})
			wantText(t, err, "row (LEAK, [password], [pin]) violates a constraint")
			wantText(t, client.Delete(t.Context(), code, "1"), "row (LEAK, [password], [pin]) violates a constraint")
		})
	}
}

// A short secret is no reason to drop every message of the run, and a mask is no secret.
func TestKnownSecrets_keepsNothingThatStandsInEveryMessage(t *testing.T) {
	t.Parallel()
	client := newClient(t, "http://demandflow.test")
	client.AddSecrets(entity.DockerRegistry.Code, Object{"password": "e", "token": "********", "signingKey": "äöü",
		"webhookSecret": ""})
	const said = "the field ******** is refused äöü"
	if got := client.clean(said, maxMessage, nil); got != said {
		t.Errorf("got %q", got)
	}
}
