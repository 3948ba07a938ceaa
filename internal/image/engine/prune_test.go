package engine

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine/enginetest"
)

// onBoth runs a test on an engine in memory that is like Docker, and on one that is like Podman.
func onBoth(t *testing.T, test func(*testing.T, *enginetest.Memory, *Client)) {
	t.Parallel()
	for name, podman := range map[string]string{"docker": "", "podman": "4.3.1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := &enginetest.Memory{Podman: podman}
			test(t, e, at(t, e.Start(t)))
		})
	}
}

// tagged returns an image that was built at the time "built", with tags.
func tagged(tags ...string) *enginetest.MemoryImage {
	return &enginetest.MemoryImage{Tags: tags, Created: built, Size: 10}
}

func labelled(labels map[string]string, tags ...string) *enginetest.MemoryImage {
	image := tagged(tags...)
	image.Labels = labels
	return image
}

func left(t *testing.T, e *enginetest.Memory, want ...string) {
	t.Helper()
	if got := e.Left(); !slices.Equal(got, want) {
		t.Errorf("left are %q, not %q; asked for: %q", got, want, e.Requests())
	}
}

// reasons returns why images were not removed.
func reasons(report *PruneReport) (reasons []string) {
	for _, one := range report.NotDeleted {
		reasons = append(reasons, one.Name+": "+one.Reason)
	}
	return reasons
}

// Docker 20.10 takes one label that is missing for enough to remove an image, Podman also one that is there. Both
// engines in memory do so where they are left to choose.
func TestPrune_takesLabelsForAllAndForNone(t *testing.T) {
	wanted, unwanted := []string{"stage=ci", "team", "empty="}, []string{"keep", "pinned=yes", "owner=ada"}
	labels := []map[string]string{{"stage": "ci"}, {"team": "web"}, {"empty": ""}, {"keep": ""}, {"pinned": "yes"},
		{"owner": "ada"}}
	onBoth(t, func(t *testing.T, e *enginetest.Memory, c *Client) {
		for choice := range 4 * 4 {
			has, banned := choice/4, choice%4
			for _, until := range []*string{nil, afterBuilt, new("1706933106"), new("2024-02-03T05:05:06+01:00")} {
				e.Clear()
				e.WithoutLabels = banned == 2
				var want []string
				for sample := range 4 * 4 {
					first, other := sample/4, sample%4
					image := labelled(map[string]string{"pinned": "no", "empty": "full"}, fmt.Sprintf("demo.local/%d:%d", first,
						other))
					for _, one := range labels[:first] {
						maps.Copy(image.Labels, one)
					}
					if other > 0 {
						maps.Copy(image.Labels, labels[2+other])
					}
					e.Add(image)
					if first < has || other > 0 && other <= banned || until != nil && until != afterBuilt {
						want = append(want, image.Tags[0])
					}
				}
				options := PruneOptions{All: true, Until: until}
				if has > 0 {
					options.Labels = wanted[:has]
				}
				if banned > 0 {
					options.NotLabels = unwanted[:banned]
				}
				report, err := c.Prune(t.Context(), options)
				if err != nil || len(report.NotDeleted) > 0 {
					t.Fatalf("%d labels, %d others: %+v, %v", has, banned, report, err)
				}
				t.Logf("%d labels, %d others, until %s", has, banned, text(until))
				left(t, e, want...)
			}
		}
	})
}

