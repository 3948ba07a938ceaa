package oci

import (
	"errors"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// started returns a real registry with an image of three platforms in it, signed in both of cosign's forms.
func started(t *testing.T, start startsRegistry, auth realAuth) (*realRegistry, v1.ImageIndex, signer) {
	t.Helper()
	server, s := start(t, auth), newECDSA(t)
	index := indexOf(t, "linux/amd64", "linux/arm64/v8", "linux/s390x")
	digest := digestOf(t, index)
	tag := strings.Replace(digest, ":", "-", 1)
	for _, name := range []string{"1.4.2", "1.4.10", "latest"} {
		server.push(t, index, "team/app:"+name)
	}
	server.push(t, artifact(t, types.OCIConfigJSON, signatureLayer(t, s, payloadFor(digest))), "team/app:"+tag+".sig")
	subject, err := partial.Descriptor(index)
	if err != nil {
		t.Fatal(err)
	}
	bundle, ok := mutate.Subject(bundleArtifact(t, s.bundleFor(t, digest, image.PredicateCosignSign)), *subject).(v1.Image)
	if !ok {
		t.Fatal("an artifact is no image")
	}
	server.push(t, bundle, "team/app@"+digestOf(t, bundle))
	server.push(t, mutate.MediaType(empty.Image, types.OCIManifestSchema1), "team/other:1")
	return server, index, s
}

type startsRegistry func(t testing.TB, auth realAuth) *realRegistry

// eachRegistry runs a test against Debian's registry and the newest, each with each way to ask for credentials.
func eachRegistry(t *testing.T, test func(t *testing.T, start startsRegistry, auth realAuth)) {
	t.Helper()
	for program, start := range map[string]startsRegistry{
		"docker-registry": startRegistry, "distribution": startDistribution,
	} {
		for asked, auth := range map[string]realAuth{"open": openToAll, "htpasswd and TLS": byPassword,
			"token and TLS": byToken} {
			t.Run(program+", "+asked, func(t *testing.T) {
				t.Parallel()
				test(t, start, auth)
			})
		}
	}
}

func settingsOf(server *realRegistry, auth realAuth) Registry {
	if auth == openToAll {
		return Registry{Insecure: true}
	}
	return Registry{Username: realUsername, Password: realPassword, CACertificate: server.caCertificate}
}

func TestServers_registriesGiveImagesSignaturesAndTags(t *testing.T) {
	t.Parallel()
	eachRegistry(t, func(t *testing.T, start startsRegistry, auth realAuth) {
		server, index, s := started(t, start, auth)
		client := newClient(t, map[string]Registry{server.host: settingsOf(server, auth)})
		reference := server.host + "/team/app:1.4.2"

		issued := server.issued()
		alone, err := client.Image(t.Context(), reference, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.Image(t.Context(), reference, Options{
			Platform: "linux/arm64", Include: []string{IncludeConfig, IncludeLayers, IncludeHistory},
			Trust: trusting(t, s.public),
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := digestOf(t, index); *got.Digest != want || *alone.Digest != want || *alone.MediaType != *got.MediaType {
			t.Errorf("digest %s, alone %s, want %s", *got.Digest, *alone.Digest, want)
		}
		if !slices.Equal(names(got), []string{"linux/amd64", "linux/arm64/v8", "linux/s390x"}) ||
			text(got.Platform) != "linux/arm64/v8" ||
			got.Platforms[1].Config.Env["MODE"] != "for=linux/arm64/v8" || got.Platforms[1].Layers[0].DiffID == nil ||
			got.Catalogue == nil {
			t.Errorf("platforms %+v", got.Platforms)
		}
		wantStatements(t, "signatures", short(got.Signatures), "signature bundle: "+good, "signature cosign: "+good)
		wantStatements(t, "attestations", short(got.Attestations), "attestation buildkit: "+unsignedOne,
			"sbom buildkit: "+unsignedOne)

		tags, err := client.Tags(t.Context(), server.host+"/team/app", TagOptions{OrderBy: OrderSemVer})
		if err != nil || !slices.Equal(tags, []string{"1.4.10", "1.4.2", "latest"}) {
			t.Errorf("tags %v, %v", tags, err)
		}
		if count := server.issued() - issued; auth == byToken && count != 1 {
			t.Errorf("%d tokens were fetched for one repository", count)
		}
	})
}

func TestServers_registriesSayWhatIsNotThereAndWhatIsHidden(t *testing.T) {
	t.Parallel()
	eachRegistry(t, func(t *testing.T, start startsRegistry, auth realAuth) {
		server, index, _ := started(t, start, auth)
		settings := settingsOf(server, auth)
		client := newClient(t, map[string]Registry{server.host: settings})
		for _, reference := range []string{"team/app:2", "team/gone:1", "team/app@sha256:" + strings.Repeat("0", 64),
			"team/other@" + digestOf(t, index)} {
			for _, include := range [][]string{nil, {IncludeConfig}} {
				_, err := client.Image(t.Context(), server.host+"/"+reference, Options{Include: include})
				mention(t, err, "404", "_UNKNOWN", reference)
				if !errors.Is(err, image.ErrNotFound) {
					t.Errorf("%s: %v", reference, err)
				}
			}
		}
		_, err := client.Tags(t.Context(), server.host+"/team/gone", TagOptions{})
		if !errors.Is(err, image.ErrNotFound) {
			t.Errorf("tags of a repository that is not there: %v", err)
		}
		if auth == openToAll {
			_, err := newClient(t, nil).Image(t.Context(), server.host+"/team/app:1.4.2", Options{})
			mention(t, err, "insecure = true")
			return
		}
		_, err = newClient(t, nil).Image(t.Context(), server.host+"/team/app:1.4.2", Options{})
		mention(t, err, "certificate", "ca_certificate")
		for what, password := range map[string]string{"the credentials are not accepted": "letmein",
			"may not be read without credentials": ""} {
			other := Registry{CACertificate: settings.CACertificate, Password: password}
			if password != "" {
				other.Username = realUsername
			}
			_, err = client.Image(t.Context(), server.host+"/team/app:1.4.2", Options{Registry: &other})
			mention(t, err, "401", what, "not:letmein")
			if errors.Is(err, image.ErrNotFound) {
				t.Errorf("what is hidden is taken for gone: %v", err)
			}
		}
	})
}
