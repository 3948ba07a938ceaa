package engine

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/engine/enginetest"
)

// once does something before the first request that is like one of these.
func once(e *enginetest.Memory, something func(), like ...string) {
	done := false
	e.Before = func(request string) (int, string) {
		matches := func(beginning string) bool { return strings.HasPrefix(request, beginning) }
		if !done && request != routeList && slices.ContainsFunc(like, matches) {
			done = true
			something()
		}
		return 0, ""
	}
}

// Between the choice and the removal of an image, an engine goes on with what it does. Whatever comes between, and
// when: the image is whole or gone, no other image loses anything, and the rest is removed.
func TestPrune_ofAnImageThatChangesMeanwhile(t *testing.T) {
	const keeping = "demo.local/keep:1"
	for _, test := range []struct {
		name   string
		change func(e *enginetest.Memory, chosen, other *enginetest.MemoryImage)
		tags   []string // of the image, where it stays
		stays  bool     // in any case
	}{
		{"it goes", func(e *enginetest.Memory, chosen, _ *enginetest.MemoryImage) { e.Remove(chosen.ID) }, nil, false},
		{"it is used", func(e *enginetest.Memory, chosen, _ *enginetest.MemoryImage) { e.Use(chosen.ID) },
			[]string{"a:1", "a:2", "b:1"}, true},
		{"it is tagged", func(e *enginetest.Memory, chosen, _ *enginetest.MemoryImage) { e.Tag(chosen.ID, "demo.local/c:1") },
			[]string{"a:1", "a:2", "b:1", "c:1"}, true},
		{"its first tag moves", func(e *enginetest.Memory, _, other *enginetest.MemoryImage) {
			e.Tag(other.ID, "demo.local/a:1")
		}, []string{"a:2", "b:1"}, false},
		{"its last tag moves", func(e *enginetest.Memory, _, other *enginetest.MemoryImage) {
			e.Tag(other.ID, "demo.local/b:1")
		}, []string{"a:1", "a:2"}, false},
		{"it is used, and a tag moves", func(e *enginetest.Memory, chosen, other *enginetest.MemoryImage) {
			e.Use(chosen.ID)
			e.Tag(other.ID, "demo.local/a:1")
		}, []string{"a:2", "b:1"}, true},
	} {
		for moment, like := range map[string][]string{
			"it is looked at": {"GET /images/"}, "anything changes": {"DELETE ", "POST "}, "it is removed": {"DELETE "},
		} {
			t.Run(test.name+" before "+moment, func(t *testing.T) {
				onBoth(t, func(t *testing.T, e *enginetest.Memory, c *Client) {
					chosen, other := tagged("a:1", "a:2", "b:1"), labelled(map[string]string{"keep": ""}, keeping)
					for index, tag := range chosen.Tags {
						chosen.Tags[index] = "demo.local/" + tag
					}
					e.Add(chosen, other, tagged("demo.local/last:1"))
					once(e, func() { test.change(e, chosen, other) }, like...)
					e.Use(other.ID)
					report, err := c.Prune(t.Context(), PruneOptions{All: true})
					if err != nil {
						t.Fatal(err)
					}
					var images, whole []string
					for _, one := range e.Left() {
						tags := strings.Fields(one)
						slices.Sort(tags)
						images = append(images, strings.Join(tags, " "))
					}
					for _, tag := range test.tags {
						whole = append(whole, "demo.local/"+tag)
					}
					image := strings.Join(whole, " ")
					there := slices.Contains(images, image)
					if test.stays && !there || there && len(images) != 2 || !there && len(images) != 1 {
						t.Errorf("left are %q, of which one may be %q; asked for: %q", images, image, e.Requests())
					}
					if strings.Contains(test.name, "moves") && !slices.ContainsFunc(images,
						func(one string) bool { return strings.Contains(one, keeping) && strings.Contains(one, ":1 ") }) {
						t.Errorf("the image that took the tag has it no more: %q", images)
					}
					if got := reasons(report); len(got) > 1 || there != (len(got) == 1 && !strings.Contains(got[0], "gone")) {
						t.Errorf("left are %q, and the reasons %q", images, got)
					}
				})
			})
		}
	}
}

