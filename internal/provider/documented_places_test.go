package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

// What the examples and guides name in a cluster and at Scaleway.
const (
	documentedDigest   = "sha256:5c1f0e6cf2b1e3a4d59f7a80a2b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1"
	documentedScaleway = "97acc09a-89cb-4c45-8b75-207be248b202" // also in the import example
)

// documentCluster is the cluster of KUBECONFIG during a test. Its images came from a registry, one of them signed.
func documentCluster(t *testing.T, registry string) {
	t.Helper()
	signed := clusterImage(t, registry+"/web/frontend@"+documentedDigest, openshifttest.Metadata10)
	signed["metadata"].(map[string]any)["name"] = documentedDigest
	signed["signatures"] = []any{map[string]any{
		"metadata": map[string]any{"name": documentedDigest + "@release"}, "type": "AtomicImageV1", "content": "bWFkZSB1cA==",
		"conditions": []any{map[string]any{"type": "Trusted", "status": "True"}},
		"issuedTo":   map[string]any{"commonName": "release@example.com"},
	}}
	api := openshifttest.New(t, signed,
		clusterImage(t, registry+"/web/frontend:1.4.2", openshifttest.Whole),
		clusterImage(t, "docker.io/library/nginx:1.27.3", openshifttest.Metadata10))
	folder := t.TempDir()
	kubeconfig := filepath.Join(folder, "kubeconfig")
	for name, text := range map[string]string{filepath.Join(folder, "ca.crt"): api.CACertificate, kubeconfig: fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: here
clusters: [{name: here, cluster: {server: %q, certificate-authority: ca.crt}}]
users: [{name: me, user: {token: %s}}]
contexts: [{name: here, context: {cluster: here, user: me}}]
`, api.URL, openshifttest.Token)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("KUBECONFIG", kubeconfig)
}

// documentScaleway is the Scaleway of the environment during a test.
func documentScaleway(t *testing.T) {
	t.Helper()
	server := scalewaytest.New(t)
	server.AddImage(scalewaytest.Image{
		ID: documentedScaleway, Name: "frontend", NamespaceID: server.AddNamespace(scalewaytest.Namespace{Name: "web",
			Region: "fr-par"}).ID,
		Tags: []scalewaytest.Tag{{Name: "1.4.1", Digest: "sha256:" + strings.Repeat("a", 64)},
			{Name: "1.4.2", Digest: documentedDigest}},
	})
	server.AddImage(scalewaytest.Image{
		Name: "tools", Visibility: "public", NamespaceID: server.AddNamespace(scalewaytest.Namespace{Name: "web-ams",
			Region: "nl-ams"}).ID,
	})
	for name, value := range map[string]string{
		"SCW_ACCESS_KEY": scalewaytest.AccessKey, "SCW_SECRET_KEY": scalewaytest.SecretKey, "SCW_DEFAULT_REGION": "fr-par",
		"SCW_API_URL": server.URL,
	} {
		t.Setenv(name, value)
	}
}
