package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A test with mock_provider asks the provider for schemas, validations and functions, and makes all else up: ids and
// digests are random text.

const mocksDir = examplesDir + "/mocks"

// newMockWorkspace is a workspace without DemandFlow and without a token. Its directory is empty but for what engines
// need to know.
func newMockWorkspace(t *testing.T) *workspace {
	t.Helper()
	w := newWorkspace(t, "http://"+closedHost(t), nil)
	if err := os.Mkdir(filepath.Join(w.dir(), "tests"), 0o700); err != nil {
		t.Fatal(err)
	}
	return w
}

// A mocked id is no UUID, wherever one may be given.
func TestMocks_ofTheEngineAreEnoughForReferences(t *testing.T) {
	t.Parallel()
	w := newMockWorkspace(t)
	w.write(t, "main.tf", `
resource "demandflow_docker_registry" "hub" {
  name          = "hub"
  url           = "hub.example.com"
  registry_type = "Docker Hub"
  status        = "Active"
}

resource "demandflow_docker_image" "app" {
  name                = "team/app"
  tag                 = "1.0"
  status              = "Active"
  registry_id         = demandflow_docker_registry.hub.id
  vendor_id           = demandflow_docker_registry.hub.owner_id
  target_cluster_id   = demandflow_docker_registry.hub.id
  target_namespace_id = demandflow_docker_registry.hub.id
  parents             = [{ entity = "K8SCLUSTER", id = demandflow_docker_registry.hub.id }]
}

data "demandflow_docker_image" "app" {
  id = demandflow_docker_image.app.id
}

data "demandflow_docker_image" "by_name" {
  name        = demandflow_docker_image.app.name
  tag         = demandflow_docker_image.app.tag
  registry_id = demandflow_docker_registry.hub.id
}

data "demandflow_docker_images" "hub" {
  registry_id = demandflow_docker_registry.hub.id
}

data "demandflow_docker_image_workloads" "app" {
  docker_image_id = demandflow_docker_image.app.id
}

data "demandflow_docker_image_drift" "app" {
  docker_image_id = demandflow_docker_image.app.id
}

resource "demandflow_scaleway_image" "app" {
  image_id   = demandflow_docker_image.app.id
  visibility = "private"
}

data "demandflow_scaleway_image" "app" {
  image_id = demandflow_scaleway_image.app.image_id
}

data "demandflow_scaleway_images" "all" {
  project_id      = demandflow_docker_image.app.owner_id
  organization_id = demandflow_docker_image.app.owner_id
}
`)
	w.write(t, "tests/mocks.tftest.hcl", `
mock_provider "demandflow" {}

run "the_image_is_in_the_registry" {
  assert {
    condition     = demandflow_docker_image.app.registry_id == demandflow_docker_registry.hub.id && length(demandflow_docker_registry.hub.id) < 36
    error_message = "The image is in ${demandflow_docker_image.app.registry_id}."
  }
}
`)
	if printed := w.mustRun(t, "test", "-no-color"); !strings.Contains(printed, "Success! 1 passed, 0 failed.") {
		t.Errorf("the test does not pass:\n%s", printed)
	}
}

// What reads an id in earnest refuses one that is none, with the same words as before.
func TestMocks_areNoReasonToTakeAWrongIDInAPlan(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, providertest.New(t, emulator.Options{}).URL,
		map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	for argument, says := range map[string]string{
		`registry_id = "prod"`:                               `"prod" is not an id. Give the UUID of the docker registry`,
		`parents = [{ entity = "K8SCLUSTER", id = "prod" }]`: `Parent 1: "prod" is not an id.`,
	} {
		w.write(t, "main.tf", "resource \"demandflow_docker_image\" \"app\" {\n  name = \"app\"\n  tag = \"1\"\n  status = "+
			"\"Active\"\n  "+argument+"\n}\n")
		w.mustRun(t, "validate", "-no-color")
		if printed := unwrapped(w.mustFail(t, "plan", "-no-color")); !strings.Contains(printed, says) {
			t.Errorf("a plan with %s should say %q:\n%s", argument, says, printed)
		}
	}
}

