package predicate

import (
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

func TestVEX_ofBothFormsOfOpenVEX(t *testing.T) {
	t.Parallel()
	want := image.VEX{ID: new("https://vex.example/1"), Author: new("Example"), Timestamp: new("2026-01-02T03:04:05Z"),
		Statements: []image.VEXStatement{
			{Vulnerability: new("CVE-2024-0001"), Status: new("not_affected"), Products: []string{"pkg:oci/app@sha256:1", "pkg:oci/b"},
				Justification: new("vulnerable_code_not_present")},
			{Vulnerability: new("CVE-2024-0002"), Status: new("fixed")}}}
	const head = `{"@id":"https://vex.example/1","author":"Example","version":1,"timestamp":"2026-01-02T03:04:05Z",`
	same(t, read(t, typeVEX, head+`"@context":"https://openvex.dev/ns/v0.2.0","statements":[{"vulnerability":{"name":"CVE-2024-0001",
		"aliases":["GHSA-1"]},"products":[{"@id":"pkg:oci/app@sha256:1","subcomponents":[{"@id":"pkg:apk/a"}]},
		{"identifiers":{"purl":"pkg:oci/b"}},{}],"status":"not_affected","justification":"vulnerable_code_not_present"},
		{"vulnerability":{"@id":"CVE-2024-0002"},"status":"fixed"}]}`), Facts{VEX: &want})
	same(t, read(t, "https://openvex.dev/ns", head+`"statements":[{"vulnerability":"CVE-2024-0001","status":"not_affected",
		"products":["pkg:oci/app@sha256:1","pkg:oci/b"],"justification":"vulnerable_code_not_present"},
		{"vulnerability":"CVE-2024-0002","status":"fixed","products":[]}]}`), Facts{VEX: &want})
	want.Timestamp, want.Statements = new("2026-02-02T03:04:05Z"), nil
	same(t, read(t, typeVEX, head+`"last_updated":"2026-02-02T03:04:05Z"}`), Facts{VEX: &want})
}

func TestVEX_withWrongOrTooManyValuesHasTheRest(t *testing.T) {
	t.Parallel()
	facts, warnings := Read(typeVEX, []byte(`{"author":7,"statements":[7,{"vulnerability":7,"products":[7,{"@id":7}],"status":"fixed"}]}`),
		Options{})
	same(t, facts, Facts{VEX: &image.VEX{Statements: []image.VEXStatement{{Status: new("fixed")}}}})
	same(t, warnings, []string{
		"author is a number, not a text. It is left out.", "statements[0] is a number, not an object. It is left out.",
		"statements[1].vulnerability is a number, not a text. It is left out.",
		"statements[1].products[0] is a number, not a text. It is left out.",
		"statements[1].products[1].@id is a number, not a text. It is left out.",
	})
	many := `{"vulnerability":"a","products":[` + strings.Repeat(`"p",`, 100) + `"q"]}`
	facts, warnings = Read(typeVEX, []byte(`{"statements":[`+strings.Repeat(many+",", 1000)+many+`]}`), Options{})
	same(t, warnings, []string{"The VEX document has 1,001 statements. The first 1,000 are in the list.",
		"A statement of the VEX document has more than 100 products. The first 100 are in the list."})
	if got := facts.VEX.Statements; len(got) != MaxStatements || len(got[999].Products) != MaxProducts {
		t.Errorf("%d statements", len(got))
	}
}
