package oci

import (
	"net/http"
	"net/url"
	"testing"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// A page that is no list is not taken for an empty one.
func FuzzLists(f *testing.F) {
	f.Add("application/json", []byte(`{"schemaVersion":2,"manifests":null}`))
	f.Add("application/json", []byte(`{"tags":["a"],"errors":[{"code":"X"}]}`))
	f.Add("", []byte(`{"errors":[{"code":"DENIED","message":"no"}]}`))
	f.Add(ocispec.MediaTypeImageIndex, []byte(`{"manifests":[{"digest":"../x","size":-1}]}`))
	f.Fuzz(func(t *testing.T, mediaType string, text []byte) {
		page, err := parseReferrers(mediaType, text)
		if err != nil && mediaType != ocispec.MediaTypeImageIndex {
			t.Errorf("%q under %q is an error: %v", text, mediaType, err)
		}
		if page != nil && err == nil {
			for _, entry := range page.Manifests {
				listedAs(entry.Digest, entry)
				signatureRank(entry)
			}
		}
		if tags, err := parseTags(text); err != nil && tags != nil {
			t.Errorf("%q is %d tags and an error", text, len(tags))
		}
	})
}

// A page that is refused gets smaller until there is nothing left to leave out.
func FuzzSmallerPage(f *testing.F) {
	f.Add("n=1000&last=a%2Bb")
	f.Add("n=-1&n=2;x")
	f.Add("%")
	f.Fuzz(func(t *testing.T, query string) {
		at, steps := &url.URL{Path: "/v2/app/tags/list", RawQuery: query}, 0
		last := at.Query().Get("last")
		for at != nil {
			if steps++; steps > 70 {
				t.Fatalf("%q never ends", query)
			}
			if at.Query().Get("last") != last {
				t.Errorf("%q becomes %q", query, at.RawQuery)
			}
			at = smallerPage(at, &refusal{status: http.StatusBadRequest})
		}
	})
}

// Whatever a manifest of a referrer says, it is of some kind, and no annotation makes it a signature.
func FuzzReferrer(f *testing.F) {
	f.Add(ocispec.MediaTypeImageManifest, []byte(`{"artifactType":"application/vnd.dev.cosign.artifact.sig.v1+json"}`))
	f.Add(ocispec.MediaTypeImageManifest, []byte(`{"config":{"mediaType":"application/vnd.oci.empty.v1+json"},"layers":[
		{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}],"subject":{"digest":"x"}}`))
	f.Add(ocispec.MediaTypeImageIndex, []byte(`{"manifests":[],"artifactType":"a/b"}`))
	f.Add(ocispec.MediaTypeImageManifest, []byte(`{"layers":[],"annotations":{"predicateType":
		"https://sigstore.dev/cosign/sign/v1"}}`))
	f.Fuzz(func(t *testing.T, mediaType string, text []byte) {
		m := &manifest{mediaType: mediaType, text: text}
		if m.decode(text) != nil {
			return
		}
		kind := typeOf(m)
		s := statementOf("sha256:a", "sha256:b", kind, m.annotations())
		if s.Kind == "" || s.Kind == image.KindSignature && !isSignatureType(kind) {
			t.Errorf("%s is a %q", text, s.Kind)
		}
		_ = refersTo(m, "sha256:a")
		_ = m.layers()
	})
}
