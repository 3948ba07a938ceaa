package oci

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/opencontainers/go-digest"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	spelling "github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// verifies reports whether the real cosign takes a signature by a key for valid.
func (b toolbox) verifies(t *testing.T, reference string) bool {
	t.Helper()
	program := wiretest.Built(t, "cosign", "DEMANDFLOW_TEST_COSIGN", howBuilt)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	command := exec.CommandContext(ctx, program, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog",
		"--allow-http-registry", reference)
	command.Dir = b.directory
	command.Env = []string{"HOME=" + b.directory, "PATH=" + os.Getenv("PATH")}
	return command.Run() == nil
}

// Whatever is changed in a bundle that cosign has made, cosign and this package agree on whether it is still valid.
func TestServers_cosignAgreesOnChangedBundles(t *testing.T) {
	t.Parallel()
	tools := newToolbox(t)
	server := serve(t, registry.WithReferrersSupport(true))
	public := tools.keys(t)
	signed := imageFor(t, "linux/amd64")
	server.push(t, "made/app:1", signed)
	tools.sign(t, server.host+"/made/app@"+digestOf(t, signed), "true")
	made := server.onlyBundle(t, "made/app", digestOf(t, signed))
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the changes are the same in each run
	for number := range 40 {
		changed := []byte(made)
		if number > 0 { // the first one is as it was
			at := random.IntN(len(changed))
			changed[at] = byte(32 + random.IntN(95))
		}
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			t.Parallel()
			repository := fmt.Sprintf("changed/%d", number)
			server.push(t, repository+":1", signed)
			server.refer(t, repository, signed, bundleArtifact(t, string(changed)),
				map[string]string{annotationContent: image.PredicateCosignSign, "dev.sigstore.bundle.content": "dsse-envelope"})
			isValid := false
			for _, s := range signaturesIn(t, server, repository+":1", public) {
				isValid = isValid || s.Verified != nil && *s.Verified
			}
			if want := tools.verifies(t, server.host+"/"+repository+"@"+digestOf(t, signed)); isValid != want {
				t.Errorf("valid %t, cosign says %t: %s", isValid, want, changed)
			}
		})
	}
}

// signaturesIn reads the signatures of an image that a key may have made.
func signaturesIn(t *testing.T, server *served, reference, public string) []image.Statement {
	t.Helper()
	got, err := server.client(t).Image(t.Context(), server.host+"/"+reference, Options{Trust: trusting(t, public)})
	if err != nil {
		t.Fatal(err)
	}
	return got.Signatures
}

// onlyBundle returns the content of the only bundle that refers to a manifest.
func (s *served) onlyBundle(t *testing.T, repository, subject string) string {
	t.Helper()
	named, err := spelling.ParseName(s.host + "/" + repository)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := s.client(t).read(named, nil)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := reader.listed(t.Context(), digest.Digest(subject))
	if err != nil || len(listed) != 1 {
		t.Fatalf("%v, %v", listed, err)
	}
	m, err := reader.manifest(t.Context(), listed[0].Digest.String())
	if err != nil {
		t.Fatal(err)
	}
	text, err := reader.blob(t.Context(), m.image.Layers[0], maxEnvelope, "the bundle")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
