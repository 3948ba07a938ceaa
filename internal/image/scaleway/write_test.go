package scaleway

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

func TestSetVisibility_sendsItAlone(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	client := newClient(t, server, nil)
	for _, visibility := range Visibilities() {
		if err := client.SetVisibility(t.Context(), "", web.ID, visibility); err != nil {
			t.Fatal(err)
		}
		requests := server.Requests()
		last := requests[len(requests)-1]
		if last.Method != http.MethodPatch || last.Body != `{"visibility":"`+visibility+`"}` ||
			server.Find(web.ID).Visibility != visibility {
			t.Errorf("%s: sent %+v", visibility, last)
		}
	}
	if n := len(server.Requests()); n != 3 {
		t.Errorf("%d requests for three changes", n)
	}
}

func TestSetVisibility_saysWhyNot(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		visibility string
		prepare    func(*scalewaytest.Server, string)
		config     func(*Config)
		want       string
	}{
		"a word of its own": {visibility: "secret", want: `"secret" is no visibility: they are public, private, inherit`},
		"a key that only reads": {visibility: "public", config: func(c *Config) { c.SecretKey = scalewaytest.ReadOnlyKey },
			want: "403 Forbidden: insufficient permissions: write registry_image. The key's owner needs a policy with " +
				"ContainerRegistryReadOnly for the project to read, and with ContainerRegistryFullAccess"},
		"locked": {visibility: "private", want: "make the Scaleway image fr-par/" + scalewaytest.ID(1) +
			" private: Scaleway answered 423 Locked", prepare: func(s *scalewaytest.Server, id string) {
			s.Edit(id, func(i *scalewaytest.Image) { i.Status = "locked" })
		}},
		"deleting": {visibility: "inherit",
			want: "inherit its namespace's visibility: Scaleway answered 409 Conflict: resource image with ID " +
				scalewaytest.ID(1) + " is in a transient state: deleting. It is being changed or deleted",
			prepare: func(s *scalewaytest.Server, id string) {
				s.Edit(id, func(i *scalewaytest.Image) { i.Status = "deleting" })
			}},
		"taken and not done": {visibility: "public",
			want: "Scaleway took the request, but the image is private, in status error (disk full)",
			prepare: func(s *scalewaytest.Server, id string) {
				s.Fault(always(200, nil, `{"id":"`+id+`","visibility":"private","status":"error","status_message":"disk\nfull"}`))
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, web := newShop(t)
			if test.prepare != nil {
				test.prepare(server, web.ID)
			}
			err := newClient(t, server, test.config).SetVisibility(t.Context(), "fr-par", web.ID, test.visibility)
			if err == nil || isNotFound(err) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSetVisibility_knowsAnImageThatIsGone(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	server.Remove(web.ID)
	if err := newClient(t, server, nil).SetVisibility(t.Context(), "fr-par", web.ID, VisibilityPublic); !isNotFound(err) {
		t.Errorf("got %v", err)
	}
}

func TestDelete_waitsUntilTheImageIsGone(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	server.Looks = 3
	if err := newClient(t, server, nil).Delete(t.Context(), "fr-par", web.ID); err != nil {
		t.Fatal(err)
	}
	if server.Find(web.ID) != nil || len(server.Requests("GET")) != 4 || len(server.Requests("DELETE")) != 1 {
		t.Errorf("%v", server.Requests())
	}
}

func TestDelete_isSettledWhenItsAnswerIsLost(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	server.Looks = 1
	lost := false
	server.Fault(func(r *http.Request) *scalewaytest.Answer {
		if r.Method != http.MethodDelete || lost {
			return nil
		}
		lost = true
		server.Edit(web.ID, func(i *scalewaytest.Image) { i.Status = "deleting" })
		return &scalewaytest.Answer{Status: 504, Body: `{"message":"timeout"}`}
	})
	if err := newClient(t, server, nil).Delete(t.Context(), "fr-par", web.ID); err != nil || server.Find(web.ID) != nil {
		t.Errorf("%v", err)
	}
	if n := len(server.Requests("DELETE")); n != 2 {
		t.Errorf("%d deletes, want the lost one and one that is refused", n)
	}
}

func TestDelete_saysWhyNot(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	if err := newClient(t, server, nil).Delete(t.Context(), "nl-ams", web.ID); !isNotFound(err) {
		t.Errorf("in another region: %v", err)
	}
	server.Edit(web.ID, func(i *scalewaytest.Image) { i.Status = "locked" })
	if err := newClient(t, server, nil).Delete(t.Context(), "fr-par", web.ID); err == nil || !strings.Contains(err.Error(),
		"423 Locked") {
		t.Errorf("locked: %v", err)
	}
	server.Edit(web.ID, func(i *scalewaytest.Image) { i.Status = "ready" })
	server.Before(func(r *http.Request) {
		if r.Method == http.MethodGet {
			server.Edit(web.ID, func(i *scalewaytest.Image) { i.Status, i.StatusMessage = "error", "layer in use" })
		}
	})
	err := newClient(t, server, nil).Delete(t.Context(), "fr-par", web.ID)
	if err == nil || !strings.Contains(err.Error(),
		"Scaleway took the request, but the image is in status error (layer in use)") {
		t.Errorf("failed later: %v", err)
	}
}

func TestWait_endsWithItsContext(t *testing.T) {
	t.Parallel()
	server, web := newShop(t)
	server.Looks = 1 << 30
	server.Edit(web.ID, func(i *scalewaytest.Image) { i.Status = "deleting" })
	client := newClient(t, server, nil)
	client.statusWait = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	looked := make(chan struct{}, 1)
	server.Before(func(*http.Request) { looked <- struct{}{} })
	go func() {
		<-looked
		cancel()
	}()
	_, err := client.Wait(ctx, "fr-par", web.ID)
	if !errors.Is(err, context.Canceled) || isNotFound(err) {
		t.Errorf("got %v", err)
	}
}

func TestWait_endsAtOnceWithAStatusThatStays(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"ready", "locked", "error", "unknown"} {
		server, web := newShop(t)
		server.Edit(web.ID, func(i *scalewaytest.Image) { i.Status, i.StatusMessage = status, "" })
		if got, err := newClient(t, server, nil).Wait(t.Context(), "fr-par", web.ID); err != nil || got != status ||
			len(server.Requests()) != 1 {
			t.Errorf("%s: %q, %v", status, got, err)
		}
	}
}
