package engine

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

func TestImage_graphDriverStore(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.41", routes: map[string]string{
		routeLab:                                 "docker-20.10.24-inspect.json",
		"GET /images/" + idOfConfig + "/history": "docker-20.10.24-history.json",
	}}
	i, err := engine.start(t).Image(t.Context(), lab, Options{Include: []string{IncludeHistory, IncludeAttestations}})
	if err != nil {
		t.Fatal(err)
	}
	// It was loaded, so there is no manifest that it could have a digest of.
	if text(i.Digest) != "null" || text(i.PinnedReference) != "null" || text(i.ConfigDigest) != idOfConfig {
		t.Errorf("digest %s, pinned %s, config %s", text(i.Digest), text(i.PinnedReference), text(i.ConfigDigest))
	}
	if i.Source != image.SourceDockerEngine || i.Reference != lab || text(i.Platform) != "linux/amd64" ||
		text(i.CreatedAt) != "2023-11-14T22:13:20Z" {
		t.Errorf("%s %s %s %s", i.Source, i.Reference, text(i.Platform), text(i.CreatedAt))
	}
	if i.Size == nil || *i.Size != 35675 || i.Engine.Containers != nil || i.Engine.SharedSize != nil {
		t.Errorf("size %v, containers %v, shared %v", i.Size, i.Engine.Containers, i.Engine.SharedSize)
	}
	if i.Engine.ID != idOfConfig || text(i.Engine.Store) != "graphdriver" || i.Engine.GraphDriver.Name != "vfs" ||
		text(i.Engine.LastTaggedAt) != "null" {
		t.Errorf("%+v", i.Engine)
	}
	if i.Signatures != nil || i.Attestations != nil || i.Engine.Manifests != nil {
		t.Errorf("an engine of API 1.41 tells of none: %v %v %v", i.Signatures, i.Attestations, i.Engine.Manifests)
	}
	want := []image.HistoryEntry{
		{CreatedAt: new("2023-11-14T22:13:20Z"), CreatedBy: new("COPY tool /bin/tool # buildkit"),
			Comment: new("buildkit.dockerfile.v0"), Size: new(int64(35664))},
		{CreatedAt: new("2023-11-14T22:13:20Z"), CreatedBy: new("ENV FOO=bar"), Size: new(int64(0))},
		{CreatedAt: new("2023-11-14T22:13:20Z"), CreatedBy: new("RUN echo"), Size: new(int64(11)), ID: new(idOfConfig),
			Tags: []string{lab}},
	}
	if diff := cmp.Diff(want, i.Platforms[0].History); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(catalogueOfLab("lab", "linux/amd64"), i.Catalogue); diff != "" {
		t.Error(diff)
	}
	if asked := engine.asked(); len(asked) != 2 || strings.Contains(asked[0], "manifests") {
		t.Errorf("an old engine is asked for no more than it knows: %q", asked)
	}
}

// catalogueOfLab returns what all recordings of the same image have to give, whatever engine they are of.
func catalogueOfLab(name string, platforms ...string) *image.Catalogue {
	c := &image.Catalogue{
		Name: &name, Tag: new("1.0"), OS: new("linux"), BuildPlatforms: platforms,
		Entrypoint: new(`["/bin/tool"]`), Cmd: new(`["--help"]`), WorkingDir: new("/"), User: new("65532"),
		Env: new(`{"FOO":"bar","PATH":"/bin"}`), ExposedPorts: new(`["8080/tcp"]`), Volumes: []string{"/data"},
		Labels: new(`{"org.opencontainers.image.title":"lab"}`), Maintainer: new("lab"),
	}
	for _, platform := range platforms {
		c.Architecture = append(c.Architecture, strings.Split(platform, "/")[1])
	}
	slices.Sort(c.Architecture)
	return c
}

func TestImage_theSameCatalogueFromEveryEngine(t *testing.T) {
	t.Parallel()
	for file, api := range map[string]string{
		"docker-20.10.24-inspect.json": "1.41", "podman-4.3.1-inspect.json": "1.41",
		"moby-v2beta24-inspect-loaded-1.44.json": "1.44",
		"moby-v2beta24-inspect-loaded.json":      "1.56", "moby-v2beta24-graphdriver-inspect.json": "1.56",
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			engine := &recording{api: api, routes: map[string]string{routeLab: file}}
			i, err := engine.start(t).Image(t.Context(), lab, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(catalogueOfLab("lab", "linux/amd64"), i.Catalogue); diff != "" {
				t.Error(diff)
			}
			if len(engine.asked()) != 1 {
				t.Errorf("one request does: %q", engine.asked())
			}
		})
	}
}

