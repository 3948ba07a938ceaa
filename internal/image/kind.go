package image

import "strings"

// Kinds of statements, as attributes show them.
const (
	KindSignature   = "signature"
	KindAttestation = "attestation"
	KindSBOM        = "sbom"
	KindArtifact    = "artifact"
)

// PredicateCosignSign is the type of a statement that is an image's signature, as cosign 3 makes it.
const PredicateCosignSign = "https://sigstore.dev/cosign/sign/v1"

// A Content is what a predicate says, and in which form.
type Content string

// Contents of predicates. Those of other predicates are not read.
const (
	ContentSLSA1     Content = "slsa1"     // provenance, SLSA 1.x
	ContentSLSA0     Content = "slsa0"     // provenance, SLSA 0.1 and 0.2
	ContentSPDX      Content = "spdx"      // SBOM
	ContentCycloneDX Content = "cyclonedx" // SBOM
	ContentScan      Content = "scan"      // scan, with the scanner around its result
	ContentTrivy     Content = "trivy"     // scan, Trivy's JSON
	ContentSARIF     Content = "sarif"     // scan
	ContentVEX       Content = "vex"       // OpenVEX
	ContentCustom    Content = "custom"    // cosign's predicate without a type, whose content says what it is
)

// predicates are the known types of predicates, in lower case, by their beginnings: a version may follow.
var predicates = []struct {
	prefix, kind string
	content      Content
}{
	{"https://slsa.dev/provenance/v1", KindAttestation, ContentSLSA1},
	{"https://slsa.dev/provenance/v0", KindAttestation, ContentSLSA0},
	{"https://spdx.dev/document", KindSBOM, ContentSPDX},
	{"https://cyclonedx.org/bom", KindSBOM, ContentCycloneDX},
	{"https://cyclonedx.org/schema", KindSBOM, ContentCycloneDX},
	{"https://cosign.sigstore.dev/attestation/vuln/v1", KindAttestation, ContentScan},
	{"cosign.sigstore.dev/attestation/vuln/v1", KindAttestation, ContentScan},
	{"https://in-toto.io/attestation/vulns", KindAttestation, ContentScan},
	{"https://aquasecurity.github.io/trivy", KindAttestation, ContentTrivy},
	{"https://openvex.dev/ns", KindAttestation, ContentVEX},
	{"https://cosign.sigstore.dev/attestation/v1", KindAttestation, ContentCustom},
	{"cosign.sigstore.dev/attestation/v1", KindAttestation, ContentCustom},
}

// predicateNames are parts of the names of other types, such as media types, in lower case.
var predicateNames = []struct {
	part, kind string
	content    Content
}{
	{"sarif", KindAttestation, ContentSARIF},
	{"spdx", KindSBOM, ContentSPDX},
	{"cyclonedx", KindSBOM, ContentCycloneDX},
	{"syft", KindSBOM, ""},
}

// KindOfPredicate returns the kind of a statement with a predicate of a type.
func KindOfPredicate(predicate string) string {
	if predicate == PredicateCosignSign { // exactly this: it decides what is signed
		return KindSignature
	}
	kind, _ := ofPredicate(predicate)
	return kind
}

// ContentOfPredicate returns what a predicate of a type says, empty for one that is not read.
func ContentOfPredicate(predicate string) Content {
	_, content := ofPredicate(predicate)
	return content
}

func ofPredicate(predicate string) (kind string, content Content) {
	lower := strings.ToLower(predicate)
	for _, known := range predicates {
		rest, found := strings.CutPrefix(lower, known.prefix)
		if found && (rest == "" || strings.ContainsAny(rest[:1], "/.-_@?#;")) {
			return known.kind, known.content
		}
	}
	for _, known := range predicateNames {
		if strings.Contains(lower, known.part) {
			return known.kind, known.content
		}
	}
	return KindAttestation, ""
}

// KindOfArtifact returns the kind of an artifact of a type.
func KindOfArtifact(artifactType string) string {
	lower := strings.ToLower(artifactType)
	for _, known := range predicateNames {
		if known.kind == KindSBOM && strings.Contains(lower, known.part) {
			return KindSBOM
		}
	}
	if strings.Contains(lower, "in-toto") {
		return KindAttestation
	}
	return KindArtifact
}
