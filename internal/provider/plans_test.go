package provider_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// Plans as people and their platforms read them, of the built provider: by what they print, and by their exit codes.

const (
	planNothing = "exit 0"
	planChanges = "exit 2"
)

// plan runs a plan of the kind that platforms run, and says by its exit code whether there is something to do or to
// see.
func (w *workspace) plan(t *testing.T, arguments ...string) (output, exit string) {
	t.Helper()
	output, ok := w.run(t, append([]string{"plan", "-no-color", "-detailed-exitcode"}, arguments...)...)
	switch {
	case ok:
		return output, planNothing
	case strings.Contains(output, "Error: "):
		t.Fatalf("the plan fails:\n%s", output)
	}
	return output, planChanges
}

func newPlans(t *testing.T) (*emulator.Server, *workspace) {
	t.Helper()
	server := emulator.New(emulator.Options{})
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	return server, newWorkspace(t, listener.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
}

const watched = `
resource "demandflow_docker_image" "svc" {
  count  = 3
  name   = "team/svc-${count.index}"
  tag    = "1"
  status = "Active"

  description  = "" # empty values leave nothing that a refresh could forget
  labels       = ""
  architecture = []
  build_args   = {}
}
`

func TestPlans_metricsAreDriftOnlyWhereSomebodyWantsThem(t *testing.T) {
	t.Parallel()
	server, w := newPlans(t)
	w.write(t, "main.tf", watched)
	w.mustRun(t, "apply", "-no-color", "-auto-approve")
	if output, exit := w.plan(t, "-refresh-only"); exit != planChanges || !strings.Contains(output, "pull_count") {
		t.Errorf("the refresh shows no metrics: %s\n%s", exit, output)
	}

	w.environment["DEMANDFLOW_REFRESH_METRICS"] = "false"
	w.mustRun(t, "apply", "-no-color", "-auto-approve", "-refresh-only")
	for _, arguments := range [][]string{{"-refresh-only"}, nil} {
		if output, exit := w.plan(t, arguments...); exit != planNothing {
			t.Errorf("nobody touched anything, and plan %q says %s:\n%s", arguments, exit, output)
		}
	}

	// Terraform 1.11 keeps the names of sensitive attributes in no order, and its exit code counts that as a change.
	w.write(t, "registry.tf", `
resource "demandflow_docker_registry" "hub" {
  name          = "hub"
  url           = "hub.example.com"
  registry_type = "Harbor"
  status        = "Active"
}
`)
	w.mustRun(t, "apply", "-no-color", "-auto-approve")
	if output, _ := w.plan(t, "-refresh-only"); !strings.Contains(output, "No changes.") {
		t.Errorf("nobody touched the registry either:\n%s", output)
	}

	edited := server.Objects(entity.DockerImage.Code)[1]
	server.Edit(edited["id"].(string), map[string]any{"description": "By hand."})
	output, exit := w.plan(t, "-refresh-only")
	if exit != planChanges || strings.Count(output, "has changed") != 1 || !strings.Contains(output, "By hand.") ||
		!strings.Contains(output, "pull_count") {
		t.Errorf("the one real edit does not stand alone, with the metrics of its object: %s\n%s", exit, output)
	}
	w.write(t, "main.tf", "provider \"demandflow\" {\n  refresh_metrics = true\n}\n"+watched)
	if output, _ := w.plan(t, "-refresh-only"); strings.Count(output, "has changed") < 3 {
		t.Errorf("the configuration does not go before the environment:\n%s", output)
	}
}

// A null that is known would decide the count, and fail the check.
func TestPlans_nothingIsDecidedByWhatACreateWillBring(t *testing.T) {
	t.Parallel()
	_, w := newPlans(t)
	w.write(t, "main.tf", `
resource "demandflow_docker_image" "app" {
  name   = "metrics/app"
  tag    = "1"
  status = "Active"
}

check "small" {
  assert {
    condition     = demandflow_docker_image.app.size < 5000
    error_message = "image is too big"
  }
}

output "layers" {
  value = demandflow_docker_image.app.layers
}
`)
	w.mustRun(t, "apply", "-no-color", "-auto-approve")
	if layers := strings.TrimSpace(w.mustRun(t, "output", "-no-color", "layers")); layers == "null" {
		t.Error("what the answer to the create has does not come into the state")
	}
	if output, exit := w.plan(t); exit != planNothing {
		t.Errorf("the plan after the create says %s:\n%s", exit, output)
	}

	w.write(t, "counted.tf", `
resource "terraform_data" "note" {
  count = demandflow_docker_image.other.size == null ? 1 : 0
}
resource "demandflow_docker_image" "other" {
  name   = "metrics/other"
  tag    = "1"
  status = "Active"
}
`)
	if output := w.mustFail(t, "plan", "-no-color"); !strings.Contains(output, "Invalid count argument") {
		t.Errorf("a count is decided before the object is there:\n%s", output)
	}
}

// The same apply has an image with an architecture that is known late, and another that does not change and has a
// condition, for which Terraform comes back to it.
func TestPlans_anotherSpellingShowsOnlyBesideWhatIsKnownLate(t *testing.T) {
	t.Parallel()
	server, w := newPlans(t)
	server.EditField(entity.DockerImage.Code, "architecture", map[string]any{"options": []any{
		map[string]any{"id": "1", "text": "AMD64"}, map[string]any{"id": "2", "text": "ARM64"},
	}})
	server.EditField(entity.DockerImage.Code, "team", map[string]any{"type": "text"})
	server.EditField(entity.DockerImage.Code, "floor", map[string]any{"type": "number"})
	for _, name := range []string{"team/late", "team/still"} {
		if _, err := server.Seed(map[string]any{
			"entity": entity.DockerImage.Code, "name": name, "tag": "1", "status": "1", "architecture": []any{"1", "2"},
			"team": "blue", "floor": 7,
		}); err != nil {
			t.Fatal(err)
		}
	}
	image := func(name, architecture, custom string) string {
		return `
resource "demandflow_docker_image" "` + name + `" {
  name          = "team/` + name + `"
  tag           = "1"
  status        = "Active"
  architecture  = ` + architecture + `
  custom_fields = ` + custom + `
  lifecycle {
    postcondition {
      condition     = self.tag == "1"
      error_message = "Another tag."
    }
  }
}
import {
  to = demandflow_docker_image.` + name + `
  id = "team/` + name + `:1"
}
`
	}
	const inTheTenantsWords, inOthers = `["AMD64", "ARM64"]`, `["amd64", "2"]`
	const custom, spaced = `{ team = jsonencode("blue"), floor = jsonencode(7) }`, `{ team = " \"blue\"", floor = "7.0" }`
	w.write(t, "main.tf", image("late", inTheTenantsWords, custom)+image("still", inTheTenantsWords, custom))
	w.mustRun(t, "apply", "-no-color", "-auto-approve")

	server.ResetRequests()
	w.write(t, "main.tf", image("late", inOthers, spaced)+image("still", inOthers, spaced))
	if output, exit := w.plan(t); exit != planNothing {
		t.Errorf("another spelling is planned: %s\n%s", exit, output)
	}
	w.write(t, "main.tf", image("late", `["amd64", terraform_data.build.output]`, `{ team = " \"blue\"", floor = terraform_data.build.output }`)+image("still", inOthers, spaced)+`
resource "terraform_data" "build" { input = "2" }
`)
	server.Edit(server.Objects(entity.DockerImage.Code)[0]["id"].(string), map[string]any{"floor": 2})
	output := w.mustRun(t, "apply", "-no-color", "-auto-approve")
	if strings.Contains(output, "demandflow_docker_image.still will be") ||
		!strings.Contains(output, "1 added, 1 changed, 0 destroyed") {
		t.Errorf("what does not change is planned:\n%s", output)
	}
	for _, request := range server.Requests() {
		if request.Method == "PATCH" {
			t.Errorf("a spelling is sent: %s", request.Body)
		}
	}
	if output, exit := w.plan(t); exit != planNothing {
		t.Errorf("the plan after the apply says %s:\n%s", exit, output)
	}
}
