package oci

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// A full page is followed by one more request. Only what says that there is no such page ends the list.
func TestTags_registryThatFailsAfterAFullPageIsAnError(t *testing.T) {
	t.Parallel()
	for status, mayBeCut := range map[int]bool{400: true, 404: true, 405: true, 416: true, 422: true, 401: false,
		403: false, 408: false, 429: false, 500: false, 503: false} {
		registry, tags := serve(t), numbered(1000)
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Query().Has("last") {
				return refuse(w, status, "", "")
			}
			answerTags(w, r, tags, 1000, "")
			return true
		})
		warn, warnings := collect()
		got, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{Warn: warn})
		if !mayBeCut {
			mention(t, err, fmt.Sprint(status))
		} else if err != nil || len(got) != len(tags) || len(*warnings) != 1 {
			t.Errorf("%d: %d tags, %v, warnings %v", status, len(got), err, *warnings)
		}
	}
}

// A page is as full as it is sent, also with a null in it, wherever that is.
func TestTags_fullPageWithANullIsNotTakenForTheLast(t *testing.T) {
	t.Parallel()
	for _, null := range []string{"t00000", "t00500", "t00999"} {
		registry, tags := serve(t), numbered(1500)
		registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
			hidden := &replacing{w, strconv.Quote(null), "null"}
			answerTags(hidden, r, tags, 1000, "")
			return true
		})
		got, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
		if err != nil || len(got) < len(tags)-1 || len(registry.asked()) != 2 {
			t.Errorf("%s: %d tags in %v, %v", null, len(got), registry.asked(), err)
		}
	}
}

// A replacing writer writes one text instead of another.
type replacing struct {
	http.ResponseWriter
	text, instead string
}

func (w *replacing) Write(p []byte) (int, error) {
	_, err := w.ResponseWriter.Write([]byte(strings.Replace(string(p), w.text, w.instead, 1)))
	return len(p), err
}

// A page without a size may be cut as well. Where it names no next one, the largest size that is accepted tells.
func TestTags_pageWithoutASizeIsNotTakenForTheWholeList(t *testing.T) {
	t.Parallel()
	registry, tags := serve(t), numbered(700)
	registry.behave(func(w http.ResponseWriter, r *http.Request) bool {
		if n, err := strconv.Atoi(r.URL.Query().Get("n")); err == nil && n > 500 {
			return refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", "")
		}
		answerTags(w, r, tags, 500, "")
		return true
	})
	got, err := registry.client(t).Tags(t.Context(), registry.host+"/app", TagOptions{})
	if err != nil || len(got) != len(tags) || len(registry.asked()) != 4 {
		t.Errorf("%d tags in %v, %v", len(got), registry.asked(), err)
	}
}
