package oci

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

func TestImage_ofThreePlatformsAmong500TagsTakesThreeRequests(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	index := indexOf(t, "linux/amd64", "linux/arm64/v8", "linux/s390x")
	registry.push(t, "team/app:1.4.2", index)
	for number := range 500 {
		registry.push(t, fmt.Sprintf("team/app:0.0.%d", number), index)
	}
	got, err := registry.client(t).Image(t.Context(), registry.host+"/team/app:1.4.2",
		Options{Include: []string{IncludeConfig}})
	if err != nil {
		t.Fatal(err)
	}
	manifest := *got.Platforms[0].Digest
	want := []string{
		"GET /v2/team/app/manifests/1.4.2", "GET /v2/team/app/manifests/" + manifest, "GET /v2/team/app/blobs/" +
			*got.ConfigDigest,
	}
	if diff := cmp.Diff(want, registry.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if want := digestOf(t, index); *got.Digest != want || *got.PinnedReference != registry.host+"/team/app@"+want {
		t.Errorf("digest %s, pinned %s, want %s", *got.Digest, *got.PinnedReference, want)
	}
	if want := []string{"linux/amd64", "linux/arm64/v8", "linux/s390x"}; !slices.Equal(names(got), want) {
		t.Errorf("platforms %v, want %v", names(got), want)
	}
}

func names(img *image.Image) []string {
	var all []string
	for _, platform := range img.Platforms {
		all = append(all, platform.Platform)
	}
	return all
}

func TestImage_readsOnlyWhatIsIncluded(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:1", indexOf(t, "linux/amd64", "linux/arm64"))
	client := registry.client(t)
	for _, test := range []struct {
		include                        []string
		requests                       int
		config, layers, steps, diffIDs bool
	}{
		{include: nil, requests: 1},
		{include: []string{IncludeConfig}, requests: 3, config: true},
		{include: []string{IncludeLayers}, requests: 2, layers: true},
		{include: []string{IncludeHistory}, requests: 3, steps: true},
		{include: []string{IncludeConfig, IncludeLayers, IncludeHistory}, requests: 3, config: true, layers: true,
			steps: true, diffIDs: true},
	} {
		registry.behave(nil)
		got, err := client.Image(t.Context(), registry.host+"/app:1", Options{Include: test.include})
		if err != nil {
			t.Fatal(err)
		}
		if asked := registry.asked(); len(asked) != test.requests {
			t.Errorf("%v takes %d requests, want %d: %v", test.include, len(asked), test.requests, asked)
		}
		if test.include == nil {
			if asked := registry.asked(); !strings.HasPrefix(asked[0], "HEAD ") || got.Platforms != nil || got.Digest == nil {
				t.Errorf("a digest alone: %v, platforms %v", asked, got.Platforms)
			}
			continue
		}
		first, second := got.Platforms[0], got.Platforms[1]
		if (first.Config != nil) != test.config || (got.Catalogue != nil) != test.config {
			t.Errorf("%v: config %v, catalogue %v", test.include, first.Config, got.Catalogue)
		}
		if (first.Layers != nil) != test.layers || test.layers && (first.Layers[0].DiffID != nil) != test.diffIDs {
			t.Errorf("%v: layers %v", test.include, first.Layers)
		}
		if (first.History != nil) != test.steps {
			t.Errorf("%v: history %v", test.include, first.History)
		}
		if second.Config != nil || second.Layers != nil || second.History != nil || second.Digest == nil {
			t.Errorf("%v: another platform than the chosen one was read: %v", test.include, second)
		}
		if got.Signatures != nil {
			t.Errorf("%v: signatures were not asked for and are not null", test.include)
		}
	}
}

func TestImage_hasTheConfigurationInTheSharedShape(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	pushed := imageFor(t, "linux/amd64")
	registry.push(t, "team/app:1.4.2", pushed)
	got, err := registry.client(t).Image(t.Context(), registry.host+"/team/app:1.4.2",
		Options{Include: []string{IncludeConfig, IncludeLayers, IncludeHistory}})
	if err != nil {
		t.Fatal(err)
	}
	if asked := registry.asked(); len(asked) != 2 {
		t.Errorf("an image of one platform takes %v", asked)
	}
	config, _ := pushed.ConfigName()
	layers, _ := pushed.Layers()
	diff, _ := layers[0].DiffID()
	size, _ := layers[0].Size()
	digest, at := digestOf(t, pushed), "2023-11-14T22:13:20Z"
	repository := registry.host + "/team/app"
	want := &image.Image{
		Source: "oci", Reference: repository + ":1.4.2", PinnedReference: new(repository + "@" + digest),
		Digest: &digest, ConfigDigest: new(config.String()), MediaType: new(string(types.DockerManifestSchema2)),
		Size: &size, CreatedAt: &at, Platform: new("linux/amd64"),
		Tags: []string{repository + ":1.4.2"}, RepoDigests: []string{repository + "@" + digest},
		Platforms: []image.Platform{{
			Platform: "linux/amd64", OS: "linux", Architecture: "amd64", Digest: &digest, ConfigDigest: new(config.String()),
			MediaType: new(string(types.DockerManifestSchema2)), Size: &size, CreatedAt: &at,
			Config: &image.Config{
				Entrypoint: []string{"/server"}, Cmd: []string{"--port", "8080"}, User: new("10001"), WorkingDir: new("/srv"),
				Env: map[string]string{"PATH": "/bin", "MODE": "for=linux/amd64"}, ExposedPorts: []string{"8080/tcp"},
				Labels: map[string]string{"org.opencontainers.image.version": "1.4.2"},
				Healthcheck: &image.Healthcheck{
					Test: []string{"CMD", "/server", "check"}, Interval: new("30s"), Retries: new(int64(3)),
				},
			},
			Layers: []image.Layer{{
				Digest: new(digestOf(t, layers[0])), DiffID: new(diff.String()),
				MediaType: new(string(types.DockerUncompressedLayer)), Size: &size,
			}},
			History: []image.HistoryEntry{{CreatedAt: &at, CreatedBy: new("COPY . /"), EmptyLayer: new(false)}},
		}},
	}
	if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Catalogue" },
		cmp.Ignore())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text(got.Catalogue.Name) != "team/app" || text(got.Catalogue.Tag) != "1.4.2" ||
		text(got.Catalogue.Version) != "1.4.2" {
		t.Errorf("catalogue: %s %s %s", text(got.Catalogue.Name), text(got.Catalogue.Tag), text(got.Catalogue.Version))
	}
}

