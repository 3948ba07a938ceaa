package predicate

import (
	"crypto/sha256"
	"regexp"
	"strconv"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// sarif reads the runs of a SARIF report. Several runs, such as one for each platform, are counted together.
func sarif(s *image.Scan, runs value) {
	if !runs.expect(list) {
		return
	}
	found, read := findings{document: runs.document}, false
	for run := range found.each(runs) {
		given := run.object("tool", "results", "invocations")
		tool := given["tool"].object("driver", "extensions")
		driver := tool["driver"].object("name", "version", "semanticVersion", "rules")
		name := driver["name"].text()
		s.Scanner = first(s.Scanner, lower(name))
		s.ScannerVersion = first(s.ScannerVersion, driver["version"].text(), driver["semanticVersion"].text())
		for invocation := range given["invocations"].elements() {
			times := invocation.object("endTimeUtc", "startTimeUtc")
			s.ScannedAt = first(s.ScannedAt, times["endTimeUtc"].instant(), times["startTimeUtc"].instant())
		}
		if given["results"].is(absent) {
			continue // such a run has not scanned
		}
		read = true
		known := rules{own: name != nil && strings.EqualFold(*name, "trivy"), byID: map[[16]byte]rule{}}
		known.add(driver["rules"], true)
		for extension := range tool["extensions"].elements() {
			known.add(extension.object("rules")["rules"], false)
		}
		for result := range found.each(given["results"]) {
			known.count(&found, result)
		}
	}
	if read {
		found.note(s)
		return
	}
	runs.document.note("The SARIF report has no run with results, not even with an empty list of them.")
}

// lower returns a scanner's name as its other formats have it.
func lower(name *string) *string {
	if name == nil {
		return nil
	}
	return new(strings.ToLower(*name))
}

// A rule is what a scanner says about all results of one kind, such as one vulnerability.
type rule struct {
	severity severity
	other    bool // a misconfiguration, a secret or a license
}

// rules are those of a run. Results name them by their id, or by their place among those of the driver.
type rules struct {
	own     bool // whether the scanner is Trivy, whose own severity is in a tag, beside the score of another source
	byID    map[[16]byte]rule
	byPlace []rule
}

func keyOf(id value) [16]byte {
	digest := sha256.Sum256(id.raw)
	return [16]byte(digest[:16])
}

func (r *rules) add(v value, ofDriver bool) {
	for one := range v.elements() {
		given := one.object("id", "properties")
		about := r.rule(given["properties"])
		if ofDriver {
			r.byPlace = append(r.byPlace, about)
		}
		if given["id"].is(text) {
			r.byID[keyOf(given["id"])] = about
		}
	}
}

// rule reads the properties of a rule or result.
func (r *rules) rule(properties value) (about rule) {
	given := properties.object("security-severity", "tags", "cvssV3_severity")
	tagged, vulnerability := unknown, false
	for tag := range given["tags"].elements() {
		if !tag.is(text) || len(tag.raw) > 32 {
			continue
		}
		switch name := strings.ToLower(string(tag.raw[1 : len(tag.raw)-1])); name {
		case "vulnerability":
			vulnerability = true
		case "misconfiguration", "secret", "license":
			about.other = true
		default:
			tagged = max(tagged, severityNamed(name))
		}
	}
	about.other = about.other && !vulnerability
	about.severity = severityOfScore(given["security-severity"])
	if r.own && tagged != unknown || about.severity == unknown {
		about.severity = tagged
	}
	if about.severity == unknown {
		about.severity = severityOf(given["cvssV3_severity"])
	}
	return about
}

// count counts a result that is a vulnerability.
func (r *rules) count(found *findings, result value) {
	given := result.object("ruleId", "ruleIndex", "rule", "kind", "baselineState", "message", "properties", "locations")
	if isOneOf(given["kind"], "pass", "notApplicable", "informational") || isOneOf(given["baselineState"], "absent") {
		return // it says that nothing was found, or not any more
	}
	reference := given["rule"].object("id", "index", "toolComponent")
	id := given["ruleId"]
	if id.is(absent) {
		id = reference["id"]
	}
	about, known := r.byID[keyOf(id)]
	place := given["ruleIndex"]
	if place.is(absent) && reference["toolComponent"].is(absent) {
		place = reference["index"]
	}
	if at, err := strconv.Atoi(string(place.raw)); !known && err == nil && at >= 0 && at < len(r.byPlace) {
		about = r.byPlace[at]
	}
	if about.other {
		return
	}
	if own := r.rule(given["properties"]).severity; own != unknown {
		about.severity = own
	}
	said := messageOf(given["message"])
	if r.own && said.severity != unknown {
		about.severity = said.severity
	}
	vulnerability, where := id.text(), ""
	if vulnerability != nil {
		*vulnerability, where = splitID(*vulnerability)
	}
	switch {
	case said.where != "":
		where = said.where
	case where == "": // the places tell results apart
		where = said.text + string(given["locations"].raw)
	}
	found.add(result, vulnerability, about.severity, value{raw: []byte(where)})
}

func isOneOf(v value, names ...string) bool {
	for _, name := range names {
		if v.is(text) && string(v.raw[1:len(v.raw)-1]) == name {
			return true
		}
	}
	return false
}

var idWithPackage = regexp.MustCompile(`^(CVE-[0-9]{4}-[0-9]{4,19}|GHSA(?:-[0-9a-z]{4}){3})-(.+)$`)

// splitID returns the vulnerability in a rule's id, and the package that Grype appends to it.
func splitID(id string) (vulnerability, of string) {
	if match := idWithPackage.FindStringSubmatch(id); match != nil {
		return match[1], match[2]
	}
	return id, ""
}

// The messages of Trivy and Grype name what they are about.
var (
	packageOfTrivy  = regexp.MustCompile(`(?m)^Package: (.+)$`)
	versionOfTrivy  = regexp.MustCompile(`(?m)^Installed Version: (.+)$`)
	severityOfTrivy = regexp.MustCompile(`(?m)^Severity: (\w+)$`)
	packageOfGrype  = regexp.MustCompile(` package: ([^,]+), version (\S+) was found`)
)

// A message is what a result says.
type message struct {
	text, where string // where is the package and version, empty if it names none
	severity    severity
}

func messageOf(v value) (m message) {
	written := v.object("text")["text"]
	if !written.expect(text) {
		return m
	}
	m.text = written.string()
	if match := packageOfTrivy.FindStringSubmatch(m.text); match != nil {
		m.where = match[1]
		if match := versionOfTrivy.FindStringSubmatch(m.text); match != nil {
			m.where += "@" + match[1]
		}
	} else if match := packageOfGrype.FindStringSubmatch(m.text); match != nil {
		m.where = match[1] + "@" + match[2]
	}
	if match := severityOfTrivy.FindStringSubmatch(m.text); match != nil {
		m.severity = severityNamed(match[1])
	}
	return m
}
