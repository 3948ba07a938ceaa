package predicate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// Types of predicates, as tools write them.
const (
	typeSLSA1     = "https://slsa.dev/provenance/v1"
	typeSLSA02    = "https://slsa.dev/provenance/v0.2"
	typeSLSA01    = "https://slsa.dev/provenance/v0.1"
	typeSPDX      = "https://spdx.dev/Document"
	typeCycloneDX = "https://cyclonedx.org/bom"
	typeVuln      = "https://cosign.sigstore.dev/attestation/vuln/v1"
	typeTrivy     = "https://aquasecurity.github.io/trivy/report"
	typeSARIF     = "application/sarif+json"
	typeVEX       = "https://openvex.dev/ns/v0.2.0"
	typeCustom    = "https://cosign.sigstore.dev/attestation/v1"
)

// read reads a predicate without any warning.
func read(t *testing.T, predicateType, predicate string) Facts {
	t.Helper()
	facts, warnings := Read(predicateType, []byte(predicate), Options{Packages: true})
	if len(warnings) > 0 {
		t.Errorf("%s: %q", predicate, warnings)
	}
	return facts
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRead_ofAnUnknownTypeSaysNothing(t *testing.T) {
	t.Parallel()
	for _, predicateType := range []string{"", "https://example.com/v1", "https://slsa.dev/verification_summary/v1",
		"https://slsa.dev/provenance/v2", "https://slsa.dev/provenance/v10", image.PredicateCosignSign,
		"https://syft.dev/bom"} {
		for _, predicate := range []string{`{}`, `{"buildDefinition":7}`, `{`} {
			facts, warnings := Read(predicateType, []byte(predicate), Options{})
			if facts != (Facts{}) || len(warnings) > 0 {
				t.Errorf("%s: %+v, %q", predicateType, facts, warnings)
			}
		}
	}
}

func TestRead_readsEveryNameOfAType(t *testing.T) {
	t.Parallel()
	for predicateType, predicate := range map[string]string{
		typeSPDX + "/v2.3": `{"spdxVersion":"SPDX-2.3"}`, "https://SPDX.dev/document": `{"spdxVersion":"SPDX-2.2"}`,
		"application/spdx+json": `{"spdxVersion":"SPDX-2.3"}`, typeCycloneDX + "/v1.6": `{"specVersion":"1.6"}`,
		"application/vnd.cyclonedx+json": `{"specVersion":"1.4"}`,
	} {
		if facts := read(t, predicateType, predicate); facts.SBOM == nil || facts.SBOM.FormatVersion == nil {
			t.Errorf("%s is no SBOM: %+v", predicateType, facts)
		}
	}
	for _, predicateType := range []string{typeVuln, "cosign.sigstore.dev/attestation/vuln/v1",
		"https://in-toto.io/attestation/vulns/v0.1"} {
		if facts := read(t, predicateType, `{"scanner":{"result":{"matches":[]}}}`); facts.Scan == nil {
			t.Errorf("%s is no scan", predicateType)
		}
	}
	for _, predicateType := range []string{typeSARIF, "https://json.schemastore.org/sarif-2.1.0.json",
		"https://docs.oasis-open.org/sarif/sarif/v2.1.0/cs01/schemas/sarif-schema-2.1.0.json"} {
		if facts := read(t, predicateType, `{"runs":[{"results":[]}]}`); facts.Scan == nil {
			t.Errorf("%s is no scan", predicateType)
		}
	}
	for _, predicateType := range []string{typeVEX, "https://openvex.dev/ns"} {
		if facts := read(t, predicateType, `{"statements":[]}`); facts.VEX == nil {
			t.Errorf("%s is no VEX document", predicateType)
		}
	}
}

func TestRead_unwrapsWhatCosignPutsAround(t *testing.T) {
	t.Parallel()
	const inner = `{"spdxVersion":"SPDX-2.3","packages":[{"name":"musl"}]}`
	quoted := fmt.Sprintf("%q", inner)
	for _, predicate := range []string{inner, quoted, `{"Data":` + quoted + `,"Timestamp":"2026-01-02T03:04:05Z"}`,
		`{"Data":` + inner + `}`, "\n {\"Timestamp\":\"\", \"Data\": " + inner + "}\t", `{"\u0044ata":` + quoted + `}`} {
		for _, predicateType := range []string{typeSPDX, typeCustom} {
			facts := read(t, predicateType, predicate)
			if facts.SBOM == nil || *facts.SBOM.PackageCount != 1 || *facts.SBOM.Packages[0].Name != "musl" {
				t.Errorf("%s, %s: %+v", predicateType, predicate, facts.SBOM)
			}
		}
	}
}

func TestRead_ofACustomPredicateDecidesByWhatItSays(t *testing.T) {
	t.Parallel()
	for predicate, want := range map[string]string{
		`{"bomFormat":"CycloneDX","specVersion":"1.6"}`:                              "SBOM",
		`{"runs":[{"results":[]}]}`:                                                  "scan",
		`{"SchemaVersion":2,"Results":[]}`:                                           "scan",
		`{"matches":[],"descriptor":{"name":"grype"}}`:                               "scan",
		`{"@context":"https://openvex.dev/ns/v0.2.0","statements":[]}`:               "VEX",
		`{"buildDefinition":{},"runDetails":{"builder":{"id":"https://a.example"}}}`: "",
		`{"anything":1}`: "", `"words"`: "", `[]`: "", `7`: "", `null`: "",
	} {
		facts := read(t, typeCustom, predicate)
		got := ""
		switch {
		case facts.SBOM != nil:
			got = "SBOM"
		case facts.Scan != nil:
			got = "scan"
		case facts.VEX != nil:
			got = "VEX"
		case facts.Provenance != nil:
			got = "provenance"
		}
		if got != want {
			t.Errorf("%s is %q, want %q", predicate, got, want)
		}
	}
}

func TestRead_ofWhatIsNoObjectSaysSo(t *testing.T) {
	t.Parallel()
	for predicate, want := range map[string]string{
		`"text"`: "The predicate is a text, not an object.", `[]`: "The predicate is a list, not an object.",
		`7`: "The predicate is a number, not an object.", `null`: "The predicate is null, not an object.",
		`true`: "The predicate is true or false, not an object.", `{"Data":7}`: "Data is a number, not an object.",
		``: "The predicate is no JSON, or is nested too deeply.", `{"a":`: "The predicate is no JSON, or is nested too deeply.",
		strings.Repeat("[", 20000) + strings.Repeat("]", 20000):  "The predicate is no JSON, or is nested too deeply.",
		`{"Data":"SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0"}`: "Data is a text, not an object.",
	} {
		for _, predicateType := range []string{typeSLSA1, typeSLSA02, typeSPDX, typeCycloneDX, typeVuln, typeTrivy, typeSARIF,
			typeVEX} {
			facts, warnings := Read(predicateType, []byte(predicate), Options{Packages: true})
			if facts != (Facts{}) {
				t.Errorf("%s, %.40s: %+v", predicateType, predicate, facts)
			}
			same(t, warnings, []string{want})
		}
	}
	_, warnings := Read(typeSPDX, make([]byte, MaxSize+1), Options{})
	same(t, warnings, []string{"The predicate has 33554433 bytes, more than the 33554432 that are read."})
}

// A predicate is another's text: the warnings about it name only fields that are known here.
func TestRead_warnsOfEachValueOnceAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	facts, warnings := Read(typeSLSA1, []byte(`{"buildDefinition":{"buildType":["secret"],"externalParameters":7,
		"secret":{"secret":1},"resolvedDependencies":["secret",{"uri":1,"digest":"secret"},null]},
		"runDetails":{"builder":{"id":"https://a.example"},"metadata":{"startedOn":"secret","finishedOn":null}}}`), Options{})
	same(t, warnings, []string{
		"buildDefinition.buildType is a list, not a text. It is left out.",
		"runDetails.metadata.startedOn is not a time in RFC 3339. It is left out.",
		"buildDefinition.externalParameters is a number, not an object. It is left out.",
		"buildDefinition.resolvedDependencies[0] is a text, not an object. It is left out.",
		"buildDefinition.resolvedDependencies[1].uri is a number, not a text. It is left out.",
	})
	same(t, facts, Facts{Provenance: &image.Provenance{Builder: new("https://a.example"), DependencyCount: new(int64(3))}})
	_, warnings = Read(typeSPDX, []byte(`{"spdxVersion":"SPDX-2.3","packages":[`+strings.Repeat("7,", 99)+`7]}`), Options{})
	if len(warnings) != maxWarnings+1 || warnings[maxWarnings] !=
		"90 more values are of a wrong type. They are left out, too." {
		t.Errorf("of a hundred wrong values: %q", warnings)
	}
}

