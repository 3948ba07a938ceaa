package provider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/opencontainers/go-digest"
	specs "github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/synthetic"
)

// Types of statements.
const (
	predicateSignature  = "https://sigstore.dev/cosign/sign/v1"
	predicateProvenance = "https://slsa.dev/provenance/v1"
	predicateScan       = "https://cosign.sigstore.dev/attestation/vuln/v1"
)

// A signedRegistry is a registry whose images are signed: with a key, and with certificates
// of a Sigstore instance.
type signedRegistry struct {
	*liveRegistry
	key       *ecdsa.PrivateKey
	publicKey string
	instance  *signaturetest.Instance
}

func newSignedRegistry(t *testing.T) signedRegistry {
	t.Helper()
	key, public := newPublicKey(t)
	return signedRegistry{newLiveRegistry(t, nil), key, public, signaturetest.New(t)}
}

// newPublicKey is a key, and its public key in PEM.
func newPublicKey(t *testing.T) (*ecdsa.PrivateKey, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return key, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
}

// sign signs an image there, by its digest.
func (r signedRegistry) sign(t *testing.T, repository, digest string) {
	t.Helper()
	if err := synthetic.Sign(r.host+"/"+repository, digest, r.key, nil); err != nil {
		t.Fatal(err)
	}
}

// byKey is a signing with the registry's key, which no log has.
func (r signedRegistry) byKey() signaturetest.Signing {
	return signaturetest.Signing{Key: r.key, NoLog: true}
}

// attest adds a statement about an image, in a bundle.
func (r signedRegistry) attest(t *testing.T, repository, digest, predicateType, predicate string,
	by signaturetest.Signing) {
	t.Helper()
	r.refer(t, repository, digest, signaturetest.BundleV03, ocispec.MediaTypeEmptyJSON, signaturetest.BundleV03,
		r.instance.Bundle(t, signaturetest.Statement(digest, predicateType, predicate), by))
}

// refer adds an artifact that refers to an image and has one layer.
func (r signedRegistry) refer(t *testing.T, repository, subject, artifactType, configType, layerType string,
	content []byte) {
	t.Helper()
	about := r.head(t, repository, subject)
	r.put(t, repository, ocispec.Manifest{
		MediaType: ocispec.MediaTypeImageManifest, ArtifactType: artifactType, Subject: &about,
		Config: r.blob(t, repository, configType, []byte("{}")),
		Layers: []ocispec.Descriptor{r.blob(t, repository, layerType, content)},
	})
}

// head describes the manifest of a digest.
func (r signedRegistry) head(t *testing.T, repository, of string) ocispec.Descriptor {
	t.Helper()
	reference, err := name.NewDigest(r.host + "/" + repository + "@" + of)
	if err != nil {
		t.Fatal(err)
	}
	head, err := remote.Head(reference)
	if err != nil {
		t.Fatal(err)
	}
	return ocispec.Descriptor{MediaType: string(head.MediaType), Digest: digest.Digest(of), Size: head.Size}
}

func (r signedRegistry) blob(t *testing.T, repository, mediaType string, content []byte) ocispec.Descriptor {
	t.Helper()
	into, err := name.NewRepository(r.host + "/" + repository)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.WriteLayer(into, static.NewLayer(content, types.MediaType(mediaType))); err != nil {
		t.Fatal(err)
	}
	return ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(content), Size: int64(len(content))}
}

