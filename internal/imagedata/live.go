package imagedata

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/tagged"
)

// A liveModel is the part of the shape that a comparison needs. Terraform converts any data source's object to it: it
// drops other attributes (credentials among them), and sets missing ones to null.
type liveModel struct {
	Exists       *bool            `tfsdk:"exists"`
	Source       *string          `tfsdk:"source"`
	Reference    *string          `tfsdk:"reference"`
	Digest       *string          `tfsdk:"digest"`
	ConfigDigest *string          `tfsdk:"config_digest"`
	RepoDigests  []string         `tfsdk:"repo_digests"`
	Unread       []string         `tfsdk:"unread"`
	Nameless     []string         `tfsdk:"nameless_manifests"`
	Platforms    []livePlatform   `tfsdk:"platforms"`
	Signatures   []liveSignature  `tfsdk:"signatures"`
	Provenance   []liveProvenance `tfsdk:"provenance"`
	Scans        []liveScan       `tfsdk:"scans"`
	Catalogue    *image.Catalogue `tfsdk:"catalogue"`
	OpenShift    *liveOpenShift   `tfsdk:"openshift"`
}

type livePlatform struct {
	Platform     *string `tfsdk:"platform"`
	Architecture *string `tfsdk:"architecture"`
	Digest       *string `tfsdk:"digest"`
	ConfigDigest *string `tfsdk:"config_digest"`
}

type liveOpenShift struct {
	FactsFrom *string `tfsdk:"facts_from"`
}

type liveSignature struct {
	Subject  *string       `tfsdk:"subject"`
	Verified *bool         `tfsdk:"verified"`
	Reason   *string       `tfsdk:"reason"`
	Error    *string       `tfsdk:"error"`
	Matched  *string       `tfsdk:"matched"`
	Signer   *image.Signer `tfsdk:"signer"`
}

type liveProvenance struct {
	Verified     *bool   `tfsdk:"verified"`
	SourceCommit *string `tfsdk:"source_commit"`
}

type liveScan struct {
	Verified      *bool   `tfsdk:"verified"`
	ScannedAt     *string `tfsdk:"scanned_at"`
	CriticalCount *int64  `tfsdk:"critical_count"`
	HighCount     *int64  `tfsdk:"high_count"`
	MediumCount   *int64  `tfsdk:"medium_count"`
	LowCount      *int64  `tfsdk:"low_count"`
}

// liveAttributes have the shape's own descriptions.
func liveAttributes() map[string]schema.Attribute {
	attributes := tagged.Chosen(attributesOf[image.Image](argument), tagged.Names[liveModel]())
	attributes[existsAttribute] = schema.BoolAttribute{Optional: true,
		MarkdownDescription: "Whether the image exists. Null means that it does."}
	attributes["platforms"] = argument.List(tagged.Doc[image.Image]("platforms"),
		tagged.Chosen(attributesOf[image.Platform](argument),
			tagged.Names[livePlatform]()))
	attributes["signatures"] = argument.List(tagged.Doc[image.Image]("signatures"),
		tagged.Chosen(attributesOf[image.Statement](argument), tagged.Names[liveSignature]()))
	attributes["provenance"] = argument.List(tagged.Doc[image.Image]("provenance"),
		tagged.Chosen(attributesOf[image.Provenance](argument), tagged.Names[liveProvenance]()))
	attributes["scans"] = argument.List(tagged.Doc[image.Image]("scans"),
		tagged.Chosen(attributesOf[image.Scan](argument), tagged.Names[liveScan]()))
	attributes["openshift"] = schema.SingleNestedAttribute{
		Optional: true, MarkdownDescription: tagged.Doc[image.Image]("openshift"),
		Attributes: tagged.Chosen(attributesOf[image.OpenShift](argument), tagged.Names[liveOpenShift]()),
	}
	return attributes
}

// image returns the live image in the shape; nil if there is none.
func (m *liveModel) image() *image.Image {
	if m == nil || !or(m.Exists, true) {
		return nil
	}
	live := &image.Image{
		Source: or(m.Source, ""), Reference: or(m.Reference, "the live image"),
		Digest: m.Digest, ConfigDigest: m.ConfigDigest, RepoDigests: m.RepoDigests, Nameless: m.Nameless,
		Catalogue: m.Catalogue, Unread: m.Unread,
	}
	for _, platform := range m.Platforms {
		live.Platforms = append(live.Platforms, image.Platform{
			Platform: or(platform.Platform, ""), Architecture: or(platform.Architecture, ""), Digest: platform.Digest,
			ConfigDigest: platform.ConfigDigest,
		})
	}
	if m.OpenShift != nil {
		live.OpenShift = &image.OpenShift{FactsFrom: m.OpenShift.FactsFrom}
	}
	if m.Signatures != nil { // an empty list means that there are none, null that they are not known
		live.Signatures = []image.Statement{}
	}
	for _, signature := range m.Signatures {
		live.Signatures = append(live.Signatures, image.Statement{Subject: signature.Subject, Verified: signature.Verified,
			Reason: signature.Reason, Error: signature.Error, Matched: signature.Matched, Signer: signature.Signer})
	}
	for _, build := range m.Provenance {
		live.Provenance = append(live.Provenance, image.Provenance{Verified: build.Verified, SourceCommit: build.SourceCommit})
	}
	for _, scan := range m.Scans {
		live.Scans = append(live.Scans, image.Scan{Verified: scan.Verified, ScannedAt: scan.ScannedAt,
			CriticalCount: scan.CriticalCount, HighCount: scan.HighCount, MediumCount: scan.MediumCount, LowCount: scan.LowCount})
	}
	return live
}
