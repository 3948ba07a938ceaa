package provider_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"

	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

type matrixColumn struct {
	title  string
	engine providertest.Engine
}

// matrixColumns are the engines of the matrix. Versions that have the same features share a column, which is named for
// all.
var matrixColumns = []matrixColumn{
	{"Terraform 1.11", engineOf("Terraform", "1.11")},
	{"Terraform 1.12, 1.13", engineOf("Terraform", "1.12")},
	{"Terraform 1.14, 1.15", engineOf("Terraform", "1.14")},
	{"OpenTofu 1.11", engineOf("OpenTofu", "1.11")},
	{"OpenTofu 1.12", engineOf("OpenTofu", "1.12")},
}

func engineOf(name, number string) providertest.Engine {
	return providertest.Engine{Name: name, Version: version.Must(version.NewVersion(number))}
}

// matrix is the table of features and engines, as the pages have it.
func matrix() string {
	var table strings.Builder
	table.WriteString("| |")
	for _, column := range matrixColumns {
		fmt.Fprintf(&table, " %s |", column.title)
	}
	table.WriteString("\n|---|" + strings.Repeat(":-:|", len(matrixColumns)) + "\n")
	for _, feature := range providertest.Features() {
		fmt.Fprintf(&table, "| %s |", feature.Name)
		for _, column := range matrixColumns {
			cell := "–"
			if column.engine.Has(feature) {
				cell = "yes"
			}
			fmt.Fprintf(&table, " %s |", cell)
		}
		table.WriteString("\n")
	}
	return table.String()
}

// What the README and the guide promise of an engine is what the tests demand of it: they skip by the same list.
func TestEngines_matrixOfThePagesIsThatOfTheTests(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"../../README.md", "../../templates/guides/engines.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "\n\n"+matrix()+"\n") {
			t.Errorf("%s has no such table:\n\n%s", page, matrix())
		}
	}
}

// The oldest engine of the matrix is the oldest one that `make` takes.
func TestEngines_matrixBeginsWithTheOldestThatIsTaken(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../scripts/engine")
	if err != nil {
		t.Fatal(err)
	}
	oldest := regexp.MustCompile(`(?m)^oldest=(\S+)$`).FindStringSubmatch(string(text))
	if oldest == nil {
		t.Fatal("scripts/engine does not say which engine is the oldest")
	}
	first := providertest.Features()[0]
	for _, name := range []string{"Terraform", "OpenTofu"} {
		if !engineOf(name, oldest[1]).Has(first) || !slices.ContainsFunc(matrixColumns,
			func(c matrixColumn) bool { return c.engine.String() == engineOf(name, oldest[1]).String() }) {
			t.Errorf("scripts/engine takes %s %s, and the matrix does not begin with it, or has nothing that it does", name,
				oldest[1])
		}
	}
}

// Who has no engine builds one. What keeps them from it is somewhere else, in go's answer: a proxy, a version that is
// not there.
func TestEngines_whatCannotBeBuiltSaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	build := exec.CommandContext(t.Context(), "../../scripts/build-engine", "terraform", "9.9.9")
	build.Env = append(os.Environ(), "DEMANDFLOW_ENGINES="+t.TempDir(), "GOPROXY=off", "GOFLAGS=")
	output, err := build.CombinedOutput()
	if err == nil {
		t.Fatalf("Terraform 9.9.9 is built:\n%s", output)
	}
	for _, want := range []string{"module lookup disabled by GOPROXY=off",
		"install Terraform 9.9.9, and set DEMANDFLOW_ENGINE to it"} {
		if !strings.Contains(string(output), want) {
			t.Errorf("%q is not in what is printed:\n%s", want, output)
		}
	}
}

// Of each feature that an engine of the matrix lacks, the guide tells what it says; TestGuides_doWhatTheySay holds it
// to that, on the engines that lack it and on those that do not.
func TestEngines_guideQuotesWhatAnEngineSaysThatLacksSomething(t *testing.T) {
	t.Parallel()
	guide := exampleText(t, "../../templates/guides/engines.md")
	for _, feature := range providertest.Features() {
		lacking := false
		for _, column := range matrixColumns {
			lacking = lacking || !column.engine.Has(feature)
		}
		section := "\n## " + feature.Name + "\n"
		_, told, found := strings.Cut(guide, section)
		told, _, _ = strings.Cut(told, "\n## ")
		quotes := regexp.MustCompile(`<!-- lacks ` + regexp.QuoteMeta(feature.Name) + `: `).MatchString(told)
		if lacking && (!found || !quotes) {
			t.Errorf("some engine lacks %q, and the guide has no section of that name with what it says", feature.Name)
		}
	}
}
