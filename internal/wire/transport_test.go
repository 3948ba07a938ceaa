package wire_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

const (
	named  = "https://named.example.com"
	secret = "hunter2-hunter2"
)

func origin(t testing.TB, address string) wire.Origin {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return wire.OriginOf(at)
}

func TestOrigin_isSchemeHostAndPort(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"https://a.example.com", "https://a.example.com:443/path?query", true},
		{"HTTPS://A.example.com", "https://a.EXAMPLE.com", true},
		{"http://a.example.com", "http://a.example.com:80", true},
		{"https://[::1]:443", "https://[::1]", true},
		{"https://a.example.com", "http://a.example.com", false},
		{"https://a.example.com:443", "http://a.example.com:443", false},
		{"https://a.example.com", "https://a.example.com:5000", false},
		{"https://a.example.com", "https://b.a.example.com", false},
		{"https://a.example.com", "https://a.example.com.", false},
		{"https://a.example.com", "https://a.example.com@b.example.com", false},
	} {
		if got := origin(t, test.a) == origin(t, test.b); got != test.same {
			t.Errorf("%s and %s: %v, want %v", test.a, test.b, got, test.same)
		}
	}
}

// sendingTo is a client that credentials for the named host were given to, and the network that it is in.
func sendingTo(hosts map[string]http.HandlerFunc, t testing.TB) (*http.Client, *wiretest.Network) {
	t.Helper()
	network := &wiretest.Network{}
	for address, handler := range hosts {
		network.Serve(t, address, handler)
	}
	transport := &wire.Transport{Base: network, Others: network, Named: []wire.Origin{origin(t, named)}}
	return &http.Client{Transport: transport, CheckRedirect: wire.CrossOrigin{Max: 5, AllowHTTP: true}.Follow}, network
}

func redirect(status int, target string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", target)
		w.WriteHeader(status)
	}
}

func answer(http.ResponseWriter, *http.Request) {}

// Every header that may be a credential stays, whichever way the other host differs.
func TestTransport_leavesCredentialsWithTheHostThatTheyWereGivenFor(t *testing.T) {
	t.Parallel()
	for _, other := range []string{
		"https://other.example.com", "https://sub.named.example.com", "https://named.example.com:8443",
		"http://named.example.com", "http://named.example.com:443",
	} {
		client, network := sendingTo(map[string]http.HandlerFunc{named: redirect(http.StatusTemporaryRedirect, other+
			"/storage"), other: answer}, t)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, named+"/blob", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Authorization", "X-Auth-Token", "X-Registry-Auth", "Cookie", "Proxy-Authorization",
			"Private-Token", "Impersonate-User"} {
			request.Header.Set(name, "Bearer "+secret)
		}
		request.Header.Set("Accept", "application/json")
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if leaks := network.Leaks(secret, named); leaks != nil {
			t.Errorf("%s: %q", other, leaks)
		}
		if sent := network.Sent(); len(sent) != 2 || sent[1].Header.Get("Accept") == "" ||
			sent[0].Header.Get("X-Auth-Token") == "" {
			t.Errorf("%s: %+v", other, sent)
		}
	}
}

// A request need not come from a redirect to be wrong.
func TestTransport_takesCredentialsOffWhatBeginsElsewhere(t *testing.T) {
	t.Parallel()
	client, network := sendingTo(map[string]http.HandlerFunc{"https://other.example.com": answer}, t)
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://other.example.com/", nil)
	request.Header.Set("Authorization", "Bearer "+secret)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if leaks := network.Leaks(secret); leaks != nil || len(network.Sent()) != 1 {
		t.Errorf("%q in %d requests", leaks, len(network.Sent()))
	}
}

// Who is redirected back by another host asks the named one for what the other one has chosen.
func TestTransport_takesNoCredentialsAlongOnTheWayBack(t *testing.T) {
	t.Parallel()
	client, network := sendingTo(map[string]http.HandlerFunc{
		named: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/blob" {
				redirect(http.StatusFound, "https://other.example.com/")(w, r)
			}
		},
		"https://other.example.com": redirect(http.StatusFound, named+"/delete-everything"),
	}, t)
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, named+"/blob", nil)
	request.Header.Set("Authorization", "Bearer "+secret)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	sent := network.Sent()
	if len(sent) != 3 || sent[2].Header.Get("Authorization") != "" {
		t.Errorf("%+v", sent)
	}
	if client.Transport.(*wire.Transport).MayAuthenticate(response.Request) {
		t.Error("a challenge on the way back would be answered")
	}
}

