package provider_test

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// secretArguments are all sensitive arguments of the provider's schemas that a configuration can set, as block and
// path.
func secretArguments(t *testing.T) []string {
	t.Helper()
	server, err := providertest.Serve()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	var walk func(at string, attributes []*tfprotov6.SchemaAttribute)
	walk = func(at string, attributes []*tfprotov6.SchemaAttribute) {
		for _, a := range attributes {
			name := at + "." + a.Name
			if (a.Sensitive || a.WriteOnly) && (a.Optional || a.Required) {
				found = append(found, name)
			}
			if a.NestedType != nil {
				walk(name, a.NestedType.Attributes)
			}
		}
	}
	walk("provider", schemas.Provider.Block.Attributes)
	of := map[string]map[string]*tfprotov6.Schema{
		"resource": schemas.ResourceSchemas, "data": schemas.DataSourceSchemas, "ephemeral": schemas.EphemeralResourceSchemas,
		"list": schemas.ListResourceSchemas,
	}
	for _, kind := range slices.Sorted(maps.Keys(of)) {
		for _, name := range slices.Sorted(maps.Keys(of[kind])) {
			walk(kind+"."+name, of[kind][name].Block.Attributes)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(schemas.ActionSchemas)) {
		walk("action."+name, schemas.ActionSchemas[name].Schema.Block.Attributes)
	}
	return found
}

// A secretLine is a configuration with secrets as text, of which the provider has something to say.
type secretLine struct {
	secrets []string // the arguments that have one
	hcl     string   // %s stands for a secret; written in the manner of people, on lines of their own
	says    []string // summaries
}

func secretLinesOf() map[string]secretLine {
	resource := func(arguments string) string {
		return "resource \"demandflow_docker_registry\" \"r\" {\n  name = \"hub\"\n  url = \"hub.example.com\"\n  " +
			"registry_type = \"Harbor\"\n  status = \"Active\"\n" + arguments + "}\n"
	}
	of := func(block string, names ...string) []string {
		for i := range names {
			names[i] = block + "." + names[i]
		}
		return names
	}
	registry := func(source, rest string) string {
		return fmt.Sprintf("data %q \"it\" {\n  %s\n  registry = {\n    username = \"robot\"\n    password = \"%%s\"\n    "+
			"token    = \"%%s\"\n    client_key = \"%%s\"\n  }\n}\n", source, rest)
	}
	const notBoth = "leave out one of them"
	return map[string]secretLine{
		"the provider's token": {of("provider", "token"), "provider \"demandflow\" {\n  token = \"%s with a blank\"\n}\n" +
			resource(""), []string{"Invalid token"}},
		"a registry of the provider": {of("provider.oci.registries", "password", "token"), `provider "demandflow" {
  oci = {
    registries = {
      "hub.example.com" = {
        username = "robot"
        password = "%s"
        token    = "%s"
      }
    }
  }
}
`, []string{"Invalid settings of a registry"}},
		"a client's key for a registry of the provider": {of("provider.oci.registries", "client_key"), `provider "demandflow" {
  oci = {
    registries = {
      "hub.example.com" = {
        client_key = "%s"
      }
    }
  }
}
`, []string{"Invalid settings of a registry"}},
		"an engine of the provider": {of("provider.docker_engine", "client_key"), `provider "demandflow" {
  docker_engine = {
    host       = "tcp://engine.example.com:2376"
    client_key = "%s"
  }
}
`, []string{"Invalid docker_engine"}},
		"a cluster of the provider": {of("provider.openshift", "token"), `provider "demandflow" {
  openshift = {
    host  = "https://api.cluster.example.com:6443"
    token = "%s with a blank"
  }
}
`, []string{"Invalid openshift"}},
		"Scaleway of the provider": {of("provider.scaleway", "secret_key"), `provider "demandflow" {
  scaleway = {
    access_key = "SCW00000000000000000"
    secret_key = "%s"
  }
}
`, []string{"Invalid scaleway"}},
		"plain secrets": {of("resource.demandflow_docker_registry", "password", "token", "signing_key", "webhook_secret"),
			resource("  password = \"%s\"\n  token = \"%s\"\n  signing_key = \"%s\"\n  webhook_secret = \"%s\"\n"),
			[]string{"Available Write-Only Attribute Alternative", "webhook_secret_wo"}},
		"write-only secrets": {of("resource.demandflow_docker_registry", "password_wo", "token_wo", "signing_key_wo",
			"webhook_secret_wo"),
			resource("  password_wo = \"%s\"\n  token_wo = \"%s\"\n  signing_key_wo = \"%s\"\n  webhook_secret_wo = \"%s\"\n"),
			[]string{"Invalid password_wo", "Invalid token_wo", "Invalid signing_key_wo", "Invalid webhook_secret_wo"}},
		"a secret of the tenant's own": {nil, resource("  custom_fields = {\n    vaultKey = \"%s\"\n  }\n"),
			[]string{"Invalid custom_fields"}},
		"an image's registry": {of("data.demandflow_oci_image.registry", "password", "token", "client_key"),
			registry("demandflow_oci_image", `reference = "hub.example.com/team/api:1"`), []string{notBoth}},
		"a repository's registry": {of("data.demandflow_oci_tags.registry", "password", "token", "client_key"),
			registry("demandflow_oci_tags", `repository = "hub.example.com/team/api"`), []string{notBoth}},
	}
}

// Terraform quotes the line of the argument that an error or a warning points at. Where a secret stands there as text,
// that would be the secret.
func TestSecretLines_areQuotedByNoErrorAndNoWarning(t *testing.T) {
	t.Parallel()
	tenant := providertest.New(t, emulator.Options{})
	listener := httptest.NewServer(tenant)
	t.Cleanup(listener.Close)
	w := newWorkspace(t, listener.URL, map[string]string{"DEMANDFLOW_TOKEN": emulator.DefaultToken})
	var tried []string
	lines := secretLinesOf()
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		line := lines[name]
		tried = append(tried, line.secrets...)
		const secret = "hunter2-LITERAL"
		w.write(t, "main.tf", strings.ReplaceAll(line.hcl, "%s", secret)+
			"data \"demandflow_docker_registries\" \"asks\" {}\n")
		output, _ := w.run(t, "plan", "-no-color")
		for _, summary := range line.says {
			if !strings.Contains(output, summary) {
				t.Errorf("%s: nothing is said of %q:\n%s", name, summary, output)
			}
		}
		if strings.Contains(output, secret) {
			t.Errorf("%s: the secret is printed:\n%s", name, output)
		}
	}
	slices.Sort(tried)
	if want := slices.Sorted(slices.Values(secretArguments(t))); !slices.Equal(slices.Compact(tried), want) {
		t.Errorf("not every secret argument is tried, and no other:\n%q\nwant\n%q", tried, want)
	}
}
