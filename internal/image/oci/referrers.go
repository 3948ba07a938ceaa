package oci

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const (
	// maxReferrers is how many referrers of one subject are read. Each may take two requests.
	maxReferrers     = 200
	maxReferrerPages = 20
	// atOnce is how many items of a list are read at once. Lists may be nested (the places of statements, and the
	// statements in one), so that there may be sixteen requests at once.
	atOnce = 4
)

// annotationPredicateType is on the layers of BuildKit's attestations.
const annotationPredicateType = "in-toto.io/predicate-type"

// isAttestation reports whether an index's entry is an attestation of BuildKit's.
func isAttestation(entry ocispec.Descriptor) bool {
	return entry.Annotations[image.AnnotationReferenceType] != "" ||
		entry.Platform != nil && entry.Platform.OS == "unknown" && entry.Platform.Architecture == "unknown"
}

// statements reads signatures, attestations and other artifacts: those in the index, and those that refer to the image
// or the requested platform.
func (r *reader) statements(ctx context.Context, request *imageRequest, root *manifest, result *image.Image) error {
	found, err := r.detailed(ctx, result.Attestations)
	if err != nil {
		return err
	}
	subjects := []digest.Digest{root.digest}
	if chosen := result.Choose(request.platform); chosen != nil && chosen.Digest != nil &&
		*chosen.Digest != root.digest.String() {
		subjects = append(subjects, digest.Digest(*chosen.Digest))
	}
	for _, subject := range subjects {
		about, err := r.about(ctx, subject, request.keys)
		if err != nil {
			return fmt.Errorf("what refers to %s: %w", subject, err)
		}
		found = append(found, about...)
	}
	// None is an empty list; nil would mean that they were not requested.
	result.Signatures, result.Attestations = []image.Statement{}, []image.Statement{}
	for _, statement := range found {
		if statement.Kind == kindSignature {
			result.Signatures = append(result.Signatures, statement)
		} else {
			result.Attestations = append(result.Attestations, statement)
		}
	}
	return nil
}

// detailed splits BuildKit's attestations into their statements.
func (r *reader) detailed(ctx context.Context, attestations []image.Statement) ([]image.Statement, error) {
	return inParallel(ctx, attestations, func(ctx context.Context, attestation image.Statement) ([]image.Statement,
		error) {
		if attestation.Digest == nil {
			return failing(ctx, attestation, nil, errors.New("the index gives it no digest"))
		}
		m, err := r.manifest(ctx, *attestation.Digest)
		if err != nil {
			return failing(ctx, attestation, nil, err)
		}
		if m.image == nil || len(m.image.Layers) == 0 {
			return []image.Statement{attestation}, nil
		}
		var stated []image.Statement
		for _, layer := range m.image.Layers[:min(len(m.image.Layers), maxReferrers)] {
			one := attestation
			one.PredicateType = image.Known(layer.Annotations[annotationPredicateType])
			one.Kind = kindOfPredicate(layer.Annotations[annotationPredicateType])
			stated = append(stated, one)
		}
		return stated, nil
	})
}

// about reads what refers to one manifest: its listed referrers, and what cosign stores under tags.
func (r *reader) about(ctx context.Context, subject digest.Digest, keys []publicKey) ([]image.Statement, error) {
	sources := []func(context.Context) ([]image.Statement, error){
		func(ctx context.Context) ([]image.Statement, error) { return r.referrers(ctx, subject, keys) },
	}
	for _, suffix := range []string{".sig", ".att", ".sbom"} {
		sources = append(sources, func(ctx context.Context) ([]image.Statement, error) {
			m, err := r.tagged(ctx, tagFor(subject)+suffix)
			if err != nil || m == nil {
				return nil, err
			}
			return r.cosign(ctx, subject, m, suffix, keys)
		})
	}
	return inParallel(ctx, sources, func(ctx context.Context, source func(context.Context) ([]image.Statement,
		error)) ([]image.Statement, error) {
		return source(ctx)
	})
}

// tagFor returns the tag for the referrers of a manifest where there is no referrers API.
func tagFor(subject digest.Digest) string { return strings.Replace(subject.String(), ":", "-", 1) }

// tagged reads the manifest of a tag, nil if there is none.
func (r *reader) tagged(ctx context.Context, tag string) (*manifest, error) {
	m, err := r.manifest(ctx, tag)
	if refused, ok := errors.AsType[*refusal](err); ok && refused.status == http.StatusNotFound {
		return nil, nil
	}
	return m, err
}

