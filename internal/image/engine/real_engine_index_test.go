package engine

import (
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// The platforms of a sampleIndex.
var (
	platformARM   = v1.Platform{OS: "linux", Architecture: "arm", Variant: "v7"}
	platformAMD64 = v1.Platform{OS: "linux", Architecture: "amd64"}
	platformARM64 = v1.Platform{OS: "linux", Architecture: "arm64", Variant: "v8"}
)

// sampleIndex returns an image of three platforms, of which platformAMD64 has an attestation with two statements, as
// BuildKit makes it.
func sampleIndex(t testing.TB) v1.ImageIndex {
	t.Helper()
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, platform := range []v1.Platform{platformARM, platformAMD64, platformARM64} {
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: sampleImage(t, platform),
			Descriptor: v1.Descriptor{Platform: &platform}})
	}
	list, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	attestation := mutate.MediaType(mutate.ConfigMediaType(empty.Image, types.OCIConfigJSON), types.OCIManifestSchema1)
	for _, predicate := range []string{"https://slsa.dev/provenance/v1", "https://spdx.dev/Document"} {
		const inToto = "application/vnd.in-toto+json"
		attestation, err = mutate.Append(attestation, mutate.Addendum{
			Layer: static.NewLayer([]byte(`{"_type":"https://in-toto.io/Statement/v1","predicateType":"`+predicate+`"}`),
				inToto),
			Annotations: map[string]string{"in-toto.io/predicate-type": predicate}, MediaType: inToto,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return mutate.AppendManifests(index, mutate.IndexAddendum{Add: attestation, Descriptor: v1.Descriptor{
		Platform: &v1.Platform{OS: "unknown", Architecture: "unknown"},
		Annotations: map[string]string{
			"vnd.docker.reference.type":   "attestation-manifest",
			"vnd.docker.reference.digest": list.Manifests[1].Digest.String(),
		},
	}})
}

// startTestRegistry starts a registry on 127.0.0.1, and returns its host.
func startTestRegistry(t testing.TB) string {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// pushTo pushes an image or an index to a registry under a tag.
func pushTo(t testing.TB, tag string, content any) {
	t.Helper()
	reference, err := name.NewTag(tag)
	if err != nil {
		t.Fatal(err)
	}
	switch content := content.(type) {
	case v1.ImageIndex:
		err = remote.WriteIndex(reference, content)
	case v1.Image:
		err = remote.Write(reference, content)
	default:
		t.Fatalf("%T cannot be pushed", content)
	}
	if err != nil {
		t.Fatal(err)
	}
}
