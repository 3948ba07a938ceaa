package openshift_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// answers returns an API that answers everything in the same way.
func answers(t *testing.T, status int, contentType, body string) *openshift.Client {
	t.Helper()
	api := openshifttest.New(t)
	api.Answer(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
		return true
	})
	client := newClient(t, api)
	openshift.SetImpatient(t, client)
	return client
}

func TestErrors_sayWhatTheClusterSaidAndWhatToDo(t *testing.T) {
	t.Parallel()
	const asJSON = "application/json"
	status := func(reason, message string) string {
		return fmt.Sprintf(`{"kind": "Status", "status": "Failure", "reason": %q, "message": %q, "details": {}}`, reason,
			message)
	}
	for _, test := range []struct {
		name        string
		status      int
		contentType string
		body        string
		wants       []string
	}{
		{"unauthorized", 401, asJSON, status("Unauthorized", "Unauthorized"), []string{"401 Unauthorized", "log in again",
			"the host of the configuration"}},
		{"forbidden", 403, asJSON, status("Forbidden", `images.image.openshift.io is forbidden: User "system:anonymous"`),
			[]string{`User "system:anonymous"`, "oc create clusterrole"}},
		{"no such resource", 404, "text/plain; charset=utf-8", "404 page not found\n", []string{"404 page not found",
			"a Kubernetes cluster without OpenShift"}},
		{"a page of a proxy", 404, "text/html", "<html>not found</html>", []string{"404 Not Found", "not the API"}},
		{"too many requests", 429, asJSON, status("TooManyRequests", "too many"), []string{"429", "try again later"}},
		{"broken aggregation", 503, "text/plain", "service unavailable\n",
			[]string{"503", "oc get apiservices v1.image.openshift.io"}},
		{"a console", 200, "text/html", "<html>log in</html>", []string{`content of type "text/html"`, "not its console"}},
		{"garbage", 200, asJSON, "garbage", []string{"cannot be read", "oc whoami --show-server"}},
		{"another object", 200, asJSON, `{"kind": "Pod"}`, []string{`it answered with a "Pod"`}},
		{"truncated", 200, asJSON, `{"kind": "Image", "metadata": {"na`, []string{"the answer broke off"}},
		{"of wrong type", 200, asJSON, `{"kind": "Image", "dockerImageLayers": "none"}`, []string{"cannot be read"}},
		{"too long", 200, asJSON, `{"kind": "` + strings.Repeat("x", 17<<20), []string{"larger than 16 MiB"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client := answers(t, test.status, test.contentType, test.body)
			_, err := client.Image(t.Context(), ofNone, openshift.Options{})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nlacks %q", err, want)
				}
			}
			if !strings.HasPrefix(err.Error(), "cannot read the image "+ofNone+" at 127.0.0.1:") {
				t.Errorf("%v\ndoes not begin with what failed", err)
			}
			if errors.Is(err, image.ErrNotFound) {
				t.Errorf("%v\nis taken for gone, which is not certain", err)
			}
		})
	}
}

func TestImages_thatCannotBeReadAreAnError(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"garbage":                 "garbage",
		"empty":                   "",
		"a text":                  `"list"`,
		"no list":                 `{"kind": "Status"}`,
		"items of wrong type":     `{"kind": "ImageList", "items": {}}`,
		"an image without a name": `{"kind": "ImageList", "items": [{}]}`,
		"a truncated image":       `{"kind": "ImageList", "items": [{"metadata": {"name": "sha256:1"`,
		"a truncated list":        `{"kind": "ImageList", "items": [{"metadata": {"name": "sha256:1"}}`,
		"a truncated object":      `{"kind": "ImageList", "items": []`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if listed, err := answers(t, 200, "application/json", body).Images(t.Context(),
				openshift.ListOptions{}); err == nil {
				t.Errorf("no error, but %d images", len(listed))
			}
		})
	}
	if listed, err := answers(t, 200, "application/json",
		`{"kind": "ImageList", "metadata": {}, "items": null}`).Images(t.Context(), openshift.ListOptions{}); err != nil ||
		len(listed) != 0 {
		t.Errorf("a list of none: %v, %d images", err, len(listed))
	}
}

func TestImage_isAskedForAgainWhereTheClusterIsBusy(t *testing.T) {
	t.Parallel()
	api := openshifttest.New(t, object(t, "signed"))
	var count atomic.Int32
	api.Answer(func(w http.ResponseWriter, _ *http.Request) bool {
		if count.Add(1) > 2 {
			return false
		}
		openshifttest.Refuse(w, http.StatusTooManyRequests, "TooManyRequests", "busy", nil)
		return true
	})
	client := newClient(t, api)
	openshift.SetImpatient(t, client)
	read(t, client, ofSigned, openshift.Options{})
	if count.Load() != 3 {
		t.Errorf("%d requests, want 3", count.Load())
	}
}

