package engine

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine/enginetest"
)

// Podman lists an image that has one of several labels, and takes "key=" for any value and "*" for a pattern.
func TestImages_haveAllLabels(t *testing.T) {
	onBoth(t, func(t *testing.T, e *enginetest.Memory, c *Client) {
		e.Add(
			labelled(map[string]string{"team": "web", "keep": ""}, "demo.local/both:1"),
			labelled(map[string]string{"team": "web"}, "demo.local/team:1"),
			labelled(map[string]string{"keep": "yes", "other": ""}, "demo.local/keep:1"), labelled(nil, "demo.local/plain:1"),
		)
		for _, test := range []struct {
			labels, want []string
		}{
			{nil, []string{"demo.local/both:1", "demo.local/keep:1", "demo.local/plain:1", "demo.local/team:1"}},
			{[]string{"team=web"}, []string{"demo.local/both:1", "demo.local/team:1"}},
			{[]string{"team=web", "keep"}, []string{"demo.local/both:1"}},
			{[]string{"team=web", "keep", "other"}, nil},
			{[]string{"keep="}, []string{"demo.local/both:1"}},
			{[]string{"tea*"}, nil},
			{[]string{"rule=a!=b"}, nil},
		} {
			if got := tagsOf(t, c, ListOptions{Labels: test.labels}); !slices.Equal(got, test.want) {
				t.Errorf("%q: %q, want %q", test.labels, got, test.want)
			}
		}
	})
}

// Older engines list by no time, and the containerd store goes by when an image came.
func TestImages_areOlderThanATime(t *testing.T) {
	onBoth(t, func(t *testing.T, e *enginetest.Memory, c *Client) {
		for tag, created := range map[string]time.Time{
			"built": built, "fraction": built.Add(time.Second / 2), "unknown": {}, "epoch": time.Unix(0, 0),
			"new": time.Now().Add(-time.Hour),
		} {
			image := tagged("demo.local/" + tag + ":1")
			image.Created = created
			e.Add(image)
		}
		for until, want := range map[string][]string{
			"2h":                       {"built", "epoch", "fraction"},
			"1s":                       {"built", "epoch", "fraction", "new"},
			"2024-02-03T04:05:07Z":     {"built", "epoch", "fraction"},
			"2024-02-03T04:05:06.5Z":   {"epoch"}, // a list has whole seconds, so that of the same second it is not known
			"1706933106":               {"epoch"},
			"1706933107":               {"built", "epoch", "fraction"},
			"0":                        nil,
			"1970-01-01T00:00:00.001Z": {"epoch"},
		} {
			var tags []string
			for _, tag := range tagsOf(t, c, ListOptions{Until: &until}) {
				tags = append(tags, strings.TrimSuffix(strings.TrimPrefix(tag, "demo.local/"), ":1"))
			}
			if !slices.Equal(tags, want) {
				t.Errorf("until %s: %q, want %q", until, tags, want)
			}
		}
	})
}

// The graph-driver store lists an image that has a digest and no tag among both.
func TestImages_areDanglingOrNot(t *testing.T) {
	t.Parallel()
	answer := `[{"Id":"` + idOfConfig + `","RepoTags":null,"RepoDigests":["demo.local/app@` + idOfIndex + `"]},` +
		`{"Id":"` + idOfBuilt + `","RepoTags":["demo.local/app:1"]},{"Id":"` + idOfLoaded +
		`","RepoTags":["<none>:<none>"],"RepoDigests":["<none>@<none>"]}]`
	c := (&recording{api: "1.41", routes: map[string]string{routeList: answer}}).start(t)
	for dangling, want := range map[bool][]string{true: {idOfLoaded, idOfConfig}, false: {idOfBuilt}} {
		images, err := c.Images(t.Context(), ListOptions{Dangling: &dangling})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, one := range images {
			ids = append(ids, one.Engine.ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("dangling %t: %q, want %q", dangling, ids, want)
		}
	}
}

// The graph-driver store holds a pattern against names without docker.io alone, and the containerd store against both.
func TestImages_byNamesInFull(t *testing.T) {
	t.Parallel()
	for podman, want := range map[bool]string{
		false: `{"reference":{"docker.io/library/nginx:*":true,"library/nginx:*":true,"nginx:*":true,"quay.io/a/*":true}}`,
		true:  `{"reference":{"docker.io/library/nginx:*":true,"quay.io/a/*":true}}`,
	} {
		engine := &recording{api: "1.41", podman: podman, routes: map[string]string{routeList: "null"}}
		if images, err := engine.start(t).Images(t.Context(), ListOptions{References: []string{"docker.io/library/nginx:*",
			"quay.io/a/*"}}); err != nil || len(images) != 0 {
			t.Errorf("%v, %v", images, err)
		}
		asked, err := url.Parse(strings.TrimPrefix(engine.asked()[0], "GET "))
		if err != nil || asked.Query().Get("filters") != want {
			t.Errorf("%s, want %s; %v", asked, want, err)
		}
	}
}

func TestCheckUntil(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]string{
		"24h": "2026-01-30T12:00:00Z", "1h30m": "2026-01-31T10:30:00Z", "0s": "2026-01-31T12:00:00Z",
		"1700000000": "2023-11-14T22:13:20Z", "1700000000.25": "2023-11-14T22:13:20.25Z", "0": "1970-01-01T00:00:00Z",
		"2024-02-03T04:05:06Z": "2024-02-03T04:05:06Z", "2024-02-03T04:05:06.5+02:00": "2024-02-03T02:05:06.5Z",
	} {
		if got, err := parseUntil(value, now); err != nil || got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%q is %s, not %s: %v", value, got, want, err)
		}
	}
	for value, why := range map[string]string{
		"": "chooses nothing", " ": "chooses nothing", "7d": "is not a time", "-24h": "has a sign", "+24h": "has a sign",
		"-0": "has a sign", "-5": "is not a time",
		"1700000000000": "not milliseconds", "2024-02-03": "is not a time", "2024-02-03T04:05:06": "with a zone",
		"yesterday": "is not a time", "24": "",
	} {
		if err := CheckUntil(value); (err == nil) != (why == "") || err != nil && !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", value, err)
		}
	}
}
