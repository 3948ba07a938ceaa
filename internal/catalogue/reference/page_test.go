package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	resource "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

var bottle = entity.Entity{
	DisplayName: "Bottle",
	Keys:        []entity.Key{{Fields: []string{"label"}}, {Fields: []string{"label", "year"}}},
	Sections: []entity.Section{
		{Title: "Origin & Age", Fields: []entity.Field{{Name: "year"}, {Name: "label"}}},
		{Title: "Nothing Here", Fields: []entity.Field{{Name: "absent"}}},
		{Title: "Cellar", Fields: []entity.Field{{Name: "cellarKey"}}},
	},
	Derived: []entity.Field{{Name: "age"}},
}

func TestPage_groupsAttributesAsTheFormDoes(t *testing.T) {
	t.Parallel()
	p := newPage("resources", "bottle", &bottle, attributesOf(map[string]resource.Attribute{
		"age": resource.NumberAttribute{Computed: true},
		"cellar_key": resource.StringAttribute{Optional: true, Computed: true, Sensitive: true,
			MarkdownDescription: "Opens it."},
		"cellar_key_wo": resource.StringAttribute{Optional: true, Sensitive: true, WriteOnly: true},
		"parents": resource.ListNestedAttribute{Optional: true,
			NestedObject: resource.NestedAttributeObject{Attributes: map[string]resource.Attribute{
				"id": resource.StringAttribute{Required: true, Description: "Id of the shelf."},
			}}},
		"deletion_policy": resource.StringAttribute{Optional: true},
		"id":              resource.StringAttribute{Computed: true},
		"label":           resource.StringAttribute{Required: true},
		"year":            resource.SetAttribute{ElementType: types.StringType, Optional: true},
	}))
	want := []string{
		"## Schema",
		"### Arguments", "- `deletion_policy` (String, Optional)", "- `parents` (List of Object, Optional)",
		"- `id` (String, Required) Id of the shelf.",
		"### Origin & Age", "- `year` (Set of String, Optional)", "- `label` (String, Required)",
		"### Cellar", "- `cellar_key` (String, Optional, Sensitive) Opens it.",
		"- `cellar_key_wo` (String, Optional, Sensitive, Write-only)",
		"### Conveniences", "- `age` (Number, Read-only)",
		"### Bookkeeping", "- `id` (String, Read-only)",
		"## Import",
		"## Moving from another provider",
	}
	if got := outline(render(t, p)); !slices.Equal(got, want) {
		t.Errorf("the page reads\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if want := "The bottle is named by its id, or by `label`, or by `label`:`year`. A name must lead to exactly one."; p.Import != want {
		t.Errorf("the import reads %q, not %q", p.Import, want)
	}
}

func TestPage_ofAPluralHasItsFiltersApartFromTheFieldsOfItsList(t *testing.T) {
	t.Parallel()
	p := newPage("data-sources", "bottles", &bottle, attributesOf(map[string]datasource.Attribute{
		"label": datasource.StringAttribute{Optional: true},
		"total": datasource.Int64Attribute{Computed: true},
		"bottles": datasource.ListNestedAttribute{Computed: true,
			NestedObject: datasource.NestedAttributeObject{Attributes: map[string]datasource.Attribute{
				"label":         datasource.StringAttribute{Computed: true},
				"custom_fields": datasource.MapAttribute{Computed: true, ElementType: types.StringType},
			}}},
	}))
	want := []string{
		"## Schema",
		"### Arguments", "- `label` (String, Optional)",
		"### Results", "- `bottles` (List of Object, Read-only)  (see [below](#nestedatt--bottles))",
		"- `total` (Number, Read-only)",
		"### Attributes of `bottles`",
		"#### Results", "- `custom_fields` (Map of String, Read-only)",
		"#### Origin & Age", "- `label` (String, Read-only)",
	}
	if got := outline(render(t, p)); !slices.Equal(got, want) {
		t.Errorf("the page reads\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The pages of the real entities: a resource, a data source and a plural each, and on each page every link leads
// somewhere.
func TestPages_linkToWhatIsThere(t *testing.T) {
	t.Parallel()
	all := pages()
	if want := 3 * len(entity.All()); len(all) != want {
		t.Errorf("there are %d pages, not %d", len(all), want)
	}
	link, anchor := regexp.MustCompile(`\]\(#([^)]+)\)`), regexp.MustCompile(`<a id="([^"]+)">`)
	for _, p := range all {
		text := render(t, p)
		anchors := map[string]int{}
		for _, match := range anchor.FindAllStringSubmatch(text, -1) {
			anchors[match[1]]++
		}
		links := link.FindAllStringSubmatch(text, -1)
		if len(links) == 0 {
			t.Errorf("%s has no links to its sections", p.file)
		}
		for _, match := range links {
			if anchors[match[1]] != 1 {
				t.Errorf("%s links to %q, which is there %d times", p.file, match[1], anchors[match[1]])
			}
		}
	}
}

// examples are the repository's.
const examples = "../../../examples"

func TestWrite_makesATemplateOfEachPage(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	if err := write(directory, examples); err != nil {
		t.Fatal(err)
	}
	for _, p := range pages() {
		text, err := os.ReadFile(filepath.Join(directory, p.file))
		if err != nil {
			t.Error(err)
		} else if string(text) != render(t, p) {
			t.Errorf("%s is not what its page renders to", p.file)
		}
	}
	for _, name := range []string{"docker_image", "docker_registry"} {
		text, err := os.ReadFile(filepath.Join(directory, "list-resources", name+".md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"list \"demandflow_" + name + "\"",
			"- `status` (String, Optional) Only those with exactly this `status`."} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the page of the list resource %s does not say %q", name, want)
			}
		}
		if strings.Contains(string(text), "[[") || strings.Contains(string(text),
			"write-only") != (name == "docker_registry") {
			t.Errorf("the page of the list resource %s has a gap, or is wrong about secrets:\n%s", name, text)
		}
	}
}

// render is a page's template, which must be one that tfplugindocs can read.
func render(t *testing.T, p page) string {
	t.Helper()
	text, err := p.template()
	if err != nil {
		t.Fatal(err)
	}
	functions := template.FuncMap{}
	for _, name := range []string{"plainmarkdown", "trimspace", "prefixlines", "tffile", "codefile"} {
		functions[name] = func(...any) string { return "" }
	}
	if _, err := template.New(p.file).Funcs(functions).Parse(string(text)); err != nil {
		t.Errorf("tfplugindocs cannot read the template: %s", err)
	}
	return string(text)
}

// outline is a page's headings and attributes.
func outline(page string) []string {
	var lines []string
	_, schema, _ := strings.Cut(page, "## Schema")
	for line := range strings.Lines("## Schema" + schema) {
		if strings.HasPrefix(line, "#") || strings.HasPrefix(strings.TrimSpace(line), "- ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}
