package oci

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const good, notLookedAt, unsignedOne, byNobody = "true, (null)", "not looked at, (null)", "false, (null)",
	"false, it was not made with any of the public keys"

func TestSignatures_ofCosignsTagAreVerifiedWithEachKindOfKey(t *testing.T) {
	t.Parallel()
	small, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	signers := map[string]signer{"ECDSA P-256": newECDSA(t), "ECDSA P-384": newSigner(t, small, err)}
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	signers["RSA"] = newSigner(t, long, err)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	signers["Ed25519"] = newSigner(t, edwards, err)
	for name, s := range signers {
		registry := serve(t)
		img := imageFor(t, "linux/amd64")
		registry.push(t, "app:1", img)
		digest := digestOf(t, img)
		registry.push(t, "app:"+strings.Replace(digest, ":", "-", 1)+".sig",
			artifact(t, types.OCIConfigJSON, signatureLayer(t, s, payloadFor(digest))))
		wantStatements(t, name, signaturesOf(t, registry, "app:1", newECDSA(t).public, s.public), "signature cosign: "+good)
		wantStatements(t, name+", another key", signaturesOf(t, registry, "app:1", newECDSA(t).public), "signature cosign: "+
			byNobody)
		wantStatements(t, name+", no key", signaturesOf(t, registry, "app:1"), "signature cosign: "+notLookedAt)
	}
}

func TestSignatures_ofAnotherImageIsNone(t *testing.T) {
	t.Parallel()
	registry, s := serve(t), newECDSA(t)
	img, other := imageFor(t, "linux/amd64"), "sha256:"+strings.Repeat("2", 64)
	registry.push(t, "app:1", img)
	tag := "app:" + strings.Replace(digestOf(t, img), ":", "-", 1)
	tampered := signatureLayer(t, s, payloadFor(digestOf(t, img)))
	tampered.Layer = static.NewLayer(append(payloadFor(digestOf(t, img)), ' '),
		"application/vnd.dev.cosign.simplesigning.v1+json")
	registry.push(t, tag+".sig", artifact(t, types.OCIConfigJSON, signatureLayer(t, s, payloadFor(other)), tampered,
		layer(string(payloadFor(digestOf(t, img))), "application/vnd.dev.cosign.simplesigning.v1+json", nil)))
	registry.push(t, tag+".att", artifact(t, types.OCIConfigJSON,
		layer(string(s.envelopeFor(t, other, "https://slsa.dev/provenance/v1")), "application/vnd.dsse.envelope.v1+json",
			nil)))
	wantStatements(t, "signatures", signaturesOf(t, registry, "app:1", s.public),
		"signature cosign: false, it has no signature in base64",
		"signature cosign: false, it is about another image, "+other,
		"signature cosign: "+byNobody)
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Trust: trusting(t, s.public)})
	if err != nil {
		t.Fatal(err)
	}
	wantStatements(t, "attestations", short(got.Attestations), "attestation cosign: false, it is about another image, "+other)
}

// A key may sign more than images, and what it signs may name a digest without being a signature of it.
func TestSignatures_ofSomethingElseByTheSameKeyAreNone(t *testing.T) {
	t.Parallel()
	registry, s := serve(t), newECDSA(t)
	img := imageFor(t, "linux/amd64")
	registry.push(t, "app:1", img)
	digest := digestOf(t, img)
	tag := "app:" + strings.Replace(digest, ":", "-", 1)
	saying := func(kind string) mutate.Addendum {
		return signatureLayer(t, s, []byte(strings.Replace(string(payloadFor(digest)), `"cosign container image signature"`, kind,
			1)))
	}
	registry.push(t, tag+".sig", artifact(t, types.OCIConfigJSON, saying(`"cosign container image signature"`),
		saying(`"atomic container signature"`), saying(`""`), saying(`"Cosign container image signature"`)))
	wantStatements(t, "signatures", signaturesOf(t, registry, "app:1", s.public),
		`signature cosign: false, what is signed is a "", and no "cosign container image signature"`,
		`signature cosign: false, what is signed is a "Cosign container image signature", and no "cosign container image signature"`,
		`signature cosign: false, what is signed is a "atomic container signature", and no "cosign container image signature"`,
		"signature cosign: "+good)

	const slsa, spdx = "https://slsa.dev/provenance/v1", "https://spdx.dev/Document"
	attested := func(payloadType, kind, annotated string) mutate.Addendum {
		return layer(string(s.envelopeOf(t, payloadType, statementFor(kind, digest, slsa))),
			"application/vnd.dsse.envelope.v1+json", map[string]string{annotationPredicate: annotated})
	}
	registry.push(t, tag+".att", artifact(t, types.OCIConfigJSON,
		attested(payloadInToto, "https://in-toto.io/Statement/v1", slsa),
		attested(payloadInToto, "https://in-toto.io/Statement/v0.1", spdx),
		attested(payloadInToto, "https://example.com/Order/v1", slsa), attested(payloadInToto, "", slsa),
		attested("application/json", "https://in-toto.io/Statement/v1", slsa)))
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Trust: trusting(t, s.public)})
	if err != nil {
		t.Fatal(err)
	}
	wantStatements(t, "attestations", short(got.Attestations),
		`attestation cosign: false, what is signed is a "", and no statement of in-toto`,
		`attestation cosign: false, what is signed is a "application/json", whose subject is unknown`,
		`attestation cosign: false, what is signed is a "https://example.com/Order/v1", and no statement of in-toto`,
		"attestation cosign: "+good, "attestation cosign: "+good) // the second one is no SBOM, although an annotation says so
}

