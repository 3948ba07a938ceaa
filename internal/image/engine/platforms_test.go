package engine

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	api "github.com/moby/moby/api/types/image"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

var (
	amd64 = ocispec.Platform{OS: "linux", Architecture: "amd64"}
	arm64 = ocispec.Platform{OS: "linux", Architecture: "arm64", Variant: "v8"}
)

// inStore returns an engine with the containerd store that has some platforms of an index, and runs one of them.
func inStore(t *testing.T, version string, runs *ocispec.Platform, here ...ocispec.Platform) *recording {
	t.Helper()
	index := api.InspectResponse{
		ID: idOfIndex, RepoTags: []string{lab}, RepoDigests: []string{"demo.local/lab@" + idOfIndex},
		Config:     &dockerspec.DockerOCIImageConfig{},
		Descriptor: &ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: idOfIndex},
	}
	r := &recording{api: version, routes: map[string]string{}}
	answer := func(route string, i api.InspectResponse, platform *ocispec.Platform) {
		if platform != nil {
			// Configurations seldom say the variant that the index says.
			i.Os, i.Architecture, i.Config = platform.OS, platform.Architecture, &dockerspec.DockerOCIImageConfig{}
			i.Config.Entrypoint, i.Comment = []string{"/" + platform.Architecture}, "for "+platform.Architecture
			i.RootFS.Type = "layers"
		}
		text, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		r.routes[route] = string(text) + "\n"
	}
	for _, platform := range []ocispec.Platform{amd64, arm64} {
		m := api.ManifestSummary{
			ID: digest.FromString(platform.Architecture).String(), Kind: api.ManifestKindImage,
			Descriptor: ocispec.Descriptor{Platform: &platform}, ImageData: &api.ImageProperties{Platform: platform},
		}
		for _, one := range here {
			m.Available = m.Available || one.Architecture == platform.Architecture
		}
		index.Manifests = append(index.Manifests, m)
		asked, err := json.Marshal(platform)
		if err != nil {
			t.Fatal(err)
		}
		if m.Available {
			answer("GET /images/"+idOfIndex+"/json?platform="+string(asked), index, &platform)
		}
	}
	answer(routeLab, index, runs)
	return r
}

func TestPlatforms_eachThatIsHereIsRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		version  string
		runs     *ocispec.Platform
		here     []ocispec.Platform
		wanted   string
		chosen   string // or what the error says
		requests int
	}{
		{"the one that it runs", "1.56", &amd64, []ocispec.Platform{amd64}, "", "linux/amd64", 1},
		{"both", "1.56", &amd64, []ocispec.Platform{amd64, arm64}, "", "linux/amd64", 3},
		{"both, and the other is wanted", "1.56", &amd64, []ocispec.Platform{amd64, arm64}, "linux/arm64", "linux/arm64/v8",
			3},
		{"both, on ARM", "1.56", &arm64, []ocispec.Platform{amd64, arm64}, "", "linux/amd64", 3},
		{"ARM's alone, on ARM", "1.56", &arm64, []ocispec.Platform{arm64}, "", "linux/arm64/v8", 1},
		{"another than it runs", "1.56", nil, []ocispec.Platform{arm64}, "", "linux/arm64/v8", 2},
		{"none", "1.56", nil, nil, "", "the content of none of them was pulled. Pull it there: docker pull --platform " +
			"linux/amd64 " + lab, 1},
		{"none of what is wanted", "1.56", &amd64, []ocispec.Platform{amd64}, "linux/arm64",
			"the content of linux/arm64 was never pulled. Pull it there: docker pull --platform linux/arm64/v8 " + lab, 1},
		{"both, before it could be asked", "1.48", &amd64, []ocispec.Platform{amd64, arm64}, "", "linux/amd64", 1},
		{"the other, before it could be asked", "1.48", &amd64, []ocispec.Platform{amd64, arm64}, "linux/arm64",
			"needs API 1.49 (Docker 28.1), and this engine speaks 1.48", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			engine := inStore(t, test.version, test.runs, test.here...)
			i, err := engine.direct(t).Image(t.Context(), lab, Options{Platform: test.wanted})
			if asked := engine.asked(); len(asked) != test.requests {
				t.Errorf("%d requests: %q", len(asked), asked)
			}
			if err != nil {
				if !strings.Contains(err.Error(), test.chosen) {
					t.Errorf("%v, want %s", err, test.chosen)
				}
				return
			}
			architecture := strings.Split(test.chosen, "/")[1]
			if text(i.Platform) != test.chosen || text(i.Catalogue.Entrypoint) != `["/`+architecture+`"]` ||
				len(i.Platforms) != 2 || text(i.Engine.RootFSType) != "layers" {
				t.Errorf("%s: %+v", text(i.Platform), i.Catalogue)
			}
			if text(i.Digest) != idOfIndex {
				t.Errorf("the digest is %s, not the index's", text(i.Digest))
			}
			for _, platform := range i.Platforms {
				if platform.Config != nil && platform.Config.Entrypoint[0] != "/"+platform.Architecture {
					t.Errorf("%s has the configuration of %s", platform.Platform, platform.Config.Entrypoint)
				}
			}
		})
	}
}