func TestImage_isOfTheWantedPlatform(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.push(t, "app:many", indexOf(t, "linux/amd64", "linux/arm/v6", "linux/arm/v7"))
	registry.push(t, "app:one", imageFor(t, "linux/arm64/v8"))
	client := registry.client(t)
	for _, test := range []struct{ tag, wanted, got, failure string }{
		{tag: "many", wanted: "", got: "linux/amd64"},
		{tag: "many", wanted: "linux/arm", got: "linux/arm/v7"},
		{tag: "many", wanted: "linux/arm/v7", got: "linux/arm/v7"},
		{tag: "many", wanted: "linux/s390x",
			failure: "not there for linux/s390x, but for linux/amd64, linux/arm/v6, linux/arm/v7"},
		{tag: "one", wanted: "", got: "linux/arm64/v8"},
		{tag: "one", wanted: "linux/arm64", got: "linux/arm64/v8"},
		{tag: "one", wanted: "linux/amd64", failure: "not there for linux/amd64, but for linux/arm64/v8"},
		{tag: "one", wanted: "amd64", failure: "is no platform"},
	} {
		for _, include := range [][]string{nil, {IncludeConfig}} {
			got, err := client.Image(t.Context(), registry.host+"/app:"+test.tag, Options{Platform: test.wanted,
				Include: include})
			switch {
			case test.failure != "":
				mention(t, err, test.failure)
				if errors.Is(err, image.ErrNotFound) {
					t.Errorf("a platform that is missing is taken for an image that is: %v", err)
				}
			case err != nil:
				t.Error(err)
			case (include != nil || test.wanted != "") && text(got.Platform) != test.got:
				t.Errorf("%s for %q is %s, want %s", test.tag, test.wanted, text(got.Platform), test.got)
			case include != nil && got.Platforms[slices.Index(names(got), test.got)].Config.Env["MODE"] != "for="+test.got:
				t.Errorf("%s for %q has the configuration of another platform", test.tag, test.wanted)
			}
		}
	}
}

