package openshift_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// Tokens of a cluster's users: one who may do everything, one who may read images, and one who may do nothing.
const (
	adminToken  = "sha256~admin-made-up"
	readerToken = "sha256~reader-made-up"
	nobodyToken = "sha256~nobody-made-up"
)

// A cluster is a real Kubernetes API server, with a real store behind it, that serves images as OpenShift's does: it
// knows them by a definition in place of OpenShift's own server, which cannot be built from Go modules.
type cluster struct {
	url           string
	caCertificate string // PEM

	authority *wiretest.Authority
	client    *http.Client
	etcd      string
}

// startCluster starts a cluster for as long as a test runs, or skips the test and says why.
func startCluster(t testing.TB) *cluster {
	t.Helper()
	wiretest.NeedsRealServers(t)
	etcd, err := exec.LookPath("etcd")
	if err != nil {
		t.Skip("there is no etcd in PATH: install Debian's etcd-server")
	}
	server := wiretest.Built(t, "kube-apiserver", "DEMANDFLOW_TEST_APISERVER",
		"scripts/apiserver builds it once, in 6 minutes or more")
	directory := t.TempDir()
	c := &cluster{authority: wiretest.NewAuthority(t)}
	c.caCertificate = c.authority.PEM()

	c.etcd = "http://" + freeAddress(t)
	peers := "http://" + freeAddress(t)
	c.start(t, exec.CommandContext(t.Context(), etcd, "--data-dir", filepath.Join(directory, "etcd"), "--unsafe-no-fsync",
		"--listen-client-urls", c.etcd, "--advertise-client-urls", c.etcd,
		"--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", "default="+peers),
		directory)
	c.await(t, http.DefaultClient, c.etcd+"/health", "")

	address := freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	file := func(name, content string) string {
		return wiretest.WriteFile(t, filepath.Join(directory, name), content)
	}
	certificate, key := c.authority.Issue(t, "kube-apiserver", time.Now().Add(time.Hour))
	signing, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	accounts := file("accounts.key", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY",
		Bytes: x509.MarshalPKCS1PrivateKey(signing)})))
	c.url = "https://" + address
	c.start(t, exec.CommandContext(t.Context(), server, "--etcd-servers", c.etcd, "--bind-address", "127.0.0.1",
		"--secure-port", port,
		"--cert-dir", directory, "--tls-cert-file", file("tls.crt", certificate), "--tls-private-key-file",
		file("tls.key", key),
		"--client-ca-file", file("ca.crt", c.caCertificate), "--authorization-mode", "RBAC", "--service-cluster-ip-range",
		"10.0.0.0/24",
		"--token-auth-file", file("tokens.csv", adminToken+",admin,1,system:masters\n"+readerToken+",reader,2\n"+nobodyToken+
			",nobody,3\n"),
		"--service-account-issuer", "https://made-up.example.com", "--service-account-key-file", accounts,
		"--service-account-signing-key-file", accounts,
		// Lists come from the store itself, so that what is put there is seen, and what it forgets is forgotten.
		"--watch-cache=false", "--etcd-compaction-interval", "0"), directory)
	settings, err := wire.TLS{CACertificate: c.caCertificate}.Config()
	if err != nil {
		t.Fatal(err)
	}
	c.client = &http.Client{Transport: &http.Transport{TLSClientConfig: settings}, Timeout: 30 * time.Second}
	t.Cleanup(c.client.CloseIdleConnections)
	c.await(t, c.client, c.url+"/readyz", adminToken)
	return c
}

// start runs a server until the test ends. What it said is shown where the test has failed.
func (c *cluster) start(t testing.TB, command *exec.Cmd, directory string) {
	t.Helper()
	log, err := os.CreateTemp(directory, "log")
	if err != nil {
		t.Fatal(err)
	}
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill() // its data is thrown away
		_ = command.Wait()
		_ = log.Close()
		if said, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("the end of what %s said:\n%s", filepath.Base(command.Path), said[max(0, len(said)-2000):])
		}
	})
}

