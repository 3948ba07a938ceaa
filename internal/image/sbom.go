package image

// An SBOM is a bill of materials: the packages in an image, in the format SPDX or CycloneDX.
type SBOM struct {
	Statement     *string   `tfsdk:"statement" doc:"Digest of the manifest of the statement."`
	Verified      *bool     `tfsdk:"verified" doc:"Whether a valid signature covers it. Null if nobody is trusted."`
	Format        string    `tfsdk:"format" doc:"'spdx' or 'cyclonedx'."`
	FormatVersion *string   `tfsdk:"format_version" doc:"Version of the format, such as '2.3'."`
	Tool          *string   `tfsdk:"tool" doc:"Tool that made it, such as 'syft-1.4.1'."`
	CreatedAt     *string   `tfsdk:"created_at" doc:"Time at which it was made (RFC 3339)."`
	PackageCount  *int64    `tfsdk:"package_count" doc:"Number of packages."`
	Packages      []Package `tfsdk:"packages" doc:"Packages, in the document's order. Null if not requested."`
}

// Formats of SBOMs.
const (
	FormatSPDX      = "spdx"
	FormatCycloneDX = "cyclonedx"
)

// Details returns, by attribute, the sentences that follow those of the tags.
func (SBOM) Details() map[string]string {
	return map[string]string{
		"tool": "Several are separated by commas.",
		"package_count": "Of SPDX they are the packages, which may include the image itself, of CycloneDX the " +
			"components that are no files, with those inside others.",
		"packages": "At most 5,000; a warning says if there are more. They are null, too, if the format was not read.",
	}
}

// A Package is a package in an image.
type Package struct {
	Name    *string `tfsdk:"name" doc:"Name of the package."`
	Version *string `tfsdk:"version" doc:"Version of the package."`
	PURL    *string `tfsdk:"purl" doc:"Package URL, such as 'pkg:apk/alpine/musl@1.2.5-r0'."`
	License *string `tfsdk:"license" doc:"License, an identifier, an expression or a name."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Package) Details() map[string]string {
	return map[string]string{
		"name": "The group of CycloneDX is not part of it.",
		"license": "Of SPDX it is the concluded one, or else the declared one. Several of CycloneDX are separated by " +
			"commas.",
	}
}
