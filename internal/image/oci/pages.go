package oci

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/header"
)

// pages follows the links from each page of a list to the next one.
type pages struct{ read map[string]bool }

// newPages starts at the first page.
func newPages(first *url.URL) *pages { return &pages{read: map[string]bool{pageOf(first): true}} }

// pageOf returns the address of a page in one spelling.
func pageOf(at *url.URL) string {
	query := at.RawQuery
	if values, err := url.ParseQuery(query); err == nil {
		query = values.Encode()
	}
	return at.Path + "?" + query
}

// count returns how many pages were read, if the last link was followed.
func (p *pages) count() int { return len(p.read) }

// next returns the address of the next page of a list, nil after the last one. It must be on the same host, and no page
// that was read. A host to which the registry redirected has a link to its own address of the next page; the registry
// has it under the address that was asked for.
func (p *pages) next(r *reader, response *http.Response, at *url.URL) (*url.URL, error) {
	asked := &url.URL{Scheme: r.scheme(), Host: r.host(), Path: at.Path, RawPath: at.RawPath, RawQuery: at.RawQuery}
	answered := response.Request.URL
	target, err := r.linked(response.Header.Values("Link"), answered)
	if err != nil || target == nil {
		return nil, err
	}
	next := &url.URL{Path: target.Path, RawPath: target.RawPath, RawQuery: target.RawQuery}
	switch {
	case sameHost(target, asked):
	case sameHost(target, answered) && target.Path == answered.Path:
		next.Path, next.RawPath = at.Path, at.RawPath
	default:
		return nil, fmt.Errorf("%s names a next page on another host, %s: it is not followed", r.host(), r.line(target.Host))
	}
	switch {
	case pageOf(next) == pageOf(at) || pageOf(target) == pageOf(answered):
		return nil, fmt.Errorf("%s names a page as the one after itself", r.host())
	case p.read[pageOf(next)]:
		return nil, fmt.Errorf("%s names a page as the next one that was read before: the list never ends", r.host())
	}
	p.read[pageOf(next)] = true
	return next, nil
}

// linked returns the target of the link to the next page, nil if there is none. A link without a relation is taken for
// one if it leads to another page of the same list. What cannot be read is an error: a list must not be cut in silence.
func (r *reader) linked(values []string, base *url.URL) (*url.URL, error) {
	links, whole := header.ParseLinks(values)
	var unnamed *url.URL
	for _, l := range links {
		target, err := base.Parse(l.Target)
		if l.IsNext() && err != nil {
			return nil, fmt.Errorf("%s names a next page that is no address: %q", r.host(), r.line(l.Target))
		}
		switch {
		case err != nil || !startsHere(l, base):
		case l.IsNext():
			return target, nil
		case !l.Named && unnamed == nil && target.Path == base.Path && pageOf(target) != pageOf(base):
			unnamed = target
		}
	}
	if unnamed == nil && !whole && strings.Contains(strings.ToLower(strings.Join(values, ",")), "next") {
		return nil, fmt.Errorf("%s names a next page in a way that cannot be read: Link: %s", r.host(),
			r.line(strings.Join(values, ", ")))
	}
	return unnamed, nil
}

// startsHere reports whether a link starts at the page that it came with, and not at another one.
func startsHere(l header.Link, base *url.URL) bool {
	start, err := base.Parse(l.Anchor)
	return err == nil && pageOf(start) == pageOf(base)
}

// sameHost reports whether two addresses have one host, with the default port or without. The scheme does not matter:
// behind a proxy a server may not know that it is reached by TLS.
func sameHost(a, b *url.URL) bool {
	plain := func(u *url.URL) string {
		return canonicalHost(strings.TrimSuffix(u.Host, map[string]string{"http": ":80", "https": ":443"}[u.Scheme]))
	}
	return plain(a) == plain(b)
}
