package oci

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature"
)

const (
	// maxReferrers is how many referrers of one subject are read. Each may take two requests.
	maxReferrers = 1000
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
// or the requested platforms.
func (r *reader) statements(ctx context.Context, request *imageRequest, root *manifest, result *image.Image) error {
	within, err := r.detailed(ctx, request, result.Attestations)
	if err != nil {
		return err
	}
	found := within
	subjects, err := r.subjects(request, root, result)
	if err != nil {
		return err
	}
	place := r
	if request.elsewhere != nil {
		place = request.elsewhere
	}
	for _, subject := range subjects {
		about, err := place.about(ctx, request, subject)
		if err != nil {
			return fmt.Errorf("what refers to %s: %w", subject, err)
		}
		for _, one := range about {
			if root.is(subject) { // under whichever of its digests
				one.Subject = new(root.digest.String())
			}
			found = append(found, one)
		}
	}
	cover(request, root, result, within, found)
	// None is an empty list; nil means that they were not requested. No signatures are nil too if a list could not be
	// read: an image whose signature cannot be seen has not lost it.
	result.Signatures, result.Attestations = []image.Statement{}, []image.Statement{}
	if place.absent != nil && place.absent.unread {
		result.Signatures = nil
	}
	for _, one := range found {
		if one.Kind == image.KindSignature {
			result.Signatures = append(result.Signatures, one.Statement)
		} else {
			result.Attestations = append(result.Attestations, one.Statement)
		}
	}
	if request.facts {
		state(result, found)
	}
	return nil
}

// subjects returns the digests of the manifests whose referrers are read.
func (r *reader) subjects(request *imageRequest, root *manifest, result *image.Image) ([]digest.Digest, error) {
	subjects := []digest.Digest{root.digest}
	// Tools refer to an image by its SHA-256, also where it was asked for by another digest.
	if usual := digest.FromBytes(root.text); usual != root.digest {
		subjects = append(subjects, usual)
	}
	chosen := result.Choose(request.platform)
	for index := range result.Platforms {
		platform := &result.Platforms[index]
		if platform.Digest == nil || request.subjects != SubjectsAll && platform != chosen ||
			slices.Contains(subjects, digest.Digest(*platform.Digest)) {
			continue
		}
		if err := r.checkDigest(digest.Digest(*platform.Digest)); err != nil {
			if request.subjects == SubjectsAll && platform != chosen {
				continue // it is listed with a warning
			}
			return nil, fmt.Errorf("its manifest for %s: %w", r.line(platform.Platform), err)
		}
		subjects = append(subjects, digest.Digest(*platform.Digest))
	}
	return subjects, nil
}

// cover notes what a signature of the index covers: its platforms, and the attestations in it, by their digests.
func cover(request *imageRequest, root *manifest, result *image.Image, within, found []statement) {
	if request.trust == nil {
		return
	}
	signed := map[string]*string{} // the manifest of a valid signature, by subject
	for _, one := range found {
		if one.Kind == image.KindSignature && one.Verified != nil && *one.Verified && one.Subject != nil {
			signed[*one.Subject] = one.Digest
		}
	}
	ofIndex := signed[root.digest.String()]
	for index := range within { // the first ones of what was found
		found[index].CoveredBy = ofIndex
	}
	for index := range result.Platforms {
		platform := &result.Platforms[index]
		platform.Signed = new(ofIndex != nil || platform.Digest != nil && signed[*platform.Digest] != nil)
	}
}

// detailed splits BuildKit's attestations into their statements. They are not signed themselves.
func (r *reader) detailed(ctx context.Context, request *imageRequest, attestations []image.Statement) ([]statement,
	error) {
	read := min(len(attestations), maxReferrers)
	if read < len(attestations) {
		r.remark(image.Warning{Summary: "More attestations than are read",
			Detail: fmt.Sprintf("The index in %s lists %d. The first %d are read.", r.repository, len(attestations), read)})
	}
	return inParallel(ctx, attestations[:read], func(ctx context.Context, attestation image.Statement) ([]statement,
		error) {
		whole := statement{Statement: attestation}
		if attestation.Format == nil {
			return unsigned(whole, request), nil // it is another tool's
		}
		if attestation.Digest == nil {
			return failing(whole, request, errors.New("the index gives it no digest")), nil
		}
		if err := r.checkDigest(digest.Digest(*attestation.Digest)); err != nil {
			return lost(whole, request, err)
		}
		m, err := r.manifest(ctx, *attestation.Digest)
		if err != nil {
			return lost(whole, request, err)
		}
		if m.image == nil || len(m.image.Layers) == 0 {
			return unsigned(whole, request), nil
		}
		layers := r.lastLayers(m, read)
		return inParallel(ctx, layers, func(ctx context.Context, layer ocispec.Descriptor) ([]statement, error) {
			one := unsigned(whole, request)[0]
			claimed := layer.Annotations[annotationPredicateType]
			one.PredicateType, one.Kind = image.Known(r.line(claimed)), attestationKind(claimed)
			if !request.facts {
				return []statement{one}, nil
			}
			return r.unsignedFacts(ctx, request, one, layer)
		})
	})
}

// unsignedFacts reads what an attestation of BuildKit's says.
func (r *reader) unsignedFacts(ctx context.Context, request *imageRequest, s statement,
	layer ocispec.Descriptor) ([]statement, error) {
	content, release, err := r.large(ctx, layer, "the attestation")
	if err != nil {
		return lost(s, request, err)
	}
	defer release()
	predicateType, said, failure := signature.ReadStatement(content, digest.Digest(image.ValueOf(s.Subject)))
	if failure != nil {
		s.Fails(failure.Reason, failure.Error(), request.trust != nil)
		return []statement{s}, nil
	}
	s.PredicateType, s.Kind = image.Known(r.line(predicateType)), attestationKind(predicateType)
	r.say(&s, request, predicateType, said)
	return []statement{s}, nil
}

// about reads what refers to one manifest: its listed referrers, and what cosign stores under tags.
func (r *reader) about(ctx context.Context, request *imageRequest, subject digest.Digest) ([]statement, error) {
	sources := []func(context.Context) ([]statement, error){
		func(ctx context.Context) ([]statement, error) { return r.referrers(ctx, request, subject) },
	}
	for _, form := range []string{formSignature, formAttestation, formSBOM} {
		tag := cosignTag(subject) + form
		if len(tag) > maxTag {
			continue // cosign has no such tags
		}
		sources = append(sources, func(ctx context.Context) ([]statement, error) {
			m, err := r.tagged(ctx, tag)
			if err != nil || m == nil {
				return nil, err
			}
			return r.cosign(ctx, request, subject, m, form, 1)
		})
	}
	return inParallel(ctx, sources, func(ctx context.Context, source func(context.Context) ([]statement,
		error)) ([]statement, error) {
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
func (r *reader) referrers(ctx context.Context, request *imageRequest, subject digest.Digest) ([]statement, error) {
	listed, err := r.listed(ctx, subject)
	if err != nil {
		return nil, err
	}
	listed = r.distinct(subject, listed)
	return inParallel(ctx, listed, func(ctx context.Context, entry ocispec.Descriptor) ([]statement, error) {
		return r.referrer(ctx, request, subject, entry, len(listed))
	})
}

// distinct returns the referrers that are read, each of them once, in an order of its own: that of registries varies.
// Of too many it reads those first that may be signatures, then the newest.
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
		Detail: fmt.Sprintf("%d artifacts or more refer to %s in %s. %d are read, those first that may be signatures, then "+
			"the newest.", len(distinct), subject, r.repository, maxReferrers),
	})
	slices.SortStableFunc(distinct, func(a, b ocispec.Descriptor) int {
		return cmp.Or(cmp.Compare(signatureRank(a), signatureRank(b)), -cmp.Compare(createdAt(a), createdAt(b)))
	})
	return slices.SortedFunc(slices.Values(distinct[:maxReferrers]), order)
}

// createdAt returns when a list says that an artifact was made (RFC 3339), in a form that can be compared.
func createdAt(entry ocispec.Descriptor) string {
	at, err := time.Parse(time.RFC3339, entry.Annotations[ocispec.AnnotationCreated])
	if err != nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// inParallel reads several items at once and returns their statements in the order of the items.
func inParallel[T any](ctx context.Context, things []T, read func(context.Context, T) ([]statement,
	error)) ([]statement, error) {
	found := make([][]statement, len(things))
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
