package oci

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire/wiretest"
)

// reading reads an image with everything that says who signed it.
func reading(t *testing.T, server *realRegistry, reference, publicKey string) *image.Image {
	t.Helper()
	client := newClient(t, map[string]Registry{server.host: {Insecure: true}})
	options := Options{Include: []string{IncludeConfig, IncludeReferrers}}
	if publicKey != "" {
		options.Trust = trusting(t, publicKey)
	}
	got, err := client.Image(t.Context(), server.host+"/"+reference, options)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestServers_cosignSignaturesAreVerifiedInBothForms(t *testing.T) {
	t.Parallel()
	for name, server := range openRegistries(t) {
		for form, bundle := range map[string]string{"bundle": "true", "cosign": "false"} {
			t.Run(name+", "+form, func(t *testing.T) {
				t.Parallel()
				tools, index, repository := newToolbox(t), indexOf(t, "linux/amd64", "linux/arm64"), "signed/"+form
				server.push(t, index, repository+":1")
				public := tools.keys(t)
				tools.sign(t, server.host+"/"+repository+"@"+digestOf(t, index), bundle)

				wantStatements(t, "signatures", short(reading(t, server, repository+":1", public).Signatures),
					"signature "+form+": "+good)
				other := newECDSA(t).public
				for _, s := range reading(t, server, repository+":1", other).Signatures {
					if s.Verified == nil || *s.Verified {
						t.Errorf("another key verifies %+v", s)
					}
				}
			})
		}
	}
}

func TestServers_notationSignaturesAreVerifiedInBothFormats(t *testing.T) {
	t.Parallel()
	for name, server := range openRegistries(t) {
		for _, format := range []string{"jws", "cose"} {
			t.Run(name+", "+format, func(t *testing.T) {
				t.Parallel()
				tools, index, repository := newToolbox(t), indexOf(t, "linux/amd64", "linux/arm64"), "notarized/"+format
				server.push(t, index, repository+":1")
				tools.run(t, "notation", "cert", "generate-test", "--default", "release.example.com")
				tools.run(t, "notation", "sign", "--insecure-registry", "--signature-format", format, "--user-metadata", "stage=prod",
					server.host+"/"+repository+"@"+digestOf(t, index))
				certificate, err := os.ReadFile(filepath.Join(tools.directory, "notation/localkeys/release.example.com.crt"))
				if err != nil {
					t.Fatal(err)
				}
				for identity, want := range map[string]string{
					"*": good,
					"x509.subject: C=US, ST=WA, L=Seattle, O=Notary, CN=release.example.com": good,
					"x509.subject: C=US, ST=WA, O=Another":                                   "false, ",
				} {
					trust, wrong := signature.NewTrust(signature.Verify{Notation: []signature.Notation{{
						Certificates: []string{string(certificate)}, TrustedIdentities: []string{identity}}}})
					if len(wrong) > 0 {
						t.Fatal(wrong[0])
					}
					got, err := newClient(t, map[string]Registry{server.host: {Insecure: true}}).Image(t.Context(),
						server.host+"/"+repository+":1", Options{Trust: trust})
					if err != nil {
						t.Fatal(err)
					}
					found := short(got.Signatures)
					if len(found) != 1 || !strings.HasPrefix(found[0], "signature notation: "+want) {
						t.Errorf("%s: %q", identity, found)
					}
					if want == good && got.Signatures[0].Annotations["stage"] != "prod" {
						t.Errorf("annotations %v", got.Signatures[0].Annotations)
					}
				}
			})
		}
	}
}

// cosign takes keys of other kinds than it makes.
func TestServers_cosignSignsWithKeysOfEveryKind(t *testing.T) {
	t.Parallel()
	server := openRegistries(t)["docker-registry"]
	keys := map[string]func() (any, error){
		"ed25519": func() (any, error) { _, key, err := ed25519.GenerateKey(rand.Reader); return key, err },
		"p-384":   func() (any, error) { return ecdsa.GenerateKey(elliptic.P384(), rand.Reader) },
		"p-521":   func() (any, error) { return ecdsa.GenerateKey(elliptic.P521(), rand.Reader) },
		"rsa":     func() (any, error) { return rsa.GenerateKey(rand.Reader, 3072) },
	}
	for kind, generate := range keys {
		for form, bundle := range map[string]string{"bundle": "true", "cosign": "false"} {
			t.Run(kind+", "+form, func(t *testing.T) {
				t.Parallel()
				tools, index, repository := newToolbox(t), indexOf(t, "linux/amd64"), "keys/"+kind+"/"+form
				server.push(t, index, repository+":1")
				key, err := generate()
				if err != nil {
					t.Fatal(err)
				}
				der, err := x509.MarshalPKCS8PrivateKey(key)
				if err != nil {
					t.Fatal(err)
				}
				wiretest.WriteFile(t, filepath.Join(tools.directory, "own.key"),
					string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
				tools.run(t, "cosign", "import-key-pair", "--key", "own.key", "--output-key-prefix", "cosign")
				public, err := os.ReadFile(filepath.Join(tools.directory, "cosign.pub"))
				if err != nil {
					t.Fatal(err)
				}
				tools.sign(t, server.host+"/"+repository+"@"+digestOf(t, index), bundle)
				wantStatements(t, "signatures", short(reading(t, server, repository+":1", string(public)).Signatures),
					"signature "+form+": "+good)
			})
		}
	}
}

func TestServers_whatOrasAttachesIsListed(t *testing.T) {
	t.Parallel()
	for name, server := range openRegistries(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tools, index := newToolbox(t), indexOf(t, "linux/amd64", "linux/arm64")
			server.push(t, index, "attached/app:1")
			wiretest.WriteFile(t, tools.directory+"/bom.json", `{"spdxVersion":"SPDX-2.3"}`)
			for _, kind := range []string{"application/spdx+json", "example/report"} {
				tools.run(t, "oras", "attach", "--plain-http", "--artifact-type", kind, server.host+"/attached/app:1", "bom.json")
			}
			var kinds []string
			for _, a := range reading(t, server, "attached/app:1", "").Attestations {
				kinds = append(kinds, a.Kind+" "+text(a.ArtifactType))
			}
			for _, want := range []string{"sbom application/spdx+json", "artifact example/report"} {
				if !slices.Contains(kinds, want) {
					t.Errorf("attestations %q lack %q", kinds, want)
				}
			}
			tools.run(t, "oras", "push", "--plain-http", server.host+"/attached/chart:1", "bom.json")
			if got := reading(t, server, "attached/chart:1", ""); got.Digest == nil || got.Catalogue != nil {
				t.Errorf("an artifact is read as %+v", got)
			}
		})
	}
}

