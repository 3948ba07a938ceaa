package provider_test

import (
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// Engines without queries write configuration, too: for import blocks, one object each.
func TestImport_generatesConfigurationThatPlansNothing(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	if _, err := tenant.Seed(exampleTenant...); err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(t, tenant.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	w.write(t, "imports.tf", `
import {
  to = demandflow_docker_image.nginx
  id = "library/nginx:1.27.3"
}

import {
  to = demandflow_docker_registry.hub
  id = "docker.io"
}
`)
	if plan := w.mustRun(t, "plan", "-no-color", "-generate-config-out=generated.tf"); !strings.Contains(plan,
		"Plan: 2 to import, 0 to add, 0 to change, 0 to destroy.") {
		t.Errorf("the plan is not two imports alone:\n%s\n%s", plan, w.read(t, "generated.tf"))
	}
	w.mustRun(t, "apply", "-no-color", "-auto-approve")
	if plan, empty := w.run(t, "plan", "-no-color", "-detailed-exitcode"); !empty {
		t.Errorf("the plan after the import is not empty:\n%s", plan)
	}
	if writes := tenant.Writes(); len(writes) > 0 {
		t.Errorf("%d requests wrote something, the first is %s %s", len(writes), writes[0].Method, writes[0].Path)
	}
}
