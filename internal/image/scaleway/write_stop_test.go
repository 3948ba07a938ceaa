package scaleway

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

// stopping returns a client and a context that is cancelled, as Terraform's first Ctrl-C does it, when Scaleway has a
// write.
func stopping(t *testing.T) (*scalewaytest.Server, scalewaytest.Image, *Client, context.Context) {
	t.Helper()
	server, web := newShop(t)
	ctx, cancel := context.WithCancel(t.Context())
	server.Before(func(r *http.Request) {
		if r.Method != http.MethodGet {
			cancel()
		}
	})
	return server, web, newClient(t, server, nil), ctx
}

func TestStop_waitsForAWriteThatWasSent(t *testing.T) {
	t.Parallel()
	server, web, client, ctx := stopping(t)
	if err := client.SetVisibility(ctx, "fr-par", web.ID, VisibilityPublic); err != nil ||
		server.Find(web.ID).Visibility != VisibilityPublic {
		t.Errorf("the change: %v", err)
	}
	server, web, client, ctx = stopping(t)
	if err := client.Delete(ctx, "fr-par", web.ID); err != nil || server.Find(web.ID) != nil {
		t.Errorf("the delete: %v", err)
	}
}

func TestStop_tellsWhatScalewayAnswers(t *testing.T) {
	t.Parallel()
	server, web, client, ctx := stopping(t)
	server.Edit(web.ID, func(i *scalewaytest.Image) { i.Status = "locked" })
	err := client.SetVisibility(ctx, "fr-par", web.ID, VisibilityPublic)
	if err == nil || !strings.Contains(err.Error(), "423 Locked") {
		t.Errorf("got %v", err)
	}
}

// A write that got no usable answer is settled by a look.
func TestStop_looksForWhatCameOfAWriteThatGotNoAnswer(t *testing.T) {
	t.Parallel()
	lost := func(server *scalewaytest.Server, done func()) {
		server.Fault(func(r *http.Request) *scalewaytest.Answer {
			if r.Method == http.MethodGet {
				return nil
			}
			done()
			panic(http.ErrAbortHandler)
		})
	}
	for name, carriedOut := range map[string]bool{"carried out": true, "not carried out": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, web, client, ctx := stopping(t)
			lost(server, func() {
				if carriedOut {
					server.Edit(web.ID, func(i *scalewaytest.Image) { i.Visibility = VisibilityPublic })
				}
			})
			if err := client.SetVisibility(ctx, "fr-par", web.ID, VisibilityPublic); (err == nil) != carriedOut {
				t.Errorf("the change: %v", err)
			}
			server, web, client, ctx = stopping(t)
			lost(server, func() {
				if carriedOut {
					server.Remove(web.ID)
				}
			})
			if err := client.Delete(ctx, "fr-par", web.ID); (err == nil) != carriedOut {
				t.Errorf("the delete: %v", err)
			}
			if sent := len(server.Requests(http.MethodDelete)); sent != 1 {
				t.Errorf("%d deletes were sent after the stop", sent)
			}
		})
	}
}

func TestStop_sendsNothingThatWasNotSent(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	client := newClient(t, server, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, err := range map[string]error{"change": client.SetVisibility(ctx, "fr-par", web.ID, VisibilityPublic),
		"delete": client.Delete(ctx, "fr-par", web.ID)} {
		if err == nil || !strings.Contains(err.Error(), "it was interrupted") {
			t.Errorf("the %s: %v", what, err)
		}
	}
	if requests := server.Requests(); len(requests) > 0 {
		t.Errorf("sent %+v", requests)
	}
}
