package predicate

import (
	"fmt"
	"testing"
)

func TestSARIF_ofTrivyIsCountedLikeItsOwnForm(t *testing.T) {
	t.Parallel()
	const result = `{"ruleId":%q,"ruleIndex":%d,"level":"error","message":{"text":"Package: %s\nInstalled Version: %s\nVulnerability %[1]s\nSeverity: %[5]s\nFixed Version: "},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"%[6]d"}}}]}`
	text := fmt.Sprintf(`{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{
		"tool":{"driver":{"name":"Trivy","version":"0.70.0","rules":[
			{"id":"CVE-2021-44228","properties":{"security-severity":"5.0","tags":["vulnerability","security","CRITICAL"]}},
			{"id":"CVE-2024-0001","properties":{"precision":"very-high","security-severity":"9.8","tags":["vulnerability","security","HIGH"]}},
			{"id":"DS001","properties":{"security-severity":"9.5","tags":["misconfiguration","security","CRITICAL"]}},
			{"id":"CVE-2024-0003","properties":{"security-severity":"0.0","tags":["vulnerability","security","UNKNOWN"]}},
			{"id":"CVE-2024-0004","properties":{"security-severity":"5.5","tags":["vulnerability","security","MEDIUM"]}}]}},
		"invocations":[{"startTimeUtc":"2026-01-02T03:04:00Z","endTimeUtc":"2026-01-02T03:04:05Z"}],"results":[%s,%s,%s,%s,%s,%s,%s,
		{"ruleId":"DS001","ruleIndex":2,"message":{"text":"Artifact: Dockerfile"}}]}]}`,
		fmt.Sprintf(result, "CVE-2021-44228", 0, "log4j-core", "2.14.1", "CRITICAL", 1),
		fmt.Sprintf(result, "CVE-2024-0001", 1, "zlib", "1.3.1", "HIGH", 1),
		fmt.Sprintf(result, "CVE-2024-0001", 1, "zlib-dev", "1.3.1", "HIGH", 1),
		fmt.Sprintf(result, "CVE-2024-0003", 3, "musl", "1.2.5-r0", "UNKNOWN", 1),
		fmt.Sprintf(result, "CVE-2024-0004", 4, "musl", "1.2.5-r0", "MEDIUM", 1),
		fmt.Sprintf(result, "CVE-2021-44228", 0, "log4j-core", "2.14.1", "LOW", 2),
		fmt.Sprintf(result, "CVE-2021-44228", 0, "log4j-core", "2.13.0", "LOW", 2))
	s := read(t, typeSARIF, text).Scan
	if got := counts(s); got != "1 2 1 1 0 1" || *s.Scanner != "trivy" || *s.ScannerVersion != "0.70.0" ||
		*s.ScannedAt != "2026-01-02T03:04:05Z" {
		t.Errorf("%s, %+v", got, s)
	}
	same(t, s.Vulnerabilities, idsOfTrivy)
	same(t, read(t, typeVuln, `{"scanner":{"result":`+text+`}}`).Scan, s)
}

func TestSARIF_ofGrypeHasThePackageInTheRule(t *testing.T) {
	t.Parallel()
	s := read(t, typeSARIF, `{"runs":[{"tool":{"driver":{"name":"Grype","semanticVersion":"0.80.0","rules":[
		{"id":"CVE-2021-44228-log4j-core","properties":{"security-severity":"10.0"}},
		{"id":"GHSA-jfh8-c2jp-5v3q-log4j-core","properties":{"security-severity":"9.0"}},
		{"id":"ELSA-2024-1-zlib","properties":{"security-severity":"3.9"}}]}},"results":[
		{"ruleId":"CVE-2021-44228-log4j-core","message":{"text":"A critical vulnerability in java-archive package: log4j-core, version 2.14.1 was found at: /a.jar"},"locations":[{}]},
		{"ruleId":"CVE-2021-44228-log4j-core","message":{"text":"A critical vulnerability in java-archive package: log4j-core, version 2.14.1 was found at: /b.jar"}},
		{"ruleId":"CVE-2021-44228-log4j-core","message":{"text":"A critical vulnerability in java-archive package: log4j-core, version 2.13.0 was found at: /b.jar"}},
		{"ruleId":"GHSA-jfh8-c2jp-5v3q-log4j-core"},{"ruleId":"GHSA-jfh8-c2jp-5v3q-log4j-core","locations":[{}]},
		{"ruleId":"ELSA-2024-1-zlib"}]}]}`).Scan
	if got := counts(s); got != "3 0 0 1 0 0" || *s.Scanner != "grype" || *s.ScannerVersion != "0.80.0" {
		t.Errorf("%s, %+v", got, s)
	}
	same(t, s.Vulnerabilities, []string{"CVE-2021-44228", "ELSA-2024-1-zlib", "GHSA-jfh8-c2jp-5v3q"})
}