func TestSignatures_bundlesAreFoundThroughTheAPIAndTheTag(t *testing.T) {
	t.Parallel()
	for _, api := range []bool{true, false} {
		registry, s := serve(t, registry.WithReferrersSupport(api)), newECDSA(t)
		index := indexOf(t, "linux/amd64", "linux/arm64")
		registry.push(t, "app:1", index)
		digest := digestOf(t, index)
		raw, err := index.RawManifest()
		if err != nil {
			t.Fatal(err)
		}
		registry.refer(t, "app", index, bundleArtifact(t, s.bundleFor(t, digest, image.PredicateCosignSign)), nil)
		registry.refer(t, "app", index, bundleArtifact(t, s.messageBundleFor(t, raw)), nil)
		registry.refer(t, "app", index, bundleArtifact(t, s.bundleFor(t, digest, "https://slsa.dev/provenance/v1")),
			map[string]string{annotationContent: "https://slsa.dev/provenance/v1"})
		registry.refer(t, "app", index, bundleArtifact(t, s.bundleFor(t, digest, "https://cyclonedx.org/bom")), nil)
		registry.refer(t, "app", index, bundleArtifact(t, s.bundleFor(t, "sha256:"+strings.Repeat("3", 64),
			image.PredicateCosignSign)), nil)
		registry.refer(t, "app", index, bundleArtifact(t, s.messageBundleFor(t, []byte("something else"))), nil)
		registry.refer(t, "app", index, artifact(t, artifactCosign+"sig.v1+json", signatureLayer(t, s, payloadFor(digest))), nil)
		registry.refer(t, "app", index, artifact(t, artifactNotation, layer("x", "application/jose+json", nil)), nil)
		registry.refer(t, "app", index, artifact(t, "application/spdx+json", layer("{}", "application/spdx+json", nil)), nil)

		got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Trust: trusting(t, s.public)})
		if err != nil {
			t.Fatal(err)
		}
		// A bundle of the manifest as a file is no image's signature: it does not say that it is one.
		const ofFile = "attestation bundle: false, it is the signature of a file, as cosign sign-blob makes it: the " +
			"signature of an image says that it is one"
		wantStatements(t, fmt.Sprintf("signatures, API %v", api), short(got.Signatures),
			"signature bundle: false, it is about another image, sha256:"+strings.Repeat("3", 64),
			"signature bundle: "+good, "signature cosign: "+good,
			"signature notation: false, the signature is no application/jose+json that can be read: invalid character 'x' "+
				"looking for beginning of value")
		wantStatements(t, fmt.Sprintf("attestations, API %v", api), short(got.Attestations),
			"attestation buildkit: "+unsignedOne, ofFile, ofFile, "attestation bundle: "+good, "sbom (null): "+unsignedOne,
			"sbom buildkit: "+unsignedOne, "sbom bundle: "+good)
		verified := slices.IndexFunc(got.Signatures,
			func(s image.Statement) bool {
				return text(s.PredicateType) == image.PredicateCosignSign && *s.Verified
			})
		one := got.Signatures[verified]
		block, _ := pem.Decode([]byte(s.public))
		sum := sha256.Sum256(block.Bytes)
		if want := "public_keys[0] sha256:" + hex.EncodeToString(sum[:]); text(one.Matched) != want || one.Signer != nil ||
			one.Claimed != nil || one.SignedAt != nil || text(one.Subject) != digest {
			t.Errorf("matched %s of %s, want %s: %+v", text(one.Matched), text(one.Subject), want, one)
		}
		asked := registry.asked()
		if listed := slices.ContainsFunc(asked, func(r string) bool {
			return strings.HasSuffix(r, strings.Replace(digest, ":", "-", 1))
		}); listed == api {
			t.Errorf("API %v: the list under a tag was read: %v", api, listed)
		}
	}
}

