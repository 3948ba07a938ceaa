package provider_test

import (
	"path/filepath"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A module cannot know what a tenant calls its options, so no rule of it may depend on a label.
func TestModules_takeTheLabelsOfTheTenant(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	tenant.EditField(entity.DockerRegistry.Code, "webhookAuth", map[string]any{"options": []any{
		map[string]any{"id": "1", "text": "Open"}, map[string]any{"id": "4", "text": "Signed"},
	}})
	w := newModuleWorkspace(t, tenant, "registry")
	w.write(t, filepath.Join("modules", "registry", "right.auto.tfvars"),
		"name = \"Harbor\"\nurl = \"harbor.example.com\"\ntype = \"Harbor\"")

	const signing = "\nsecrets = { webhook = \"made-up\" }\nsecret_versions = { webhook = 1 }"
	for _, test := range []struct {
		auth, secret string
		want         any
	}{
		{`null`, "", nil},
		{`"Open"`, "", "1"},
		{`"1"`, "", "1"},
		{`"Signed"`, signing, "4"},
		{`"4"`, signing, "4"},
	} {
		variables := "webhooks = { endpoints = { inventory = \"https://inventory.example.com\" }, auth = " + test.auth +
			" }" + test.secret
		w.write(t, filepath.Join("modules", "registry", "webhooks.auto.tfvars"), variables)
		w.mustRun(t, "apply", "-no-color", "-auto-approve")
		w.mustRun(t, "plan", "-no-color", "-detailed-exitcode")
		if registries := tenant.Objects(entity.DockerRegistry.Code); len(registries) != 1 ||
			registries[0]["webhookAuth"] != test.want {
			t.Errorf("with %s DemandFlow has not one registry with the option %v: %v", variables, test.want, registries)
		}
	}
}
