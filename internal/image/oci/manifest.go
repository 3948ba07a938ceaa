package oci

import (
	"bytes"
	"context"
	_ "crypto/sha512" // a digest may be a SHA-512
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

const (
	maxManifest = 8 << 20 // twice the limit that the distribution API asks of registries
	maxConfig   = 8 << 20
	// maxObjects is how many objects a manifest may have: each is two bytes of text, and hundreds of memory.
	maxObjects = 100_000
)

var (
	knownManifests = []string{ocispec.MediaTypeImageIndex, ocispec.MediaTypeImageManifest, image.MediaTypeDockerList,
		image.MediaTypeDockerManifest}
	acceptManifests = strings.Join(knownManifests, ", ")
)

// A manifest is an index, or the manifest of an image or another artifact. Its digest is computed from its content.
type manifest struct {
	digest    digest.Digest
	mediaType string
	index     *ocispec.Index // set, or else image
	image     *ocispec.Manifest
	text      []byte
}

// is reports whether a manifest is the content of a digest, of whatever algorithm.
func (m *manifest) is(d digest.Digest) bool {
	return m.digest == d || valid(d) && d.Algorithm().FromBytes(m.text) == d
}

// head requests only the digest and the media type. It returns false where the registry does not answer with both: GET
// returns them, or the error.
func (r *reader) head(ctx context.Context, identifier string) (manifest, bool, error) {
	response, err := r.do(ctx, http.MethodHead, r.at("manifests", identifier), acceptManifests)
	if err != nil {
		return manifest{}, false, err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusTooManyRequests {
		return manifest{}, false, r.refused(response) // another request makes it no better
	}
	answered := manifest{mediaType: mediaTypeOf(response.Header),
		digest: digest.Digest(response.Header.Get("Docker-Content-Digest"))}
	if response.StatusCode != http.StatusOK || !valid(answered.digest) || !slices.Contains(knownManifests,
		answered.mediaType) {
		return manifest{}, false, nil
	}
	if asked := digest.Digest(identifier); valid(asked) {
		if asked != answered.digest && asked.Algorithm() == answered.digest.Algorithm() {
			return manifest{}, false, r.mismatch(asked, answered.digest)
		}
		answered.digest = asked
	}
	return answered, true, nil
}

func valid(d digest.Digest) bool { return d.Validate() == nil }

// manifest reads the manifest of a tag or digest.
func (r *reader) manifest(ctx context.Context, identifier string) (*manifest, error) {
	response, err := r.do(ctx, http.MethodGet, r.at("manifests", identifier), acceptManifests)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, r.certain(ctx, r.refused(response))
	}
	text, err := r.body(response, maxManifest, "the manifest")
	if err != nil {
		return nil, err
	}
	m := &manifest{mediaType: mediaTypeOf(response.Header), text: text}
	if err := m.decode(text); err != nil {
		return nil, &contentError{fmt.Errorf("what %s has there is no image manifest: %s", r.host(), r.line(err.Error()))}
	}
	// The content must have the requested digest. That of a tag must have the digest that the registry says: if the two
	// differ, HEAD and GET have different digests, and a pull by digest fails.
	expected := digest.Digest(identifier)
	if !valid(expected) {
		expected = digest.Digest(response.Header.Get("Docker-Content-Digest"))
	}
	if !valid(expected) {
		m.digest = digest.FromBytes(text)
		return m, nil
	}
	if m.digest = expected.Algorithm().FromBytes(text); m.digest != expected {
		return nil, r.mismatch(expected, m.digest)
	}
	return m, nil
}

// certain finds out whether a 404 without an error code is the registry's own.
func (r *reader) certain(ctx context.Context, e *refusal) error {
	if e.status != http.StatusNotFound || e.gone || len(e.codes) > 0 || e.role != "" {
		return e
	}
	if root, err := r.do(ctx, http.MethodGet, &url.URL{Path: "/v2/"}, ""); err == nil {
		discard(root)
		e.gone = root.StatusCode == http.StatusOK
	}
	return e
}

// ofPart returns an answer as one about a part of an image: the image exists, even if the part does not. The answer
// itself stays as it is, for calls share one: what a registry said when it was asked for a challenge is kept.
func ofPart(err error) error {
	e, ok := errors.AsType[*refusal](err)
	if !ok || e.part {
		return err
	}
	part := *e
	part.gone, part.part = false, true
	return &part
}

func (r *reader) mismatch(asked, got digest.Digest) error {
	return &contentError{fmt.Errorf("%s says %s and gives %s: the content is refused, because it was changed on the way "+
		"or in the registry", r.host(), asked, got)}
}

// A contentError is about what a manifest or blob is, and not about the way to it or the registry.
type contentError struct{ error }

func (e *contentError) Unwrap() error { return e.error }

func mediaTypeOf(header http.Header) string {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return mediaType
}

// checkMediaType refuses manifests that have no digest or platform.
func (m *manifest) checkMediaType() error {
	if strings.HasPrefix(m.mediaType, image.MediaTypeDockerSchema1) {
		return errors.New("it is a manifest of schema 1, which Docker gave up in 2019 and current engines do not run: " +
			"build and push the image again")
	}
	if m.mediaType != "application/json" && !strings.HasSuffix(m.mediaType, "+json") {
		return fmt.Errorf("its media type is %q; check whether the host is a registry", m.mediaType)
	}
	return nil
}

// decode reads a manifest. Some registries send all of them as application/json. Its kind is then in its own mediaType,
// or follows from its fields.
func (m *manifest) decode(text []byte) error {
	generic := m.mediaType == "" || m.mediaType == "application/json" || m.mediaType == "text/plain" ||
		m.mediaType == "application/octet-stream"
	if generic {
		m.mediaType = "application/json"
	}
	if err := m.checkMediaType(); err != nil {
		return err
	}
	var kind struct {
		SchemaVersion int             `json:"schemaVersion"`
		MediaType     string          `json:"mediaType"`
		Manifests     json.RawMessage `json:"manifests"`
		Config        json.RawMessage `json:"config"`
		Layers        json.RawMessage `json:"layers"`
	}
	if err := json.Unmarshal(text, &kind); err != nil {
		return fmt.Errorf("it is not in JSON: %w", err)
	}
	if bytes.Count(text, []byte("{")) > maxObjects {
		return fmt.Errorf("it has more than %d objects", maxObjects)
	}
	isIndex, isImage := kind.Manifests != nil, kind.Config != nil || kind.Layers != nil
	switch {
	case kind.SchemaVersion == 1:
		m.mediaType = image.MediaTypeDockerSchema1
		return m.checkMediaType()
	case generic && kind.MediaType != "":
		m.mediaType = kind.MediaType
	case kind.MediaType != "" && kind.MediaType != m.mediaType:
		return fmt.Errorf("it is %q by its own word and %q by the registry's", oneLine(kind.MediaType), oneLine(m.mediaType))
	case generic && isIndex:
		m.mediaType = ocispec.MediaTypeImageIndex
	case generic:
		m.mediaType = ocispec.MediaTypeImageManifest
	}
	// A text that is both an index and an image has one digest and two meanings, and a signature covers only one of them.
	if isIndex && isImage || isIndex != image.IsIndex(m.mediaType) {
		return fmt.Errorf("its content does not fit its media type %q", m.mediaType)
	}
	if isIndex {
		m.index = &ocispec.Index{}
		return json.Unmarshal(text, m.index)
	}
	m.image = &ocispec.Manifest{}
	return json.Unmarshal(text, m.image)
}

// isImage reports whether a manifest is of a container image. Charts, modules and signatures are stored in the same
// way.
func (m *manifest) isImage() bool {
	return m.image != nil && image.IsConfig(m.image.Config.MediaType)
}

// blob reads a blob, and checks its digest.
func (r *reader) blob(ctx context.Context, d ocispec.Descriptor, limit int64, what string) ([]byte, error) {
	if err := d.Digest.Validate(); err != nil {
		return nil, &contentError{fmt.Errorf("%s: the manifest gives it the digest %q: %w", what, r.line(string(d.Digest)),
			err)}
	}
	if d.Size > limit {
		return nil, &contentError{fmt.Errorf("%s is larger than %s: it is not read", what, size(limit))}
	}
	response, err := r.do(ctx, http.MethodGet, r.at("blobs", d.Digest.String()), "")
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s cannot be read: %w", what, ofPart(r.refused(response)))
	}
	text, err := r.body(response, limit, what)
	if err != nil {
		return nil, err
	}
	if got := d.Digest.Algorithm().FromBytes(text); got != d.Digest {
		return nil, r.mismatch(d.Digest, got)
	}
	return text, nil
}

// configuration reads the configuration of an image. Values that cannot be read are left out with a warning.
func (r *reader) configuration(ctx context.Context, m *manifest) (*image.Document, error) {
	text, err := r.blob(ctx, m.image.Config, maxConfig, "the image configuration")
	if err != nil {
		return nil, err
	}
	config, err := image.ReadDocument(text)
	if err != nil {
		return nil, &contentError{fmt.Errorf("the image configuration %s cannot be read: %w", m.image.Config.Digest, err)}
	}
	if len(config.Unread) > 0 {
		r.remark(image.UnreadWarning(fmt.Sprintf("The image configuration %s of %s", m.image.Config.Digest, r.repository),
			r.line(strings.Join(config.Unread, ", "))))
	}
	return config, nil
}
