package engine

import (
	"context"
	"strings"

	api "github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

func descriptor(d *ocispec.Descriptor) *image.Descriptor {
	if d == nil {
		return nil
	}
	shown := &image.Descriptor{
		MediaType: d.MediaType, Digest: d.Digest.String(), Size: d.Size, URLs: d.URLs, Annotations: d.Annotations,
		ArtifactType: image.Known(d.ArtifactType),
	}
	if d.Platform != nil {
		shown.Platform = image.Known(image.FormatPlatform(*d.Platform))
	}
	return shown
}

func manifests(summaries []api.ManifestSummary) []image.EngineManifest {
	if summaries == nil {
		return nil
	}
	shown := make([]image.EngineManifest, 0, len(summaries))
	for _, m := range summaries {
		manifest := image.EngineManifest{
			Digest: m.ID, Kind: string(m.Kind), Descriptor: descriptor(&m.Descriptor), Available: m.Available,
			ContentSize: m.Size.Content, TotalSize: m.Size.Total,
		}
		if data := m.ImageData; data != nil {
			manifest.UnpackedSize, manifest.Containers = count(data.Size.Unpacked), data.Containers
			manifest.Platform = image.Known(image.FormatPlatform(data.Platform))
			manifest.Identity = identity(data.Identity)
		}
		if data := m.AttestationData; data != nil {
			manifest.AttestationFor = image.Known(data.For.String())
		}
		shown = append(shown, manifest)
	}
	return shown
}

// attestations returns the attestations among the manifests of an index, nil if the engine does not report manifests.
func attestations(summaries []api.ManifestSummary) []image.Statement {
	if summaries == nil {
		return nil
	}
	statements := []image.Statement{}
	for _, m := range summaries {
		if m.Kind != api.ManifestKindAttestation {
			continue
		}
		subject := ""
		if m.AttestationData != nil {
			subject = m.AttestationData.For.String()
		}
		statements = append(statements, image.NewAttestation(m.ID, subject, m.Descriptor.ArtifactType))
	}
	return statements
}

// statements reads the statements of each available platform's attestation, and replaces the attestation with one for
// each.
func (r reading) statements(ctx context.Context, i *image.Image, found *inspection) error {
	var all []image.Statement
	for _, attestation := range i.Attestations {
		for _, m := range found.Manifests {
			if !m.Available || attestation.Subject == nil || m.ID != *attestation.Subject {
				continue
			}
			result, err := r.api.ImageAttestations(ctx, found.ID, client.ImageAttestationsWithPlatform(platformOf(m)))
			if err != nil {
				return r.failed(r.doing+"'s attestations", err)
			}
			for _, item := range result.Items {
				one := attestation
				one.PredicateType = image.Known(item.PredicateType)
				if lower := strings.ToLower(item.PredicateType); strings.Contains(lower, "spdx") ||
					strings.Contains(lower, "cyclonedx") {
					one.Kind = "sbom"
				}
				all = append(all, one)
			}
			if len(result.Items) > 0 {
				attestation.Kind = ""
			}
		}
		if attestation.Kind != "" {
			all = append(all, attestation)
		}
	}
	if all != nil {
		i.Attestations = all
	}
	return nil
}
