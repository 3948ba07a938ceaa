package provider_test

import (
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A registry's module, as teams share them: both ways to give the secret are the caller's, who uses one of them or
// none.
const registryModule = `
variable "name" { type = string }
variable "password" {
  type    = string
  default = null
}
variable "password_wo" {
  type      = string
  default   = null
  ephemeral = true
}
variable "password_wo_version" {
  type    = number
  default = null
}

resource "demandflow_docker_registry" "it" {
  name                = var.name
  url                 = "https://registry.example.com/${var.name}"
  registry_type       = "Harbor"
  status              = "Active"
  password            = var.password
  password_wo         = var.password_wo
  password_wo_version = var.password_wo_version
}
`

func TestModule_mayPassBothWaysToGiveASecretThrough(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	w.write(t, "main.tf", registryModule)
	w.mustRun(t, "validate")
	for _, test := range []struct{ given, stored string }{
		{"", ""},
		{"-var=password=plain-secret", "plain-secret"},
		{"-var=password_wo=hidden-secret -var=password_wo_version=1", "hidden-secret"},
	} {
		arguments := append([]string{"apply", "-auto-approve", "-input=false", "-no-color", "-var=name=prod"},
			strings.Fields(test.given)...)
		w.mustRun(t, arguments...)
		if got, _ := tenant.Objects("DOCKERREGISTRY")[0]["password"].(string); got != test.stored {
			t.Errorf("%s: DemandFlow has the password %q, want %q", test.given, got, test.stored)
		}
	}
	for given, says := range map[string]string{
		"-var=password=a -var=password_wo=b -var=password_wo_version=2": "It conflicts with password",
		"-var=password_wo=b": "It needs password_wo_version",
	} {
		arguments := append([]string{"plan", "-input=false", "-no-color", "-var=name=prod"}, strings.Fields(given)...)
		if output := unwrapped(w.mustFail(t, arguments...)); !strings.Contains(output, says) {
			t.Errorf("%s: the plan does not say %q:\n%s", given, says, output)
		}
	}
}

// The engine starts the provider anew for the apply, which has read nothing; so it is the plan that knows the tenant's
// objects.
func TestTwins_thePlanOfTheInstalledProviderNamesThem(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	ids, err := tenant.Seed(map[string]any{"entity": "DOCKERREGISTRY", "name": "prod", "url": "x", "registryType": "2",
		"status": "1"})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	w.write(t, "main.tf", `
data "demandflow_docker_registries" "all" {}

resource "demandflow_docker_registry" "it" {
  name          = "prod"
  url           = "https://registry.example.com"
  registry_type = "Harbor"
  status        = "Active"
  depends_on    = [data.demandflow_docker_registries.all]
}
`)
	const says = "Warning: Another docker registry has this name"
	output := unwrapped(w.mustRun(t, "plan", "-input=false", "-no-color", "-out=it.plan"))
	if !strings.Contains(output, says) || !strings.Contains(output, "id "+ids[0]) {
		t.Errorf("the plan does not name %s:\n%s", ids[0], output)
	}
	w.mustRun(t, "apply", "-input=false", "-no-color", "it.plan")
	if output := unwrapped(w.mustRun(t, "plan", "-input=false", "-no-color")); strings.Contains(output, says) ||
		!strings.Contains(output, "No changes") {
		t.Errorf("the next plan:\n%s", output)
	}
	// A replacement is no twin of what it replaces, whatever asks for it.
	for _, more := range []string{"-replace=demandflow_docker_registry.it",
		"-replace=demandflow_docker_registry.it -refresh=false"} {
		arguments := append([]string{"plan", "-input=false", "-no-color"}, strings.Fields(more)...)
		if output := unwrapped(w.mustRun(t, arguments...)); strings.Contains(output, says) ||
			!strings.Contains(output, "1 to add, 0 to change, 1 to destroy") {
			t.Errorf("%s:\n%s", more, output)
		}
	}
}