func TestSARIF_takesTheSeverityFromWhereItIs(t *testing.T) {
	t.Parallel()
	for properties, want := range map[string]string{
		`{"security-severity":"9.0"}`: "1 0 0 0 0 0", `{"security-severity":"8.9"}`: "0 1 0 0 0 0",
		`{"security-severity":"7"}`: "0 1 0 0 0 0", `{"security-severity":6.9}`: "0 0 1 0 0 0",
		`{"security-severity":"4.0"}`: "0 0 1 0 0 0", `{"security-severity":"0.1"}`: "0 0 0 1 0 0",
		`{"security-severity":"0.0"}`: "0 0 0 0 0 1", `{"security-severity":"11"}`: "0 0 0 0 0 1",
		`{"security-severity":"-1"}`: "0 0 0 0 0 1", `{"security-severity":"NaN"}`: "0 0 0 0 0 1",
		`{"security-severity":1e1}`: "0 0 0 0 0 1", `{}`: "0 0 0 0 0 1", `null`: "0 0 0 0 0 1",
		`{"tags":["security","HIGH"]}`: "0 1 0 0 0 0", `{"tags":["MEDIUM"],"security-severity":"9.8"}`: "1 0 0 0 0 0",
		`{"cvssV3_severity":"LOW"}`: "0 0 0 1 0 0",
		`{"tags":["secret"]}`:       "0 0 0 0 0 0", `{"tags":["license","vulnerability","LOW"]}`: "0 0 0 1 0 0",
	} {
		for _, result := range []string{`{"ruleId":"A","ruleIndex":0}`, `{"ruleId":"A"}`, `{"rule":{"id":"A"}}`,
			`{"ruleId":"A/sub","ruleIndex":0}`, `{"ruleId":"A/sub","rule":{"index":0}}`} {
			s := read(t, typeSARIF, `{"runs":[{"tool":{"driver":{"name":"x","rules":[{"id":"A","properties":`+properties+`}]}},
				"results":[`+result+`]}]}`).Scan
			if got := counts(s); got != want {
				t.Errorf("%s, %s: %s", properties, result, got)
			}
		}
	}
}

func TestSARIF_countsWhatWasFound(t *testing.T) {
	t.Parallel()
	s := read(t, typeSARIF, `{"runs":[{"tool":{"driver":{"name":"x"},"extensions":[{"rules":[{"id":"A","properties":{"security-severity":"5"}}]}]},
		"results":[{"ruleId":"A"},{"ruleId":"A","kind":"pass"},{"ruleId":"B","kind":"notApplicable"},{"ruleId":"C","baselineState":"absent"},
		{"ruleId":"D","kind":"fail","suppressions":[{"kind":"external"}]},{"ruleId":"E","kind":"review","baselineState":"new"},
		{"message":{"text":"without a rule"}}]},{"tool":{"driver":{"name":"y"}},"results":[{"ruleId":"A"},{"ruleId":"F"}]},
		{"tool":{"driver":{"name":"z"}}}]}`).Scan
	if got := counts(s); got != "0 0 1 0 0 4" || *s.Scanner != "x" {
		t.Errorf("%s, %+v", got, s)
	}
	same(t, s.Vulnerabilities, []string{"A", "D", "E", "F"})
}