// A 307 has the body sent once more, and that may be a password or an object with one.
func TestTransport_sendsNoBodyElsewhere(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		client, network := sendingTo(map[string]http.HandlerFunc{named: redirect(status, "https://other.example.com/"),
			"https://other.example.com": answer}, t)
		_, err := client.Post(named+"/token", "application/x-www-form-urlencoded", strings.NewReader("refresh_token="+secret))
		if !errors.Is(err, wire.ErrRedirect) || !strings.Contains(err.Error(), "https://other.example.com:443") {
			t.Errorf("%d: %v", status, err)
		}
		if leaks := network.Leaks(secret, named); leaks != nil {
			t.Errorf("%d: %q", status, leaks)
		}
	}
}

// A client that has no business elsewhere sends nothing there, whatever its redirects are.
func TestTransport_ofOneHostAloneSendsNothingElsewhere(t *testing.T) {
	t.Parallel()
	client, network := sendingTo(map[string]http.HandlerFunc{named: redirect(http.StatusFound,
		"https://other.example.com/"), "https://other.example.com": answer}, t)
	client.Transport.(*wire.Transport).Others = nil
	_, err := client.Get(named + "/")
	if !errors.Is(err, wire.ErrRedirect) || len(network.Sent()) != 1 {
		t.Errorf("%v after %d requests", err, len(network.Sent()))
	}
}

// The realm of a challenge is believed where the named host says it, and where it takes no password out of TLS.
func TestTransport_tokenServerIsNamedByTheNamedHostAlone(t *testing.T) {
	t.Parallel()
	plain := "http://named.example.com:5000"
	network := &wiretest.Network{}
	transport := &wire.Transport{Base: network, Others: network, Named: []wire.Origin{origin(t, named), origin(t, plain)}}
	asked := func(hops ...string) *http.Request {
		var response *http.Response
		for _, hop := range hops {
			request := httptest.NewRequest(http.MethodGet, hop, nil)
			request.Response = response
			response = &http.Response{StatusCode: http.StatusUnauthorized, Request: request}
		}
		return response.Request
	}
	for name, test := range map[string]struct {
		challenged *http.Request
		realm      string
		refused    bool
	}{
		"named":                    {asked(named), "https://auth.example.com/token", false},
		"named, after a redirect":  {asked(named+"/a", named+"/b"), "https://auth.example.com/token", false},
		"another host":             {asked(named, "https://other.example.com"), "https://auth.example.com/token", true},
		"another host, of its own": {asked(named, "https://other.example.com"), named + "/token", true},
		"another port":             {asked(named, named+":8443"), "https://auth.example.com/token", true},
		"named, by way of another": {asked(named, "https://other.example.com", named), "https://auth.example.com/token",
			true},
		"named in two ways":           {asked(plain, named), "https://auth.example.com/token", true},
		"out of TLS":                  {asked(named), "http://auth.example.com/token", true},
		"out of TLS, the same host":   {asked(named), "http://named.example.com/token", true},
		"without TLS from the start":  {asked(plain), "http://auth.example.com/token", false},
		"into TLS":                    {asked(plain), "https://auth.example.com/token", false},
		"something else than a realm": {asked(named), "file:///etc/passwd", true},
	} {
		realm, err := url.Parse(test.realm)
		if err != nil {
			t.Fatal(err)
		}
		server, err := transport.TokenServer(test.challenged, realm)
		if (err != nil) != test.refused {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && fmt.Sprint(server.Named) != fmt.Sprint([]wire.Origin{wire.OriginOf(realm)}) {
			t.Errorf("%s: credentials go to %v", name, server.Named)
		}
	}
}

// A certificate is a credential too: a host that a redirect leads to must not learn whose request it is.
func TestTransport_showsAClientCertificateToTheNamedHostAlone(t *testing.T) {
	t.Parallel()
	shown := map[string]int{}
	asking := func(name string, handler http.HandlerFunc) *httptest.Server {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			shown[name] = len(r.TLS.PeerCertificates)
			handler(w, r)
		}))
		server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
		server.StartTLS()
		t.Cleanup(server.Close)
		return server
	}
	other := asking("other", answer)
	first := asking("named", redirect(http.StatusFound, other.URL))
	base := first.Client().Transport.(*http.Transport).Clone()
	base.TLSClientConfig.Certificates = first.TLS.Certificates
	transport := &wire.Transport{Base: base, Others: wire.WithoutCertificate(base),
		Named: []wire.Origin{origin(t, first.URL)}}
	response, err := (&http.Client{Transport: transport}).Get(first.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	response.Body.Close()
	transport.CloseIdleConnections()
	if shown["named"] != 1 || shown["other"] != 0 {
		t.Errorf("certificates shown: %v", shown)
	}
}