func TestPrune_whatFailsKeepsNothingElse(t *testing.T) {
	onBoth(t, func(t *testing.T, e *enginetest.Memory, c *Client) {
		broken := tagged("demo.local/broken:1")
		e.Add(broken, tagged("demo.local/app:1"))
		e.Before = func(request string) (int, string) {
			if request == "GET /images/"+broken.ID+"/json" {
				return http.StatusInternalServerError, "layer store is damaged"
			}
			return 0, ""
		}
		report, err := c.Prune(t.Context(), PruneOptions{All: true})
		if err == nil || !strings.Contains(err.Error(),
			"1 of 2 images were not removed. demo.local/broken:1: layer store is damaged") {
			t.Error(err)
		}
		if report == nil || len(report.Deleted) != 2 || !slices.Equal(reasons(report),
			[]string{"demo.local/broken:1: layer store is damaged"}) {
			t.Errorf("%+v", report)
		}
		left(t, e, "demo.local/broken:1")
	})
}

func TestPrune_removesNothingBeforeAllIsKnown(t *testing.T) {
	for route, all := range map[string]bool{"GET /containers/json": false, routeList: false, "GET /images/sha256:": true} {
		t.Run(route, func(t *testing.T) {
			onBoth(t, func(t *testing.T, e *enginetest.Memory, c *Client) {
				e.Add(tagged("demo.local/app:1"), tagged("demo.local/app:2"))
				count := 0
				e.Before = func(request string) (int, string) {
					if strings.HasPrefix(request, route) {
						if count++; !all || count == 2 {
							return http.StatusForbidden, "forbidden by the proxy"
						}
					}
					return 0, ""
				}
				if report, err := c.Prune(t.Context(), PruneOptions{All: true, NotLabels: []string{"keep"}}); err == nil ||
					report != nil || !strings.Contains(err.Error(), "forbidden by the proxy") {
					t.Errorf("%+v, %v", report, err)
				}
				if asked := e.Requests(); len(asked) != 0 {
					t.Errorf("%q", asked)
				}
			})
		})
	}
}

func TestPrune_aProxyThatForbidsIsNoEngineThatHasLostImages(t *testing.T) {
	for status, text := range map[int]string{http.StatusForbidden: "forbidden by the proxy",
		http.StatusNotFound: "page not found"} {
		t.Run(text, func(t *testing.T) {
			onBoth(t, func(t *testing.T, e *enginetest.Memory, c *Client) {
				e.Add(tagged("demo.local/app:1"), tagged("demo.local/app:2"))
				e.Before = func(request string) (int, string) {
					if strings.HasPrefix(request, "DELETE ") {
						return status, text
					}
					return 0, ""
				}
				report, err := c.Prune(t.Context(), PruneOptions{All: true})
				if err == nil || !strings.Contains(err.Error(), text) || !strings.Contains(err.Error(), "left as they are: 1") ||
					report == nil || len(report.NotDeleted) != 1 || strings.Contains(report.NotDeleted[0].Reason, "not known") {
					t.Errorf("%+v, %v", report, err)
				}
				left(t, e, "demo.local/app:1", "demo.local/app:2")
			})
		})
	}
}

// A removal that was begun before an interruption is finished and reported.
func TestPrune_isInterruptedBetweenTwoImages(t *testing.T) {
	onBoth(t, func(t *testing.T, e *enginetest.Memory, c *Client) {
		e.Add(tagged("demo.local/app:1", "demo.local/app:2"), tagged("demo.local/last:1"))
		ctx, cancel := context.WithCancel(t.Context())
		once(e, cancel, "DELETE ", "POST ")
		report, err := c.Prune(ctx, PruneOptions{All: true})
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(),
			"it was interrupted; images that matched and were left as they are: 1") {
			t.Error(err)
		}
		if report == nil || len(report.Deleted) != 3 || len(report.NotDeleted) != 0 || report.SpaceReclaimed != 10 {
			t.Errorf("%+v", report)
		}
		left(t, e, "demo.local/last:1")
	})
}
