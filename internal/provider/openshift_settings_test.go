package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

func TestOpenShift_isReachedByAKubeconfig(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	o := clusterImage(t, "registry.example.com/web/frontend:1.4.2", openshifttest.Whole)
	api := openshifttest.New(t, o)
	folder := t.TempDir()
	kubeconfig, authority := filepath.Join(folder, "kubeconfig"), filepath.Join(folder, "ca.crt")
	for name, text := range map[string]string{authority: api.CACertificate, kubeconfig: fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: other
clusters: [{name: lab, cluster: {server: %q, certificate-authority: ca.crt}}]
users: [{name: me, user: {token: %s}}]
contexts: [{name: lab, context: {cluster: lab, user: me}}, {name: other, context: {cluster: none, user: me}}]
`, api.URL, openshifttest.Token)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := "data \"demandflow_openshift_image\" \"x\" { name = \"" + o.Name() + "\" }\n"
	settings := func(path, context string) string {
		return withCluster(tenant, fmt.Sprintf("{ kubeconfig = %q, context = %q }", path, context), read)
	}
	runOnCluster(t,
		resource.TestStep{Config: settings(filepath.Join(folder, "none"), "lab"),
			ExpectError: regexp.MustCompile(`(?s)Cannot read the image.*none.*no\s+such\s+file.*oc\s+login`)},
		resource.TestStep{Config: settings(kubeconfig, "lap"),
			ExpectError: regexp.MustCompile(`(?s)Cannot read the image.*"lap".*lab`)},
		resource.TestStep{Config: settings(kubeconfig, "lab"),
			ConfigStateChecks: []statecheck.StateCheck{expect("data.demandflow_openshift_image.x", "digest",
				knownvalue.StringExact(o.Name()))}},
	)
}

// Nothing of a cluster is looked at as long as nobody asks for it.
func TestOpenShift_thatIsNotThereIsAnErrorOfItsFirstUse(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	nowhere := fmt.Sprintf("{ kubeconfig = %q }", filepath.Join(t.TempDir(), "none"))
	runOnCluster(t,
		resource.TestStep{Config: withCluster(tenant, nowhere, `data "demandflow_docker_registries" "x" {}`)},
		resource.TestStep{Config: withCluster(tenant, nowhere, `data "demandflow_openshift_images" "x" {}`),
			ExpectError: regexp.MustCompile(`(?s)Cannot list the cluster's images.*kubeconfig`)},
	)
}

// Settings that are known only after an apply hinder those data sources alone that need them.
func TestOpenShift_waitsForItsSettingsUntilTheyAreUsed(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	hcl := withCluster(tenant, "{ host = \"https://api.cluster.example.com:6443\", token = terraform_data.vault.output }", `
resource "terraform_data" "vault" { input = "sha256~made-up" }
data "demandflow_docker_registries" "x" {}
`)
	runOnCluster(t,
		resource.TestStep{Config: hcl + "data \"demandflow_openshift_images\" \"x\" {}\n",
			ExpectError: regexp.MustCompile(`(?s)Unknown openshift of the provider.*-target`)},
		resource.TestStep{Config: hcl},
	)
}