func TestSignatures_brokenOneDoesNotHideAnother(t *testing.T) {
	t.Parallel()
	registry, s := serve(t, registry.WithReferrersSupport(true)), newECDSA(t)
	img := imageFor(t, "linux/amd64")
	registry.push(t, "app:1", img)
	registry.refer(t, "app", img, bundleArtifact(t, "no JSON"), map[string]string{annotationContent: image.PredicateCosignSign})
	registry.refer(t, "app", img, bundleArtifact(t, s.bundleFor(t, digestOf(t, img), image.PredicateCosignSign)), nil)
	got := signaturesOf(t, registry, "app:1", s.public)
	if len(got) != 2 || !strings.Contains(got[0], "false, it is no Sigstore bundle") || got[1] != "signature bundle: "+
		good {
		t.Errorf("signatures %q", got)
	}
	// Anyone with push rights can write the list under a tag, so an entry must refer to the image itself.
	listing, stranger := serve(t), bundleArtifact(t, s.bundleFor(t, digestOf(t, img), image.PredicateCosignSign))
	listing.push(t, "app:1", img)
	listing.push(t, "app:"+strings.Replace(digestOf(t, img), ":", "-", 1),
		mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex),
			mutate.IndexAddendum{Add: stranger, Descriptor: v1.Descriptor{
				ArtifactType: "application/vnd.dev.sigstore.bundle.v0.3+json",
				Annotations:  map[string]string{annotationContent: image.PredicateCosignSign},
			}}))
	wantStatements(t, "a stranger in the list", signaturesOf(t, listing, "app:1", s.public),
		"signature bundle: false, it is listed with this image, but does not refer to it itself")
}

func TestSignatures_ofAPlatformAreReadWithThoseOfTheIndex(t *testing.T) {
	t.Parallel()
	registry, s := serve(t), newECDSA(t)
	index := indexOf(t, "linux/amd64", "linux/arm64")
	registry.push(t, "app:1", index)
	manifest, _ := index.IndexManifest()
	arm := manifest.Manifests[1].Digest.String()
	registry.push(t, "app:"+strings.Replace(arm, ":", "-", 1)+".sig", artifact(t, types.OCIConfigJSON,
		signatureLayer(t, s, payloadFor(arm))))
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Platform: "linux/arm64",
		Trust: trusting(t, s.public)})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Signatures) != 1 || text(got.Signatures[0].Subject) != arm || !*got.Signatures[0].Verified {
		t.Errorf("signatures %+v", got.Signatures)
	}
	wantStatements(t, "of another platform", signaturesOf(t, registry, "app:1", s.public))
}

func TestSignatures_certificateSaysWhoSignedAndIsNotBelieved(t *testing.T) {
	t.Parallel()
	registry, s := serve(t), newECDSA(t)
	workflow, _ := url.Parse("https://github.com/team/app/.github/workflows/release.yml@refs/tags/v1")
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Unix(1800000000, 0), URIs: []*url.URL{workflow},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 1},
			Value: []byte("https://token.actions.githubusercontent.com")}},
	}, &x509.Certificate{Subject: pkix.Name{CommonName: "ca"}}, s.key.Public(), s.key)
	if err != nil {
		t.Fatal(err)
	}
	img := imageFor(t, "linux/amd64")
	registry.push(t, "app:1", img)
	signed := signatureLayer(t, s, payloadFor(digestOf(t, img)))
	signed.Annotations["dev.sigstore.cosign/certificate"] = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	signed.Annotations["dev.sigstore.cosign/bundle"] = `{"SignedEntryTimestamp":"eA==","Payload":{"body":"e30=",` +
		`"integratedTime":1700000000,"logIndex":1,"logID":"00"}}`
	registry.push(t, "app:"+strings.Replace(digestOf(t, img), ":", "-", 1)+".sig", artifact(t, types.OCIConfigJSON,
		signed))
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeReferrers}})
	if err != nil {
		t.Fatal(err)
	}
	one := got.Signatures[0]
	if one.Claimed == nil || text(one.Claimed.SubjectAlternativeName) != workflow.String() ||
		text(one.Claimed.Issuer) != "https://token.actions.githubusercontent.com" || one.Signer != nil ||
		one.SignedAt != nil || one.LogIndex != nil || one.Verified != nil {
		t.Errorf("%+v", one)
	}
}

func TestSignatures_noneIsAnotherThingThanNotAskedFor(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", imageFor(t, "linux/amd64"))
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeReferrers}})
	if err != nil {
		t.Fatal(err)
	}
	if got.Signatures == nil || got.Attestations == nil || len(got.Signatures)+len(got.Attestations) != 0 {
		t.Errorf("signatures %v, attestations %v", got.Signatures, got.Attestations)
	}
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, ".sig") && refuse(w, http.StatusForbidden, "DENIED", "")
	})
	_, err = registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeReferrers}})
	mention(t, err, "403", "DENIED") // signatures that may not be read are not taken for none
}
