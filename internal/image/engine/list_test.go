package engine

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestImages_sendsEachFilter(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.56", routes: map[string]string{routeList: "[]"}}
	images, err := engine.start(t).Images(t.Context(), ListOptions{
		References: []string{"demo/*", "lab:1.*"}, Labels: []string{"team=platform", "tier"}, Dangling: new(false),
		Before: new("lab:2"), Since: new("lab:1"), Until: new("24h"), All: true, SharedSize: true,
	})
	if err != nil || images == nil || len(images) != 0 {
		t.Fatalf("an empty list is an answer: %v, %v", images, err)
	}
	asked, err := url.Parse(strings.TrimPrefix(engine.asked()[0], "GET "))
	if err != nil {
		t.Fatal(err)
	}
	query := asked.Query()
	want := `{"before":{"lab:2":true},"dangling":{"false":true},"label":{"team=platform":true,"tier":true},` +
		`"reference":{"demo/*":true,"lab:1.*":true},"since":{"lab:1":true}}`
	if got := query.Get("filters"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, name := range []string{"all", "shared-size", "manifests", "identity"} {
		if query.Get(name) != "1" {
			t.Errorf("%s is not asked for in %s", name, asked)
		}
	}
}

func TestImages_refusesAFilterThatChoosesNothing(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.56", routes: map[string]string{routeList: "[]"}}
	c := engine.start(t)
	for _, options := range []ListOptions{
		{References: []string{""}}, {Labels: []string{"=ci"}}, {Before: new("")}, {Since: new(" ")}, {Until: new("")},
		{Labels: []string{"stage!=ci"}},
	} {
		if images, err := c.Images(t.Context(), options); err == nil || !strings.Contains(err.Error(), "chooses nothing") &&
			!strings.Contains(err.Error(), "is no label") {
			t.Errorf("%+v lists everything: %v, %v", options, images, err)
		}
	}
	if asked := engine.asked(); len(asked) != 0 {
		t.Errorf("the engine was asked nevertheless: %q", asked)
	}
}

func TestImages_asksAnOldEngineForNoMoreThanItKnows(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.41", routes: map[string]string{routeList: "docker-20.10.24-images-list.json"}}
	images, err := engine.start(t).Images(t.Context(), ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if asked := engine.asked(); len(asked) != 1 || asked[0] != "GET /v1.41/images/json" {
		t.Errorf("%q", asked)
	}
	i := images[0]
	if i.Reference != lab || text(i.ConfigDigest) != idOfConfig || text(i.Digest) != "null" ||
		text(i.CreatedAt) != "2023-11-14T22:13:20Z" || i.Engine.Labels["org.opencontainers.image.title"] != "lab" {
		t.Errorf("%+v %+v", i, i.Engine)
	}
	if i.Engine.Containers != nil || i.Engine.SharedSize != nil || *i.Size != 35675 {
		t.Errorf("-1 is not a number of containers: %v, %v, %v", i.Engine.Containers, i.Engine.SharedSize, i.Size)
	}
	if i.Catalogue != nil || i.Platforms != nil {
		t.Errorf("the list of this store tells neither configuration nor platform: %v %v", i.Catalogue, i.Platforms)
	}
}

func TestImages_tellsWhereImagesCameFrom(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.56", routes: map[string]string{routeList: "moby-v2beta24-images-list-identity-manifests.json"}}
	images, err := engine.start(t).Images(t.Context(), ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, i := range images {
		ids = append(ids, i.Engine.ID)
	}
	// Newest first, and those of the same second by id.
	if want := []string{idOfBuilt, idOfIndex, idOfLoaded}; !slices.Equal(ids, want) {
		t.Fatalf("%q, want %q", ids, want)
	}
	built, pulled, loaded := images[0], images[1], images[2]
	if loaded.Size == nil || *loaded.Size != *loaded.Engine.Size || *loaded.Size != loaded.Engine.Manifests[0].TotalSize {
		t.Errorf("of a single platform the size is known: %v of %v", loaded.Size, loaded.Engine.Size)
	}
	if builds := built.Engine.Manifests[0].Identity.Builds; text(builds[0].Ref) != "hu509djude35uowz6seokyiq8" ||
		text(builds[0].CreatedAt) != "2026-11-20T20:14:53.94926372Z" {
		t.Errorf("%+v", builds)
	}
	if len(pulled.Platforms) != 3 || text(pulled.Digest) != idOfIndex ||
		text(pulled.Platforms[0].Digest) != digestOfAmd64 || *pulled.Engine.SharedSize != 74040 {
		t.Errorf("%+v", pulled)
	}
	if got := pulled.Engine.Manifests[0].Identity.Pulls; !slices.Equal(got, []string{"127.0.0.1/lab/multi"}) {
		t.Errorf("%q", got)
	}
}

func TestImages_anImageWithoutANameIsCalledByItsID(t *testing.T) {
	t.Parallel()
	answer := `[{"Id":"` + idOfConfig +
		`","RepoTags":["<none>:<none>"],"RepoDigests":["<none>@<none>"],"Created":-62135596800,"Size":5,"SharedSize":-1,"Containers":-1}]`
	for info, store := range map[string]string{
		`{"DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]}`: storeContainerd,
		`{"DriverStatus":[["Backing Filesystem","extfs"]]}`:                 storeGraphDriver,
	} {
		engine := &recording{api: "1.44", routes: map[string]string{routeList: answer, "GET /info": info}}
		images, err := engine.start(t).Images(t.Context(), ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		i := images[0]
		if i.Reference != idOfConfig || i.Tags != nil || i.RepoDigests != nil || i.CreatedAt != nil ||
			text(i.Engine.Store) != store {
			t.Errorf("%+v %+v", i, i.Engine)
		}
		// What the id is the digest of must not be guessed.
		if store == storeContainerd && (text(i.Digest) != idOfConfig || i.ConfigDigest != nil) || store == storeGraphDriver &&
			(i.Digest != nil || text(i.ConfigDigest) != idOfConfig) {
			t.Errorf("%s: digest %s, config %s", store, text(i.Digest), text(i.ConfigDigest))
		}
	}
}

func TestDiskUsage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		file, api         string
		count             int64
		size, reclaimable *int64
		names             []string
	}{
		{"docker-20.10.24-df.json", "1.41", 1, new(int64(35675)), new(int64(35675)), []string{lab}},
		{"moby-v2beta24-df-1.51.json", "1.51", 3, new(int64(133023)), new(int64(133023)), []string{"demo.local/built:1", multi,
			lab}},
		{"moby-v2beta24-df-verbose-1.56.json", "1.56", 3, new(int64(133023)), new(int64(133023)),
			[]string{"demo.local/built:1", multi, lab}},
		{"podman-4.3.1-df.json", "1.41", 1, nil, new(int64(41381)), []string{lab}},
	} {
		t.Run(test.file, func(t *testing.T) {
			t.Parallel()
			engine := &recording{api: test.api, routes: map[string]string{routeUsage: test.file,
				routeList: "podman-4.3.1-images-list.json"}}
			usage, err := engine.start(t).DiskUsage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, i := range usage.Images {
				names = append(names, i.Reference)
				// The measured size is that of all platforms together, and their number is unknown.
				if contained := strings.HasPrefix(test.file, "moby"); contained != (text(i.Engine.Store) == storeContainerd) ||
					contained != (i.Size == nil) || i.Engine.Size == nil {
					t.Errorf("%s in the store %s: size %v, in all %v", i.Reference, text(i.Engine.Store), i.Size, i.Engine.Size)
				}
				if i.Engine.Containers == nil || i.Engine.SharedSize == nil || !strings.HasPrefix(i.Engine.ID, "sha256:") {
					t.Errorf("%s: %+v", i.Reference, i.Engine)
				}
			}
			if usage.TotalCount != test.count || !equal(usage.TotalSize, test.size) ||
				!equal(usage.Reclaimable, test.reclaimable) || !slices.Equal(names, test.names) {
				t.Errorf("%d images %q, %v bytes, %v to spare", usage.TotalCount, names, usage.TotalSize, usage.Reclaimable)
			}
		})
	}
}

func equal(a, b *int64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }
