package predicate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

func TestSBOM_ofSPDX(t *testing.T) {
	t.Parallel()
	facts := read(t, typeSPDX, `{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"app","creationInfo":{
		"licenseListVersion":"3.23","creators":["Organization: Example","Tool: syft-1.4.1","odd","Tool:buildkit-v0.13 \u0026 more"],
		"created":"2026-01-02T03:04:05Z"},"files":[{"fileName":"a"}],"relationships":[],"packages":[
		{"name":"musl","versionInfo":"1.2.5-r0","licenseConcluded":"NOASSERTION","licenseDeclared":"MIT","externalRefs":[
			{"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a:musl"},
			{"referenceCategory":"PACKAGE_MANAGER","referenceType":"purl","referenceLocator":"pkg:apk/alpine/musl@1.2.5-r0"}]},
		{"name":"zlib","licenseConcluded":"Zlib","licenseDeclared":"MIT","supplier":{"not":"a text"}},
		{"name":"app","licenseConcluded":"NONE"}]}`)
	same(t, facts, Facts{SBOM: &image.SBOM{
		Format: "spdx", FormatVersion: new("2.3"), Tool: new("syft-1.4.1, buildkit-v0.13 & more"),
		CreatedAt: new("2026-01-02T03:04:05Z"), PackageCount: new(int64(3)), Packages: []image.Package{
			{Name: new("musl"), Version: new("1.2.5-r0"), License: new("MIT"), PURL: new("pkg:apk/alpine/musl@1.2.5-r0")},
			{Name: new("zlib"), License: new("Zlib")}, {Name: new("app")}},
	}})
}

func TestSBOM_ofCycloneDX(t *testing.T) {
	t.Parallel()
	for tools, want := range map[string]string{
		`[{"vendor":"aquasecurity","name":"trivy","version":"0.50.0"}]`:                        "trivy-0.50.0",
		`{"components":[{"type":"application","name":"syft","version":"1.4.1"},{"name":"b"}]}`: "syft-1.4.1, b",
		`null`: "", `{}`: "", `[]`: "",
	} {
		facts := read(t, typeCycloneDX, `{"bomFormat":"CycloneDX","specVersion":"1.9","metadata":{"tools":`+tools+`,
			"timestamp":"2026-01-02T03:04:05+01:00","component":{"name":"app","type":"container"}},"components":[
			{"type":"library","group":"org.example","name":"a","version":"1","purl":"pkg:maven/a@1","licenses":[{"license":{"id":"MIT"}},
				{"license":{"name":"Own"}},{"expression":"A OR B"}],"components":[{"name":"inner","components":[{"name":"deep"}]}]},
			{"type":"file","name":"/etc/passwd"},{"type":"file","name":"/a.jar","components":[{"type":"library","name":"in a file"}]},
			{}]}`)
		same(t, facts, Facts{SBOM: &image.SBOM{
			Format: "cyclonedx", FormatVersion: new("1.9"), Tool: image.Known(want), CreatedAt: new("2026-01-02T02:04:05Z"),
			PackageCount: new(int64(5)), Packages: []image.Package{
				{Name: new("a"), Version: new("1"), PURL: new("pkg:maven/a@1"), License: new("MIT, Own, A OR B")},
				{Name: new("inner")}, {Name: new("deep")}, {Name: new("in a file")}, {}},
		}})
	}
}

func TestSBOM_hasPackagesOnlyIfAskedFor(t *testing.T) {
	t.Parallel()
	for predicateType, predicate := range map[string]string{
		typeSPDX:      `{"spdxVersion":"SPDX-2.2","packages":[{"name":"a"},{"name":7}]}`,
		typeCycloneDX: `{"specVersion":"1.6","components":[{"name":"a"},{"name":7}]}`,
	} {
		facts, warnings := Read(predicateType, []byte(predicate), Options{})
		if len(warnings) > 0 || facts.SBOM.Packages != nil || *facts.SBOM.PackageCount != 2 {
			t.Errorf("%s: %+v, %q", predicateType, facts.SBOM, warnings)
		}
	}
}

