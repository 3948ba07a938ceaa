package oci

import (
	"context"
	"fmt"
	"slices"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// platformsOfIndex lists the platforms of an index, and reads the details of the requested one.
func (r *reader) platformsOfIndex(ctx context.Context, request *imageRequest, root *manifest,
	result *image.Image) error {
	index, err := r.readIndex(ctx, root)
	if err != nil {
		return err
	}
	content, chosen, err := r.choose(ctx, request, index, result)
	if err != nil {
		return err
	}
	index.warnings(request, content)
	result.Attestations = content.artifacts
	for _, e := range content.nameless {
		result.Nameless = append(result.Nameless, e.Digest.String())
	}
	for _, inner := range index.digests() {
		result.RepoDigests = append(result.RepoDigests, request.named.Name()+"@"+inner)
	}
	slices.Sort(result.RepoDigests)
	if chosen == nil || !request.details() {
		return nil
	}
	platform := result.Choose(request.platform)
	if !chosen.manifest.isImage() {
		r.remark(image.Warning{
			Summary: "Not a container image",
			Detail: fmt.Sprintf("What %s has for %s is no container image, so there is no configuration of containers.",
				request.named, r.line(platform.Platform)),
		})
		return nil
	}
	config := chosen.config
	if config == nil && (request.config || request.history) {
		if config, err = r.configuration(ctx, chosen.manifest); err != nil {
			return fmt.Errorf("its platform %s: %w", r.line(platform.Platform), err)
		}
	}
	request.describe(platform, chosen.manifest, config)
	return nil
}

// choose lists the platforms of an index and returns the entry of the requested one, with its manifest if details are
// requested; nil if there is none. A manifest may turn out to be an index, which then is looked into.
func (r *reader) choose(ctx context.Context, request *imageRequest, index *indexReader,
	result *image.Image) (indexContent, *indexEntry, error) {
	for {
		content := index.content()
		// An image whose configuration names no platform runs, too, if it is the only one.
		if len(content.images) == 0 && len(content.nameless) == 1 && content.nameless[0].config != nil {
			content.images, content.nameless = content.nameless, nil
		}
		result.Platforms = []image.Platform{}
		for _, e := range content.images {
			result.Platforms = append(result.Platforms, e.shown())
		}
		chosen := result.Choose(request.platform)
		if chosen == nil && request.platform != "" {
			text := image.NotThereFor(request.platform, result.Platforms, "any other platform")
			if nameless := len(content.nameless); nameless > 0 {
				text += fmt.Sprintf("; of %d of its manifests the platform is not known", nameless)
			}
			return content, nil, noPlatform(text)
		}
		if chosen == nil {
			return content, nil, nil
		}
		name := r.line(chosen.Platform)
		e := content.images[slices.IndexFunc(result.Platforms,
			func(p image.Platform) bool { return p.Digest == chosen.Digest })] // the pointer, which each has of its own
		switch {
		case !request.details() || e.manifest != nil && !e.isIndex():
			return content, e, nil
		case e.failed != nil:
			return content, nil, fmt.Errorf("its manifest for %s: %w", name, ofPart(e.failed))
		}
		if err := r.checkDigest(e.Digest); err != nil {
			return content, nil, fmt.Errorf("its manifest for %s: %w", name, err)
		}
		m, err := r.manifest(ctx, e.Digest.String())
		if err != nil {
			return content, nil, fmt.Errorf("its manifest for %s: %w", name, ofPart(err))
		}
		m.text = nil
		e.manifest = m
		switch {
		case e.isIndex() && index.left == 0:
			index.cut, e.failed = true, errTooMany
		case e.isIndex():
			index.left--
			index.open(e)
			if err := index.look(ctx, e.entries); err != nil {
				return content, nil, err
			}
		}
	}
}

// warnings remarks what the index does not tell.
func (x *indexReader) warnings(request *imageRequest, c indexContent) {
	if nameless := len(c.nameless); nameless > 0 {
		var reasons []string
		for _, e := range c.nameless {
			if e.failed != nil {
				reasons = append(reasons, x.line(e.failed.Error()))
			}
		}
		detail := fmt.Sprintf("The index of %s has %d manifests without a platform. They are left out.", request.named,
			nameless)
		if len(reasons) > 0 {
			detail += fmt.Sprintf(" %d of them could not be looked into: %s.", len(reasons), reasons[0])
		} else {
			detail += " Their configurations name none either: name it when the image is built or added to the index."
		}
		x.remark(image.Warning{Summary: "Image for an unknown platform", Detail: detail})
	}
	var unread []*indexEntry
	for _, e := range c.images {
		if e.platform() == nil {
			x.remark(image.Warning{
				Summary: "Image for an unknown platform",
				Detail: fmt.Sprintf("The index of %s has one image, and neither the index nor the image's configuration names "+
					"its platform.", request.named),
			})
		}
		if e.failed != nil {
			unread = append(unread, e)
		}
	}
	if len(unread) > 0 {
		others := ""
		if len(unread) > 1 {
			others = fmt.Sprintf(" The same holds for %d others, if not for the same reason.", len(unread)-1)
		}
		x.remark(image.Warning{
			Summary: "Index that cannot be read",
			Detail: fmt.Sprintf("What %s has for %s is an index of its own, and could not be looked into: %s.%s", request.named,
				x.line(image.FormatPlatform(*unread[0].Platform)), x.line(unread[0].failed.Error()), others),
		})
	}
	if x.cut {
		x.remark(image.Warning{
			Summary: "Index is not read as a whole",
			Detail: fmt.Sprintf("The index of %s has more indexes or entries without a platform than are looked into (%d, of "+
				"%d levels).", request.named, maxEntriesRead, maxNesting),
		})
	}
	if x.short {
		x.remark(image.Warning{
			Summary: "Index is not read as a whole",
			Detail: fmt.Sprintf("The index of %s has more than %d entries. The others are left out.", request.named,
				maxEntries),
		})
	}
	if len(c.images)+len(c.nameless) == 0 {
		x.remark(image.Warning{
			Summary: "Not a container image",
			Detail: fmt.Sprintf("The index of %s has no container image: it has a digest, but neither platforms nor a "+
				"configuration of containers.", request.named),
		})
	}
}
