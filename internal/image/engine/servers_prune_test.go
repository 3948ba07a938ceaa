package engine

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"
)

var (
	built      = time.Date(2024, 2, 3, 4, 5, 6, 0, time.UTC)
	afterBuilt = new("2024-02-03T04:05:07Z")
)

// Of several labels Podman takes one for enough, and Docker 20.10 of several that an image must not have. The
// documentation says all, and none.
func TestServers_severalLabelsMeanTheSameOnEachEngine(t *testing.T) {
	onEach(t, func(t *testing.T, e *realEngine, c *Client) {
		wanted, unwanted := []string{"stage=ci", "team=web", "empty="}, []string{"keep", "pinned=yes", "owner=ada"}
		labels := []map[string]string{{"stage": "ci"}, {"team": "web"}, {"empty": ""}, {"keep": ""}, {"pinned": "yes"},
			{"owner": "ada"}}
		type sample struct {
			tag         string
			has, banned int // the first labels that are requested, and which one is not
			young, used bool
		}
		var samples []sample
		tags := func(samples []sample, match func(sample) bool) (tags []string) {
			for _, s := range samples {
				if match(s) {
					tags = append(tags, s.tag)
				}
			}
			slices.Sort(tags)
			return tags
		}
		load := func(s sample, has, banned int, at time.Time) {
			all := map[string]string{"pinned": "no", "empty": "full"}
			for _, one := range labels[:has] {
				maps.Copy(all, one)
			}
			if banned > 0 {
				maps.Copy(all, labels[2+banned])
			}
			s.has, s.banned = has, banned
			e.Load(t, s.tag, labelledImage(t, at, all))
			samples = append(samples, s)
		}
		for has := range 4 {
			for banned := range 4 {
				load(sample{tag: fmt.Sprintf("demo.local/has%d:banned%d", has, banned)}, has, banned, built)
			}
		}
		load(sample{tag: "demo.local/young:1", young: true}, 3, 0, built.Add(time.Hour))
		load(sample{tag: "demo.local/used:1", used: true}, 3, 0, built)
		e.Use(t, "demo.local/used:1")

		// From the narrowest choice to the widest, so that each removes something that the last one had to leave.
		for has := 3; has >= 0; has-- {
			for banned := 3; banned >= 0; banned-- {
				options := PruneOptions{All: true, Until: afterBuilt, Labels: wanted[:has], NotLabels: unwanted[:banned]}
				if has == 0 {
					options.Labels = nil
				}
				if banned == 0 {
					options.NotLabels = nil
				}
				goes := func(s sample) bool {
					return !s.used && !s.young && s.has >= has && (s.banned == 0 || s.banned > banned)
				}
				report, err := c.Prune(t.Context(), options)
				if err != nil || len(report.NotDeleted) != 0 {
					t.Fatalf("%d labels, %d others: %+v, %v", has, banned, report, err)
				}
				if removed := slices.ContainsFunc(samples, goes); removed != (report.SpaceReclaimed > 0) ||
					removed != (len(report.Deleted) > 0) {
					t.Errorf("%d labels, %d others: %+v", has, banned, report)
				}
				samples = slices.DeleteFunc(samples, goes)
				if left, want := tagsOf(t, c, ListOptions{}), tags(samples, func(sample) bool { return true }); !slices.Equal(left,
					want) {
					t.Fatalf("%d labels, %d others: left are %q, not %q", has, banned, left, want)
				}
				listed := tagsOf(t, c, ListOptions{Labels: options.Labels, Until: afterBuilt})
				if want := tags(samples, func(s sample) bool { return s.has >= has && !s.young }); !slices.Equal(listed, want) {
					t.Errorf("%d labels: %q are listed, not %q", has, listed, want)
				}
			}
		}
	})
}

