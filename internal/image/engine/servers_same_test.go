package engine

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci"
)

// inRegistry returns the catalogue object of an image as its registry has it.
func inRegistry(t *testing.T, registry, reference string) *image.Catalogue {
	t.Helper()
	client, err := oci.New(oci.Config{Registries: map[string]oci.Registry{registry: {Insecure: true}}})
	if err != nil {
		t.Fatal(err)
	}
	i, err := client.Image(t.Context(), reference, oci.Options{Include: []string{oci.IncludeConfig}})
	if err != nil {
		t.Fatal(err)
	}
	if i.Catalogue == nil {
		t.Fatal("the registry tells nothing to compare with")
	}
	return i.Catalogue
}

// inEngine returns the catalogue object of an image as an engine has it.
func inEngine(t *testing.T, started *realEngine, name string) *image.Catalogue {
	t.Helper()
	client, err := New(Config{Host: started.Host})
	if err != nil {
		t.Fatal(err)
	}
	i, err := client.Image(t.Context(), name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return i.Catalogue
}

func TestCatalogue_sameImageSameObjectFromEverySource(t *testing.T) {
	t.Parallel()
	registry := startTestRegistry(t)
	withShell := sampleImage(t, platformAMD64)
	file, err := withShell.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	file = file.DeepCopy()
	file.Config.Shell = nil
	withoutShell, err := mutate.ConfigFile(withShell, file)
	if err != nil {
		t.Fatal(err)
	}
	multi := registry + "/lab/multi:1.0"
	pushTo(t, multi, sampleIndex(t))
	wanted := map[string]*image.Catalogue{multi: inRegistry(t, registry, multi)}
	samples := map[string]v1.Image{registry + "/lab/app:1.0": withoutShell, registry + "/lab/shell:1.0": withShell}
	for name, sample := range samples {
		pushTo(t, name, sample)
		wanted[name] = inRegistry(t, registry, name)
	}
	for attribute, value := range reflect.ValueOf(*wanted[registry+"/lab/shell:1.0"]).Fields() {
		isBuild := slices.Contains([]string{"GitBranch", "BuildPipeline"}, attribute.Name) // only a signed statement has them
		if value.IsNil() && !isBuild {
			t.Errorf("%s is null, so it is not compared", attribute.Name)
		}
	}
	for _, kind := range engineKinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			started := startEngine(t, kind)
			for name, sample := range samples {
				started.Load(t, name, sample)
				want := *wanted[name]
				if kind.Podman {
					want.Shell = nil // neither of Podman's APIs tells it
				}
				if diff := cmp.Diff(&want, inEngine(t, started, name)); diff != "" {
					t.Errorf("%s, loaded, is not what the registry has:\n%s", name, diff)
				}
			}
			started.Pull(t, multi, "linux/amd64")
			want := *wanted[multi]
			if !kind.Containerd {
				// Of an index, these engines keep the one platform that they pulled.
				want.Architecture, want.BuildPlatforms = []string{"amd64"}, []string{"linux/amd64"}
			}
			if kind.Podman {
				want.Shell = nil
			}
			if diff := cmp.Diff(&want, inEngine(t, started, multi)); diff != "" {
				t.Errorf("%s, pulled, is not what the registry has:\n%s", multi, diff)
			}
		})
	}
}
