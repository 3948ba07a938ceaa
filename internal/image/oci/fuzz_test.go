package oci

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
)

func FuzzReference(f *testing.F) {
	for _, seed := range []string{"nginx", "example.com:5000/team/app:1.4", "app@sha256:" + strings.Repeat("0", 64),
		"a/../b", "[::1]:5000/app", "http://x/y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := parseRequest(text, Options{})
		if err != nil {
			return
		}
		again, err := reference.ParseNormalizedNamed(w.named.String())
		if err != nil || again.String() != w.named.String() {
			t.Errorf("%q becomes %q, which becomes %v, %v", text, w.named, again, err)
		}
		path := reference.Path(w.named)
		if w.identifier == "" || strings.Contains(w.identifier, "/") || slices.Contains(strings.Split(path, "/"), "..") ||
			strings.ContainsAny(path, "?#%") {
			t.Errorf("%q asks for %q of %q", text, w.identifier, path)
		}
	})
}

func FuzzManifest(f *testing.F) {
	f.Add(ocispec.MediaTypeImageIndex, []byte(
		`{"schemaVersion":2,"manifests":[{"digest":"sha256:0","platform":{"os":"linux"}}]}`))
	f.Add("application/json", []byte(`{"schemaVersion":2,"config":{},"layers":[]}`))
	f.Add("", []byte(`{"schemaVersion":1}`))
	f.Fuzz(func(t *testing.T, mediaType string, text []byte) {
		m := &manifest{mediaType: mediaType}
		if err := m.decode(text); err != nil {
			return
		}
		if (m.index == nil) == (m.image == nil) {
			t.Errorf("%s is both or neither: %+v", text, m)
		}
		if m.index != nil {
			for _, entry := range m.index.Manifests {
				if isAttestation(entry) && image.IsPlatform(entry.Platform) &&
					entry.Annotations[image.AnnotationReferenceType] == "" {
					t.Errorf("%+v is an attestation and a platform", entry)
				}
			}
		}
	})
}

// Nothing that a registry writes makes a signature good: the key's owner has signed none of it.
func FuzzSigned(f *testing.F) {
	trust, wrong := signature.NewTrust(signature.Verify{PublicKeys: []string{"-----BEGIN PUBLIC " +
		"KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n-----END PUBLIC KEY-----\n"}})
	if len(wrong) > 0 {
		f.Fatal(wrong)
	}
	f.Add([]byte(`{"critical":{"image":{"docker-manifest-digest":"sha256:0"}}}`), "MEUCIQ==")
	f.Add([]byte(`{"dsseEnvelope":{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"sig":"AA=="}]}}`), "")
	f.Add([]byte(`{"messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"AA=="},"signature":"AA=="}}`), "")
	f.Add([]byte(`{"payloadType":"","payload":"e30","signatures":[{}]}`), "")
	f.Add([]byte(`{"verificationMaterial":{"certificate":{"rawBytes":"AA=="},"tlogEntries":[{"integratedTime":"9223372036854775807"}]},"dsseEnvelope":{}}`), "")
	f.Fuzz(func(t *testing.T, text []byte, encoded string) {
		subject := digest.FromBytes(text)
		annotations := map[string]string{annotationSignature: encoded}
		for form, read := range map[string]func() (*signature.Signed, *signature.Failure){
			"a payload":   func() (*signature.Signed, *signature.Failure) { return signature.ReadCosign(text, annotations) },
			"an envelope": func() (*signature.Signed, *signature.Failure) { return signature.ReadEnvelope(text, nil) },
			"a bundle":    func() (*signature.Signed, *signature.Failure) { return signature.ReadBundle(text) },
		} {
			signed, failure := read()
			if failure != nil {
				continue
			}
			s := &image.Statement{}
			signed.Describe(s)
			signed.Verify(s, subject, trust)
			if s.Verified == nil || *s.Verified || s.Signer != nil || s.Matched != nil {
				t.Errorf("%s: %+v", form, s)
			}
		}
	})
}

func FuzzRateLimit(f *testing.F) {
	f.Add("100;w=21600", "76;w=21600")
	f.Add("9223372036854775807", "0")
	f.Add("100;w=-1", "-3")
	f.Fuzz(func(t *testing.T, limit, remaining string) {
		header := http.Header{"Ratelimit-Limit": {limit}, "Ratelimit-Remaining": {remaining}}
		known, ok := parseRateLimit(header)
		if !ok {
			return
		}
		if known.remaining < 0 || known.remaining > known.limit || known.window < 0 {
			t.Errorf("%+v", known)
		}
		_ = known.warning("example.com", true)
	})
}
