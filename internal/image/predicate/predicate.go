// Package predicate reads what attestations say about an image: the predicates of in-toto statements, in the formats
// SLSA, SPDX, CycloneDX, OpenVEX, SARIF, Trivy's and Grype's. It imports the shape of an image, the formats' types and
// no network.
//
// A predicate is untrusted, whether or not it is signed: it may be of any size, depth and type. The text is checked
// once and then read in place, and the formats' own types decode one package at a time: three million empty packages
// are ten megabytes of JSON, and gigabytes in the types.
package predicate

import (
	"encoding/json"
	"fmt"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Limits of what is read and returned. Counts are of the whole predicate.
const (
	MaxSize            = 32 << 20 // bytes of a predicate
	MaxPackages        = 5000     // packages of an SBOM
	MaxVulnerabilities = 5000     // ids of a scan
	MaxStatements      = 1000     // statements of a VEX document
	MaxProducts        = 100      // products of one of them

	maxText     = 1000 // characters of a text
	maxWarnings = 10   // values of a wrong type that are named
)

// Options say what is read beyond facts about the whole.
type Options struct {
	Packages bool // the packages of an SBOM
}

// Facts are what one predicate says. All are nil for one of a type that is not read.
type Facts struct {
	Provenance *image.Provenance
	SBOM       *image.SBOM
	Scan       *image.Scan
	VEX        *image.VEX
}

// Read reads a predicate of a type. What cannot be read is nil, and a warning says what that is; the rest is read.
// Warnings repeat nothing of the predicate.
func Read(predicateType string, predicate []byte, options Options) (Facts, []string) {
	content := image.ContentOfPredicate(predicateType)
	if content == "" {
		return Facts{}, nil
	}
	d := &document{options: options}
	return d.read(content, predicate), d.allWarnings()
}

func (d *document) read(content image.Content, predicate []byte) Facts {
	if len(predicate) > MaxSize {
		d.note("The predicate has %d bytes, more than the %d that are read.", len(predicate), MaxSize)
		return Facts{}
	}
	if !json.Valid(predicate) {
		d.note("The predicate is no JSON, or is nested too deeply.")
		return Facts{}
	}
	whole := d.unwrap(newValue(d, predicate))
	if content == image.ContentCustom {
		content = whole.content()
	}
	if content == "" {
		return Facts{}
	}
	if !whole.is(object) {
		d.note("%s is %s, not an object.", whole.name(), whole.kind())
		return Facts{}
	}
	switch content {
	case image.ContentSLSA1:
		return Facts{Provenance: newProvenance(whole)}
	case image.ContentSLSA0:
		return Facts{Provenance: oldProvenance(whole)}
	case image.ContentSPDX:
		return Facts{SBOM: spdx(whole)}
	case image.ContentCycloneDX:
		return Facts{SBOM: cycloneDX(whole)}
	case image.ContentScan:
		return Facts{Scan: scan(whole)}
	case image.ContentTrivy, image.ContentSARIF:
		report := &image.Scan{}
		d.result(report, whole)
		return Facts{Scan: report}
	case image.ContentVEX:
		return Facts{VEX: vex(whole)}
	}
	return Facts{}
}

// unwrap returns what is inside of what cosign puts around a predicate that it does not parse: the member Data, and a
// text that is JSON.
func (d *document) unwrap(v value) value {
	if inner, wrapped := v.onlyData(); wrapped {
		v = inner
	}
	if v.is(text) {
		var inner string
		if json.Unmarshal(v.raw, &inner) != nil {
			return v // never: it has been parsed
		}
		if decoded := []byte(inner); json.Valid(decoded) {
			v = newValue(d, decoded).at(v.path)
		}
	}
	return v
}

// content returns the content of a predicate whose type does not say it, empty for an unknown one. What a builder says
// has a type in every tool that writes it, and is not guessed.
func (v value) content() image.Content {
	if !v.is(object) {
		return ""
	}
	has := v.object("spdxVersion", "bomFormat", "runs", "SchemaVersion", "Results", "ArtifactName", "matches",
		"@context", "statements")
	switch {
	case has["spdxVersion"].is(text):
		return image.ContentSPDX
	case has["bomFormat"].is(text):
		return image.ContentCycloneDX
	case has["runs"].is(list):
		return image.ContentSARIF
	case has["matches"].is(list), has["SchemaVersion"].is(number) && (has["Results"].is(list) ||
		has["ArtifactName"].is(text)):
		return image.ContentTrivy // result tells them apart
	case has["statements"].is(list) && has["@context"].is(text):
		if context := has["@context"].text(); context != nil {
			return image.ContentOfPredicate(*context)
		}
	}
	return ""
}

func (d *document) note(format string, values ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, values...))
}
