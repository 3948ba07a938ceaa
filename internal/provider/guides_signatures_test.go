package provider_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/notaryproject/notation-core-go/signature"
	_ "github.com/notaryproject/notation-core-go/signature/jws" // a form of its envelopes
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	sigstore "github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
)

// documentedSigner is the workflow that signs what is documented.
var documentedSigner = signaturetest.Identity{
	Subject:          "https://github.com/example/frontend/.github/workflows/release.yml@refs/heads/main",
	Issuer:           "https://token.actions.githubusercontent.com",
	SourceRepository: "https://github.com/example/frontend", SourceRef: "refs/heads/main",
	SourceCommit: "0123456789abcdef0123456789abcdef01234567", Runner: "github-hosted",
}

// A signers is who signs what is documented, besides the registry's key and Sigstore's public instance.
type signers struct {
	github   *signaturetest.Instance // an instance without logs
	notation notationSigner
}

// sign signs an image: "key", "keyless", "github" or "notation", and "… in REPOSITORY".
func (s *story) sign(image, how string) {
	s.t.Helper()
	repository, digest := s.pushedImage(image)
	how, elsewhere, isElsewhere := strings.Cut(how, " in ")
	if isElsewhere {
		repository = elsewhere
	}
	switch how {
	case "key":
		s.place.sign(s.t, repository, digest)
	case "keyless", "github":
		s.state(repository, digest, how, predicateSignature, "{}")
	case "notation":
		about := s.place.head(s.t, repository, digest)
		s.place.refer(s.t, repository, digest, "application/vnd.cncf.notary.signature",
			"application/vnd.cncf.notary.signature", "application/jose+json", s.signers.notation.sign(s.t, about))
	default:
		s.t.Fatalf("%q signs nothing", how)
	}
}

// attest adds a statement about an image: "key TYPE PREDICATE", or the same with keyless or github.
func (s *story) attest(image, rest string) {
	s.t.Helper()
	repository, digest := s.pushedImage(image)
	how, rest, _ := strings.Cut(rest, " ")
	predicateType, predicate, _ := strings.Cut(rest, " ")
	s.state(repository, digest, how, predicateType, predicate)
}

func (s *story) state(repository, digest, how, predicateType, predicate string) {
	s.t.Helper()
	by, instance := signaturetest.Signing{By: documentedSigner}, s.place.instance
	switch how {
	case "key":
		by = s.place.byKey()
	case "github":
		by.Stamped, by.NoLog, by.NoCertificateLog, instance = true, true, true, s.signers.github
	}
	at := signedRegistry{s.place.liveRegistry, s.place.key, s.place.publicKey, instance}
	at.attest(s.t, repository, digest, predicateType, predicate, by)
}

func (s *story) pushedImage(image string) (repository, digest string) {
	s.t.Helper()
	repository, _, _ = strings.Cut(image, ":")
	if digest = s.place.digestOf(s.place.host + "/" + image); digest == "" {
		s.t.Fatalf("there is no image %s", image)
	}
	return repository, digest
}

// trust writes what configurations read of whom they trust.
func (s *story) trust() {
	s.t.Helper()
	s.place.writeTrusted(s.t, s.run.directory)
	s.write("github.jsonl", s.place.instance.Root(s.t)+"\n"+s.signers.github.Root(s.t)+"\n")
	s.write("ca.pem", s.signers.notation.authority())
}

// A notationSigner has a certificate of an authority, and signs as Notation does.
type notationSigner struct {
	signature.Signer
	chain []*x509.Certificate
}

func newNotationSigner(t *testing.T) notationSigner {
	t.Helper()
	authorityKey, _ := newPublicKey(t)
	key, _ := newPublicKey(t)
	template := func(name string) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Hour),
			NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
			Subject: pkix.Name{Country: []string{"DE"}, Province: []string{"BE"}, Organization: []string{"Example"},
				CommonName: name}}
	}
	root, leaf := template("Authority"), template("release")
	root.IsCA, root.BasicConstraintsValid, root.KeyUsage = true, true, x509.KeyUsageCertSign
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
	var chain []*x509.Certificate
	for _, one := range []*x509.Certificate{leaf, root} {
		public := key.Public()
		if one.IsCA {
			public = authorityKey.Public()
		}
		der, err := x509.CreateCertificate(rand.Reader, one, root, public, authorityKey)
		if err != nil {
			t.Fatal(err)
		}
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, certificate)
	}
	signer, err := signature.NewLocalSigner(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	return notationSigner{signer, chain}
}

// authority is the authority's certificate in PEM.
func (n notationSigner) authority() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: n.chain[len(n.chain)-1].Raw}))
}

// sign returns an envelope about a manifest.
func (n notationSigner) sign(t *testing.T, about ocispec.Descriptor) []byte {
	t.Helper()
	envelope, err := signature.NewEnvelope("application/jose+json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := envelope.Sign(&signature.SignRequest{
		Payload: signature.Payload{ContentType: "application/vnd.cncf.notary.payload.v1+json",
			Content: encoded(t, map[string]any{"targetArtifact": about})},
		Signer: n.Signer, SigningTime: time.Now(), SigningScheme: signature.SigningSchemeX509,
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The guide has a row for each reason, and the date of the root that is built in.
func TestGuides_whoSignedItNamesEveryReason(t *testing.T) {
	t.Parallel()
	guide := exampleText(t, "../../templates/guides/who-signed-it.md")
	for _, reason := range image.Reasons() {
		if !strings.Contains(guide, "\n| `"+reason+"` | ") {
			t.Errorf("the guide has no row for %s", reason)
		}
	}
	if !strings.Contains(guide, "as of "+sigstore.PublicGoodDate) {
		t.Errorf("the guide does not say that the root is of %s", sigstore.PublicGoodDate)
	}
}
