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
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

const (
	// maxNesting is how many indexes may stand in one another. Build tools nest one.
	maxNesting = 4
	// maxEntriesRead is how many entries of an index, and of those in it, are looked into.
	maxEntriesRead = 50
	// maxEntries is how many entries of an index, and of those in it, are listed. Indexes of build tools have dozens.
	maxEntries = 10_000
)

// An indexEntry is an entry of an index, or of an index in it. Most say their platform; the others are looked into.
type indexEntry struct {
	ocispec.Descriptor
	outer *ocispec.Platform // of the index that has the entry, as the index around that says
	depth int

	manifest *manifest       // nil if it was not read
	config   *image.Document // nil if it was not read
	failed   error           // why it could not be read
	entries  []*indexEntry   // of an index
}

// An indexReader reads an index with the indexes in it.
type indexReader struct {
	*reader
	entries []*indexEntry
	indexes []digest.Digest // that were read, so that each is read once
	left    int             // entries that may still be looked into
	listed  int             // entries of all indexes
	cut     bool            // an entry was not looked into
	short   bool            // an entry was not listed
}

// errTooMany is why an entry is not looked into.
var errTooMany = &contentError{fmt.Errorf("only %d entries are looked into", maxEntriesRead)}

// readIndex reads the entries of an index as far as is needed to know their platforms. For an index that names all its
// platforms this takes no request.
func (r *reader) readIndex(ctx context.Context, root *manifest) (*indexReader, error) {
	x := &indexReader{reader: r, left: maxEntriesRead}
	top := &indexEntry{manifest: root}
	x.open(top)
	x.entries = top.entries
	return x, x.look(ctx, x.entries)
}

// open lists the entries of an index, unless it was listed before or is too deep.
func (x *indexReader) open(e *indexEntry) {
	if slices.Contains(x.indexes, e.manifest.digest) {
		return
	}
	if e.depth >= maxNesting {
		x.cut = true
		e.failed = &contentError{fmt.Errorf("more than %d indexes stand in one another", maxNesting)}
		return
	}
	x.indexes = append(x.indexes, e.manifest.digest)
	if len(e.manifest.index.Manifests) == 0 && e.depth > 0 {
		e.failed = &contentError{errors.New("it is an index without entries")}
	}
	outer := e.outer
	if image.IsPlatform(e.Platform) {
		outer = e.Platform
	}
	entries := e.manifest.index.Manifests
	if room := maxEntries - x.listed; len(entries) > room {
		entries, x.short = entries[:room], true
	}
	x.listed += len(entries)
	for _, entry := range entries {
		e.entries = append(e.entries, &indexEntry{Descriptor: entry, outer: outer, depth: e.depth + 1})
	}
}

