package demandflow

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// A server that refuses a write may repeat it, in whatever form; nothing of a secret may come through.
func TestErrors_hideTheSecretsOfABodyThatIsRepeated(t *testing.T) {
	t.Parallel()
	const password, key = "canary-password", "BEGIN canary\ncanary-line-two\n"
	repeat := map[string]func(w http.ResponseWriter, body string){
		"in the message": func(w http.ResponseWriter, body string) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":"bad","message":`+strconv.Quote("refused: "+body)+`}`)
		},
		"as it is": func(w http.ResponseWriter, body string) {
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, body)
		},
		"as text": func(w http.ResponseWriter, body string) {
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, "refused: "+body)
		},
		"cut off": func(w http.ResponseWriter, body string) { _, _ = io.WriteString(w, body[:max(0, len(body)-1)]) },
		"inside a page": func(w http.ResponseWriter, body string) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "<p>"+body)
		},
		"with line ends": func(w http.ResponseWriter, _ string) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, "no: "+key+password)
		},
		"without an id": func(w http.ResponseWriter, body string) {
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, body)
		},
		"as a list": func(w http.ResponseWriter, body string) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, "["+body+"]")
		},
		"under 500": func(w http.ResponseWriter, body string) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, "panic: "+body)
		},
	}
	for name, answer := range repeat {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				answer(w, string(body))
			}))
			t.Cleanup(server.Close)
			var logged strings.Builder
			client := newClient(t, server.URL, func(config *Config) {
				config.Subscription = "00000000-0000-4000-8000-000000000001"
				config.Log = func(_ context.Context, message string, fields map[string]any) {
					fmt.Fprintln(&logged, message,
						fields)
				}
			})
			fields := Object{"name": "prod", "password": password, "signingKey": key, "adminsOwn": "canary-custom"}
			_, createErr := client.Create(t.Context(), CreateRequest{Entity: &entity.DockerRegistry, Fields: fields})
			_, updateErr := client.Update(t.Context(), entity.DockerRegistry.Code, "1", fields)
			for _, err := range []error{createErr, updateErr} {
				if err == nil {
					t.Fatal("the write succeeded")
				}
				if said := err.Error() + logged.String(); strings.Contains(said, "canary") {
					t.Errorf("a secret comes through:\n%s", said)
				}
			}
		})
	}
}

func TestGet_ofAnotherEntitysObjectIsAnErrorAndNotNotFound(t *testing.T) {
	t.Parallel()
	server := serve(t, text(http.StatusOK, `{"id":"1","entity":"DOCKERREGISTRY"}`))
	_, err := newClient(t, server.URL).Get(t.Context(), "DOCKERIMAGE", "1")
	wantText(t, err, "is a docker registry, not a docker image")
	if IsNotFound(err) {
		t.Error("it counts as not found")
	}
}
