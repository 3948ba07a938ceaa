package predicate

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// scan reads cosign's vuln predicate, or in-toto's: a scanner with its result, and times.
func scan(v value) *image.Scan {
	whole := v.object("scanner", "metadata")
	scanner := whole["scanner"].object("uri", "version", "result")
	metadata := whole["metadata"].object("scanFinishedOn", "scanStartedOn")
	s := &image.Scan{
		Scanner: scannerOf(scanner["uri"].text()), ScannerVersion: scanner["version"].text(),
		ScannedAt: first(metadata["scanFinishedOn"].instant(), metadata["scanStartedOn"].instant()),
	}
	v.document.result(s, v.document.unwrap(scanner["result"]))
	return s
}

// scannerOf returns the name in a package URL, such as trivy in pkg:github/aquasecurity/trivy@0.74.0, and anything
// else as it is.
func scannerOf(uri *string) *string {
	if uri == nil || !strings.HasPrefix(*uri, "pkg:") {
		return uri
	}
	name := (*uri)[strings.LastIndexByte(*uri, '/')+1:]
	if end := strings.IndexAny(name, "@?#"); end >= 0 {
		name = name[:end]
	}
	return first(image.Known(name), uri)
}

// result reads the result of a scanner, whose form its members tell.
func (d *document) result(s *image.Scan, v value) {
	if v.is(list) {
		if v.isOfTrivy() {
			trivyResults(s, d, v)
			return
		}
		inToto(s, v)
		return
	}
	if v.is(absent) {
		d.note("The scan has no result.")
		return
	}
	has := v.object("Results", "SchemaVersion", "ArtifactName", "matches", "runs")
	switch {
	case !v.is(object):
	case !has["runs"].is(absent):
		sarif(s, has["runs"])
	case !has["matches"].is(absent):
		grype(s, v)
	case has != nil:
		trivy(s, v)
	default:
		d.note("The result of the scan is in no form that is read. Those of Trivy, Grype and SARIF are.")
	}
}

// isOfTrivy reports whether a list is the JSON of Trivy before its version 0.20: the results alone.
func (v value) isOfTrivy() bool {
	for one := range v.elements() {
		return one.is(object) && !one.object("Target")["Target"].is(absent)
	}
	return false
}

// trivy reads the JSON of Trivy. A report without results is one of an image without packages.
func trivy(s *image.Scan, v value) {
	whole := v.object("CreatedAt", "Trivy", "Results")
	s.Scanner = first(s.Scanner, new("trivy"))
	s.ScannerVersion = first(s.ScannerVersion, whole["Trivy"].object("Version")["Version"].text())
	s.ScannedAt = first(s.ScannedAt, whole["CreatedAt"].instant())
	if results := whole["Results"]; results.expect(list) || results.is(absent) {
		trivyResults(s, v.document, results)
	}
}

// trivyResults counts the vulnerabilities in Trivy's results.
func trivyResults(s *image.Scan, d *document, results value) {
	found := findings{document: d}
	for part := range found.each(results) {
		for one := range found.each(part.object("Vulnerabilities")["Vulnerabilities"]) {
			given := one.object("VulnerabilityID", "PkgName", "InstalledVersion", "Severity")
			found.add(one, given["VulnerabilityID"].text(), severityOf(given["Severity"]), given["PkgName"],
				given["InstalledVersion"])
		}
	}
	found.note(s)
}

// grype reads the JSON of Grype.
func grype(s *image.Scan, v value) {
	whole := v.object("descriptor", "matches")
	descriptor := whole["descriptor"].object("name", "version", "timestamp")
	s.Scanner = first(s.Scanner, descriptor["name"].text())
	s.ScannerVersion = first(s.ScannerVersion, descriptor["version"].text())
	s.ScannedAt = first(s.ScannedAt, descriptor["timestamp"].instant())
	if !whole["matches"].expect(list) {
		return
	}
	found := findings{document: v.document}
	for match := range found.each(whole["matches"]) {
		given := match.object("vulnerability", "artifact")
		vulnerability := given["vulnerability"].object("id", "severity")
		artifact := given["artifact"].object("name", "version")
		found.add(match, vulnerability["id"].text(), severityOf(vulnerability["severity"]), artifact["name"],
			artifact["version"])
	}
	found.note(s)
}

// inToto reads the result in in-toto's predicate: a list of vulnerabilities, with severities by several methods.
func inToto(s *image.Scan, v value) {
	found := findings{document: v.document}
	for one := range found.each(v) {
		given := one.object("id", "severity")
		worst := unknown
		for severity := range given["severity"].elements() {
			score := severity.object("score")["score"]
			worst = max(worst, severityOf(score), severityOfScore(score))
		}
		found.add(one, given["id"].text(), worst)
	}
	found.note(s)
}

// A severity is that of a finding. A higher one is worse.
type severity uint8

const (
	unknown severity = iota
	negligible
	low
	medium
	high
	critical
	severities // their number
)

// severityOf returns the severity that a text names.
func severityOf(v value) severity {
	if !v.is(text) || len(v.raw) > len(`"negligible"`) {
		return unknown
	}
	return severityNamed(string(v.raw[1 : len(v.raw)-1]))
}

func severityNamed(name string) severity {
	switch strings.ToLower(name) {
	case "critical":
		return critical
	case "high":
		return high
	case "medium", "moderate":
		return medium
	case "low":
		return low
	case "negligible":
		return negligible
	}
	return unknown
}

var score = regexp.MustCompile(`^"?([0-9]{1,2}(?:\.[0-9]{1,4})?)"?$`)

// severityOfScore returns the severity of a score of CVSS, which is a text in SARIF and a number elsewhere.
func severityOfScore(v value) severity {
	match := score.FindSubmatch(v.raw[:min(len(v.raw), 16)])
	if match == nil {
		return unknown
	}
	value, err := strconv.ParseFloat(string(match[1]), 64)
	switch {
	case err != nil || value > 10 || value <= 0:
		return unknown
	case value >= 9:
		return critical
	case value >= 7:
		return high
	case value >= 4:
		return medium
	}
	return low
}
