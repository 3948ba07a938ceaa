package openshift_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
)

// as returns a client of an API for a user of a kubeconfig.
func as(t *testing.T, api *openshifttest.API, user string) *openshift.Client {
	t.Helper()
	path := write(t, filepath.Join(t.TempDir(), "config"), kubeconfig(api.URL, api.CACertificate, user))
	client := onMachine(t, openshift.Config{Kubeconfig: path}, "", nil)
	openshift.SetImpatient(t, client)
	return client
}

// plugin writes a credential plugin, and returns its path.
func plugin(t *testing.T, script string) string {
	t.Helper()
	path := write(t, filepath.Join(t.TempDir(), "made-up-plugin"), "#!/bin/sh\n"+script+"\n")
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

const goodCredential = `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"` +
	openshifttest.Token + `"}}'`

func TestLogin_aPluginsOwnWordsAreInTheError(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Setenv("DEMO_CLIENT_SECRET", "secret-of-the-environment")
	const jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"
	for name, test := range map[string]struct{ script, rest, want string }{
		"it says why": {"echo 'your session has expired: run made-up login' >&2; exit 3", "",
			"failed with exit code 3, and says: your session has expired: run made-up login. See whether oc whoami works"},
		"it says much":    {"echo first >&2; echo second >&2; exit 1", "", "and says: first second"},
		"it says nothing": {"exit 1", "", "failed with exit code 1. See whether"},
		"it repeats its environment": {`echo "no: $APP_SECRET $DEMO_CLIENT_SECRET" >&2; exit 1`,
			", env: [{name: APP_SECRET, value: secret-of-the-plugin}, {name: PROFILE, value: dev}]", "says: no: [secret] [secret]"},
		"it repeats its arguments": {`echo "dev: $2 $3" >&2; exit 1`, ", args: [--token, secret-argument, --client-secret=secret-2]",
			"says: dev: [secret] --client-secret=[secret]"},
		"it repeats tokens": {"echo 'refused: " + jwt + " sha256~secret-token, Bearer secret-bearer' >&2; exit 1", "",
			"says: refused: [secret] [secret], [secret]"},
		"it prints something else":    {"echo hello; echo hint >&2", "", "gives no credentials: decoding stdout"},
		"it wrote a token and failed": {goodCredential + "; echo broken >&2; exit 9", "", "exit code 9, and says: broken"},
	} {
		api := openshifttest.New(t, objects(t)...)
		path := plugin(t, test.script)
		client := as(t, api, "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: "+path+
			test.rest+"}}")
		for range 2 {
			_, err := client.Image(t.Context(), ofSigned, openshift.Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) ||
				!strings.Contains(err.Error(), `the plugin of the context "demo"`) {
				t.Errorf("%s: %v, want %s", name, err, test.want)
				continue
			}
			if strings.Contains(err.Error(), "exit code") && !strings.Contains(err.Error(), "executable "+path+" failed") {
				t.Errorf("%s: it is not named: %v", name, err)
			}
			for _, secret := range []string{"secret-", jwt, openshifttest.Token} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%s: %s is in %v", name, secret, err)
				}
			}
		}
		if requests := api.Requests(); len(requests) > 0 {
			t.Errorf("%s: asked nevertheless: %q", name, requests)
		}
		if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
			t.Errorf("%s: files are left: %v, %v", name, left, err)
		}
	}
}

func TestLogin_aPluginThatWarnsAndWorksIsAllRight(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	path := plugin(t, `[ "$1" = a ] && [ "$2" = "b c" ] && [ "$NAME" = "x y" ] || exit 1`+"\necho careful >&2\n"+goodCredential)
	client := as(t, openshifttest.New(t, objects(t)...), "{exec: {apiVersion: client.authentication.k8s.io/v1, "+
		"interactiveMode: Never, command: "+path+", args: [a, b c], env: [{name: NAME, value: x y}]}}")
	read(t, client, ofSigned, openshift.Options{})
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v, %v", left, err)
	}
}