// put writes a manifest or an index, and describes it.
func (r signedRegistry) put(t *testing.T, repository string, content any) ocispec.Descriptor {
	t.Helper()
	written := rawManifest{mediaType: ocispec.MediaTypeImageManifest}
	switch content := content.(type) {
	case ocispec.Manifest:
		content.SchemaVersion = 2
		written.text = encoded(t, content)
	case ocispec.Index:
		content.Versioned = specs.Versioned{SchemaVersion: 2}
		content.MediaType = ocispec.MediaTypeImageIndex
		written.mediaType, written.text = ocispec.MediaTypeImageIndex, encoded(t, content)
	}
	d := digest.FromBytes(written.text)
	reference, err := name.NewDigest(r.host + "/" + repository + "@" + d.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Put(reference, written); err != nil {
		t.Fatal(err)
	}
	return ocispec.Descriptor{MediaType: string(written.mediaType), Digest: d, Size: int64(len(written.text))}
}

// A rawManifest is a manifest as it is written.
type rawManifest struct {
	text      []byte
	mediaType types.MediaType
}

func (m rawManifest) RawManifest() ([]byte, error)        { return m.text, nil }
func (m rawManifest) MediaType() (types.MediaType, error) { return m.mediaType, nil }

func encoded(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// index is the index of a digest.
func (r signedRegistry) index(t *testing.T, repository, of string) ocispec.Index {
	t.Helper()
	reference, err := name.NewDigest(r.host + "/" + repository + "@" + of)
	if err != nil {
		t.Fatal(err)
	}
	found, err := remote.Get(reference)
	if err != nil {
		t.Fatal(err)
	}
	var index ocispec.Index
	if err := json.Unmarshal(found.Manifest, &index); err != nil {
		t.Fatal(err)
	}
	return index
}

// pushPartlySigned puts an image for two platforms there of which one is signed, and says the digests of both: the
// image's, and that of the platform that is signed.
func (r signedRegistry) pushPartlySigned(t *testing.T, image string) (index, signed string) {
	t.Helper()
	repository, _, _ := strings.Cut(image, ":")
	index = r.push(t, image, twoPlatforms())
	signed = r.index(t, repository, index).Manifests[0].Digest.String()
	r.sign(t, repository, signed)
	return index, signed
}

func twoPlatforms() synthetic.Description {
	description := frontend
	description.Platforms = []string{"linux/amd64", "linux/arm64"}
	return description
}

// pushAttested puts an image for linux/amd64 and linux/arm64 there that has statements about one of them in its index, as
// BuildKit writes them, and a signature of the index. It says the index's digest.
func (r signedRegistry) pushAttested(t *testing.T, repository string, platform int, predicates map[string]string) string {
	t.Helper()
	index := r.index(t, repository, r.push(t, repository+":attested", twoPlatforms()))
	about := index.Manifests[platform].Digest.String()
	manifest := ocispec.Manifest{MediaType: ocispec.MediaTypeImageManifest,
		Config: r.blob(t, repository, ocispec.MediaTypeImageConfig, []byte(`{"os":"unknown","architecture":"unknown"}`))}
	for predicateType, predicate := range predicates {
		layer := r.blob(t, repository, "application/vnd.in-toto+json",
			signaturetest.Statement(about, predicateType, predicate))
		layer.Annotations = map[string]string{"in-toto.io/predicate-type": predicateType}
		manifest.Layers = append(manifest.Layers, layer)
	}
	entry := r.put(t, repository, manifest)
	entry.Platform = &ocispec.Platform{OS: "unknown", Architecture: "unknown"}
	entry.Annotations = map[string]string{"vnd.docker.reference.type": "attestation-manifest",
		"vnd.docker.reference.digest": about}
	index.Manifests = append(index.Manifests, entry)
	attested := r.put(t, repository, index).Digest.String()
	r.sign(t, repository, attested)
	// Anybody can also put the attestation under a tag of the index: it is not about the index for that.
	r.tag(t, repository, entry.Digest.String(), strings.Replace(attested, ":", "-", 1)+".att")
	return attested
}

// tag puts a manifest under a tag.
func (r signedRegistry) tag(t *testing.T, repository, of, tag string) {
	t.Helper()
	place, err := name.NewRepository(r.host + "/" + repository)
	if err != nil {
		t.Fatal(err)
	}
	found, err := remote.Get(place.Digest(of))
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Tag(place.Tag(tag), found); err != nil {
		t.Fatal(err)
	}
}
