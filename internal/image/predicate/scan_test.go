package predicate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// counts returns the numbers of a scan, from critical to low, negligible and unknown.
func counts(s *image.Scan) string {
	if s == nil || s.CriticalCount == nil {
		return "none"
	}
	return fmt.Sprint(*s.CriticalCount, *s.HighCount, *s.MediumCount, *s.LowCount, *s.NegligibleCount, *s.UnknownCount)
}

const ofTrivy = `{"SchemaVersion":2,"CreatedAt":"2026-01-02T03:04:05.123456789Z","ArtifactName":"app","Trivy":{"Version":"0.70.0"},
	"Results":[{"Target":"app (alpine 3.20)","Class":"os-pkgs","Vulnerabilities":[
		{"VulnerabilityID":"CVE-2021-44228","PkgName":"log4j-core","InstalledVersion":"2.14.1","Severity":"CRITICAL"},
		{"VulnerabilityID":"CVE-2024-0001","PkgName":"zlib","InstalledVersion":"1.3.1","Severity":"HIGH","CVSS":{"nvd":{}}},
		{"VulnerabilityID":"CVE-2024-0001","PkgName":"zlib-dev","InstalledVersion":"1.3.1","Severity":"HIGH"},
		{"VulnerabilityID":"CVE-2024-0003","PkgName":"musl","InstalledVersion":"1.2.5-r0","Severity":"UNKNOWN"},
		{"VulnerabilityID":"CVE-2024-0004","PkgName":"musl","InstalledVersion":"1.2.5-r0","Severity":"MEDIUM"}]},
	{"Target":"app.jar","Class":"lang-pkgs","Vulnerabilities":[
		{"VulnerabilityID":"CVE-2021-44228","PkgName":"log4j-core","InstalledVersion":"2.14.1","Severity":"LOW"},
		{"VulnerabilityID":"CVE-2021-44228","PkgName":"log4j-core","InstalledVersion":"2.13.0","Severity":"LOW"}]},
	{"Target":"Dockerfile","Class":"config","Misconfigurations":[{"ID":"DS001","Severity":"CRITICAL"}]}]}`

var idsOfTrivy = []string{"CVE-2021-44228", "CVE-2024-0001", "CVE-2024-0003", "CVE-2024-0004"}

func TestScan_ofTrivyCountsEachVersionOfAPackageOnce(t *testing.T) {
	t.Parallel()
	s := read(t, typeTrivy, ofTrivy).Scan
	if got := counts(s); got != "1 2 1 1 0 1" {
		t.Errorf("%s", got)
	}
	same(t, s.Vulnerabilities, idsOfTrivy)
	same(t, []*string{s.Scanner, s.ScannerVersion, s.ScannedAt},
		[]*string{new("trivy"), new("0.70.0"), new("2026-01-02T03:04:05.123456789Z")})
}

func TestScan_inCosignsPredicateHasItsScannerAndTimes(t *testing.T) {
	t.Parallel()
	const around = `{"invocation":{"parameters":[]},"scanner":{"uri":%q,"version":"0.74.0","db":{},"result":%s},
		"metadata":{"scanStartedOn":"2026-01-02T04:00:00Z","scanFinishedOn":%q}}`
	for uri, want := range map[string]string{
		"pkg:github/aquasecurity/trivy@0.74.0": "trivy", "pkg:github/anchore/grype": "grype", "pkg:": "pkg:", "": "trivy",
		"https://scanner.example": "https://scanner.example", "pkg:generic/scan#sub": "scan",
	} {
		for _, result := range []string{ofTrivy, fmt.Sprintf("%q", ofTrivy)} {
			if strings.HasPrefix(result, `"`) {
				result = strings.ReplaceAll(result, `\t`, " ")
			}
			s := read(t, typeVuln, fmt.Sprintf(around, uri, result, "2026-01-02T04:01:00Z")).Scan
			if got := counts(s); got != "1 2 1 1 0 1" || *s.Scanner != want || *s.ScannerVersion != "0.74.0" ||
				*s.ScannedAt != "2026-01-02T04:01:00Z" {
				t.Errorf("%s: %s, %+v", uri, got, s)
			}
		}
	}
	s := read(t, typeVuln, fmt.Sprintf(around, "", ofTrivy, "0001-01-01T00:00:00Z")).Scan
	same(t, s.ScannedAt, new("2026-01-02T04:00:00Z"))
}

