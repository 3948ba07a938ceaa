package oci

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// numbered returns so many tags, in order.
func numbered(count int) []string {
	tags := make([]string, 0, count)
	for number := range count {
		tags = append(tags, fmt.Sprintf("t%05d", number))
	}
	return tags
}

// answerTags answers with a page of tags after the last one, at most n of them, and with a link where there are more.
func answerTags(w http.ResponseWriter, r *http.Request, tags []string, most int, link string) {
	query := r.URL.Query()
	if n, err := strconv.Atoi(query.Get("n")); err == nil {
		most = min(n, most)
	}
	from := 0
	if last := query.Get("last"); last != "" {
		from, _ = slices.BinarySearch(tags, last)
		from++
	}
	to := min(from+most, len(tags))
	if to < len(tags) && link != "" {
		w.Header().Set("Link", fmt.Sprintf(link, most, tags[to-1]))
	}
	_, _ = w.Write([]byte(asJSON(map[string]any{"name": "app", "tags": tags[from:to]})))
}

const usualLink = `</v2/app/tags/list?n=%d&last=%s>; rel="next"`

func isTags(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/tags/list") }

// Distribution 3.1.0 refuses what is more than its tags.maxtags, Quay more than 100, ECR more than 1000
// (https://github.com/distribution/distribution/issues/4844).
func TestTags_pageSizeThatIsRefusedIsHalved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		most     int
		status   int
		code     string
		requests int
		failure  string
	}{
		{"a hundred, as distribution says it", 100, http.StatusBadRequest, "PAGINATION_NUMBER_INVALID", 4 + 3, ""},
		{"a hundred, without a word", 100, http.StatusBadRequest, "", 1 + 2, ""},
		{"five hundred, as ECR says it", 500, http.StatusMethodNotAllowed, "UNSUPPORTED", 1 + 2, ""},
		{"five hundred, as a value that does not fit", 500, http.StatusUnprocessableEntity, "UNKNOWN", 1 + 2, ""},
		{"ten", 10, http.StatusRequestEntityTooLarge, "", 7 + 22, ""},
		{"no number at all", 0, http.StatusBadRequest, "UNSUPPORTED", 1 + 2, ""},
		{"a name", 0, http.StatusBadRequest, "NAME_INVALID", 1, "NAME_INVALID"},
		{"a missing repository", 0, http.StatusNotFound, "NAME_UNKNOWN", 1, "NAME_UNKNOWN"},
		{"everything", -1, http.StatusBadRequest, "UNSUPPORTED", 2, "UNSUPPORTED"},
		{"everything, as what was sent in a wrong way", -1, http.StatusMethodNotAllowed, "", 2, "405"},
	} {
		registry, tags := serve(t), numbered(150)
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			n, err := strconv.Atoi(r.URL.Query().Get("n"))
			if err == nil && n > test.most || test.most < 0 {
				return refuse(w, test.status, test.code, "")
			}
			link := usualLink
			if test.most == 0 {
				link = `</v2/app/tags/list?by=%d&last=%s>; rel="next"`
			}
			answerTags(w, r, tags, 100, link)
			return true
		})
		got, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
		if test.failure != "" {
			mention(t, err, test.failure)
		} else if err != nil || len(got) != len(tags) {
			t.Errorf("%s: %d tags, %v", test.name, len(got), err)
		}
		if asked := registry.asked(); len(asked) != test.requests {
			t.Errorf("%s: %d requests, want %d", test.name, len(asked), test.requests)
		}
	}
}

// A size may be refused only by the link's page, which has the server's own number.
func TestTags_pageSizeOfALinkIsHalvedToo(t *testing.T) {
	t.Parallel()
	registry, tags := serve(t), numbered(150)
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if query := r.URL.Query(); query.Get("n") == "5000" {
			return refuse(w, http.StatusBadRequest, "PAGINATION_NUMBER_INVALID", "")
		}
		answerTags(w, r, tags, 100, `</v2/app/tags/list?was=%d&last=%s&n=5000>; rel="next"`)
		return true
	})
	got, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
	if err != nil || len(got) != len(tags) {
		t.Errorf("%d tags, %v", len(got), err)
	}
}