// await waits until a server says that it is ready.
func (c *cluster) await(t testing.TB, client *http.Client, address, token string) {
	t.Helper()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	var last error
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); <-again.C {
		if _, last = do(t.Context(), client, http.MethodGet, address, token, nil); last == nil {
			return
		}
	}
	t.Fatalf("%s is not ready after 3 minutes: %v", address, last)
}

// serveImages has the cluster serve images, and lets the reader read them.
func (c *cluster) serveImages(t testing.TB) {
	t.Helper()
	c.create(t, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{
			"name":        "images.image.openshift.io",
			"annotations": map[string]any{"api-approved.kubernetes.io": "unapproved, for tests"},
		},
		"spec": map[string]any{
			"group": "image.openshift.io", "scope": "Cluster",
			"names": map[string]any{"plural": "images", "singular": "image", "kind": "Image", "listKind": "ImageList"},
			"versions": []any{map[string]any{
				"name": "v1", "served": true, "storage": true,
				"schema": map[string]any{"openAPIV3Schema": map[string]any{"type": "object",
					"x-kubernetes-preserve-unknown-fields": true}},
			}},
		},
	})
	const rbac = "/apis/rbac.authorization.k8s.io/v1/"
	c.create(t, rbac+"clusterroles", map[string]any{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
		"metadata": map[string]any{"name": "image-viewer"},
		"rules": []any{map[string]any{"apiGroups": []any{"image.openshift.io"}, "resources": []any{"images"},
			"verbs": []any{"get", "list"}}},
	})
	c.create(t, rbac+"clusterrolebindings", map[string]any{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
		"metadata": map[string]any{"name": "image-viewer"},
		"roleRef":  map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "image-viewer"},
		"subjects": []any{map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "reader"}},
	})
	c.await(t, c.client, c.url+"/apis/image.openshift.io/v1/images", readerToken)
}

func (c *cluster) create(t testing.TB, at string, o any) {
	t.Helper()
	if _, err := do(t.Context(), c.client, http.MethodPost, c.url+at, adminToken, o); err != nil {
		t.Fatal(err)
	}
}

// put puts images into the cluster's store, past its API, which takes no such names for what it knows by a definition.
// It says the store's revision, which compact takes.
func (c *cluster) put(t testing.TB, objects ...openshifttest.Object) (revision string) {
	t.Helper()
	for _, o := range objects {
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		key := base64.StdEncoding.EncodeToString([]byte("/registry/image.openshift.io/images/" + o.Name()))
		answer, err := do(t.Context(), http.DefaultClient, http.MethodPost, c.etcd+"/v3/kv/put", "",
			map[string]any{"key": key, "value": base64.StdEncoding.EncodeToString(text)})
		if err != nil {
			t.Fatal(err)
		}
		var put struct {
			Header struct {
				Revision string `json:"revision"`
			} `json:"header"`
		}
		if err := json.Unmarshal(answer, &put); err != nil {
			t.Fatal(err)
		}
		revision = put.Header.Revision
	}
	return revision
}

// compact has the store forget what was before a revision, and with it the lists that are being read.
func (c *cluster) compact(t testing.TB, revision string) {
	t.Helper()
	if _, err := do(t.Context(), http.DefaultClient, http.MethodPost, c.etcd+"/v3/kv/compaction", "",
		map[string]any{"revision": revision, "physical": true}); err != nil {
		t.Fatal(err)
	}
}

// clientCertificate returns a certificate and its key, in PEM, by which the cluster knows a user.
func (c *cluster) clientCertificate(t testing.TB, user string, until time.Time) (certificate, key string) {
	t.Helper()
	return c.authority.Issue(t, user, until)
}

// do makes a request, and gives the answer where that is a success.
func do(ctx context.Context, client *http.Client, method, address, token string, body any) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return nil, fmt.Errorf("%s %s: %s: %s", method, address, response.Status, strings.TrimSpace(string(answer)))
	}
	return answer, nil
}

// freeAddress returns one that the kernel has just given away and taken back.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
