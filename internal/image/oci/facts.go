package oci

import (
	"cmp"
	"slices"
	"time"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// state adds what the statements say to the image, the newest first. What has no time comes last.
func state(result *image.Image, found []statement) {
	result.Provenance, result.SBOMs = []image.Provenance{}, []image.SBOM{}
	result.Scans, result.VEX = []image.Scan{}, []image.VEX{}
	for _, one := range found {
		verified := one.Verified
		if one.CoveredBy != nil {
			verified = new(true)
		}
		if fact := one.facts.Provenance; fact != nil {
			fact.Statement, fact.Verified = one.Digest, verified
			result.Provenance = append(result.Provenance, *fact)
		}
		if fact := one.facts.SBOM; fact != nil {
			fact.Statement, fact.Verified = one.Digest, verified
			result.SBOMs = append(result.SBOMs, *fact)
		}
		if fact := one.facts.Scan; fact != nil {
			fact.Statement, fact.Verified = one.Digest, verified
			result.Scans = append(result.Scans, *fact)
		}
		if fact := one.facts.VEX; fact != nil {
			fact.Statement, fact.Verified = one.Digest, verified
			result.VEX = append(result.VEX, *fact)
		}
	}
	newestFirst(result.Provenance, func(p image.Provenance) *string { return cmp.Or(p.FinishedAt, p.StartedAt) })
	newestFirst(result.SBOMs, func(s image.SBOM) *string { return s.CreatedAt })
	newestFirst(result.Scans, func(s image.Scan) *string { return s.ScannedAt })
	newestFirst(result.VEX, func(v image.VEX) *string { return v.Timestamp })
}

// newestFirst sorts facts by their times.
func newestFirst[F any](facts []F, at func(F) *string) {
	moment := func(fact F) time.Time {
		known, _ := time.Parse(time.RFC3339, image.ValueOf(at(fact))) // with or without a fraction
		return known
	}
	slices.SortStableFunc(facts, func(a, b F) int { return moment(b).Compare(moment(a)) })
}
