package engine

import (
	"errors"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// onEach runs a test against each real engine.
func onEach(t *testing.T, test func(*testing.T, *realEngine, *Client)) {
	t.Parallel()
	for _, kind := range engineKinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			started := startEngine(t, kind)
			test(t, started, at(t, started.Host))
		})
	}
}

func hashOf(t *testing.T, hash func() (v1.Hash, error)) string {
	t.Helper()
	h, err := hash()
	if err != nil {
		t.Fatal(err)
	}
	return h.String()
}

func TestServers_anImageThatWasLoaded(t *testing.T) {
	onEach(t, func(t *testing.T, e *realEngine, c *Client) {
		sample := sampleImage(t, platformAMD64)
		e.Load(t, lab, sample)
		i, err := c.Image(t.Context(), lab, Options{Include: []string{IncludeHistory, IncludeAttestations}})
		if err != nil {
			t.Fatal(err)
		}
		file, err := sample.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		config, store := hashOf(t, sample.ConfigName), storeGraphDriver
		if e.Containerd {
			config, store = "null", storeContainerd
		}
		if text(i.ConfigDigest) != config || text(i.Engine.Store) != store || i.Reference != lab ||
			!slices.Equal(i.Tags, []string{lab}) {
			t.Errorf("config digest %s, store %s, %s, tags %q", text(i.ConfigDigest), text(i.Engine.Store), i.Reference, i.Tags)
		}
		if (i.Digest == nil) != (!e.Containerd && !e.Podman) || i.Digest != nil && !slices.Contains(i.RepoDigests,
			"demo.local/lab@"+*i.Digest) {
			t.Errorf("digest %s, names with a digest %q", text(i.Digest), i.RepoDigests)
		}
		platform := i.Platforms[0]
		var layers []string
		for _, layer := range file.RootFS.DiffIDs {
			layers = append(layers, layer.String())
		}
		var here []string
		for _, layer := range platform.Layers {
			here = append(here, text(layer.DiffID))
		}
		if len(i.Platforms) != 1 || platform.Platform != "linux/amd64" || !slices.Equal(layers, here) ||
			text(platform.CreatedAt) != "2023-11-14T22:13:20Z" || text(platform.Author) != file.Author {
			t.Errorf("%+v", platform)
		}
		if len(platform.History) != 3 || text(platform.History[0].CreatedBy) != "COPY tool /bin/tool # buildkit" ||
			text(platform.History[2].ID) != i.Engine.ID {
			t.Errorf("%+v", platform.History)
		}
		for _, name := range []string{i.Engine.ID, i.Engine.ID[len("sha256:"):],
			i.Engine.ID[len("sha256:") : len("sha256:")+12]} {
			if same, err := c.Image(t.Context(), name, Options{}); err != nil || same.Reference != lab ||
				same.Engine.ID != i.Engine.ID {
				t.Errorf("by the id %s: %v", name, err)
			}
		}
		if _, err := c.Image(t.Context(), "demo.local/none:1", Options{}); !errors.Is(err, image.ErrNotFound) {
			t.Errorf("an image that is not there: %v", err)
		}
		if _, err := c.Image(t.Context(), lab, Options{Platform: "linux/s390x"}); err == nil || !strings.Contains(err.Error(),
			"The platforms that it is there for: linux/amd64") {
			t.Errorf("a platform that is not there: %v", err)
		}
	})
}

