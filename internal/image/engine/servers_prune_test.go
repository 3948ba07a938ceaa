package engine

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine/enginetest"
)

var (
	built      = time.Date(2024, 2, 3, 4, 5, 6, 0, time.UTC)
	afterBuilt = new("2024-02-03T04:05:07Z")
)

// Of several labels Podman takes one for enough, and Docker 20.10 of several that an image must not have. The documentation
// says all, and none.
func TestServers_severalLabelsMeanTheSameOnEachEngine(t *testing.T) {
	onEach(t, func(t *testing.T, e *enginetest.Engine, c *Client) {
		wanted, unwanted := []string{"stage=ci", "team=web", "empty="}, []string{"keep", "pinned=yes", "owner=ada"}
		labels := []map[string]string{{"stage": "ci"}, {"team": "web"}, {"empty": ""}, {"keep": ""}, {"pinned": "yes"}, {"owner": "ada"}}
		type sample struct {
			tag         string
			has, banned int // the first labels that are wanted, and which one is not
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
			e.Load(t, s.tag, enginetest.Labelled(t, at, all))
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
				if removed := slices.ContainsFunc(samples, goes); removed != (report.SpaceReclaimed > 0) || removed != (len(report.Deleted) > 0) {
					t.Errorf("%d labels, %d others: %+v", has, banned, report)
				}
				samples = slices.DeleteFunc(samples, goes)
				if left, want := tagsOf(t, c, ListOptions{}), tags(samples, func(sample) bool { return true }); !slices.Equal(left, want) {
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

// tagsOf are the tags of all images that match.
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