func TestServers_anIndexThatCraneAppendsToIsRead(t *testing.T) {
	t.Parallel()
	for name, server := range openRegistries(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tools := newToolbox(t)
			server.push(t, imageFor(t, "linux/arm64/v8"), "appended/app:arm64")
			server.push(t, imageFor(t, "linux/amd64"), "appended/app:amd64")
			at := server.host + "/appended/app:"
			tools.run(t, "crane", "--insecure", "index", "append", "-m", at+"arm64", "-m", at+"amd64", "-t", at+"both")
			got := reading(t, server, "appended/app:both", "")
			if !slices.Equal(names(got), []string{"linux/arm64/v8", "linux/amd64"}) || text(got.Platform) != "linux/amd64" {
				t.Errorf("platforms %q, chosen %s", names(got), text(got.Platform))
			}
			chosen := got.Platforms[len(got.Platforms)-1]
			if chosen.Config == nil || chosen.Config.Env["MODE"] != "for=linux/amd64" {
				t.Errorf("configuration %+v", chosen.Config)
			}
		})
	}
}

func TestServers_distributionLimitsThePagesOfTags(t *testing.T) {
	t.Parallel()
	server := startDistributionWith(t, openToAll, "tags: {maxtags: 5}\n")
	image := imageFor(t, "linux/amd64")
	var want []string
	for n := range 12 {
		want = append(want, fmt.Sprintf("t%02d", n))
		server.push(t, image, "team/app:"+want[n])
	}
	tags, err := newClient(t, map[string]Registry{server.host: {Insecure: true}}).Tags(t.Context(),
		server.host+"/team/app", TagOptions{})
	slices.Sort(tags)
	if err != nil || !slices.Equal(tags, want) {
		t.Errorf("tags %v, %v", tags, err)
	}
}
