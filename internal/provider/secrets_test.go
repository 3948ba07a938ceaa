package provider_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestSecrets_writeOnlyOnesLeaveNoTraceAnywhere(t *testing.T) {
	t.Parallel()
	s := newSecrecy(t)
	s.tell(t, variablesForSecrets("  ephemeral = true\n")+registriesWith(func(attribute string) string {
		return fmt.Sprintf("%[1]s_wo = var.%[1]s\n  %[1]s_wo_version = var.secrets_version", attribute)
	}))
	s.wantTalkativeLog(t)
	secrets := slices.Concat([]canary{s.token}, s.stranger, canariesOf("edited"), s.first, s.second)
	for _, finding := range findCanaries(t, s.root, secrets, nil) {
		t.Error(finding)
	}
}

func TestSecrets_plainOnesAreInStateAndPlanAlone(t *testing.T) {
	t.Parallel()
	s := newSecrecy(t)
	s.environment["TF_VAR_demandflow_token"] = s.environment["DEMANDFLOW_TOKEN"]
	delete(s.environment, "DEMANDFLOW_TOKEN")
	s.demandflow.stored = []string{http.MethodPatch, http.MethodGet, http.MethodDelete} // the state has them
	s.tell(t, variablesForSecrets("")+registriesWith(func(attribute string) string {
		return attribute + " = var." + attribute
	})+`
variable "demandflow_token" {
  type      = string
  ephemeral = true
}
provider "demandflow" {
  token = var.demandflow_token
}
`)
	s.wantTalkativeLog(t)
	for _, finding := range findCanaries(t, s.root, slices.Concat([]canary{s.token}, s.stranger, canariesOf("edited")),
		nil) {
		t.Error(finding)
	}
	configured := slices.Concat(s.first, s.second)
	for _, finding := range findCanaries(t, s.root, configured, isForMachines(t)) {
		t.Error(finding)
	}
	s.wantMarked(t, configured)
}

// aroundSecrets is what both configurations have: a registry whose secrets are people's, another one that is imported,
// and all that reads the stranger's.
const aroundSecrets = `
variable "registries" { type = set(string) }
variable "secrets_version" { type = number }
variable "custom" { type = string }

resource "demandflow_docker_registry" "bare" {
  name          = "bare"
  url           = "https://bare.example.com"
  registry_type = "Harbor"
  status        = "Active"
}

import {
  to = demandflow_docker_registry.imported
  id = "Stranger"
}

resource "demandflow_docker_registry" "imported" {
  name          = "Stranger"
  url           = "https://stranger.example.com"
  registry_type = "Harbor"
  status        = "Active"
}

ephemeral "demandflow_docker_registry_credentials" "stranger" {
  name = "Stranger"
}

resource "demandflow_docker_registry" "copy" {
  name             = "copy"
  url              = "https://copy.example.com"
  registry_type    = "Harbor"
  status           = "Active"
  token_wo         = ephemeral.demandflow_docker_registry_credentials.stranger.docker_config_json
  token_wo_version = var.secrets_version
}

data "demandflow_docker_registry" "stranger" {
  name = "Stranger"
}

data "demandflow_docker_registries" "all" {}

output "stranger" {
  value = data.demandflow_docker_registry.stranger
}

output "all" {
  value = data.demandflow_docker_registries.all
}
`

// importsOf are imports by id and by name, which take different ways.
func importsOf(id any) string {
	return fmt.Sprintf(`
import {
  for_each = { by_id = %q, by_name = "bare" }
  to       = demandflow_docker_registry.late[each.key]
  id       = each.value
}

resource "demandflow_docker_registry" "late" {
  for_each      = toset(["by_id", "by_name"])
  name          = "bare"
  url           = "https://bare.example.com"
  registry_type = "Harbor"
  status        = "Active"
}
`, id)
}

// registriesWith is the registries themselves, with one line for each secret, made from the name of its attribute.
func registriesWith(line func(attribute string) string) string {
	var lines strings.Builder
	for _, field := range secretFields() {
		lines.WriteString("  " + line(field.AttributeName()) + "\n")
	}
	return aroundSecrets + `
resource "demandflow_docker_registry" "each" {
  for_each      = var.registries
  name          = each.key
  url           = "https://${each.key}.example.com"
  registry_type = "Harbor"
  status        = "Active"
  username      = "robot"
  custom_fields = { rotation = jsonencode("by ${var.custom}") }
` + lines.String() + "}\n"
}

func variablesForSecrets(more string) string {
	var blocks strings.Builder
	for _, field := range secretFields() {
		fmt.Fprintf(&blocks, "variable %q {\n  type = string\n%s}\n", field.AttributeName(), more)
	}
	return blocks.String()
}

// wantTalkativeLog says that the log told all that it can, of the provider too; but no value of the tenant's own field,
// which is no secret, and may be shown by plans and states.
func (s *secrecy) wantTalkativeLog(t *testing.T) {
	t.Helper()
	log := contentOf(t, s.trace())
	for _, finding := range tracesIn("trace.log", []byte(log), s.custom) {
		t.Error(finding)
	}
	for _, line := range []string{`\[TRACE\] provider\.terraform-provider-demandflow`, `DemandFlow answered.*PATCH`,
		`DemandFlow gave no answer, trying again`} {
		if !regexp.MustCompile(line).MatchString(log) {
			t.Errorf("the log has no line %s", line)
		}
	}
}

// isForMachines says that a file is a state, a plan, or one of the two as JSON. What is sensitive stands there, marked
// so.
func isForMachines(t *testing.T) func(path string) bool {
	return func(path string) bool {
		extension := filepath.Ext(strings.TrimSuffix(path, ".backup"))
		return extension == ".tfplan" || extension == ".tfstate" || strings.HasSuffix(path, "-show.txt") &&
			strings.HasPrefix(contentOf(t, path), "{")
	}
}

// wantMarked says that whatever canary stands in a state, or in a state or plan as JSON, is marked as sensitive there.
func (s *secrecy) wantMarked(t *testing.T, canaries []canary) {
	t.Helper()
	marked := 0
	err := filepath.WalkDir(s.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) == ".tfplan" || !isForMachines(t)(path) {
			return err
		}
		var document any
		content := contentOf(t, path)
		if err := json.Unmarshal([]byte(content), &document); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if top, ok := document.(map[string]any); ok {
			delete(top, "variables") // of a plan: what the user gave, marked nowhere
		}
		withoutSensitive(document)
		for _, finding := range tracesIn(filepath.Base(path), []byte(asJSON(document)), canaries) {
			t.Error(finding)
		}
		marked += len(tracesIn("", []byte(content), canaries))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if marked == 0 {
		t.Error("no state or plan has a secret that the configuration put there")
	}
}

// withoutSensitive takes out what the JSON of a state or plan marks as sensitive, and, of a state as it is, the
// secrets.
func withoutSensitive(node any) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			withoutSensitive(item)
		}
	case map[string]any:
		for value, marks := range map[string]string{"values": "sensitive_values", "before": "before_sensitive",
			"after": "after_sensitive"} {
			if shown, ok := node[value].(map[string]any); ok {
				marked, _ := node[marks].(map[string]any)
				maps.DeleteFunc(shown, func(name string, _ any) bool { return marked[name] == true })
			}
		}
		if attributes, ok := node["attributes"].(map[string]any); ok {
			for _, field := range secretFields() { // engines do not agree whether a state's own list has what the schema marks
				delete(attributes, field.AttributeName())
			}
		}
		for _, value := range node {
			withoutSensitive(value)
		}
	}
}
