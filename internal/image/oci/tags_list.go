package oci

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const (
	// pageSize is what is asked for first. Some registries refuse it, and more refuse a larger one.
	pageSize = 1000
	maxPage  = 8 << 20
	// maxTags ends a list that never ends.
	maxTags  = 200_000
	maxPages = 2_000 // registries may send smaller ones
	// maxIdlePages is how many pages in a row may have no tag that was not on an earlier one.
	maxIdlePages = 50
)

// A tagList is a list of tags that is being read.
type tagList struct {
	tags  []string
	known map[string]bool
	idle  int // pages in a row without a new tag
}

// tags reads every page of a repository's tags.
func (r *reader) tags(ctx context.Context) ([]string, error) {
	at := r.at("tags", "list")
	at.RawQuery = fmt.Sprintf("n=%d", pageSize)
	list, pages, guessed := &tagList{known: map[string]bool{}}, newPages(at), false
	var smaller *url.URL // is asked for after a page without a size that names no next one
	unsized := false     // a page without a size was asked for
	for pages.count() <= maxPages && len(list.tags) <= maxTags && list.idle < maxIdlePages {
		response, err := r.do(ctx, http.MethodGet, at, "application/json")
		if err != nil {
			return nil, err
		}
		if response.StatusCode != http.StatusOK {
			refused := r.refused(response)
			half := smallerPage(at, refused)
			switch {
			case guessed && slices.Contains(cannotGoOn, refused.status):
				r.maybeCut(refused)
				return list.tags, nil
			case guessed || half == nil:
				return nil, r.certain(ctx, refused)
			case unsized || isAboutSize(refused):
				at = half
			default: // where the size does not matter, no other one helps
				at, smaller, unsized = withSize(at, 0), half, true
			}
			continue
		}
		text, err := r.body(response, maxPage, "a page of tags")
		if err != nil {
			return nil, err
		}
		page, err := parseTags(text)
		if err != nil {
			return nil, fmt.Errorf("%s gives no list of tags: %s; check whether it is a registry", r.host(), r.line(err.Error()))
		}
		next, err := pages.next(r, response, at)
		if err != nil {
			return nil, err
		}
		if next == nil && smaller != nil { // it may be cut, and only its size would say so
			at, smaller = smaller, nil
			continue
		}
		smaller = nil
		list.add(page)
		if guessed = next == nil; guessed {
			if next = pages.after(at, page); next == nil || list.idle > 0 {
				return list.tags, nil
			}
		}
		at = next
	}
	return nil, fmt.Errorf("%s lists more than %d tags, or more than %d pages of them, or page after page without a new "+
		"one: the repository needs tidying, or the list never ends",
		r.host(), maxTags, maxPages)
}

// cannotGoOn are the statuses of registries that cannot list tags after one that was not said to be the last.
var cannotGoOn = []int{http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed,
	http.StatusRequestedRangeNotSatisfiable, http.StatusUnprocessableEntity}

// add adds a page. Some servers list null.
func (l *tagList) add(page []string) {
	l.idle++
	for _, tag := range page {
		if tag != "" && !l.known[tag] {
			l.known[tag] = true
			l.tags = append(l.tags, tag)
			l.idle = 0
		}
	}
}

// after returns the address of the page after the last one that a link led to: a page with as many tags as were asked
// for may have been cut without a link. It returns nil after a shorter page.
func (p *pages) after(at *url.URL, page []string) *url.URL {
	query := at.Query()
	if size, err := strconv.Atoi(query.Get("n")); err != nil || len(page) != size {
		return nil
	}
	last := ""
	for _, tag := range page {
		last = cmp.Or(tag, last)
	}
	if last == "" {
		return nil
	}
	query.Set("last", last)
	next := *at
	next.RawQuery = query.Encode()
	if p.read[pageOf(&next)] {
		return nil
	}
	p.read[pageOf(&next)] = true
	return &next
}

// maybeCut remarks that a list has exactly as many tags as were asked for.
func (r *reader) maybeCut(refused *refusal) {
	r.remark(image.Warning{
		Summary: "List of tags may be cut",
		Detail: fmt.Sprintf("The last page of the tags of %s is full and names no next one, and there may be more tags: %s.",
			r.repository, r.line(refused.Error())),
	})
}

// parseTags reads a page of tags. A repository without tags has null, and so may a place in the list.
func parseTags(text []byte) ([]string, error) {
	var page struct {
		Tags   []string `json:"tags"`
		Errors []struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	if err := json.Unmarshal(text, &page); err != nil {
		return nil, err
	}
	if len(page.Errors) > 0 && page.Tags == nil {
		return nil, fmt.Errorf("it says %s: %s", page.Errors[0].Code, page.Errors[0].Message)
	}
	return page.Tags, nil
}

// smallerPage returns the address of a page with half as many items, if the registry may have refused their number; in
// the end the address without a number, and then nil.
func smallerPage(at *url.URL, refused *refusal) *url.URL {
	refuses := []int{http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusRequestEntityTooLarge,
		http.StatusRequestedRangeNotSatisfiable, http.StatusUnprocessableEntity}
	named := func(code transport.ErrorCode) bool { return strings.HasPrefix(string(code), "NAME_") }
	size, err := strconv.Atoi(at.Query().Get("n"))
	if err != nil || !slices.Contains(refuses, refused.status) || slices.ContainsFunc(refused.codes, named) {
		return nil
	}
	return withSize(at, size/2)
}

// isAboutSize reports whether a refusal that may be about the size of a page certainly is.
func isAboutSize(refused *refusal) bool {
	named := func(code transport.ErrorCode) bool { return strings.HasPrefix(string(code), "PAGINATION_") }
	return refused.status != http.StatusBadRequest && refused.status != http.StatusMethodNotAllowed ||
		slices.ContainsFunc(refused.codes, named)
}

// withSize returns the address of a page of so many items, or of as many as the registry chooses if that is 0.
func withSize(at *url.URL, size int) *url.URL {
	query, sized := at.Query(), *at
	if query.Del("n"); size > 0 {
		query.Set("n", strconv.Itoa(size))
	}
	sized.RawQuery = query.Encode()
	return &sized
}
