package oci

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

func TestImage_attestationIsNoPlatform(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	index := indexOf(t, "linux/arm64")
	registry.push(t, "app:1", index)
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(names(got), []string{"linux/arm64"}) || text(got.Platform) != "linux/arm64" {
		t.Errorf("platforms %v, chosen %s", names(got), text(got.Platform))
	}
	if len(got.Attestations) != 1 || text(got.Attestations[0].Format) != "buildkit" ||
		text(got.Attestations[0].Subject) != *got.Platforms[0].Digest || got.Attestations[0].PredicateType != nil {
		t.Errorf("attestations %+v", got.Attestations)
	}
	got, err = registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeReferrers}})
	if err != nil {
		t.Fatal(err)
	}
	var stated []string
	for _, s := range got.Attestations {
		stated = append(stated, s.Kind+" "+text(s.PredicateType))
	}
	if want := []string{"sbom https://spdx.dev/Document",
		"attestation https://slsa.dev/provenance/v1"}; !slices.Equal(stated, want) {
		t.Errorf("stated %v, want %v", stated, want)
	}
}

func TestImage_artifactHasADigestAndNoPlatform(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	chart, err := mutate.AppendLayers(mutate.MediaType(mutate.ConfigMediaType(empty.Image,
		"application/vnd.cncf.helm.config.v1+json"), types.OCIManifestSchema1),
		static.NewLayer([]byte("chart"), "application/vnd.cncf.helm.chart.content.v1.tar+gzip"))
	if err != nil {
		t.Fatal(err)
	}
	registry.push(t, "charts/app:1", chart)
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/charts/app:1",
		Options{Include: []string{IncludeConfig}, Warn: warn})
	if err != nil {
		t.Fatal(err)
	}
	if *got.Digest != digestOf(t, chart) || got.Platforms != nil || got.Catalogue != nil {
		t.Errorf("%+v", got)
	}
	if len(*warnings) != 1 || !strings.Contains((*warnings)[0].Detail, "application/vnd.cncf.helm.config.v1+json") {
		t.Errorf("warnings %v", *warnings)
	}
	_, err = registry.client(t).Image(t.Context(), registry.host+"/charts/app:1", Options{Platform: "linux/amd64"})
	mention(t, err, "no container image")
}

func TestImage_platformWithoutNameIsLeftOutAloud(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", mutate.AppendManifests(indexOf(t, "linux/amd64"), mutate.IndexAddendum{Add: empty.Index}))
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig},
		Warn: warn})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(names(got), []string{"linux/amd64"}) || len(*warnings) != 1 {
		t.Errorf("platforms %v, warnings %v", names(got), *warnings)
	}
}
