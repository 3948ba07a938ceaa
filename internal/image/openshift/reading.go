package openshift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// A reading is the options of one call.
type reading struct {
	platform string
	raw      bool
	warn     func(image.Warning)
}

func newReading(platform string, include []string, warn func(image.Warning)) (*reading, error) {
	if platform != "" {
		if _, err := image.ParsePlatform(platform); err != nil {
			return nil, err
		}
	}
	for _, what := range include {
		if what != IncludeRaw {
			return nil, fmt.Errorf("%q is nothing that can be included: there is %s", what, IncludeRaw)
		}
	}
	if warn == nil {
		warn = func(image.Warning) {}
	}
	return &reading{platform: platform, raw: slices.Contains(include, IncludeRaw), warn: warn}, nil
}

// whole converts an image. The requested platform of a multi-platform image is an object of its own, which it reads if
// the cluster has it.
func (r *reading) whole(ctx context.Context, c *connection, o *object) (*image.Image, error) {
	result, err := r.describe(o)
	if err != nil {
		return nil, c.senseless(o, err)
	}
	doing := "read the image " + o.Metadata.Name + " at " + c.base.Host
	if len(result.Nameless) > 0 {
		r.warn(image.Warning{
			Summary: "Image for an unknown platform",
			Detail: fmt.Sprintf("Manifests of the image %s without a platform: %d. They are in nameless_manifests, and not in "+
				"platforms.", o.Metadata.Name, len(result.Nameless)),
		})
	}
	chosen := result.Choose(r.platform)
	if chosen == nil && r.platform != "" {
		return nil, image.Cannot(doing, image.NotThereFor(r.platform, named(result.Platforms),
			"any platform that the cluster knows of"), "", nil)
	}
	if chosen != nil && chosen.Digest != nil && *chosen.Digest != o.Metadata.Name {
		if _, err := digest.Parse(*chosen.Digest); err != nil { // it becomes part of an address
			return nil, image.Cannot(doing, fmt.Sprintf("its dockerImageManifests name for %s the digest %q: %v",
				chosen.Platform, c.oneLine(*chosen.Digest), err), "", err)
		}
		part, err := c.image(ctx, *chosen.Digest, r.warn)
		switch {
		case errors.Is(err, image.ErrNotFound):
			r.warn(image.Warning{
				Summary: "Platform is not in the cluster",
				Detail: fmt.Sprintf("The image %s is there for %s, but the cluster has no image %s, so that its configuration is "+
					"not known: it was pruned, or imported without importMode PreserveOriginal.", o.Metadata.Name,
					chosen.Platform, *chosen.Digest),
			})
		case err != nil:
			return nil, err
		default:
			facts, err := newFacts(part)
			if err != nil {
				return nil, c.senseless(part, err)
			}
			r.unread(part, facts)
			facts.fill(chosen)
			result.OpenShift.FactsFrom = image.Known(facts.from)
			r.lacking(o, result, chosen)
		}
	} else {
		r.lacking(o, result, chosen)
	}
	r.complete(result)
	return result, nil
}

// lacking warns of an image without a configuration. The chosen platform is nil for one without platforms.
func (r *reading) lacking(o *object, result *image.Image, chosen *image.Platform) {
	name := o.Metadata.Name
	if chosen != nil && chosen.Digest != nil { // that of an object without a digest is not known
		name = *chosen.Digest
	}
	switch {
	case chosen == nil && len(result.Nameless) == 0:
		r.warn(image.Warning{
			Summary: "Not a container image",
			Detail: fmt.Sprintf("Of the image %s the cluster knows neither platforms nor a configuration of containers: it is "+
				"another artifact, or an index without images.", name),
		})
	case chosen != nil && chosen.Config == nil:
		r.warn(image.Warning{
			Summary: "Configuration is not known",
			Detail: fmt.Sprintf("Of the image %s the cluster keeps no configuration, neither in its manifest nor in its "+
				"metadata, so that the catalogue is null: read it from its registry.", name),
		})
	}
}

// unread warns of values of a configuration that could not be read.
func (r *reading) unread(o *object, f *facts) {
	if len(f.unread) > 0 {
		r.warn(image.UnreadWarning("The configuration of the image "+o.Metadata.Name, wire.Cut(wire.OneLine(strings.Join(
			f.unread, ", ")), longestSaid)))
	}
}

// complete sets what follows from the facts. The platform of an image without a configuration has no name.
func (r *reading) complete(result *image.Image) {
	result.Complete(r.platform)
	if result.Platform != nil {
		result.Platform = image.Known(*result.Platform)
	}
}

