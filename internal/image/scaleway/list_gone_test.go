package scaleway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

// An image that is deleted after the list was read, and before its tags are, is not in the list, and costs nothing of
// it.
func TestImages_leaveOutOneThatGoesMeanwhile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		limit int
		want  string
	}{
		{"of all", 0, "first third fourth"},
		{"of a limit, which the next one fills", 2, "first third"},
		{"of a limit that is more than are left", 4, "first third fourth"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := scalewaytest.New(t)
			namespace := server.AddNamespace(scalewaytest.Namespace{Name: "shop"}).ID
			ids := map[string]string{}
			for _, name := range []string{"first", "second", "third", "fourth"} {
				ids[name] = server.AddImage(scalewaytest.Image{Name: name, NamespaceID: namespace,
					Tags: []scalewaytest.Tag{{Name: "v1"}}}).ID
			}
			server.Before(func(r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/tags") {
					server.Remove(ids["second"])
				}
			})
			images, err := newClient(t, server, nil).Images(t.Context(), ListOptions{Include: []string{IncludeTags},
				Limit: test.limit})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, i := range images {
				names = append(names, i.Scaleway.Name)
			}
			if got := strings.Join(names, " "); got != test.want {
				t.Errorf("listed %q, want %q", got, test.want)
			}
		})
	}
}

// Only Scaleway's own word says that an image is gone: anything else might hide one that is there.
func TestImages_failWhereTagsCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]scalewaytest.Answer{
		"a proxy's page": {Status: http.StatusNotFound, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>"},
		"no right":       {Status: http.StatusForbidden, Body: `{"message": "insufficient permissions"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newChain(t)
			server.Fault(func(r *http.Request) *scalewaytest.Answer {
				if strings.HasSuffix(r.URL.Path, "/tags") {
					return &answer
				}
				return nil
			})
			if images, err := newClient(t, server, nil).Images(t.Context(),
				ListOptions{Include: []string{IncludeTags}}); err == nil {
				t.Errorf("%d images, and no error", len(images))
			}
		})
	}
}
