package oci

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
)

const (
	// maxReferrers is how many referrers of one subject are read. Each may take two requests.
	maxReferrers = 200
	// atOnce is how many items of a list are read at once. Lists may be nested (the places of statements, and the
	// statements in one), so that there may be sixteen requests at once.
	atOnce = 4
)

// annotationPredicateType is on the layers of BuildKit's attestations.
const annotationPredicateType = "in-toto.io/predicate-type"

// isAttestation reports whether an index's entry is an attestation of BuildKit's.
func isAttestation(entry ocispec.Descriptor) bool {
	return entry.Annotations[image.AnnotationReferenceType] != "" ||
		entry.Platform != nil && image.IsUnknown(*entry.Platform)
}

// statements reads signatures, attestations and other artifacts: those in the index, and those that refer to the image
// or the requested platform.
func (r *reader) statements(ctx context.Context, request *imageRequest, root *manifest, result *image.Image) error {
	found, err := r.detailed(ctx, result.Attestations)
	if err != nil {
		return err
	}
	subjects := []digest.Digest{root.digest}
	// Tools refer to an image by its SHA-256, also where it was asked for by another digest.
	if usual := digest.FromBytes(root.text); usual != root.digest {
		subjects = append(subjects, usual)
	}
	if chosen := result.Choose(request.platform); chosen != nil && chosen.Digest != nil &&
		*chosen.Digest != root.digest.String() {
		if err := r.checkDigest(digest.Digest(*chosen.Digest)); err != nil {
			return fmt.Errorf("its manifest for %s: %w", r.line(chosen.Platform), err)
		}
		subjects = append(subjects, digest.Digest(*chosen.Digest))
	}
	for _, subject := range subjects {
		about, err := r.about(ctx, subject, request.keys)
		if err != nil {
			return fmt.Errorf("what refers to %s: %w", subject, err)
		}
		for _, statement := range about {
			if root.is(subject) { // under whichever of its digests
				statement.Subject = new(root.digest.String())
			}
			found = append(found, statement)
		}
	}
	// None is an empty list; nil means that they were not requested. No signatures are nil too if a list could not be
	// read: an image whose signature cannot be seen has not lost it.
	result.Signatures, result.Attestations = []image.Statement{}, []image.Statement{}
	if r.absent != nil && r.absent.unread {
		result.Signatures = nil
	}
	for _, statement := range found {
		if statement.Kind == image.KindSignature {
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
		if attestation.Format == nil {
			return []image.Statement{attestation}, nil // it is another tool's
		}
		if attestation.Digest == nil {
			return failing(attestation, nil, errors.New("the index gives it no digest")), nil
		}
		if err := r.checkDigest(digest.Digest(*attestation.Digest)); err != nil {
			return lost(attestation, nil, err)
		}
		m, err := r.manifest(ctx, *attestation.Digest)
		if err != nil {
			return lost(attestation, nil, err)
		}
		if m.image == nil || len(m.image.Layers) == 0 {
			return []image.Statement{attestation}, nil
		}
		var stated []image.Statement
		for _, layer := range r.firstLayers(m, maxReferrers) {
			one := attestation
			one.PredicateType = image.Known(layer.Annotations[annotationPredicateType])
			one.Kind = image.KindOfPredicate(layer.Annotations[annotationPredicateType])
			stated = append(stated, one)
		}
		return stated, nil
	})
}

// about reads what refers to one manifest: its listed referrers, and what cosign stores under tags.
func (r *reader) about(ctx context.Context, subject digest.Digest, keys []signature.Key) ([]image.Statement, error) {
	sources := []func(context.Context) ([]image.Statement, error){
		func(ctx context.Context) ([]image.Statement, error) { return r.referrers(ctx, subject, keys) },
	}
	for _, form := range []string{formSignature, formAttestation, formSBOM} {
		tag := cosignTag(subject) + form
		if len(tag) > maxTag {
			continue // cosign has no such tags
		}
		sources = append(sources, func(ctx context.Context) ([]image.Statement, error) {
			m, err := r.tagged(ctx, tag)
			if err != nil || m == nil {
				return nil, err
			}
			return r.cosign(ctx, subject, m, form, keys)
		})
	}
	return inParallel(ctx, sources, func(ctx context.Context, source func(context.Context) ([]image.Statement,
		error)) ([]image.Statement, error) {
		return source(ctx)
	})
}

// maxTag is the length of the longest tag.
const maxTag = 128

// cosignTag returns the beginning of the tags under which cosign stores signatures of a manifest.
func cosignTag(subject digest.Digest) string { return strings.Replace(subject.String(), ":", "-", 1) }

// tagFor returns the tag for the referrers of a manifest where there is no referrers API. The distribution API cuts
// longer digests, so that the tag is one.
func tagFor(subject digest.Digest) string {
	algorithm, encoded := subject.Algorithm().String(), subject.Encoded()
	return algorithm[:min(len(algorithm), 32)] + "-" + encoded[:min(len(encoded), 64)]
}

// tagged reads the manifest of a tag, nil if there is none.
func (r *reader) tagged(ctx context.Context, tag string) (*manifest, error) {
	m, err := r.manifest(ctx, tag)
	if refused, ok := errors.AsType[*refusal](err); ok && refused.status == http.StatusNotFound {
		return nil, nil
	}
	return m, err
}

// referrers reads the listed referrers of a manifest.
func (r *reader) referrers(ctx context.Context, subject digest.Digest, keys []signature.Key) ([]image.Statement,
	error) {
	listed, err := r.listed(ctx, subject)
	if err != nil {
		return nil, err
	}
	listed = r.distinct(subject, listed)
	return inParallel(ctx, listed, func(ctx context.Context, entry ocispec.Descriptor) ([]image.Statement, error) {
		return r.referrer(ctx, subject, entry, keys)
	})
}

// distinct returns the referrers that are read, each of them once, in an order of its own: that of registries varies.
// Of too many it leaves out those that are listed as something else than signatures first.
func (r *reader) distinct(subject digest.Digest, listed []ocispec.Descriptor) []ocispec.Descriptor {
	order := func(a, b ocispec.Descriptor) int {
		return cmp.Or(cmp.Compare(a.ArtifactType, b.ArtifactType), cmp.Compare(a.Digest, b.Digest))
	}
	seen := map[digest.Digest]bool{subject: true} // no manifest refers to itself
	var distinct []ocispec.Descriptor
	for _, entry := range slices.SortedStableFunc(slices.Values(listed), order) {
		if !seen[entry.Digest] {
			seen[entry.Digest] = true
			distinct = append(distinct, entry)
		}
	}
	if len(distinct) <= maxReferrers {
		return distinct
	}
	r.remark(image.Warning{
		Summary: "More referrers than are read",
		Detail: fmt.Sprintf("%d artifacts or more refer to %s in %s. %d are read, those first that may be signatures.",
			len(distinct), subject, r.repository, maxReferrers),
	})
	slices.SortStableFunc(distinct, func(a, b ocispec.Descriptor) int {
		return cmp.Compare(signatureRank(a.ArtifactType), signatureRank(b.ArtifactType))
	})
	return slices.SortedFunc(slices.Values(distinct[:maxReferrers]), order)
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