// The mock file has what the engine would make up otherwise: nothing where nothing is set, and ids, digests and
// references that are some.
func TestMocks_theFileGivesWhatDemandFlowWould(t *testing.T) {
	t.Parallel()
	providertest.Needs(t, providertest.MockFiles)
	w := newMockWorkspace(t)
	if err := os.CopyFS(filepath.Join(w.dir(), "tests/mocks"), os.DirFS(mocksDir)); err != nil {
		t.Fatal(err)
	}
	w.write(t, "main.tf", `
resource "demandflow_docker_registry" "hub" {
  name          = "hub"
  url           = "hub.example.com"
  registry_type = "Docker Hub"
  status        = "Active"
}

resource "demandflow_docker_image" "app" {
  name        = "team/app"
  tag         = "1.0"
  status      = "Active"
  registry_id = demandflow_docker_registry.hub.id
}

data "demandflow_docker_image" "nginx" {
  name = "library/nginx"
  tag  = "1.27.3"
}

data "demandflow_docker_registry" "hub" {
  name = "hub"
}

data "demandflow_oci_image" "nginx" {
  reference = "docker.io/library/nginx:1.27.3"
}

data "demandflow_docker_image_drift" "nginx" {
  docker_image_id = data.demandflow_docker_image.nginx.id
}

resource "demandflow_docker_image" "filled" {
  name          = "library/nginx"
  tag           = "1.27.3"
  status        = "Active"
  env           = data.demandflow_oci_image.nginx.catalogue.env
  labels        = data.demandflow_oci_image.nginx.catalogue.labels
  healthcheck   = data.demandflow_oci_image.nginx.catalogue.healthcheck
  exposed_ports = data.demandflow_oci_image.nginx.catalogue.exposed_ports
  architecture  = data.demandflow_oci_image.nginx.catalogue.architecture
}

locals {
  pinned = {
    image = provider::demandflow::pin_image_reference("hub.example.com/team/app", demandflow_docker_image.app.digest)
    found = provider::demandflow::pin_image_reference("nginx", data.demandflow_docker_image.nginx.digest)
    live  = provider::demandflow::parse_image_reference(data.demandflow_oci_image.nginx.pinned_reference).digest
  }
}

output "pinned" {
  value = local.pinned
}
`)
	w.write(t, "tests/file.tftest.hcl", `
mock_provider "demandflow" {
  source = "./tests/mocks"
}

run "unset_is_null_and_ids_are_ids" {
  assert {
    condition = alltrue([for name, value in demandflow_docker_image.app : value == null if !contains([
      "name", "tag", "status", "registry_id", "id", "combo_key", "subscription_id", "owner_id", "updated_by_id", "created_at", "updated_at", "object_version",
      "image_id", "full_image_name", "digest", "pinned_reference", "parents", "timeouts",
    ], name)])
    error_message = jsonencode(demandflow_docker_image.app)
  }
  assert {
    condition     = length(demandflow_docker_image.app.registry_id) == 36 && length(data.demandflow_docker_registry.hub.id) == 36
    error_message = "An id is none."
  }
  assert {
    condition     = data.demandflow_docker_image_drift.nginx.in_sync && length(data.demandflow_docker_image_drift.nginx.differences) == 0
    error_message = "The catalogue and the image differ."
  }
  assert {
    condition     = data.demandflow_oci_image.nginx.exists && startswith(local.pinned.live, "sha256:")
    error_message = jsonencode(local.pinned)
  }
}
`)
	if printed := w.mustRun(t, "test", "-no-color"); !strings.Contains(printed, "Success! 1 passed, 0 failed.") {
		t.Errorf("the test does not pass:\n%s", printed)
	}
}

func TestModules_passWithMocksAndWithoutAServer(t *testing.T) {
	t.Parallel()
	for _, module := range modules(t) {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			w := newMockWorkspace(t)
			if err := os.CopyFS(filepath.Join(w.dir(), "modules"), os.DirFS(modulesDir)); err != nil {
				t.Fatal(err)
			}
			w.folder = filepath.Join("modules", module)
			w.mustRun(t, "init")
			if printed := w.mustRun(t, "test", "-no-color", "-filter=tests/mocks.tftest.hcl"); !strings.Contains(printed,
				"passed, 0 failed.") || strings.Contains(printed, "! 0 passed") {
				t.Errorf("the tests with mocks do not pass:\n%s", printed)
			}
		})
	}
}
