package predicate

import (
	"fmt"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/spdx/tools-golang/spdx/v2/v2_3"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// spdx reads a document of SPDX 2.
func spdx(v value) *image.SBOM {
	whole := v.object("spdxVersion", "creationInfo", "packages", "@graph")
	s := &image.SBOM{Format: image.FormatSPDX}
	if written := whole["spdxVersion"].text(); written != nil {
		s.FormatVersion = image.Known(strings.TrimPrefix(*written, "SPDX-"))
	}
	if whole["@graph"].is(list) {
		v.document.note("The document is of SPDX 3, which is not read. SPDX 2 is.")
		return s
	}
	created := whole["creationInfo"].object("creators", "created")
	s.CreatedAt = created["created"].instant()
	var tools []string
	for creator := range created["creators"].elements() {
		if written := creator.text(); written != nil {
			if tool, is := strings.CutPrefix(*written, "Tool:"); is {
				tools = append(tools, strings.TrimSpace(tool))
			}
		}
		if len(tools) == maxTools {
			break
		}
	}
	s.Tool = joined(tools)
	packages := newPackages(v.document)
	for one := range whole["packages"].elements() {
		if one.expect(object) {
			packages.add(one, spdxPackage)
		}
	}
	packages.note(s, whole["packages"])
	return s
}

// maxTools is the number of tools of an SBOM that are named.
const maxTools = 10

func spdxPackage(v value) image.Package {
	p := decode[v2_3.Package](v, "externalRefs", "name", "versionInfo", "licenseConcluded", "licenseDeclared")
	one := image.Package{
		Name: line(p.PackageName), Version: line(p.PackageVersion),
		License: first(license(p.PackageLicenseConcluded), license(p.PackageLicenseDeclared)),
	}
	for _, reference := range p.PackageExternalReferences {
		if reference != nil && reference.RefType == "purl" {
			one.PURL = first(one.PURL, line(reference.Locator))
		}
	}
	return one
}

// license returns a license of SPDX, nil for one that is not known.
func license(expression string) *string {
	if expression == "NOASSERTION" || expression == "NONE" {
		return nil
	}
	return line(expression)
}

// cycloneDX reads a document of CycloneDX 1.
func cycloneDX(v value) *image.SBOM {
	whole := v.object("specVersion", "metadata", "components")
	metadata := whole["metadata"].object("timestamp", "tools")
	s := &image.SBOM{
		Format: image.FormatCycloneDX, FormatVersion: whole["specVersion"].text(),
		CreatedAt: metadata["timestamp"].instant(), Tool: cycloneDXTools(metadata["tools"]),
	}
	packages := newPackages(v.document)
	packages.addComponents(whole["components"], 0)
	packages.note(s, whole["components"])
	return s
}

// cycloneDXTools returns the tools, which are a list or, since version 1.5, an object with components.
func cycloneDXTools(v value) *string {
	if v.is(object) {
		v = v.object("components")["components"]
	}
	var tools []string
	for one := range v.elements() {
		tool := one.object("name", "version")
		if name := tool["name"].text(); name != nil && len(tools) < maxTools {
			if version := tool["version"].text(); version != nil {
				*name += "-" + *version
			}
			tools = append(tools, *name)
		}
	}
	return joined(tools)
}

// maxNesting is the depth of components inside others.
const maxNesting = 16

// addComponents adds components and those inside them.
func (p *packages) addComponents(v value, depth int) {
	for one := range v.elements() {
		given := one.object("type", "components")
		if given == nil {
			if one.is(object) {
				p.add(one, component)
			}
			continue
		}
		if kind := given["type"]; !kind.is(text) || kind.string() != string(cyclonedx.ComponentTypeFile) {
			p.add(one, component)
		}
		switch inner := given["components"]; {
		case depth < maxNesting:
			p.addComponents(inner, depth+1)
		case !inner.is(absent):
			inner.refuse("is more than %d components deep", maxNesting)
		}
	}
}

func component(v value) image.Package {
	c := decode[cyclonedx.Component](v, "licenses", "name", "version", "purl")
	one := image.Package{Name: line(c.Name), Version: line(c.Version), PURL: line(c.PackageURL)}
	if c.Licenses == nil {
		return one
	}
	var licenses []string
	for _, choice := range *c.Licenses {
		written := choice.Expression
		if choice.License != nil {
			written = choice.License.ID
			if written == "" {
				written = choice.License.Name
			}
		}
		if written := line(written); written != nil && len(licenses) < maxTools {
			licenses = append(licenses, *written)
		}
	}
	one.License = joined(licenses)
	return one
}

// line is text of what a format's own type has decoded.
func line(decoded string) *string {
	const enough = 16 << 10 // OneLine needs much more memory than the text has
	return image.Known(wire.Cut(wire.OneLine(decoded[:min(len(decoded), enough)]), maxText))
}

func joined(names []string) *string { return image.Known(wire.Cut(strings.Join(names, ", "), maxText)) }

// count returns a number as a warning writes it, such as 12,000.
func count(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", count(n/1000), n%1000)
}
