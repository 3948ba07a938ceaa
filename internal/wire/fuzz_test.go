package wire_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// Wherever hosts redirect to, and whatever a client does about that: headers, passwords in addresses, and bodies stay
// with the named host, and do not come back to it once another host was involved.
func FuzzTransport(f *testing.F) {
	hosts := []string{named, "https://other.example.com", "http://named.example.com", "https://named.example.com:8443",
		"https://sub.named.example.com", "http://named.example.com:443"}
	statuses := []int{http.StatusTemporaryRedirect, http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusPermanentRedirect}
	policies := []func(*http.Request, []*http.Request) error{nil, wire.CrossOrigin{Max: 9, AllowHTTP: true}.Follow,
		wire.CrossOrigin{Max: 9}.Follow, wire.FollowSameOrigin, wire.ReturnRedirects, wire.RefuseRedirects}
	headers := []string{"Authorization", "X-Auth-Token", "Cookie", "X-Registry-Auth", "Private-Token"}
	f.Add([]byte{0, 0, 0, 0, 1, 0})
	f.Add([]byte{0, 1, 1, 1, 4, 4})
	f.Add([]byte{1, 0, 0, 0, 1, 0, 0, 0})
	f.Add([]byte{2, 0, 2, 1, 0, 1, 3, 0})
	f.Add([]byte{0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0}) // there and back
	f.Fuzz(func(t *testing.T, steps []byte) {
		next := func(of int) int {
			if len(steps) == 0 {
				return 0
			}
			b := steps[0]
			steps = steps[1:]
			return int(b) % of
		}
		method, policy, header, elsewhere := []string{http.MethodGet, http.MethodPost, http.MethodPatch}[next(3)],
			policies[next(len(policies))], headers[next(len(headers))], next(2) == 0
		network, gone := &wiretest.Network{}, false // gone: another host was involved
		for _, host := range hosts {
			network.Serve(t, host, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				gone = gone || host != named
				if gone && host == named && strings.Contains(strings.Join(r.Header[header], ""), secret) {
					t.Errorf("the named host is asked with credentials for what another one has chosen: %s", r.URL)
				}
				if len(steps) > 0 {
					w.Header().Set("Location", hosts[next(len(hosts))]+"/"+strings.Repeat("x", next(3)))
					w.WriteHeader(statuses[next(len(statuses))])
				}
			}))
		}
		transport := &wire.Transport{Base: network, Named: []wire.Origin{origin(t, named)}}
		if elsewhere {
			transport.Others = network
		}
		request, err := http.NewRequestWithContext(t.Context(), method, named+"/", nil)
		if method != http.MethodGet {
			request, err = http.NewRequestWithContext(t.Context(), method, named+"/", strings.NewReader("password="+secret))
		}
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set(header, "Bearer "+secret)
		response, err := (&http.Client{Transport: transport, CheckRedirect: policy}).Do(request)
		if err == nil {
			response.Body.Close()
		}
		if leaks := network.Leaks(secret, named); leaks != nil {
			t.Errorf("%q", leaks)
		}
	})
}

// However an address inside a network is spelled: it is no token server for a registry outside.
func FuzzTokenServer(f *testing.F) {
	for _, seed := range []string{"127.0.0.1", "0x7f.1", "017700000001", "2130706433", "[::ffff:7f00:1]", "a.localhost.", "1e1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, host string) {
		realm, err := url.Parse("https://" + host + "/token")
		if err != nil || realm.Host == "" {
			return
		}
		network := &wiretest.Network{}
		transport := &wire.Transport{Base: network, Others: network, Named: []wire.Origin{origin(t, named)}}
		_, err = transport.TokenServer(httptest.NewRequest(http.MethodGet, named+"/v2/", nil), realm)
		if address, parseErr := netip.ParseAddr(realm.Hostname()); parseErr == nil && err == nil &&
			(address.Unmap().IsPrivate() || address.Unmap().IsLoopback() || address.Unmap().IsLinkLocalUnicast()) {
			t.Errorf("%s is asked for a token", host)
		}
	})
}