func TestImage_isNotAskedForAgainWhereThatIsOfNoUse(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	api := openshifttest.New(t)
	path := write(t, filepath.Join(folder, "config"), kubeconfig(api.URL, api.CACertificate,
		"{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: "+
			filepath.Join(folder, "plugin")+"}}"))
	plugin := "#!/bin/sh\necho run >>" + filepath.Join(folder, "runs") + "\nexit 1\n"
	if err := os.WriteFile(filepath.Join(folder, "plugin"), []byte(plugin), 0o700); err != nil {
		t.Fatal(err)
	}
	client := onMachine(t, openshift.Config{Kubeconfig: path}, "", nil)
	openshift.SetImpatient(t, client)
	if _, err := client.Image(t.Context(), ofNone, openshift.Options{}); err == nil || !strings.Contains(err.Error(),
		"exec") {
		t.Errorf("error: %v", err)
	}
	if runs, err := os.ReadFile(filepath.Join(folder, "runs")); err != nil || string(runs) != "run\n" {
		t.Errorf("a plugin that fails was run again: %q, %v", runs, err)
	}
}

func TestImage_doesNotFollowRedirectsWithTheToken(t *testing.T) {
	t.Parallel()
	followed := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	t.Cleanup(other.Close)
	api := openshifttest.New(t)
	api.Answer(func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, other.URL+"/login?state=made-up-secret", http.StatusFound)
		return true
	})
	_, err := newClient(t, api).Image(t.Context(), ofNone, openshift.Options{})
	if err == nil || !strings.Contains(err.Error(), "a redirect to "+other.URL) || !strings.Contains(err.Error(),
		"login page") || strings.Contains(err.Error(), "made-up-secret") {
		t.Errorf("error: %v", err)
	}
	if followed {
		t.Error("it was followed")
	}
}

func TestErrors_keepTheTokenToThemselves(t *testing.T) {
	t.Parallel()
	client := answers(t, 403, "application/json", `{"kind": "Status", "reason": "Forbidden", "message": "no such token: `+
		openshifttest.Token+`\u001b[2J"}`)
	_, err := client.Image(t.Context(), ofNone, openshift.Options{})
	if err == nil || strings.Contains(err.Error(), openshifttest.Token) || !strings.Contains(err.Error(),
		"no such token: [secret]") || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("error: %q", err)
	}
}

func TestErrors_ofTLSSayWhichCertificateIsWrong(t *testing.T) {
	t.Parallel()
	authority := wiretest.NewAuthority(t)
	serve := func(until time.Time) string {
		certificate, key := authority.Issue(t, "made up", until)
		pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are meant to fail
		server.StartTLS()
		t.Cleanup(server.Close)
		return server.URL
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	valid, expired := serve(time.Now().Add(time.Hour)), serve(time.Now().Add(-time.Hour))
	for name, test := range map[string]struct {
		config openshift.Config
		want   string
	}{
		"of an authority that is not known": {openshift.Config{Host: valid}, "Set ca_certificate"},
		"expired": {openshift.Config{Host: expired, CACertificate: authority.PEM()},
			"has to be renewed"},
		"for another host": {openshift.Config{Host: strings.Replace(valid, "127.0.0.1", "localhost", 1),
			CACertificate: authority.PEM()}, "a host that its certificate is for"},
		"none at all": {openshift.Config{Host: strings.Replace(plain.URL, "http:", "https:", 1)},
			"It speaks plain HTTP there"},
		"not asked for": {openshift.Config{Host: expired, Insecure: true}, "404 page not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := openshift.New(test.config)
			if err != nil {
				t.Fatal(err)
			}
			openshift.SetImpatient(t, client)
			if _, err = client.Image(t.Context(), ofNone, openshift.Options{}); err == nil || !strings.Contains(err.Error(),
				test.want) {
				t.Errorf("%v\nlacks %q", err, test.want)
			}
		})
	}
}

func TestErrors_ofTheNetworkNameTheClusterAndWhoNamedIt(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	client, err := openshift.New(openshift.Config{Host: address})
	if err != nil {
		t.Fatal(err)
	}
	openshift.SetImpatient(t, client)
	_, err = client.Image(t.Context(), ofNone, openshift.Options{})
	if err == nil || !strings.Contains(err.Error(), address) || !strings.Contains(err.Error(), "connection refused") ||
		!strings.Contains(err.Error(), "the host of the configuration") {
		t.Errorf("error: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = client.Image(ctx, ofNone, openshift.Options{}); err == nil || !strings.Contains(err.Error(),
		"it was interrupted") {
		t.Errorf("interrupted: %v", err)
	}
}
