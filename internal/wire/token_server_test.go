package wire_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// A registry on the internet must not have this machine ask its own network for a token. One inside of a network may
// have its token server on another port of its own.
func TestTransport_tokenServerInsideANetworkIsTheRegistrysOwn(t *testing.T) {
	t.Parallel()
	const public, private, local = "https://registry.example.com", "https://10.0.0.5:5000", "https://127.0.0.1:5000"
	for _, test := range []struct {
		registry, realm string
		refused         bool
	}{
		{public, "https://auth.example.com", false},
		{public, "https://203.0.113.7", false},
		{public, "https://10.0.0.7", true},
		{public, "https://192.168.1.1", true},
		{public, "https://169.254.169.254", true},
		{public, "https://127.0.0.1", true},
		{public, "https://127.1", true},
		{public, "https://2130706433", true},
		{public, "https://0x7f000001", true},
		{public, "https://0177.0.0.1", true},
		{public, "https://0.0.0.0", true},
		{public, "https://[::1]", true},
		{public, "https://[::ffff:10.0.0.7]", true},
		{public, "https://[fe80::1%25eth0]", true},
		{public, "https://[fd00:ec2::254]", true},
		{public, "https://localhost", true},
		{public, "https://LOCALHOST.", true},
		{public, "https://sub.localhost", true},
		{private, "https://10.0.0.5:5001", false},
		{private, "https://10.0.0.5", false},
		{private, "https://10.0.0.6:5001", true},
		{private, "https://127.0.0.1:5000", true},
		{private, "https://auth.example.com", false},
		{local, "https://localhost:5001", false},
		{local, "https://127.0.0.1:5001", false},
		{local, "https://169.254.169.254", true},
		{"https://localhost:5000", "https://127.0.0.1:5001", false},
	} {
		network := &wiretest.Network{}
		transport := &wire.Transport{Base: network, Others: network, Named: []wire.Origin{origin(t, test.registry)}}
		realm, err := url.Parse(test.realm + "/token")
		if err != nil {
			t.Fatal(err)
		}
		_, err = transport.TokenServer(httptest.NewRequest(http.MethodGet, test.registry+"/v2/", nil), realm)
		if (err != nil) != test.refused {
			t.Errorf("%s, named by %s: %v", test.realm, test.registry, err)
		}
		if err != nil && !strings.Contains(err.Error(), "host name") {
			t.Errorf("the error does not say what to do: %v", err)
		}
	}
}

func TestFollowFromTokenServer_leadsNowhereInsideANetwork(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from, to string
		refused  bool
	}{
		{"https://auth.example.com/token", "https://auth.example.com/token/", false},
		{"https://auth.example.com/token", "https://other.example.com/token", false},
		{"https://auth.example.com/token", "http://auth.example.com/token", true},
		{"http://auth.example.com/token", "https://auth.example.com/token", false},
		{"https://auth.example.com/token", "https://10.0.0.7/", true},
		{"https://auth.example.com/token", "https://2852039166/latest/meta-data", true},
		{"https://10.0.0.7/token", "https://10.0.0.7/token/", false},
		{"https://10.0.0.7/token", "https://10.0.0.7:8443/token", true},
		{"https://auth.example.com/token", "ftp://auth.example.com/", true},
	} {
		next, first := httptest.NewRequest(http.MethodGet, test.to, nil), httptest.NewRequest(http.MethodGet, test.from, nil)
		next.Header.Set("Referer", test.from)
		err := wire.FollowFromTokenServer(next, []*http.Request{first})
		if (err != nil) != test.refused || err != nil && !errors.Is(err, wire.ErrRedirect) {
			t.Errorf("%s to %s: %v", test.from, test.to, err)
		}
		if err == nil && next.Header.Get("Referer") != "" {
			t.Errorf("%s to %s takes the address along", test.from, test.to)
		}
	}
	first := httptest.NewRequest(http.MethodGet, "https://auth.example.com/token", nil)
	via := make([]*http.Request, 10)
	for i := range via {
		via[i] = first
	}
	if err := wire.FollowFromTokenServer(first, via); !errors.Is(err, wire.ErrRedirect) {
		t.Errorf("a circle: %v", err)
	}
}