func TestImage_byDigestAndByTagWithDigestIsTheSame(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	pushed := imageFor(t, "linux/amd64")
	registry.push(t, "app:1", pushed)
	for _, reference := range []string{"app@" + digestOf(t, pushed), "app:gone@" + digestOf(t, pushed)} {
		got, err := registry.client(t).Image(t.Context(), registry.host+"/"+reference, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if *got.Digest != digestOf(t, pushed) || got.Tags != nil {
			t.Errorf("%s has digest %s and tags %v", reference, *got.Digest, got.Tags)
		}
	}
}

func TestImage_digestIsReadByGETWhereHEADDoesNotTell(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	pushed := imageFor(t, "linux/amd64")
	registry.push(t, "app:1", pushed)
	raw, _ := pushed.RawManifest()
	for name, how := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"HEAD without a digest": func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Type", string(types.DockerManifestSchema2))
			_, _ = w.Write(raw)
			return true
		},
		"HEAD not allowed": func(w http.ResponseWriter, r *http.Request) bool {
			return r.Method == http.MethodHead && refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", "")
		},
		"media type of anything": func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("Docker-Content-Digest", digestOf(t, pushed))
			_, _ = w.Write(raw)
			return true
		},
	} {
		registry.behave(how)
		got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if *got.Digest != digestOf(t, pushed) || *got.MediaType != string(types.DockerManifestSchema2) ||
			len(registry.asked()) != 2 {
			t.Errorf("%s: %s %s in %v", name, *got.Digest, *got.MediaType, registry.asked())
		}
	}
}

// The manifests of all platforms are read only where a digest is looked for that may be of a configuration.
func TestImage_looksForADigestAmongThoseOfConfigurations(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	arm := imageFor(t, "linux/arm64")
	index := mutate.AppendManifests(indexOf(t, "linux/amd64", "linux/s390x"),
		mutate.IndexAddendum{Add: arm, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "arm64"}}})
	registry.push(t, "app:1", index)
	config, err := arm.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	lost := strings.Repeat("7", 64)
	for _, test := range []struct {
		sought   string
		requests int
	}{{"", 3}, {digestOf(t, index), 3}, {digestOf(t, arm), 3}, {config.String(), 5}, {"sha256:" + lost, 5}} {
		registry.behave(nil)
		got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig},
			Sought: test.sought})
		if err != nil {
			t.Fatal(err)
		}
		if asked := registry.asked(); len(asked) != test.requests {
			t.Errorf("looking for %q takes %v", test.sought, asked)
		}
		if known := text(got.Platforms[2].ConfigDigest); (known == config.String()) != (test.requests == 5) {
			t.Errorf("looking for %q, the configuration of linux/arm64 is %s", test.sought, known)
		}
	}
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, digestOf(t, arm)) && refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "")
	})
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Include: []string{IncludeConfig},
		Sought: config.String()})
	if err != nil || got.Platforms[2].ConfigDigest != nil {
		t.Errorf("of a manifest that the registry has lost: %v", err)
	}
}

// What the index names no platform for is no platform, but is part of the image.
func TestImage_keepsTheDigestsOfManifestsWithoutAPlatform(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	nameless := "sha256:" + strings.Repeat("7", 64)
	registry.behave(manifests(string(types.OCIImageIndex), saying(`{"schemaVersion":2,"manifests":[{"digest":"`+nameless+
		`","size":1}]}`)))
	warn, warnings := collect()
	got, err := registry.client(t).Image(t.Context(), registry.host+"/app:1", Options{Sought: nameless, Warn: warn})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Platforms) > 0 || !slices.Equal(got.Nameless, []string{nameless}) || len(*warnings) != 1 {
		t.Errorf("platforms %v, without a platform %v, warnings %v", got.Platforms, got.Nameless, *warnings)
	}
}
