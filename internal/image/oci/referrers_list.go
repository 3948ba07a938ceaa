package oci

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const (
	// maxReferrerPages is how many pages of a list of referrers are read, unless they have maxListed entries before.
	maxReferrerPages = 20
	maxListed        = 10 * maxReferrers
)

// listed returns the list of the referrers API, or else the one that clients keep under a tag.
func (r *reader) listed(ctx context.Context, subject digest.Digest) ([]ocispec.Descriptor, error) {
	listed, absent, err := r.fromAPI(ctx, subject)
	if err != nil || absent == nil {
		return listed, err
	}
	m, err := r.tagged(ctx, tagFor(subject))
	if err != nil {
		return nil, err
	}
	// GitLab takes the tag for the digest, and answers with the subject itself.
	if m == nil || m.index == nil || m.is(subject) {
		return nil, r.unlisted(subject, absent)
	}
	return m.index.Manifests, nil
}

// unlisted remarks that there may be a list of referrers that could not be read, or returns the error, unless another
// host limits requests: GHCR has no referrers API, and redirects to a page for people that does.
func (r *reader) unlisted(subject digest.Digest, absent *noReferrers) error {
	switch {
	case absent.refused == nil:
		return nil
	case absent.refused.status != http.StatusTooManyRequests:
		return absent.refused
	}
	absent.unread = true
	r.remark(image.Warning{
		Summary: "List of referrers cannot be read",
		Detail: fmt.Sprintf("%s. There is no list under the tag %s of %s either, so signatures may be missing here.",
			r.line(absent.refused.Error()), tagFor(subject), r.repository),
	})
	return nil
}

// A noReferrers is why there is no list by the referrers API.
type noReferrers struct {
	refused *refusal // nil: the registry does not have the API
	unread  bool     // there may be a list all the same
}

// fromAPI reads all pages of the referrers API, or returns why there is no list: a registry that has the API answers
// with one for any digest.
func (r *reader) fromAPI(ctx context.Context, subject digest.Digest) ([]ocispec.Descriptor, *noReferrers, error) {
	if r.absent != nil {
		return nil, r.absent, nil
	}
	var listed []ocispec.Descriptor
	at := r.at("referrers", subject.String())
	pages := newPages(at)
	for {
		response, err := r.do(ctx, http.MethodGet, at, ocispec.MediaTypeImageIndex)
		if err != nil {
			return nil, nil, err
		}
		isFirst := pages.count() == 1 // a list that has begun is there
		if response.StatusCode != http.StatusOK {
			refused := r.refused(response)
			if absent := r.absence(response, refused); absent != nil && isFirst {
				return nil, absent, nil
			}
			return nil, nil, refused
		}
		text, err := r.body(response, maxManifest, "the list of referrers")
		if err != nil {
			return nil, nil, err
		}
		page, err := parseReferrers(mediaTypeOf(response.Header), text)
		if err != nil {
			return nil, nil, fmt.Errorf("the list of referrers of %s is not in JSON: %w", r.host(), err)
		}
		switch {
		case page == nil && isFirst:
			return nil, &noReferrers{}, nil
		case page == nil:
			return nil, nil, fmt.Errorf("page %d of the list of referrers of %s is no list; try again", pages.count(), r.host())
		}
		listed = append(listed, page.Manifests...)
		next, err := pages.next(r, response, at)
		if err != nil || next == nil {
			return listed, nil, err
		}
		if len(listed) > maxListed || pages.count() > maxReferrerPages {
			r.remark(image.Warning{
				Summary: "More referrers than are read",
				Detail: fmt.Sprintf("%s lists more than %d artifacts that refer to %s in %s, on more than %d pages. The others "+
					"are not read.", r.host(), len(listed), subject, r.repository, pages.count()-1),
			})
			return listed, nil, nil
		}
		at = next
	}
}

// absence returns why an answer means that there is no list, or nil. What says that there is no such API, and not only
// no list for this subject, is remembered for the other subjects.
func (r *reader) absence(response *http.Response, refused *refusal) *noReferrers {
	switch {
	case slices.Contains([]int{http.StatusMethodNotAllowed, http.StatusNotImplemented}, refused.status),
		refused.status == http.StatusNotFound && len(refused.codes) == 0:
		r.absent = &noReferrers{}
		return r.absent
	case slices.Contains([]int{http.StatusNotFound, http.StatusBadRequest, http.StatusNotAcceptable}, refused.status):
		return &noReferrers{}
	case refused.status != http.StatusUnauthorized && isElsewhere(response):
		r.absent = &noReferrers{refused: refused}
		return r.absent
	}
	return nil
}

// parseReferrers reads a list of referrers; nil if the answer is none. Harbor 2.9 sends it as any JSON. What is sent
// under another type, such as a page of a web server, is no list.
func parseReferrers(mediaType string, text []byte) (*ocispec.Index, error) {
	page := &ocispec.Index{}
	err := json.Unmarshal(text, page)
	if mediaType == ocispec.MediaTypeImageIndex {
		return page, err
	}
	var has struct {
		Manifests json.RawMessage `json:"manifests"`
	}
	isObject := json.Unmarshal(text, &has) == nil
	if err == nil && isObject && has.Manifests != nil {
		return page, nil
	}
	return nil, nil
}

// isInPlaceOfReferrers reports whether another host, to which the registry redirected for a list of referrers, limits
// requests. The list under the tag is read instead, without waiting.
func isInPlaceOfReferrers(response *http.Response) bool {
	return response.StatusCode == http.StatusTooManyRequests && isElsewhere(response) &&
		strings.Contains(firstOf(response.Request).URL.Path, "/referrers/")
}

// isElsewhere reports whether an answer is of another host, to which the registry redirected.
func isElsewhere(response *http.Response) bool {
	return firstOf(response.Request).URL.Host != response.Request.URL.Host
}

// firstOf returns the request that led to another one by redirects.
func firstOf(request *http.Request) *http.Request {
	for request.Response != nil && request.Response.Request != nil {
		request = request.Response.Request
	}
	return request
}
