package openshift_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
)

// silent returns the address of a server that takes requests of a path, and answers them when the test ends. It answers
// all others with the address of that path.
func silent(t *testing.T, path string) string {
	t.Helper()
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, path) {
			<-ended
			return
		}
		fmt.Fprintf(w, `{"token_endpoint":"http://%s%s"}`, r.Host, path)
	}))
	t.Cleanup(func() {
		close(ended)
		server.Close()
	})
	return server.URL
}

func TestLogin_anIssuerThatDoesNotAnswerIsNamed(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"it says nothing of itself": "/.well-known", "it gives no token": "/token"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issuer, api := silent(t, path), openshifttest.New(t, objects(t)...)
			client := as(t, api, fmt.Sprintf("{auth-provider: {name: oidc, config: {client-id: k, client-secret: made-up-client, "+
				"id-token: %q, idp-issuer-url: %q, refresh-token: made-up-refresh}}}", idToken(time.Now().Add(-time.Hour)),
				strings.Replace(issuer, "://", "://me:made-up-password@", 1)+"?made-up-query"))
			openshift.SetLoginLimit(t, client, 50*time.Millisecond)
			for range 2 { // the first wait has not ended when the second one begins
				_, err := client.Image(t.Context(), ofSigned, openshift.Options{})
				wantInError(t, err, "the auth provider oidc of the context \"demo\"", "its issuer "+issuer+
					" did not answer in time", "oc whoami -t")
				if err != nil && strings.Contains(err.Error(), "made-up-") {
					t.Errorf("a secret is in %v", err)
				}
			}
			if requests := api.Requests(); len(requests) > 0 {
				t.Errorf("asked nevertheless: %q", requests)
			}
		})
	}
}

// What a data source may take, and an interrupt, also end the wait for credentials.
func TestLogin_waitEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := exec.Command("mkfifo", pipe).Run(); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if writer, err := os.OpenFile(pipe, os.O_RDWR, 0); err == nil {
			writer.Close() // which is the end of what the plugin reads
		}
	})
	hanging := "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: " +
		plugin(t, "cat "+pipe) + "}}"
	for name, test := range map[string]struct {
		end  func(context.Context) (context.Context, context.CancelFunc)
		want []string
	}{
		"a deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 50*time.Millisecond)
		}, []string{"the plugin of the context \"demo\"", "made-up-plugin, gave no credentials in time"}},
		"an interrupt": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx, cancel
		}, []string{"it was interrupted"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := openshifttest.New(t, objects(t)...)
			path := write(t, filepath.Join(t.TempDir(), "config"), kubeconfig(api.URL, api.CACertificate, hanging))
			client := onMachine(t, openshift.Config{Kubeconfig: path}, "", nil)
			ctx, cancel := test.end(t.Context())
			defer cancel()
			_, err := client.Image(ctx, ofSigned, openshift.Options{})
			wantInError(t, err, test.want...)
		})
	}
}

func wantInError(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, word := range words {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("no %q in %v", word, err)
		}
	}
}
