package image

import "testing"

func TestKindOfPredicate_isThatOfItsType(t *testing.T) {
	t.Parallel()
	for predicate, want := range map[string]struct {
		kind    string
		content Content
	}{
		PredicateCosignSign:                               {KindSignature, ""},
		PredicateCosignSign + "/x":                        {KindAttestation, ""},
		"https://sigstore.dev/Cosign/sign/v1":             {KindAttestation, ""},
		"https://slsa.dev/provenance/v1":                  {KindAttestation, ContentSLSA1},
		"https://slsa.dev/provenance/v1.1":                {KindAttestation, ContentSLSA1},
		"https://slsa.dev/provenance/v0.1":                {KindAttestation, ContentSLSA0},
		"https://slsa.dev/provenance/v0.2":                {KindAttestation, ContentSLSA0},
		"https://slsa.dev/provenance/v2":                  {KindAttestation, ""},
		"https://slsa.dev/provenance/v11":                 {KindAttestation, ""},
		"https://slsa.dev/verification_summary":           {KindAttestation, ""},
		"https://spdx.dev/Document":                       {KindSBOM, ContentSPDX},
		"https://spdx.dev/Document/v2.3":                  {KindSBOM, ContentSPDX},
		"https://cyclonedx.org/bom":                       {KindSBOM, ContentCycloneDX},
		"https://cyclonedx.org/bom/v1.6":                  {KindSBOM, ContentCycloneDX},
		"https://syft.dev/bom":                            {KindSBOM, ""},
		"text/spdx+json":                                  {KindSBOM, ContentSPDX},
		"https://cosign.sigstore.dev/attestation/vuln/v1": {KindAttestation, ContentScan},
		"cosign.sigstore.dev/attestation/vuln/v1":         {KindAttestation, ContentScan},
		"https://in-toto.io/attestation/vulns/v0.2":       {KindAttestation, ContentScan},
		"https://aquasecurity.github.io/trivy/v0.70":      {KindAttestation, ContentTrivy},
		"application/sarif+json":                          {KindAttestation, ContentSARIF},
		"application/vnd.aquasec.trivy.report.sarif.v1":   {KindAttestation, ContentSARIF},
		"https://json.schemastore.org/sarif-2.1.0.json":   {KindAttestation, ContentSARIF},
		"https://openvex.dev/ns":                          {KindAttestation, ContentVEX},
		"https://openvex.dev/ns/v0.2.0":                   {KindAttestation, ContentVEX},
		"https://cosign.sigstore.dev/attestation/v1":      {KindAttestation, ContentCustom},
		"https://example.com/v1":                          {KindAttestation, ""},
		"":                                                {KindAttestation, ""},
	} {
		if kind, content := KindOfPredicate(predicate), ContentOfPredicate(predicate); kind != want.kind ||
			content != want.content {
			t.Errorf("%q is %s, %q", predicate, kind, content)
		}
	}
}

func TestKindOfArtifact_isThatOfItsType(t *testing.T) {
	t.Parallel()
	for artifactType, want := range map[string]string{
		"application/spdx+json": KindSBOM, "application/vnd.CycloneDX+json": KindSBOM, "application/vnd.syft+json": KindSBOM,
		"application/vnd.in-toto+json": KindAttestation, "application/sarif+json": KindArtifact, "": KindArtifact,
	} {
		if got := KindOfArtifact(artifactType); got != want {
			t.Errorf("%q is %s", artifactType, got)
		}
	}
}
