package provider_test

import (
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// onlyID is the id of the one object of an entity.
func onlyID(t *testing.T, tenant *providertest.Tenant, code string) string {
	t.Helper()
	objects := tenant.Objects(code)
	if len(objects) != 1 {
		t.Fatalf("DemandFlow has %d of %s", len(objects), code)
	}
	return objects[0]["id"].(string)
}

// An image follows its registry, whichever of them is made anew, and in whichever order.
func TestLifecycle_anImageFollowsItsRegistry(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	w.write(t, "main.tf", `
resource "demandflow_docker_registry" "hub" {
  name          = "hub"
  url           = "hub.example.com"
  registry_type = "Docker Hub"
  status        = "Active"

  lifecycle {
    create_before_destroy = true
  }
}

resource "demandflow_docker_image" "app" {
  name        = "team/app"
  tag         = "1.0"
  status      = "Active"
  registry_id = demandflow_docker_registry.hub.id
}
`)
	registry, image := entity.DockerRegistry.Code, entity.DockerImage.Code
	follows := func(what string) {
		t.Helper()
		w.mustRun(t, "plan", "-no-color", "-detailed-exitcode")
		if id := onlyID(t, tenant, registry); tenant.Objects(image)[0]["registry"] != id {
			t.Errorf("%s: the image is in the registry %v, not in %s", what, tenant.Objects(image)[0]["registry"], id)
		}
	}
	w.mustRun(t, "apply", "-no-color", "-auto-approve")
	first, app := onlyID(t, tenant, registry), onlyID(t, tenant, image)
	follows("a create")

	tenant.Remove(first)
	if printed := w.mustRun(t, "apply", "-no-color", "-auto-approve"); !strings.Contains(printed,
		"Resources: 1 added, 1 changed, 0 destroyed.") {
		t.Errorf("a registry that is gone is not made anew, with its image following:\n%s", printed)
	}
	second := onlyID(t, tenant, registry)
	follows("a registry deleted elsewhere")

	if printed := w.mustRun(t, "apply", "-no-color", "-auto-approve",
		"-replace=demandflow_docker_registry.hub"); !strings.Contains(printed,
		"Resources: 1 added, 1 changed, 1 destroyed.") {
		t.Errorf("the replacement is not made first:\n%s", printed)
	}
	if third := onlyID(t, tenant, registry); third == second || onlyID(t, tenant, image) != app {
		t.Errorf("the registry %s is not replaced, or the image is", second)
	}
	follows("-replace with create_before_destroy")

	gone := onlyID(t, tenant, registry)
	if _, err := tenant.Seed(map[string]any{"entity": registry, "name": "other", "url": "x", "registryType": "1",
		"status": "1"}); err != nil {
		t.Fatal(err) // a tenant of which everything is missing would be an error
	}
	tenant.Remove(app)
	tenant.Remove(gone)
	w.mustRun(t, "destroy", "-no-color", "-auto-approve")
	if state := w.read(t, "terraform.tfstate"); strings.Contains(state, "demandflow_docker") {
		t.Errorf("what is gone is still in the state:\n%s", state)
	}
}

// Generators of configurations write JSON, with numbers and booleans as text.
func TestLifecycle_ofAConfigurationInJSON(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	w.write(t, "main.tf.json", `{
  "//": {"metadata": {"backend": "local", "stackName": "catalogue"}},
  "resource": {
    "demandflow_docker_registry": {
      "hub": {
        "//": {"metadata": {"path": "catalogue/hub"}},
        "name": "hub", "url": "hub.example.com", "registry_type": "Docker Hub", "status": "Active",
        "storage_limit": "500", "scan_on_push": "true", "anonymous_access": false, "retention_count": 20,
        "allowed_users": ["ann", "bob"], "access_policies": "${jsonencode({push = [\"ci\"]})}",
        "timeouts": {"create": "2m"}, "lifecycle": {"create_before_destroy": true}
      }
    },
    "demandflow_docker_image": {
      "app": {
        "name": "team/app", "tag": 1.5, "status": "1", "registry_id": "${demandflow_docker_registry.hub.id}",
        "build_args": {"DEBUG": "false", "LEVEL": 3}, "volumes": ["/data"], "scan_enabled": "true", "custom_fields": {},
        "depends_on": ["demandflow_docker_registry.hub"]
      }
    }
  },
  "output": {"pull": {"value": "${demandflow_docker_image.app.pinned_reference}"}}
}`)
	w.mustRun(t, "apply", "-no-color", "-auto-approve")
	w.mustRun(t, "plan", "-no-color", "-detailed-exitcode")
	registry, image := tenant.Object(onlyID(t, tenant, entity.DockerRegistry.Code)),
		tenant.Object(onlyID(t, tenant, entity.DockerImage.Code))
	if asJSON(registry["storageLimit"]) != "500" || registry["scanOnPush"] != true || image["tag"] != "1.5" ||
		image["scanEnabled"] != true || image["buildArgs"] != "DEBUG=false\nLEVEL=3" {
		t.Errorf("DemandFlow has %v and %v", registry, image)
	}
}

// A check before anything else runs where there is no token and no network.
func TestValidate_needsNoTokenAndNoServer(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, "http://"+closedHost(t), nil)
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

data "demandflow_docker_images" "active" {
  status = "Active"
}

data "demandflow_oci_image" "app" {
  reference = "hub.example.com/team/app:1.0"
}
`)
	w.mustRun(t, "validate", "-no-color")
	w.write(t, "wrong.tf", "resource \"demandflow_docker_registry\" \"wrong\" {\n  name = \"hub\"\n  url = "+
		"\"hub.example.com\"\n  registry_type = \"Docker Hub\"\n  status = \"Active\"\n  gc_schedule = \"sometimes\"\n}\n")
	if printed := unwrapped(w.mustFail(t, "validate", "-no-color")); !strings.Contains(printed,
		`"sometimes" is not a cron expression`) {
		t.Errorf("validate should find what is wrong in the text:\n%s", printed)
	}
}
