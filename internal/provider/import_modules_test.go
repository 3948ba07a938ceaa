package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// seedRegistries puts registries of these names into a tenant.
func seedRegistries(t *testing.T, tenant *providertest.Tenant, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := tenant.Seed(map[string]any{
			"entity": entity.DockerRegistry.Code, "name": name, "url": name + ".example.com", "registryType": "1", "status": "1",
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// Import blocks with for_each bring objects into instances of a module that has another provider configuration; a moved
// block then gives an instance another key. Nothing is written by either.
func TestImport_forEachIntoModulesWithAnAliasAndThenMoved(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	seedRegistries(t, tenant, "a", "b", "c")
	w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	if err := os.Mkdir(filepath.Join(w.dir(), "registries"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.write(t, "registries/main.tf", requiredProvider()+`
variable "names" {
  type = set(string)
}

resource "demandflow_docker_registry" "this" {
  for_each = var.names

  name          = each.key
  url           = "${each.key}.example.com"
  registry_type = "Docker Hub"
  status        = "Active"
}
`)
	const root = `
provider "demandflow" {
  alias = "eu"
}

module "registries" {
  source    = "./registries"
  for_each  = { x = ["a", "b"], %s = ["c"] }
  names     = each.value
  providers = { demandflow = demandflow.eu }
}
`
	w.write(t, "main.tf", fmt.Sprintf(root, "y")+`
import {
  for_each = { a = "x", b = "x", c = "y" }
  to       = module.registries[each.value].demandflow_docker_registry.this[each.key]
  id       = each.key
}
`)
	w.mustRun(t, "init")
	if printed := w.mustRun(t, "apply", "-no-color", "-auto-approve"); !strings.Contains(printed,
		"Resources: 3 imported, 0 added, 0 changed, 0 destroyed.") {
		t.Errorf("the import changes something:\n%s", printed)
	}
	w.mustRun(t, "plan", "-no-color", "-detailed-exitcode")

	w.write(t, "main.tf", fmt.Sprintf(root, "z")+`
moved {
  from = module.registries["y"]
  to   = module.registries["z"]
}
`)
	w.mustRun(t, "init")
	if printed := w.mustRun(t, "apply", "-no-color", "-auto-approve"); !strings.Contains(printed,
		"Resources: 0 added, 0 changed, 0 destroyed.") {
		t.Errorf("the move changes something:\n%s", printed)
	}
	w.mustRun(t, "plan", "-no-color", "-detailed-exitcode")
	if writes := tenant.Writes(); len(writes) > 0 {
		t.Errorf("%d requests write", len(writes))
	}
}

// An import that names nothing is an error, and never a request for a path that somebody made up.
func TestImport_ofAnOddIDNamesTheNearestAndAsksForNoOddPath(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	seedRegistries(t, tenant, "hub", "quay")
	w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	w.write(t, "main.tf", "resource \"demandflow_docker_registry\" \"hub\" {\n  name = \"hub\"\n  url = "+
		"\"hub.example.com\"\n  registry_type = \"Docker Hub\"\n  status = \"Active\"\n}\n")
	for _, id := range []string{
		"../../v1/objects", "hub/..", "?entity=DOCKERREGISTRY", "hubb", "HUB%2f", "hub quay", " ", "*", "\"hub\"",
		"SUB:1|ENT:2", "00000000-0000-0000-0000-00000000000", "#",
		"https://hub.example.com.invalid/", "hub\nquay", "%00", "💥",
	} {
		printed := unwrapped(w.mustFail(t, "import", "-no-color", "demandflow_docker_registry.hub", id))
		if !strings.Contains(printed, "Error: ") || strings.Contains(printed, "Import successful") {
			t.Errorf("the import of %q does not fail as it should:\n%s", id, printed)
		}
		if id == "hubb" && !strings.Contains(printed, "The nearest are: hub") {
			t.Errorf("the import of %q does not name the nearest:\n%s", id, printed)
		}
	}
	if _, err := os.Stat(filepath.Join(w.dir(), "terraform.tfstate")); err == nil &&
		strings.Contains(w.read(t, "terraform.tfstate"), "demandflow_docker_registry") {
		t.Error("something is in the state")
	}
	for _, request := range tenant.Requests() {
		if !strings.HasPrefix(request.Path, "/v1/entities/") && request.Path != "/v1/query" && request.Path != "/v1/objects/"+
			entity.DockerRegistry.Code {
			t.Errorf("a request is for %s", request.Sent)
		}
	}
	// What is there is imported by whichever of its names.
	w.mustRun(t, "import", "-no-color", "demandflow_docker_registry.hub", "hub.example.com")
}
