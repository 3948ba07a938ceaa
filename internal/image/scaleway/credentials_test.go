package scaleway

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// Go knows Authorization for a credential, and not X-Auth-Token: it would take the key along.
func TestCredentials_ofTheAPIAreNotForTheHostThatItRedirectsTo(t *testing.T) {
	t.Parallel()
	var came atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Add(1) }))
	t.Cleanup(other.Close)
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		server, web := newShop(t)
		server.Fault(func(r *http.Request) *scalewaytest.Answer {
			return &scalewaytest.Answer{Status: status, Header: http.Header{"Location": {other.URL + r.URL.Path},
				"Www-Authenticate": {`Basic realm="x"`}}}
		})
		client := newClient(t, server, nil)
		_, one := client.Image(t.Context(), "fr-par", web.ID, Options{})
		_, all := client.Images(t.Context(), ListOptions{})
		for name, err := range map[string]error{
			"image": one, "images": all, "visibility": client.SetVisibility(t.Context(), "fr-par", web.ID, VisibilityPublic),
			"delete": client.Delete(t.Context(), "fr-par", web.ID),
		} {
			if err == nil || !strings.Contains(err.Error(), "Redirects are not followed") {
				t.Errorf("%d, %s: %v", status, name, err)
			}
		}
	}
	if came.Load() != 0 {
		t.Errorf("the other host was asked %d times", came.Load())
	}
}

// Were a redirect followed, nothing would be sent.
func TestCredentials_ofTheAPIStayWhereTheClientFollowsARedirect(t *testing.T) {
	t.Parallel()
	network := &wiretest.Network{}
	network.Serve(t, "https://api.scaleway.com", http.RedirectHandler("https://other.example.com/",
		http.StatusTemporaryRedirect))
	network.Serve(t, "https://other.example.com", http.NotFoundHandler())
	client := newHTTPClient(&url.URL{Scheme: "https", Host: "api.scaleway.com"}, nil, time.Millisecond, false)
	client.client.CheckRedirect = nil
	client.client.Transport.(transport).RoundTripper.(*wire.Transport).Base = network
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.scaleway.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Auth-Token", scalewaytest.SecretKey)
	if _, err := client.client.Do(request); err == nil || len(network.Sent()) != 1 {
		t.Errorf("%v after %d requests", err, len(network.Sent()))
	}
}

func TestErrors_ofAnAPIThatRepeatsHeadersShowNoKey(t *testing.T) {
	t.Parallel()
	for _, way := range wiretest.EchoNames() {
		for _, status := range []int{200, 302, 400, 401, 403, 404, 409} {
			for _, body := range []string{`{"message":%q}`,
				`{"type":"invalid_arguments","details":[{"argument_name":"X-Auth-Token","help_message":%q}]}`, `{"type":%q}`,
				`{"id":%q}`, `%s`} {
				server, web := newShop(t)
				server.Fault(func(r *http.Request) *scalewaytest.Answer {
					return &scalewaytest.Answer{Status: status, Body: fmt.Sprintf(body, wiretest.Echo(r)[way])}
				})
				_, err := newClient(t, server, nil).Image(t.Context(), "fr-par", web.ID, Options{})
				if err == nil || wiretest.Shows(err.Error(), scalewaytest.SecretKey) || wiretest.Shows(err.Error(),
					strings.ToUpper(scalewaytest.SecretKey)) {
					t.Errorf("%s, %d, %s: %v", way, status, body, err)
				}
			}
		}
	}
}