// referrers reads the listed referrers of a manifest.
func (r *reader) referrers(ctx context.Context, subject digest.Digest, keys []publicKey) ([]image.Statement, error) {
	listed, err := r.listed(ctx, subject)
	if err != nil {
		return nil, err
	}
	// The order of registries varies.
	listed = slices.SortedFunc(slices.Values(listed), func(a, b ocispec.Descriptor) int {
		return cmp.Or(cmp.Compare(a.ArtifactType, b.ArtifactType), cmp.Compare(a.Digest, b.Digest))
	})
	if len(listed) > maxReferrers {
		r.remark(image.Warning{
			Summary: "More referrers than are read",
			Detail: fmt.Sprintf("%d artifacts refer to %s in %s. The first %d are read.", len(listed), subject, r.repository,
				maxReferrers),
		})
		listed = listed[:maxReferrers]
	}
	return inParallel(ctx, listed, func(ctx context.Context, entry ocispec.Descriptor) ([]image.Statement, error) {
		return r.referrer(ctx, subject, entry, keys)
	})
}

// listed returns the list of the referrers API, or else the one that clients keep under a tag.
func (r *reader) listed(ctx context.Context, subject digest.Digest) ([]ocispec.Descriptor, error) {
	if listed, ok, err := r.fromAPI(ctx, subject); err != nil || ok {
		return listed, err
	}
	m, err := r.tagged(ctx, tagFor(subject))
	if err != nil || m == nil || m.index == nil {
		return nil, err
	}
	return m.index.Manifests, nil
}

// fromAPI reads all pages of the referrers API. It returns false if there is no such API: a registry that has it
// answers with a list for any digest.
func (r *reader) fromAPI(ctx context.Context, subject digest.Digest) ([]ocispec.Descriptor, bool, error) {
	if r.noReferrers {
		return nil, false, nil
	}
	var listed []ocispec.Descriptor
	at := r.at("referrers", subject.String())
	for range maxReferrerPages {
		response, err := r.do(ctx, http.MethodGet, at, ocispec.MediaTypeImageIndex)
		if err != nil {
			return nil, false, err
		}
		absent := []int{http.StatusNotFound, http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotAcceptable,
			http.StatusNotImplemented}
		if slices.Contains(absent, response.StatusCode) || response.StatusCode == http.StatusOK &&
			mediaTypeOf(response.Header) != ocispec.MediaTypeImageIndex {
			discard(response)
			r.noReferrers = true
			return nil, false, nil
		}
		if response.StatusCode != http.StatusOK {
			return nil, false, r.refused(response)
		}
		text, err := r.body(response, maxManifest, "the list of referrers")
		if err != nil {
			return nil, false, err
		}
		var page ocispec.Index
		if err := json.Unmarshal(text, &page); err != nil {
			return nil, false, fmt.Errorf("the list of referrers of %s is not in JSON: %w", r.host(), err)
		}
		listed = append(listed, page.Manifests...)
		next, err := r.next(response, at)
		if err != nil || next == nil || len(listed) > maxReferrers {
			return listed, err == nil, err
		}
		at = next
	}
	return listed, true, nil
}

// next returns the address of the next page of a list, nil after the last one. It must be on the same host.
func (r *reader) next(response *http.Response, at *url.URL) (*url.URL, error) {
	for _, link := range response.Header.Values("Link") {
		target, parameters, found := strings.Cut(link, ">")
		target, starts := strings.CutPrefix(strings.TrimSpace(target), "<")
		if !found || !starts || !strings.Contains(strings.ReplaceAll(parameters, `"`, ""), "rel=next") {
			continue
		}
		base := url.URL{Scheme: r.scheme(), Host: r.host(), Path: at.Path, RawQuery: at.RawQuery}
		next, err := base.Parse(target)
		if err != nil {
			return nil, fmt.Errorf("%s names a next page that is no address: %q", r.host(), r.line(target))
		}
		if next.Host != base.Host {
			return nil, fmt.Errorf("%s names a next page on another host, %s: it is not followed", r.host(), r.line(next.Host))
		}
		if next.Path == at.Path && next.RawQuery == at.RawQuery {
			return nil, fmt.Errorf("%s names a page as the one after itself", r.host())
		}
		return &url.URL{Path: next.Path, RawPath: next.RawPath, RawQuery: next.RawQuery}, nil
	}
	return nil, nil
}

// inParallel reads several items at once and returns their statements in the order of the items.
func inParallel[T any](ctx context.Context, things []T, read func(context.Context, T) ([]image.Statement,
	error)) ([]image.Statement, error) {
	found := make([][]image.Statement, len(things))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for index, thing := range things {
		group.Go(func() (err error) {
			found[index], err = read(ctx, thing)
			return err
		})
	}
	err := group.Wait()
	return slices.Concat(found...), err
}
