package demandflow

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

func TestNew_refusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"no token":              {func(c *Config) { c.Token = "" }, "token is empty"},
		"token with line break": {func(c *Config) { c.Token = testToken + "\n" }, "line break"},
		"negative retries":      {func(c *Config) { c.MaxRetries = -1 }, "-1"},
		"negative timeout":      {func(c *Config) { c.RequestTimeout = -1 }, "must be positive"},
		"negative wait":         {func(c *Config) { c.RetryWaitMin = -1 }, "must be positive"},
		"no certificate":        {func(c *Config) { c.CACertificate = "garbage" }, "BEGIN CERTIFICATE"},
		"ftp":                   {func(c *Config) { c.Endpoint = "ftp://rest.demandflow.com" }, DefaultEndpoint},
		"no scheme":             {func(c *Config) { c.Endpoint = "rest.demandflow.com" }, DefaultEndpoint},
		"malformed":             {func(c *Config) { c.Endpoint = "https://a b:" + testToken }, DefaultEndpoint},
		"user": {func(c *Config) { c.Endpoint = "https://me:" + testToken + "@rest.demandflow.com" },
			"endpoint"},
		"query": {func(c *Config) { c.Endpoint = "https://rest.demandflow.com?a=b" }, "query"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := Config{Token: testToken}
			test.change(&config)
			_, err := New(config)
			wantText(t, err, test.want)
			if strings.Contains(err.Error(), testToken) {
				t.Errorf("the error shows the token: %s", err)
			}
		})
	}
}

func TestNew_defaults(t *testing.T) {
	t.Parallel()
	client, err := New(Config{Token: testToken})
	if err != nil {
		t.Fatal(err)
	}
	got := client.config
	if client.endpoint.String() != DefaultEndpoint || got.RequestTimeout != DefaultRequestTimeout || got.MaxRetries != 0 ||
		got.RetryWaitMin != DefaultRetryWaitMin || got.RetryWaitMax != DefaultRetryWaitMax ||
		got.UserAgent != DefaultUserAgent {
		t.Errorf("got %+v", got)
	}
}

func TestRequests_areEscapedAndSigned(t *testing.T) {
	t.Parallel()
	server := serve(t, text(200, `{"id":"SUB:1|x/y%"}`))
	client := newClient(t, server.URL+"/gate%2Fway/", func(c *Config) { c.UserAgent = "tester/1" })
	if _, err := client.Update(t.Context(), "A&B", "SUB:1|x/y%", Object{"name": "n"}); err != nil {
		t.Fatal(err)
	}
	got := server.asked()[0]
	if got.path != "/gate%2Fway/v1/objects/SUB:1%7Cx%2Fy%25" || got.query != "entity=A%26B" || got.method != "PATCH" {
		t.Errorf("asked %s %s?%s", got.method, got.path, got.query)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer " + testToken, "User-Agent": "tester/1", "Content-Type": "application/json",
		"Accept": "application/json, application/x-ndjson",
	} {
		if got.header.Get(name) != want {
			t.Errorf("header %s is %q, want %q", name, got.header.Get(name), want)
		}
	}
}

func TestCACertificate_isTrustedBesideTheSystems(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter,
		_ *http.Request) {
		w.Write([]byte(`{"id":"1"}`))
	}))
	t.Cleanup(server.Close)
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	client := newClient(t, server.URL, func(c *Config) { c.CACertificate = certificate })
	if _, err := client.Get(t.Context(), "X", "1"); err != nil {
		t.Error(err)
	}
	want, err := x509.SystemCertPool()
	if err != nil {
		t.Fatal(err)
	}
	want.AddCert(server.Certificate())
	if settings, err := (wire.TLS{CACertificate: certificate}).Config(); err != nil || !settings.RootCAs.Equal(want) {
		t.Errorf("the pool is not the system's and one more (%v)", err)
	}
}

func TestRedirect_ofAReadIsFollowedWithinTheEndpoint(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 1 {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		text(200, `{"id":"1"}`)(w, r, n)
	})
	if _, err := newClient(t, server.URL).Get(t.Context(), "X", "1"); err != nil {
		t.Fatal(err)
	}
	if got := server.asked()[1]; got.path != "/elsewhere" || got.header.Get("Authorization") == "" {
		t.Errorf("second request: %+v", got)
	}
}

func TestRedirect_toAnotherHostNeverSeesTheToken(t *testing.T) {
	t.Parallel()
	other := serve(t, text(200, `{"id":"1"}`)) // another port is another host: Go itself would send the token there
	server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		http.Redirect(w, r, other.URL+"/v1?ticket=geheim", http.StatusTemporaryRedirect)
	})
	_, err := newClient(t, server.URL).Get(t.Context(), "X", "1")
	wantText(t, err, "307", "redirect to "+other.URL, "set the endpoint")
	if strings.Contains(err.Error(), "ticket") {
		t.Errorf("the error shows the redirect's query: %s", err)
	}
	if len(other.asked()) != 0 {
		t.Errorf("the other host was asked: %+v", other.asked())
	}
}

func TestRedirect_ofAWriteIsAnErrorAndNeverAGet(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) { http.Redirect(w, r, "/elsewhere", status) })
		client := newClient(t, server.URL)
		_, updated := client.Update(t.Context(), "X", "1", Object{"a": 1})
		_, queried := collect(client.Query(t.Context(), QueryLine{Entity: "X"}))
		for name, err := range map[string]error{
			"update": updated, "query": queried, "delete": client.Delete(t.Context(), "X", "1"),
			"create": createError(t, client),
		} {
			wantText(t, err, "redirect to", "/elsewhere")
			want := 4
			if status == http.StatusSeeOther {
				want++ // what came of the create is looked for
			}
			if got := len(server.asked()); got != want {
				t.Errorf("%d: after %s the server was asked %d times, want %d in all", status, name, got, want)
			}
		}
	}
}

func TestRedirect_inCirclesEnds(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		http.Redirect(w, r, r.URL.Path,
			http.StatusFound)
	})
	_, err := newClient(t, server.URL).Get(t.Context(), "X", "1")
	wantText(t, err, "in circles")
	if got := len(server.asked()); got != 10 {
		t.Errorf("%d requests, want 10", got)
	}
}

// Go reads the proxy's variables once per process, and never uses one for this machine: so a process of its own asks
// for a host that does not exist.
func TestProxy_isTakenFromTheEnvironment(t *testing.T) {
	const marker = "DEMANDFLOW_TEST_PROXIED"
	if os.Getenv(marker) != "" {
		if _, err := newClient(t, "http://demandflow.invalid").Get(t.Context(), "X", "1"); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Parallel()
	proxy := serve(t, text(200, `{"id":"1"}`))
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), marker+"=1", "HTTP_PROXY="+proxy.URL, "http_proxy="+proxy.URL, "NO_PROXY=",
		"no_proxy=")
	if output, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if got := proxy.asked(); len(got) != 1 || got[0].path != "/v1/objects/1" {
		t.Errorf("the proxy was asked %+v", got)
	}
}