// An index may list a variant before the platform that is requested.
func TestPlatforms_theClosestToTheRequestIsRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		wanted, chosen string
		index          []string // a "-" before what was not pulled
	}{
		{"linux/amd64", "linux/amd64", []string{"linux/amd64/v3", "linux/amd64"}},
		{"", "linux/amd64", []string{"linux/arm64", "linux/amd64/v3", "linux/amd64"}},
		{"", "linux/amd64/v2", []string{"linux/arm64", "linux/amd64/v3", "linux/amd64/v2"}},
		{"linux/arm", "linux/arm/v7", []string{"linux/arm/v5", "linux/arm/v7"}},
		{"linux/arm", "linux/arm/v5", []string{"linux/arm/v5", "-linux/arm/v7"}},
		{"linux/amd64/v3", "linux/amd64/v3", []string{"linux/amd64", "linux/amd64/v3"}},
		{"linux/arm", "docker pull --platform linux/arm/v7 ", []string{"-linux/arm/v5", "-linux/arm/v7"}},
	} {
		index := api.InspectResponse{ID: idOfIndex, RepoTags: []string{lab},
			Descriptor: &ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: idOfIndex}}
		r := &recording{api: "1.56", routes: map[string]string{}}
		inspection := func(route string, i api.InspectResponse) {
			text, err := json.Marshal(i)
			if err != nil {
				t.Fatal(err)
			}
			r.routes[route] = string(text) + "\n"
		}
		for _, listed := range test.index {
			name, missing := strings.CutPrefix(listed, "-")
			platform, err := image.ParsePlatform(name)
			if err != nil {
				t.Fatal(err)
			}
			index.Manifests = append(index.Manifests, api.ManifestSummary{ID: digest.FromString(name).String(),
				Kind: api.ManifestKindImage, Available: !missing, Descriptor: ocispec.Descriptor{Platform: &platform}})
			asked, err := json.Marshal(platform)
			if err != nil {
				t.Fatal(err)
			}
			inspection("GET /images/"+idOfIndex+"/json?platform="+string(asked), api.InspectResponse{ID: idOfIndex,
				Os: platform.OS, Architecture: platform.Architecture,
				Config: &dockerspec.DockerOCIImageConfig{ImageConfig: ocispec.ImageConfig{Cmd: []string{name}}}})
		}
		inspection(routeLab, index)
		i, err := r.direct(t).Image(t.Context(), lab, Options{Platform: test.wanted})
		if err != nil {
			if !strings.Contains(err.Error(), test.chosen) {
				t.Errorf("%q of %q: %v, want %s", test.wanted, test.index, err, test.chosen)
			}
			continue
		}
		if text(i.Platform) != test.chosen || text(i.Catalogue.Cmd) != `["`+test.chosen+`"]` {
			t.Errorf("%q of %q: %s with %s, want %s", test.wanted, test.index, text(i.Platform), text(i.Catalogue.Cmd),
				test.chosen)
		}
	}
}

func TestSignatures_ofTheEnginesOwnChecks(t *testing.T) {
	t.Parallel()
	stamp := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	given := &api.Identity{Signature: []api.SignatureIdentity{
		{
			Name: "Docker", SignatureType: api.SignatureTypeBundleV03, Warnings: []string{"cached trust roots"},
			Signer: &api.SignerIdentity{SubjectAlternativeName: "https://git.example.com/build.yml",
				Issuer: "https://token.example.com", CertificateIssuer: "CN=ca"},
			Timestamps: []api.SignatureTimestamp{{Type: api.SignatureTimestampTlog}, {Type: api.SignatureTimestampAuthority,
				Timestamp: stamp}},
		},
		{Error: "no matching signatures", Signer: &api.SignerIdentity{CertificateIssuer: "CN=ca"}},
	}}
	got := signatures(given, new(digestOfAmd64))
	if len(got) != 2 {
		t.Fatalf("%+v", got)
	}
	good, bad := got[0], got[1]
	if good.Kind != "signature" || text(good.Format) != "bundle-v0.3" || text(good.Subject) != digestOfAmd64 ||
		!*good.Verified || good.Error != nil ||
		text(good.Signer.SubjectAlternativeName) != "https://git.example.com/build.yml" ||
		text(good.Signer.Issuer) != "https://token.example.com" || good.Claimed != nil || len(good.Timestamps) != 2 ||
		text(good.SignedAt) != "2026-05-01T12:00:00Z" || good.Warnings[0] != "cached trust roots" {
		t.Errorf("%+v", good)
	}
	if *bad.Verified || text(bad.Error) != "no matching signatures" || text(bad.Claimed.CertificateIssuer) != "CN=ca" ||
		bad.Signer != nil || bad.SignedAt != nil {
		t.Errorf("%+v", bad)
	}
	// An engine knows of the signatures that came with the image, not of all that there are.
	if signatures(&api.Identity{}, nil) != nil || signatures(nil, nil) != nil {
		t.Error("none known was told as none there")
	}
}
