package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

const wholeCatalogue = `
list "demandflow_docker_registry" "registry" {
  provider = demandflow
  limit    = 1000
}

list "demandflow_docker_image" "image" {
  provider = demandflow
  limit    = 1000
}
`

// An existing catalogue of thirty objects, some with every field, becomes configuration that takes it over as it is.
func TestQuery_generatesConfigurationThatImportsAndThenPlansNothing(t *testing.T) {
	t.Parallel()
	providertest.Needs(t, providertest.ListResources)
	tenant := providertest.New(t, emulator.Options{})
	if _, err := tenant.Seed(existingCatalogue()...); err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	w.write(t, "catalogue.tfquery.hcl", wholeCatalogue)
	w.mustRun(t, "query", "-no-color", "-generate-config-out=generated.tf")

	checkGenerated(t, w.read(t, "generated.tf"))
	if plan := w.mustRun(t, "plan", "-no-color"); !strings.Contains(plan,
		"Plan: 30 to import, 0 to add, 0 to change, 0 to destroy.") {
		t.Errorf("the plan of what was generated is not 30 imports alone:\n%s", plan)
	}
	w.mustRun(t, "apply", "-no-color", "-auto-approve")
	if plan, empty := w.run(t, "plan", "-no-color", "-detailed-exitcode"); !empty {
		t.Errorf("the plan after the import is not empty:\n%s", plan)
	}
	if writes := tenant.Writes(); len(writes) > 0 {
		t.Errorf("%d requests wrote something, the first is %s %s", len(writes), writes[0].Method, writes[0].Path)
	}
}

// checkGenerated looks for what configuration should not have. Terraform writes write-only arguments whatever they are,
// and so a registry has four lines that say null.
func checkGenerated(t *testing.T, generated string) {
	t.Helper()
	for block, want := range map[string]int{"resource": 30, "import": 30} {
		if found := len(regexp.MustCompile(`(?m)^`+block+` `).FindAllString(generated, -1)); found != want {
			t.Errorf("%d blocks of %s, want %d", found, block, want)
		}
	}
	if strings.Contains(generated, secretText) {
		t.Error("a secret is in the configuration")
	}
	for line := range strings.Lines(generated) {
		if regexp.MustCompile(`^  \w+ += null`).MatchString(line) &&
			!regexp.MustCompile(`^  \w+_wo += null # sensitive\n$`).MatchString(line) {
			t.Errorf("something that is not set is in the configuration: %s", line)
		}
	}
	resources := regexp.MustCompile(`(?ms)^resource "demandflow_(\w+)" .*?^}`).FindAllStringSubmatch(generated, -1)
	for _, block := range resources {
		for _, e := range entity.All() {
			for _, field := range append(e.Fields(), entity.System()...) {
				line := regexp.MustCompile(`(?m)^  ` + field.AttributeName() + ` +=`)
				if e.TypeName() == block[1] && (!field.Writable() || field.Secret) && line.MatchString(block[0]) {
					t.Errorf("%s is in the configuration, and nobody can set it, or it is a secret", field.AttributeName())
				}
			}
		}
	}
}