// look looks into entries that do not say what they are, and into the entries of those that are indexes, level by
// level.
func (x *indexReader) look(ctx context.Context, level []*indexEntry) error {
	for len(level) > 0 {
		var unclear []*indexEntry
		for _, e := range level {
			switch {
			case !e.isUnclear():
			case x.left == 0:
				x.cut = true
				e.failed = errTooMany
			default:
				x.left--
				unclear = append(unclear, e)
			}
		}
		group, each := errgroup.WithContext(ctx)
		group.SetLimit(atOnce)
		for _, e := range unclear {
			group.Go(func() error { return x.lookInto(each, e) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
		level = nil
		for _, e := range unclear {
			if e.isIndex() {
				x.open(e)
				level = append(level, e.entries...)
			}
		}
	}
	return nil
}

// isUnclear reports whether the index alone does not say what an entry is: one without a platform, or an index.
// BuildKit marks its attestations; unknown/unknown without the mark may be an image.
func (e *indexEntry) isUnclear() bool {
	return e.manifest == nil && e.failed == nil && e.Annotations[image.AnnotationReferenceType] == "" &&
		(image.IsIndex(e.MediaType) || !image.IsPlatform(e.Platform) && e.isManifest())
}

// isManifest reports whether an entry may be a manifest, by its media type: BuildKit's cache is an index of layers.
// Some tools write the type of the configuration.
func (e *indexEntry) isManifest() bool {
	return e.MediaType == "" || e.MediaType == "application/json" || image.IsConfig(e.MediaType) ||
		slices.Contains(knownManifests, e.MediaType) || strings.HasPrefix(e.MediaType, image.MediaTypeDockerSchema1)
}

func (e *indexEntry) isIndex() bool { return e.manifest != nil && e.manifest.index != nil }

// lookInto looks into an entry. Content that is lost or refused is noted; a registry that cannot be asked is an error.
func (x *indexReader) lookInto(ctx context.Context, e *indexEntry) error {
	err := x.readEntry(ctx, e)
	if err != nil && (ctx.Err() != nil || !isOfContent(err)) {
		return fmt.Errorf("its manifest %s: %w", e.Digest, ofPart(err))
	}
	e.failed = ofPart(err)
	return nil
}

// readEntry reads the manifest of an entry, and the configuration of an image that has no platform in the index.
func (x *indexReader) readEntry(ctx context.Context, e *indexEntry) error {
	err := x.checkDigest(e.Digest)
	if err != nil {
		return err
	}
	if e.manifest, err = x.manifest(ctx, e.Digest.String()); err != nil {
		return err
	}
	e.manifest.text = nil // it is long, and only that of the root is compared again
	if e.manifest.isImage() && !image.IsPlatform(e.Platform) {
		e.config, err = x.configuration(ctx, e.manifest)
	}
	return err
}

// checkDigest returns an error for a digest of an entry that is none: it becomes part of an address.
func (r *reader) checkDigest(d digest.Digest) error {
	if err := d.Validate(); err != nil {
		return &contentError{fmt.Errorf("the index gives it the digest %q: %w", r.line(string(d)), err)}
	}
	return nil
}

// isOfContent reports whether an error is about content that is lost or refused, and not about the registry. Harbor
// answers 412 for an image with vulnerabilities.
func isOfContent(err error) bool {
	refusals := []int{http.StatusForbidden, http.StatusPreconditionFailed, http.StatusUnavailableForLegalReasons}
	refused, ok := errors.AsType[*refusal](err)
	return isLost(err) || ok && refused.role == "" && slices.Contains(refusals, refused.status)
}

// isLost reports whether an error is about content that is not there, or is not what it should be.
func isLost(err error) bool {
	refused, ok := errors.AsType[*refusal](err)
	if !ok {
		return wire.Is[*contentError](err)
	}
	return refused.role != issuerRole && (refused.status == http.StatusNotFound || refused.status == http.StatusGone)
}

// platform returns the platform of an entry, nil if it is not known: that of the index, else that of the configuration,
// else that of the index around it.
func (e *indexEntry) platform() *ocispec.Platform {
	if image.IsPlatform(e.Platform) {
		return e.Platform
	}
	switch {
	case e.config == nil:
		return nil
	case image.IsPlatform(&e.config.Platform):
		return &e.config.Platform
	case !e.isAttestation():
		return e.outer
	}
	return nil
}

// isAttestation reports whether an entry is an attestation, as the index or its own configuration says.
func (e *indexEntry) isAttestation() bool {
	return isAttestation(e.Descriptor) || e.config != nil && image.IsUnknown(e.config.Platform)
}

// shown returns the platform of an image in the shape.
func (e *indexEntry) shown() image.Platform {
	known := e.platform()
	if known == nil {
		known = &ocispec.Platform{}
	}
	platform := image.NewPlatform(*known)
	platform.Digest, platform.MediaType = new(e.Digest.String()), image.Known(e.MediaType)
	if e.manifest != nil && e.manifest.image != nil {
		platform.MediaType, platform.ConfigDigest = new(e.manifest.mediaType), new(e.manifest.image.Config.Digest.String())
	}
	return platform
}

// An indexContent is what an index has, in its order.
type indexContent struct {
	images    []*indexEntry // with a platform
	nameless  []*indexEntry // that may be images
	artifacts []image.Statement
}

// content sorts the entries that were read.
func (x *indexReader) content() indexContent {
	var c indexContent
	c.add(x.entries)
	return c
}

func (c *indexContent) add(entries []*indexEntry) {
	for _, e := range entries {
		about := e.Annotations[image.AnnotationReferenceDigest]
		switch {
		case e.Annotations[image.AnnotationReferenceType] != "":
			c.artifacts = append(c.artifacts, image.NewAttestation(e.Digest.String(), about, e.ArtifactType))
		case e.isIndex() && e.failed == nil:
			c.add(e.entries)
		case e.platform() != nil:
			c.images = append(c.images, e)
		case !e.isManifest():
			c.artifacts = append(c.artifacts, e.artifact())
		case e.failed == nil && e.isAttestation():
			c.artifacts = append(c.artifacts, image.NewAttestation(e.Digest.String(), about, e.ArtifactType))
		case e.manifest != nil && e.manifest.image != nil && !e.manifest.isImage():
			c.artifacts = append(c.artifacts, e.artifact())
		default:
			c.nameless = append(c.nameless, e)
		}
	}
}

// artifact describes an entry that is no image.
func (e *indexEntry) artifact() image.Statement {
	kind := cmp.Or(e.ArtifactType, e.MediaType)
	if e.manifest != nil {
		kind = typeOf(e.manifest)
	}
	s := image.NewArtifact(e.Digest.String(), kind)
	if e.manifest != nil && e.manifest.image.Subject != nil {
		s.Subject = new(e.manifest.image.Subject.Digest.String())
	}
	return s
}

// digests returns the digests of the indexes in the index. Each of them is the image, for some of its platforms.
func (x *indexReader) digests() []string {
	var found []string
	for _, d := range x.indexes[1:] {
		found = append(found, d.String())
	}
	return found
}