func TestSBOM_withoutAListHasNoneOrSaysThatItIsUnknown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ predicateType, predicate, count, warnings string }{
		{typeSPDX, `{"spdxVersion":"SPDX-2.3"}`, "0", ``},
		{typeSPDX, `{"spdxVersion":"SPDX-2.3","packages":null}`, "0", ``},
		{typeSPDX, `{"spdxVersion":"SPDX-2.3","packages":[]}`, "0", ``},
		{typeSPDX, `{}`, "", ``}, {typeCycloneDX, `{"components":null}`, "", ``},
		{typeCycloneDX, `{"specVersion":"1.6"}`, "0", ``},
		{typeSPDX, `{"spdxVersion":"SPDX-2.3","packages":{}}`, "", "packages is an object, not a list. It is left out."},
		{typeCycloneDX, `{"specVersion":1.6,"components":"x"}`, "", "specVersion is a number, not a text. It is left out.|" +
			"components is a text, not a list. It is left out."},
		{typeSPDX, `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"SpdxDocument"}]}`, "",
			"The document is of SPDX 3, which is not read. SPDX 2 is."},
	} {
		facts, warnings := Read(test.predicateType, []byte(test.predicate), Options{Packages: true})
		count := ""
		if facts.SBOM.PackageCount != nil {
			count = fmt.Sprint(*facts.SBOM.PackageCount)
		}
		if got := strings.Join(warnings, "|"); count != test.count || got != test.warnings ||
			(facts.SBOM.Packages == nil) != (count == "") {
			t.Errorf("%s: %q packages, %v, %s", test.predicate, count, facts.SBOM.Packages, got)
		}
	}
}

func TestSBOM_withWrongValuesHasTheRest(t *testing.T) {
	t.Parallel()
	facts, warnings := Read(typeSPDX, []byte(`{"spdxVersion":"SPDX-2.3","creationInfo":{"creators":["Tool: a",7],"created":7},
		"packages":[{"name":"a","versionInfo":{"secret":1},"licenseDeclared":"MIT"},7,{"name":"b","externalRefs":[{"referenceType":1}]},
		{"name":"c","versionInfo":"`+strings.Repeat("x", maxMember)+`"}]}`), Options{Packages: true})
	same(t, facts.SBOM, &image.SBOM{Format: "spdx", FormatVersion: new("2.3"), Tool: new("a"), PackageCount: new(int64(3)),
		Packages: []image.Package{{Name: new("a"), License: new("MIT")}, {Name: new("b")}, {Name: new("c")}}})
	same(t, warnings, []string{
		"creationInfo.created is a number, not a text. It is left out.",
		"creationInfo.creators[1] is a number, not a text. It is left out.",
		"packages[0].versionInfo is an object, not a text. It is left out.",
		"packages[1] is a number, not an object. It is left out.",
		"packages[2].externalRefs is of a wrong type. It is left out.",
		"packages[3].versionInfo has more than 65536 bytes. It is left out.",
	})
	facts, warnings = Read(typeCycloneDX, []byte(`{"specVersion":"1.6","metadata":{"timestamp":"today","tools":7},"components":[
		{"name":"a","licenses":[7]},{"name":"b","licenses":{"secret":1},"components":7},{"type":7,"name":"c"}]}`),
		Options{Packages: true})
	same(t, facts.SBOM, &image.SBOM{Format: "cyclonedx", FormatVersion: new("1.6"), PackageCount: new(int64(3)),
		Packages: []image.Package{{Name: new("a")}, {Name: new("b")}, {Name: new("c")}}})
	same(t, warnings, []string{
		"metadata.timestamp is not a time in RFC 3339. It is left out.",
		"metadata.tools is a number, not a list. It is left out.",
		"components[0].licenses is of a wrong type. It is left out.",
		"components[1].licenses is an object, not a list. It is left out.",
		"components[1].components is a number, not a list. It is left out.",
	})
}

func TestSBOM_isCountedWholeAndListedInPart(t *testing.T) {
	t.Parallel()
	const want = "The SBOM has 12,001 packages. The first 5,000 are in the list."
	many := `[` + strings.Repeat(`{"name":"a"},`, 12000) + `{"name":"last"}]`
	for predicateType, predicate := range map[string]string{
		typeSPDX: `{"spdxVersion":"SPDX-2.3","packages":` + many + `}`, typeCycloneDX: `{"components":` + many + `}`,
	} {
		facts, warnings := Read(predicateType, []byte(predicate), Options{Packages: true})
		same(t, warnings, []string{want})
		if len(facts.SBOM.Packages) != MaxPackages || *facts.SBOM.PackageCount != 12001 {
			t.Errorf("%d of %d packages", len(facts.SBOM.Packages), *facts.SBOM.PackageCount)
		}
		if _, warnings := Read(predicateType, []byte(predicate), Options{}); len(warnings) > 0 {
			t.Errorf("packages that are not asked for: %q", warnings)
		}
	}
}

func TestSBOM_withComponentsTooDeepSaysSo(t *testing.T) {
	t.Parallel()
	const levels = 3000
	predicate := strings.Repeat(`{"components":[`, levels) + strings.Repeat(`]}`, levels)
	facts, warnings := Read(typeCycloneDX, []byte(predicate), Options{})
	if *facts.SBOM.PackageCount != maxNesting+1 || len(warnings) != 1 ||
		!strings.HasSuffix(warnings[0], ".components is more than 16 components deep. It is left out.") {
		t.Errorf("%d packages, %q", *facts.SBOM.PackageCount, warnings)
	}
}