func TestServers_anImageOfSeveralPlatforms(t *testing.T) {
	registry := startTestRegistry(t)
	index := sampleIndex(t)
	name := registry + "/lab/multi:1.0"
	pushTo(t, name, index)
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	onEach(t, func(t *testing.T, e *realEngine, c *Client) {
		e.Pull(t, name, "linux/arm64/v8")
		i, err := c.Image(t.Context(), name, Options{Include: []string{IncludeHistory}})
		if err != nil {
			t.Fatal(err)
		}
		// Podman tells no variant.
		if text(i.Digest) != hashOf(t, index.Digest) || !strings.HasPrefix(text(i.Platform), "linux/arm64") ||
			i.Catalogue == nil || text(i.PinnedReference) != registry+"/lab/multi@"+text(i.Digest) {
			t.Errorf("digest %s, platform %s, pinned %s", text(i.Digest), text(i.Platform), text(i.PinnedReference))
		}
		_, err = c.Image(t.Context(), name, Options{Platform: "linux/amd64"})
		want := "it is not there for linux/amd64"
		if e.Containerd {
			want = "the content of linux/amd64 was never pulled"
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a platform that was not pulled: %v", err)
		}
		if !e.Containerd {
			return
		}
		e.Pull(t, name, "linux/amd64")
		i, err = c.Image(t.Context(), name, Options{Platform: "linux/arm64", Include: []string{IncludeHistory,
			IncludeAttestations}})
		if err != nil {
			t.Fatal(err)
		}
		var platforms, here []string
		for index, p := range i.Platforms {
			platforms = append(platforms, p.Platform)
			if p.Config != nil && len(p.History) == 3 {
				here = append(here, p.Platform)
			}
			if text(p.Digest) != manifest.Manifests[index].Digest.String() {
				t.Errorf("the digest of %s is %s", p.Platform, text(p.Digest))
			}
		}
		if !slices.Equal(platforms, []string{"linux/arm/v7", "linux/amd64", "linux/arm64/v8"}) ||
			!slices.Equal(here, []string{"linux/amd64", "linux/arm64/v8"}) || text(i.Platform) != "linux/arm64/v8" {
			t.Errorf("%q, here %q, chosen %s", platforms, here, text(i.Platform))
		}
		var stated []string
		for _, a := range i.Attestations {
			if text(a.Subject) != manifest.Manifests[1].Digest.String() ||
				text(a.Digest) != manifest.Manifests[3].Digest.String() {
				t.Errorf("%+v", a)
			}
			stated = append(stated, a.Kind+" "+text(a.PredicateType))
		}
		if !slices.Equal(stated, []string{"attestation https://slsa.dev/provenance/v1", "sbom https://spdx.dev/Document"}) {
			t.Errorf("%q", stated)
		}
		if i.Engine.Identity == nil || len(i.Engine.Identity.Pulls) != 1 {
			t.Errorf("%+v", i.Engine.Identity)
		}
	})
}

func TestServers_listMeasureAndPrune(t *testing.T) {
	onEach(t, func(t *testing.T, e *realEngine, c *Client) {
		replaced, kept := sampleImage(t, platformAMD64), sampleImage(t, platformAMD64)
		e.Load(t, lab, replaced)
		e.Load(t, lab, kept)
		e.Tag(t, lab, "demo.local/other", "2.0")
		list := func(options ListOptions) []*image.Image {
			t.Helper()
			images, err := c.Images(t.Context(), options)
			if err != nil {
				t.Fatal(err)
			}
			return images
		}
		if all := list(ListOptions{SharedSize: true}); len(all) != 2 || all[0].Engine.Labels["team"] != "platform" {
			t.Fatalf("%d images", len(all))
		}
		dangling := list(ListOptions{Dangling: new(true)})
		if len(dangling) != 1 || dangling[0].Tags != nil || dangling[0].Reference == lab {
			t.Fatalf("%d dangling images", len(dangling))
		}
		for name, options := range map[string]ListOptions{
			"reference": {References: []string{"demo.local/o*"}}, "label": {Labels: []string{"team=platform"},
				References: []string{lab}}, "not dangling": {Dangling: new(false)},
		} {
			if found := list(options); len(found) != 1 || found[0].Engine.ID == dangling[0].Engine.ID ||
				len(found[0].Tags) == 0 {
				t.Errorf("by %s: %d images", name, len(found))
			}
		}
		if found := list(ListOptions{Labels: []string{"team=other"}}); len(found) != 0 {
			t.Errorf("by a label that none has: %d images", len(found))
		}
		usage, err := c.DiskUsage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if usage.TotalCount != 2 || usage.ActiveCount != 0 || usage.Reclaimable == nil || len(usage.Images) != 2 ||
			(usage.TotalSize == nil) != e.Podman {
			t.Errorf("%+v", usage)
		}
		for _, measured := range usage.Images {
			if measured.Engine.Containers == nil || *measured.Engine.Containers != 0 || measured.Tags == nil &&
				measured.Engine.ID != dangling[0].Engine.ID {
				t.Errorf("%s %+v", measured.Reference, measured.Engine)
			}
		}

		none, err := c.Prune(t.Context(), PruneOptions{Labels: []string{"team=other"}})
		if err != nil || len(none.Deleted) != 0 {
			t.Fatalf("pruning by a label that none has: %+v, %v", none, err)
		}
		report, err := c.Prune(t.Context(), PruneOptions{Until: new("1h")})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(report.Deleted,
			func(d DeletedImage) bool { return text(d.Deleted) == dangling[0].Engine.ID }) || report.SpaceReclaimed == 0 {
			t.Errorf("%+v", report)
		}
		if left := list(ListOptions{}); len(left) != 1 || left[0].Reference != lab {
			t.Fatalf("the dangling image alone was to go: %d are left", len(left))
		}
		if _, err := c.Prune(t.Context(), PruneOptions{All: true}); err != nil {
			t.Fatal(err)
		}
		if left := list(ListOptions{All: true}); len(left) != 0 {
			t.Errorf("%d images are left", len(left))
		}
	})
}