// A catalogue of which a part is written down looks as a whole one does. Terraform's own limit is a hundred.
func TestQuery_saysWhereTheLimitCutsTheListOff(t *testing.T) {
	t.Parallel()
	providertest.Needs(t, providertest.ListResources)
	tenant := providertest.New(t, emulator.Options{})
	for i := range 101 {
		image := map[string]any{"entity": entity.DockerImage.Code, "name": fmt.Sprintf("team/app-%d", i), "tag": "1.0",
			"status": "1"}
		if _, err := tenant.Seed(image); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	for limit, says := range map[string]string{
		"":            "100 of the 101 docker images that match are listed",
		"limit = 5":   "5 of the 101 docker images that match are listed",
		"limit = 101": "",
	} {
		w.write(t, "images.tfquery.hcl", `
list "demandflow_docker_image" "all" {
  provider = demandflow
  `+limit+`
}
`)
		generated := filepath.Join(t.TempDir(), "generated.tf") // where the next query does not read it
		for _, query := range [][]string{{"query", "-no-color"}, {"query", "-no-color", "-generate-config-out=" +
			generated}} {
			printed := unwrapped(w.mustRun(t, query...))
			if warned := strings.Contains(printed, "Warning: Not all docker images are listed"); warned != (says != "") ||
				!strings.Contains(printed, says) {
				t.Errorf("%s with %q does not say %q but:\n%s", query, limit, says, printed)
			}
		}
	}
}

// Each example of a query finds something in the tenant of the examples.
func TestExamples_queriesFindSomething(t *testing.T) {
	t.Parallel()
	providertest.Needs(t, providertest.ListResources)
	for _, file := range exampleFiles(t, "*.tfquery.hcl") {
		t.Run(exampleName(file), func(t *testing.T) {
			t.Parallel()
			tenant := providertest.New(t, emulator.Options{})
			if _, err := tenant.Seed(exampleTenant...); err != nil {
				t.Fatal(err)
			}
			w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
			w.write(t, filepath.Base(file), exampleText(t, file))
			found := w.mustRun(t, "query", "-no-color")
			if !strings.Contains(found, "docker.io") && !strings.Contains(found, "Docker Hub") {
				t.Errorf("the query does not find what is there:\n%s", found)
			}
		})
	}
}

// secretText is in every secret of the catalogue.
const secretText = "made-up secret"

// existingCatalogue is ten registries and twenty images; every third object has a value in each field that people can
// write.
func existingCatalogue() []map[string]any {
	var objects []map[string]any
	for i := range 30 {
		e, required := &entity.DockerRegistry, map[string]any{"url": fmt.Sprintf("registry-%d.example.com", i),
			"registryType": "2"}
		if i >= 10 {
			e, required = &entity.DockerImage, map[string]any{"tag": fmt.Sprintf("1.%d", i)}
		}
		object := map[string]any{}
		for _, field := range e.Fields() {
			if field.Writable() && i%3 == 0 {
				object[field.Name] = existingValue(field)
			}
		}
		if e == &entity.DockerImage {
			object["cmd"], object["entrypoint"] = `["nginx", "-g", "daemon off;"]`, `["/docker-entrypoint.sh"]`
		}
		object["entity"], object["name"], object["status"] = e.Code, fmt.Sprintf("team/it-%d", i), "1"
		maps.Copy(object, required)
		objects = append(objects, object)
	}
	return objects
}

// existingValue is what DemandFlow may hold in a field, with whatever HCL has to escape.
func existingValue(field *entity.Field) any {
	switch field.Kind {
	case entity.URL:
		return "https://example.com/%7Epath?a=b"
	case entity.Lines, entity.LineSet:
		return "first ${entry}\nsecond %{entry}"
	case entity.MultiSelect:
		return []any{"linux/arm64", "something-of-the-tenant"}
	case entity.KeyValues:
		return "PATH=/usr/bin:/bin\nQUOTED=\"a\" 'b'"
	case entity.JSON:
		return `{"b": [1, 2.50, "<&>"],  "a": {"n": null, "deep": {"x": true}}}`
	case entity.Number:
		return json.Number("7")
	case entity.Percent:
		return json.Number("91.5")
	case entity.Bool:
		return true
	case entity.DateTime:
		return json.Number("1795209302715")
	case entity.Enum:
		return field.Options[1].ID
	case entity.Reference:
		return "00000000-0000-4000-8000-000000000001"
	}
	switch field.Format {
	case entity.Cron:
		return "0 3 * * 0"
	case entity.ImageName:
		return "library/image"
	case entity.Tag:
		return "1.0"
	case entity.GitURL:
		return "git@example.com:team/it.git"
	}
	if field.Secret {
		return secretText
	}
	return "Ein \"Text\" – mit ${dollar}, %{prozent}, \\ und\neiner zweiten Zeile"
}