func TestLogin_aPluginThatIsNotThereIsInstalled(t *testing.T) {
	t.Parallel()
	client := as(t, openshifttest.New(t), "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, "+
		"command: made-up-plugin, installHint: Get it from the shop.}}")
	_, err := client.Image(t.Context(), ofSigned, openshift.Options{})
	if err == nil || !strings.Contains(err.Error(), "executable made-up-plugin not found") ||
		!strings.Contains(err.Error(), "Get it from the shop.") {
		t.Error(err)
	}
}

// idToken returns a token that is valid until a time.
func idToken(until time.Time) string {
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	return part(`{"alg":"none"}`) + "." + part(fmt.Sprintf(`{"exp":%d}`, until.Unix())) + "." + part("signature")
}

func TestLogin_byAnAuthProviderSendsItsToken(t *testing.T) {
	t.Parallel()
	valid, expired := idToken(time.Now().Add(time.Hour)), idToken(time.Now().Add(-time.Hour))
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/openid-configuration") {
			fmt.Fprintf(w, `{"token_endpoint":"http://%s/token"}`, r.Host)
			return
		}
		if r.FormValue("refresh_token") != "made-up-refresh" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":"invalid_grant","error_description":"%s is used up"}`, r.FormValue("refresh_token"))
			return
		}
		fmt.Fprintf(w, `{"id_token":%q,"access_token":"a","token_type":"bearer"}`, valid)
	}))
	t.Cleanup(issuer.Close)
	oidc := func(token, refresh string) string {
		return fmt.Sprintf("{auth-provider: {name: oidc, config: {client-id: k, client-secret: made-up-client, id-token: %q, "+
			"idp-issuer-url: %q, refresh-token: %q}}}", token, issuer.URL, refresh)
	}
	for name, test := range map[string]struct{ user, want string }{
		"a valid token":          {oidc(valid, "made-up-refresh"), ""},
		"an expired one":         {oidc(expired, "made-up-refresh"), ""},
		"no refresh":             {oidc(expired, ""), "No valid id-token, and cannot refresh without refresh-token"},
		"a refresh is refused":   {oidc(expired, "made-up-expired"), "invalid_grant"},
		"what is no token":       {oidc("a.b.c", "r"), "illegal base64 data"},
		"what is no JWT":         {oidc("made-up-word", "r"), "ID Token is not a valid JWT"},
		"no issuer":              {"{auth-provider: {name: oidc, config: {client-id: k}}}", "Must provide idp-issuer-url"},
		"a provider of nobody":   {"{auth-provider: {name: made-up}}", `no Auth Provider found for name "made-up"`},
		"a provider of the past": {"{auth-provider: {name: azure}}", "The azure auth plugin has been removed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, sent := openshifttest.New(t, objects(t)...), ""
			api.Answer(func(w http.ResponseWriter, r *http.Request) bool {
				sent = r.Header.Get("Authorization")
				r.Header.Set("Authorization", "Bearer "+openshifttest.Token)
				return false
			})
			path := write(t, filepath.Join(t.TempDir(), "config"), kubeconfig(api.URL, api.CACertificate, test.user))
			found, err := onMachine(t, openshift.Config{Kubeconfig: path}, "", nil).Image(t.Context(), ofSigned,
				openshift.Options{})
			if test.want == "" {
				if err != nil || *found.Digest != ofSigned || sent != "Bearer "+valid {
					t.Errorf("%v, sent %q", err, sent)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "oc whoami -t") {
				t.Fatalf("%v, want %s", err, test.want)
			}
			if strings.Contains(err.Error(), "made-up-client") || strings.Contains(err.Error(), "made-up-expired") ||
				strings.Contains(err.Error(), expired) {
				t.Errorf("a secret is in %v", err)
			}
			if sent != "" {
				t.Errorf("sent %q", sent)
			}
		})
	}
}
