package oci

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// paged makes a registry give its tags in pages of two, or have the next page where link says.
func paged(tags []string, link func(next int) string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		from := 0
		_, _ = fmt.Sscan(r.URL.Query().Get("last"), &from)
		to := min(from+2, len(tags))
		if next := link(to); next != "" && to < len(tags) {
			w.Header().Set("Link", "<"+next+`>; rel="next"`)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"name": "app", "tags": tags[from:to]})
		return true
	}
}

func following(next int) string { return fmt.Sprintf("/v2/app/tags/list?n=2&last=%d", next) }

var published = []string{
	"latest", "1", "1.4", "1.4.2", "1.4.10", "v1.5.0-rc1", "1.3.9", "2.0.0", "20240101", "4711000", "202401.1",
	"edge-alpine",
	"sha256-" + strings.Repeat("a", 64), "sha256-" + strings.Repeat("a", 64) + ".sig", "sha256-short",
}

func TestTags_areThoseThatAreWantedInOrder(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	client := registry.client(t)
	for _, test := range []struct {
		name    string
		options TagOptions
		want    []string
	}{
		{"all in lexical order, highest first", TagOptions{}, []string{
			"v1.5.0-rc1", "sha256-short", "latest", "edge-alpine", "4711000", "20240101", "202401.1", "2.0.0", "1.4.2", "1.4.10",
			"1.4", "1.3.9", "1",
		}},
		{"a constraint", TagOptions{SemVer: "~> 1.4"}, []string{"1.4.10", "1.4.2", "1.4"}},
		{"a constraint that has a pre-release", TagOptions{SemVer: ">= 1.5.0-rc1"}, []string{"2.0.0", "v1.5.0-rc1"}},
		{"the latest", TagOptions{SemVer: "< 3", Limit: 1}, []string{"2.0.0"}},
		{"the latest of all, before dates and builds", TagOptions{OrderBy: OrderSemVer, Limit: 1}, []string{"2.0.0"}},
		{"no number without a dot", TagOptions{SemVer: ">= 1, < 1.4"}, []string{"1.3.9"}},
		{"pre-releases without a constraint", TagOptions{OrderBy: OrderSemVer, Limit: 2}, []string{"2.0.0", "v1.5.0-rc1"}},
		{"a regular expression", TagOptions{Regex: `^1\.\d+\.\d+$`, OrderBy: OrderSemVer}, []string{"1.4.10", "1.4.2",
			"1.3.9"}},
		{"the same in lexical order", TagOptions{Regex: `^1\.\d+\.\d+$`, SemVer: "> 0", OrderBy: OrderLexical},
			[]string{"1.4.2", "1.4.10", "1.3.9"}},
		{"versions before what is none", TagOptions{Regex: `^(latest|edge|1\.4)`, OrderBy: OrderSemVer},
			[]string{"1.4.10", "1.4.2", "1.4", "latest", "edge-alpine"}},
		{"signatures too", TagOptions{Regex: "^sha256-a", All: true}, []string{"sha256-" + strings.Repeat("a", 64) + ".sig",
			"sha256-" + strings.Repeat("a", 64)}},
		{"none", TagOptions{SemVer: "> 90000000"}, []string{}},
	} {
		registry.behave(paged(published, following))
		got, err := client.Tags(t.Context(), registry.host+"/app", test.options)
		if err != nil {
			t.Fatal(err)
		}
		if got == nil || !slices.Equal(got, test.want) {
			t.Errorf("%s:\n got %q\nwant %q", test.name, got, test.want)
		}
		if asked := registry.asked(); len(asked) != (len(published)+1)/2 {
			t.Errorf("%d pages were read of %d", len(asked), (len(published)+1)/2)
		}
	}
}

func TestTags_ofARepositoryWithoutAnyAreNone(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.behave(func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = w.Write([]byte(`{"name":"app","tags":null}`))
		return true
	})
	got, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
	if err != nil || got == nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTags_pagesThatLeadNowhereAreAnError(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	for words, link := range map[string]func(int) string{
		"another host":            func(int) string { return "https://elsewhere.example.com/v2/app/tags/list?last=2" },
		"as the one after itself": func(int) string { return "/v2/app/tags/list?n=1000" },
		"no address":              func(int) string { return "http://[" },
		"or more than 2000 pages": func(int) string {
			return "/v2/app/tags/list?n=1000&again=" + fmt.Sprint(len(registry.asked()))
		},
		"names a page as the one a": func(int) string { return "?n=1000" },
	} {
		registry.behave(paged(published, link))
		_, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
		mention(t, err, words, registry.host+"/app")
	}
	registry.behave(func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = w.Write([]byte("<html>"))
		return true
	})
	_, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
	mention(t, err, "no list of tags")
	registry.behave(func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = fmt.Fprintf(w, `{"tags":[%s"z"]}`, strings.Repeat(`"a",`, 3<<20))
		return true
	})
	_, err = registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
	mention(t, err, "larger than 8 MiB")
}

func TestTags_saysWhatIsWrongWithWhatItIsGiven(t *testing.T) {
	t.Parallel()
	client := newClient(t, nil)
	for _, test := range []struct {
		repository string
		options    TagOptions
		words      string
	}{
		{"example.com/app:1", TagOptions{}, "leave out the tag"},
		{"Example.com/App", TagOptions{}, "is no image reference"},
		{"example.com/app", TagOptions{SemVer: "newest"}, `"newest" is no version constraint`},
		{"example.com/app", TagOptions{Regex: "("}, "is no regular expression"},
		{"example.com/app", TagOptions{OrderBy: "age"}, `"age" is no order`},
		{"example.com/app", TagOptions{Limit: -1}, "makes no sense"},
	} {
		_, err := client.Tags(t.Context(), test.repository, test.options)
		mention(t, err, test.words)
	}
}