// A page that is full may be cut, also where no link says so. One more request tells.
func TestTags_fullPageWithoutALinkIsNotTakenForTheLast(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		tags     int
		after    int // status of a page after the first; 0: the page
		want     int
		requests int
		warns    bool
	}{
		{"cut twice", 2500, 0, 2500, 3, false},
		{"whole by chance", 1000, 0, 1000, 2, false},
		{"whole", 999, 0, 999, 1, false},
		{"of a registry that goes on with what it said", 1000, http.StatusOK, 1000, 2, false},
		{"of a registry that cannot go on", 1000, http.StatusBadRequest, 1000, 2, true},
	} {
		registry, tags := serve(t), numbered(test.tags)
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			switch {
			case r.URL.Query().Has("last") && test.after == http.StatusOK:
				r.URL.RawQuery = ""
			case r.URL.Query().Has("last") && test.after > 0:
				return refuse(w, test.after, "UNSUPPORTED", "")
			}
			answerTags(w, r, tags, 1000, "")
			return true
		})
		warn, warnings := collect()
		got, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{Warn: warn})
		if err != nil || len(got) != test.want || len(registry.asked()) != test.requests ||
			test.warns != (len(*warnings) == 1) {
			t.Errorf("%s: %d tags in %d requests, %v, warnings %v", test.name, len(got), len(registry.asked()), err, *warnings)
		}
	}
}

// Pages in a circle end at once, and pages without anything new soon.
func TestTags_pagesInACircleEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, link string // of the page after the number
		words      string
		most       int
	}{
		{"two pages", `</v2/app/tags/list?page=%d>; rel="next"`, "was read before", 3},
		{"two pages, in another spelling", `</v2/app/tags/list?page=%d&a=1>; rel="next", </>; rel="x"`, "was read before", 3},
		{"new links to old pages", `</v2/app/tags/list?page=%d&again=NUMBER>; rel="next"`,
			"page after page without a new one", maxIdlePages + 3},
	} {
		registry := serve(t)
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			page, _ := strconv.Atoi(r.URL.Query().Get("page"))
			w.Header().Set("Link", strings.ReplaceAll(fmt.Sprintf(test.link, 2-page/2), "NUMBER",
				fmt.Sprint(len(registry.asked()))))
			_, _ = fmt.Fprintf(w, `{"tags":["t%d"]}`, page)
			return true
		})
		_, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
		mention(t, err, test.words)
		if asked := len(registry.asked()); asked > test.most {
			t.Errorf("%s: %d requests", test.name, asked)
		}
	}
}

// A registry may redirect its list to another one, whose links are its own.
func TestTags_linksOfARegistryElsewhereAreFollowedThere(t *testing.T) {
	t.Parallel()
	tags := numbered(25)
	for name, link := range map[string]string{
		"relative": `</v2/real/app/tags/list?n=%d&last=%s>; rel="next"`,
		"absolute": `<HOST/v2/real/app/tags/list?n=%d&last=%s>; rel="next"`,
		"query":    `<?n=%d&last=%s>; rel="next"`,
	} {
		var behind *httptest.Server
		behind = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v2/real/app/tags/list" {
				refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "")
				return
			}
			answerTags(w, r, tags, 10, strings.Replace(link, "HOST", behind.URL, 1))
		}))
		t.Cleanup(behind.Close)
		front := serve(t)
		front.behave(func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, behind.URL+strings.Replace(r.URL.RequestURI(), "/v2/app/", "/v2/real/app/", 1),
				http.StatusTemporaryRedirect)
			return true
		})
		got, err := front.client(t).Tags(t.Context(), front.host+"/app", TagOptions{})
		if err != nil || len(got) != len(tags) || len(front.asked()) != 3 {
			t.Errorf("%s: %d tags in %v, %v", name, len(got), front.asked(), err)
		}
	}
}

// Five thousand tags in pages of fifty, one of which fails for a while, and a list under another address.
func TestTags_longListIsReadAsAWhole(t *testing.T) {
	t.Parallel()
	registry, tags, failures := serve(t), numbered(5000), 0
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.RawQuery, "t00099") && failures < 2 {
			failures++
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		if !strings.HasSuffix(r.URL.Path, "/list/") {
			http.Redirect(w, r, r.URL.Path+"/?"+r.URL.RawQuery, http.StatusMovedPermanently)
			return true
		}
		answerTags(w, r, tags, 50, usualLink)
		return true
	})
	got, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
	slices.Reverse(got)
	if err != nil || !slices.Equal(got, tags) {
		t.Errorf("%d tags, %v", len(got), err)
	}
}

// An error under the status of a success is no empty list.
func TestTags_errorInASuccessIsAnError(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		return isTags(r) && refuse(w, http.StatusOK, "DENIED", "not for you")
	})
	_, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
	mention(t, err, "DENIED", "not for you")
}

// The tags of referrers of images by a SHA-512 are cut.
func TestTags_ofReferrersAreLeftOut(t *testing.T) {
	t.Parallel()
	registry := serve(t)
	long := strings.Repeat("a", 64)
	registry.behave(func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = fmt.Fprintf(w, `{"tags":["sha512-%s","sha256-%s","sha256-%s.sig","sha512-x"]}`, long, long, long)
		return true
	})
	got, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
	if err != nil || !slices.Equal(got, []string{"sha512-x"}) {
		t.Errorf("%v, %v", got, err)
	}
}
