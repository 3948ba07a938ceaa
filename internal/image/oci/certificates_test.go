package oci

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// startTLS starts a server with a certificate of an authority, which may ask for one of its clients.
func startTLS(t *testing.T, authority *wiretest.Authority, asks tls.ClientAuthType, until time.Time,
	handler http.Handler) (host string) {
	t.Helper()
	pair, err := tls.X509KeyPair(pairOf(authority.Issue(t, "server", until)))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(authority.Certificate)
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: asks, ClientCAs: pool,
		MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "https://")
}

func pairOf(certificate, key string) ([]byte, []byte) { return []byte(certificate), []byte(key) }

// mutual is a registry that wants a client certificate, and redirects blobs to storage that asks for one.
func mutual(t *testing.T, authority *wiretest.Authority) (host string, shown *atomic.Int64) {
	t.Helper()
	behind := serve(t)
	behind.push(t, "app:1", imageFor(t, "linux/amd64"))
	soon := time.Now().Add(time.Hour)
	shown = &atomic.Int64{}
	storage := startTLS(t, authority, tls.RequestClientCert, soon, http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			shown.Add(int64(len(r.TLS.PeerCertificates)))
			behind.forward(t)(w, r)
		}))
	host = startTLS(t, authority, tls.RequireAndVerifyClientCert, soon, http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/blobs/") {
				http.Redirect(w, r, "https://"+storage+r.URL.Path, http.StatusTemporaryRedirect)
				return
			}
			behind.forward(t)(w, r)
		}))
	return host, shown
}

func TestRegistry_clientCertificateIsShownToTheRegistryAlone(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("HOME", folder)
	t.Setenv("DOCKER_CONFIG", "")
	authority := wiretest.NewAuthority(t)
	certificate, key := authority.Issue(t, "me", time.Now().Add(time.Hour))
	host, shown := mutual(t, authority)
	read := func(settings Registry) error {
		_, err := newClient(t, map[string]Registry{host: settings}).Image(t.Context(), host+"/app:1",
			Options{Include: []string{IncludeConfig}})
		return err
	}
	ca := authority.PEM()
	if err := read(Registry{CACertificate: ca, ClientCertificate: certificate, ClientKey: key}); err != nil {
		t.Errorf("in the settings: %v", err)
	}
	if err := read(Registry{Insecure: true, ClientCertificate: certificate, ClientKey: key}); err != nil {
		t.Errorf("in the settings, insecure: %v", err)
	}
	mention(t, read(Registry{CACertificate: ca}), "certificate required", "client_certificate and client_key", "certs.d")
	mention(t, read(Registry{Insecure: true}), "certificate required", "client_certificate")
	stranger, strangersKey := wiretest.NewAuthority(t).Issue(t, "stranger", time.Now().Add(time.Hour))
	mention(t, read(Registry{CACertificate: ca, ClientCertificate: stranger, ClientKey: strangersKey}),
		"it does not accept the client certificate")
	mention(t, read(Registry{}), "ca_certificate")

	docker := filepath.Join(folder, ".docker", "certs.d", host)
	if err := os.MkdirAll(docker, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"ca.crt": ca, "client.cert": certificate} {
		if err := os.WriteFile(filepath.Join(docker, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mention(t, read(Registry{}), "certificate required", "client.key cannot be read")
	if err := os.WriteFile(filepath.Join(docker, "client.key"), []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := read(Registry{}); err != nil {
		t.Errorf("in certs.d: %v", err)
	}
	if err := read(Registry{ClientCertificate: stranger, ClientKey: strangersKey}); err == nil {
		t.Error("the settings do not win over certs.d")
	}
	if shown.Load() > 0 {
		t.Errorf("the storage has seen %d certificates", shown.Load())
	}
}

func TestErrors_ofCertificatesSayWhatToDo(t *testing.T) {
	t.Parallel()
	authority := wiretest.NewAuthority(t)
	for want, until := range map[string]time.Duration{"expired": -time.Hour, "ca_certificate": time.Hour} {
		host := startTLS(t, authority, tls.NoClientCert, time.Now().Add(until), http.NotFoundHandler())
		settings := Registry{}
		if until < 0 {
			settings.CACertificate = authority.PEM()
		}
		_, err := newClient(t, map[string]Registry{host: settings}).Image(t.Context(), host+"/app:1", Options{})
		mention(t, err, want, "cannot reach "+host)
	}
}