func TestScan_ofGrypeHasNegligibleOnes(t *testing.T) {
	t.Parallel()
	s := read(t, typeVuln, `{"scanner":{"result":{"matches":[
		{"vulnerability":{"id":"CVE-1","severity":"Critical"},"artifact":{"name":"a","version":"1"},"relatedVulnerabilities":[]},
		{"vulnerability":{"id":"CVE-1","severity":"Critical"},"artifact":{"name":"a","version":"1"}},
		{"vulnerability":{"id":"GHSA-2","severity":"Negligible"},"artifact":{"name":"a","version":"1"}},
		{"vulnerability":{"id":"CVE-3","severity":"Unknown"},"artifact":{"name":"b","version":"1"}}],"ignoredMatches":[{}],
		"descriptor":{"name":"grype","version":"0.80.0","timestamp":"2026-01-02T03:04:05Z"}}}}`).Scan
	if got := counts(s); got != "1 0 0 0 1 1" || *s.Scanner != "grype" || *s.ScannerVersion != "0.80.0" ||
		*s.ScannedAt != "2026-01-02T03:04:05Z" {
		t.Errorf("%s, %+v", got, s)
	}
	same(t, s.Vulnerabilities, []string{"CVE-1", "CVE-3", "GHSA-2"})
}

func TestScan_ofInTotoTakesTheWorstSeverity(t *testing.T) {
	t.Parallel()
	s := read(t, "https://in-toto.io/attestation/vulns/v0.1", `{"scanner":{"uri":"pkg:github/example/scan","result":[
		{"id":"CVE-1","severity":[{"method":"nvd","score":"MEDIUM"},{"method":"CVSS_V3","score":"9.8"}]},
		{"id":"CVE-2","severity":[{"method":"CVSS_V3","score":3.1}]},{"id":"CVE-3"}]}}`).Scan
	if got := counts(s); got != "1 0 0 1 0 1" {
		t.Errorf("%s", got)
	}
}

func TestScan_ofAnOldTrivyIsItsResults(t *testing.T) {
	t.Parallel()
	for result, want := range map[string]string{
		`[{"Target":"app","Vulnerabilities":[{"VulnerabilityID":"CVE-1","PkgName":"a","Severity":"HIGH"}]},{"Target":"b"}]`: "0 1 0 0 0 0",
		`[{"Target":"app","Vulnerabilities":null}]`: "0 0 0 0 0 0", `[]`: "0 0 0 0 0 0",
	} {
		if got := counts(read(t, typeVuln, `{"scanner":{"result":`+result+`}}`).Scan); got != want {
			t.Errorf("%s: %s", result, got)
		}
	}
}

// A finding whose id cannot be read was found nevertheless.
func TestScan_countsWhatHasNoID(t *testing.T) {
	t.Parallel()
	for predicate, want := range map[string]string{
		`{"Results":[{"Vulnerabilities":[{"Severity":"HIGH","PkgName":"a"},{"Severity":"HIGH","PkgName":"b"},{"VulnerabilityID":"","Severity":"LOW"}]}]}`: "0 2 0 1 0 0",
		`{"matches":[{"vulnerability":{"severity":"Critical"}},{"artifact":{}}]}`:                                                                         "1 0 0 0 0 1",
	} {
		s := read(t, typeTrivy, predicate).Scan
		if got := counts(s); got != want || len(s.Vulnerabilities) > 0 {
			t.Errorf("%s: %s, %q", predicate, got, s.Vulnerabilities)
		}
	}
	facts, warnings := Read(typeTrivy, []byte(`{"Results":[{"Vulnerabilities":[{"VulnerabilityID":7,"Severity":"HIGH"}]}]}`),
		Options{})
	if got := counts(facts.Scan); got != "0 1 0 0 0 0" {
		t.Errorf("%s", got)
	}
	same(t, warnings, []string{"Results[0].Vulnerabilities[0].VulnerabilityID is a number, not a text. It is left out."})
}

// Numbers without them would be too low.
func TestScan_withUnreadableFindingsHasNoNumbers(t *testing.T) {
	t.Parallel()
	const finding = `{"VulnerabilityID":"CVE-1","Severity":"HIGH"}`
	for predicate, want := range map[string]string{
		`{"Results":[{"Vulnerabilities":[` + finding + `]},{"Vulnerabilities":{}}]}`: "Results[1].Vulnerabilities is an object, not a list.",
		`{"Results":[{"Vulnerabilities":[` + finding + `,7,null]}]}`:                 "Results[0].Vulnerabilities[1] is a number, not an object.",
		`{"Results":[{"Vulnerabilities":[` + finding + `]},"x"]}`:                    "Results[1] is a text, not an object.",
		`{"matches":[{"vulnerability":{"id":"CVE-1"}},[]]}`:                          "matches[1] is a list, not an object.",
		`{"runs":[{"results":[{"ruleId":"CVE-1"},true]}]}`:                           "runs[0].results[1] is true or false, not an object.",
		`{"runs":[{"results":[{"ruleId":"CVE-1"}]},{"results":{}}]}`:                 "runs[1].results is an object, not a list.",
		`{"runs":[{"results":[{"ruleId":"CVE-1"}]},7]}`:                              "runs[1] is a number, not an object.",
	} {
		facts, warnings := Read(typeTrivy, []byte(predicate), Options{})
		if got := counts(facts.Scan); got != "none" {
			t.Errorf("%s: %s", predicate, got)
		}
		same(t, facts.Scan.Vulnerabilities, []string{"CVE-1"})
		same(t, warnings, []string{"Some findings of the scan cannot be read. Their number is unknown.", want + " It is left out."})
	}
}