func TestImage_digestIsTheManifestsWhateverTheIDIs(t *testing.T) {
	t.Parallel()
	const ofPodman = "sha256:ef22ef40b7502d21057b44d10c17c6afef1410ac982d5bd3e053b9d1fa8012d0"
	for _, test := range []struct{ file, api, name, store, digest, config, pinned string }{
		{"podman-4.3.1-inspect.json", "1.41", lab, "graphdriver", ofPodman, idOfConfig, "demo.local/lab@" + ofPodman},
		{"moby-v2beta24-inspect-loaded.json", "1.56", lab, "containerd", idOfLoaded, "null", "demo.local/lab@" + idOfLoaded},
		// Before API 1.48 nothing but the names tells the store.
		{"moby-v2beta24-inspect-loaded-1.44.json", "1.44", lab, "containerd", idOfLoaded, "null", "demo.local/lab@" +
			idOfLoaded},
		{"moby-v2beta24-inspect-built-identity-build.json", "1.56", "demo.local/built:1", "containerd", idOfBuilt,
			"sha256:55bb05f7b72b030641e4514ca18cb8ac40eda8685ba8d8eb8cf26fc3e8edacba", "demo.local/built@" + idOfBuilt},
		{"moby-v2beta24-graphdriver-inspect.json", "1.56", multi, "graphdriver", idOfIndex, idOfConfig,
			"127.0.0.1:5028/lab/multi@" + idOfIndex},
		// The one digest there is belongs to another repository, and only there can it be pulled.
		{"moby-v2beta24-graphdriver-inspect.json", "1.56", lab, "graphdriver", idOfIndex, idOfConfig,
			"127.0.0.1:5028/lab/multi@" + idOfIndex},
	} {
		t.Run(test.file+" "+test.name, func(t *testing.T) {
			t.Parallel()
			engine := &recording{api: test.api, routes: map[string]string{"GET /images/" + test.name + "/json": test.file}}
			i, err := engine.start(t).Image(t.Context(), test.name, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if text(i.Engine.Store) != test.store || text(i.Digest) != test.digest || text(i.ConfigDigest) != test.config ||
				text(i.PinnedReference) != test.pinned {
				t.Errorf("store %s, digest %s, config %s, pinned %s", text(i.Engine.Store), text(i.Digest), text(i.ConfigDigest),
					text(i.PinnedReference))
			}
			if (i.Engine.GraphDriver != nil) != (test.store == "graphdriver") {
				t.Errorf("graph driver %+v in the %s store", i.Engine.GraphDriver, test.store)
			}
		})
	}
}

func TestImage_listsAllPlatformsOfAnIndex(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.56", routes: map[string]string{routeMulti: "moby-v2beta24-inspect-pulled-index-identity-pull.json"}}
	i, err := engine.start(t).Image(t.Context(), multi, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var platforms []string
	for _, p := range i.Platforms {
		platforms = append(platforms, p.Platform)
	}
	// In the order of the index, as a registry has it, and not only those that were pulled.
	if want := []string{"linux/amd64", "linux/arm64/v8", "linux/arm/v7"}; !slices.Equal(platforms, want) {
		t.Errorf("%q, want %q", platforms, want)
	}
	if text(i.Digest) != idOfIndex || text(i.Platforms[0].Digest) != digestOfAmd64 || i.Platforms[1].Config != nil ||
		i.Platforms[1].Size != nil {
		t.Errorf("digest %s of the index, %s of the platform; %+v", text(i.Digest), text(i.Platforms[0].Digest),
			i.Platforms[1])
	}
	if diff := cmp.Diff(catalogueOfLab("lab/multi", "linux/amd64", "linux/arm/v7", "linux/arm64/v8"),
		i.Catalogue); diff != "" {
		t.Error(diff)
	}
	if i.Attestations == nil || len(i.Attestations) != 0 {
		t.Errorf("the index has no attestation, and that is known: %v", i.Attestations)
	}
	if got := i.Engine.Identity.Pulls; !slices.Equal(got, []string{"127.0.0.1/lab/multi"}) {
		t.Errorf("pulled from %q", got)
	}
	if asked := engine.asked(); len(asked) != 1 || !strings.Contains(asked[0], "manifests=1") {
		t.Errorf("one request tells of the manifests and of the one platform that is here: %q", asked)
	}
}

func TestImage_aPlatformThatWasNeverPulledIsAnError(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.56", routes: map[string]string{routeMulti: "moby-v2beta24-inspect-pulled-index-identity-pull.json"}}
	c := engine.start(t)
	for platform, want := range map[string]string{
		"linux/arm64": "was never pulled. Pull it there: docker pull --platform linux/arm64/v8 " + multi,
		"linux/s390x": "it is not there for linux/s390x. The platforms that it is there for: linux/amd64, linux/arm64/v8, " +
			"linux/arm/v7",
		"s390x": `"s390x" is no platform`,
	} {
		if _, err := c.Image(t.Context(), multi, Options{Platform: platform}); err == nil || !strings.Contains(err.Error(),
			want) {
			t.Errorf("%s: %v", platform, err)
		} else if errors.Is(err, image.ErrNotFound) {
			t.Errorf("%s: the image is there, so it must not be taken for gone: %v", platform, err)
		}
	}
}

func TestImage_unknownIsNotFound(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.41"}
	_, err := engine.start(t).Image(t.Context(), "demo.local/none:1", Options{})
	if !errors.Is(err, image.ErrNotFound) || !strings.Contains(err.Error(),
		`cannot read image "demo.local/none:1" at tcp://`) ||
		!strings.Contains(err.Error(), "it has no such image. Pull or build it there") {
		t.Error(err)
	}
}

func TestImage_refusesWhatIsNoName(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.41"}
	c := engine.start(t)
	for _, name := range []string{"", "../../info", "lab?all=1", "Lab:1.0", "lab:1.0#x", "lab 1", "sha256:"} {
		if _, err := c.Image(t.Context(), name, Options{}); err == nil || errors.Is(err, image.ErrNotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if len(engine.asked()) != 0 {
		t.Errorf("the engine was asked nevertheless: %q", engine.asked())
	}
}
