package openshift_test

import (
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/openshift/openshifttest"
)

// madeUp returns an image of random layers that has every field of a configuration.
func madeUp(t testing.TB) v1.Image {
	t.Helper()
	img, err := random.Image(256, 3)
	if err != nil {
		t.Fatal(err)
	}
	file, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Author = "linux", "amd64", "Team Ships <ships@example.com>"
	file.Created = v1.Time{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	file.Config = v1.Config{
		Entrypoint: []string{"/bin/ship", "--now"}, Cmd: []string{"serve", "a b"}, Env: []string{"PATH=/bin", "EMPTY=",
			"MORE=a=b"},
		User: "1000:1000", WorkingDir: "/srv", ExposedPorts: map[string]struct{}{"8080/tcp": {}, "53/udp": {}},
		Volumes: map[string]struct{}{"/data": {}, "/cache": {}}, Shell: []string{"/bin/bash", "-c"}, StopSignal: "SIGQUIT",
		OnBuild: []string{"RUN make"},
		Healthcheck: &v1.HealthConfig{
			Test: []string{"CMD", "true"}, Interval: 30 * time.Second, Timeout: 3 * time.Second, StartPeriod: time.Minute,
			Retries: 4,
		},
		Labels: map[string]string{
			"org.opencontainers.image.description": "Ships <things> & more", "org.opencontainers.image.version": "1.2.3",
			"org.opencontainers.image.licenses": "MIT", "org.opencontainers.image.source": "https://git.example.com/ship.git",
			"org.opencontainers.image.base.name": "docker.io/library/debian:13",
		},
	}
	if img, err = mutate.ConfigFile(img, file); err != nil {
		t.Fatal(err)
	}
	return img
}

// inRegistry pushes an image to a registry, and reads it from there.
func inRegistry(t *testing.T, img v1.Image) *image.Image {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	text := strings.TrimPrefix(server.URL, "http://") + "/demo/ship:1.2.3"
	reference, err := name.ParseReference(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(reference, img); err != nil {
		t.Fatal(err)
	}
	client, err := oci.New(
		oci.Config{Registries: map[string]oci.Registry{reference.Context().RegistryStr(): {Insecure: true}}})
	if err != nil {
		t.Fatal(err)
	}
	read, err := client.Image(t.Context(), text, oci.Options{Include: []string{oci.IncludeConfig, oci.IncludeLayers,
		oci.IncludeHistory}})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// newClient returns a client of an API of the test's.
func newClient(t *testing.T, api *openshifttest.API) *openshift.Client {
	t.Helper()
	client, err := openshift.New(openshift.Config{Host: api.URL, Token: openshifttest.Token,
		CACertificate: api.CACertificate})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestImage_givesTheSameCatalogueAsARegistry(t *testing.T) {
	t.Parallel()
	img := madeUp(t)
	fromRegistry := inRegistry(t, img)
	for _, test := range []struct {
		form openshifttest.Form
		name string
		from string
	}{
		{openshifttest.Whole, "with manifest and configuration", "config"},
		{openshifttest.Metadata10, "with metadata 1.0", "metadata"},
		{openshifttest.MetadataPre012, "with metadata pre012", "metadata"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			object := openshifttest.Describe(t, img, fromRegistry.Reference, test.form)
			read, err := newClient(t, openshifttest.New(t, object)).Image(t.Context(), object.Name(), openshift.Options{})
			if err != nil {
				t.Fatal(err)
			}
			want := *fromRegistry.Catalogue
			if test.from == "metadata" { // OpenShift's own type of it has no such fields
				want.Healthcheck, want.Shell = nil, nil
			}
			if difference := cmp.Diff(&want, read.Catalogue); difference != "" {
				t.Errorf("catalogue of the registry (-) and of OpenShift (+):\n%s", difference)
			}
			if *read.OpenShift.FactsFrom != test.from {
				t.Errorf("facts come from %s, want %s", *read.OpenShift.FactsFrom, test.from)
			}
			for what, pair := range map[string][2]any{
				"digest":           {fromRegistry.Digest, read.Digest},
				"config digest":    {fromRegistry.ConfigDigest, read.ConfigDigest},
				"pinned reference": {fromRegistry.PinnedReference, read.PinnedReference},
				"media type":       {fromRegistry.MediaType, read.MediaType},
				"size":             {fromRegistry.Size, read.Size},
				"created":          {fromRegistry.CreatedAt, read.CreatedAt},
				"platform":         {fromRegistry.Platform, read.Platform},
				"tags":             {fromRegistry.Tags, read.Tags},
				"repo digests":     {fromRegistry.RepoDigests, read.RepoDigests},
			} {
				if difference := cmp.Diff(pair[0], pair[1]); difference != "" {
					t.Errorf("%s of the registry (-) and of OpenShift (+):\n%s", what, difference)
				}
			}
			if test.from == "config" {
				if difference := cmp.Diff(fromRegistry.Platforms, read.Platforms); difference != "" {
					t.Errorf("platforms of the registry (-) and of OpenShift (+):\n%s", difference)
				}
			}
		})
	}
}

// The metadata is kept as it came, so that a cluster may have more in it than OpenShift's own type.
func TestImage_takesFromMetadataWhateverItHas(t *testing.T) {
	t.Parallel()
	img := madeUp(t)
	fromRegistry := inRegistry(t, img)
	file, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	for form, key := range map[openshifttest.Form]string{openshifttest.Metadata10: "Config",
		openshifttest.MetadataPre012: "config"} {
		object := openshifttest.Describe(t, img, fromRegistry.Reference, form)
		object["dockerImageMetadata"].(map[string]any)[key] = file.Config
		read, err := newClient(t, openshifttest.New(t, object)).Image(t.Context(), object.Name(), openshift.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if difference := cmp.Diff(fromRegistry.Catalogue, read.Catalogue); difference != "" {
			t.Errorf("%s: catalogue of the registry (-) and of OpenShift (+):\n%s", key, difference)
		}
	}
}