// named returns the platforms that have a name.
func named(platforms []image.Platform) []image.Platform {
	return slices.DeleteFunc(slices.Clone(platforms), func(p image.Platform) bool { return p.Platform == "" })
}

// senseless returns the error for an object whose facts cannot be read.
func (c *connection) senseless(o *object, err error) error {
	return image.Cannot("make sense of the image "+o.Metadata.Name+" at "+c.base.Host, c.oneLine(err.Error()),
		"See what the cluster has of it: oc get image "+o.Metadata.Name+" -o yaml", err)
}

// listed converts an image of a list. A problem with one image is a warning.
func (r *reading) listed(o *object) *image.Image {
	result, err := r.describe(o)
	if err != nil {
		r.warn(image.Warning{
			Summary: "Image that makes no sense",
			Detail: fmt.Sprintf("Of the image %s neither platforms nor configuration are known: %v. See oc get image %s -o "+
				"yaml.", o.Metadata.Name, err, o.Metadata.Name),
		})
	}
	r.complete(result)
	return result
}

// describe converts an object. With an error, the facts of the image are left out.
func (r *reading) describe(o *object) (*image.Image, error) {
	result := &image.Image{Source: image.SourceOpenShift, Reference: o.DockerImageReference, OpenShift: r.own(o)}
	if d, err := digest.Parse(o.Metadata.Name); err == nil {
		result.Digest = new(d.String())
	}
	if named, err := reference.ParseNormalizedNamed(o.DockerImageReference); err == nil {
		result.Reference = named.String()
		if tagged, ok := named.(reference.Tagged); ok {
			result.Tags = []string{named.Name() + ":" + tagged.Tag()}
		}
		if result.Digest != nil {
			result.RepoDigests = []string{named.Name() + "@" + *result.Digest}
		}
	}
	result.Signatures = statements(o)
	facts, err := newFacts(o)
	if err != nil {
		result.MediaType = image.Known(o.DockerImageManifestMediaType)
		return result, err
	}
	r.unread(o, facts)
	facts.own(result.OpenShift)
	result.MediaType, result.Annotations = image.Known(facts.mediaType), facts.annotations
	if facts.isList {
		result.Platforms, result.Attestations, result.Nameless = facts.platforms, facts.attestations, facts.nameless
		return result, nil
	}
	if facts.from == "" && !facts.isImage(o) {
		return result, nil // a chart or another artifact, or an object without facts
	}
	platform := image.NewPlatform(facts.platform)
	platform.Digest, platform.MediaType = result.Digest, result.MediaType
	facts.fill(&platform)
	result.Platforms = []image.Platform{platform}
	return result, nil
}

// own returns what only OpenShift knows, without what is in Docker's metadata.
func (r *reading) own(o *object) *image.OpenShift {
	own := &image.OpenShift{
		Name: o.Metadata.Name, UID: image.Known(o.Metadata.UID), CreatedAt: moment(o.Metadata.CreationTimestamp),
		Labels: o.Metadata.Labels, Annotations: o.Metadata.Annotations,
		PullSpec:          image.Known(o.DockerImageReference),
		ManifestMediaType: image.Known(o.DockerImageManifestMediaType),
		Signatures:        signatures(o),
		DockerSignatures:  o.DockerImageSignatures,
	}
	for _, m := range o.DockerImageManifests {
		manifest := image.OpenShiftManifest{
			Digest: m.Digest, MediaType: image.Known(m.MediaType),
			OS: image.Known(m.OS), Architecture: image.Known(m.Architecture), Variant: image.Known(m.Variant),
		}
		if m.ManifestSize > 0 {
			manifest.ManifestSize = new(m.ManifestSize)
		}
		own.Manifests = append(own.Manifests, manifest)
	}
	if r.raw {
		own.Manifest, own.Config = image.Known(o.DockerImageManifest), image.Known(o.DockerImageConfig)
		if len(o.DockerImageMetadata) > 0 && string(o.DockerImageMetadata) != "null" {
			own.Metadata = inOrder(o.DockerImageMetadata)
		}
	}
	return own
}

// inOrder returns a JSON text without white space and with sorted keys, so that it is the same each time.
func inOrder(text json.RawMessage) *string {
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return new(string(text))
	}
	var written strings.Builder
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return new(string(text))
	}
	return new(strings.TrimSpace(written.String()))
}