func TestScan_withoutFindingsHasZeros(t *testing.T) {
	t.Parallel()
	for _, predicate := range []string{`{"SchemaVersion":2,"ArtifactName":"app"}`, `{"Results":[]}`, `{"Results":null,"SchemaVersion":2}`,
		`{"Results":[{"Target":"a"},{"Vulnerabilities":null}]}`, `{"matches":[]}`, `{"runs":[{"results":[]}]}`} {
		s := read(t, typeTrivy, predicate).Scan
		if counts(s) != "0 0 0 0 0 0" || s.Vulnerabilities == nil {
			t.Errorf("%s: %s, %v", predicate, counts(s), s.Vulnerabilities)
		}
	}
}

// A report that cannot be read is not one without findings.
func TestScan_thatCannotBeReadHasNoNumbers(t *testing.T) {
	t.Parallel()
	for result, want := range map[string]string{
		`null`: "The scan has no result.", `{}`: "The result of the scan is in no form that is read. Those of Trivy, Grype and SARIF are.",
		`{"vulnerabilities":[]}`: "The result of the scan is in no form that is read. Those of Trivy, Grype and SARIF are.",
		`7`:                      "scanner.result is a number, not an object. It is left out.",
		`{"Results":{}}`:         "scanner.result.Results is an object, not a list. It is left out.",
		`{"matches":"x"}`:        "scanner.result.matches is a text, not a list. It is left out.",
		`{"runs":7}`:             "scanner.result.runs is a number, not a list. It is left out.",
		`{"runs":[]}`:            "The SARIF report has no run with results, not even with an empty list of them.",
		`{"runs":[{"tool":{}}]}`: "The SARIF report has no run with results, not even with an empty list of them.",
	} {
		facts, warnings := Read(typeVuln, []byte(`{"scanner":{"version":"1","result":`+result+`}}`), Options{})
		if counts(facts.Scan) != "none" || facts.Scan.Vulnerabilities != nil || *facts.Scan.ScannerVersion != "1" {
			t.Errorf("%s: %s", result, counts(facts.Scan))
		}
		same(t, warnings, []string{want})
	}
	for _, predicate := range []string{`{}`, `{"scanner":{}}`, `{"scanner":null,"metadata":null}`} {
		facts, warnings := Read(typeVuln, []byte(predicate), Options{})
		same(t, facts, Facts{Scan: &image.Scan{}})
		same(t, warnings, []string{"The scan has no result."})
	}
}

func TestScan_withManyVulnerabilitiesNamesTheWorst(t *testing.T) {
	t.Parallel()
	var found []string
	for i := range 12000 {
		severity := "LOW"
		if i%4 == 3 {
			severity = "HIGH"
		}
		found = append(found, fmt.Sprintf(`{"VulnerabilityID":"CVE-2024-%05d","PkgName":"a","Severity":%q}`, i, severity))
	}
	found = append(found, `{"VulnerabilityID":"CVE-2024-11998","PkgName":"b","Severity":"CRITICAL"}`)
	facts, warnings := Read(typeTrivy, []byte(`{"Results":[{"Vulnerabilities":[`+strings.Join(found, ",")+`]}]}`), Options{})
	same(t, warnings, []string{"The scan has more than 5,000 vulnerabilities. Those of the highest severity are in the list."})
	if got := counts(facts.Scan); got != "1 3000 0 9000 0 0" {
		t.Errorf("%s", got)
	}
	ids := facts.Scan.Vulnerabilities
	if len(ids) != MaxVulnerabilities || ids[0] != "CVE-2024-00000" || ids[len(ids)-2] != "CVE-2024-11998" ||
		ids[len(ids)-1] != "CVE-2024-11999" {
		t.Errorf("%d ids, %q, %q", len(ids), ids[:3], ids[len(ids)-3:])
	}
}
