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

// KindOfPredicate returns the kind of a statement with a predicate of a type.
func KindOfPredicate(predicate string) string {
	switch {
	case predicate == PredicateCosignSign:
		return KindSignature
	case KindOfArtifact(predicate) == KindSBOM:
		return KindSBOM
	}
	return KindAttestation
}

// KindOfArtifact returns the kind of an artifact of a type.
func KindOfArtifact(artifactType string) string {
	lower := strings.ToLower(artifactType)
	for _, sbom := range []string{"spdx", "cyclonedx", "syft"} {
		if strings.Contains(lower, sbom) {
			return KindSBOM
		}
	}
	if strings.Contains(lower, "in-toto") {
		return KindAttestation
	}
	return KindArtifact
}
