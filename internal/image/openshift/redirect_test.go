package openshift

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// Were a redirect followed, nothing would be sent: client-go adds the token to each request, also to another host.
func TestCredentials_ofAClusterStayWhereTheClientFollowsARedirect(t *testing.T) {
	t.Parallel()
	var came atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Add(1) }))
	t.Cleanup(other.Close)
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	c, err := New(Config{Host: server.URL, Token: "sha256~made-up", Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	SetImpatient(t, c)
	connected(t, c).client.CheckRedirect = nil
	if _, err := c.Images(t.Context(), ListOptions{}); err == nil || came.Load() != 0 {
		t.Errorf("%v after %d requests to the other host", err, came.Load())
	}
}