func TestPrune_removesDanglingImagesAndNoMoreUnlessTold(t *testing.T) {
	onBoth(t, func(t *testing.T, e *enginetest.Memory, c *Client) {
		step, head, used := tagged(), tagged(), tagged()
		e.Add(step, head, used, tagged("demo.local/app:1"))
		head.Parent, head.Size = step.ID, 15
		e.Use(used.ID)
		report, err := c.Prune(t.Context(), PruneOptions{})
		if err != nil || len(report.NotDeleted) > 0 {
			t.Fatalf("%+v, %v", report, err)
		}
		if len(report.Deleted) != 2 || text(report.Deleted[0].Deleted) != head.ID ||
			text(report.Deleted[1].Deleted) != step.ID || report.SpaceReclaimed != 15 {
			t.Errorf("%+v", report)
		}
		if report.AtMost != (e.Podman != "") {
			t.Error("Podman alone does not measure")
		}
		left(t, e, used.ID, "demo.local/app:1")
		if report, err = c.Prune(t.Context(), PruneOptions{All: true}); err != nil || len(report.Deleted) != 2 ||
			text(report.Deleted[0].Untagged) != "demo.local/app:1" {
			t.Errorf("%+v, %v", report, err)
		}
		left(t, e, used.ID)
		if report, err = c.Prune(t.Context(), PruneOptions{All: true}); err != nil || report.Deleted == nil ||
			len(report.Deleted) > 0 || report.AtMost {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// Two images that share most of what they are give back what they have for themselves.
func TestPrune_countsWhatTheEngineMeasures(t *testing.T) {
	t.Parallel()
	e := &enginetest.Memory{}
	base, app := tagged("demo.local/base:1"), tagged("demo.local/app:1")
	e.Add(base, app)
	base.Size, app.Parent, app.Size = 1000, base.ID, 1010
	e.Use(base.ID)
	c := at(t, e.Start(t))
	if report, err := c.Prune(t.Context(), PruneOptions{All: true}); err != nil || report.SpaceReclaimed != 10 ||
		report.AtMost {
		t.Errorf("%+v, %v", report, err)
	}
	e.Add(tagged("demo.local/app:1"))
	e.Before = func(request string) (int, string) {
		if request == routeUsage {
			return 403, "forbidden by the proxy"
		}
		return 0, ""
	}
	if report, err := c.Prune(t.Context(), PruneOptions{All: true}); err != nil || report.SpaceReclaimed != 10 ||
		!report.AtMost {
		t.Errorf("it was not measured: %+v, %v", report, err)
	}
}

func TestPrune_anImageGoesWithAllItsNamesOrNotAtAll(t *testing.T) {
	onBoth(t, func(t *testing.T, e *enginetest.Memory, c *Client) {
		used := tagged("demo.local/used:1", "demo.local/used:2")
		e.Add(tagged("demo.local/app:1", "demo.local/app:2", "demo.local/other:1"), used)
		e.Use(used.ID)
		report, err := c.Prune(t.Context(), PruneOptions{All: true})
		if err != nil || len(report.NotDeleted) > 0 || len(report.Deleted) != 4 {
			t.Fatalf("%+v, %v", report, err)
		}
		left(t, e, "demo.local/used:1 demo.local/used:2")
	})
}

// What something was built on that stays is left, whatever engines do with it by themselves.
func TestPrune_leavesWhatAnImageWasBuiltOn(t *testing.T) {
	onBoth(t, func(t *testing.T, e *enginetest.Memory, c *Client) {
		base, step, app, web := tagged("demo.local/base:1"), labelled(map[string]string{"stage": "keep"}),
			tagged("demo.local/app:1", "demo.local/app:2"), tagged("demo.local/web:1")
		step2, app2 := labelled(map[string]string{"stage": "keep"}), tagged("demo.local/other:1")
		e.Add(base, step, app, web, step2, app2)
		step.Parent, app.Parent, web.Parent, step2.Parent, app2.Parent = base.ID, step.ID, base.ID, base.ID, step2.ID
		report, err := c.Prune(t.Context(), PruneOptions{All: true, NotLabels: []string{"stage=keep"}})
		if err != nil {
			t.Fatal(err)
		}
		if e.Podman != "" {
			left(t, e, step.ID, step2.ID)
			return
		}
		left(t, e, "demo.local/base:1", step.ID, step2.ID)
		if got := reasons(report); !slices.Equal(got, []string{"demo.local/base:1: an image that stays was built on it"}) {
			t.Errorf("%q", got)
		}
	})
}

// Podman before 4.3 cannot be told to leave what an image was built on.
func TestPrune_leavesAnImageThatAnOlderPodmanWouldRemoveMoreWith(t *testing.T) {
	t.Parallel()
	e := &enginetest.Memory{Podman: "4.2.0"}
	step, app, step2, app2 := labelled(map[string]string{"stage": "keep"}), tagged("demo.local/app:1"), tagged(),
		tagged("demo.local/app:2")
	e.Add(step, app, step2, app2)
	app.Parent, app2.Parent = step.ID, step2.ID
	report, err := at(t, e.Start(t)).Prune(t.Context(), PruneOptions{All: true, NotLabels: []string{"stage=keep"}})
	if err != nil {
		t.Fatal(err)
	}
	left(t, e, step.ID, "demo.local/app:1")
	if got := reasons(report); len(got) != 1 || got[0] != "demo.local/app:1: Podman before 4.3.0 would remove "+step.ID+
		" with it, which it was built on and which does not match" {
		t.Errorf("%q", got)
	}
}

// A container may have an image mounted that is not its own, and engines remove that by its id.
func TestPrune_leavesAnImageThatAContainerHasMounted(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"demo.local/lab:1.0", idOfConfig, idOfConfig[len("sha256:"):][:12], "demo.local/lab@" +
		idOfIndex, ""} {
		engine := &recording{api: "1.56", routes: map[string]string{
			"GET /containers/json": `[{"Id":"c","ImageID":"` + idOfBuilt +
				`","Mounts":[{"Type":"image","Name":"` + name + `"},{"Type":"volume","Name":"demo.local/lab:1.0"}]}]`,
			routeList: `[{"Id":"` + idOfConfig +
				`","RepoTags":["demo.local/lab:1.0"],"RepoDigests":["demo.local/lab@` + idOfIndex + `"]}]`,
			"GET /images/" + idOfConfig + "/json": `{"Id":"` + idOfConfig + `","RepoTags":["demo.local/lab:1.0"]}`,
			"DELETE /images/" + idOfConfig:        "[]",
		}}
		if report, err := engine.start(t).Prune(t.Context(), PruneOptions{All: true}); err != nil {
			t.Errorf("%+v, %v", report, err)
		}
		if removed := strings.Contains(strings.Join(engine.asked(), " "), "DELETE "); removed != (name == "") {
			t.Errorf("mounted as %q, it is removed: %t", name, removed)
		}
	}
}

func TestPrune_ofAnEngineThatHasNothing(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.41", routes: map[string]string{"GET /containers/json": "null", routeList: "null"}}
	if report, err := engine.start(t).Prune(t.Context(),
		PruneOptions{All: true, NotLabels: []string{"keep"}}); err != nil || report.Deleted == nil ||
		len(report.Deleted)+len(report.NotDeleted) > 0 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestPrune_refusesMoreWithoutTheWord(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.41", routes: map[string]string{"GET /containers/json": "[]", routeList: "[]"}}
	c := engine.start(t)
	if _, err := c.Prune(t.Context(), PruneOptions{Dangling: new(false)}); !errors.Is(err, ErrNotAll) ||
		!strings.Contains(err.Error(), "all = true") {
		t.Error(err)
	}
	for _, options := range []PruneOptions{{Labels: []string{""}}, {NotLabels: []string{"=ci"}},
		{NotLabels: []string{"stage!=ci"}}} {
		if _, err := c.Prune(t.Context(), options); err == nil || !strings.Contains(err.Error(), "is no label") {
			t.Errorf("%+v would remove more than was meant: %v", options, err)
		}
	}
	for _, options := range []PruneOptions{
		{All: true, Until: new("")}, {All: true, Until: new(" ")}, {All: true, Labels: []string{}},
		{All: true, NotLabels: []string{}},
	} {
		if _, err := c.Prune(t.Context(), options); err == nil || !strings.Contains(err.Error(), "chooses nothing") {
			t.Errorf("%+v would remove more than was meant: %v", options, err)
		}
	}
	if asked := engine.asked(); len(asked) != 0 {
		t.Errorf("the engine was asked nevertheless: %q", asked)
	}
	if report, err := c.Prune(t.Context(), PruneOptions{Dangling: new(true), All: true}); err != nil ||
		report.Deleted == nil {
		t.Errorf("%+v, %v", report, err)
	}
}

// A label that only the list has protects an image, too.
func TestPrune_believesTheListOfALabelThatProtects(t *testing.T) {
	t.Parallel()
	engine := &recording{api: "1.41", routes: map[string]string{
		"GET /containers/json": "[]", routeList: `[{"Id":"` + idOfConfig +
			`","RepoTags":["demo.local/lab:1.0"],"Labels":{"keep":""}}]`,
		"GET /images/" + idOfConfig + "/json": `{"Id":"` + idOfConfig + `","Os":"linux","RepoTags":["demo.local/lab:1.0"]}`,
		"DELETE /images/" + idOfConfig:        "[]",
	}}
	for label, removed := range map[string]bool{"keep": false, "other": true} {
		if report, err := engine.start(t).Prune(t.Context(),
			PruneOptions{All: true, NotLabels: []string{label, "third"}}); err != nil ||
			strings.Contains(strings.Join(engine.asked(), " "), "DELETE ") && !removed {
			t.Errorf("%s: %+v, %v", label, report, err)
		}
		engine.requests = nil
	}
}
