package engine

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// asking starts a server that asks each client for a certificate, and counts the clients and those that show one.
func asking(t *testing.T, certificate, key string, handler http.HandlerFunc) (address string, came,
	shown *atomic.Int64) {
	t.Helper()
	came, shown = &atomic.Int64{}, &atomic.Int64{}
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12,
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error { shown.Add(int64(len(raw))); return nil },
		GetConfigForClient:    func(*tls.ClientHelloInfo) (*tls.Config, error) { came.Add(1); return nil, nil },
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), came, shown
}

// A redirect of an engine is an error at each request, and the host that it leads to sees neither a certificate nor a
// request.
func TestCredentials_ofAnEngineAreNotForTheHostThatItRedirectsTo(t *testing.T) {
	t.Parallel()
	certificate, key := selfSigned(t)
	other, came, _ := asking(t, certificate, key, func(http.ResponseWriter, *http.Request) {})
	demo := fmt.Sprintf(`{"Id":"sha256:%064d","RepoTags":["demo:1"]}`, 1)
	for _, podman := range []bool{false, true} {
		for name, path := range map[string]string{"ping": "/_ping", "list": "/images/json", "image": "/images/demo",
			"prune": "/containers/json", "removal": "/images/", "usage": "/system/df"} {
			for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect,
				http.StatusPermanentRedirect} {
				host, _, shown := asking(t, certificate, key, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Api-Version", "1.41")
					if podman {
						w.Header().Set(headerOfPodman, "4.3.1")
					}
					switch {
					case strings.Contains(r.URL.Path, path) && (name != "removal" || r.Method == http.MethodDelete):
						http.Redirect(w, r, "https://"+other+r.URL.Path, status)
					case r.URL.Path == "/_ping":
					case strings.HasSuffix(r.URL.Path, "/containers/json"):
						wiretest.Answer(w, http.StatusOK, "[]")
					case strings.HasSuffix(r.URL.Path, "/images/json"):
						wiretest.Answer(w, http.StatusOK, "[%s]", demo)
					case strings.Contains(r.URL.Path, "/images/"):
						wiretest.Answer(w, http.StatusOK, "%s", demo)
					default:
						wiretest.Answer(w, http.StatusOK, "{}")
					}
				})
				c := inEnvironment(t, Config{Host: "tcp://" + host, CACertificate: certificate, ClientCertificate: certificate,
					ClientKey: key}, nil)
				var err error
				switch name {
				case "ping", "list":
					_, err = c.Images(t.Context(), ListOptions{})
				case "image":
					_, err = c.Image(t.Context(), "demo", Options{})
				case "prune", "removal":
					_, err = c.Prune(t.Context(), PruneOptions{All: true})
				default:
					_, err = c.DiskUsage(t.Context())
				}
				what := fmt.Sprintf("%s, %d, Podman %v", name, status, podman)
				if err == nil || !strings.Contains(err.Error(), "it redirects to https://"+other+
					": not followed. An engine does not redirect") {
					t.Errorf("%s: %v", what, err)
				}
				if shown.Load() == 0 {
					t.Errorf("%s: the engine itself has seen no certificate, so that this shows nothing", what)
				}
				if came.Load() != 0 {
					t.Errorf("%s: the other host was asked", what)
				}
			}
		}
	}
}
