package predicate

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func FuzzRead(f *testing.F) {
	types := []string{typeSLSA1, typeSLSA02, typeSPDX, typeCycloneDX, typeVuln, typeTrivy, typeSARIF, typeVEX, typeCustom}
	for i, predicate := range []string{
		`{"buildDefinition":{"buildType":"t","externalParameters":{"workflow":{"repository":"https://a.example/b","ref":"r","path":"p"},
			"source":{"uri":"git+https://u:p@a.example/b@r","digest":{"sha1":"` + commit + `"}}},"resolvedDependencies":[
			{"uri":"git+https://a.example/b@r","digest":{"gitCommit":"` + commit + `"}}]},"runDetails":{"builder":{"id":"b"},
			"metadata":{"startedOn":"2026-01-02T03:04:05Z","buildkit_metadata":{"vcs":{"source":"https://a.example/b#r:d"}}}}}`,
		`{"builder":{"id":"b"},"recipe":{"definedInMaterial":0},"materials":[{"uri":"git+https://a.example/b"}],"invocation":
			{"configSource":{"uri":"git@a.example:b#` + commit + `"}},"metadata":{"buildInvocationID":"1"}}`,
		`{"spdxVersion":"SPDX-2.3","creationInfo":{"creators":["Tool: a"],"created":"x"},"packages":[{"name":"a","externalRefs":[
			{"referenceType":"purl","referenceLocator":"pkg:a"}],"licenseDeclared":"MIT"},7]}`,
		`{"specVersion":"1.6","metadata":{"tools":{"components":[{"name":"a","version":"1"}]}},"components":[{"name":"a","licenses":
			[{"license":{"id":"MIT"}},{"expression":"A"}],"components":[{"type":"file"}]}]}`,
		`{"scanner":{"uri":"pkg:a/b@1","result":[{"id":"CVE-1","severity":[{"score":"9.1"}]}]},"metadata":{"scanStartedOn":""}}`,
		`{"SchemaVersion":2,"Results":[{"Vulnerabilities":[{"VulnerabilityID":"CVE-1","PkgName":"a","Severity":"HIGH"}]}]}`,
		`{"runs":[{"tool":{"driver":{"name":"Trivy","rules":[{"id":"A","properties":{"tags":["LOW"],"security-severity":"9"}}]}},
			"results":[{"ruleId":"A","message":{"text":"Package: a\nInstalled Version: 1\nSeverity: LOW"}},{"rule":{"index":0}}]}]}`,
		`{"@id":"i","statements":[{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"p"},"q"],"status":"fixed"}]}`,
		`{"Data":"{\"matches\":[{\"vulnerability\":{\"id\":\"a\\ud83d\\u0000\",\"severity\":\"Negligible\"}}]}"}`,
	} {
		f.Add(uint8(i), []byte(predicate))
	}
	f.Fuzz(func(t *testing.T, kind uint8, predicate []byte) {
		predicateType := types[int(kind)%len(types)]
		var facts Facts
		var warnings []string
		took := allocated(func() { facts, warnings = Read(predicateType, predicate, Options{Packages: true}) })
		if limit := uint64(4<<20 + 1000*len(predicate)); took > limit {
			t.Errorf("%d bytes are allocated for %d, more than %d", took, len(predicate), limit)
		}
		if len(warnings) > maxWarnings+4 {
			t.Errorf("%d warnings", len(warnings))
		}
		for _, warning := range warnings {
			if len(warning) > 500 || !isLine(warning) {
				t.Errorf("the warning %q", warning)
			}
		}
		again, _ := Read(predicateType, predicate, Options{Packages: true})
		same(t, again, facts)
		for _, written := range texts(facts) {
			if written != nil && (*written == "" || utf8.RuneCountInString(*written) > maxText+1 || !isLine(*written)) {
				t.Errorf("the text %q", *written)
			}
		}
		for _, instant := range instants(facts) {
			if instant == nil {
				continue
			}
			if at, err := time.Parse(time.RFC3339, *instant); err != nil || at.Location() != time.UTC {
				t.Errorf("the time %q", *instant)
			}
		}
		if p := facts.Provenance; p != nil && p.SourceRepository != nil && strings.HasPrefix(*p.SourceRepository, "https://") &&
			strings.Contains(strings.SplitN(*p.SourceRepository, "/", 4)[2], "@") {
			t.Errorf("a user in %q", *p.SourceRepository)
		}
	})
}

func isLine(written string) bool {
	return utf8.ValidString(written) && !strings.ContainsFunc(written, func(r rune) bool {
		return r != ' ' && !unicode.IsPrint(r)
	})
}

func texts(facts Facts) (all []*string) {
	if p := facts.Provenance; p != nil {
		all = append(all, p.Builder, p.BuildType, p.SourceRepository, p.SourceRef, p.SourceCommit, p.Workflow, p.Invocation)
	}
	if s := facts.SBOM; s != nil {
		all = append(all, &s.Format, s.FormatVersion, s.Tool)
		for _, p := range s.Packages {
			all = append(all, p.Name, p.Version, p.PURL, p.License)
		}
	}
	if s := facts.Scan; s != nil {
		all = append(all, s.Scanner, s.ScannerVersion)
		for i := range s.Vulnerabilities {
			all = append(all, &s.Vulnerabilities[i])
		}
	}
	if v := facts.VEX; v != nil {
		all = append(all, v.ID, v.Author)
		for _, s := range v.Statements {
			all = append(all, s.Vulnerability, s.Status, s.Justification)
		}
	}
	return all
}

func instants(facts Facts) (all []*string) {
	if facts.Provenance != nil {
		all = append(all, facts.Provenance.StartedAt, facts.Provenance.FinishedAt)
	}
	if facts.SBOM != nil {
		all = append(all, facts.SBOM.CreatedAt)
	}
	if facts.Scan != nil {
		all = append(all, facts.Scan.ScannedAt)
	}
	if facts.VEX != nil {
		all = append(all, facts.VEX.Timestamp)
	}
	return all
}