func TestRead_ofForeignTextIsOneShortLine(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		`a\n\u001b[31mb\u0000  c`: "a [31mb c", ``: "", ` \t `: "", `é\u00e9\ud83d\ude00`: "éé😀", `\ud83d`: "",
		strings.Repeat("x", 1001):           strings.Repeat("x", maxText) + "…",
		strings.Repeat(`\u0041`, 1<<20):     strings.Repeat("A", maxText) + "…",
		`a` + strings.Repeat(`\\`, 1<<20):   "a" + strings.Repeat(`\`, maxText-1) + "…",
		`ab` + strings.Repeat(`\"x`, 1<<20): "ab" + strings.Repeat(`"x`, maxText/2-1) + "…",
		strings.Repeat("é", 1<<20):          strings.Repeat("é", maxText) + "…",
	} {
		got := read(t, typeVEX, `{"author":"`+written+`","statements":[]}`).VEX.Author
		if got == nil && want != "" || got != nil && *got != want {
			t.Errorf("%.40s is %v", written, got)
		}
	}
}

func TestRead_ofAKeyTwiceTakesTheLastAndOfLettersTheirCase(t *testing.T) {
	t.Parallel()
	facts := read(t, typeSLSA1, `{"runDetails":{"builder":{"id":"a","ID":"c","id":"b","i\u0064":"d"}}}`)
	same(t, facts.Provenance, &image.Provenance{Builder: new("d")})
}

func TestLimits_areDocumented(t *testing.T) {
	t.Parallel()
	for documented, limit := range map[string]int{
		image.SBOM{}.Details()["packages"]: MaxPackages, image.Scan{}.Details()["vulnerabilities"]: MaxVulnerabilities,
		image.VEX{}.Details()["statements"]: MaxStatements, image.VEXStatement{}.Details()["products"]: MaxProducts,
	} {
		if !strings.Contains(documented, "At most "+count(limit)) {
			t.Errorf("%q does not say %s", documented, count(limit))
		}
	}
}
