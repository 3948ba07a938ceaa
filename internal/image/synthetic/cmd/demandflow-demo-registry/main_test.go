package main

import (
	"archive/tar"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

var hosts = []string{"-host", "hub=docker.io", "-host", "quay=quay.io", "-host", "ecr=public.ecr.aws", "-host",
	"harbor=harbor.example.com/mirror"}

func TestRun_servesTheDemosImagesBelowTheirHosts(t *testing.T) {
	t.Parallel()
	host := started(t, append(hosts, "-images", "../../../../../examples/demo/images.yaml")...)
	reference, err := name.ParseReference(host + "/docker.io/library/nginx:1.27.3")
	if err != nil {
		t.Fatal(err)
	}
	index, err := remote.Index(reference)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || len(manifest.Manifests) != 2 {
		t.Fatalf("it is there for %d platforms, not for two: %v", len(manifest.Manifests), err)
	}
	image, err := remote.Image(reference, remote.WithPlatform(v1.Platform{OS: "linux", Architecture: "arm64"}))
	if err != nil {
		t.Fatal(err)
	}
	file, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"nginx", "-g", "daemon off;"}; !slices.Equal(file.Config.Cmd, want) ||
		file.Architecture != "arm64" {
		t.Errorf("it runs %q on %s, not %q on arm64", file.Config.Cmd, file.Architecture, want)
	}
	layers, err := image.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("%d layers: %v", len(layers), err)
	}
	content, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if entry, err := tar.NewReader(content).Next(); err != nil || entry.Name != "made-up" {
		t.Errorf("no engine can unpack the layer: %+v, %v", entry, err)
	}
	if _, err := remote.Head(reference.Context().Registry.Repo("harbor.example.com", "mirror", "coredns",
		"coredns").Tag("v1.12.0")); err != nil {
		t.Errorf("an image of a registry with a namespace: %s", err)
	}
}

func TestRun_saysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"say with -host hub=HOST": {"-images", "../../../../../examples/demo/images.yaml", "-host", "quay=quay.io", "-host",
			"ecr=public.ecr.aws", "-host", "harbor=h"},
		"cannot read the -images": {"-images", "nowhere.yaml"},
		"write it as hub=":        {"-host", "hub"},
	} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, not %q", args, err, want)
		}
	}
}

// started runs the command until the test ends, and returns its host.
func started(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	file := filepath.Join(t.TempDir(), "host")
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, append(slices.Clone(args), "-host-file", file), io.Discard, io.Discard) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	for {
		if text, err := os.ReadFile(file); err == nil {
			return strings.TrimSpace(string(text))
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("it ended before it listened: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
}
