package oci

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// howBuilt is where the tools come from that the tests against real servers run.
const howBuilt = "scripts/registry-tools builds it"

// openRegistries are registries that need no credentials: Debian's and the newest distribution, which keep referrers
// under a tag, and one with a referrers API.
func openRegistries(t *testing.T) map[string]*realRegistry {
	t.Helper()
	withAPI := serve(t, registry.WithReferrersSupport(true))
	return map[string]*realRegistry{
		"docker-registry":      startRegistry(t, openToAll),
		"distribution":         startDistribution(t, openToAll),
		"with a referrers API": {host: withAPI.host, transport: http.DefaultTransport},
	}
}

// A toolbox runs cosign, crane, oras and notation in a directory and with a configuration of their own.
type toolbox struct{ directory string }

func newToolbox(t *testing.T) toolbox {
	t.Helper()
	wiretest.NeedsRealServers(t)
	return toolbox{t.TempDir()}
}

// run runs a tool and returns the last line that it printed.
func (b toolbox) run(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	program := wiretest.Built(t, name, "DEMANDFLOW_TEST_"+strings.ToUpper(name), howBuilt)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	command := exec.CommandContext(ctx, program, arguments...)
	command.Dir = b.directory
	command.Env = []string{"HOME=" + b.directory, "XDG_CONFIG_HOME=" + b.directory, "PATH=" + os.Getenv("PATH"), "COSIGN_PASSWORD=hunter2",
		"COSIGN_YES=true"}
	var said strings.Builder
	command.Stderr = &said
	printed, err := command.Output()
	if err != nil {
		t.Fatalf("%s %s: %s\n%s", name, strings.Join(arguments, " "), err, said.String())
	}
	lines := strings.Split(strings.TrimSpace(string(printed)), "\n")
	return lines[len(lines)-1]
}

// keys makes a key pair and returns the public key in PEM.
func (b toolbox) keys(t *testing.T) string {
	t.Helper()
	b.run(t, "cosign", "generate-key-pair")
	public, err := os.ReadFile(filepath.Join(b.directory, "cosign.pub"))
	if err != nil {
		t.Fatal(err)
	}
	return string(public)
}

// sign signs an image with the key, in the form of a bundle or in the older one, without a transparency log.
func (b toolbox) sign(t *testing.T, reference, bundle string) {
	t.Helper()
	b.run(t, "cosign", "sign", "--key", "cosign.key", "--use-signing-config=false", "--tlog-upload=false",
		"--new-bundle-format="+bundle, "--allow-http-registry", reference)
}
