package oci

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// A token server may send no one on to where the registry itself could not have sent them.
func TestAuth_tokenServersRedirectIsCheckedLikeItsAddress(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	var asked atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte(`{"token":"t0k3n"}`))
	}))
	t.Cleanup(elsewhere.Close)
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/token" {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
			return true
		}
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="http://%s/token",service="registry"`, r.Host))
		return refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "")
	})
	_, err := newClient(t, map[string]Registry{registry.host: {Username: "me", Password: "hunter2",
		Insecure: true}}).Image(t.Context(), registry.host+"/app:1", Options{})
	mention(t, err, "refusing token-server redirect", "not:hunter2")
	if asked.Load() > 0 {
		t.Error("the redirect was followed")
	}
}