// tagsOf returns the tags of all images that match.
func tagsOf(t *testing.T, c *Client, options ListOptions) []string {
	t.Helper()
	images, err := c.Images(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	for _, one := range images {
		tags = append(tags, one.Tags...)
	}
	slices.Sort(tags)
	return tags
}

// An image goes with all its names or not at all, whichever of its names is the first, and a container keeps all of
// them.
func TestServers_anImageIsPrunedWholeOrNotAtAll(t *testing.T) {
	onEach(t, func(t *testing.T, e *realEngine, c *Client) {
		for _, name := range []string{"goes", "used"} {
			e.Load(t, "demo.local/"+name+":1", labelledImage(t, built, nil))
			e.Tag(t, "demo.local/"+name+":1", "demo.local/"+name, "2")
			e.Tag(t, "demo.local/"+name+":1", "demo.local/other", name)
		}
		e.Use(t, "demo.local/used:2")
		report, err := c.Prune(t.Context(), PruneOptions{All: true})
		if err != nil || len(report.NotDeleted) != 0 {
			t.Fatalf("%+v, %v", report, err)
		}
		if left, want := tagsOf(t, c, ListOptions{}), []string{"demo.local/other:used", "demo.local/used:1",
			"demo.local/used:2"}; !slices.Equal(left, want) {
			t.Errorf("left are %q, not %q", left, want)
		}
		var untagged []string
		for _, item := range report.Deleted {
			if item.Untagged != nil {
				untagged = append(untagged, *item.Untagged)
			}
		}
		slices.Sort(untagged)
		if want := []string{"demo.local/goes:1", "demo.local/goes:2", "demo.local/other:goes"}; !slices.Equal(untagged,
			want) {
			t.Errorf("%q are said to be untagged, not %q", untagged, want)
		}
	})
}

// An engine removes with an image the steps of its build, whatever labels these have.
func TestServers_whatAnImageWasBuiltOnStaysUnlessItMatches(t *testing.T) {
	onEach(t, func(t *testing.T, e *realEngine, c *Client) {
		e.Load(t, "demo.local/base:1", labelledImage(t, built, nil))
		e.Build(t, "demo.local/app:1", "FROM demo.local/base:1\nLABEL stage=keep\nLABEL stage=ci\n")
		steps := func() (labels []string) {
			t.Helper()
			images, err := c.Images(t.Context(), ListOptions{All: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range images {
				labels = append(labels, one.Reference[:4]+one.Engine.Labels["stage"])
			}
			slices.Sort(labels)
			return labels
		}
		if all := steps(); !slices.Equal(all, []string{"demo", "democi", "sha2keep"}) {
			t.Skipf("this engine keeps no steps: %q", all)
		}
		report, err := c.Prune(t.Context(), PruneOptions{All: true, NotLabels: []string{"stage=keep"}})
		if err != nil {
			t.Fatal(err)
		}
		// Docker's engines cannot remove what something was built on, Podman can.
		want, spared := []string{"demo", "sha2keep"}, 1
		if e.Podman {
			want, spared = []string{"sha2keep"}, 0
		}
		if left := steps(); !slices.Equal(left, want) || len(report.NotDeleted) != spared {
			t.Errorf("%q are left, not %q: %+v", left, want, report)
		}
		if report, err = c.Prune(t.Context(), PruneOptions{}); err != nil || len(report.NotDeleted) != 0 ||
			len(steps()) != spared {
			t.Errorf("%q are left: %+v, %v", steps(), report, err)
		}
		if report, err = c.Prune(t.Context(), PruneOptions{All: true}); err != nil || len(report.NotDeleted) != 0 ||
			len(steps()) != 0 {
			t.Errorf("%q are left: %+v, %v", steps(), report, err)
		}
	})
}

// What labels an image has, a list says of one of its platforms.
func TestServers_aLabelOfAnyPlatformProtectsAnImage(t *testing.T) {
	registry := startTestRegistry(t)
	name := registry + "/lab/multi:1.0"
	pushTo(t, name, sampleIndex(t))
	onEach(t, func(t *testing.T, e *realEngine, c *Client) {
		if !e.Containerd {
			t.Skip("the other stores have one platform of an image")
		}
		e.Pull(t, name, "linux/amd64")
		e.Pull(t, name, "linux/arm64/v8")
		for _, options := range []PruneOptions{
			{All: true, NotLabels: []string{"variant=arm64"}}, {All: true, NotLabels: []string{"variant=amd64"}},
			{All: true, Labels: []string{"variant=arm64"}},
			{All: true, Labels: []string{"variant=amd64"}}, {All: true, Until: new("2023-11-14T22:13:20Z")}, {},
		} {
			if report, err := c.Prune(t.Context(), options); err != nil || len(report.Deleted) != 0 {
				t.Fatalf("%+v: %+v, %v", options, report, err)
			}
		}
		report, err := c.Prune(t.Context(), PruneOptions{All: true, Until: new("2023-11-14T22:13:21Z"),
			Labels: []string{"team=platform", "variant"}, NotLabels: []string{"keep", "variant=arm"}})
		if err != nil || len(report.Deleted) == 0 || len(tagsOf(t, c, ListOptions{})) != 0 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// An image that was pulled by its digest has no tag, and only the graph-driver store takes it for one whose tag has
// moved.
func TestServers_anImagePulledByDigest(t *testing.T) {
	registry := startTestRegistry(t)
	sample := sampleImage(t, platformAMD64)
	pushTo(t, registry+"/lab/pinned:1", sample)
	name := registry + "/lab/pinned@" + hashOf(t, sample.Digest)
	onEach(t, func(t *testing.T, e *realEngine, c *Client) {
		e.Pull(t, name, "linux/amd64")
		dangling := !e.Containerd && !e.Podman
		images, err := c.Images(t.Context(), ListOptions{Dangling: new(dangling)})
		if err != nil || len(images) != 1 || len(images[0].Tags) != 0 {
			t.Fatalf("%d images, %v", len(images), err)
		}
		if others, err := c.Images(t.Context(), ListOptions{Dangling: new(!dangling)}); err != nil || len(others) != 0 {
			t.Errorf("it is dangling, and is not: %d images, %v", len(others), err)
		}
		for _, options := range []PruneOptions{{}, {All: true}} {
			report, err := c.Prune(t.Context(), options)
			if err != nil || (len(report.Deleted) > 0) != (dangling && !options.All || !dangling && options.All) ||
				len(report.NotDeleted) > 0 {
				t.Errorf("%+v: %+v, %v", options, report, err)
			}
		}
	})
}
