package engine

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// Were a redirect followed, nothing would be sent.
func TestCredentials_ofAnEngineStayWhereTheClientFollowsARedirect(t *testing.T) {
	t.Parallel()
	var came atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Add(1) }))
	t.Cleanup(other.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/_ping") {
			http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
			return
		}
		w.Header().Set("Api-Version", "1.41")
	}))
	t.Cleanup(server.Close)
	c := inEnvironment(t, Config{Host: strings.Replace(server.URL, "http", "tcp", 1)}, nil)
	if _, err := c.connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	following := &http.Client{Transport: c.http.Transport}
	if _, err := following.Get(c.endpoint.address() + "/images/json"); err == nil || came.Load() != 0 {
		t.Errorf("%v after %d requests to the other host", err, came.Load())
	}
}
